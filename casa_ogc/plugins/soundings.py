"""pygeoapi feature provider over the soundings of a product."""

from typing import Any

from pygeoapi.provider.base import BaseProvider, ProviderItemNotFoundError, ProviderNoDataError

from casa_ogc.encoders.geojson import feature_collection
from casa_ogc.plugins.source import ask, box_text, entry_of, fields_of, refusals
from casa_ogc.query.parse import parse_bbox


class CasaSoundingsProvider(BaseProvider):  # type: ignore[misc]
    """Soundings of one product as features; ``data`` is the product's id."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self.entry = entry_of(self.data)
        self.geom: dict[str, Any] = {}
        self.get_fields()

    def get_fields(self) -> dict[str, dict[str, Any]]:
        """Return the variables of the product."""
        self._fields = fields_of(self.entry)
        return self._fields

    def query(
        self,
        offset: int = 0,
        limit: int = 10,
        bbox: list[float] | None = None,
        datetime_: str | None = None,
        select_properties: list[str] | None = None,
        **_more: Any,
    ) -> dict[str, Any]:
        """Answer a page of soundings in time order."""
        with refusals():
            region = parse_bbox(box_text(bbox))[0] if bbox else None
        names = select_properties or ()
        try:
            answer = ask(self.entry, region, names, datetime_, limit=limit, offset=offset)
        except ProviderNoDataError:
            return {"type": "FeatureCollection", "features": [], "numberMatched": 0}
        return feature_collection(answer, identified=True)

    def get(self, identifier: str, **_more: Any) -> dict[str, Any]:
        """Answer one sounding by its identifier."""
        names = self.entry.head.variables
        try:
            answer = ask(self.entry, names=names, sounding_id=identifier)
        except ProviderNoDataError:
            raise ProviderItemNotFoundError(user_msg=f"no item {identifier!r}") from None
        feature: dict[str, Any] = feature_collection(answer, identified=True)["features"][0]
        return feature
