"""Line mixing, against the inversion of the whole relaxation matrix in complex algebra."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.content import Lines
from casa_processes.spectroscopy.cross_sections import Grid, cross_section
from casa_processes.spectroscopy.ggg import read_dioxide_relaxation, read_oxygen_relaxation
from casa_processes.spectroscopy.line_mixing import (
    Relaxation,
    consistent,
    first_order,
    mixing_of,
    populations,
    relaxation_matrix,
)
from tests.processes.spectroscopy.records import approx, drawn


def band_of(seed, size=8, leak=0.0, by_strength=True):
    """Draw a band whose lines lie some widths apart."""
    rng = np.random.default_rng(seed)
    energy = np.sort(rng.uniform(0.0, 500.0, size))
    dipole = rng.uniform(0.5, 1.5, size)
    return Relaxation(
        position=6200.0 + np.cumsum(rng.uniform(0.8, 2.0, size)),
        lower_energy=energy,
        population=rng.uniform(0.5, 1.0, size) * np.exp(-energy / 206.0),
        dipole=dipole,
        rigid=dipole * rng.uniform(0.9, 1.1, size),
        width=rng.uniform(0.06, 0.09, size),
        width_exponent=rng.uniform(0.6, 0.8, size),
        matrix=-rng.uniform(0.001, 0.01, (size, size)),
        matrix_exponent=rng.uniform(0.5, 1.0, (size, size)),
        leak=np.full(size, leak),
        by_strength=by_strength,
        source="drawn",
    )


def inverted(band, grid, temperature, atmospheres):
    """Absorption of colliding lines, by inverting nu - L - i p W at every wavenumber."""
    matrix = relaxation_matrix(band, temperature)
    weight = populations(band, temperature) * band.dipole
    found = np.empty(grid.size)
    for point, wavenumber in enumerate(grid):
        whole = np.diag(wavenumber - band.position) - 1j * atmospheres * matrix
        found[point] = np.imag(band.dipole @ np.linalg.solve(whole, weight.astype(complex)))
    return found / np.pi


def summed(band, grid, temperature, atmospheres, mixing=1.0):
    """Absorption of Lorentz lines, with first-order mixing or without."""
    y = mixing * atmospheres * first_order(band, temperature)
    width = atmospheres * band.width * (296.0 / temperature) ** band.width_exponent
    strength = populations(band, temperature) * band.dipole**2
    x = grid[:, None] - band.position
    return np.sum(strength * (width + y * x) / (x**2 + width**2), axis=1) / np.pi


def misfit(found, expected):
    return np.abs(found - expected).max() / expected.max()


@pytest.mark.parametrize("temperature", [210.0, 296.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_first_order_is_the_limit_of_the_whole_matrix_at_low_pressure(seed, temperature):
    band = band_of(seed)
    grid = np.arange(6195.0, 6220.0, 0.25)
    errors = [
        np.abs(
            summed(band, grid, temperature, pressure) - inverted(band, grid, temperature, pressure)
        )[np.abs(grid[:, None] - band.position).min(axis=1) > 0.3].max()
        / pressure
        for pressure in (0.4, 0.2, 0.1)
    ]
    assert errors[0] / errors[1] == approx(4.0, rel=0.1)
    assert errors[1] / errors[2] == approx(4.0, rel=0.1)
    lonely = summed(band, grid, temperature, 0.2, mixing=0.0)
    mixed = summed(band, grid, temperature, 0.2)
    whole = inverted(band, grid, temperature, 0.2)
    assert misfit(mixed, whole) < 0.3 * misfit(lonely, whole)


@given(st.integers(0, 200), st.floats(180, 330), st.floats(0, 0.05), st.booleans())
def test_the_matrix_obeys_detailed_balance_and_its_sum_rule(seed, temperature, leak, by_strength):
    band = band_of(seed, leak=leak, by_strength=by_strength)
    matrix = relaxation_matrix(band, temperature)
    weight = populations(band, temperature)
    assert matrix * weight == approx((matrix * weight).T, rel=1e-9)
    sums = band.rigid @ matrix / band.rigid
    strength = band.position * weight * band.dipole**2
    last = np.argmin(strength) if by_strength else band.rigid.size - 1
    assert np.delete(sums, last) == approx(leak, abs=1e-9)
    width = band.width * (296.0 / temperature) ** band.width_exponent
    assert np.diag(matrix) == approx(width)


@given(st.integers(0, 200), st.floats(180, 330))
def test_mixing_moves_intensity_between_lines_and_makes_none(seed, temperature):
    band = band_of(seed)
    strength = populations(band, temperature) * band.dipole**2
    y = first_order(band, temperature)
    assert np.abs(strength @ y) < 1e-12 * np.abs(strength * y).sum() + 1e-18


def test_far_wings_of_a_band_that_mixes_are_fainter():
    band = band_of(5)
    band = replace(band, rigid=band.dipole)
    far = np.array([6120.0, 6300.0])
    assert (inverted(band, far, 250.0, 0.5) < 0.6 * summed(band, far, 250.0, 0.5, 0.0)).all()
    assert (summed(band, far, 250.0, 0.5) < 0.9 * summed(band, far, 250.0, 0.5, 0.0)).all()


def test_elements_towards_lower_energies_alone_count():
    band = band_of(4)
    upper = np.where(band.lower_energy[:, None] > band.lower_energy, 99.0, band.matrix)
    other = relaxation_matrix(replace(band, matrix=upper), 250.0)
    assert np.array_equal(other, relaxation_matrix(band, 250.0))


def test_a_matrix_of_another_size_is_refused():
    with pytest.raises(InvalidValueError, match="relaxation matrix"):
        replace(band_of(1), matrix=np.zeros((3, 3)))


def listed(band, extra=5):
    """A line list that holds the lines of a band, others beside them, and slight shifts."""
    size = band.position.size
    others = drawn(9, extra, band.position[0] - 3.0, band.position[-1] + 3.0)
    position = np.concatenate([band.position + 0.004, others.position])
    order = np.argsort(position)
    energy = np.concatenate([band.lower_energy, others.lower_energy + 4000.0])
    both = replace(
        drawn(8, size + extra, 6190.0, 6230.0),
        position=position[order],
        lower_energy=energy[order],
        intensity=np.full(size + extra, 1e-23),
    )
    return both, np.argsort(order)[:size]


def test_lines_of_a_band_are_found_in_a_list_by_place_and_energy():
    band = band_of(6)
    lines, index = listed(band)
    found = mixing_of(lines, 1, band)
    assert found.lines[0].tolist() == index.tolist()
    expected = np.zeros(len(lines))
    expected[index] = first_order(band, 260.0)
    assert np.array_equal(found.at(260.0), expected)
    assert found.at(260.0) is found.at(260.0)


def test_a_band_that_a_list_does_not_have_is_refused():
    lines, _ = listed(band_of(6))
    with pytest.raises(InvalidValueError, match="line mixing of drawn"):
        mixing_of(lines, 2, band_of(6))
    with pytest.raises(InvalidValueError, match="half of it"):
        mixing_of(replace(lines, lower_energy=lines.lower_energy + 2.0), 1, band_of(6))


@pytest.mark.parametrize("temperature", [220.0, 296.0])
def test_content_mixes_lines_at_its_temperature(temperature):
    band = band_of(6)
    lines, _ = listed(band)
    mixing = mixing_of(lines, 1, band)
    grid = Grid(6198.0, 0.02, 900)
    found = Lines(lines, mixing=mixing).cross_section(grid, 700.0, temperature)
    nothing = np.zeros(len(lines))
    by_hand = replace(lines, mixing=mixing.at(temperature), mixing_exponent=nothing)
    expected = np.maximum(cross_section(by_hand, grid, 700.0, temperature), 0.0)
    assert np.array_equal(found, expected)
    lonely = Lines(lines).cross_section(grid, 700.0, temperature)
    assert np.abs(found - lonely).max() > 1e-3 * lonely.max()


@pytest.fixture
def genuine(realdata):
    folder = realdata / "spectroscopy" / "ggg_line_mixing"
    if not (folder / "RMFO2.dat.gz").is_file():
        pytest.skip(f"no genuine relaxation matrices in {folder}")
    return folder


@pytest.mark.realdata
@pytest.mark.parametrize("atmospheres", [0.1, 1.0])
def test_mixing_of_genuine_oxygen_is_that_of_the_whole_matrix(genuine, atmospheres):
    band = read_oxygen_relaxation(genuine / "SDFO2.dat", genuine / "RMFO2.dat.gz")
    grid = np.arange(12960.0, 13180.0, 0.83)
    whole = inverted(band, grid, 250.0, atmospheres)
    assert misfit(summed(band, grid, 250.0, atmospheres), whole) < 3e-4
    lonely = misfit(summed(band, grid, 250.0, atmospheres, 0.0), whole)
    assert lonely > 5 * misfit(summed(band, grid, 250.0, atmospheres), whole)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["S13001300001.dat", "S12001300001.dat"])
def test_mixing_of_genuine_carbon_dioxide_is_that_of_the_whole_matrix(genuine, name):
    band = read_dioxide_relaxation(genuine / name, genuine / "WTfit00.dat.gz")
    centre = float(np.median(band.position))
    grid = np.arange(centre - 60.0, centre + 60.0, 2.03)
    whole = inverted(band, grid, 250.0, 1.0)
    assert misfit(summed(band, grid, 250.0, 1.0), whole) < 5e-4
    assert misfit(summed(band, grid, 250.0, 1.0, 0.0), whole) > 2e-3
    faint = whole < 0.01 * whole.max()
    assert summed(band, grid, 250.0, 1.0, 0.0)[faint].mean() > 1.05 * whole[faint].mean()


def test_lines_that_mix_have_the_widths_of_their_relaxation_and_others_their_own():
    band = band_of(7)
    lines, index = listed(band)
    found = consistent(lines, mixing_of(lines, 1, band))
    others = np.setdiff1d(np.arange(len(lines)), index)
    for name, theirs in (("air_width", band.width), ("width_exponent", band.width_exponent)):
        ours, own = getattr(found, name), getattr(lines, name)
        assert np.array_equal(ours[index], theirs)
        assert np.array_equal(ours[others], own[others])
        assert not np.isclose(own[index], theirs).all()
    assert np.array_equal(found.intensity, lines.intensity)
