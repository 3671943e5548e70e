"""Which tables of cross-sections a folder holds."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from casa_processes.common.errors import IntegrityError
from casa_processes.spectroscopy.tables import ABOUT, open_table


@dataclass(frozen=True)
class Holding:
    """One stored table.

    Attributes
    ----------
    name
        Of its folder.
    source, wavenumbers, states
        What it is made of, its first and last wavenumber [cm-1], its pressures and temperatures.
    size
        [byte]
    stored
        When it was written, UTC.
    damage
        What is wrong with it; empty when nothing is.
    """

    name: str
    source: str
    wavenumbers: str
    states: str
    size: int
    stored: str
    damage: str


def holdings(folder: Path) -> tuple[Holding, ...]:
    """Return the tables of a folder by their names; each is compared with its checksum."""
    places = sorted(path.parent for path in folder.glob(f"*/{ABOUT}"))
    return tuple(_holding(place) for place in places)


def _holding(place: Path) -> Holding:
    size = sum(path.stat().st_size for path in place.iterdir())
    moment = datetime.fromtimestamp((place / ABOUT).stat().st_mtime, UTC)
    stored = moment.isoformat(timespec="seconds")
    try:
        found = open_table(place)
    except IntegrityError as error:
        return Holding(place.name, _source(place), "", "", size, stored, error.found)
    wavenumbers = f"{found.grid.first:g} to {found.grid.last:g}"
    at = found.states
    states = f"{len(at.pressure)} pressures, {len(at.temperature)} temperatures"
    return Holding(place.name, _source(place), wavenumbers, states, size, stored, "")


def _source(place: Path) -> str:
    """Tell what a table is made of, also when it is damaged."""
    try:
        about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
        suffix = ", change with water" if "change_with_water" in about else ""
        return f"{about['source']}{suffix}"
    except (OSError, ValueError, KeyError):
        return "unknown"
