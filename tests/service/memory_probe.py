"""Run in a process of its own: tell how far the memory rises above its level at rest.

Arguments: folder of the configuration, then requests. Prints MiB for each, one a line.
"""

import gc
import sys
from pathlib import Path

from casa_ogc.web.app import create_app


def memory(field: str) -> float:
    """Return a field of the status of this process [MiB]."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(field)


def main(config: str, *paths: str) -> None:
    """Ask each request small first, so that libraries are loaded, then as it is."""
    client = create_app(Path(config)).test_client()
    for path in paths:
        start, _, query = path.partition("?")
        form = next(part for part in query.split("&") if part.startswith("f="))
        projected = "&crs=EPSG:3413&width=9" if "crs=" in query else "&scale-factor=2"
        for further in ("", projected if "f=NetCDF" in form else ""):
            client.get(f"{start}?{form}&bbox=20,60,26,66&datetime=2022-01-01{further}")
    for path in paths:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")
        rest = memory("VmRSS")
        response = client.get(path)
        size = sum(map(len, response.iter_encoded()))
        status = response.status_code
        del response
        sys.stdout.write(f"{status} {memory('VmHWM') - rest:.1f} {size / 2**20:.1f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
