"""Builds the demonstration archive through the same door as genuine files."""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import xarray as xr
from filelock import FileLock

from casa_ogc.archive.commits import LOCKS
from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.heads import Head, read_head
from casa_ogc.archive.manifests import Manifest, SourceFile, last_manifest
from casa_ogc.archive.removal import remove_product
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.demo.crew import worked
from casa_ogc.demo.products import RECIPES
from casa_ogc.demo.standing import BUILDING, FORMER, READER
from casa_ogc.demo.truth import DAYS, opened, run
from casa_processes.common.errors import InvalidValueError

type Report = Callable[[str, float], None]

VERSION = "3"
"""Changes whenever the products do; one that was made by it is left alone."""
_REMEMBERED = "days"
"""File in the folder of what is being built that tells how many are made."""
_DAYS_OF = re.compile(r", (\d+) days$")
"""What tells them in the name that stands for a source file."""
WORLD = "world"
"""Name of the nature run among what is made."""
SECONDS: Mapping[str, float] = {WORLD: 27.0} | {name: r.seconds for name, r in RECIPES.items()}
"""What each part takes, about, beside the others."""


def build_demo(
    root: Path, days: int | None = None, workers: int = 0, report: Report = lambda *_: None
) -> dict[str, Head]:
    """Write all demonstration products into the archive `root`; building again changes nothing.

    What was interrupted goes on with the first product that is not there. Products of the same ids
    that are not of the demonstration are left alone; those of its earlier versions are replaced.

    Parameters
    ----------
    root
        Folder of the archive.
    days
        Days of the nature run from the first of January on: fewer than all make an archive
        whose days are those of the whole one. What needs no nature run has the whole year always.
        Without a number as many as the archive has or was interrupted with, otherwise the year.
    workers
        Processes; with 0, all is made in this one. The products are the same.
    report
        Is called with a key of `SECONDS` and how much of it is done, from 0 to 1.

    Returns
    -------
    dict
        Heads by product.

    Raises
    ------
    BuildError
        When parts fail; all that do not need these are made first.
    InvalidValueError
        When the archive has more days than are asked for.
    """
    (root / LOCKS).mkdir(parents=True, exist_ok=True)
    with FileLock(root / LOCKS / "demo.lock"):
        days = _agreed(root, days)
        missing = [name for name in RECIPES if not _settled(root, name, days)]
        done = set(SECONDS) - set(missing)
        if any(RECIPES[name].needs == "world" for name in missing):
            done.remove(WORLD)
        for name in done:
            report(name, 1.0)
        _clear(root)
        if missing:
            _build(root, days, missing, workers, report)
        shutil.rmtree(root / BUILDING, ignore_errors=True)
    heads = {name: read_head(root, name) for name in RECIPES}
    return {name: head for name, head in heads.items() if head is not None}


def _build(root: Path, days: int, missing: list[str], workers: int, report: Report) -> None:
    (root / BUILDING).mkdir(exist_ok=True)
    (root / BUILDING / _REMEMBERED).write_text(f"{days}\n")
    measured = [name for name in missing if RECIPES[name].needs == "world"]
    free = [name for name in missing if name not in measured]
    before = [WORLD, *free] if measured else free
    worked(partial(_make, root, days), before, measured, workers, report)


def _make(root: Path, days: int, name: str, report: Report) -> None:
    """Make one part and commit it."""
    path = root / BUILDING / f"{VERSION}-{days}.npy"
    tell = partial(report, name)
    if name == WORLD:
        run(path, days, tell)
        return
    recipe = RECIPES[name]
    match recipe.needs:
        case "world":
            dataset = recipe.make(opened(path), tell)
        case "days":
            dataset = recipe.make(days, tell)
        case "year":
            dataset = recipe.make(tell)
    if _settled(root, name, days):  # it has become somebody else's meanwhile
        return
    remove_product(root, name)  # what an earlier version has made
    _write(root, name, days, dataset)


def _write(root: Path, name: str, days: int, dataset: xr.Dataset) -> None:
    rows = "sounding" in dataset.dims
    write = write_soundings if rows else write_cube
    write(
        root, name, dataset, (_source(name, days, dataset.sizes["sounding" if rows else "time"]),)
    )


def _settled(root: Path, name: str, days: int) -> bool:
    """Tell whether a product needs nothing: it was made, or it is somebody else's."""
    manifest = last_manifest(root, name)
    if manifest is None:
        return False
    return not _ours(manifest) or any(
        file.sha256 == _checksum(name, days) for file in manifest.files
    )


def _ours(manifest: Manifest) -> bool:
    """Tell whether the demonstration made all of a product, and it is of something at all."""
    return bool(manifest.files) and all(file.reader == READER for file in manifest.files)


def _agreed(root: Path, days: int | None) -> int:
    """Return how many days are made.

    Raises
    ------
    InvalidValueError
        When the archive has more than are asked for.
    """
    held = _held(root)
    if days is None:
        remembered = root / BUILDING / _REMEMBERED
        text = remembered.read_text().strip() if remembered.is_file() else ""
        return max(int(text), held) if text.isdecimal() else held or DAYS
    if days < held:
        raise InvalidValueError("days", days, f"{held} or more, as the archive has")
    return days


def _held(root: Path) -> int:
    """Return the most days that a product of the demonstration has, of any version; 0 for none."""
    manifests = [last_manifest(root, name) for name in RECIPES]
    names = [file.name for each in manifests if each and _ours(each) for file in each.files]
    found = [_DAYS_OF.search(name) for name in names]
    return max((int(each[1]) for each in found if each), default=0)


def _clear(root: Path) -> None:
    """Remove what earlier versions made under other names."""
    for name in FORMER:
        manifest = last_manifest(root, name)
        if manifest and _ours(manifest):
            remove_product(root, name)


def _generator(name: str, days: int) -> str:
    span = "" if RECIPES[name].needs == "year" else f", {days} days"
    return f"{name} generator {VERSION}{span}"


def _checksum(name: str, days: int) -> str:
    return hashlib.sha256(_generator(name, days).encode()).hexdigest()


def _source(name: str, days: int, rows: int) -> SourceFile:
    """Stand in for a source file: the checksum is that of the generator's name and version."""
    return SourceFile(
        name=_generator(name, days),
        sha256=_checksum(name, days),
        size=0,
        reader=READER,
        reader_version=VERSION,
        time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        rows=rows,
    )
