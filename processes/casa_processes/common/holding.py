"""What a collection of soundings holds, as its head tells: no data are read."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casa_processes.common.references import InputRef

_DAY = 86_400.0


@dataclass(frozen=True)
class Held:
    """The newest snapshot of a collection.

    Attributes
    ----------
    soundings, levels
        How many there are; no levels where the collection stores no profiles.
    variables
        Names of what is stored.
    days
        From the first to the last sounding, one at least; None where the head does not tell.
    """

    soundings: int
    levels: int
    variables: frozenset[str]
    days: float | None


def held(reference: InputRef) -> Held | None:
    """Return what a collection holds; None where its head tells nothing that can be used."""
    try:
        head = json.loads((Path(reference.href) / "head.json").read_bytes())["head"]
        sizes, variables = head["dimensions"], frozenset(head["variables"])
        count, levels = int(sizes["sounding"]), int(sizes.get("level", 0))
        return Held(count, levels, variables, _days(head.get("time")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _days(ends: list[str] | None) -> float | None:
    try:
        first, last = (datetime.fromisoformat(each).timestamp() for each in ends or ())
    except (ValueError, TypeError):
        return None
    return max(last - first, 0.0) / _DAY + 1.0
