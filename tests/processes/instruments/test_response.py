"""What channels see of light, against dense quadrature in double precision."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.kernel import BLOCK
from casa_processes.instruments.response import covered, response
from casa_processes.instruments.shapes import gaussian, tabulated
from casa_processes.spectroscopy.cross_sections import Grid
from tests.processes.instruments.light import curve, drawn, seen, skewed

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=12)
domains = st.sampled_from(["wavelength", "wavenumber"])
GRID = Grid(6200.0, 0.01, 2400)
CENTRE = 1e4 / 6212.0
WIDTHS = {"wavelength": 0.3 * CENTRE**2 / 1e4, "wavenumber": 0.3}


def channels(count=BLOCK + 1, low=6203.0, high=6221.0):
    return 1e4 / np.linspace(high, low, count)


def nodes(domain, count=3):
    places = np.linspace(6204.0, 6220.0, count)
    return places if domain == "wavenumber" else np.sort(1e4 / places)


def whole(light, grid=GRID):
    return light(grid.values).astype(np.float32)


@few
@given(seeds, domains, st.booleans())
def test_channels_see_what_dense_quadrature_gives(seed, domain, alike):
    light = drawn(np.random.default_rng(seed), 6200, 6224)
    shape = skewed(domain, nodes(domain), WIDTHS[domain], seed=seed, alike=alike)
    prepared = response(shape, channels(), GRID)
    found = prepared.apply(whole(light)[None])[0]
    expected = [seen(light, shape, each) for each in prepared.wavelength]
    assert found == pytest.approx(np.array(expected), abs=2e-6 * max(expected))


@few
@given(seeds, domains)
def test_channels_of_a_smooth_shape_are_right_to_single_precision(seed, domain):
    light = drawn(np.random.default_rng(seed), 6200, 6224)
    shape = gaussian(WIDTHS[domain], domain)
    prepared = response(shape, channels(), GRID)
    found = prepared.apply(whole(light)[None])[0]
    expected = np.array([seen(light, shape, each) for each in prepared.wavelength])
    assert np.abs(found - expected).max() < 2e-6 * expected.max()


@few
@given(seeds, domains, st.integers(25, 60))
def test_a_coarse_table_of_a_smooth_shape_is_as_good_as_a_fine_one(seed, domain, samples):
    light = drawn(np.random.default_rng(seed), 6200, 6224)
    row = whole(light)[None]
    fine, coarse = (
        response(gaussian(WIDTHS[domain], domain, samples=n), channels(), GRID).apply(row)[0]
        for n in (2001, samples)
    )
    # The step of 24 intervals over 6 widths is 0.6 standard deviations.
    assert coarse == pytest.approx(fine, abs=15.0 / samples**3 * fine.max())


@few
@given(seeds, domains)
def test_the_slope_is_the_difference_of_moved_channels(seed, domain):
    light = drawn(np.random.default_rng(seed), 6200, 6224)
    shape = gaussian(WIDTHS[domain], domain)
    prepared = response(shape, channels(5), GRID)
    found = prepared.slope(whole(light))
    step = 1e-3 * WIDTHS["wavelength"]
    expected = [
        (seen(light, shape, each + step) - seen(light, shape, each - step)) / (2 * step)
        for each in prepared.wavelength
    ]
    assert np.linalg.norm(found - expected) < 2e-5 * np.linalg.norm(expected)


@given(seeds, domains, st.floats(0.05, 0.8))
def test_the_weights_of_a_channel_sum_to_one(seed, domain, broad):
    shape = skewed(domain, nodes(domain), WIDTHS[domain] * broad / 0.3 / 2, seed=seed)
    prepared = response(shape, channels(), GRID)
    weight = prepared.weight.astype(np.float64).reshape(-1, prepared.weight.shape[2])
    sums = weight[: prepared.wavelength.size].sum(axis=1)
    if domain == "wavenumber":
        # A flat spectrum per wavenumber stays itself; the mean of 1 / nu^2 is larger than that.
        numbers = GRID.first + GRID.step * (
            np.repeat(prepared.start, BLOCK)[:, None] + np.arange(weight.shape[1])
        )
        centre = 1e4 / prepared.wavelength
        per_number = (weight * numbers**2)[: centre.size].sum(axis=1) / centre**2
        assert per_number == pytest.approx(1.0, abs=1e-9)
        assert np.all(np.abs(sums - 1.0) < 1e-3)
    else:
        assert np.abs(sums - 1.0).max() < 1e-12


@given(seeds)
def test_a_flat_spectrum_per_wavelength_stays_itself_in_single_precision(seed):
    shape = skewed("wavelength", nodes("wavelength"), WIDTHS["wavelength"], seed=seed)
    prepared = response(shape, channels(), GRID)
    flat = np.full((3, GRID.size), 1.7e20, np.float32)
    assert prepared.apply(flat) == pytest.approx(float(flat[0, 0]), rel=1e-6)


def test_rows_do_not_know_each_other():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(5, GRID.size)).astype(np.float32)
    prepared = response(gaussian(WIDTHS["wavelength"]), channels(), GRID)
    together = prepared.apply(rows)
    alone = np.concatenate([prepared.apply(row[None]) for row in rows])
    assert together == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize("domain", ["wavelength", "wavenumber"])
def test_light_of_one_wavenumber_shows_the_table(domain):
    offset = np.array([-1.0, -0.2, 0.1, 1.0]) * WIDTHS[domain]
    shape = tabulated(domain, [1.0], offset, [0.0, 1.0, 0.7, 0.0])
    prepared = response(shape, np.array([CENTRE]), GRID)
    rows = np.zeros((3, GRID.size), np.float32)
    points = [1195, 1200, 1210]
    rows[np.arange(3), points] = 1.0
    found = prepared.apply(rows)[:, 0]
    numbers = GRID.values[points]
    away = 1e4 / numbers - CENTRE if domain == "wavelength" else numbers - 1e4 / CENTRE
    dense = np.linspace(shape.offset[0, 0], shape.offset[0, -1], 20_001)
    table = curve(shape, 0, away) / np.trapezoid(curve(shape, 0, dense), dense)
    # d lambda of one step, or one step and back to wavelength at the centre of the channel.
    step = 1e4 / numbers**2 if domain == "wavelength" else (1e4 / CENTRE / numbers) ** 2
    assert found == pytest.approx(table * step * GRID.step, rel=1e-3)


def test_channels_beyond_the_nodes_have_the_shape_of_the_nearest():
    pair = skewed("wavelength", [CENTRE - 1e-4, CENTRE], WIDTHS["wavelength"])
    last = tabulated("wavelength", [1.0], pair.offset[1], pair.response[1])
    row = whole(drawn(np.random.default_rng(2), 6200, 6224))[None]
    beyond = np.array([CENTRE + 1e-3])
    assert np.array_equal(
        response(pair, beyond, GRID).apply(row), response(last, beyond, GRID).apply(row)
    )


@pytest.mark.parametrize("domain", ["wavelength", "wavenumber"])
def test_channels_in_the_other_direction_see_the_same(domain):
    shape = skewed(domain, nodes(domain), WIDTHS[domain])
    row = whole(drawn(np.random.default_rng(3), 6200, 6224))[None]
    there = response(shape, channels(), GRID).apply(row)[0]
    back = response(shape, channels()[::-1], GRID).apply(row)[0]
    assert back[::-1] == pytest.approx(there, rel=2e-6)


def test_a_channel_that_sees_beyond_the_grid_is_refused_and_can_be_left_out():
    shape = gaussian(WIDTHS["wavelength"])
    wide = channels(60, 6199.0, 6225.0)
    inside = covered(shape, wide, GRID)
    numbers = 1e4 / wide
    assert np.array_equal(inside, (numbers > 6200.93) & (numbers < 6223.06))
    with pytest.raises(InvalidValueError, match=r"9 other channels.*6200\.0 to 6223\.99"):
        response(shape, wide, GRID)
    assert response(shape, wide[inside], GRID).weight.shape[0] == -(-inside.sum() // BLOCK)


def test_a_shape_narrower_than_the_grid_is_refused():
    with pytest.raises(InvalidValueError, match="wider than the grid"):
        response(gaussian(1e-4, "wavenumber"), 1e4 / np.array([6210.005]), GRID)


@pytest.mark.parametrize(
    "wavelength",
    [[], [CENTRE, CENTRE], [CENTRE, CENTRE + 1e-3, CENTRE], [-1.0], [np.nan], [[CENTRE]]],
)
def test_wavelengths_are_positive_and_in_one_direction(wavelength):
    with pytest.raises(InvalidValueError, match="wavelength"):
        response(gaussian(WIDTHS["wavelength"]), np.array(wavelength), GRID)


@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((1, GRID.size)),
        np.zeros((1, GRID.size - 1), np.float32),
        np.zeros(GRID.size, np.float32),
    ],
)
def test_rows_are_single_precision_and_on_the_grid(rows):
    prepared = response(gaussian(WIDTHS["wavelength"]), channels(), GRID)
    with pytest.raises(InvalidValueError, match="rows"):
        prepared.apply(rows)


@given(st.floats(1e-5, 10), domains)
def test_a_gaussian_has_its_width_and_integral(width, domain):
    shape = gaussian(width, domain)
    assert np.trapezoid(shape.response[0], shape.offset[0]) == pytest.approx(1, rel=1e-12)
    half = np.interp(width / 2, shape.offset[0], shape.response[0])
    assert half == pytest.approx(shape.response[0].max() / 2, rel=1e-4)
    moment = np.trapezoid(shape.response[0] * shape.offset[0] ** 2, shape.offset[0])
    assert np.sqrt(moment) == pytest.approx(width / 2.354820045, rel=1e-6)


@pytest.mark.parametrize("asked", [{"width": 0}, {"width": 1, "reach": -1}, {"width": np.nan}])
def test_a_gaussian_without_width_is_refused(asked):
    with pytest.raises(InvalidValueError, match="Gaussian"):
        gaussian(**asked)


def test_a_table_without_response_is_refused():
    with pytest.raises(InvalidValueError, match="positive integrals"):
        tabulated("wavelength", [1.0], [-1.0, 0.0, 1.0], [0.0, 0.0, 0.0])
    with pytest.raises(InvalidValueError, match="shapes"):
        tabulated("wavelength", [1.0], [-1.0, 0.0, 1.0], [1.0, 0.0])
    good = gaussian(1.0)
    with pytest.raises(InvalidValueError, match="ascending"):
        replace(good, offset=good.offset[:, ::-1])
