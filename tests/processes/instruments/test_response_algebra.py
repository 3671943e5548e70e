"""What follows from the definition of a response, whatever the shape and the light."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.instruments.kernel import BLOCK
from casa_processes.instruments.response import covered, response
from casa_processes.instruments.shapes import gaussian, tabulated
from casa_processes.spectroscopy.cross_sections import Grid
from tests.processes.instruments.light import drawn, skewed

few = settings(max_examples=25)
seeds = st.integers(0, 2**32 - 1)
domains = st.sampled_from(["wavelength", "wavenumber"])
GRID = Grid(6200.0, 0.01, 2400)
WIDTHS = {"wavelength": 0.3 * (1e4 / 6212.0) ** 2 / 1e4, "wavenumber": 0.3}


def shape_of(domain, seed):
    places = np.linspace(6204.0, 6220.0, 4)
    nodes = places if domain == "wavenumber" else np.sort(1e4 / places)
    return skewed(domain, nodes, WIDTHS[domain], seed=seed)


def channels(rng, count):
    return np.sort(1e4 / rng.uniform(6202.5, 6221.5, count))


def rows_of(rng, count):
    return rng.uniform(0.0, 1.0, (count, GRID.size)).astype(np.float32)


@few
@given(seeds, domains, st.integers(1, 3 * BLOCK))
def test_channels_do_not_know_each_other(seed, domain, count):
    rng = np.random.default_rng(seed)
    shape, wavelength, rows = shape_of(domain, seed), channels(rng, count), rows_of(rng, 2)
    together = response(shape, wavelength, GRID).apply(rows)
    assert together.shape == (2, count)
    picked = int(rng.integers(count))
    alone = response(shape, wavelength[picked : picked + 1], GRID).apply(rows)
    assert alone[:, 0] == pytest.approx(together[:, picked], rel=3e-6)


@few
@given(seeds, domains)
def test_sums_of_spectra_are_seen_as_sums(seed, domain):
    rng = np.random.default_rng(seed)
    prepared = response(shape_of(domain, seed), channels(rng, 20), GRID)
    first, second = rows_of(rng, 2)
    both = prepared.apply(np.stack([first, second, first + 2 * second]))
    assert both[2] == pytest.approx(both[0] + 2 * both[1], rel=5e-6)


@few
@given(seeds, domains)
def test_positive_light_is_seen_as_positive_and_within_its_bounds(seed, domain):
    rng = np.random.default_rng(seed)
    prepared = response(gaussian(WIDTHS[domain], domain), channels(rng, 20), GRID)
    rows = rows_of(rng, 1)
    found = prepared.apply(rows)
    assert rows.min() < found.min()
    # A shape in wavenumber sees a flat spectrum per wavelength larger by 3 (sigma / nu)^2.
    assert found.max() < rows.max() * (1 + 1e-6)


@few
@given(seeds, domains, st.integers(0, 200))
def test_a_grid_that_reaches_farther_changes_nothing(seed, domain, more):
    rng = np.random.default_rng(seed)
    shape, wavelength, rows = shape_of(domain, seed), channels(rng, 9), rows_of(rng, 1)
    wide = Grid(GRID.first - 0.01 * more, 0.01, GRID.size + 2 * more)
    padded = np.pad(rows, ((0, 0), (more, more)), constant_values=77.0)
    inner = response(shape, wavelength, GRID).apply(rows)
    assert response(shape, wavelength, wide).apply(padded) == pytest.approx(inner, rel=3e-6)


@few
@given(seeds, st.integers(1, 300))
def test_a_shape_of_wavenumber_moves_with_its_channel(seed, steps):
    rng = np.random.default_rng(seed)
    full = shape_of("wavenumber", seed)
    shape = tabulated("wavenumber", [1.0], full.offset[0], full.response[0])
    centre = rng.uniform(6203.0, 6215.0)
    there = response(shape, np.array([1e4 / centre]), GRID)
    moved = response(shape, np.array([1e4 / (centre + 0.01 * steps)]), GRID)
    row = rows_of(rng, 1)
    expected = there.apply(row)
    found = moved.apply(np.roll(row, steps, axis=1))
    # But for the ratio of wavenumbers within the shape, below 3 / 6200.
    assert found == pytest.approx(expected, rel=1e-5)


@few
@given(seeds, domains)
def test_the_slope_leads_to_the_moved_channels(seed, domain):
    rng = np.random.default_rng(seed)
    light = drawn(rng, 6200, 6224)(GRID.values).astype(np.float32)
    shape, wavelength = gaussian(WIDTHS[domain], domain), channels(rng, 12)
    prepared = response(shape, wavelength, GRID)
    step = 2e-3 * WIDTHS["wavelength"]
    before, after = (
        response(shape, wavelength + by, GRID).apply(light[None])[0] for by in (-step, step)
    )
    change = 2 * step * prepared.slope(light)
    assert after - before == pytest.approx(change, abs=2e-6 * float(light.max()))


@few
@given(seeds, domains, st.floats(6195.0, 6229.0))
def test_a_channel_is_covered_where_its_whole_table_is_on_the_grid(seed, domain, number):
    shape = shape_of(domain, seed)
    wavelength = 1e4 / number
    if domain == "wavelength":
        ends = 1e4 / (wavelength + shape.offset[:, [-1, 0]])
    else:
        ends = number + shape.offset[:, [0, -1]]
    # Two points on both sides are kept for the differences of the slope.
    inside = ends.min() > GRID.first + 0.03 and ends.max() < GRID.last - 0.03
    outside = ends.min() < GRID.first or ends.max() > GRID.last
    found = bool(covered(shape, np.array([wavelength]), GRID)[0])
    assert found if inside else not (found and outside)


def test_a_response_does_not_change_its_rows():
    rng = np.random.default_rng(3)
    rows = rows_of(rng, 2)
    kept = rows.copy()
    prepared = response(shape_of("wavelength", 1), channels(rng, 20), GRID)
    prepared.apply(rows)
    prepared.slope(rows[0])
    assert np.array_equal(rows, kept)


def test_rows_may_be_parts_of_larger_arrays():
    rng = np.random.default_rng(4)
    prepared = response(shape_of("wavelength", 1), channels(rng, 20), GRID)
    large = rng.uniform(size=(4, GRID.size + 7)).astype(np.float32)
    part = large[::2, 3:-4]
    assert np.array_equal(prepared.apply(part), prepared.apply(part.copy()))


@pytest.mark.parametrize("domain", ["wavelength", "wavenumber"])
def test_more_channels_than_a_block_take_more_blocks(domain):
    rng = np.random.default_rng(5)
    for count in (1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK):
        prepared = response(shape_of(domain, 1), channels(rng, count), GRID)
        assert prepared.weight.shape[:2] == (-(-count // BLOCK), BLOCK)
        assert prepared.start.min() >= 0
        assert prepared.start.max() + prepared.weight.shape[2] <= GRID.size
