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
    root
        Prefix of the rule where the same is offered under another root, such as ``/edr``.
    """

    catalog: Catalog
    path: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, list[str]] = field(default_factory=dict)
    accept: str = ""
    body: bytes = b""
    root: str = ""

    @property
    def url(self) -> str:
        """Address under which clients reach the server, without a trailing slash."""
        return self.catalog.settings.url

    @property
    def edr_url(self) -> str:
        """Root of environmental data retrieval that the client asked under."""
        return f"{self.url}{self.root}"

    @property
    def entry(self) -> Entry:
        """The collection that the path names, at the version that it names, else the last."""
        if "instance_id" in self.path:
            return self.catalog.version(self.path["collection_id"], self.path["instance_id"])
        return self.catalog.entry(self.path["collection_id"].rstrip("/"))

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


type Handler = Callable[[Exchange], Response]


@dataclass(frozen=True)
class Endpoint:
    """One operation: where it is, what it takes, and who answers.

    `rule` is written exactly as pygeoapi writes it, so that ours is matched before pygeoapi's.
    A `lenient` one ignores unknown query parameters and the case of their names. `further` tells
    which parameters a collection adds. One that `posts` takes its parameters from a posted JSON
    object or form as well.
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
    posts: bool = False
    root: str = ""
    further: Callable[[Catalog, Mapping[str, str]], tuple[Parameter, ...]] | None = None
