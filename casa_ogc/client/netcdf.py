"""netCDF in memory as xarray data sets."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from casa_ogc.client.errors import UnreadableError

if TYPE_CHECKING:
    import xarray as xr

MEDIA_TYPES = "application/netcdf, application/x-netcdf;q=0.9"
_ENGINES = ((b"\x89HDF\r\n\x1a\n", "h5netcdf"), (b"CDF", "scipy"))


class _Typed(Protocol):
    media_type: str


def is_netcdf(file: _Typed) -> bool:
    """Tell whether a file says that it is netCDF.

    >>> from types import SimpleNamespace
    >>> is_netcdf(SimpleNamespace(media_type="application/x-netcdf"))
    True
    """
    return "netcdf" in file.media_type.lower()


def opened(content: bytes, what: str) -> xr.Dataset:
    """Read a netCDF file, version 3 or 4, wholly into memory.

    Raises
    ------
    UnreadableError
        When it is none.
    """
    import xarray as xr

    for magic, engine in _ENGINES:
        if content.startswith(magic):
            with xr.open_dataset(io.BytesIO(content), engine=engine) as found:
                return found.load()
    raise UnreadableError(what, "a netCDF file", repr(content[:40]))
