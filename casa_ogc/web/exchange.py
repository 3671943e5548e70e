"""One request with its checked arguments, and the endpoint that serves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from casa_ogc.catalog.entries import Catalog, Entry
from casa_ogc.web.parameters import Parameter
from casa_processes.common.errors import InvalidValueError


@dataclass(frozen=True)
class Exchange:
    """What a handler is given.

    Attributes
    ----------
    catalog
        The site's products and their data.
    path
        Variable parts of the path.
    arguments
        Checked query parameters by declared name.
    accept
        The Accept header.
    body
        Posted bytes.
    """

    catalog: Catalog
    path: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, list[str]] = field(default_factory=dict)
    accept: str = ""
    body: bytes = b""

    @property
    def url(self) -> str:
        """Address under which clients reach the server, without a trailing slash."""
        return self.catalog.settings.url

    @property
    def entry(self) -> Entry:
        """The collection that the path names."""
        return self.catalog.entry(self.path["collection_id"])

    def text(self, name: str) -> str | None:
        """Return the single value of a query parameter, or None when it was not given."""
        values = self.arguments.get(name)
        return values[0] if values else None

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return a query parameter as a whole number within bounds.

        Raises
        ------
        InvalidValueError
            When the text is no whole number of at least `least`; above `most`, `most` is taken.
        """
        text = self.text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) < least:
            raise InvalidValueError(name, text, f"a whole number from {least}")
        return min(int(text), most)


@dataclass(frozen=True)
class Endpoint:
    """One operation: where it is, what it takes, and who answers.

    `rule` is written exactly as pygeoapi writes it, so that ours is matched before pygeoapi's.
    A `lenient` one ignores unknown query parameters and the case of their names.
    """

    name: str
    rule: str
    summary: str
    handler: Callable[[Exchange], Response]
    parameters: tuple[Parameter, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    tag: str = "Server"
    produces: tuple[str, ...] = ("application/json",)
    schema: str = "object"
    body: Mapping[str, Any] | None = None
    lenient: bool = False
