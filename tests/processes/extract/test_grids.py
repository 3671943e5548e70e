"""Extracted grids hold the cells that numpy chooses, bit for bit, in every storage habit."""

from dataclasses import replace

import netCDF4
import numpy as np
import pytest
import shapely
import xarray as xr

from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.heads import read_head
from casa_ogc.query.parse import parse_bbox, parse_datetime, parse_wkt
from casa_ogc.query.products import options
from casa_ogc.query.request import Area, Box, Everywhere, Request
from casa_ogc.query.run import run
from casa_processes.common.context import SerialContext
from casa_processes.extract import grids
from tests.processes.extract.selected import Backwards, extracted, read, reference_of, shelf
from tests.service.cubes import HABITS, LATITUDES, LEVELS, LONGITUDES, TIMES, canonical, cube

L_SHAPE = "POLYGON((-40 -30, 40 -30, 40 0, 0 0, 0 50, -40 50, -40 -30))"
WIDE = "POLYGON((-160 -80, 160 -80, 160 0, 0 0, 0 80, -160 80, -160 -80))"
ACROSS = "POLYGON((150 -40, 215 -40, 215 40, 150 40, 150 -40))"
SELECTIONS = {
    "everything": {},
    "box": {"bbox": [-31.0, -20.0, 77.5, 44.0]},
    "across the antimeridian": {"bbox": [140.0, -60.0, -120.0, 10.0]},
    "a box without a centre": {"bbox": [11.0, 11.0, 12.0, 12.0]},
    "a day": {"datetime": "2022-01-02"},
    "days": {"datetime": "2022-01-02/2022-01-03T06:00:00Z", "bbox": [0.0, 0.0, 60.0, 60.0]},
    "an area": {"coords": L_SHAPE, "datetime": "../2022-01-01T12:00:00Z"},
    "an area across the antimeridian": {"coords": ACROSS, "variables": ["xco2"]},
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    for habit in HABITS:
        write_cube(root, habit.id, cube(habit), ())
    return root


def chosen(text, values):
    """Steps that a selection of time means, by comparing texts of instants alone."""
    if text is None:
        return np.ones(values.size, bool)
    stamps = np.datetime_as_string(values, unit="s")
    low, _, high = text.partition("/")
    low, high = low.rstrip("Z"), (high or low).rstrip("Z")
    after = [low == ".." or stamp[: len(low)] >= low for stamp in stamps]
    return np.array(after) & [high == ".." or stamp[: len(high)] <= high for stamp in stamps]


def meant(selection):
    """Which cells of the canonical grid are meant, shape (y, x)."""
    x, y = np.meshgrid(LONGITUDES, LATITUDES)
    if "bbox" in selection:
        west, south, east, north = selection["bbox"]
        across = (x >= west) & (x <= east) if west <= east else (x >= west) | (x <= east)
        found = across & (y >= south) & (y <= north)
        if found.any():
            return found
        return (abs(x - (west + east) / 2) <= 5) & (abs(y - (south + north) / 2) <= 5)
    if "coords" in selection:
        area = shapely.from_wkt(selection["coords"])
        return area.covers(shapely.points(x, y)) | area.covers(shapely.points(x + 360, y))
    return np.ones(x.shape, bool)


PAIRS = [(habit, name) for habit in HABITS for name in SELECTIONS]


@pytest.mark.parametrize(("habit", "name"), PAIRS[::5], ids=lambda one: getattr(one, "id", one))
def test_a_file_holds_the_cells_that_numpy_chooses(tmp_path, archive, monkeypatch, habit, name):
    monkeypatch.setattr(grids, "PIECE_CELLS", 700)
    monkeypatch.setattr(grids, "_ROWS_LOOKED_AT", 5)
    selection = SELECTIONS[name]
    catalog = shelf(archive, habit.id)
    found, context = extracted(tmp_path, catalog, habit.id, **selection)
    columns = read(found.grid)
    place, time = meant(selection), chosen(selection.get("datetime"), TIMES)
    levels = LEVELS if "z" in habit.order else LEVELS[:1]
    whole = canonical()[:, : levels.size]
    cells = 0
    for variable, factor in (("xco2", 1.0), ("xco2_uncertainty", 0.25)):
        expected = np.where(place, whole * factor, np.nan)[time]
        values = columns[variable].reshape(time.sum(), levels.size, *columns[variable].shape[-2:])
        cells += values.size
        assert np.array_equal(_canonical(columns, values), expected, equal_nan=True)
    assert found.matched == cells
    assert context.parts >= 2


def _canonical(columns, values):
    """Values of a file on the canonical axes, by the file's own axes."""
    whole = np.full((*values.shape[:2], LATITUDES.size, LONGITUDES.size), np.nan)
    longitudes = (columns["longitude"] + 180) % 360 - 180
    rows = [int(np.flatnonzero(one == LATITUDES)[0]) for one in columns["latitude"]]
    cells = [int(np.flatnonzero(one == LONGITUDES)[0]) for one in longitudes]
    whole[..., np.array(rows)[:, None], cells] = values
    return whole


@pytest.mark.parametrize(("habit", "name"), PAIRS[2::13], ids=lambda one: getattr(one, "id", one))
def test_axes_and_values_are_those_of_the_request(tmp_path, archive, habit, name):
    selection = SELECTIONS[name]
    catalog = shelf(archive, habit.id)
    found, _ = extracted(tmp_path, catalog, habit.id, **selection)
    columns = read(found.grid)
    answer = run(*_question(catalog, habit, selection))
    (grid,) = answer.grids
    for role, axis in grid.axes.items():
        values = axis.values.astype("datetime64[s]").astype(float) if role == "t" else axis.values
        np.testing.assert_array_equal(columns[axis.name], values)
        if axis.bounds is not None:
            np.testing.assert_array_equal(columns[f"{axis.name}_bounds"], axis.bounds)
    for variable, field in grid.fields.items():
        np.testing.assert_array_equal(columns[variable], field.values)
    assert {name for name in columns if name.startswith("xco2")} == set(grid.fields)


def _question(catalog, habit, selection):
    """The same selection as a request of the query core."""
    region = Everywhere()
    if "bbox" in selection:
        region = parse_bbox(",".join(map(str, selection["bbox"])))[0]
        assert isinstance(region, Box)
    if "coords" in selection:
        region = parse_wkt(selection["coords"])
        assert isinstance(region, Area)
    text = selection.get("datetime")
    time = parse_datetime(text) if text else None
    entry = catalog.entry(habit.id)
    request = Request(region, tuple(selection.get("variables", ())), time)
    return catalog.open(entry), request, options(catalog, entry)


def test_columns_that_are_stored_from_east_to_west_are_written_eastwards(tmp_path):
    westwards = cube(HABITS[1]).isel(longitude=slice(None, None, -1))
    write_cube(tmp_path, "west", westwards, ())
    found, _ = extracted(tmp_path, shelf(tmp_path, "west"), "west", bbox=[100.0, -90, -100.0, 90])
    columns = read(found.grid)
    assert (np.diff(columns["longitude"]) > 0).all()
    place = meant({"bbox": [100.0, -90.0, -100.0, 90.0]})
    expected = np.where(place, canonical()[:, :1], np.nan)
    values = columns["xco2"][:, None]
    assert np.array_equal(_canonical(columns, values), expected, equal_nan=True)


@pytest.mark.parametrize("layout", ["map", "series"])
@pytest.mark.parametrize("cells", [1, 1300, 10**6])
def test_an_area_is_the_same_in_any_layout_and_any_blocks(
    tmp_path, archive, monkeypatch, layout, cells
):
    monkeypatch.setattr(grids, "PIECE_CELLS", cells)
    catalog = shelf(archive, HABITS[1].id)
    reference = reference_of(catalog, {"collection": HABITS[1].id, "coords": WIDE})
    selection = replace(reference.selection, layout=layout)
    context = Backwards(tmp_path)
    _, path = grids.written_grid(replace(reference, selection=selection), context, {})
    columns = read(path)
    expected = np.where(meant({"coords": WIDE}), canonical()[:, :1], np.nan)
    assert np.array_equal(_canonical(columns, columns["xco2"][:, None]), expected, equal_nan=True)
    assert context.parts > 2 or cells > 10**5 or layout == "map"


def test_levels_are_chosen_as_requests_do(tmp_path, archive):
    habit = next(one for one in HABITS if one.order == "tzyx")
    catalog = shelf(archive, habit.id)
    for z, expected in (("500", [500.0]), ("600/100", [500.0, 200.0]), ("850,200", [850.0, 200.0])):
        found, _ = extracted(tmp_path, catalog, habit.id, z=z)
        np.testing.assert_array_equal(read(found.grid)["pressure"], expected)


def test_packed_values_stay_packed(tmp_path, archive):
    habit = next(one for one in HABITS if one.packed)
    found, _ = extracted(tmp_path, shelf(archive, habit.id), habit.id)
    with netCDF4.Dataset(found.grid) as file:
        assert file["xco2"].dtype == np.int16
        assert (file["xco2"].scale_factor, file["xco2"].add_offset) == (0.5, 100.0)


def test_the_file_tells_units_source_and_licence(tmp_path, archive):
    habit = HABITS[0]
    catalog = shelf(archive, habit.id)
    found, _ = extracted(tmp_path, catalog, habit.id)
    with xr.open_dataset(found.grid, engine="h5netcdf") as data:
        assert data["xco2"].attrs["units"] == "ppm"
        assert data["xco2"].attrs["ancillary_variables"] == "xco2_uncertainty"
        assert data["latitude"].attrs["units"] == "degrees_north"
        assert data.attrs["licence"] == "CC0-1.0"
        assert data.attrs["input_snapshot"] == catalog.entry("").head.snapshot
        np.testing.assert_array_equal(data["time"].values, TIMES)
    assert found.source.collection == habit.id


def test_equal_selections_give_equal_files(tmp_path, archive, monkeypatch):
    catalog = shelf(archive, HABITS[0].id)
    contents = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        found, _ = extracted(folder, catalog, HABITS[0].id, **SELECTIONS["days"])
        contents.append(found.grid.read_bytes())
    assert contents[0] == contents[1]


def test_an_area_without_any_centre_gives_no_file(tmp_path, archive):
    sliver = "POLYGON((-31 -28, 31 34, 31 34.5, -31 -27.5, -31 -28))"
    found, _ = extracted(tmp_path, shelf(archive, HABITS[0].id), HABITS[0].id, coords=sliver)
    assert found.grid is None
    assert found.matched == 0


def test_a_part_does_not_carry_the_polygon(tmp_path, archive):
    catalog = shelf(archive, HABITS[0].id)
    reference = reference_of(catalog, {"collection": HABITS[0].id, "coords": L_SHAPE})
    grid = grids.open_grid(reference)
    block = grids._Block("xco2", {"t": slice(0, 1), "y": slice(0, 1), "x": slice(0, 1)})
    assert grids._part(grid, block, reference)["reference"].selection is None


def test_a_snapshot_is_read_although_the_product_went_on(tmp_path):
    habit = HABITS[0]
    first = cube(habit)
    write_cube(tmp_path, habit.id, first.isel(time=slice(0, 6)), ())
    reference = reference_of(shelf(tmp_path, habit.id), {"collection": habit.id})
    write_cube(tmp_path, habit.id, first.isel(time=slice(6, None)), ())
    assert (
        open_cube(tmp_path, habit.id, read_head(tmp_path, habit.id).snapshot).axes["t"].size == 12
    )
    _, path = grids.written_grid(reference, SerialContext(tmp_path), {})
    assert read(path)["time"].size == 6
