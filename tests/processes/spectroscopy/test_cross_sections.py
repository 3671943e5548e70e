"""Cross-sections, against HITRAN's own program and against tables that it made."""

import contextlib
import gzip
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.spectroscopy.cross_sections import Grid, Wings, cross_section, shapes
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.isotopologues import isotopologue, partition_ratio
from tests.processes.spectroscopy.records import approx, drawn

WIDE = Wings(cut=300.0, near=2.0)
"""Lines that end where nothing is left of them: that program ends them with a step."""


@pytest.fixture(scope="module")
def program():
    with contextlib.redirect_stdout(io.StringIO()):
        import hapi
    return hapi


@pytest.fixture(scope="module")
def known(program):
    """Lines, and the table of them that the other program works on."""
    lines = drawn(7, 40, 6225.0, 6235.0)
    names = {
        "molec_id": lines.molecule, "local_iso_id": lines.isotopologue, "nu": lines.position,
        "sw": lines.intensity, "elower": lines.lower_energy, "gamma_air": lines.air_width,
        "gamma_self": lines.self_width, "n_air": lines.width_exponent,
        "delta_air": lines.air_shift, "delta_self": lines.air_shift,
    }  # fmt: skip
    header = {"number_of_rows": len(lines), "order": list(names), "table_name": "lines"}
    data = {name: list(values) for name, values in names.items()}
    program.LOCAL_TABLE_CACHE["lines"] = {"header": header, "data": data}
    return lines


@pytest.mark.parametrize("mole_fraction", [0.0, 0.3])
@pytest.mark.parametrize(
    ("pressure", "temperature"), [(1013.25, 296.0), (500.0, 250.0), (20.0, 210.0), (900.0, 320.0)]
)
def test_cross_sections_are_those_of_hitrans_own_program(
    program, known, pressure, temperature, mole_fraction
):
    grid = Grid(6226.0, 0.01, 801)
    with contextlib.redirect_stdout(io.StringIO()):
        _, expected = program.absorptionCoefficient_Voigt(
            Components=[(2, 1)],
            SourceTables="lines",
            WavenumberGrid=grid.values,
            Environment={"p": pressure / 1013.25, "T": temperature},
            WavenumberWing=300.0,
            Diluent={"air": 1 - mole_fraction, "self": mole_fraction},
            HITRAN_units=True,
        )
    found = cross_section(known, grid, pressure, temperature, mole_fraction, WIDE)
    scale = np.maximum(expected, 1e-3 * expected.max())
    assert np.max(np.abs(found - expected) / scale) < 5e-4


@given(st.floats(1, 1100), st.floats(180, 330))
def test_the_integral_of_a_line_is_its_intensity(pressure, temperature):
    lines = drawn(2, 1, 6230.0, 6230.001)
    grid = Grid(6210.0, 0.002, 20001)
    found = cross_section(lines, grid, pressure, temperature, wings=WIDE)
    beyond = 2 / np.pi * lines.air_width[0] * pressure / 1013.25 / 20.0
    intensity = shapes(lines, pressure, temperature)[1, 0]
    area = np.trapezoid(found, dx=grid.step)
    assert area == approx(intensity, rel=1e-3 + beyond)


def test_lines_out_of_reach_do_not_count():
    lines = drawn(4, 200, 6000.0, 6400.0)
    grid = Grid(6200.0, 0.01, 101)
    near = lines.between(6175.0, 6226.0)
    assert 0 < len(near) < len(lines)
    assert np.array_equal(
        cross_section(lines, grid, 500.0, 250.0), cross_section(near, grid, 500.0, 250.0)
    )


def test_no_lines_give_zero():
    lines = drawn(4, 20, 6000.0, 6010.0)
    assert not cross_section(lines, Grid(7000.0, 0.01, 50), 500.0, 250.0).any()


def test_line_mixing_moves_absorption_and_keeps_its_integral():
    plain, mixed = drawn(2, 1, 6230.0, 6230.001), drawn(2, 1, 6230.0, 6230.001, mixing=0.02)
    grid = Grid(6200.0, 0.01, 6001)
    one, other = (cross_section(each, grid, 800.0, 250.0) for each in (plain, mixed))
    assert np.abs(one - other).max() > 1e-3 * one.max()
    assert other.sum() == approx(one.sum(), rel=1e-3)


def test_partition_sums_are_the_published_ones():
    """Gamache et al. (2017): Q of the main isotopologue is 286.094 at 296 K, 232.84 at 250 K."""
    assert partition_ratio(2, 1, 250.0) == approx(286.094 / 232.84, rel=1e-4)
    assert partition_ratio(7, 1, 296.0) == 1.0
    assert isotopologue(2, 1).mass == approx(43.98983)
    assert isotopologue(7, 2).abundance == approx(3.99141e-3)


@pytest.mark.parametrize(
    ("pressure", "temperature", "fraction"),
    [(0.0, 250.0, 0.0), (500.0, -1.0, 0.0), (500.0, 250.0, 1.5), (np.nan, 250.0, 0.0)],
)
def test_a_state_that_no_gas_has_is_refused(pressure, temperature, fraction):
    with pytest.raises(InvalidValueError, match="state of the gas"):
        cross_section(
            drawn(1, 3, 6200, 6210), Grid(6200.0, 0.01, 9), pressure, temperature, fraction
        )


def test_what_is_not_tabulated_is_refused():
    with pytest.raises(InvalidValueError, match="temperature"):
        partition_ratio(2, 1, 1e5)
    with pytest.raises(UnknownNameError, match="isotopologue"):
        isotopologue(2, 99)
    with pytest.raises(InvalidValueError, match="grid"):
        Grid(6200.0, 0.0, 5)


@pytest.mark.realdata
@pytest.mark.parametrize("pressure", [1000.0, 250.0])
def test_genuine_lines_give_the_tables_that_hitran_users_have(realdata, pressure):
    """Tables of HITRAN 2016 carbon dioxide at 250 K; a few lines changed since."""
    folder = realdata / "spectroscopy"
    table = folder / "hapi_xs" / f"Voigt_CO2_T250_P{pressure:.0f}.csv.gz"
    if not table.is_file():
        pytest.skip(f"no genuine table {table}")
    with gzip.open(table) as file:
        expected = np.loadtxt(file)
    grid = Grid(6000.0, 0.01, expected.size)
    lines = read_hitran(folder / "hitran" / "CO2_6200_6280_iso1.par.gz")
    found = cross_section(lines, grid, pressure, 250.0)
    inner = (grid.values > 6226) & (grid.values < 6254)
    misfit = found[inner] - expected[inner]
    assert np.sqrt(np.mean(misfit**2)) < 2.5e-3 * expected[inner].max()
    assert found[inner].sum() == approx(expected[inner].sum(), rel=2e-3)
