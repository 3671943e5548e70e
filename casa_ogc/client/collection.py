"""A collection of a server as xarray: its coverage, or a window of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from casa_ogc.client.errors import NotThereError
from casa_ogc.client.netcdf import MEDIA_TYPES, opened

if TYPE_CHECKING:
    import xarray as xr

    from casa_ogc.client.transport import Transport

type Instant = str | date | None
"""ISO 8601 text, a date or a datetime; None for an open end."""

_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/coverage"


@dataclass(frozen=True)
class Collection:
    """What a server tells of a collection.

    Attributes
    ----------
    id, title
        Its name, and its name for people.
    content
        All that the server said.
    """

    id: str
    title: str
    content: Mapping[str, Any]
    transport: Transport = field(repr=False)

    def dataset(
        self,
        bbox: Sequence[float] | None = None,
        datetime: Instant | tuple[Instant, Instant] = None,
        properties: Sequence[str] = (),
        **parameters: str,
    ) -> xr.Dataset:
        """Return the coverage, or a window of it, as an xarray data set in memory.

        Parameters
        ----------
        bbox
            West, south, east, north.  [degree]
        datetime
            Instant, or the two ends of a closed interval.
        properties
            Names of variables; none means those that the server chooses.
        parameters
            Further parameters of OGC API Coverages; ``scale_factor`` is written for
            ``scale-factor``.

        Raises
        ------
        NotThereError
            When the collection has no coverage.
        AnswerError
            When the server refuses, for example because the window is too large.
        """
        asked = {name.replace("_", "-"): text for name, text in parameters.items()}
        if bbox is not None:
            asked["bbox"] = ",".join(f"{float(one):.12g}" for one in bbox)
        if datetime is not None:
            asked["datetime"] = interval(datetime)
        if properties:
            asked["properties"] = ",".join(properties)
        asked["f"] = "netcdf"
        answer = self.transport.get(self._coverage(), MEDIA_TYPES, asked)
        return opened(answer.content, f"coverage of {self.id}")

    def _coverage(self) -> str:
        links = [one for one in self.content.get("links", []) if _is_coverage(one)]
        if not links:
            raise NotThereError(f"coverage of {self.id}", sorted(_relations(self.content)))
        best = next((one for one in links if "netcdf" in one.get("type", "")), links[0])
        return str(best["href"]).partition("?")[0]


def interval(datetime: Instant | tuple[Instant, Instant]) -> str:
    """Write an instant or an interval as OGC APIs take it.

    >>> interval((date(2023, 7, 1), None)), interval("2023-07")
    ('2023-07-01/..', '2023-07')
    """
    ends = datetime if isinstance(datetime, tuple) else (datetime,)
    return "/".join(".." if one is None else _text(one) for one in ends)


def _text(instant: str | date) -> str:
    if isinstance(instant, str):
        return instant
    text = instant.isoformat()
    return text if len(text) == 10 or getattr(instant, "tzinfo", None) else f"{text}Z"


def _is_coverage(link: Mapping[str, Any]) -> bool:
    return link.get("rel") in (_RELATION, "[ogc-rel:coverage]", "coverage")


def _relations(content: Mapping[str, Any]) -> set[str]:
    return {str(one.get("rel")) for one in content.get("links", [])}
