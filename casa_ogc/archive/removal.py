"""Removal of a product with all its data, for ever."""

import shutil
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
    folder, grave = root / product, root / REMOVED
    if not folder.is_dir() and not grave.is_dir():
        return False
    (root / LOCKS).mkdir(parents=True, exist_ok=True)
    with FileLock(root / LOCKS / f"{product}.lock"):
        known = folder.is_dir()
        if known:
            grave.mkdir(exist_ok=True)
            folder.rename(grave / f"{product}.{token_hex(4)}")
            sync_folder(root)
    shutil.rmtree(grave, ignore_errors=True)
    return known
