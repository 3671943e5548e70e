"""From inputs to files of soundings and spectra: the world runs day by day and is measured."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from casa_processes.common.context import Context
from casa_processes.simulate_observations import Inputs, Outputs
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.light_tables import load
from casa_processes.simulation.nature import simulated
from casa_processes.simulation.sampling import instrument
from casa_processes.simulation.sounding_file import write
from casa_processes.simulation.soundings import Soundings, observed
from casa_processes.simulation.spectra import Target
from casa_processes.simulation.spectra_files import all_seen, shares, targets, write_spectra
from casa_processes.simulation.start import start
from casa_processes.simulation.world import Resolution, world

_DAY = np.timedelta64(1, "D")
_WORLD_SHARE, _TABLES_SHARE = 0.5, 0.2
"""Parts of the progress that the world and the tables take where spectra are made, too."""


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
        When the run was stopped; it ends within a day of the world, or within a spectrum.
    """
    context.progress(0.0, "tables of the synthetic world")
    one = instrument(inputs.mission)
    found, asked = _measured(inputs, context)
    error = np.concatenate([each.xco2 - each.expected for each in found])
    path = context.folder / f"synthetic-{one.name}-soundings.nc"
    spectra = _spectra(inputs, context, asked)
    return Outputs(
        days=len(found),
        count=error.size,
        good=sum(int(each.good.sum()) for each in found),
        spectra_count=spectra[2] if spectra else 0,
        mean_error=float(error.mean()),
        spread=float(error.std()),
        soundings=write(path, one, found, inputs.seed),
        spectra=spectra[0] if spectra else None,
        meteorology=spectra[1] if spectra else None,
    )


def _measured(inputs: Inputs, context: Context) -> tuple[list[Soundings], list[Target]]:
    """Return the soundings of each day that was asked for, and those of which spectra are made."""
    here, one = world(Resolution(*GRIDS[inputs.grid]), inputs.seed), instrument(inputs.mission)
    first, last = np.datetime64(inputs.start, "D"), np.datetime64(inputs.end, "D")
    limits = shares(inputs.max_spectra if inputs.l1b else 0, int((last - first) / _DAY) + 1)
    begin = start(here, int(inputs.start[:4]))
    every = (last + _DAY - begin.date) / _DAY
    share = _WORLD_SHARE if inputs.l1b else 1.0
    found: list[Soundings] = []
    asked: list[Target] = []
    for day in simulated(here, begin, last + _DAY, diurnal=inputs.diurnal):
        if day.date >= first:
            limit, before = limits[len(found)], sum(limits[: len(found)])
            found.append(observed(one, here, day, inputs.seed))
            asked += targets(one, here, day, found[-1], limit, before)
        done = float((day.date + _DAY - begin.date) / _DAY / every)
        context.progress(share * done, f"{day.date}")
    return found, asked


def _spectra(
    inputs: Inputs, context: Context, asked: Sequence[Target]
) -> tuple[Path, Path, int] | None:
    """Write spectra and weather, where any were asked for and can be made; tells how many."""
    if not (inputs.l1b and asked):
        return None
    context.progress(_WORLD_SHARE, "tables of cross-sections")

    def loaded(part: float) -> None:
        context.progress(_WORLD_SHARE + _TABLES_SHARE * part, "tables of cross-sections")

    tables, before = load(context.cache / "cross_sections", loaded), _WORLD_SHARE + _TABLES_SHARE

    def tell(part: float) -> None:
        context.check()
        context.progress(before + (1.0 - before) * part, f"{part:.0%} of the spectra")

    kept, found = all_seen(asked, tables, inputs.mission, inputs.seed, tell)
    return (*write_spectra(context.folder, inputs.mission, kept, found), len(kept))
