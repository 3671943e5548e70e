"""pygeoapi EDR provider over the query core."""

from typing import Any

from pygeoapi.provider.base_edr import BaseEDRProvider

from casa_ogc.encoders.coveragejson import coverage_json
from casa_ogc.plugins.source import ask, box_text, entry_of, fields_of, plain, refusals
from casa_ogc.query.parse import parse_bbox, parse_distance, parse_wkt, parse_z
from casa_ogc.query.request import Disc, Points, Region
from casa_processes.common.errors import InvalidValueError


class CasaEDRProvider(BaseEDRProvider):  # type: ignore[misc]
    """Position, radius, area and cube of one product; ``data`` is the product's id."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self.entry = entry_of(self.data)
        self.get_fields()

    def get_fields(self) -> dict[str, dict[str, Any]]:
        """Return the variables of the product."""
        self._fields = fields_of(self.entry)
        return self._fields

    def query(self, **query: Any) -> dict[str, Any]:
        """Answer the query that ``query_type`` names; our refusals become pygeoapi's."""
        with refusals():
            found: dict[str, Any] = super().query(**query)
        return found

    def position(self, **query: Any) -> dict[str, Any]:
        """Answer points."""
        return self._answer(parse_wkt(query["wkt"].wkt), query)

    def area(self, **query: Any) -> dict[str, Any]:
        """Answer a polygon."""
        return self._answer(parse_wkt(query["wkt"].wkt), query)

    def radius(self, **query: Any) -> dict[str, Any]:
        """Answer what lies within a distance of a point."""
        place = parse_wkt(query["wkt"].wkt)
        if not isinstance(place, Points):
            raise InvalidValueError("coords", query["wkt"].wkt, "a POINT")
        metres = parse_distance(str(query["within"]), str(query["within_units"]))
        return self._answer(Disc(place.longitudes[0], place.latitudes[0], metres), query)

    def cube(self, **query: Any) -> dict[str, Any]:
        """Answer a box."""
        box, _ = parse_bbox(box_text(query["bbox"]))
        return self._answer(box, query)

    def _answer(self, region: Region, query: dict[str, Any]) -> dict[str, Any]:
        z = query.get("z")
        levels = None if z is None else parse_z(str(z))
        names = query.get("select_properties") or ()
        answer = ask(self.entry, region, names, query.get("datetime_"), levels)
        return plain(coverage_json(answer))
