"""Which variables a request means."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from casa_processes.common.errors import UnknownNameError
from casa_processes.common.vocabulary import VOCABULARY, Variable, variable

_REMEMBERED = 1024


def chosen(
    stored: Collection[str],
    asked: Sequence[str],
    defaults: Sequence[str],
    always: Sequence[str] = (),
) -> tuple[Variable, ...]:
    """Return the variables to answer, each once, in the order asked.

    The uncertainty of each follows it where it is stored. Without names the stored ones of the
    defaults are meant; without these all scalar ones: profiles and footprints come by name only.

    Parameters
    ----------
    stored
        Names that the product holds.
    asked
        Names of the request.
    defaults
        Names that the product answers when none is asked.
    always
        Names that come first in every answer, whether asked or not.

    Raises
    ------
    UnknownNameError
        For a name that is not stored, naming those that are.
    """
    return _chosen(tuple(stored), tuple(asked), tuple(defaults), tuple(always))


@lru_cache(maxsize=_REMEMBERED)
def _chosen(
    stored: tuple[str, ...],
    asked: tuple[str, ...],
    defaults: tuple[str, ...],
    always: tuple[str, ...],
) -> tuple[Variable, ...]:
    for name in asked:
        if name not in stored:
            raise UnknownNameError("variable", name, stored)
    names = asked or tuple(name for name in defaults if name in stored) or _scalars(stored)
    return tuple(variable(name) for name in (*always, *_accompanied(names, stored, always)))


def _scalars(stored: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in stored if variable(name).shape == "scalar")


def _accompanied(
    names: Iterable[str], stored: Collection[str], always: Collection[str]
) -> Iterable[str]:
    result: dict[str, None] = {}
    for name in names:
        result[name] = None
        uncertainty = VOCABULARY[name].uncertainty
        if uncertainty is not None and uncertainty in stored:
            result[uncertainty] = None
    return (name for name in result if name not in always)
