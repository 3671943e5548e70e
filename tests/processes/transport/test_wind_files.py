"""Stores of winds as centres write them, and stores that cannot be used."""

import numpy as np
import pytest
import xarray as xr

from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError
from casa_processes.transport.types import Mesh
from casa_processes.transport.wind_files import forcing, open_winds
from tests.processes.transport.forcings import moved

TIMES = np.array(["2020-01-01T00", "2020-01-01T06", "2020-01-01T12"], "datetime64[ns]")
LEVELS = np.array([1000.0, 850.0, 700.0, 500.0, 300.0, 100.0, 50.0])
LONGITUDE, LATITUDE = np.arange(0.0, 360.0, 30.0), np.arange(-90.0, 91.0, 30.0)
START, STEP = TIMES[0] + np.timedelta64(3, "h"), 6 * 3600.0


@pytest.fixture(scope="module")
def mesh():
    return Mesh(
        np.linspace(-180.0, 180.0, 9), np.linspace(-90.0, 90.0, 7),
        np.array([0.0, 5000.0, 0.0]), np.array([1.0, 0.4, 0.0]),
    )  # fmt: skip


def fields(seed=0):
    rng = np.random.default_rng(seed)
    shape = (TIMES.size, LEVELS.size, LATITUDE.size, LONGITUDE.size)
    surface = rng.uniform(9.6e4, 1.0e5, (shape[0], *shape[2:]))
    return rng.uniform(-9.0, 9.0, shape), rng.uniform(-3.0, 3.0, shape), surface


def plain(**change):
    """Names, order and units of our own."""
    u, v, ps = fields()
    dims = ("time", "level", "latitude", "longitude")
    surface = (dims[0], *dims[2:])
    return xr.Dataset(
        {
            "u": (dims, u, {"units": "m s-1"}),
            "v": (dims, v, {"units": "m s-1"}),
            "ps": (surface, ps, {"units": "Pa"}),
        },
        {
            "time": TIMES,
            "level": ("level", LEVELS, {"units": "hPa"}),
            "latitude": LATITUDE,
            "longitude": LONGITUDE,
        }
        | change,
    )


def reanalysis():
    """The same as ERA5 has it: downwards and southwards, other names."""
    named = {"level": "pressure_level", "time": "valid_time", "ps": "sp"}
    other = plain().rename(named).isel(pressure_level=slice(None, None, -1))
    other["sp"] = (other["sp"] / 100.0).assign_attrs(units="hPa")
    return other.isel(latitude=slice(None, None, -1))


def layered():
    """The same as GEOS would have it: layers downwards with coefficients, from 180 W."""
    edges = np.concatenate([(LEVELS[1:] + LEVELS[:-1]) / 2.0, [0.0]]) * 100.0
    other = plain(level=np.arange(1.0, 8.0)).isel(level=slice(None, None, -1))
    other = other.assign_coords(longitude=(other["longitude"] + 180.0) % 360.0 - 180.0)
    other = other.sortby("longitude").rename(u="U", v="V", ps="PS", level="lev")
    other["U"].attrs["standard_name"] = "eastward_wind"
    other["ak"] = ("edge", np.append(edges[::-1], 0.0), {"units": "Pa"})
    other["bk"] = ("edge", np.append(np.zeros(7), 1.0))
    return other


def stored(data, path):
    if path.suffix == ".zarr":
        data.to_zarr(path, consolidated=False, zarr_format=3)
    else:
        data.to_netcdf(path, engine="h5netcdf")
    return path


def read(data, mesh, path):
    with open_winds(stored(data, path)) as winds:
        return forcing(winds, mesh, START, STEP)


@pytest.fixture(scope="module")
def known(mesh, tmp_path_factory):
    return read(plain(), mesh, tmp_path_factory.mktemp("winds") / "plain.nc")


@pytest.mark.parametrize("data", [reanalysis, layered, plain])
@pytest.mark.parametrize("name", ["winds.nc", "winds.zarr"])
def test_the_same_winds_give_the_same_fluxes_however_they_are_written(
    data, name, mesh, known, tmp_path
):
    flux, fix = read(data(), mesh, tmp_path / name)
    scale = np.abs(known[0].east).max()
    for one in ("mass", "east", "north", "up"):
        ours, theirs = getattr(flux, one), getattr(known[0], one)
        assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-10 * scale)
    assert fix.imbalance == pytest.approx(known[1].imbalance, rel=1e-9)


def test_steps_follow_each_other_and_keep_all_air(mesh, tmp_path):
    with open_winds(stored(plain(), tmp_path / "winds.nc")) as winds:
        first, fix = forcing(winds, mesh, TIMES[0], STEP)
        total = float(first.mass.sum())
        second, _ = forcing(winds, mesh, TIMES[1], STEP, total)
        mixed, _ = forcing(winds, mesh, TIMES[1], STEP, total, np.ones((1, 6, 8)))
    assert np.allclose(moved(first), second.mass, rtol=1e-12)
    assert moved(second).sum() == pytest.approx(total, rel=1e-13)
    assert fix.pressure != 0.0
    assert not first.mixing.any()
    assert (mixed.mixing == 1.0).all()


def test_winds_between_two_times_are_between_them(tmp_path):
    u, _, ps = fields()
    with open_winds(stored(plain(), tmp_path / "winds.nc")) as winds:
        wind = winds.at(TIMES[1] + np.timedelta64(90, "m"))
        exact = winds.at(TIMES[2])
    assert np.allclose(wind.eastward, 0.75 * u[1] + 0.25 * u[2], rtol=1e-12)
    assert np.allclose(wind.surface, 0.75 * ps[1] + 0.25 * ps[2], rtol=1e-12)
    assert np.array_equal(exact.eastward, u[2])
    assert wind.a[1] == 92_500.0


@pytest.mark.parametrize("start", ["2019-12-31T23", "2020-01-01T08", "2021-01-01"])
def test_steps_outside_the_times_are_refused_with_both(start, mesh, tmp_path):
    with open_winds(stored(plain(), tmp_path / "winds.nc")) as winds:
        with pytest.raises(InvalidValueError, match=r"2020-01-01T00.* to 2020-01-01T12"):
            forcing(winds, mesh, np.datetime64(start), STEP)
        with pytest.raises(InvalidValueError, match="length of a step"):
            forcing(winds, mesh, TIMES[0], 0.0)


def spoiled(name, place, value):
    data = plain()
    data[name].values[place] = value
    return data


def without_units():
    data = plain()
    del data["v"].attrs["units"]
    return data


def in_units(name, units):
    data = plain()
    data[name].attrs["units"] = units
    return data


def gap(kept):
    return plain().isel(level=kept)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: spoiled("u", (0, 1, 2, 3), np.nan), "u at 2020-01-01T00.*nan in 1 cells"),
        (lambda: spoiled("v", (0, 1, 2, 3), 900.0), "-250 to 250 m s-1, found 900"),
        (lambda: spoiled("ps", (0, 2, 3), 1013.0), "40000 to 110000 Pa, found 1013"),
        (lambda: spoiled("ps", (0, 2, 3), np.nan), "ps at.*nan in 1 cells"),
        (without_units, "v: expected an attribute units"),
        (lambda: in_units("ps", "m"), "ps: expected units that are Pa"),
        (lambda: in_units("level", "m"), "pressures with units, or hyai"),
        (lambda: gap([1, 2, 3, 4]), "to 100 or less"),
        (lambda: gap([2, 3, 4, 5, 6]), "levels from 850 hPa or more"),
        (lambda: gap([0, 1, 2, 4, 5, 6]), "gap of more than 200"),
        (lambda: layered().isel(lev=slice(1, None)), "7 levels between 8 interfaces, found 6"),
        (lambda: plain().isel(longitude=slice(0, 9)), "equal steps once round"),
        (lambda: plain().isel(latitude=slice(2, 7)), "rows from pole to pole"),
        (lambda: plain().isel(level=0), "a coordinate of level"),
        (lambda: plain().drop_vars("latitude"), "a coordinate of latitude"),
        (lambda: plain().assign(ps=plain()["ps"].isel(time=0, drop=True)), "dimensions time"),
    ],
)
def test_stores_that_cannot_be_used_are_refused_with_the_reason(data, words, mesh, tmp_path):
    path = stored(data(), tmp_path / "winds.nc")
    with pytest.raises(FileContentError, match=words) as caught, open_winds(path) as winds:
        forcing(winds, mesh, TIMES[0], STEP)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("name", ["u", "v", "ps"])
def test_missing_variables_are_named_with_those_there_are(name, tmp_path):
    path = stored(plain().drop_vars(name), tmp_path / "winds.nc")
    with pytest.raises(UnknownNameError, match=f"{name!r}; there are: "), open_winds(path):
        pass


def test_what_is_no_store_is_refused(tmp_path):
    (tmp_path / "text.nc").write_text("no winds")
    (tmp_path / "empty.zarr").mkdir()
    for name in ("text.nc", "empty.zarr", "absent.nc"):
        with pytest.raises(FileContentError) as caught, open_winds(tmp_path / name):
            pass
        assert str(tmp_path) not in str(caught.value)
