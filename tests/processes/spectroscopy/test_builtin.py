"""Lines from molecular constants, against partition sums, published levels and genuine lists."""

import gzip
from dataclasses import replace

import numpy as np
import pytest

from casa_processes.spectroscopy.bands import BANDS
from casa_processes.spectroscopy.builtin import carbon_dioxide as carbon
from casa_processes.spectroscopy.builtin import oxygen as ox
from casa_processes.spectroscopy.builtin.linear_molecule import Band, Level, lines_of
from casa_processes.spectroscopy.builtin.water import SOURCE, water
from casa_processes.spectroscopy.cross_sections import Grid, cross_section
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.isotopologues import hitran_program
from tests.processes.spectroscopy.records import approx

C2 = 1.438776877


def nearest(lines, position):
    """Index of the line that is nearest to a position."""
    return int(np.argmin(np.abs(lines.position - position)))


@pytest.fixture(scope="module")
def dioxide():
    return carbon.carbon_dioxide()


@pytest.fixture(scope="module")
def molecular_oxygen():
    return ox.oxygen()


def test_levels_of_oxygen_are_the_published_ones():
    """Fine structure of N = 1 and N = 3 above the lowest level, N = 1 and J = 0 lying highest."""
    levels = ox.lower_levels(ox._CONSTANTS[1], 45, 2)
    energy = {(each.n, each.j): each.energy for each in levels}
    lowest = min(energy.values())
    found = [energy[key] - lowest for key in [(1, 2), (1, 1), (1, 0), (3, 2), (3, 4), (3, 3)]]
    assert found == approx([2.0843, 3.9611, 0.0, 16.2529, 16.3876, 18.3372], abs=2e-3)


def test_a_spin_that_sticks_to_the_axis_makes_levels_with_all_or_none_of_it():
    """Hund's case (a): of two levels of one J the higher one has |Omega| = 1, the lower one 0."""
    stuck = replace(ox._CONSTANTS[1], spin=1e5, rotation=1.0, coupling=0.0)
    for j in (2, 4, 10):
        lower, higher = sorted(ox._mixed(stuck, j), key=lambda each: each.energy)
        assert abs(lower.amplitude) < 1e-3
        assert abs(higher.amplitude) == approx(1.0, rel=1e-6)
    free = replace(stuck, spin=0.0, spin_distortion=0.0)
    for j in (2, 10):
        below, above = ox._mixed(free, j)
        assert below.amplitude**2 == approx((j + 1) / (2 * j + 1))
        assert above.amplitude**2 == approx(j / (2 * j + 1))


def test_levels_of_oxygen_give_the_published_partition_sum():
    levels = ox.lower_levels(ox._CONSTANTS[1], 81, 2)
    energy, weight = np.array([(each.energy, 2 * each.j + 1) for each in levels]).T
    rotation = np.sum(weight * np.exp(-C2 * (energy - energy.min()) / 296.0))
    vibration = 1.0 / (1.0 - np.exp(-C2 * 1556.4 / 296.0))
    assert rotation * vibration == approx(hitran_program().partitionSum(7, 1, 296.0), rel=1e-3)


@pytest.mark.parametrize("number", [2, 3])
def test_heavier_oxygen_rotates_as_its_masses_say(number):
    masses = {1: 15.9949146, 2: 17.9991604, 3: 16.9991315}
    ratio = 0.5 * (1.0 + masses[1] / masses[number])
    light, heavy = ox._CONSTANTS[1], ox._CONSTANTS[number]
    assert heavy.rotation == approx(light.rotation * ratio, rel=4e-4)
    assert heavy.distortion == approx(light.distortion * ratio**2, rel=4e-3)
    assert heavy.spin == approx(light.spin, rel=1e-4)
    zero_point = 0.5 * (1432.77 - 1580.193) * (np.sqrt(ratio) - 1.0)
    assert heavy.origin - light.origin == approx(zero_point, abs=0.05)


def test_different_atoms_have_every_rotational_level_and_equal_ones_every_other():
    assert {each.n % 2 for each in ox.lower_levels(ox._CONSTANTS[1], 45, 2)} == {1}
    levels = ox.lower_levels(ox._CONSTANTS[2], 45, 1)
    assert {each.n for each in levels} == set(range(46))
    assert sum(each.n == 0 for each in levels) == 1
    assert all(sum(each.n == n for each in levels) == 3 for n in range(1, 46))


def test_sums_of_oxygen_are_the_declared_strengths(molecular_oxygen):
    for number, strength in ox.STRENGTHS.items():
        here = molecular_oxygen.isotopologue == number
        assert molecular_oxygen.intensity[here].sum() == approx(strength)


def test_rotation_of_carbon_dioxide_gives_the_published_partition_sum():
    """Harmonic vibrations (Herzberg, 1945) times the sum over even rotational levels."""
    j = np.arange(0, 202, 2)
    energy = carbon._LEVELS[1, "00001"]["e"].energy(j.astype(float))
    rotation = np.sum((2 * j + 1) * np.exp(-C2 * energy / 296.0))
    modes = (667.38, 667.38, 1388.18, 2349.14)
    vibration = np.prod([1.0 / (1.0 - np.exp(-C2 * mode / 296.0)) for mode in modes])
    assert rotation * vibration == approx(hitran_program().partitionSum(2, 1, 296.0), rel=3e-3)


def test_bands_of_carbon_dioxide_have_their_strength_and_rows_ascend(dioxide):
    total = sum(row[3] for row in carbon._BANDS)
    assert dioxide.intensity.sum() == approx(total)
    assert set(dioxide.isotopologue) == {1, 2, 3, 4}
    assert (np.diff(dioxide.position) >= 0).all()


def test_combination_differences_depend_on_the_lower_level_alone():
    """R(J - 1) and P(J + 1) of two bands end in one upper level each."""
    lower = {"e": Level(0.0, 0.39, 1.3e-7)}
    gaps = []
    for upper in (Level(6000.0, 0.386, 1e-7), Level(5000.0, 0.388, 2e-7)):
        position, _, _, m = lines_of(Band({"e": upper}, lower, 0, 1.0), 40)
        branch = dict(zip(m.astype(int).tolist(), position.tolist(), strict=True))
        gaps.append([branch[j] - branch[-(j + 1)] for j in range(1, 40, 2)])
    j = np.arange(1.0, 40.0, 2.0)
    expected = lower["e"].energy(j + 1) - lower["e"].energy(j - 1)
    assert gaps[0] == approx(expected, abs=1e-9)
    assert gaps[1] == approx(expected, abs=1e-9)


def test_a_pi_band_has_both_parities_and_a_q_branch_between_them():
    level = {"e": Level(667.0, 0.390, 1.3e-7), "f": Level(667.0, 0.391, 1.3e-7)}
    upper = {"e": Level(5600.0, 0.387, 1.3e-7), "f": Level(5600.0, 0.388, 1.3e-7)}
    position, intensity, _, m = lines_of(Band(upper, level, 1, 2.0), 30)
    assert intensity.sum() == approx(2.0)
    assert sorted(-m[m < 0]) == list(range(2, 31))
    first = upper["f"].energy(np.ones(1)) - level["e"].energy(np.ones(1))
    second = upper["e"].energy(np.full(1, 2.0)) - level["f"].energy(np.full(1, 2.0))
    assert np.abs(position - first[0]).min() < 1e-9
    assert np.abs(position - second[0]).min() < 1e-9
    assert len(position) == (29 + 30) + 30


def test_line_factors_follow_the_sum_rule():
    """Hönl and London: P, Q and R from one lower level add up to its degeneracy, 2 J + 1."""
    flat = {"e": Level(0.0, 1e-9, 0.0), "f": Level(0.0, 1e-9, 0.0)}
    upper = {"e": Level(1000.0, 1e-9, 0.0), "f": Level(1000.0, 1e-9, 0.0)}
    for momentum in (1, 2):
        _, intensity, energy, _ = lines_of(Band(upper, flat, momentum, 1.0), 12)
        x = np.round(energy * 1e9).astype(int)
        factors = np.array([intensity[x == j * (j + 1)].sum() for j in range(momentum, 13)])
        degeneracy = 2.0 * np.arange(momentum, 13) + 1.0
        assert factors / factors.sum() == approx(degeneracy / degeneracy.sum(), rel=1e-6)


def test_water_is_labelled_synthetic_and_always_the_same():
    one, other = water(), water()
    assert "synthetic" in one.source
    assert one.source == SOURCE
    assert np.array_equal(one.position, other.position)
    for name in ("wco2", "sco2"):
        low, high = BANDS[name].window
        assert len(one.between(low, high)) > 100


@pytest.mark.realdata
@pytest.mark.parametrize("pressure", [1000.0, 250.0])
def test_weak_carbon_dioxide_is_within_3_per_cent_of_tables_of_hitran(realdata, dioxide, pressure):
    path = realdata / "spectroscopy" / "hapi_xs" / f"Voigt_CO2_T250_P{pressure:.0f}.csv.gz"
    if not path.is_file():
        pytest.skip(f"no genuine table {path}")
    with gzip.open(path) as file:
        expected = np.loadtxt(file)
    grid = Grid(6000.0, 0.01, expected.size)
    found = cross_section(dioxide.chosen(dioxide.isotopologue == 1), grid, pressure, 250.0)
    inside = (grid.values > 6170) & (grid.values < 6287)
    assert found[inside].sum() == approx(expected[inside].sum(), rel=0.03)
    misfit = np.sqrt(np.mean((found - expected)[inside] ** 2))
    assert misfit < 5e-3 * expected[inside].max()


@pytest.mark.realdata
@pytest.mark.parametrize("temperature", [220.0, 296.0])
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("CO2_4750_5000_iso1", 4800.0, 4900.0), ("O2_12847_13339_iso123", 12950.0, 13190.0)],
)
def test_other_bands_are_those_of_genuine_lines(
    realdata, dioxide, molecular_oxygen, name, low, high, temperature
):
    path = realdata / "spectroscopy" / "hitran" / f"{name}.par.gz"
    if not path.is_file():
        pytest.skip(f"no genuine line list {path}")
    genuine = read_hitran(path)
    built = dioxide.chosen(dioxide.isotopologue == 1) if "CO2" in name else molecular_oxygen
    grid = Grid(low, 0.02, round((high - low) / 0.02))
    expected = cross_section(genuine, grid, 500.0, temperature)
    found = cross_section(built, grid, 500.0, temperature)
    assert found.sum() == approx(expected.sum(), rel=0.01)
    assert np.sqrt(np.mean((found - expected) ** 2)) < 3e-3 * expected.max()


@pytest.mark.realdata
def test_strengths_of_isotopologues_are_the_published_ones(realdata):
    path = realdata / "spectroscopy" / "ggg_line_mixing" / "BandInfo.dat.gz"
    if not path.is_file():
        pytest.skip(f"no genuine list of bands {path}")
    published = {}
    with gzip.open(path, "rt") as file:
        for row in file:
            key = row[:11]
            published[key] = published.get(key, 0.0) + float(row.split()[1])
    for number, upper, lower, strength, _, _ in carbon._BANDS:
        known = published[f"{number}{upper}{lower}"]
        assert strength == approx(known, rel=0.035), (number, upper, lower)
