"""From spectra to fluorescence: trained by footprint, fitted by frames, corrected, written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Context
from casa_processes.common.errors import InvalidInputsError, InvalidValueError, UnknownNameError
from casa_processes.common.netcdf_blocks import soundings_file
from casa_processes.sif_retrieval import BUILTIN, SYNTHETIC, Inputs, Outputs
from casa_processes.sif_retrieval import Source as SourceModel
from casa_processes.sif_retrieval.checks import examine
from casa_processes.sif_retrieval.columns import (
    columns_of,
    main_column,
    result_of,
    simulated_columns,
)
from casa_processes.sif_retrieval.model import WindowResult, ZeroLevel, zero_level
from casa_processes.sif_retrieval.output import (
    Gridded,
    attributes,
    exhausted,
    joined,
    put_rows,
    typed,
)
from casa_processes.sif_retrieval.parts import (
    EVERY,
    fit_parts,
    fit_work,
    inputs_text,
    options_of,
    training_parts,
    training_work,
)
from casa_processes.sif_retrieval.pictures import Seen, drawn
from casa_processes.sif_retrieval.simulated import Simulation
from casa_processes.sif_retrieval.sources import Origin, opened
from casa_processes.sif_retrieval.stored import Trainings, keep, restored
from casa_processes.sif_retrieval.summary import SAMPLE, Account, trained_of
from casa_processes.sif_retrieval.sunshine import sunlight_of
from casa_processes.sif_retrieval.windows import Fitted, fitted_windows
from casa_processes.spectra.block import Blocks

type Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Run:
    """What is known once all soundings are fitted.

    Attributes
    ----------
    blocks, windows
        Spectra and what is fitted.
    trained, levels
        By the name of the window.
    fits
        What parts gave, in the order of the frames.
    frames
        Of each of them.
    """

    blocks: Blocks
    windows: tuple[Fitted, ...]
    trained: Trainings
    levels: Mapping[str, ZeroLevel | None]
    fits: Sequence[Arrays]
    frames: Sequence[tuple[int, int]]

    @property
    def count(self) -> int:
        """Number of soundings that are written."""
        return sum(int(each["kept"].sum()) for each in self.fits)

    @property
    def ends(self) -> NDArray[np.int64]:
        """First and last time of each part that has any of them, in ns since 1970."""
        return joined(self.fits, "ends").reshape(-1, 2)


def retrieved(inputs: Inputs, context: Context) -> Outputs:
    """Retrieve the fluorescence of the soundings of a file.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Holds the files that inputs name, does the parts, and has a folder for the results.

    Raises
    ------
    InvalidInputsError
        When spectra do not cover a window, too few of them are without vegetation, or no sounding
        meets the selection.
    FileContentError
        When a file as a whole cannot be used. A single sounding raises nothing: it has an outcome.
    StoppedError
        When the run was stopped.
    """
    examine(inputs, context.references)
    origin = _origin(inputs, context)
    try:
        blocks = opened(origin)
    except (UnknownNameError, InvalidValueError) as error:
        place = "/polarisation" if inputs.polarisation != "mean" else "/instrument"
        raise InvalidInputsError([(place, str(error))]) from None
    run = _fitted(inputs, context, origin, blocks)
    if not run.count:
        total = blocks.frames * blocks.across
        raise InvalidInputsError([("", f"none of the {total} soundings meets bbox and datetime")])
    return _written(inputs, context, run)


def _fitted(inputs: Inputs, context: Context, origin: Origin, blocks: Blocks) -> Run:
    """Train and fit on all workers, and find the zero level."""
    windows, _ = fitted_windows(blocks, inputs.windows)
    shared: dict[str, Any] = {"inputs": inputs_text(inputs), "source": origin}
    context.progress(0.0, "training")
    footprints = len(blocks.wavelength(windows[0].band))
    trained, training = _trainings(inputs, context, shared, blocks, windows)
    parts = fit_parts(blocks, {**shared, "training": training}, windows)
    fits = list(context.map(fit_work, parts))
    levels = {each.window.name: _level(inputs, fits, each, footprints) for each in windows}
    return Run(blocks, windows, trained, levels, fits, [each["frames"] for each in parts])


def _trainings(
    inputs: Inputs,
    context: Context,
    shared: Mapping[str, Any],
    blocks: Blocks,
    windows: Sequence[Fitted],
) -> tuple[Trainings, tuple[str, int]]:
    """Train all footprints; return what came out, and the file that parts read it from.

    The physical fit needs none.
    """
    footprints = len(blocks.wavelength(windows[0].band))
    if inputs.method == "physical":
        for each in windows:
            sunlight_of(blocks, each.band, shared["source"].solar)
        return {}, ("", footprints)
    arrays: dict[str, NDArray[Any]] = {}
    for done in context.map(training_work, training_parts(blocks, shared)):
        arrays |= done
    trained = restored(arrays, footprints)
    if not trained:
        least = options_of(inputs).spectra * min(each.window.vectors for each in windows)
        reason = (
            f"no footprint has {least} spectra without vegetation: land cover "
            f"{inputs.training.classes}, no cloud, Sun and radiance within the limits"
        )
        raise InvalidInputsError([("/training", reason)])
    return trained, (keep(context.cache, arrays), footprints)


def _level(
    inputs: Inputs, fits: Sequence[Arrays], each: Fitted, footprints: int
) -> ZeroLevel | None:
    """Find the zero level of a window from the soundings without vegetation; None of too few."""
    if not inputs.zero_level:
        return None
    name = each.window.name
    bare = [part[f"{name}|bare"] for part in fits]
    some = {
        key: np.concatenate([part[key][rows] for part, rows in zip(fits, bare, strict=True)])
        for key in (f"{name}|{what}" for what in _RESULTS)
    }
    footprint = np.concatenate(
        [part["footprint"][rows] for part, rows in zip(fits, bare, strict=True)]
    )
    found: WindowResult = result_of(some, name)
    every = np.ones(footprint.size, np.bool_)
    try:
        return zero_level(found, footprint, every, footprints, options_of(inputs))
    except InvalidValueError:
        return None


_RESULTS = ("sif", "sigma", "continuum", "misfit", "outcome")


def _written(inputs: Inputs, context: Context, run: Run) -> Outputs:
    """Write soundings, means and pictures, and sum up."""
    simulated = run.blocks.synthetic
    known = run.blocks.spectrometer
    about = attributes(
        simulated=simulated, mission=known.platform, instrument=known.title, method=inputs.method
    ) | {f"input_{name}": f"{f.name} sha256:{f.sha256}" for name, f in context.files.items()}
    if inputs.solar == BUILTIN:
        about["science_quality"] = "no"
    about["main_variables"] = main_column(run.windows)
    account = Account(max(run.count // SAMPLE, 1))
    path, means = context.folder / "soundings.nc", None
    gridded = Gridded(inputs.grid, run.ends, main_column(run.windows)) if inputs.grid else None
    pieces = _pieces(path, run, gridded, about, account)
    if gridded is None:
        exhausted(pieces)
    else:
        means = gridded.write(context.folder / "means.nc", pieces, about)
    seen = Seen(run.blocks, run.windows, run.trained, run.levels, account.sampled())
    return Outputs(
        written=account.written,
        left_out=run.blocks.frames * run.blocks.across - account.written,
        outcomes=account.outcomes,
        classes=account.classes,
        trained=trained_of(run.windows, run.trained, run.levels),
        statistics={
            name: sums.statistics(simulated=isinstance(run.blocks, Simulation))
            for name, sums in account.sums.items()
        },
        source=SourceModel(
            spectra=inputs.l1b,
            instrument=known.id,
            simulated=simulated,
            files={name: file.sha256 for name, file in context.files.items()},
            unread=sorted({str(each) for part in run.fits for each in part["unread"]}),
        ),
        soundings=path,
        means=means,
        **(drawn(context.folder, seen, simulated=simulated) if inputs.plots else {}),
    )


def _pieces(
    path: Path,
    run: Run,
    gridded: Gridded | None,
    about: Mapping[str, str],
    account: Account,
) -> Iterator[dict[str, NDArray[Any]]]:
    """Write all soundings, block by block; yield what each gives to the grid."""
    with ExitStack() as stack:
        file: h5netcdf.File | None = None
        for fits, frames in zip(run.fits, run.frames, strict=True):
            if not fits["kept"].any():
                continue
            columns, bare, true = _block(run, fits, slice(*frames))
            cells = frames[0] * run.blocks.across + np.flatnonzero(fits["kept"])
            beside = {"cell": cells, "row": fits["footprint"][fits["kept"]]}
            stored = typed(columns)
            if file is None:
                made = soundings_file(path, run.count, stored, about)
                file = stack.enter_context(made)
            put_rows(file, stored, account.written)
            account.add(columns, bare, true, beside)
            if gridded is not None:
                yield gridded.sums(stored)


def _block(
    run: Run, fits: Arrays, frames: slice
) -> tuple[Columns, NDArray[np.bool_], dict[str, NDArray[np.float64]]]:
    """Return the columns of the soundings of some frames that are written."""
    rows = fits["kept"]
    places = run.blocks.places(frames, EVERY).taken(rows)
    here = {name: values[rows] for name, values in fits.items() if values.shape[:1] == rows.shape}
    columns = columns_of(places, here, run.windows, run.levels)
    bare = here[f"{run.windows[0].window.name}|bare"]
    true = {}
    if isinstance(run.blocks, Simulation):
        true = run.blocks.true_columns(run.windows, frames)
    seen = {name: values[rows] for name, values in true.items()}
    return columns | simulated_columns(seen), bare, seen


def _origin(inputs: Inputs, context: Context) -> Origin:
    if inputs.l1b == SYNTHETIC:
        return Origin(simulated=inputs.simulated, seed=inputs.seed)
    files = context.files
    return Origin(
        spectra=files["l1b"].path,
        surface=files["surface"].path if "surface" in files else "",
        sha256=tuple(each.sha256 for _, each in sorted(files.items())),
        instrument=inputs.instrument or "",
        polarisation=inputs.polarisation,
        solar=tuple(file.path for name, file in files.items() if name.partition("/")[0] == "solar")
        or ((BUILTIN,) if inputs.solar else ()),
    )
