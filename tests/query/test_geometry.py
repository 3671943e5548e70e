"""Distances, polygons and footprints, against slower ways to say the same."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.footprints import holding
from casa_ogc.query.geodesy import distances, surroundings, within
from casa_ogc.query.longitudes import eastwards, middle, wrapped
from casa_ogc.query.regions import split
from casa_ogc.query.request import Area
from casa_processes.common.polygons import inside
from tests import strategies

GEOD = Geod(ellps="WGS84")
RANDOM = np.random.default_rng(7)
LON = np.concatenate([RANDOM.uniform(-180, 180, 600), [-180, 180, 0, 0, 179.999, -0.0]])
LAT = np.concatenate([RANDOM.uniform(-90, 90, 600), [0, 0, 90, -90, 45, 0]])
radii = st.one_of(st.sampled_from([0.0, 1.0, 20_003_931.4586, 2.1e7]), st.floats(0, 2.1e7))


def ellipsoidal(lon: float, lat: float) -> np.ndarray:
    return np.array([GEOD.inv(lon, lat, *place)[2] for place in zip(LON, LAT, strict=True)])


@settings(max_examples=100)
@given(strategies.longitudes, strategies.latitudes, radii)
def test_within_is_the_ellipsoids_answer(lon: float, lat: float, radius: float) -> None:
    there = ellipsoidal(lon, lat)
    assert np.array_equal(within(lon, lat, radius, LON, LAT), there <= radius)
    assert np.array_equal(distances(lon, lat, LON, LAT), there)


@pytest.mark.parametrize("number", range(0, 600, 40))
def test_a_place_at_the_very_distance_is_within(number: int) -> None:
    there = ellipsoidal(10.0, 50.0)
    assert within(10.0, 50.0, float(there[number]), LON, LAT)[number]
    assert not within(10.0, 50.0, float(there[number]) - 1e-3, LON, LAT)[number]


@settings(max_examples=100)
@given(strategies.longitudes, strategies.latitudes, radii)
def test_the_surroundings_hold_all_that_is_within(lon: float, lat: float, radius: float) -> None:
    near = within(lon, lat, radius, LON, LAT)
    held = np.zeros(LON.size, dtype=bool)
    for box in split(surroundings(lon, lat, radius)):
        assert -180 <= box.west <= box.east <= 180
        held |= (box.west <= LON) & (box.east >= LON) & (box.south <= LAT) & (box.north >= LAT)
    assert not (near & ~held).any()


def test_the_surroundings_are_little_more_than_the_disc() -> None:
    box = surroundings(10.0, 60.0, 100_000.0)
    assert 0.89 < box.north - 60 < 0.93
    assert 1.78 < box.east - 10 < 1.86


def test_places_that_are_not_finite_are_not_within() -> None:
    nan = np.array([np.nan, 0.0])
    assert within(0.0, 0.0, 1e6, nan, np.zeros(2)).tolist() == [False, True]


@settings(max_examples=100)
@given(strategies.area_regions(), st.sampled_from([-360.0, 0.0, 360.0]))
def test_inside_is_sought_in_every_turn(area: Area, turn: float) -> None:
    moved = shapely.transform(area.geometry, lambda xy: xy + np.array([turn, 0]))
    lon = np.concatenate([LON, np.arange(-180.0, 181, 1)])
    lat = np.concatenate([LAT, np.full(361, np.floor(area.geometry.bounds[1]))])
    wanted = [
        any(area.geometry.covers(shapely.Point(x + t, y)) for t in (-360, 0, 360))
        for x, y in zip(lon, lat, strict=True)
    ]
    assert inside(moved, lon, lat).tolist() == wanted


def test_a_polygon_round_the_globe_holds_both_names_of_the_antimeridian() -> None:
    ring = shapely.box(-180, 0, 180, 10)
    assert inside(ring, np.array([-180.0, 180.0, 0.0]), np.full(3, 5.0)).all()


@settings(max_examples=100)
@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    east=st.floats(-1.4, 1.4),
    north=st.floats(-1.4, 1.4),
)
def test_a_footprint_holds_what_lies_between_its_edges(
    lon: float, lat: float, east: float, north: float
) -> None:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    x, y = zip(*[moved(lon, lat, *corner) for corner in corners], strict=True)
    place = moved(lon, lat, east, north)
    edge = max(abs(east), abs(north))
    found = holding(*place, np.array([x]), np.array([y])).item()
    if abs(edge - 1) > 1e-3:
        assert found == (edge < 1)


def moved(lon: float, lat: float, east: float, north: float) -> tuple[float, float]:
    """Return the place at degrees to the east and north on the plane that touches the Earth."""
    a, b = np.radians(lon), np.radians(lat)
    up = np.array([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])
    e = np.array([-np.sin(a), np.cos(a), 0])
    n = np.cross(up, e)
    x, y, z = up + np.radians(east) * e + np.radians(north) * n
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def test_a_footprint_round_a_pole_holds_the_pole() -> None:
    lon, lat = np.array([[0.0, 90.0, 180.0, -90.0]]), np.full((1, 4), 89.0)
    assert holding(0.0, 90.0, lon, lat).all()
    assert holding(77.0, 89.9, lon, lat).all()
    assert not holding(0.0, -90.0, lon, -lat * -1).any()


def test_a_footprint_holds_its_corners_and_edges() -> None:
    lon, lat = np.array([[10.0, 11, 11, 10]]), np.array([[0.0, 0, 1, 1]])
    for place in [(10.0, 0.0), (11.0, 1.0), (10.5, 0.0), (10.0, 0.5)]:
        assert holding(*place, lon, lat).all()
    assert not holding(9.9999, 0.5, lon, lat).any()


def test_a_footprint_without_a_corner_holds_nothing() -> None:
    lon, lat = np.array([[10.0, 11, np.nan, 10]]), np.array([[0.0, 0, 1, 1]])
    assert not holding(10.5, 0.2, lon, lat).any()


@pytest.mark.parametrize(
    ("bounds", "boxes"),
    [
        ((10, 0, 20, 5), [(10, 20)]),
        ((170, 0, -170, 5), [(170, 180), (-180, -170)]),
        ((170, 0, 190, 5), [(170, 180), (-180, -170)]),
        ((170, 0, 180, 5), [(170, 180), (-180, -180)]),
        ((-180, 0, -170, 5), [(-180, -170), (180, 180)]),
        ((-180, 0, 180, 5), [(-180, 180)]),
        ((0, 0, 360, 5), [(-180, 180)]),
        ((190, 0, 200, 5), [(-170, -160)]),
        ((180, 0, 180, 5), [(-180, -180), (180, 180)]),
        ((0.1, 0, 0.7, 5), [(0.1, 0.7)]),
    ],
)
def test_a_box_is_split_at_the_antimeridian(
    bounds: tuple[float, float, float, float], boxes: list[tuple[float, float]]
) -> None:
    assert [(box.west, box.east) for box in split(Bounds(*bounds))] == boxes


@given(st.floats(-360, 540))
def test_a_wrapped_longitude_is_the_same_place(longitude: float) -> None:
    found = wrapped(longitude)
    assert -180 <= found < 180
    turns = (found - longitude) / 360
    assert abs(turns - round(turns)) < 1e-9


@given(strategies.longitudes, strategies.longitudes)
def test_eastwards_leads_from_west_to_east_and_middle_lies_half_way(
    west: float, east: float
) -> None:
    span = eastwards(west, east)
    assert 0 <= span <= 360
    assert (
        wrapped(west + span) == pytest.approx(wrapped(east), abs=1e-6)
        or abs(abs(wrapped(west + span) - wrapped(east)) - 360) < 1e-6
    )
    assert middle(west, east) == pytest.approx(west + span / 2)
