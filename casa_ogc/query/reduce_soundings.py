"""Statistics of soundings: of all, or of each day."""

from dataclasses import replace

from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.reducing import OWNERS, Reduction, reduced_variable
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

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
    # The compiler is imported when the first statistic is asked.
    from casa_ogc.query.sounding_groups import sounding_groups

    groups = sounding_groups(answer, reduction)
    columns = groups.places() | {name: groups.column(name) for name in names}
    return replace(
        answer,
        columns=columns,
        variables={**described, "count": _COUNT},
        matched=groups.labels.size,
        time_resolution="P1D" if reduction.over == "space" else "",
    )


def _reducible(answer: SoundingsAnswer, name: str, reduction: Reduction) -> bool:
    one = answer.variables[name]
    fixed = name in ("sounding_id", "time", "longitude", "latitude", "track")
    numeric = one.dtype.startswith("float") and not one.flags and answer.columns[name].ndim == 1
    uncertain = OWNERS.get(name) in answer.variables
    return not fixed and numeric and (not uncertain or reduction.how in ("mean", "sum"))
