"""Conversion between the units of the missions."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.units import UnitsError, convert, factor

EQUAL = [
    ("ppm", "1e-6"),
    ("ppm", "umol mol-1"),
    ("ppm", "micromole mole-1"),
    ("ppb", "nmol/mol"),
    ("none", "1"),
    ("", "dimensionless"),
    ("unitless", "1"),
    ("degrees_Kelvin", "K"),
    ("degrees_north", "degree"),
    ("degrees_east", "deg"),
    ("W m-2 sr-1 um-1", "mW m-2 sr-1 nm-1"),
    ("W/m^2/sr/um", "W m-2 sr-1 um-1"),
    ("W/cm^2/str/cm^-1", "W cm-2 sr-1 cm"),
    ("Ph sec^{-1} m^{-2} sr^{-1} um^{-1}", "photons s-1 m-2 sr-1 micron-1"),
    ("Pg C yr$^{-1}$ degree$^{-1}$", "PgC yr-1 degree-1"),
    ("kg CO2 m-2 s-1", "kgCO2 m-2 s-1"),
    ("gC m^-2 d^-1", "g C m**-2 day-1"),
    ("molecules.cm-3", "molec cm^-3"),
    ("µmol m-2 s-1", "umol/m2/s"),
    ("mb", "hPa"),
    ("m per s", "m s-1"),
]

FACTORS = [
    ("ppm", "1", 1e-6),
    ("ppb", "ppm", 1e-3),
    ("ppt", "ppb", 1e-3),
    ("%", "1", 0.01),
    ("atm", "hPa", 1013.25),
    ("Pa", "hPa", 0.01),
    ("km", "m", 1000.0),
    ("hours", "s", 3600.0),
    ("kgC h-1", "mol s-1", 1000 / 12.011 / 3600),
    ("Pg C yr-1", "kgC s-1", 1e12 / (365.25 * 86400)),
    ("gC m-2 d-1", "gCO2 m-2 d-1", 44.009 / 12.011),
    ("molecules.cm-3", "mol m-3", 1e6 / 6.02214076e23),
    ("DU", "molecules cm-2", 2.68678e16),
    ("kg m-2 s-1", "g m-2 d-1", 86400e3),
    ("Ph s-1 m-2 sr-1 um-1", "Ph s-1 m-2 sr-1 nm-1", 1e-3),
]

WRONG = [
    ("kg", "kgC"),
    ("degree", "1"),
    ("Ph", "J"),
    ("Ph", "h"),
    ("K", "Pa"),
    ("ppm", "mol m-2"),
    ("hPa", "m"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_spellings_of_one_unit_are_equal(one, other):
    assert factor(one, other) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("source", "target", "expected"), FACTORS)
def test_factors_are_those_of_the_literature(source, target, expected):
    assert factor(source, target) == pytest.approx(expected, rel=2e-6)
    assert factor(target, source) == pytest.approx(1 / expected, rel=2e-6)


@pytest.mark.parametrize(("source", "target"), WRONG)
def test_units_of_different_quantities_do_not_convert(source, target):
    with pytest.raises(UnitsError, match="cannot be converted to"):
        convert([1.0], source, target)


@pytest.mark.parametrize(
    "text", ["zork", "m^", "W/(m2 sr)", "0", "m; s", "9" * 200, "m2-", "1e400", "m^999", "m s" * 99]
)
def test_an_unknown_spelling_is_refused_by_name(text):
    with pytest.raises(UnitsError, match="are not known"):
        convert([1.0], text, "1")
    with pytest.raises(UnitsError, match="are not known"):
        convert([1.0], text, text)


def test_temperatures_convert_with_their_offset():
    found = convert(np.array([0.0, 26.85]), "degrees_Celsius", "K")
    np.testing.assert_allclose(found, [273.15, 300.0])
    np.testing.assert_allclose(convert(300.0, "degrees_Kelvin", "degC"), 26.85)


def test_temperatures_with_different_zeros_have_no_factor():
    with pytest.raises(UnitsError):
        factor("degC", "K")


def test_a_floating_type_and_a_shape_are_kept():
    values = np.ones((2, 3), dtype=np.float32)
    found = convert(values, "atm", "hPa")
    assert found.dtype == np.float32
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found, 1013.25)


def test_integers_become_float64():
    found = convert(np.array([1, 2], dtype=np.int16), "km", "m")
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [1000.0, 2000.0])


def test_equal_units_give_the_values_without_a_copy():
    values = np.arange(3.0)
    assert convert(values, "ppm", "ppm") is values
    assert convert(values, "W m-2 sr-1 um-1", "mW m-2 sr-1 nm-1") is values


def test_missing_values_stay_missing():
    found = convert(np.array([np.nan, 1.0]), "hPa", "Pa")
    assert np.isnan(found[0])
    assert found[1] == 100.0


@given(st.floats(-1e6, 1e6), st.sampled_from(FACTORS))
def test_there_and_back_is_the_same_value(value, units):
    source, target, _ = units
    back = convert(convert(value, source, target), target, source)
    assert float(back) == pytest.approx(value, rel=1e-12)


@given(st.text(max_size=40))
def test_any_text_is_either_known_or_refused(text):
    try:
        convert([1.0], text, "1")
    except UnitsError as error:
        assert repr(text) in str(error)


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(UnitsError("kg", "kgC")))
    assert str(error) == "units 'kg' cannot be converted to 'kgC'"
