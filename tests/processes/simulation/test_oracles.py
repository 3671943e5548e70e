"""What the world computes in arrays, computed again cell by cell from what is written about it."""

from itertools import pairwise
from math import asin, cos, exp, log, pi, radians, sin

import numpy as np
import pytest

from casa_processes.simulation import biosphere
from casa_processes.simulation.biosphere import LIFE
from casa_processes.simulation.circulation import (
    WAVES,
    flow,
    overturning,
    wave_table,
    zonal_stream,
)
from casa_processes.simulation.climate import YEAR, insolation, temperature
from casa_processes.simulation.fluxes import NODES, PARTS, at, interpolated
from casa_processes.simulation.geography import areas, geography, onto
from casa_processes.simulation.mixing import Mixing, vertical
from casa_processes.simulation.nature import column, held, simulated
from casa_processes.simulation.world import DAY
from casa_processes.transport.plan import plan
from casa_processes.transport.steps import emit, step

RADIUS, GRAVITY = 6_371_008.7714, 9.80665


# Light.


@pytest.mark.parametrize("latitude", [-70.0, -23.44, 0.0, 35.0, 66.0, 89.0])
@pytest.mark.parametrize("day", [0.0, 80.0, 171.3, 300.5])
def test_insolation_is_the_integral_over_the_hours(latitude, day):
    tilt = asin(sin(radians(23.44)) * sin(2 * pi * (day - 80) / YEAR))
    hours = [(k + 0.5) * 2 * pi / 20_000 for k in range(20_000)]
    here = radians(latitude)
    light = [max(0.0, sin(here) * sin(tilt) + cos(here) * cos(tilt) * cos(h)) for h in hours]
    found = insolation(np.array(latitude), day)
    assert found == pytest.approx(sum(light) / len(light), abs=1e-7)


# Plants, in plain numbers, as the documentation tells them.


def rain(latitude, day):
    middle = -LIFE.rain_reach * cos(2 * pi * (day - 15) / YEAR)
    return exp(-(((latitude - middle) / LIFE.rain_width) ** 2))


def relative_production(latitude, day):
    air = float(temperature(np.array(latitude), day))
    warmth = min(max((42 - air) / 14, 0), 1) / (1 + exp(-(air - LIFE.threshold) / LIFE.width))
    tropics = 1 / (1 + exp((abs(latitude) - 25) / 3))
    thirst = tropics * LIFE.drought * (1 - rain(latitude, day - LIFE.drought_lag))
    light = float(insolation(np.array(latitude), day))
    return light * warmth * (1 - thirst - 0.15 * (1 - tropics))


def relative_respiration(latitude, day):
    air = float(temperature(np.array(latitude), day))
    tropics = 1 / (1 + exp((abs(latitude) - 25) / 3))
    thirst = tropics * LIFE.dry_soil * (1 - rain(latitude, day))
    return LIFE.q10 ** ((air - 15) / 10) / (1 + exp(-(air + 2) / LIFE.frost)) * (1 - thirst)


@pytest.mark.parametrize(("row", "along"), [(140, 215), (90, 200), (70, 205), (150, 280)])
@pytest.mark.parametrize("day", [20.0, 160.0, 250.0])
def test_exchange_of_a_cell_is_what_its_formulas_say(row, along, day):
    latitude = row - 89.5
    nodes = [(k + 0.5) * YEAR / NODES for k in range(NODES)]
    cover = float(biosphere.vegetation()[row, along])
    assert cover > 0.5
    mean_up = sum(relative_production(latitude, d) for d in nodes) / NODES
    mean_down = sum(relative_respiration(latitude, d) for d in nodes) / NODES
    found = biosphere.exchange(day)
    yearly = np.mean([biosphere.exchange(d).production[row, along] for d in nodes])
    scale = yearly / (cover * mean_up)
    up = scale * relative_production(latitude, day)
    assert found.production[row, along] == pytest.approx(cover * up, rel=1e-9)
    down = scale * relative_respiration(latitude, day) * mean_up / mean_down
    contrast = np.interp(latitude, LIFE.latitudes, LIFE.contrasts)
    season = cover * contrast * (down - up)
    steady = np.mean([biosphere.exchange(d).net[row, along] for d in nodes])
    assert found.net[row, along] - steady == pytest.approx(season, rel=1e-6, abs=1e-12)
    assert scale == pytest.approx(
        125e12 / sum_of(lambda y: sum(relative_production(y, d) for d in nodes) / NODES), rel=1e-9
    )


def sum_of(function):
    """Integrate a function of the latitude over vegetated land."""
    rows = np.array([function(row - 89.5) for row in range(180)])
    return float((biosphere.vegetation() * areas() * rows[:, None]).sum())


# Averages.


@pytest.mark.parametrize(("rows", "columns"), [(45, 72), (23, 36), (90, 144)])
def test_land_of_a_cell_is_counted_in_small_pieces(rows, columns):
    found = onto(
        geography().land.astype(float),
        np.linspace(-90, 90, rows + 1),
        np.linspace(-180, 180, columns + 1),
    )
    random = np.random.default_rng(rows)
    for _ in range(12):
        row, along = int(random.integers(rows)), int(random.integers(columns))
        south, west = -90 + row * 180 / rows, -180 + along * 360 / columns
        # Pieces of equal area: equal steps of the sine of the latitude.
        low, high = sin(radians(south)), sin(radians(south + 180 / rows))
        sines = low + (np.arange(400) + 0.5) * (high - low) / 400
        east = west + (np.arange(400) + 0.5) * 360 / columns / 400
        inner = geography().land[
            np.floor(np.rad2deg(np.arcsin(sines)) + 90).astype(int)[:, None],
            np.floor(east + 180).astype(int)[None, :] % 360,
        ]
        assert found[row, along] == pytest.approx(inner.mean(), abs=0.01)


def test_interpolation_is_that_of_numpy_around_the_year():
    nodes = np.random.default_rng(5).normal(size=NODES)
    middles = (np.arange(-1, NODES + 1) + 0.5) * YEAR / NODES
    around = np.concatenate([nodes[-1:], nodes, nodes[:1]])
    for time in np.linspace(0, 3 * YEAR, 77, endpoint=False):
        expected = np.interp(time % YEAR, middles, around)
        assert interpolated(nodes, time) == pytest.approx(expected, abs=1e-12)


# Winds.


def stream_function(layer, row, along, time, grid):
    """Height of the stream function at a corner, wave by wave.  [m2 s-1]"""
    latitudes, longitudes, middles = grid
    random = np.random.default_rng([11, 0])
    phases = [(random.uniform(0, 2 * pi), random.uniform(-2, 2)) for _ in WAVES]
    here, east = radians(latitudes[row]), radians(longitudes[along])
    total = 0.0
    for wave, (start, slant) in zip(WAVES, phases, strict=True):
        if wave.north == wave.south == 0:
            belts = exp(-((latitudes[row] / wave.width) ** 2))
        else:
            belts = wave.north * exp(-(((latitudes[row] - 48) / wave.width) ** 2))
            belts += wave.south * exp(-(((latitudes[row] + 50) / wave.width) ** 2))
        depth = exp(-(((middles[layer] - 300) / 400) ** 2))
        height = wave.wind * RADIUS / wave.number * depth * belts * max(cos(here), 0) ** 2.5
        tilt = 0.36 * log(middles[layer] / 1000)
        turn = radians(wave.speed) * wave.number * time
        total += height * cos(wave.number * east + start + tilt + slant * here - turn)
    return total


@pytest.mark.parametrize("time", [0.0, 33.3, 8400.75])
def test_air_across_a_face_is_the_difference_of_the_stream_function(time):
    latitudes, longitudes = np.linspace(-90, 90, 19), np.linspace(-180, 180, 25)
    pressure = np.array([987.0, 800.0, 500.0, 250.0, 60.0, 0.0])
    middles = (pressure[1:] + pressure[:-1]) / 2
    mean = zonal_stream(latitudes, middles, time % YEAR)
    cells = overturning(latitudes, pressure, time % YEAR)
    air = flow(wave_table(latitudes, longitudes, middles, 0), mean, cells, 100 * pressure, time)
    grid = latitudes, longitudes, middles
    random = np.random.default_rng(8)
    for _ in range(40):
        z, y, x = (int(random.integers(1, most)) for most in (5, 17, 24))
        depth = 100 * (pressure[z] - pressure[z + 1]) / GRAVITY
        corner = {
            (j, i): stream_function(z, y + j, (x + i) % 24, time, grid) + mean[z, y + j]
            for j in (0, 1)
            for i in (0, 1)
        }
        assert air.east[z, y, x] == pytest.approx(
            -(corner[1, 1] - corner[0, 1]) * depth, rel=1e-6, abs=1e3
        )
        over = (cells[z + 1, y] - cells[z, y]) / 24
        assert air.north[z, y, x] == pytest.approx(
            (corner[0, 1] - corner[0, 0]) * depth + over, rel=1e-6, abs=1e3
        )
        up = -(cells[z, y + 1] - cells[z, y]) / 24
        assert air.up[z, y, x] == pytest.approx(up, rel=1e-9, abs=1e-3)


def test_vertical_exchange_of_a_column_is_what_its_formulas_say():
    pressure = np.array([987.0, 900.0, 700.0, 400.0, 150.0, 40.0, 0.0])
    mixing, latitude, land, day = Mixing(), 45.0, 0.3, 200.0
    found = vertical(mixing, np.array([latitude]), np.array([[land]]), pressure, day)[:, 0, 0]
    s = cos(2 * pi * (day - 15) / YEAR)
    summer = min(max(0.5 - 0.5 * s * min(latitude / 25, 1), 0), 1)
    rain_belt = exp(-(((latitude - (4 - 6 * s)) / 14) ** 2))
    tropopause = 100 + 180 * (1 - exp(-((max(latitude - 22, 0) / 22) ** 2)))
    middles = [(a + b) / 2 for a, b in pairwise(pressure)]
    for k in range(1, 6):
        edge = pressure[k]
        if edge > tropopause:
            free = mixing.free + mixing.convection * rain_belt + mixing.summer * summer
        else:
            free = 0.25
        above = pressure[0] - edge
        over_land = (mixing.land_summer * summer + mixing.land) * exp(-((above / 140) ** 2))
        over_sea = mixing.sea * exp(-((above / 90) ** 2))
        diffusivity = free + land * over_land + (1 - land) * over_sea
        apart = 7500 * log(middles[k - 1] / middles[k])
        density = 100 * edge / (GRAVITY * 7500)
        assert found[k - 1] == pytest.approx(density * diffusivity / apart, rel=1e-9)


# A day.


def test_a_day_is_made_of_its_steps(small, begun):
    (day,) = simulated(small, begun, np.datetime64("2023-01-02"))
    q, start = begun.parts.copy(), 8401.0
    assert start == (np.datetime64("2023-01-01") - np.datetime64("2000-01-01")).astype(int)
    sums, total = np.zeros((*q.shape[:3], 4)), 0.0
    for number in range(6):
        first = number < 3
        course = plan(small.forcing(start + (0.25 if first else 0.75)), zonal_first=first)
        flux = at(small.fluxes, start + (number + 0.5) / 6)
        half = np.zeros(q.shape[1:])
        for part in range(4):
            half[..., part] = flux[part] * small.area * (0.5 * DAY / 6)
        emit(q, half, small.mass)
        step(q, course)
        emit(q, half, small.mass)
        sums += q[..., :4]
        total = total + flux
    assert np.array_equal(day.state.parts, q)
    assert np.allclose(day.parts, np.moveaxis(sums, -1, 0) / 6 * 1e6, rtol=1e-12, atol=1e-15)
    assert np.allclose(day.fluxes, total / 6, rtol=1e-12)


def test_masses_and_columns_are_sums_over_cells(small, begun):
    q = begun.parts
    random = np.random.default_rng(2)
    row, along = int(random.integers(12)), int(random.integers(18))
    expected, weight = 0.0, 0.0
    for layer in range(q.shape[0]):
        mass = small.mass[layer, row, along]
        expected += mass * q[layer, row, along, 0]
        weight += mass
    found = column(small, np.moveaxis(q, -1, 0))[0, row, along]
    assert found == pytest.approx(expected / weight, rel=1e-9, abs=1e-15)
    ones = type(begun)(begun.date, 0.0, np.ones_like(q))
    grams = held(small, ones)
    assert grams == pytest.approx([small.mass.sum() * 44.009 / 28.9647] * len(PARTS), rel=1e-9)
