"""A site for tests of filters: soundings, those of them that are good, and a grid."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import source
from tests.service.cubes import HABITS, cube
from tests.service.sites import product_file, serving, site_file
from tests.service.test_features import dataset

ROWS = dataset()
GOOD = ROWS["quality_flag"].values == 0


@contextmanager
def filtered_site(folder: Path) -> Iterator[str]:
    """Serve the soundings as ``obs``, the good ones alone as ``good``, and ``grid``."""
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    for name, rows in (("obs", ROWS), ("good", ROWS.isel(sounding=GOOD))):
        product_file(config, name, "soundings")
        write_soundings(archive, name, rows, [source(f"{name}.nc")])
    product_file(config, "grid", "grid")
    write_cube(archive, "grid", cube(HABITS[0]), ())
    with serving(config) as base:
        yield base
