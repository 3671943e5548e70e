"""From inputs to a file of soundings: the world runs day by day and is measured."""

import numpy as np

from casa_processes.common.context import Context
from casa_processes.simulate_observations import Inputs, Outputs
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.nature import simulated
from casa_processes.simulation.sampling import instrument
from casa_processes.simulation.sounding_file import write
from casa_processes.simulation.soundings import Soundings, observed
from casa_processes.simulation.start import start
from casa_processes.simulation.world import Resolution, world

_DAY = np.timedelta64(1, "D")


def simulate_observations(inputs: Inputs, context: Context) -> Outputs:
    """Run the synthetic world and measure it.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Is told the progress day by day, and has a folder for the results.

    Raises
    ------
    StoppedError
        When the run was stopped; it ends within a day of the world.
    """
    context.progress(0.0, "tables of the synthetic world")
    one, found = instrument(inputs.mission), _measured(inputs, context)
    error = np.concatenate([each.xco2 - each.expected for each in found])
    path = context.folder / f"synthetic-{one.name}-soundings.nc"
    return Outputs(
        days=len(found),
        count=error.size,
        good=sum(int(each.good.sum()) for each in found),
        mean_error=float(error.mean()),
        spread=float(error.std()),
        soundings=write(path, one, found, inputs.seed),
    )


def _measured(inputs: Inputs, context: Context) -> list[Soundings]:
    """Return the soundings of each day that was asked for."""
    here, one = world(Resolution(*GRIDS[inputs.grid]), inputs.seed), instrument(inputs.mission)
    first, last = np.datetime64(inputs.start, "D"), np.datetime64(inputs.end, "D")
    begin = start(here, int(inputs.start[:4]))
    every, found = (last + _DAY - begin.date) / _DAY, []
    for day in simulated(here, begin, last + _DAY, diurnal=inputs.diurnal):
        if day.date >= first:
            found.append(observed(one, here, day, inputs.seed))
        context.progress(float((day.date + _DAY - begin.date) / _DAY / every), f"{day.date}")
    return found
