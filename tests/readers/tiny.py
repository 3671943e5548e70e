"""A family of three soundings, or of a small grid, for tests of the core."""

import h5netcdf
import numpy as np

from casa_ogc.readers import Reader, Source
from casa_ogc.readers.read import read_as

BASE = {
    "sounding_id": Source("id"),
    "time": Source("time", units="seconds since"),
    "latitude": Source("lat", units="degrees_north"),
    "longitude": Source("lon", units="degrees_east"),
}


def family(kind="soundings", dims=None, **variables):
    chosen = variables if kind == "grid" else {**BASE, **variables}
    return Reader(
        files=("tiny_*.nc",),
        kind=kind,
        product="tiny",
        title="A tiny family",
        dims=dims or {"n": "sounding", "z": "level", "v": "vertex"},
        variables=chosen,
    )


def tiny(folder, *, dims=None, **variables):
    """Write a file; a variable is (dims, values, attributes)."""
    path = folder / "tiny_1.nc"
    base = {
        "id": (("n",), np.array([7, 8, 9], dtype=np.uint64), {}),
        "time": (("n",), np.array([0.0, 1.5, 2.0]), {"units": "seconds since 2000-01-01"}),
        "lat": (("n",), np.array([10.0, 20.0, 30.0]), {"units": "degrees_north"}),
        "lon": (("n",), np.array([-170.0, 0.0, 170.0]), {"units": "degrees_east"}),
    }
    with h5netcdf.File(path, "w") as file:
        file.dimensions = dims or {"n": 3, "z": 2, "v": 4}
        for name, (where, values, attributes) in {**base, **variables}.items():
            made = file.create_variable(name, where, values.dtype, data=values)
            made.attrs.update(attributes)
    return path


def strictly(reader, path):
    def refuse(problem):
        raise problem

    return read_as(reader, path, refuse)


LEVELS = {
    "pressure_levels": Source("p", units="hPa"),
    "xco2_averaging_kernel": Source("a", units="1"),
}


def profiles(pressure, kernel):
    return {
        "p": (("n", "z"), np.tile(pressure, (3, 1)), {"units": "hPa"}),
        "a": (("n", "z"), np.tile(kernel, (3, 1)), {"units": "1"}),
    }


def grid(folder, **changes):
    base = {
        "time": (
            ("time",),
            np.array([15.0, 45.0]),
            {"units": "days since 2020-01-01", "bounds": "time_bnds"},
        ),
        "time_bnds": (("time", "nv"), np.array([[0.0, 31.0], [31.0, 60.0]]), {}),
        "lat": (("lat",), np.array([60.0, 0.0, -60.0]), {"units": "degrees_north"}),
        "lon": (("lon",), np.array([0.0, 90.0, 180.0, 270.0]), {"units": "degrees_east"}),
        "x": (
            ("time", "lat", "lon"),
            np.arange(24, dtype=np.int16).reshape(2, 3, 4),
            {
                "units": "1e-6",
                "scale_factor": 0.5,
                "add_offset": 400.0,
                "missing_value": np.int16(23),
            },
        ),
    }
    return tiny(
        folder, dims={"n": 3, "time": 2, "lat": 3, "lon": 4, "nv": 2}, **{**base, **changes}
    )


GRID = {
    "time": Source("time", units="days since"),
    "latitude": Source("lat", units="degrees_north"),
    "longitude": Source("lon", units="degrees_east"),
    "xco2": Source("x", units="1e-6"),
}
GRID_DIMS = {"lat": "latitude", "lon": "longitude"}
