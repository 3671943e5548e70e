"""The soundings of a run as a file that can be published, and what the run says of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.netcdf import write_soundings
from casa_processes.common.vocabulary import variable
from casa_processes.xco2_retrieval import MOST_LISTED, Message, Statistics
from casa_processes.xco2_retrieval.choices import Scattering

type Columns = Mapping[str, NDArray[Any]]

_FIRST = ("sounding_id", "time", "latitude", "longitude", "xco2", "xco2_uncertainty")
_ENDS = dict(variable("outcome_flag").flags)
"""Names of the ends of a retrieval, as the file has them."""
_REFERENCES = (
    "Rodgers (2000), Inverse Methods for Atmospheric Sounding; "
    "Connor et al. (2008), doi:10.1029/2006JD008336"
)

_SINGLE = (
    "Light that was scattered more than once was neglected: XCO2 of five genuine soundings was "
    "-6.7 to 0.5 ppm off NASA's retrievals in this way, -1.6 to 0.4 ppm with all orders."
)


def write(path: Path, columns: Columns, about: Mapping[str, str]) -> Path:
    """Write the soundings in the order of time and identifier; returns `path`.

    Parameters
    ----------
    path
        File to write.
    columns
        By name of the vocabulary, shape (sounding, ...); what is none is left out.
    about
        Global attributes.
    """
    order = np.lexsort((columns["sounding_id"], columns["time"]))
    names = [*_FIRST, *(name for name in columns if name not in (*_FIRST, "message", "number"))]
    kept = {name: columns[name][order] for name in names}
    return write_soundings(path, kept, about)


def attributes(
    *,
    simulated: bool,
    spectroscopy: str,
    scattering: Scattering,
    mission: str,
    instrument: str,
    correction: str,
) -> dict[str, str]:
    """Return the global attributes of a run: title and what must be known to judge it.

    Parameters
    ----------
    simulated
        Whether nothing was measured.
    spectroscopy
        Its quality: builtin, hitran or absco.
    scattering
        Orders of it that were computed.
    mission, instrument
        Of the spectra.
    correction
        Title of the bias correction; empty for none.
    """
    faults = ["with built-in spectroscopy"] if spectroscopy == "builtin" else []
    warning = warnings(simulated=simulated, scattering=scattering)
    faults += ["by single scattering alone"] if warning else []
    title = " ".join(["XCO2 retrieved from spectra", *faults])
    title += ", not for science" if faults else ""
    if simulated:
        title = f"{title} (synthetic: the spectra were simulated)"
    return {
        "title": title,
        "mission": "Synthetic" if simulated else mission,
        "instrument": instrument,
        "main_variables": "xco2 xco2_uncertainty quality_flag",
        "spectroscopy": spectroscopy,
        "scattering": scattering,
        "science_quality": "no" if simulated or faults else "not validated",
        "bias_correction": correction or "none",
        "co2_profile_apriori_basis": "dry",
        "references": _REFERENCES,
        **({"licence": "CC0-1.0"} if simulated else {}),
        **({"comment": " ".join(warning)} if warning else {}),
    }


def warnings(*, simulated: bool, scattering: Scattering) -> list[str]:
    """Return what has to be known of results of spectra that were measured."""
    return [] if simulated or scattering == "multiple" else [_SINGLE]


def outcomes(columns: Columns) -> dict[str, int]:
    """Return how many soundings ended in which way, in the order of the codes."""
    found = columns["outcome_flag"]
    numbers = {name: int((found == code).sum()) for code, name in _ENDS.items()}
    return {name: number for name, number in numbers.items() if number}


def messages(columns: Columns) -> list[Message]:
    """Return why soundings have no estimate, the first ones in their order."""
    order = np.lexsort((columns["sounding_id"], columns["time"]))
    told = [row for row in order.tolist() if columns["message"][row]][:MOST_LISTED]
    return [
        Message(
            sounding_id=str(columns["sounding_id"][row]),
            outcome=_ENDS[int(columns["outcome_flag"][row])],
            message=str(columns["message"][row]),
        )
        for row in told
    ]


def statistics(columns: Columns) -> Statistics:
    """Return mean and scatter of the soundings without a failed test."""
    good = (columns["quality_flag"] == 0) & np.isfinite(columns["xco2"])
    found = columns["xco2"][good].astype(np.float64)
    several = found.size > 1
    return Statistics(
        count=int(good.sum()),
        mean=_mean(found),
        standard_deviation=float(found.std(ddof=1)) if several else None,
        mean_uncertainty=_mean(columns["xco2_uncertainty"][good]),
        mean_true=_mean(columns["xco2_true"][good]) if "xco2_true" in columns else None,
    )


def _mean(values: NDArray[Any]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.astype(np.float64).mean()) if known.size else None
