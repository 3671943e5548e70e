"""The peer of the benchmark of tiles: titiler.xarray, as its documentation sets it up.

It runs in an environment of its own, and imports nothing of this project. ``/md`` opens the store
for each tile, which is its way; ``/kept`` keeps what was opened, which is faster.
"""

from functools import lru_cache
from typing import Any

import attr
import xarray
from fastapi import FastAPI
from titiler.xarray.factory import TilerFactory
from titiler.xarray.io import Reader


@lru_cache
def kept(url: str, **_options: Any) -> xarray.Dataset:
    """Open a store once."""
    return xarray.open_zarr(url, chunks=None, decode_coords="all")


@attr.s
class KeptReader(Reader):
    """A reader that opens a store once."""

    opener = attr.ib(default=kept)


app = FastAPI()
app.include_router(TilerFactory(router_prefix="/md").router, prefix="/md")
app.include_router(TilerFactory(router_prefix="/kept", reader=KeptReader).router, prefix="/kept")


@app.get("/")
def root() -> dict[str, str]:
    """Tell that the server is there."""
    return {"ready": "yes"}
