"""The raster of countries: where they are, how large, and how it is brought to other cells."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import FileContentError, UnknownNameError
from casa_processes.simulation.geography import (
    COLUMNS,
    ROWS,
    WATER,
    areas,
    cell_areas,
    geography,
    onto,
)
from casa_processes.simulation.rasterise import rasterised, write

CAPITALS = {
    "China": (39.9, 116.4),
    "United States of America": (38.9, -77.0),
    "India": (28.6, 77.2),
    "Brazil": (-15.8, -47.9),
    "Australia": (-35.3, 149.1),
    "Russia": (55.7, 37.6),
    "South Africa": (-25.7, 28.2),
    "Dem. Rep. Congo": (-4.4, 15.9),
    "Lesotho": (-29.6, 28.2),
}
SQUARE_KILOMETRES = {
    "China": 9.6e6,
    "United States of America": 9.5e6,
    "Brazil": 8.5e6,
    "Australia": 7.7e6,
    "India": 3.2e6,
    "Russia": 17.0e6,
}
"""Areas as atlases give them."""


def cell(latitude, longitude):
    return int(np.floor(latitude + 90)), int(np.floor(longitude + 180))


@pytest.mark.parametrize("name", CAPITALS)
def test_a_place_within_a_country_is_in_its_cell(name):
    row, column = cell(*CAPITALS[name])
    near = geography().within(name)[row - 1 : row + 2, column - 1 : column + 2]
    assert near.any()


OCEANS = [(0, -30), (30, -150), (-50, 100), (0, 80), (45, -40)]
BESIDE_180 = [(-16.5, 0), (-16.5, -120), (71.5, 0), (66.5, -2), (67.5, 5)]
"""On the parallels of what crosses 180 degrees: Fiji, Chukotka and the island of Wrangel."""


@pytest.mark.parametrize("place", [*OCEANS, *BESIDE_180])
def test_the_middle_of_an_ocean_is_water(place):
    assert geography().country[cell(*place)] == WATER


@pytest.mark.parametrize("name", SQUARE_KILOMETRES)
def test_a_country_has_its_area_within_a_tenth(name):
    area = (geography().within(name) * areas()).sum() / 1e6
    assert area == pytest.approx(SQUARE_KILOMETRES[name], rel=0.1)


def test_three_tenths_of_the_earth_are_land_and_ice_is_no_soil():
    here = geography()
    assert (here.land * areas()).sum() / areas().sum() == pytest.approx(0.292, abs=0.005)
    assert not here.soil[cell(75, -40)]
    assert here.land[cell(75, -40)]
    assert not here.soil[cell(-80, 0)]
    assert here.soil[cell(50, 10)]


def test_an_unknown_country_is_refused_with_those_there_are():
    with pytest.raises(UnknownNameError, match="did you mean 'France'"):
        geography().within("Frence")


def test_the_raster_cannot_be_changed_by_mistake():
    with pytest.raises(ValueError, match="read-only"):
        geography().country[0, 0] = 1


def test_cells_cover_the_sphere():
    assert areas().sum() == pytest.approx(4 * np.pi * EARTH_RADIUS**2, rel=1e-13)
    octant = cell_areas(np.array([0.0, 90.0]), np.array([0.0, 90.0]))
    assert octant[0, 0] == pytest.approx(np.pi / 2 * EARTH_RADIUS**2, rel=1e-14)


@given(
    rows=st.integers(2, 60),
    columns=st.integers(2, 90),
    west=st.floats(-180, 180),
    seed=st.integers(0, 9),
)
def test_a_field_on_other_cells_keeps_its_total(rows, columns, west, seed):
    field = np.random.default_rng(seed).normal(size=(2, ROWS, COLUMNS))
    latitude = np.linspace(-90, 90, rows + 1)
    longitude = west + np.linspace(0, 360, columns + 1)
    found = onto(field, latitude, longitude)
    expected = (field * areas()).sum(axis=(1, 2))
    total = (found * cell_areas(latitude, longitude)).sum(axis=(1, 2))
    scale = np.abs(field * areas()).sum()
    assert np.abs(total - expected).max() < 1e-12 * scale


def test_a_cell_takes_the_mean_of_those_it_holds():
    field = np.zeros((ROWS, COLUMNS))
    field[90:92, 180:182] = [[1.0, 2.0], [3.0, 4.0]]
    edges = np.concatenate([[-90.0], np.arange(0.0, 91.0, 2.0)])
    found = onto(field, edges, np.arange(-180.0, 181.0, 2.0))
    area = np.diff(np.sin(np.deg2rad([0.0, 1.0, 2.0])))
    expected = (1.5 * area[0] + 3.5 * area[1]) / area.sum()
    assert found[1, 90] == pytest.approx(expected, rel=1e-13)
    assert np.count_nonzero(found) == 1


def test_cells_across_the_date_line_take_both_sides():
    field = np.zeros((ROWS, COLUMNS))
    field[:, 0], field[:, -1] = 1.0, 3.0
    found = onto(field, np.array([-90.0, 90.0]), np.array([-181.0, -179.0, 179.0]))
    assert found[0, 0] == pytest.approx(2.0)
    assert found[0, 1] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ((67.5, 100.5), "Russia"),
        ((66.5, 179.5), "Russia"),
        ((66.5, -179.5), "Russia"),
        ((67.5, -45.5), "Greenland"),
        ((67.5, 20.5), "Sweden"),
        ((-16.5, -50.5), "Brazil"),
        ((-89.5, 10.5), "Antarctica"),
        ((-86.5, -100.5), "Antarctica"),
    ],
)
def test_countries_that_cross_180_degrees_or_hold_a_pole_are_where_they_are(place, name):
    assert geography().names[geography().country[cell(*place)]] == name


def test_an_archipelago_at_180_degrees_is_no_belt():
    assert 1 <= geography().within("Fiji").sum() <= 6


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_ring_round_a_pole_holds_it_and_one_across_180_degrees_both_its_sides(tmp_path, sign):
    """In whole steps of a degree from a corner at 180 west; the cap begins at 80 degrees."""
    step = {"scale": [1.0, 1.0], "translate": [-180.0, 0.0]}
    cap = [[0, sign * 80], *([[90, 0]] * 4)]
    across = [[355, 0], [5, 0], [-360, 0], [4, 0], [0, 10], [-4, 0], [360, 0], [-5, 0], [0, -10]]
    shapes = [{"type": "Polygon", "arcs": [[n]], "properties": {"name": str(n)}} for n in (0, 1)]
    document = {
        "transform": step,
        "arcs": [cap, across],
        "objects": {"countries": {"geometries": shapes}},
    }
    path = tmp_path / "atlas.json"
    path.write_text(json.dumps(document))
    found = rasterised(path)
    rows = slice(170, 180) if sign > 0 else slice(0, 10)
    assert found.within("0")[rows].all()
    assert found.within("0").sum() == 10 * COLUMNS
    columns = found.within("1")[90:100]
    assert columns[:, 355:].all()
    assert columns[:, :4].all()
    assert found.within("1").sum() == 10 * 9


@pytest.fixture
def atlas(tmp_path):
    """Two countries: a square with a hole, and another that fills it; a third has no shape."""

    def ring(west, south, size):
        return [[west, south], [size, 0], [0, size], [-size, 0], [0, -size]]

    document = {
        "transform": {"scale": [0.5, 0.5], "translate": [-180.0, -90.0]},
        "arcs": [ring(40, 40, 20), ring(48, 48, 4)],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0], [~1]], "properties": {"name": "Outer"}},
                    {"type": "MultiPolygon", "arcs": [[[1]]], "properties": {"name": "Inner"}},
                    {"type": None, "properties": {"name": "Nowhere"}},
                ]
            }
        },
    }
    path = tmp_path / "atlas.json"
    path.write_text(json.dumps(document))
    return path


def test_countries_are_rasterised_with_their_holes(atlas):
    found = rasterised(atlas)
    assert found.names == ("Outer", "Inner", "Nowhere")
    inner, outer = found.within("Inner"), found.within("Outer")
    assert inner.sum() == 2 * 2
    assert outer.sum() == 10 * 10 - 2 * 2
    assert inner[24:26, 24:26].all()
    assert outer[20, 20]
    assert not outer[19].any()


def test_a_raster_is_the_same_once_written(atlas, tmp_path):
    found = rasterised(atlas)
    write(found, tmp_path / "a.npz")
    write(found, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz") as stored:
        assert np.array_equal(stored["country"], found.country)


def test_a_file_that_is_no_atlas_is_refused(tmp_path):
    path = tmp_path / "atlas.json"
    for text in ("{", "{}", '{"objects": {"countries": {"geometries": []}}}'):
        path.write_text(text)
        with pytest.raises(FileContentError, match=r"atlas\.json"):
            rasterised(path)


@pytest.mark.realdata
def test_the_raster_is_that_of_natural_earth(realdata):
    found = rasterised(realdata / "geo" / "countries-110m.json")
    assert np.array_equal(found.country, geography().country)
    assert found.names == geography().names
