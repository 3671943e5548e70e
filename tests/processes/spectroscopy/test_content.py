"""What tables are made of: widths in water, scales, continua, keys; line lists that are none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.assembly import builtin_contents
from casa_processes.spectroscopy.bands import BANDS
from casa_processes.spectroscopy.content import WATER_FRACTION, Continuum, Lines
from casa_processes.spectroscopy.cross_sections import Grid, Wings
from casa_processes.spectroscopy.line_mixing import Relaxation, mixing_of
from casa_processes.spectroscopy.tables import States, states, table
from tests.processes.spectroscopy.records import approx, drawn

ONE = replace(
    drawn(2, 1, 6230.0, 6230.0001), position=np.array([6230.0]), air_shift=np.zeros(1),
    air_width=np.array([0.08]), self_width=np.array([0.40]), intensity=np.array([1e-22]),
)  # fmt: skip
CENTRE = Grid(6229.0, 0.01, 201)


@given(st.floats(1.05, 3.0))
def test_at_its_centre_a_wide_line_weakens_as_water_widens_it(ratio):
    """A Lorentz line is as high as its width is small: 1 / (1 + x (ratio - 1))."""
    dry = Lines(ONE).cross_section(CENTRE, 1000.0, 296.0)[100]
    change = Lines(ONE, water=ratio).cross_section(CENTRE, 1000.0, 296.0)[100]
    widened = 1.0 / (1.0 + WATER_FRACTION * (ratio - 1.0))
    assert change == approx(dry * (widened - 1.0) / WATER_FRACTION, rel=0.03)


def test_in_its_wings_a_line_grows_as_water_widens_it():
    far = Grid(6232.0, 0.01, 101)
    dry = Lines(ONE).cross_section(far, 1000.0, 296.0)
    change = Lines(ONE, water=1.9).cross_section(far, 1000.0, 296.0)
    assert change == approx(0.9 * dry, rel=0.02)


def test_water_has_its_own_widths():
    """Lines of water are five times as wide in water here: 1 / (1 + 4 x) at the centre."""
    dry = Lines(ONE).cross_section(CENTRE, 1000.0, 296.0)[100]
    change = Lines(ONE, water=0.0).cross_section(CENTRE, 1000.0, 296.0)[100]
    expected = dry * (1.0 / (1.0 + 4.0 * WATER_FRACTION) - 1.0) / WATER_FRACTION
    assert change == approx(expected, rel=0.03)


def test_no_cross_section_is_below_zero_where_lines_mix_strongly():
    lines = replace(drawn(5, 8, 6228.0, 6232.0), mixing=np.full(8, -3.0))
    found = Lines(lines).cross_section(CENTRE, 1000.0, 296.0)
    assert found.min() == 0.0


def test_a_change_with_water_keeps_its_sign_in_a_table(tmp_path):
    at = states((500.0, 1000.0), 2, (250.0, 300.0), 2)
    found = table(tmp_path, Lines(ONE, water=1.9), CENTRE, at)
    assert found.values.min() < 0 < found.values.max()
    assert found.about["change_with_water"] == 1.9


def relaxation():
    return Relaxation(
        position=np.array([6229.5, 6230.5]), lower_energy=np.array([10.0, 20.0]),
        population=np.array([0.5, 0.4]), dipole=np.ones(2), rigid=np.ones(2),
        width=np.full(2, 0.07), width_exponent=np.full(2, 0.7),
        matrix=np.full((2, 2), -0.01), matrix_exponent=np.full((2, 2), 0.8),
        leak=np.zeros(2), by_strength=True, source="two lines",
    )  # fmt: skip


def mixed_pair():
    lines = replace(
        drawn(1, 2, 6229.5, 6230.5), position=np.array([6229.5, 6230.5]),
        lower_energy=np.array([10.0, 20.0]),
    )  # fmt: skip
    return lines, mixing_of(lines, 1, relaxation())


LINES, MIXING = mixed_pair()
PAIRS = Continuum(np.array([6200.0, 6260.0]), np.array([1e-8, 2e-8]), "pairs")
CHANGES = {
    "lines": replace(LINES, intensity=LINES.intensity * 1.001),
    "wings": Wings(cut=20.0),
    "scale": 0.999,
    "continuum": PAIRS,
    "mixing": MIXING,
    "water": 1.9,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_key_follows_all_that_numbers_depend_on(name):
    plain = Lines(LINES)
    other = replace(plain, **{name: CHANGES[name]})
    assert other.key() != plain.key()
    one, two = (each.cross_section(CENTRE, 900.0, 250.0) for each in (plain, other))
    assert np.max(np.abs(one - two) / one) > 1e-4


@pytest.mark.parametrize(
    "change",
    [
        {"continuum": replace(PAIRS, coefficient=PAIRS.coefficient * 1.01)},
        {"mixing": replace(MIXING, bands=(replace(relaxation(), width=np.full(2, 0.071)),))},
        {"mixing": replace(MIXING, lines=(np.array([0, -1]),))},
    ],
)
def test_a_key_follows_the_numbers_inside_continuum_and_mixing(change):
    whole = Lines(LINES, continuum=PAIRS, mixing=MIXING)
    assert replace(whole, **change).key() != whole.key()


def test_the_name_of_a_source_is_no_part_of_the_key():
    renamed = replace(LINES, source="another")
    assert Lines(renamed).key() == Lines(LINES).key()


def test_content_tells_what_it_is_made_of():
    about = Lines(LINES, continuum=PAIRS, mixing=MIXING, scale=0.99).about()
    assert about["line_mixing"] == ["two lines"]
    assert (about["continuum"], about["scale"], about["lines"]) == ("pairs", 0.99, 2)
    assert Lines(LINES).about()["line_mixing"] == "none"
    assert Lines(replace(LINES, mixing=np.ones(2))).about()["line_mixing"] == "of the list"


@pytest.mark.parametrize("band", BANDS.values(), ids=lambda band: band.name)
def test_built_in_contents_reach_over_the_band_and_its_wings(band):
    contents = builtin_contents(band)
    lines = contents[band.gases[0]].lines
    grid = band.grid()
    assert lines.position[0] >= grid.first - 25.0
    assert lines.position[-1] <= grid.last + 25.0
    assert len(lines.between(*band.window)) > 50
    names = list(contents)
    assert names == sorted(names, key=lambda name: name.endswith(" in water"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"position": np.array([6231.0, 6230.0])}, "ascending"),
        ({"intensity": np.array([1e-22, -1e-22])}, ">= 0"),
        ({"air_width": np.array([-0.1, 0.1])}, ">= 0"),
        ({"lower_energy": np.array([np.nan, 1.0])}, "lower_energy"),
        ({"mixing": np.zeros(3)}, "arrays of one length"),
    ],
)
def test_a_line_list_that_is_none_is_refused(change, said):
    with pytest.raises(InvalidValueError, match=said):
        replace(LINES, **change)


@given(st.integers(2, 200), st.integers(2, 40))
def test_states_are_even_in_the_logarithm_of_pressure_and_in_temperature(pressures, temperatures):
    found = states(pressures=pressures, temperatures=temperatures)
    assert isinstance(found, States)
    ratio = np.diff(np.log(found.pressure))
    assert ratio == approx(np.full(pressures - 1, ratio[0]), rel=1e-6)
    assert (found.pressure[0], found.temperature[-1]) == (approx(0.1), approx(330.0))
    assert (len(found.pressure), len(found.temperature)) == (pressures, temperatures)


@pytest.mark.parametrize("line", [0, 1])
def test_a_list_of_one_line_of_a_band_mixes(line):
    index = np.array([line])
    found = mixing_of(LINES.chosen(index), 1, relaxation())
    assert found.lines[0][line] == 0
    assert found.at(250.0) == approx(MIXING.at(250.0)[index])
