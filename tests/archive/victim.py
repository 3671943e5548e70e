"""A writer that commits one part after the other until it is killed."""

import sys
from pathlib import Path

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import grid, soundings, source

PER_PART = 400


def write_part(root: Path, kind: str, number: int) -> None:
    """Commit part `number`."""
    file = source(f"{number}.nc")
    if kind == "grid":
        write_cube(root, "p", grid([number], rows=40, columns=80), [file])
    else:
        part = soundings(PER_PART, seed=number, first=number * PER_PART, levels=4)
        write_soundings(root, "p", part, [file])


def main() -> None:
    """Commit parts 0, 1, ... and tell each on standard output; arguments: folder, kind."""
    root, kind = Path(sys.argv[1]), sys.argv[2]
    for number in range(1000):
        write_part(root, kind, number)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
