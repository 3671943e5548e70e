"""Projected answers: against GDAL's own warper, and against cells looked up one by one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyproj
import pytest
import xarray as xr
from rasterio.transform import from_bounds
from rasterio.warp import Resampling, reproject

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.query.answer import Grid, GridAnswer, Origin
from casa_ogc.query.cost import Options
from casa_ogc.query.forms import run_as
from casa_ogc.query.parse.scaling import parse_scaling
from casa_ogc.query.request import Box, Request
from casa_ogc.query.systems import box_in_degrees, parse_system
from casa_ogc.query.targets import Form
from casa_processes.common.errors import InvalidValueError

OPTIONS = Options(Origin("warped", "s1"), (), 5000.0, 10**7)
ROWS, COLUMNS = 90, 180


def dataset() -> xr.Dataset:
    """A smooth field with a hole, and a flag of hemispheres."""
    latitudes = -90 + 180 / ROWS * (np.arange(ROWS) + 0.5)
    longitudes = -180 + 360 / COLUMNS * (np.arange(COLUMNS) + 0.5)
    values = 400 + 10 * np.sin(np.radians(latitudes))[:, None] + np.cos(np.radians(longitudes * 3))
    values[40:44, 100:110] = np.nan
    names = ("latitude", "longitude")
    flags = np.broadcast_to(latitudes[:, None] > 0, values.shape).astype("int8")
    return xr.Dataset(
        {"xco2": (names, values.astype("float32")), "surface_type": (names, flags)},
        coords={
            "latitude": ("latitude", latitudes, {"units": "degrees_north"}),
            "longitude": ("longitude", longitudes, {"units": "degrees_east"}),
        },
        attrs={"title": "warped", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    root = tmp_path_factory.mktemp("warped")
    source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
    head = write_cube(root, "warped", dataset(), [source])
    return open_cube(Path(root), "warped", head.snapshot)


def ask(
    cube: Cube,
    crs: str,
    box: tuple[float, float, float, float] | None = None,
    names: tuple[str, ...] = ("xco2",),
    **texts: str,
) -> Grid:
    system = parse_system(crs)
    scaling = parse_scaling({name.replace("_", "-"): text for name, text in texts.items()})
    request = Request(variables=names)
    if box is not None:
        request = Request(region=Box(box_in_degrees(system, box)), variables=names)
    answer = run_as(cube, request, OPTIONS, Form(scaling, system, box))
    assert isinstance(answer, GridAnswer)
    assert answer.crs == system.uri
    (grid,) = answer.grids
    return grid


PLACES = [
    ("EPSG:3035", (2_500_000.0, 1_400_000.0, 6_500_000.0, 5_400_000.0)),
    ("EPSG:32650", (166_000.0, 1_000_000.0, 834_000.0, 6_000_000.0)),
    ("EPSG:3413", (-3_000_000.0, -3_000_000.0, 3_000_000.0, 3_000_000.0)),
    ("EPSG:3031", (-2_500_000.0, -2_500_000.0, 2_500_000.0, 2_500_000.0)),
]


@pytest.mark.parametrize(("crs", "box"), PLACES)
def test_fine_cells_take_the_stored_cell_at_their_centre_as_gdal_does(
    cube: Cube, crs: str, box: tuple[float, float, float, float]
) -> None:
    grid = ask(cube, crs, box, width="120", height="110")
    wanted = np.full((110, 120), np.nan, dtype=np.float32)
    reproject(
        dataset()["xco2"].to_numpy()[::-1].copy(),
        wanted,
        src_transform=from_bounds(-180, -90, 180, 90, COLUMNS, ROWS),
        src_crs="OGC:CRS84",
        src_nodata=np.nan,
        dst_transform=from_bounds(*box, 120, 110),
        dst_crs=crs,
        dst_nodata=np.nan,
        resampling=Resampling.nearest,
        tolerance=0.0,
    )
    found = grid.fields["xco2"].values
    both = np.isfinite(found) & np.isfinite(wanted)
    assert both.mean() > 0.9
    assert (np.isfinite(found) == np.isfinite(wanted)).mean() > 0.99
    assert (found[both] == wanted[both]).mean() > 0.99
    np.testing.assert_allclose(found[both], wanted[both], atol=0.6)


def test_places_are_those_of_the_inverse_projection(cube: Cube) -> None:
    crs, box = PLACES[0]
    grid = ask(cube, crs, box, width="37", height="29")
    back = pyproj.Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    field = grid.fields["xco2"].values
    assert field.shape == (29, 37)
    assert grid.fields["xco2"].cell_methods == "area: point"
    stored = dataset()["xco2"].to_numpy()
    for i, y in enumerate(grid.axes["y"].values):
        for j, x in enumerate(grid.axes["x"].values):
            longitude, latitude = back.transform(x, y)
            row, column = int((latitude + 90) // 2), int((longitude + 180) // 2)
            np.testing.assert_equal(field[i, j], stored[row, column])


def test_axes_are_in_metres_with_the_north_on_top(cube: Cube) -> None:
    grid = ask(cube, "EPSG:3035", PLACES[0][1], width="40", height="40")
    x, y = grid.axes["x"], grid.axes["y"]
    assert (x.name, x.units, y.name, y.units) == ("x", "m", "y", "m")
    assert x.values[0] < x.values[-1]
    assert y.values[0] > y.values[-1]
    assert (x.bounds.min(), x.bounds.max()) == (2_500_000, 6_500_000)
    assert (y.bounds.min(), y.bounds.max()) == (1_400_000, 5_400_000)


def test_coarse_cells_are_means_of_what_lies_in_them(cube: Cube) -> None:
    box = PLACES[2][1]
    coarse = ask(cube, "EPSG:3413", box, width="6", height="6").fields["xco2"]
    fine = ask(cube, "EPSG:3413", box, width="240", height="240").fields["xco2"].values
    assert coarse.cell_methods == "area: mean"
    blocks = fine.reshape(6, 40, 6, 40)
    np.testing.assert_allclose(coarse.values, np.nanmean(blocks, axis=(1, 3)), atol=0.05)


def test_a_flag_is_not_averaged(cube: Cube) -> None:
    box = (-9e6, -9e6, 9e6, 9e6)
    found = ask(cube, "EPSG:6933", box, ("surface_type",), width="5", height="4")
    values = found.fields["surface_type"].values
    np.testing.assert_array_equal(np.unique(values[np.isfinite(values)]), [0, 1])


def test_rows_of_mercator_are_exact_area_means(cube: Cube) -> None:
    half = 20037508.342789244
    grid = ask(cube, "EPSG:3857", (-half, -half, half, half), width="4", height="4")
    data = dataset()["xco2"].to_numpy().astype(float)
    latitudes = np.degrees(2 * np.arctan(np.exp(np.linspace(np.pi, -np.pi, 5))) - np.pi / 2)
    edges = -90 + 2.0 * np.arange(ROWS + 1)
    for i, j in np.ndindex(4, 4):
        low, high = latitudes[i + 1], latitudes[i]
        lower, upper = np.clip(edges[:-1], low, high), np.clip(edges[1:], low, high)
        weight = np.sin(np.radians(upper)) - np.sin(np.radians(lower))
        part = data[:, j * 45 : (j + 1) * 45]
        shares = np.broadcast_to(weight[:, None], part.shape)
        valid = np.isfinite(part)
        wanted = (part[valid] * shares[valid]).sum() / shares[valid].sum()
        assert grid.fields["xco2"].values[i, j] == pytest.approx(wanted, rel=3e-7)


def test_the_whole_globe_is_cut_to_what_a_system_is_made_for(cube: Cube) -> None:
    grid = ask(cube, "EPSG:32650")
    west, east = grid.axes["x"].bounds.min(), grid.axes["x"].bounds.max()
    assert 150_000 < west < east < 850_000
    assert np.isfinite(grid.fields["xco2"].values).mean() > 0.9


def test_a_system_of_the_same_degrees_answers_the_same(cube: Cube) -> None:
    plain = ask(cube, "CRS84").fields["xco2"].values
    other = ask(cube, "EPSG:4326").fields["xco2"].values
    np.testing.assert_array_equal(plain, other)
    china = ask(cube, "EPSG:4490", (80.0, 20.0, 120.0, 50.0), resolution="Lat(2),Lon(2)")
    rows, columns = slice(55, 70), slice(130, 150)
    wanted = dataset()["xco2"].to_numpy()[rows, columns][::-1]
    np.testing.assert_allclose(china.fields["xco2"].values, wanted, rtol=1e-6)


@pytest.mark.parametrize(
    "text", ["EPSG:99999", "EPSG:5773", "EPSG:4979", "EPSG:4978", "3857", "", "OGC:CRS27", "x" * 99]
)
def test_an_unknown_system_is_refused_with_how_to_name_one(text: str) -> None:
    with pytest.raises(InvalidValueError, match="EPSG:<code>"):
        parse_system(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EPSG:3857", 3857),
        ("epsg:3035", 3035),
        ("[EPSG:32650]", 32650),
        ("http://www.opengis.net/def/crs/EPSG/0/3857", 3857),
        ("urn:ogc:def:crs:EPSG::4326", 4326),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 0),
    ],
)
def test_a_system_goes_by_any_of_its_names(text: str, code: int) -> None:
    assert parse_system(text).code == code


@pytest.mark.parametrize(
    ("code", "first"), [(4326, True), (3857, False), (3035, True), (2180, True), (3031, False)]
)
def test_the_axis_order_is_that_of_the_register(code: int, first: bool) -> None:
    assert parse_system(f"EPSG:{code}").northing_first is first


def test_edges_of_a_box_are_followed() -> None:
    box = PLACES[0][1]
    bounds = box_in_degrees(parse_system("EPSG:3035"), box)
    back = pyproj.Transformer.from_crs("EPSG:3035", "OGC:CRS84", always_xy=True)
    corners = [back.transform(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    middle = back.transform((box[0] + box[2]) / 2, box[3])
    assert bounds.north > max(latitude for _, latitude in corners) + 1
    assert bounds.north == pytest.approx(middle[1], abs=0.2)


def test_a_box_around_a_pole_holds_it(cube: Cube) -> None:
    bounds = box_in_degrees(parse_system("EPSG:3413"), (-1e6, -1e6, 1e6, 1e6))
    assert bounds.north == pytest.approx(90)
    assert bounds.east - bounds.west == pytest.approx(360, abs=1)


def test_a_box_beyond_the_earth_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="within"):
        box_in_degrees(parse_system("EPSG:3035"), (1e9, 1e9, 2e9, 2e9))


def test_an_answer_far_from_its_system_is_refused(cube: Cube) -> None:
    request = Request(region=Box(Bounds(-80, -30, -70, -20)))
    with pytest.raises(InvalidValueError, match="holds the answer"):
        run_as(cube, request, OPTIONS, Form(system=parse_system("EPSG:32650")))


@pytest.fixture(scope="module")
def regional(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Cube]:
    root = tmp_path_factory.mktemp("regional")
    part = dataset().isel(latitude=slice(50, 80), longitude=slice(85, 120))
    source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
    head = write_cube(root, "regional", part, [source])
    return lambda: open_cube(Path(root), "regional", head.snapshot)


def test_outside_a_regional_grid_is_missing(regional: Callable[[], Cube]) -> None:
    box = (1_000_000.0, 500_000.0, 7_500_000.0, 5_500_000.0)
    values = ask(regional(), "EPSG:3035", box, width="60", height="50").fields["xco2"].values
    assert 0.1 < np.isnan(values).mean() < 0.9
