"""Questions to soundings, against loops over all of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import Origin, SoundingsAnswer
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import (
    Area,
    Box,
    Disc,
    Everywhere,
    Points,
    Region,
    Request,
    VerticalSelection,
)
from casa_ogc.query.run import Options, estimate, run
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError
from tests import strategies
from tests.query.conftest import Kept

OPTIONS = Options(Origin("soundings", "s1"), (), 60_000.0, 10**9)
TEXTS = (
    "2022-01-05",
    "2022-01",
    "2022",
    "2021",
    "2022-01-10T12:00:00Z/2022-02-10T01:02:03Z",
    "2022-02-01/..",
    "../2022-01-07T00:00:00Z",
    "2022-01-03,2022-01-05T00:00:00Z/2022-01-06,2022-02",
)
_GEOD = Geod(ellps="WGS84")
_TURNS = (-360, 0, 360)


def numbers(answer: object) -> list[int]:
    """Return which soundings were answered, in order."""
    if answer is None:
        return []
    assert isinstance(answer, SoundingsAnswer)
    return [int(name[1:]) for name in answer.columns["sounding_id"].tolist()]


def brute(data: xr.Dataset, request: Request, resolution: str = "") -> list[int]:
    """Return which soundings are meant, by looking at each."""
    found = [
        i
        for i in range(data.sizes["sounding"])
        if in_time(data.time.values[i], request, resolution) and in_region(data, i, request.region)
    ]
    return sorted(found, key=lambda i: (data.time.values[i], i))


def in_time(time: np.datetime64, request: Request, resolution: str) -> bool:
    if request.time is None:
        return True
    start, end = time, time
    if resolution:
        units: dict[str, Literal["D", "M", "Y"]] = {"P1D": "D", "P1M": "M", "P1Y": "Y"}
        unit = units[resolution]
        start = time.astype(f"datetime64[{unit}]").astype("datetime64[ns]")
        after = (time.astype(f"datetime64[{unit}]") + np.timedelta64(1, unit)).astype("M8[ns]")
        end = after - np.timedelta64(1, "ns")
    return any(
        (low is None or end >= low) and (high is None or start <= high)
        for low, high in request.time.intervals
    )


def in_region(data: xr.Dataset, i: int, region: Region) -> bool:
    lon, lat = float(data.longitude[i]), float(data.latitude[i])
    match region:
        case Box(bounds):
            east = bounds.east
            while east < bounds.west:
                east += 360
            inside = any(bounds.west <= lon + turn <= east for turn in (-720, *_TURNS, 720))
            return inside and bounds.south <= lat <= bounds.north
        case Disc():
            there = _GEOD.inv(region.longitude, region.latitude, lon, lat)[2]
            return bool(there <= region.radius)
        case Area():
            return any(region.geometry.covers(shapely.Point(lon + t, lat)) for t in _TURNS)
        case Points():
            places = zip(region.longitudes, region.latitudes, strict=True)
            return any(met(data, i, *place) for place in places)
    return True


def met(data: xr.Dataset, i: int, lon: float, lat: float) -> bool:
    """Return whether a footprint holds a place: on the same side of all four great circles."""
    if "longitude_vertices" in data and np.isfinite(data.longitude_vertices.values[i]).all():
        corners = [
            vector(*corner)
            for corner in zip(
                data.longitude_vertices.values[i], data.latitude_vertices.values[i], strict=True
            )
        ]
        place = vector(lon, lat)
        sides = [
            np.dot(np.cross(corners[k], corners[(k + 1) % 4]), place) >= -1e-12 for k in range(4)
        ]
        return all(sides) and np.dot(corners[0], place) > 0
    there = _GEOD.inv(lon, lat, float(data.longitude[i]), float(data.latitude[i]))[2]
    return bool(there <= OPTIONS.footprint_radius)


def vector(lon: float, lat: float) -> np.ndarray:
    a, b = np.radians(lon), np.radians(lat)
    return np.array([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])


@settings(max_examples=150)
@given(
    region=st.one_of(
        st.just(Everywhere()),
        strategies.box_regions(),
        strategies.disc_regions,
        strategies.area_regions(),
    ),
    text=st.sampled_from([None, *TEXTS]),
)
def test_regions_and_times_mean_the_soundings_within(
    kept: Callable[..., Kept], region: Region, text: str | None
) -> None:
    store, data = kept()
    request = Request(region=region, time=parse_datetime(text) if text else None)
    assert numbers(run(store, request, OPTIONS)) == brute(data, request)


@pytest.mark.parametrize("vertices", [True, False])
@settings(max_examples=60)
@given(data=st.data())
def test_points_mean_the_soundings_whose_footprint_holds_them(
    kept: Callable[..., Kept], vertices: bool, data: st.DataObject
) -> None:
    store, dataset = kept(vertices=vertices)
    near = data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=3))
    shift = data.draw(st.tuples(*[st.sampled_from([0.0, 0.1, -0.3, 0.43, 0.5, 0.7])] * 2))
    lon = tuple(float(dataset.longitude[i]) + shift[0] for i in near)
    lat = tuple(min(float(dataset.latitude[i]) + shift[1], 90.0) for i in near)
    request = Request(region=Points(lon, lat))
    assert numbers(run(store, request, OPTIONS)) == brute(dataset, request)


@pytest.mark.parametrize("place", [(180.0, 10.0), (-180.0, 0.0), (180.0, 0.0), (-179.95, 20.0)])
def test_footprints_on_the_antimeridian_are_met_from_both_sides(
    kept: Callable[..., Kept], place: tuple[float, float]
) -> None:
    store, _ = kept()
    assert numbers(run(store, Request(region=Points((place[0],), (place[1],))), OPTIONS))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("resolution", ["P1D", "P1M", "P1Y"])
def test_a_sounding_of_a_period_is_meant_when_the_period_overlaps(
    kept: Callable[..., Kept], resolution: str, text: str
) -> None:
    store, data = kept(resolution=resolution)
    request = Request(time=parse_datetime(text))
    assert store.time_resolution == resolution
    assert numbers(run(store, request, OPTIONS)) == brute(data, request, resolution)


@settings(max_examples=60)
@given(
    limit=st.one_of(st.none(), st.integers(1, 500)),
    offset=st.integers(0, 450),
    region=st.one_of(st.just(Everywhere()), strategies.box_regions(), strategies.disc_regions),
    text=st.sampled_from([None, *TEXTS]),
    resolution=st.sampled_from(["", "P1D"]),
)
def test_a_page_is_a_slice_of_all_rows_and_knows_how_many_there_are(
    kept: Callable[..., Kept],
    limit: int | None,
    offset: int,
    region: Region,
    text: str | None,
    resolution: str,
) -> None:
    store, _ = kept(resolution=resolution)
    request = Request(region=region, time=parse_datetime(text) if text else None)
    whole = run(store, request, OPTIONS)
    page = run(store, replace(request, limit=limit, offset=offset), OPTIONS)
    rows = numbers(whole)
    assert (whole is None) == (page is None)
    if isinstance(page, SoundingsAnswer):
        stop = None if limit is None else offset + limit
        assert numbers(page) == rows[offset:stop]
        assert page.matched == len(rows)


def test_rows_carry_scalars_unless_a_profile_is_named(kept: Callable[..., Kept]) -> None:
    store, data = kept()
    answer = run(store, Request(), OPTIONS)
    assert isinstance(answer, SoundingsAnswer)
    always = ["sounding_id", "time", "longitude", "latitude"]
    assert list(answer.columns) == [*always, "xco2", "xco2_uncertainty"]
    assert list(answer.variables) == list(answer.columns)
    order = numbers(answer)
    assert np.array_equal(answer.columns["xco2"], data.xco2.values[order])
    assert np.array_equal(answer.columns["time"], data.time.values[order])
    named = run(store, Request(variables=("xco2_averaging_kernel",)), OPTIONS)
    assert isinstance(named, SoundingsAnswer)
    assert list(named.columns) == [*always, "xco2_averaging_kernel"]
    kernels = data.xco2_averaging_kernel.values[order]
    assert np.array_equal(named.columns["xco2_averaging_kernel"], kernels)


def test_the_uncertainty_travels_along_and_vertices_come_by_name(
    kept: Callable[..., Kept],
) -> None:
    store, _ = kept()
    answer = run(store, Request(variables=("xco2", "longitude_vertices")), OPTIONS)
    assert isinstance(answer, SoundingsAnswer)
    assert list(answer.columns)[4:] == ["xco2", "xco2_uncertainty", "longitude_vertices"]
    assert answer.columns["longitude_vertices"].shape == (400, 4)


def test_the_cost_bounds_the_answer_and_is_limited_before_reading(
    kept: Callable[..., Kept],
) -> None:
    store, _ = kept()
    request = Request(variables=("xco2_averaging_kernel",))
    cost = estimate(store, request, OPTIONS)
    assert (cost.cells, cost.layout) == (400 * (4 + 4), "soundings")
    with pytest.raises(TooLargeError, match="3,200 cells; the limit is 3,199"):
        run(store, request, replace(OPTIONS, max_cells=3199))
    assert run(store, replace(request, limit=10), replace(OPTIONS, max_cells=3199)) is not None


@pytest.mark.parametrize(
    "request_",
    [
        Request(vertical=VerticalSelection(levels=(850.0,))),
        Request(region=Points((0.0,), (0.0,), (850.0,))),
        Request(time=parse_datetime("2022-01-05T00:00:00Z", nearest=True)),
        Request(limit=0),
        Request(offset=-1),
        Request(region=Points((0.0,), (95.0,))),
        Request(region=Box(Bounds(float("nan"), 0, 1, 1))),
        Request(region=Disc(0, 0, -1)),
        Request(region=Area(shapely.Polygon())),
    ],
)
def test_what_soundings_cannot_answer_is_refused(
    kept: Callable[..., Kept], request_: Request
) -> None:
    store, _ = kept()
    with pytest.raises(InvalidValueError):
        run(store, request_, OPTIONS)
    with pytest.raises(InvalidValueError):
        estimate(store, request_, OPTIONS)


def test_an_unknown_variable_is_refused_with_the_known_ones(kept: Callable[..., Kept]) -> None:
    store, _ = kept()
    with pytest.raises(UnknownNameError, match="xco2_uncertainty"):
        run(store, Request(variables=("xco2", "co2")), OPTIONS)
