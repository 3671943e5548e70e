"""One part of a run: some soundings of one footprint after the other, each for itself."""

import hashlib
import json
import logging
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check
from casa_processes.common.errors import CasaError
from casa_processes.xco2.model import Options, Physics, retrieve
from casa_processes.xco2.result import Outcome, Retrieval
from casa_processes.xco2_retrieval import Inputs
from casa_processes.xco2_retrieval.physics import chosen, fitting, loaded
from casa_processes.xco2_retrieval.quality import Bit
from casa_processes.xco2_retrieval.rows import Row, described, names, nothing, retrieved, stacked
from casa_processes.xco2_retrieval.screening import screened
from casa_processes.xco2_retrieval.sources import Source, opened

LEAST, MOST, PARTS = 8, 256, 64
"""Fewest and most soundings of a part, and how many parts there are between these limits."""

BAND = "fit_"
"""What names of spectra begin with."""
_log = logging.getLogger(__name__)


def parts(order: NDArray[np.intp], shared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Cut soundings into parts; how, depends on their number alone.

    Parameters
    ----------
    order
        Rows of the granule, those of a footprint together: they share the response of channels.
    shared
        What all parts carry.
    """
    size = min(max(-(-order.size // PARTS), LEAST), MOST)
    cuts = range(0, order.size, size)
    return [{**shared, "rows": tuple(order[cut : cut + size].tolist())} for cut in cuts]


def work(part: Mapping[str, Any], check: Check) -> Arrays:
    """Retrieve the soundings of a part; none that fails stops the others.

    Returns
    -------
    dict
        Columns by name of the vocabulary, with ``message`` and ``number``, the row of the granule;
        shape (sounding, ...). When residuals
        are asked for, also measured and fitted spectra, padded with NaN to the longest of a band.
    """
    inputs = Inputs.model_validate_json(part["inputs"])
    ready = loaded(part["setup"])
    source = opened(part["source"])
    options = chosen(inputs.options)
    rows: list[Row] = []
    fits: list[Retrieval | None] = []
    for number in part["rows"]:
        check()
        row, found = done(source, number, ready.physics, options, inputs)
        rows.append(row)
        fits.append(found)
    named = names(simulated=source.simulated, screened=inputs.screening != "off")
    spectra = dict(_spectra(fits, options.bands)) if inputs.residuals else {}
    return {**stacked(rows, named), "number": np.array(part["rows"]), **spectra}


def done(
    source: Source, number: int, physics: Physics, options: Options, inputs: Inputs
) -> tuple[Row, Retrieval | None]:
    """Return the row of a sounding, and its retrieval if it came to one."""
    place = dict(source.place(number))
    row = place
    try:
        found = source.scene(number, physics)
        row = described(found.sounding) | {"xco2_true": found.true} | place
        before = screened(
            found.sounding, found.weather, physics, options, inputs.limits, inputs.screening
        )
        row |= {"retrieval_tests": before.bits, **before.values}
        if before.outcome is not None:
            return row | nothing(before.outcome, before.message), None
        fitted = fitting(options, found.sounding, inputs.options.eofs)
        result = retrieve(found.sounding, found.weather, physics, fitted, found.profile)
        beyond = Bit.OUTSIDE_TABLES if result.outside_tables else 0
        return row | retrieved(result) | {"retrieval_tests": before.bits | beyond}, result
    except CasaError as error:
        return row | nothing(Outcome.BAD_INPUT, str(error)), None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # one sounding never ends the others
        return row | _fault(error, row), None


def _fault(error: Exception, row: Row) -> dict[str, Any]:
    """Tell of an error that nobody foresaw: its type and a short name; all of it is in the log.

    Texts of such errors may name files of the machine, which are none of a user's business.
    """
    text = "".join(traceback.format_exception(error))
    short = hashlib.sha256(text.encode()).hexdigest()[:8]
    _log.error("sounding %s, fault %s\n%s", row["sounding_id"], short, text)
    told = nothing(Outcome.FAILED, f"fault {short}: {type(error).__name__}")
    return told | {"retrieval_tests": int(row.get("retrieval_tests", 0) | Bit.FAILED)}


def _spectra(
    fits: Sequence[Retrieval | None], bands: Sequence[str]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield spectra of each band, shape (sounding, channel)."""
    for band in bands:
        here = [each.bands.get(band) if each else None for each in fits]
        longest = max((fit.wavelength.size for fit in here if fit), default=0)
        for what in ("wavelength", "measured", "fitted", "uncertainty"):
            whole = np.full((len(fits), longest), np.nan)
            for row, fit in enumerate(here):
                if fit:
                    whole[row, : fit.wavelength.size] = getattr(fit, what)
            yield f"{BAND}{band}_{what}", whole


def joined(done: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
    """Put parts together; spectra of different length are padded with NaN."""
    return {name: _stacked([each[name] for each in done]) for name in done[0]}


def _stacked(pieces: Sequence[NDArray[Any]]) -> NDArray[Any]:
    sizes = {piece.shape[1] for piece in pieces if piece.ndim == 2}
    if len(sizes) <= 1:
        return np.concatenate(pieces)
    most = max(sizes)
    wide = [
        np.pad(each, ((0, 0), (0, most - each.shape[1])), constant_values=np.nan) for each in pieces
    ]
    return np.concatenate(wide)


def inputs_text(inputs: Inputs) -> str:
    """Write inputs for parts: equal ones have equal text."""
    return json.dumps(inputs.model_dump(mode="json"), sort_keys=True)
