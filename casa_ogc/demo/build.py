"""Builds the demonstration archive through the same door as genuine files."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.heads import Head
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.demo.grids import flux_monthly, sif_monthly, xco2_daily
from casa_ogc.demo.soundings import xco2_soundings

VERSION = "1"
"""Changes whenever the formulas do; an archive that holds it is left alone."""

GENERATORS: Mapping[str, Callable[[], xr.Dataset]] = {
    "synthetic-xco2-daily": xco2_daily,
    "synthetic-sif-monthly": sif_monthly,
    "synthetic-co2-flux-monthly": flux_monthly,
    "synthetic-oco2-xco2": xco2_soundings,
}


def build_demo(root: Path, progress: Callable[[str], None] | None = None) -> tuple[Head, ...]:
    """Write all demonstration products into the archive `root`.

    Building twice changes nothing. `progress` is called with each product's id when it is done.
    """
    heads = []
    for product, generate in GENERATORS.items():
        heads.append(_build(root, product, generate()))
        if progress:
            progress(product)
    return tuple(heads)


def _build(root: Path, product: str, dataset: xr.Dataset) -> Head:
    soundings = "sounding" in dataset.dims
    rows = dataset.sizes["sounding" if soundings else "time"]
    write = write_soundings if soundings else write_cube
    return write(root, product, dataset, (_recipe(product, rows),))


def _recipe(product: str, rows: int) -> SourceFile:
    """Stand in for a source file: the checksum is that of the generator's name and version."""
    name = f"{product} generator {VERSION}"
    return SourceFile(
        name=name,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        size=0,
        reader="demo",
        reader_version=VERSION,
        time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        rows=rows,
    )
