"""Tests of quality: each bit by itself, at its limit, and the flag that follows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.vocabulary import variable
from casa_processes.xco2.result import Outcome
from casa_processes.xco2_retrieval.choices import Limits
from casa_processes.xco2_retrieval.quality import Bit, bits, counts, flag
from casa_processes.xco2_retrieval.rows import described, names, nothing, retrieved, stacked
from tests.processes.xco2_retrieval.made import retrieval, sounding

LIMITS = Limits()
MODEL = (Bit.BUILTIN_SPECTROSCOPY, Bit.SINGLE_SCATTERING)


def columns(found=None, before=0, **changes):
    """Columns of one sounding that passes every test but for the changes."""
    row = described(sounding()) | retrieved(found or retrieval()) | {"retrieval_tests": before}
    row |= {"pressure_difference": 0.0, "co2_ratio": 1.0, "h2o_ratio": 1.0}
    return stacked([row | changes], names(simulated=False, screened=True))


def judged(found, limits=LIMITS, *, builtin=False, single=False):
    return bits(found, limits, builtin=builtin, single=single)


def failed(builtin=False, single=False, **changes):
    return Bit(int(judged(columns(**changes), builtin=builtin, single=single)[0]))


def test_the_names_of_the_bits_are_those_of_the_vocabulary():
    told = dict(variable("retrieval_tests").masks)
    ours = {
        Bit.CHI_SQUARED_O2A: "chi_squared_o2a",
        Bit.SIGNAL: "signal_too_low_or_saturated",
        Bit.AVERAGING_KERNEL: "averaging_kernel_abnormal",
        Bit.RATIO: "co2_or_h2o_ratio",
    }
    assert list(told) == [int(bit) for bit in Bit]
    for bit in Bit:
        assert told[int(bit)] == ours.get(bit, bit.name.lower())


def test_a_good_sounding_fails_nothing():
    assert failed() == Bit(0)


@pytest.mark.parametrize(
    ("name", "limit", "bit"),
    [
        ("pressure_difference", 25.0, Bit.CLOUD),
        ("chi2_o2a", 1.4, Bit.CHI_SQUARED_O2A),
        ("chi2_wco2", 1.4, Bit.CHI_SQUARED_WCO2),
        ("chi2_sco2", 1.4, Bit.CHI_SQUARED_SCO2),
        ("solar_zenith_angle", 70.0, Bit.SUN_TOO_LOW),
        ("aod_total", 0.5, Bit.AEROSOL_TOO_THICK),
        ("co2_ratio", 1.03, Bit.RATIO),
        ("h2o_ratio", 1.2, Bit.RATIO),
    ],
)
def test_a_value_beyond_its_limit_sets_its_bit_alone(name, limit, bit):
    assert failed(**{name: limit - 0.001}) == Bit(0)
    assert failed(**{name: limit + 0.001}) == bit


@pytest.mark.parametrize(
    ("name", "value", "bit"),
    [
        ("pressure_difference", -25.1, Bit.CLOUD),
        ("co2_ratio", 0.969, Bit.RATIO),
        ("h2o_ratio", 0.79, Bit.RATIO),
        ("surface_pressure", 998.5 + 10.1, Bit.SURFACE_PRESSURE_DIFFERS),
        ("surface_pressure", 998.5 - 10.1, Bit.SURFACE_PRESSURE_DIFFERS),
        ("xco2_averaging_kernel", np.full(20, 1.3), Bit.AVERAGING_KERNEL),
        ("xco2_averaging_kernel", np.full(20, 0.7), Bit.AVERAGING_KERNEL),
        ("outcome_flag", 3, Bit.NOT_CONVERGED),
        ("outcome_flag", 4, Bit.NOT_CONVERGED),
        ("outcome_flag", 5, Bit.NOT_CONVERGED),
        ("outcome_flag", 6, Bit.NOT_CONVERGED),
        ("outcome_flag", 7, Bit.NOT_CONVERGED | Bit.FAILED),
    ],
)
def test_deviations_count_on_both_sides(name, value, bit):
    assert failed(**{name: value}) == bit


def test_the_usual_difference_of_pressure_is_subtracted():
    usual = Limits(cloud_pressure_offset=40.0)
    for value, bit in ((14.0, Bit.CLOUD), (16.0, Bit(0)), (64.0, Bit(0)), (66.0, Bit.CLOUD)):
        found = judged(columns(pressure_difference=value), usual)
        assert found[0] == bit


def test_a_high_misfit_is_convergence():
    assert failed(outcome_flag=2) == Bit(0)


def test_what_was_found_before_stays():
    before = Bit.SIGNAL | Bit.OUTSIDE_TABLES
    assert failed(before=int(before), aod_total=0.6) == before | Bit.AEROSOL_TOO_THICK


def test_builtin_spectroscopy_sets_its_bit_everywhere():
    assert failed(builtin=True) == Bit.BUILTIN_SPECTROSCOPY


def test_a_sounding_without_an_estimate_fails_only_what_is_known():
    row = described(sounding()) | nothing(Outcome.SCREENED, "cloudy") | {"retrieval_tests": 1}
    found = stacked([row], names(simulated=False, screened=False))
    assert judged(found)[0] == Bit.CLOUD | Bit.NOT_CONVERGED


def test_limits_are_those_that_are_given():
    found = columns(aod_total=0.3)
    assert judged(found, Limits(aerosol=0.2))[0] == Bit.AEROSOL_TOO_THICK


@given(st.lists(st.integers(0, 2**16 - 1), min_size=1, max_size=20), st.booleans())
def test_the_flag_is_bad_exactly_when_a_bit_counts(values, simulated):
    found = flag(np.array(values, dtype=np.int32), simulated=simulated)
    for value, bad in zip(values, found, strict=True):
        counted = [
            bit for bit in range(16) if value >> bit & 1 and not (simulated and 1 << bit in MODEL)
        ]
        assert bad == bool(counted)
    assert found.dtype == np.int8


@given(st.lists(st.integers(0, 2**16 - 1), max_size=20))
def test_failures_are_counted_bit_by_bit(values):
    found = counts(np.array(values, dtype=np.int32))
    names = dict(variable("retrieval_tests").masks)
    oracle = {names[bit]: sum(value & bit == bit for value in values) for bit in Bit}
    assert found == {name: count for name, count in oracle.items() if count}


def test_genuine_spectra_with_builtin_lines_are_never_good():
    found = judged(columns(), builtin=True)
    assert flag(found, simulated=False).tolist() == [1]
    assert flag(found, simulated=True).tolist() == [0]


def test_genuine_spectra_with_single_scattering_are_never_good():
    found = judged(columns(), single=True)
    assert found[0] == Bit.SINGLE_SCATTERING
    assert flag(found, simulated=False).tolist() == [1]
    assert flag(found, simulated=True).tolist() == [0]
