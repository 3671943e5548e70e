"""netCDF, read back by xarray through both of its netCDF4 engines."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import h5netcdf
import netCDF4
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.netcdf import encode
from casa_ogc.encoders.netcdf_parts import encoded_times
from casa_ogc.query.answer import Grid, GridAnswer, GridField, SoundingsAnswer
from casa_processes.common.vocabulary import VOCABULARY
from tests.encoders.answers import (
    DAY,
    ORIGIN,
    SIGMA,
    XCO2,
    axis,
    grids,
    single_grids,
    soundings,
    time_axis,
)

ENGINES = ("h5netcdf", "netcdf4")


def opened(body: bytes, engine: str, group: str | None = None) -> xr.Dataset:
    """Open a file in memory by one of the engines."""
    if engine == "h5netcdf":
        return xr.open_dataset(BytesIO(body), engine="h5netcdf", group=group).load()
    with netCDF4.Dataset("answer.nc", memory=body) as file:
        store = xr.backends.NetCDF4DataStore(file.groups[group] if group else file)
        return xr.open_dataset(store).load()


def check_grid(found: xr.Dataset, grid: Grid) -> None:
    """Compare coordinates, bounds, units and every value."""
    for given_axis in grid.axes.values():
        np.testing.assert_array_equal(found[given_axis.name].values, given_axis.values)
        if given_axis.bounds is not None:
            edges = found[f"{given_axis.name}_bounds"].values
            np.testing.assert_array_equal(edges, given_axis.bounds)
        if given_axis.role != "t":
            assert found[given_axis.name].attrs["units"] == given_axis.units
    for name, field in grid.fields.items():
        array = found[name]
        assert array.dims == tuple(grid.axes[role].name for role in field.roles)
        assert array.dtype == field.values.dtype
        assert array.attrs["units"] == field.variable.units
        np.testing.assert_array_equal(array.values, field.values)


@pytest.mark.parametrize("engine", ENGINES)
@given(single_grids)
@settings(max_examples=40)
def test_a_grid_comes_back_cell_by_cell(engine: str, answer: GridAnswer) -> None:
    check_grid(opened(encode(answer), engine), answer.grids[0])


@pytest.mark.parametrize("engine", ENGINES)
@given(one=grids(), other=grids())
@settings(max_examples=20)
def test_unlike_grids_become_groups(engine: str, one: Grid, other: Grid) -> None:
    body = encode(GridAnswer(ORIGIN, (one, other)))
    with h5netcdf.File(BytesIO(body), "r") as file:
        if not file.groups:
            return
    check_grid(opened(body, engine, "grid_1"), one)
    check_grid(opened(body, engine, "grid_2"), other)


@pytest.mark.parametrize("engine", ENGINES)
def test_places_of_the_same_times_are_stacked(engine: str) -> None:
    time = time_axis(3, np.timedelta64(1, "D"), True)
    places = [(116.5, 40.5), (-75.0, -10.0), (181.0, 0.5)]
    made = []
    for number, (x, y) in enumerate(places):
        values = np.arange(3, dtype=np.float32).reshape(3, 1, 1) + 10 * number
        axes = {
            "t": time,
            "y": axis("latitude", "y", y, 1, 1),
            "x": axis("longitude", "x", x, 1, 1),
        }
        made.append(Grid(axes, {"xco2": GridField(XCO2, ("t", "y", "x"), values)}))
    found = opened(encode(GridAnswer(ORIGIN, tuple(made))), engine)
    assert found["xco2"].dims == ("place", "time")
    np.testing.assert_array_equal(found["xco2"], [[0, 1, 2], [10, 11, 12], [20, 21, 22]])
    np.testing.assert_array_equal(found["longitude"], [x for x, _ in places])
    np.testing.assert_array_equal(found["latitude"], [y for _, y in places])
    assert set(found["xco2"].coords) == {"time", "latitude", "longitude"}


@pytest.mark.parametrize("engine", ENGINES)
def test_places_of_different_times_keep_their_own(engine: str) -> None:
    early = one_day().grids[0]
    place: dict[Any, Any] = {
        "y": axis("latitude", "y", 40, 1, 1),
        "x": axis("longitude", "x", 116, 1, 1),
    }
    later = Axis("time", "t", early.axes["t"].values + np.timedelta64(1, "D"), None)
    field = GridField(XCO2, ("t", "y", "x"), np.ones((1, 1, 1), np.float32))
    made = [Grid({"t": t, **place}, {"xco2": field}) for t in (early.axes["t"], later)]
    body = encode(GridAnswer(ORIGIN, tuple(made)))
    for number, grid in enumerate(made, start=1):
        check_grid(opened(body, engine, f"grid_{number}"), grid)


@pytest.mark.parametrize("engine", ENGINES)
@given(soundings())
@settings(max_examples=40)
def test_soundings_come_back_row_by_row(engine: str, answer: SoundingsAnswer) -> None:
    found = opened(encode(answer), engine)
    for name, column in answer.columns.items():
        array = found[name]
        assert array.dims[0] == "sounding"
        assert array.shape == column.shape
        if column.dtype == object:
            assert array.values.tolist() == column.tolist()
        else:
            np.testing.assert_array_equal(array.values, column)
        if name in answer.variables and answer.variables[name].units:
            assert array.attrs["units"] == answer.variables[name].units
    profiles = any(c.ndim == 2 and "vertices" not in n for n, c in answer.columns.items())
    assert found.attrs["featureType"] == ("profile" if profiles else "point")


def one_day() -> GridAnswer:
    """Build a map with its uncertainty, large enough to be compressed."""
    axes: dict[Any, Any] = {
        "t": time_axis(1, np.timedelta64(1, "D"), True),
        "y": axis("latitude", "y", 89, -2, 90),
        "x": axis("longitude", "x", -179, 2, 180),
    }
    values = np.zeros((1, 90, 180), dtype=np.float32)
    fields = {v.name: GridField(v, ("t", "y", "x"), values) for v in (XCO2, SIGMA)}
    return GridAnswer(ORIGIN, (Grid(axes, fields),))


def test_the_file_says_where_its_data_comes_from() -> None:
    attributes = opened(encode(one_day()), "h5netcdf").attrs
    assert attributes["Conventions"].startswith("CF-1.8")
    assert attributes["title"] == ORIGIN.title
    assert attributes["license"] == ORIGIN.licence
    assert attributes["references"] == ORIGIN.citation
    assert ORIGIN.snapshot in attributes["source"]
    assert ORIGIN.snapshot in attributes["history"]


def test_the_file_has_what_discovery_asks_for_and_tells_when_and_how_it_was_made() -> None:
    told = {"summary": "Columns.", "keywords": ("a", "b"), "committed": "2026-01-02T03:04:05Z"}
    origin = replace(ORIGIN, **told, request="/collections/x/area?coords=POLYGON((...))")
    attributes = opened(encode(replace(one_day(), origin=origin)), "h5netcdf").attrs
    assert attributes["summary"] == "Columns."
    assert attributes["keywords"] == "a, b"
    assert attributes["history"].startswith("2026-01-02T03:04:05Z: snapshot 8SNAPSHOT")
    assert attributes["history"].endswith(origin.request)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["quality_flag", "surface_type", "retrieval_tests"])
def test_codes_and_bits_say_what_they_mean_in_the_type_of_the_values(engine, name) -> None:
    row = VOCABULARY[name]
    answer = SoundingsAnswer(
        ORIGIN,
        {
            "sounding_id": np.array(["a", "b"]),
            "time": np.array([DAY, DAY]),
            "longitude": np.zeros(2),
            "latitude": np.zeros(2),
            name: np.zeros(2, row.dtype),
        },
        {key: VOCABULARY[key] for key in ("sounding_id", "time", "longitude", "latitude", name)},
        2,
    )
    attributes = opened(encode(answer), engine)[name].attrs
    kind, codes = ("flag_values", row.flags) if row.flags else ("flag_masks", row.masks)
    assert np.atleast_1d(attributes[kind]).tolist() == [code for code, _ in codes]
    assert np.asarray(attributes[kind]).dtype == row.dtype
    assert attributes["flag_meanings"].split() == [meaning for _, meaning in codes]
    assert len(codes) > 1


def test_a_variable_points_at_its_uncertainty_and_its_grid() -> None:
    found = opened(encode(one_day()), "netcdf4")
    assert found["xco2"].attrs["ancillary_variables"] == "xco2_uncertainty"
    mapping = found["xco2"].encoding.get("grid_mapping") or found["xco2"].attrs["grid_mapping"]
    assert found[mapping].attrs["grid_mapping_name"] == "latitude_longitude"
    assert found["xco2"].attrs["long_name_zh"] == XCO2.zh


def test_maps_are_shuffled_and_deflated_at_level_1() -> None:
    with h5netcdf.File(BytesIO(encode(one_day())), "r") as file:
        stored = file["xco2"]
        assert (stored.compression, stored.compression_opts, stored.shuffle) == ("gzip", 1, True)


def test_equal_answers_give_equal_bytes() -> None:
    assert encode(one_day()) == encode(one_day())


@pytest.mark.parametrize(
    ("steps", "units"),
    [
        ([0, 86_400_000_000_000], "seconds since 2020-01-01 00:00:00"),
        ([1_500_000_000], "milliseconds since 2020-01-01 00:00:00"),
        ([7, 86_400_000_000_007], "nanoseconds since 2020-01-01 00:00:00"),
    ],
)
def test_times_are_whole_numbers_from_the_first_midnight(steps: list[int], units: str) -> None:
    numbers, found = encoded_times(DAY + np.array(steps).astype("timedelta64[ns]"))
    assert found == units
    assert np.array_equal(numbers, np.rint(numbers))
    assert numbers.dtype == np.float64
