"""Statistics of soundings: of all, or of each day."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.correlation import MOST_GROUPS, correlation
from casa_ogc.query.reducing import OWNERS, Reduction, reduced_variable
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

type Floats = NDArray[np.float64]
type Columns = dict[str, NDArray[Any]]

_LEAST_GROUPS = 64
_COUNT = Variable("count", "1", "Number of soundings", "观测个数", dtype="int64")


def reduce_soundings(answer: SoundingsAnswer, reduction: Reduction) -> SoundingsAnswer:
    """Return one row for all soundings (``all``), or one for each day in UTC (``space``).

    Its place is the middle of the soundings on the sphere, its time their mean; the column
    ``count`` tells how many there were. Means weigh soundings equally, or by the inverse of their
    variances (then those without an uncertainty are left out). The uncertainty of a mean is
    propagated with the correlation of the reduction, for either weights. Only scalars are reduced,
    codes and texts are left out.

    Raises
    ------
    InvalidValueError
        For ``time``, which needs places that stay; for sums of what is no amount; and where no
        column can be reduced.
    """
    if reduction.over == "time":
        raise InvalidValueError("reduce-over", "time", "all, or space for daily values")
    names = [name for name in answer.variables if _reducible(answer, name, reduction)]
    if not names:
        raise InvalidValueError("reduce", reduction.how, "variables that hold scalar numbers")
    described = {
        name: reduced_variable(answer.variables[name], reduction, True, True, amounts=False)
        for name in names
    }
    groups = list(_groups(answer, reduction))
    rows = [_place(answer, label, group) for label, group in groups]
    columns: Columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    for name in names:
        columns[name] = np.array([_value(answer, name, one, reduction) for _, one in groups])
    return replace(
        answer,
        columns=columns,
        variables={**described, "count": _COUNT},
        matched=len(groups),
        time_resolution="P1D" if reduction.over == "space" else "",
    )


def _reducible(answer: SoundingsAnswer, name: str, reduction: Reduction) -> bool:
    one = answer.variables[name]
    fixed = name in ("sounding_id", "time", "longitude", "latitude", "track")
    numeric = one.dtype.startswith("float") and not one.flags and answer.columns[name].ndim == 1
    uncertain = OWNERS.get(name) in answer.variables
    return not fixed and numeric and (not uncertain or reduction.how in ("mean", "sum"))


def _groups(
    answer: SoundingsAnswer, reduction: Reduction
) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield a label and the rows of each group, in the order of time."""
    if reduction.over == "all":
        yield f"{reduction.how}", np.arange(answer.columns["time"].size)
        return
    days = answer.columns["time"].astype("datetime64[D]")
    for day in np.unique(days):
        yield f"{reduction.how}-{day}", np.flatnonzero(days == day)


def _place(answer: SoundingsAnswer, label: str, group: NDArray[np.intp]) -> dict[str, Any]:
    lon, lat = (np.radians(answer.columns[name][group]) for name in ("longitude", "latitude"))
    x, y = (np.cos(lat) * np.cos(lon)).mean(), (np.cos(lat) * np.sin(lon)).mean()
    z = np.sin(lat).mean()
    instants = answer.columns["time"][group].astype("datetime64[ns]")
    first = instants.min()
    later = (instants - first).astype(np.int64).mean()
    return {
        "sounding_id": label,
        "time": first + np.timedelta64(round(later / 1e6), "ms"),
        "longitude": float(np.degrees(np.arctan2(y, x))),
        "latitude": float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
        "count": group.size,
    }


def _value(
    answer: SoundingsAnswer, name: str, group: NDArray[np.intp], reduction: Reduction
) -> float:
    owner = OWNERS.get(name)
    if owner in answer.variables and owner is not None:
        return _uncertainty(answer, owner, name, group, reduction)
    values = answer.columns[name][group].astype(np.float64)
    if reduction.how == "count":
        return float(np.isfinite(values).sum())
    weights = _weights(answer, name, group, reduction)
    used = weights > 0
    if not used.any():
        return float("nan")
    values, weights = values[used], weights[used]
    mean = float(np.average(values, weights=weights))
    deviation = float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
    found = {"mean": mean, "sum": float(values.sum()), "std": deviation}
    found |= {"min": float(values.min()), "max": float(values.max())}
    return found[reduction.how]


def _weights(
    answer: SoundingsAnswer, name: str, group: NDArray[np.intp], reduction: Reduction
) -> Floats:
    """Return the weight of each sounding of a group, 0 where its value is missing."""
    valid = np.isfinite(answer.columns[name][group])
    if reduction.weights == "equal" or reduction.how not in ("mean", "std"):
        return valid.astype(np.float64)
    uncertainty = answer.variables[name].uncertainty
    source = answer.columns.get(uncertainty or "")
    if source is None:
        expected = f"equal: {name} has no uncertainty here"
        raise InvalidValueError("weights", "inverse-variance", expected)
    errors = source[group].astype(np.float64)
    usable = valid & np.isfinite(errors) & (errors > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights: Floats = np.where(usable, 1 / errors**2, 0.0)
    return weights


def _share(rows: int, total: int) -> int:
    """Return the groups of a day, so that all days together cost what one sum of all does."""
    return max(int(MOST_GROUPS * np.sqrt(rows / total)), _LEAST_GROUPS)


def _uncertainty(
    answer: SoundingsAnswer,
    owner: str,
    name: str,
    group: NDArray[np.intp],
    reduction: Reduction,
) -> float:
    """Propagate the uncertainty of a mean or a sum; unknown where that of a used value is."""
    weights = _weights(answer, owner, group, reduction)
    used = weights > 0
    if not used.any():
        return float("nan")
    weights = weights[used] / weights.sum() if reduction.how == "mean" else weights[used]
    errors = answer.columns[name][group][used].astype(np.float64)
    if not np.isfinite(errors).all():
        return float("nan")
    places = [answer.columns[one][group][used] for one in ("longitude", "latitude", "time")]
    seconds = places[2].astype("datetime64[ns]").astype(np.int64) / 1e9
    links = correlation(
        places[0].astype(np.float64),
        places[1].astype(np.float64),
        seconds,
        reduction.scales,
        _share(group.size, answer.columns["time"].size),
    )
    return float(np.sqrt(max(links.variances((weights * errors)[None])[0], 0.0)))
