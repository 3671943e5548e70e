"""Removal of a product with all its data, for ever."""

import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from filelock import FileLock

from casa_ogc.archive.commits import LOCKS
from casa_ogc.archive.durable import sync_folder

REMOVED = ".removed"


def remove_product(root: Path, product: str) -> bool:
    """Delete a product's folder; returns whether there was one.

    The folder is moved away in one step, so that nobody meets half of it; what is being read stays
    readable until it is closed. What a removal that was killed has left goes as well.

    Parameters
    ----------
    root
        Folder of the archive.
    product
        Its identifier.
    """
    folder, graves = root / product, root / REMOVED
    if not folder.is_dir() and not graves.is_dir():
        return False
    (root / LOCKS).mkdir(parents=True, exist_ok=True)
    with FileLock(root / LOCKS / f"{product}.lock"):
        known = folder.is_dir()
        if known:
            _bury(folder, graves)
            sync_folder(root)
    for grave in graves.glob("*"):
        shutil.rmtree(grave, ignore_errors=True)
    with suppress(OSError):  # another removal has something in it, or has taken it away
        graves.rmdir()
    return known


def _bury(folder: Path, graves: Path) -> None:
    """Move a folder to a grave of its own; another removal may take the empty graves away."""
    while True:
        graves.mkdir(exist_ok=True)
        try:
            folder.rename(graves / f"{folder.name}.{token_hex(4)}")
        except FileNotFoundError:
            if not folder.is_dir():
                raise
        else:
            return
