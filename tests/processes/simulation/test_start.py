"""The start of a run: stored pattern, other meshes, years before it, and the level of a year."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.simulation import biosphere, fires, fossil, ocean
from casa_processes.simulation import start as place
from casa_processes.simulation.fluxes import PARTS
from casa_processes.simulation.nature import State, held
from casa_processes.simulation.start import (
    LEVEL,
    LEVEL_YEAR,
    NET,
    growth,
    spun_up,
    start,
    write,
)
from casa_processes.simulation.world import FINE, STANDARD, Resolution, World, world

MESHES = [STANDARD, Resolution(36, 23, 20, 6), Resolution(18, 12, 20, 6), FINE]


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Write a state of the standard world and let it be the start; returns what is begun."""

    def through(parts):
        here = world(STANDARD)
        path = tmp_path / "start.npz"
        write(here, State(np.datetime64("2000-01-01"), 0.0, parts), path)
        monkeypatch.setattr(place, "_FILE", path)
        place._pattern.cache_clear()
        return start(here, 2023)

    yield through
    place._pattern.cache_clear()


def blocks(seed, smooth=True):
    """Parts of the standard world whose columns are the same in groups of four.  [mol mol-1]"""
    random = np.random.default_rng(seed)
    wide = random.normal(0, 5e-6, (20, 45, 1 if smooth else 18, 8))
    wide[..., len(PARTS) :] = 0.0
    return np.repeat(wide, 72 if smooth else 4, axis=2)


def test_the_net_flux_is_the_sum_of_the_parts():
    assert (
        pytest.approx(
            fossil.TOTAL / 1000
            - ocean.UPTAKE
            - biosphere.SINK
            - biosphere.REGROWTH * fires.TOTAL
            + fires.TOTAL
        )
        == NET
    )


def test_growth_turns_petagrams_into_parts_per_million():
    here = world(STANDARD)
    # One ppm of all the air, as carbon: 1e-6 / 28.9647 g mol-1 * 12.011 g mol-1.
    petagrams = 1e-6 * here.mass.sum() / 28.9647 * 12.011 / 1e12
    assert petagrams == pytest.approx(2.13, abs=0.01)
    assert growth(here) == pytest.approx(NET / petagrams, rel=1e-9)


@pytest.mark.parametrize("year", [2000, 2023, 2049])
def test_the_level_follows_the_years(year):
    here = world(STANDARD)
    begun = start(here, year)
    assert begun.date == np.datetime64(f"{year}-01-01")
    assert begun.background == pytest.approx(LEVEL + (year - LEVEL_YEAR) * growth(here))
    assert 360 < begun.background < 490


@pytest.mark.parametrize("resolution", MESHES, ids=lambda one: f"{one.columns}x{one.rows}")
def test_parts_add_nothing_to_the_globe_on_any_mesh(resolution):
    here = World(resolution)
    begun = start(here, 2023)
    assert begun.parts.shape == (*here.mass.shape, 8)
    assert begun.parts.flags.c_contiguous
    assert np.isfinite(begun.parts).all()
    most = np.abs(begun.parts).max() * here.mass.sum() * 44 / 29
    assert np.abs(held(here, begun)).max() < 1e-12 * most


@pytest.mark.parametrize("seed", [1, 2])
def test_a_pattern_that_is_the_same_around_parallels_is_kept_to_a_hundredth(stored, seed):
    parts = blocks(seed)
    here = world(STANDARD)
    weight = (here.mass / here.mass.sum())[..., None]
    expected = parts - (parts * weight).sum(axis=(0, 1, 2))
    assert np.abs(stored(parts).parts - expected).max() < 0.011e-6


def test_columns_are_interpolated_between_the_middles_of_blocks(stored):
    parts = blocks(3, smooth=False)
    found = stored(parts).parts[2, 10, :, 0] * 1e6
    given_blocks = parts[2, 10, ::4, 0] * 1e6
    given_blocks = given_blocks - (given_blocks.mean() - found.mean())
    # Middles of blocks lie at 2, 6, 10, ... columns; column 5.5 is one and a half further on.
    middle = 0.625 * given_blocks[1] + 0.375 * given_blocks[2]
    assert found[7] == pytest.approx(middle, abs=0.02)
    across = 0.625 * given_blocks[17] + 0.375 * given_blocks[0]
    assert found[71] == pytest.approx(across, abs=0.02)


def test_the_same_state_is_written_to_the_same_bytes(tmp_path):
    here = world(STANDARD)
    state = State(np.datetime64("2000-01-01"), 0.0, blocks(4))
    for name in ("a", "b"):
        write(here, state, tmp_path / f"{name}.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_the_pattern_that_comes_along_is_small():
    assert place._FILE.stat().st_size < 100_000


@given(
    given_places=st.lists(st.floats(-90, 90), min_size=2, max_size=9, unique=True),
    wanted=st.lists(st.floats(-95, 95), min_size=1, max_size=9),
)
def test_weights_of_interpolation_sum_to_one_and_draw_lines(given_places, wanted):
    places, points = np.sort(np.array(given_places)), np.array(wanted)
    weights = place._between(places, points)
    assert np.allclose(weights.sum(axis=1), 1.0, atol=1e-12)
    assert (weights >= 0).all()
    line = 3.0 * places - 7.0
    clipped = np.clip(points, places[0], places[-1])
    assert np.allclose(weights @ line, 3.0 * clipped - 7.0, atol=1e-9)


@pytest.fixture(scope="module")
def tiny():
    """Few cells and long steps."""
    return World(Resolution(12, 8, 20, 2))


@pytest.fixture(scope="module")
def year_from_nothing(tiny):
    return spun_up(tiny, 1)


def test_a_year_from_nothing_holds_what_was_emitted(tiny, year_from_nothing):
    state = year_from_nothing
    assert state.date == np.datetime64("2000-01-01")
    carbon = held(tiny, state) * 12.011 / 44.009 / 1e12
    year = 365 / 365.25
    assert carbon[0] == pytest.approx(fossil.TOTAL / 1000 * year, rel=3e-3)
    assert carbon[2] == pytest.approx(-ocean.UPTAKE * year, rel=5e-3)
    assert carbon[3] == pytest.approx(fires.TOTAL * year, rel=5e-3)
    assert carbon.sum() == pytest.approx(NET, rel=0.02)


def test_a_year_from_nothing_has_the_signs_of_the_start(tiny, year_from_nothing):
    state, begun = year_from_nothing, start(tiny, 2000)
    weight = (tiny.mass / tiny.mass.sum())[..., None]
    pattern = state.parts - (state.parts * weight).sum(axis=(0, 1, 2))
    for part in range(len(PARTS)):
        ours, theirs = (each[:5, :, :, part].mean(axis=(0, 2)) for each in (pattern, begun.parts))
        assert np.corrcoef(ours, theirs)[0, 1] > 0.8
