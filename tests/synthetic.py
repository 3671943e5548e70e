"""Synthetic data sets that several rooms share; every value tells where it belongs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Axis, Role, midpoint_bounds
from casa_ogc.archive.cubes import Cube, Layout, StoredArray

NAMES: dict[Role, str] = {"t": "time", "z": "pressure", "y": "latitude", "x": "longitude"}
TIMES = np.array(
    [
        "2022-01-01T00:00:00",
        "2022-01-02T06:30:00",
        "2022-01-02T18:00:00",
        "2022-02-01T00:00:00",
        "2022-03-05T12:00:01",
        "2023-01-01T00:00:00",
    ],
    dtype="datetime64[ns]",
)
LEVELS = np.array([1000.0, 850.0, 500.0])


@dataclass(frozen=True)
class World:
    """How a small gridded world is stored; its values tell time, level, row and column.

    Rows are counted from the south, columns from -180 eastwards, whatever the stored order.

    Attributes
    ----------
    dims
        Stored order of the axes, in role letters; an axis that is not named does not exist.
    ascending
        Whether latitudes are stored from south to north.
    east_only
        Whether longitudes are stored as 0..360.
    packed
        Whether values are stored as int16 with scale, offset and fill value.
    centred
        Whether rows lie on both poles and a column on the antimeridian; else cell edges do.
    repeated
        Whether the first column is stored again at the end.
    """

    dims: str = "tyx"
    ascending: bool = True
    east_only: bool = False
    packed: bool = False
    centred: bool = False
    repeated: bool = False
    rows: int = 12
    columns: int = 24

    @property
    def latitudes(self) -> list[float]:
        """Centres of the rows from south to north."""
        if self.centred:
            return [-90 + 180 / (self.rows - 1) * row for row in range(self.rows)]
        return [-90 + 180 / self.rows * (row + 0.5) for row in range(self.rows)]

    @property
    def longitudes(self) -> list[float]:
        """Centres of the columns from -180 eastwards."""
        shift = 0 if self.centred else 0.5
        return [-180 + 360 / self.columns * (column + shift) for column in range(self.columns)]

    def code(self, t: int, z: int, row: int, column: int) -> int:
        """Return what the value of a cell is made of."""
        depth = (t if "t" in self.dims else 0) * len(LEVELS) + (z if "z" in self.dims else 0)
        across = column if "x" in self.dims else 0
        return (depth * self.rows + row) * self.columns + across

    def value(self, t: int, z: int, row: int, column: int) -> float:
        """Return the value of a cell; NaN where a packed world has none."""
        code = self.code(t, z, row, column)
        return float("nan") if self.packed and code % 101 == 7 else 100 + code * 0.5


def encoded_dataset(world: World) -> xr.Dataset:
    """Return a world in the common schema, with ``xco2`` and its uncertainty."""
    rows = list(range(world.rows))
    columns = list(range(world.columns))
    if not world.ascending:
        rows.reverse()
    if world.east_only:
        columns.sort(key=lambda column: world.longitudes[column] % 360)
    lon = [world.longitudes[c] % 360 if world.east_only else world.longitudes[c] for c in columns]
    if world.repeated:
        columns, lon = [*columns, columns[0]], [*lon, lon[0] + 360]
    lengths = {"t": len(TIMES), "z": len(LEVELS), "y": len(rows), "x": len(lon)}
    values = np.empty([lengths[r] if r in world.dims else 1 for r in ROLES], dtype=np.float32)
    for t, z, y, x in np.ndindex(*values.shape):
        values[t, z, y, x] = world.value(t, z, rows[y], columns[x])
    kept = [role for role in ROLES if role in world.dims]
    values = values.reshape([lengths[role] for role in kept])
    dims = [NAMES[role] for role in kept]
    order = [NAMES[cast(Role, role)] for role in world.dims]
    coords: dict[str, Any] = {
        "time": ("time", TIMES),
        "pressure": ("pressure", LEVELS, {"units": "hPa", "positive": "down"}),
        "latitude": ("latitude", np.array([world.latitudes[row] for row in rows])),
        "longitude": ("longitude", np.array(lon)),
    }
    dataset = xr.Dataset(
        {
            "xco2": xr.DataArray(values, dims=dims).transpose(*order),
            "xco2_uncertainty": xr.DataArray(values + 0.25, dims=dims).transpose(*order),
        },
        coords={name: coord for name, coord in coords.items() if name in dims},
        attrs={"title": "Encoded world", "source": "encoded.nc", "mission": "none"},
    )
    if world.packed:
        scale = {"dtype": "int16", "scale_factor": 0.5, "add_offset": 100.0, "_FillValue": -1}
        dataset["xco2"].encoding = dict(scale)
        dataset["xco2_uncertainty"].encoding = {**scale, "scale_factor": 0.25}
    return dataset


@dataclass(eq=False)
class MemoryArray:
    """A stored array in memory that refuses what the archive need not provide.

    `reads` lists the windows that were read.
    """

    roles: tuple[Role, ...]
    values: NDArray[Any]
    chunks: tuple[int, ...]
    packing: Mapping[str, Any] = field(default_factory=dict)
    reads: list[tuple[slice, ...]] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of cells along each role."""
        return self.values.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the decoded values."""
        return np.dtype(np.float32) if self.packing else self.values.dtype

    def read(self, index: tuple[slice, ...]) -> NDArray[Any]:
        """Return decoded values of ascending slices of unit step."""
        assert len(index) == len(self.roles)
        for one, size in zip(index, self.shape, strict=True):
            assert one.step is None
            assert 0 <= one.start < one.stop <= size
        self.reads.append(index)
        raw = self.values[index]
        if not self.packing:
            return raw.copy()
        decoded = raw * self.packing["scale_factor"] + self.packing["add_offset"]
        return np.where(raw == self.packing["_FillValue"], np.nan, decoded).astype(np.float32)


def memory_cube(dataset: xr.Dataset, **chunks: Mapping[str, int]) -> Cube:
    """Return a grid of the common schema as a cube in memory.

    Parameters
    ----------
    chunks
        Layout name to chunk size by role, the whole axis where none is given; by default a map
        of one step and level per chunk, and series of 4 x 4 cells.
    """
    sizes = chunks or {"map": {"t": 1, "z": 1}, "series": {"y": 4, "x": 4}}
    roles = {name: role for role, name in NAMES.items()}
    axes = {role: _axis(dataset, role) for role in ROLES if NAMES[role] in dataset.dims}
    layouts = {}
    for layout, cut in sizes.items():
        arrays = {}
        for name, variable in dataset.data_vars.items():
            stored = tuple(roles[str(dim)] for dim in variable.dims)
            pieces = tuple(
                min(cut.get(role, size), size)
                for role, size in zip(stored, variable.shape, strict=True)
            )
            arrays[str(name)] = cast(StoredArray, _array(variable, stored, pieces))
        layouts[layout] = Layout(axes, arrays)
    return Cube("encoded", "s1", layouts)


def _array(variable: xr.DataArray, roles: tuple[Role, ...], chunks: tuple[int, ...]) -> MemoryArray:
    packing = {key: variable.encoding[key] for key in variable.encoding if key != "dtype"}
    values = variable.values
    if packing:
        raw = np.round((values - packing["add_offset"]) / packing["scale_factor"])
        values = np.where(np.isnan(raw), packing["_FillValue"], raw).astype(np.int16)
    return MemoryArray(roles, values, chunks, packing)


def _axis(dataset: xr.Dataset, role: Role) -> Axis:
    coordinate = dataset[NAMES[role]]
    if role == "t":
        return Axis("time", "t", coordinate.values, None)
    values = coordinate.values.astype(np.float64)
    named = f"{NAMES[role]}_bounds"
    bounds = dataset[named].values if named in dataset.coords else midpoint_bounds(values)
    units = {"y": "degrees_north", "x": "degrees_east"}.get(role, "hPa")
    return Axis(NAMES[role], role, values, bounds, units, "down" if role == "z" else None)


def encoded_soundings(
    count: int = 400, resolution: str = "", vertices: bool = True, seed: int = 1
) -> xr.Dataset:
    """Return soundings all over the globe in the common schema; ``xco2`` tells the number of each.

    Some lie on the poles and on either name of the antimeridian; every tenth has no vertices, and
    footprints are quadrilaterals of about 100 km.
    """
    random = np.random.default_rng(seed)
    lon = np.round(random.uniform(-180, 180, count), 3)
    lat = np.round(np.degrees(np.arcsin(random.uniform(-1, 1, count))), 3)
    lon[:6], lat[:6] = [-180, 180, 179.9, -179.9, 0, 45], [0, 10, 20, 30, 90, -90]
    seconds = random.integers(0, 86_400 * 60, count)
    time = np.datetime64("2022-01-01", "ns") + seconds.astype("timedelta64[s]")
    if resolution:
        unit = {"P1D": "D", "P1M": "M", "P1Y": "Y"}[resolution]
        time = time.astype(f"datetime64[{unit}]").astype("datetime64[ns]")
    columns: dict[str, Any] = {
        "sounding_id": ("sounding", np.array([f"s{number:05d}" for number in range(count)])),
        "time": ("sounding", time),
        "latitude": ("sounding", lat),
        "longitude": ("sounding", lon),
        "xco2": ("sounding", (400 + np.arange(count) * 0.25).astype(np.float32)),
        "xco2_uncertainty": ("sounding", np.full(count, 0.5, dtype=np.float32)),
        "xco2_averaging_kernel": (
            ("sounding", "level"),
            (np.arange(count)[:, None] + np.arange(4) * 0.25).astype(np.float32),
        ),
    }
    if vertices:
        north = np.clip(lat[:, None] + np.array([-0.45, -0.45, 0.45, 0.45]), -90, 90)
        wide = 0.45 / np.cos(np.radians(np.minimum(np.abs(lat), 85)))
        east = lon[:, None] + wide[:, None] * np.array([-1, 1, 1.2, -0.8])
        east = (east + 180) % 360 - 180
        east[::10], north[::10] = np.nan, np.nan
        columns["longitude_vertices"] = (("sounding", "vertex"), east)
        columns["latitude_vertices"] = (("sounding", "vertex"), north)
    attrs = {"title": "Encoded soundings", "source": "encoded.nc", "mission": "none"}
    return xr.Dataset(
        columns, attrs=attrs | ({"time_resolution": resolution} if resolution else {})
    )
