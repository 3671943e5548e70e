"""What a collection must hold for its columns to be smoothed."""

from casa_processes.common.holding import Held, held
from casa_processes.smoothed_column import Inputs

__all__ = ["PRESSURE", "QUALITY", "RETRIEVED", "Held", "held", "needed"]

RETRIEVED = {
    "weight": "pressure_weight",
    "sensitivity": "xco2_averaging_kernel",
    "prior": "co2_profile_apriori",
}
"""Variables that every retrieval has to be stored with."""
PRESSURE, QUALITY = "pressure_levels", "quality_flag"


def needed(inputs: Inputs) -> tuple[str, ...]:
    """Return the variables that a run of stored soundings reads and cannot do without."""
    pressure = () if inputs.profile_pressure is None else (PRESSURE,)
    return (*RETRIEVED.values(), *pressure, *((QUALITY,) if inputs.good_only else ()))
