"""Under which licence a result may be used: all that the licences of its inputs ask, and no more.

A licence is what it asks of those who share: attribution, the same licence again, no commercial
use, no changes, or terms of its own. One that asks for all that another asks, and for more, stands
for both. Where neither covers the other, both hold, joined by ``AND`` as SPDX writes it. A licence
that the table does not know has terms of its own: nothing covers it, and it covers only the public
domain and mere attribution.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casa_processes.common.errors import CasaError

_BY, _NC, _ND = "attribution", "non-commercial", "no derivatives"
_FREE: frozenset[str] = frozenset()


def _alike(family: str) -> str:
    return f"share alike: {family}"


KNOWN: Mapping[str, frozenset[str]] = {
    "0BSD": _FREE,
    "PDDL-1.0": _FREE,
    "CC0-1.0": _FREE,
    "MIT": frozenset({_BY}),
    "BSD-3-Clause": frozenset({_BY}),
    "Apache-2.0": frozenset({_BY}),
    "NASA open data": frozenset({_BY}),
    "Copernicus Sentinel data terms": frozenset({_BY}),
    "etalab-2.0": frozenset({_BY}),
    "OGL-UK-3.0": frozenset({_BY}),
    "ODC-By-1.0": frozenset({_BY}),
    "CC-BY-3.0": frozenset({_BY}),
    "CC-BY-4.0": frozenset({_BY}),
    "CC-BY-SA-3.0": frozenset({_BY, _alike("CC-BY-SA")}),
    "CC-BY-SA-4.0": frozenset({_BY, _alike("CC-BY-SA")}),
    "ODbL-1.0": frozenset({_BY, _alike("ODbL")}),
    "GPL-3.0-only": frozenset({_BY, _alike("GPL")}),
    "GPL-3.0-or-later": frozenset({_BY, _alike("GPL")}),
    "CC-BY-NC-3.0": frozenset({_BY, _NC}),
    "CC-BY-NC-4.0": frozenset({_BY, _NC}),
    "CC-BY-NC-SA-4.0": frozenset({_BY, _NC, _alike("CC-BY-NC-SA")}),
    "CC-BY-ND-4.0": frozenset({_BY, _ND}),
    "CC-BY-NC-ND-4.0": frozenset({_BY, _NC, _ND}),
}
"""Licences by SPDX identifier, or by name where they have none, from the freest on.

Of licences that ask for the same, the one that stands later in this table is taken.
"""
_ORDER = {name: place for place, name in enumerate(KNOWN)}


class NoDerivativesError(CasaError):
    """A result whose inputs may be shared only as they are."""

    def __init__(self, licence: str) -> None:
        self.licence = licence
        super().__init__(licence)

    def __str__(self) -> str:
        return (
            f"data under {self.licence} may be shared only as they are: what is made of them "
            "cannot be published as a collection"
        )


@dataclass(frozen=True)
class Combined:
    """The licence of a result.

    Attributes
    ----------
    name
        SPDX identifier or name, or several joined by ``AND``.
    parts
        The licences that hold, in the order of the table, unknown ones last.
    """

    name: str
    parts: tuple[str, ...]


def combined(licences: Iterable[str]) -> Combined:
    """Return the licence under which something made of data under `licences` may be used.

    Parameters
    ----------
    licences
        Licences of all inputs, at least one; each an identifier, a name, or several of them
        joined by ``AND``.

    Raises
    ------
    NoDerivativesError
        When one of them forbids to share anything that is made of the data.
    """
    single = {part.strip() for licence in licences for part in licence.split(" AND ")}
    for name in sorted(single):
        if _ND in duties(name):
            raise NoDerivativesError(name)
    kept = sorted(
        (one for one in single if not any(_covers(other, one) for other in single)),
        key=lambda name: (_ORDER.get(name, len(_ORDER)), name),
    )
    return Combined(" AND ".join(kept), tuple(kept))


def duties(licence: str) -> frozenset[str]:
    """Return what a licence asks of those who share; an unknown one has terms of its own."""
    return KNOWN.get(licence, frozenset({_BY, f"terms of {licence}"}))


def spdx_address(licence: str) -> str | None:
    """Return where SPDX keeps the text of a licence; None for one that has no identifier."""
    listed = licence in KNOWN and " " not in licence
    return f"https://spdx.org/licenses/{licence}.html" if listed else None


def _covers(one: str, other: str) -> bool:
    """Tell whether `one` stands for `other` as well."""
    ours, theirs = duties(one), duties(other)
    if ours == theirs:
        return one != other and _ORDER.get(one, -1) > _ORDER.get(other, -1)
    return ours > theirs
