"""Rows of an emission table as soundings: one region, one sector and one period each."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.readers.reader import Source
from casa_ogc.readers.regions import Region, parts
from casa_processes.common.errors import FileContentError

TOTAL = "Total"
"""Sector of rows that are the sum of all sectors."""

ROW_VARIABLES: Mapping[str, Source] = {
    "sounding_id": Source("sounding_id"),
    "time": Source("time"),
    "latitude": Source("latitude", units="degrees_north"),
    "longitude": Source("longitude", units="degrees_east"),
    "region": Source("region"),
    "region_kind": Source("region_kind"),
    "sector": Source("sector"),
    "partition": Source("partition"),
}
"""Sources of what every emission table has, as `emission_rows` names it."""

DIMS: Mapping[str, str] = {"sounding": "sounding"}


def emission_rows(
    file: str,
    regions: Sequence[Region],
    sectors: Sequence[str],
    times: NDArray[np.datetime64],
) -> xr.Dataset:
    """Return identifiers, times, places and labels of the rows of one table.

    Parameters
    ----------
    file
        Name of the file, for errors.
    regions, sectors
        Region and sector of each row.
    times
        Start of the period of each row, shape (row,).

    Returns
    -------
    Dataset
        Variables over ``sounding``. ``partition`` is 1 where a row is part of the division of the
        table into regions and sectors that do not overlap, and 0 where other rows contain or make
        up the row: the world, members of a group that the table has as well, sums of sectors.

    Raises
    ------
    FileContentError
        When two rows have the same region, sector and time.
    """
    days = np.datetime_as_string(times, unit="D")
    identifiers = np.array(
        [
            f"{region.code}:{sector}:{day}"
            for region, sector, day in zip(regions, sectors, days.tolist(), strict=True)
        ]
    )
    names, counts = np.unique(identifiers, return_counts=True)
    if (counts > 1).any():
        twice = str(names[np.argmax(counts)])
        raise FileContentError(file, "rows", "one row per region, sector and time", f"two {twice}")
    whole = parts(set(regions))
    partition = [
        region.code in whole and sector != TOTAL
        for region, sector in zip(regions, sectors, strict=True)
    ]
    degrees = {"units": "degrees_north"}, {"units": "degrees_east"}
    return xr.Dataset(
        {
            "sounding_id": ("sounding", identifiers),
            "time": ("sounding", times),
            "latitude": ("sounding", np.array([r.latitude for r in regions]), degrees[0]),
            "longitude": ("sounding", np.array([r.longitude for r in regions]), degrees[1]),
            "region": ("sounding", np.array([r.code for r in regions])),
            "region_kind": ("sounding", np.array([r.kind for r in regions])),
            "sector": ("sounding", np.array(list(sectors))),
            "partition": ("sounding", np.array(partition, dtype=np.int8)),
        }
    )
