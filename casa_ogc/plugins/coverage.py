"""pygeoapi coverage provider over the query core."""

from typing import Any

from pygeoapi.provider.base import BaseProvider

from casa_ogc.encoders.coveragejson import coverage_json
from casa_ogc.plugins.source import ask, box_text, entry_of, fields_of
from casa_ogc.query.parse import parse_bbox


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
        **_more: Any,
    ) -> dict[str, Any]:
        """Answer a box and a period."""
        region = parse_bbox(box_text(bbox))[0] if bbox else None
        return coverage_json(ask(self.entry, region, properties or (), datetime_))
