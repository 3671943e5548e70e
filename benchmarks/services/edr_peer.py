"""The peer of the benchmark of services: xpublish with its plugin xpublish-edr.

It runs in an environment of its own, and imports nothing of this project. Each store is opened
once without Dask. CF's attribute ``axis`` names the axes, by which the plugin finds them.
"""

import os
from pathlib import Path

import xarray
import xpublish
from xpublish_edr import CfEdrPlugin

_AXES = {"time": "T", "latitude": "Y", "longitude": "X"}


def opened(path: Path) -> xarray.Dataset:
    """Open a plain store."""
    dataset: xarray.Dataset = xarray.open_zarr(path, chunks=None, consolidated=True)
    for name, axis in _AXES.items():
        dataset[name].attrs["axis"] = axis
    return dataset


def ready() -> dict[str, str]:
    """Tell that the server is there."""
    return {"ready": "yes"}


_folder = Path(os.environ["CASA_BENCH_STORES"])
_datasets = {name: opened(_folder / f"{name}.zarr") for name in ("map", "series")}
app = xpublish.Rest(_datasets, plugins={"edr": CfEdrPlugin()}).app
app.add_api_route("/", ready)
