"""Files of line mixing and collision-induced absorption: their forms and their units."""

import gzip

import numpy as np
import pytest

from casa_processes.common.errors import FileContentError
from casa_processes.spectroscopy.content import Continuum, Lines
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.ggg import (
    read_dioxide_relaxation,
    read_oxygen_continuum,
    read_oxygen_relaxation,
)
from casa_processes.spectroscopy.line_mixing import relaxation_matrix
from tests.processes.spectroscopy.mixing_files import (
    ELEMENTS,
    EXPONENTS,
    continuum,
    dioxide_line,
    dioxide_matrix,
    oxygen_lines,
    oxygen_matrix,
)
from tests.processes.spectroscopy.records import approx, drawn


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


def test_lines_of_oxygen_are_read_field_by_field(tmp_path):
    found = read_oxygen_relaxation(
        written(tmp_path, "SDFO2.dat", oxygen_lines()),
        written(tmp_path, "RMFO2.dat", oxygen_matrix(ELEMENTS, EXPONENTS)),
    )
    assert found.position.tolist() == [13114.574, 13116.644, 13128.152]
    assert found.population.tolist() == [0.031, 0.022, 0.033]
    assert found.rigid.tolist() == [0.712, -0.702, 0.6]
    assert found.dipole.tolist() == [5.8e-4, -5.78e-4, 5e-4]
    assert found.lower_energy.tolist() == [18.1, 16.03, 4.52]
    assert found.width.tolist() == [0.0531, 0.0564, 0.0564]
    assert found.width_exponent.tolist() == [0.71, 0.71, 0.7]
    assert found.leak == approx(0.04 * (1 - np.array([3, 3, 2]) / 36) ** 2)
    assert not found.by_strength


def test_the_matrix_of_oxygen_is_ordered_by_the_first_line(tmp_path):
    """Element and exponent of the pair (first line, second line) stand at [first, second]."""
    found = read_oxygen_relaxation(
        written(tmp_path, "SDFO2.dat", oxygen_lines()),
        written(tmp_path, "RMFO2.dat", oxygen_matrix(ELEMENTS, EXPONENTS)),
    )
    assert found.matrix == approx(ELEMENTS)
    assert found.matrix_exponent == approx(EXPONENTS)
    at = relaxation_matrix(found, 250.0)
    assert np.diag(at) == approx(found.width * (296.0 / 250.0) ** found.width_exponent)


@pytest.mark.parametrize(
    ("lines", "matrix", "said"),
    [
        (oxygen_lines(), "\n".join(oxygen_matrix(ELEMENTS, EXPONENTS).splitlines()[:8]), "9 pairs"),
        (
            oxygen_lines().replace("7.12e-01", "7.x2e-01"),
            oxygen_matrix(ELEMENTS, EXPONENTS),
            "line 1",
        ),
        (
            oxygen_lines(),
            oxygen_matrix(ELEMENTS, EXPONENTS, ("P  3Q  2", "P  3P  3", "R  1R  1")),
            "in the order of",
        ),
        ("", "", "none"),
    ],
)
def test_files_of_oxygen_that_do_not_fit_are_refused(tmp_path, lines, matrix, said):
    with pytest.raises(FileContentError, match=said):
        read_oxygen_relaxation(
            written(tmp_path, "SDFO2.dat", lines), written(tmp_path, "RMFO2.dat", matrix)
        )


ROWS = (
    dioxide_line(6225.0, "P", 4, 7.8, 2e-23)
    + dioxide_line(6226.5, "P", 2, 2.3, 1e-23)
    + dioxide_line(6228.7, "R", 0, 0.0, 4e-24)
)
PAIRS = [(-5.0, -0.8, (4, 3, 2, 1)), (-6.0, -0.75, (2, 1, 0, 1)), (-4.0, -0.9, (60, 59, 2, 1))]


def test_a_band_of_carbon_dioxide_is_read_field_by_field(tmp_path):
    path = tmp_path / "WTfit00.dat.gz"
    path.write_bytes(gzip.compress(dioxide_matrix(PAIRS).encode()))
    found = read_dioxide_relaxation(written(tmp_path, "S1.dat", ROWS), path)
    assert found.position.tolist() == [6225.0, 6226.5, 6228.7]
    assert found.lower_energy.tolist() == [7.8, 2.3, 0.0]
    assert (found.width[0], found.width_exponent[0]) == (0.075, 0.7)
    assert found.rigid.tolist() == [0.7, 0.7, 0.7]
    assert found.population.tolist() == [0.02, 0.02, 0.02]
    radiation = 1 - np.exp(-1.4387769 * found.position / 296.0)
    strength = found.population * found.position * radiation * found.dipole**2
    assert strength == approx([2e-23, 1e-23, 4e-24], rel=1e-3)


def test_elements_of_carbon_dioxide_go_from_the_first_line_to_the_second(tmp_path):
    """W(T) = exp(a) (T / 296 K)^b, from the line of the higher levels, with a sign of its own."""
    found = read_dioxide_relaxation(
        written(tmp_path, "S1.dat", ROWS), written(tmp_path, "W.dat", dioxide_matrix(PAIRS))
    )
    expected = np.zeros((3, 3))
    expected[1, 0], expected[2, 1] = -np.exp(-5.0), -np.exp(-6.0)
    assert found.matrix == approx(expected)
    assert (found.matrix_exponent[1, 0], found.matrix_exponent[2, 1]) == (0.8, 0.75)
    cold = found.matrix * (296.0 / 220.0) ** found.matrix_exponent
    assert cold[1, 0] == approx(-np.exp(-5.0) * (220.0 / 296.0) ** -0.8)


@pytest.mark.parametrize(
    ("rows", "matrix", "said"),
    [
        (ROWS.replace("P  4e", "S  4e"), dioxide_matrix(PAIRS), "P, Q or R"),
        (ROWS, dioxide_matrix([(-4.0, -0.9, (60, 59, 58, 57))]), "none"),
        (ROWS, dioxide_matrix(PAIRS).replace("D", "x"), "line 1"),
        (ROWS[:150] + "\n", dioxide_matrix(PAIRS), "line 1"),
    ],
)
def test_files_of_carbon_dioxide_that_do_not_fit_are_refused(tmp_path, rows, matrix, said):
    with pytest.raises(FileContentError, match=said):
        read_dioxide_relaxation(
            written(tmp_path, "S1.dat", rows), written(tmp_path, "W.dat", matrix)
        )


@pytest.mark.parametrize(("pressure", "temperature"), [(1013.25, 273.15), (500.0, 220.0)])
def test_the_continuum_gives_air_the_coefficient_of_its_file(tmp_path, pressure, temperature):
    """A kilometre of air: coefficient [cm-1 amagat-2] times density squared times length."""
    found = read_oxygen_continuum(written(tmp_path, "CIAO2.dat", continuum([1e-8, 3e-8, 2e-8])))
    density = pressure / 1013.25 * 273.15 / temperature
    molecules = 0.209 * pressure * 100.0 / (1.380649e-23 * temperature) * 1e-6 * 1e5
    section = found.cross_section(np.array([12970.0, 12965.0]), pressure, temperature)
    expected = np.array([3e-8, 2e-8]) * density**2 * 1e5
    assert section * molecules == approx(expected, rel=1e-4)


def test_beyond_the_continuum_and_below_zero_there_is_nothing(tmp_path):
    found = read_oxygen_continuum(written(tmp_path, "CIAO2.dat", continuum([1e-8, -3e-8])))
    wavenumber = np.array([12950.0, 12970.0, 12990.0])
    assert not found.cross_section(wavenumber, 1000.0, 250.0).any()


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "none"), ("12960\n", "two numbers"), ("12970 1e-8\n12960 1e-8\n", "ascending")],
)
def test_a_continuum_of_something_else_is_refused(tmp_path, text, said):
    with pytest.raises(FileContentError, match=said):
        read_oxygen_continuum(written(tmp_path, "CIAO2.dat", text))


def test_content_adds_the_continuum_to_its_scaled_lines():
    lines, grid = drawn(3, 20, 12960.0, 12980.0, molecule=7), Grid(12965.0, 0.05, 200)
    pairs = Continuum(np.array([12900.0, 13100.0]), np.array([1e-7, 1e-7]), "drawn")
    plain = Lines(lines).cross_section(grid, 700.0, 250.0)
    found = Lines(lines, scale=1.01, continuum=pairs).cross_section(grid, 700.0, 250.0)
    assert found == approx(1.01 * plain + pairs.cross_section(grid.values, 700.0, 250.0))


@pytest.mark.realdata
def test_the_genuine_continuum_is_of_a_vertical_optical_depth_of_about_a_hundredth(realdata):
    """Scale height 8 km of air at 1000 hPa and 280 K; the square of density halves it."""
    path = realdata / "spectroscopy" / "ggg_line_mixing" / "CIAO2.dat"
    if not path.is_file():
        pytest.skip(f"no genuine continuum {path}")
    found = read_oxygen_continuum(path)
    molecules = 0.2095 * 2.15e25 * 0.5
    depth = found.cross_section(np.array([13100.0]), 1000.0, 280.0)[0] * molecules
    assert 0.005 < depth < 0.03
