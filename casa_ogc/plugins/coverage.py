"""pygeoapi coverage provider over the query core."""

from collections.abc import Mapping, Sequence
from typing import Any

from pygeoapi.provider.base import BaseProvider

from casa_ogc.encoders.coveragejson import coverage_json
from casa_ogc.plugins.source import ask, box_text, entry_of, fields_of, plain, refusals
from casa_ogc.query.parse import parse_bbox, parse_subset
from casa_ogc.query.request import Box
from casa_processes.common.errors import InvalidValueError


class CasaCoverageProvider(BaseProvider):  # type: ignore[misc]
    """Coverage of one product; ``data`` is the product's id."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self.entry = entry_of(self.data)
        self.axes = ["Long", "Lat"]
        self.get_fields()

    def get_fields(self) -> dict[str, dict[str, Any]]:
        """Return the variables of the product."""
        self._fields = fields_of(self.entry)
        return self._fields

    def query(
        self,
        properties: list[str] | None = None,
        bbox: list[float] | None = None,
        datetime_: str | None = None,
        subsets: dict[str, list[float]] | None = None,
        **_more: Any,
    ) -> dict[str, Any]:
        """Answer a box, given as such or by cuts of the axes, and a period."""
        with refusals():
            region = _box(bbox or (), subsets or {})
            return plain(coverage_json(ask(self.entry, region, properties or (), datetime_)))


def _box(bbox: Sequence[float], subsets: Mapping[str, Sequence[float]]) -> Box | None:
    if bbox and subsets:
        raise InvalidValueError("subset", dict(subsets), "bbox or subset, not both")
    if subsets:
        cuts = [f"{name}({':'.join(map(str, ends))})" for name, ends in subsets.items()]
        return parse_subset(cuts).box
    return parse_bbox(box_text(bbox))[0] if bbox else None
