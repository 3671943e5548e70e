"""Extracted soundings are the rows that numpy chooses, in the order of time, in any pieces."""

import json
from dataclasses import asdict, replace

import netCDF4
import numpy as np
import pytest
import shapely
import xarray as xr

from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.jobs.result_reader import read_result
from casa_processes.common import io_rows
from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.references import InputRef
from casa_processes.extract import soundings
from tests.processes.extract.selected import extracted, read, reference_of, shelf

COUNT = 600
LEVELS = 4
START = np.datetime64("2023-01-20T00:00", "ns")
ACROSS = "POLYGON((150 -50, 230 -50, 230 30, 190 30, 190 60, 150 60, 150 -50))"
SELECTIONS = {
    "everything": {},
    "box": {"bbox": [-40.0, -30.0, 60.0, 30.0]},
    "across the antimeridian": {"bbox": [120.0, -90.0, -130.0, 20.0]},
    "a day": {"datetime": "2023-02-01"},
    "an interval": {"datetime": "2023-01-30T12:00:00Z/2023-02-20T00:00:00Z"},
    "an area": {"coords": ACROSS},
    "area and time": {"coords": ACROSS, "datetime": "../2023-02-14"},
    "good ones": {"filter": "quality_flag = 0"},
    "words and numbers": {"filter": "site IN ('site 1', 'site 4') AND xco2 > 410.1"},
    "a filter in an area": {"filter": "quality_flag = 1 OR xco2 < 420", "coords": ACROSS},
    "a place and a time": {
        "filter": "s_within(geometry, BBOX(-40,-30,60,30)) AND t_before(time, DATE('2023-02-20'))"
    },
    "json": {
        "filter": '{"op": "=", "args": [{"property": "quality_flag"}, 0]}',
        "filter_lang": "cql2-json",
        "bbox": [-40.0, -30.0, 60.0, 30.0],
    },
    "latitude first": {
        "filter": "s_within(geometry, BBOX(-30,-40,30,60))",
        "filter_crs": "EPSG:4326",
    },
}


def _good(data):
    return data["quality_flag"].values == 0


def _inside(data):
    x, y = data["longitude"].values, data["latitude"].values
    return (x > -40) & (x < 60) & (y > -30) & (y < 30)


LEFT = {
    "good ones": _good,
    "words and numbers": lambda data: (
        np.isin(data["site"].values.astype(str), ["site 1", "site 4"])
        & (data["xco2"].values > np.float32(410.1))
    ),
    "a filter in an area": lambda data: ~_good(data) | (data["xco2"].values < 420),
    "a place and a time": lambda data: (
        _inside(data) & (data["time"].values < np.datetime64("2023-02-20"))
    ),
    "json": _good,
    "latitude first": _inside,
}
"""Which rows the filters of selections leave, by numpy alone."""


def rows():
    """Rows in no order, several at one instant; values tell their number."""
    random = np.random.default_rng(7)
    number = random.permutation(COUNT)
    hours = (number // 3) * 7
    profile = number[:, None] + np.arange(LEVELS) / 10
    dims = ("sounding", "level")
    return xr.Dataset(
        {
            "sounding_id": ("sounding", np.array([f"row-{one:04d}" for one in number], object)),
            "time": ("sounding", START + hours * np.timedelta64(1, "h")),
            "latitude": ("sounding", np.round(random.uniform(-90, 90, COUNT), 1)),
            "longitude": ("sounding", np.round(random.uniform(-180, 180, COUNT), 1)),
            "xco2": ("sounding", (400 + number / 8).astype("float32")),
            "xco2_uncertainty": ("sounding", (number / 100).astype("float32")),
            "quality_flag": ("sounding", (number % 2).astype("int8")),
            "site": ("sounding", np.array([f"site {one % 5}" for one in number], object)),
            "pressure_levels": (dims, profile.astype("float32")),
        },
        attrs={"title": "rows", "source": "rows.nc", "mission": "Test"},
    )


def source(number):
    return SourceFile(f"{number}.nc", f"{number:064d}", 1, "test", "1", "2023-01-01T00:00:00Z", 1)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    whole = rows()
    for number in range(2):
        part = whole.isel(sounding=slice(number, None, 2))
        write_soundings(root, "rows", part, [source(number)])
    return shelf(root, "rows")


def meant(selection, left=None):
    """Which rows a selection means, by numpy and shapely."""
    data = rows()
    x, y, time = (data[name].values for name in ("longitude", "latitude", "time"))
    found = np.ones(COUNT, bool)
    if "bbox" in selection:
        west, south, east, north = selection["bbox"]
        across = (x >= west) & (x <= east) if west <= east else (x >= west) | (x <= east)
        found &= across & (y >= south) & (y <= north)
    if "coords" in selection:
        area = shapely.from_wkt(selection["coords"])
        places = shapely.points(x, y), shapely.points(x + 360, y)
        found &= np.logical_or(*(area.covers(one) for one in places))
    if "datetime" in selection:
        low, _, high = selection["datetime"].partition("/")
        stamps = np.datetime_as_string(time, unit="s")
        low, high = low.rstrip("Z"), (high or low).rstrip("Z")
        found &= np.array([low == ".." or one[: len(low)] >= low for one in stamps])
        found &= np.array([high == ".." or one[: len(high)] <= high for one in stamps])
    if left is not None:
        found &= left(data)
    order = np.lexsort((data["sounding_id"].values.astype(str), time))
    return data.isel(sounding=order[found[order]])


@pytest.mark.parametrize("least", [50, 10**6])
@pytest.mark.parametrize("name", SELECTIONS)
def test_a_file_holds_the_rows_that_numpy_chooses(tmp_path, catalog, monkeypatch, name, least):
    monkeypatch.setattr(soundings, "PIECE_BYTES", 1)
    monkeypatch.setattr(io_rows, "_LEAST_ROWS", least)
    names = ["xco2", "quality_flag", "site", "pressure_levels"]
    selection = SELECTIONS[name]
    found, context = extracted(tmp_path, catalog, "rows", variables=names, **selection)
    expected = meant(selection, LEFT.get(name))
    columns = read(found.soundings)
    assert found.matched == expected.sizes["sounding"] > 0
    assert list(columns["sounding_id"]) == list(expected["sounding_id"].values)
    assert np.array_equal(columns["time"].astype("datetime64[ns]"), expected["time"].values)
    for one in ("latitude", "longitude", "xco2", "xco2_uncertainty", "quality_flag"):
        np.testing.assert_array_equal(columns[one], expected[one].values)
    assert list(columns["site"]) == list(expected["site"].values)
    np.testing.assert_array_equal(columns["pressure_levels"], expected["pressure_levels"].values)
    assert least > COUNT or context.parts >= found.matched / 60


def test_rows_do_not_depend_on_the_pieces(tmp_path, catalog, monkeypatch):
    contents = []
    for number, least in enumerate((30, 200, 10**6)):
        monkeypatch.setattr(io_rows, "_LEAST_ROWS", least)
        monkeypatch.setattr(soundings, "PIECE_BYTES", 1)
        (folder := tmp_path / str(number)).mkdir()
        found, _ = extracted(folder, catalog, "rows", variables=["xco2", "site"])
        contents.append(read(found.soundings))
    for name, values in contents[0].items():
        assert all(np.array_equal(values, other[name]) for other in contents[1:])


def test_without_names_the_variables_are_those_of_a_request(tmp_path, catalog):
    found, _ = extracted(tmp_path, catalog, "rows", datetime="2023-02-01")
    scalars = {name for name in rows().data_vars if name != "pressure_levels"}
    assert set(read(found.soundings)) == scalars


def test_a_window_ends_where_instants_differ():
    times = np.array([1, 1, 1, 1, 2, 2, 5, 9], np.int64)
    cuts = list(io_rows._cut(("a",), times, 3))
    assert [(one.first, one.last) for one in cuts] == [(1, 1), (2, 5), (9, 9)]
    assert list(io_rows._cut(("a",), times[:0], 3)) == []


def test_the_file_tells_units_source_and_licence(tmp_path, catalog):
    found, _ = extracted(tmp_path, catalog, "rows")
    with netCDF4.Dataset(found.soundings) as file:
        assert file.featureType == "point"
        assert file.licence == "CC0-1.0"
        assert file.input_collection == "rows"
        assert file["xco2"].units == "ppm"
        assert file["xco2"].ancillary_variables == "xco2_uncertainty"


def test_the_file_is_read_back_in_the_common_schema(tmp_path, catalog):
    found, _ = extracted(tmp_path, catalog, "rows", variables=["xco2", "pressure_levels"])
    again = read_result(found.soundings, "soundings")
    assert again.sizes == {"sounding": COUNT, "level": LEVELS}
    np.testing.assert_array_equal(again["xco2"].values, meant({})["xco2"].values)


def test_nothing_is_written_where_nothing_is(tmp_path, catalog):
    found, _ = extracted(tmp_path, catalog, "rows", datetime="1999-01-01")
    assert (found.matched, found.soundings, found.grid) == (0, None, None)


def test_a_reference_with_a_filter_survives_json(catalog):
    asked = {"collection": "rows", "filter": "quality_flag = 0 AND site LIKE '%1'"}
    one = reference_of(catalog, asked)
    again = InputRef.restored(json.loads(json.dumps(asdict(one))))
    assert again == one
    counts = [io_rows.time_windows(each, ["xco2"], 10**6).matched for each in (one, again)]
    data = rows()
    number = (data["xco2"].values - 400) * 8
    assert counts == [int((_good(data) & (number % 5 == 1)).sum())] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quality = 0", "/filter: no queryable 'quality'"),
        ("quality_flag =", "/filter: .*CQL2 text"),
        ("xco2", "/filter: "),
        ("time < DATE('1990-01-01') AND time > DATE('1991-01-01')", "can be true there"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_before_the_job(tmp_path, catalog, text, said):
    with pytest.raises(InvalidInputsError, match=said):
        extracted(tmp_path, catalog, "rows", filter=text)


def test_a_test_that_nobody_makes_is_named(catalog):
    one = reference_of(catalog, {"collection": "rows", "filter": "quality_flag = 0"})
    gone = replace(one.selection.test, function="casa_processes.nowhere:made")
    wrong = replace(one, selection=replace(one.selection, test=gone))
    with pytest.raises(InvalidValueError, match="nowhere"):
        io_rows.time_windows(wrong, ["xco2"], 10**6)


def test_soundings_have_no_levels_to_choose(tmp_path, catalog):
    with pytest.raises(InvalidInputsError, match=r"/z: .*no vertical axis"):
        extracted(tmp_path, catalog, "rows", z="500")
