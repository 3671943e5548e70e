"""Where things are kept that can always be made again."""

import os
from pathlib import Path

CACHE = "CASA_CACHE"
"""Environment variable that names the folder."""


def cache_folder() -> Path:
    """Return the user's folder for what can be made again, such as tables of cross-sections.

    ``CASA_CACHE`` names it; else it is ``casa-ogc`` in the cache of the user as the XDG base
    directory specification says. It may not exist yet.
    """
    named = os.environ.get(CACHE)
    if named:
        return Path(named).absolute()
    shared = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(shared) if Path(shared).is_absolute() else Path.home() / ".cache"
    return base / "casa-ogc"
