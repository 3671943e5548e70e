"""Parts of a run: training of some footprints, and fits of some frames."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.intervals import interval
from casa_processes.sif_retrieval import Inputs
from casa_processes.sif_retrieval.model import (
    Block,
    Options,
    Scenes,
    fit,
    physical,
    reference,
    train,
)
from casa_processes.sif_retrieval.sources import opened, scenes_of
from casa_processes.sif_retrieval.stored import Trainings, flat, kept
from casa_processes.sif_retrieval.sunshine import motion_of, sunlight_of
from casa_processes.sif_retrieval.windows import Fitted, fitted_windows
from casa_processes.spectra.block import Blocks, readable_rows
from casa_processes.spectra.layouts.rows import Places, Rows

PIECE = 1 << 16
"""Soundings that are read at a time."""
VALUES = 1 << 24
"""Numbers that are read at a time, where windows are wide."""
TOGETHER = 8
"""Footprints that are trained by one part."""

type Part = Mapping[str, Any]
type Mask = NDArray[np.bool_]

EVERY = slice(None)


def inputs_text(inputs: Inputs) -> str:
    """Write inputs for parts: equal ones have equal text."""
    return json.dumps(inputs.model_dump(mode="json"), sort_keys=True)


def options_of(inputs: Inputs) -> Options:
    """Return the choices of the model."""
    asked = inputs.training
    return Options(
        classes=tuple(asked.classes),
        solar_zenith=asked.solar_zenith,
        radiance=(asked.radiance[0], asked.radiance[1]),
        rejection=asked.rejection,
    )


def widest(windows: Sequence[Fitted]) -> int:
    """Return the most channels that are read of a sounding at a time."""
    return max((each.last - each.first for each in windows), default=1)


def pieces(blocks: Blocks, across: int, channels: int = 1) -> Iterator[slice]:
    """Cut the frames into pieces of about so many soundings; how, depends on file and windows."""
    step = max(min(PIECE, VALUES // max(channels, 1)) // max(across, 1), 1)
    # Whole chunks of files that are cut into 64 frames.
    step = step // 64 * 64 or step
    for start in range(0, blocks.frames, step):
        yield slice(start, min(start + step, blocks.frames))


def training_parts(blocks: Blocks, shared: Part) -> list[dict[str, Any]]:
    """Describe the parts that train some footprints each."""
    starts = range(0, blocks.across, TOGETHER)
    return [{**shared, "across": (at, min(at + TOGETHER, blocks.across))} for at in starts]


def training_work(part: Part, check: Check) -> Arrays:
    """Train some footprints in all windows.

    Returns
    -------
    dict
        As `flat` returns them; nothing of footprints with too few spectra.
    """
    inputs = Inputs.model_validate_json(part["inputs"])
    blocks, across = opened(part["source"]), slice(*part["across"])
    options, windows = options_of(inputs), fitted_windows(blocks, inputs.windows)[0]
    found: dict[str, NDArray[Any]] = {}
    picked = _candidates(
        blocks, across, options, inputs.training.most, check, channels=widest(windows)
    )
    for each in windows:
        gathered = _gathered(blocks, across, each, picked, check)
        if gathered is None:
            continue
        try:
            found |= flat(each.window.name, train(*gathered, each.window, options))
        except InvalidValueError:
            # None of these footprints has enough spectra; whether any has is seen in the end.
            continue
    return found


def _candidates(
    blocks: Blocks, across: slice, options: Options, most: int, check: Check, *, channels: int = 1
) -> list[tuple[slice, Mask]]:
    """Choose soundings to train with: pieces of frames, and which of their soundings.

    Of a footprint with more than are wanted, some at even distances are taken.
    """
    found = []
    for frames in pieces(blocks, across.stop - across.start, channels):
        check()
        places = blocks.places(frames, across)
        bare = np.isin(places.surface_class, options.classes) & (places.cloud != 1)
        bare &= places.there & (places.solar_zenith < options.solar_zenith)
        found.append((frames, bare, places.footprint))
    footprint = np.concatenate([each[2][each[1]] for each in found])
    kept = np.zeros(footprint.size, np.bool_)
    for number in np.unique(footprint):
        rows = np.flatnonzero(footprint == number)
        step = -(-rows.size // most)
        kept[rows[::step]] = True
    picked, start = [], 0
    for frames, bare, _ in found:
        stop = start + int(bare.sum())
        bare[bare] = kept[start:stop]
        picked.append((frames, bare))
        start = stop
    return picked


def _gathered(
    blocks: Blocks,
    across: slice,
    each: Fitted,
    picked: list[tuple[slice, Mask]],
    check: Check,
) -> tuple[Block, Scenes] | None:
    """Read the spectra of chosen soundings; None where there are none."""
    rows, places = [], []
    for frames, bare in picked:
        if bare.any():
            check()
            read, _ = readable_rows(blocks, each.band, each.channels, frames, across)
            rows.append(Rows(read.radiance[bare], read.noise[bare], read.footprint[bare]))
            places.append((blocks.places(frames, across), bare))
    if not rows:
        return None
    whole = Rows(
        np.concatenate([one.radiance for one in rows]),
        np.concatenate([one.noise for one in rows]),
        np.concatenate([one.footprint for one in rows]),
    )
    parts = [vars(scenes_of(where)) for where, _ in places]
    scenes = {
        name: np.concatenate(
            [one[name][bare] for one, (_, bare) in zip(parts, places, strict=True)]
        )
        for name in parts[0]
    }
    return block_of(blocks, each, whole), Scenes(**scenes)


def block_of(blocks: Blocks, each: Fitted, rows: Rows) -> Block:
    """Return spectra as the model takes them."""
    wavelength = blocks.wavelength(each.band)[:, each.channels]
    return Block(rows.radiance, rows.noise, wavelength, rows.footprint)


def fit_parts(blocks: Blocks, shared: Part, windows: Sequence[Fitted]) -> list[dict[str, Any]]:
    """Describe the parts that fit some frames each."""
    cut = pieces(blocks, blocks.across, widest(windows))
    return [{**shared, "frames": (each.start, each.stop)} for each in cut]


def fit_work(part: Part, check: Check) -> Arrays:
    """Fit all windows of some frames.

    Returns
    -------
    dict
        ``kept``, which soundings are written, and ``ends``, first and last time of them in
        nanoseconds since 1970, if any; of each window ``<name>|sif``, ``|sigma``,
        ``|continuum`` [W m-2 sr-1 um-1], ``|misfit`` [1], ``|outcome`` and ``|bare``, whether there
        is no vegetation; shape (sounding,), all of the frames. ``unread`` holds what is wrong with
        a damaged file.
    """
    inputs = Inputs.model_validate_json(part["inputs"])
    blocks, frames = opened(part["source"]), slice(*part["frames"])
    options = options_of(inputs)
    physically = inputs.method == "physical"
    trained: Trainings = {} if physically else kept(*part["training"])
    places = blocks.places(frames, EVERY)
    motion = motion_of(places, blocks.across) if physically else None
    scenes, unread = scenes_of(places), []
    kept_rows = selected(inputs, places)
    times = places.time[kept_rows].astype("datetime64[ns]").astype(np.int64)
    ends = [times.min(), times.max()] if times.size else []
    found: dict[str, NDArray[Any]] = {"kept": kept_rows, "ends": np.array(ends, np.int64)}
    found["footprint"] = places.footprint
    for each in fitted_windows(blocks, inputs.windows)[0]:
        check()
        rows, wrong = readable_rows(blocks, each.band, each.channels, frames)
        unread += [wrong] if wrong else []
        block = block_of(blocks, each, rows)
        name = each.window.name
        known = trained.get(name, (None,) * len(block.wavelength))
        # Damaged numbers may overflow; what they become is not fitted.
        with np.errstate(all="ignore"):
            if inputs.method == "physical":
                light = sunlight_of(blocks, each.band, part["source"].solar)
                result = physical(block, light, each.window, scenes, motion)
            else:
                result = fit(block, known, each.window, inputs.method)
        columns = {
            "sif": result.sif,
            "sigma": result.sif_uncertainty,
            "continuum": result.continuum,
            "misfit": result.chi_squared,
        }
        found |= {f"{name}|{key}": value.astype(np.float32) for key, value in columns.items()}
        found[f"{name}|outcome"] = result.outcome
        found[f"{name}|bare"] = reference(block, scenes, each.window, options)
    return {**found, "unread": np.array(unread, np.str_)}


def selected(inputs: Inputs, places: Places) -> Mask:
    """Tell which soundings are written: those with a time and a place that meet the selection."""
    meets = places.there.copy()
    if inputs.bbox is not None:
        west, south, east, north = inputs.bbox
        after, before = places.longitude >= west, places.longitude <= east
        meets &= after & before if west <= east else after | before
        meets &= (places.latitude >= south) & (places.latitude <= north)
    if inputs.datetime is not None:
        first, last = (np.datetime64(each, "ns") for each in interval(inputs.datetime))
        meets &= (places.time >= first) & (places.time <= last)
    return meets
