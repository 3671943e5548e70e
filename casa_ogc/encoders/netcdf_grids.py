"""Grids in netCDF."""

import h5netcdf
import numpy as np

from casa_ogc.archive.axes import Role
from casa_ogc.encoders.netcdf_parts import Attributes, described_by, put, put_axis
from casa_ogc.query.answer import CRS84, Grid, GridField
from casa_ogc.query.systems import parse_system

_WGS84: Attributes = {
    "grid_mapping_name": "latitude_longitude",
    "semi_major_axis": 6378137.0,
    "inverse_flattening": 298.257223563,
    "longitude_of_prime_meridian": 0.0,
}
_PLACE: tuple[tuple[Role, str, str], ...] = (
    ("y", "latitude", "degrees_north"),
    ("x", "longitude", "degrees_east"),
)


def write_grid(group: h5netcdf.Group, grid: Grid, crs: str = CRS84) -> None:
    """Write a grid: its dimensions with bounds, and each field on the axes that it has."""
    for axis in grid.axes.values():
        put_axis(group, axis)
    _put_crs(group, crs)
    for name, field in grid.fields.items():
        dims = tuple(grid.axes[role].name for role in field.roles)
        put(group, name, dims, np.asarray(field.values), _attributes(field, grid))


def write_places(group: h5netcdf.Group, grids: tuple[Grid, ...]) -> None:
    """Write single places on common times and levels, stacked along the dimension ``place``."""
    first = grids[0]
    group.dimensions["place"] = len(grids)
    shared: tuple[Role, ...] = tuple(role for role in ("t", "z") if role in first.axes)
    for role in shared:
        put_axis(group, first.axes[role])
    for role, standard, units in _PLACE:
        centres = np.concatenate([grid.axes[role].values for grid in grids])
        attributes = {"standard_name": standard, "long_name": standard, "units": units}
        put(group, first.axes[role].name, ("place",), centres, attributes)
    _put_crs(group)
    nearby = {"coordinates": " ".join(first.axes[role].name for role, _, _ in _PLACE)}
    for name, field in first.fields.items():
        kept = tuple(role for role in field.roles if role in shared)
        shape = tuple(first.axes[role].size for role in kept)
        stacked = np.stack([grid.fields[name].values.reshape(shape) for grid in grids])
        dims = ("place", *(first.axes[role].name for role in kept))
        put(group, name, dims, stacked, _attributes(field, first) | nearby)


def _attributes(field: GridField, grid: Grid) -> Attributes:
    """Describe a field of a grid."""
    attributes = described_by(field.variable, grid.fields) | {"grid_mapping": "crs"}
    return attributes | ({"cell_methods": field.cell_methods} if field.cell_methods else {})


def _put_crs(group: h5netcdf.Group, crs: str = CRS84) -> None:
    """Write the variable that names the figure of the Earth, or the projection."""
    system = parse_system(crs)
    attributes = _WGS84 if system.is_degrees else dict(system.crs.to_cf())
    put(group, "crs", (), np.array(0, dtype=np.int32), attributes)
