"""A process that writes the same results again and again, while chance has its way."""

import gc
import hashlib
import os
import random
import sys
import threading
import time
from pathlib import Path

import numpy as np

from casa_processes.common import netcdf

COUNT = 40
TIMES = np.datetime64("2023-04-01T00:00:00") + np.arange(COUNT) * np.timedelta64(1, "h")
SOUNDINGS = {
    "sounding_id": np.array([f"s{number}" for number in range(COUNT)]),
    "time": TIMES,
    "latitude": np.linspace(-60.0, 60.0, COUNT),
    "longitude": np.linspace(-170.0, 170.0, COUNT),
    "xco2": np.linspace(400.0, 420.0, COUNT),
    "pressure_weight": np.linspace(0.0, 1.0, 20 * COUNT).reshape(COUNT, 20),
}
AXES = {"time": TIMES[:3], "latitude": np.array([10.0, 0.0]), "longitude": np.arange(4.0)}
FIELDS = {"xco2": np.arange(24.0).reshape(3, 2, 4)}


def written(folder: Path) -> tuple[Path, Path]:
    """Write soundings and a grid."""
    texts = {"title": "t", "mission": "m", "time_resolution": "P1D"}
    return (
        netcdf.write_soundings(folder / "soundings.nc", SOUNDINGS, texts),
        netcdf.write_grid(folder / "grid.nc", FIELDS, AXES, texts),
    )


def main(folder: Path, mode: str) -> None:
    """Print the checksums of a few files; ``beside`` others are written, or it goes ``slowly``."""
    over, put = threading.Event(), netcdf._put

    def beside() -> None:
        (folder / "beside").mkdir()
        while not over.is_set():
            written(folder / "beside")
            gc.collect()

    def slowly(*arguments) -> None:
        time.sleep(0.1)
        put(*arguments)

    sys.setswitchinterval(1e-5)
    junk = [os.urandom(random.randrange(9, 5000)) for _ in range(random.randrange(3000))]
    other = threading.Thread(target=beside) if mode == "beside" else None
    if other:
        other.start()
    netcdf._put = slowly if mode == "slowly" else put
    for _ in range(5 if mode == "beside" else 2):
        for path in written(folder):
            sys.stdout.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    over.set()
    if other:
        other.join()
    del junk


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
