"""What a collection of soundings holds, as its head tells: no data are read."""

import json
from dataclasses import dataclass
from pathlib import Path

from casa_processes.common.references import InputRef
from casa_processes.smoothed_column import Inputs

RETRIEVED = {
    "weight": "pressure_weight",
    "sensitivity": "xco2_averaging_kernel",
    "prior": "co2_profile_apriori",
}
"""Variables that every retrieval has to be stored with."""
PRESSURE, QUALITY = "pressure_levels", "quality_flag"


@dataclass(frozen=True)
class Held:
    """The newest snapshot of a collection.

    Attributes
    ----------
    soundings, levels
        How many there are; no levels where the collection stores no profiles.
    variables
        Names of what is stored.
    """

    soundings: int
    levels: int
    variables: frozenset[str]


def held(reference: InputRef) -> Held | None:
    """Return what a collection holds; None where its head tells nothing that can be used."""
    try:
        head = json.loads((Path(reference.href) / "head.json").read_bytes())["head"]
        sizes, variables = head["dimensions"], frozenset(head["variables"])
        return Held(int(sizes["sounding"]), int(sizes.get("level", 0)), variables)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def needed(inputs: Inputs) -> tuple[str, ...]:
    """Return the variables that a run of stored soundings reads and cannot do without."""
    pressure = () if inputs.profile_pressure is None else (PRESSURE,)
    return (*RETRIEVED.values(), *pressure, *((QUALITY,) if inputs.good_only else ()))
