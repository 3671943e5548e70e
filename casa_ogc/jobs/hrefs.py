"""Inputs by reference: collections of this server, and documents of admitted hosts.

What a reference names is taken when a job is accepted, so that a job is data and can be repeated.
"""

import base64
from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from casa_ogc.jobs.addresses import (
    RefusedAddressError,
    Target,
    UnreachableError,
    ask,
    is_listed,
    parse_target,
    resolve,
)
from casa_processes.common.errors import CasaError, InvalidInputsError
from casa_processes.common.file_inputs import file_fields
from casa_processes.common.inputs import pointer
from casa_processes.common.process import CollectionOf, Process

TIMEOUT = 20.0
"""Longest time that a document may take.  [s]"""
MOST_REFERENCES = 20
_LINK = frozenset({"href", "rel", "type", "hreflang", "title", "format"})
_COLLECTION = frozenset({"collection", "mediaType", "encoding", "schema", "format"})
_CRS84 = ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84")


class References:
    """Takes the references out of the inputs of one request.

    Parameters
    ----------
    url
        Address of this server: references to its collections become their ids.
    hosts
        Hosts that documents are fetched from, as ``name`` or ``name:port``. A name must lie in the
        internet; a private address is admitted when it is listed itself.
    most
        Bytes of all documents together.
    keep
        Takes the bytes of a document that stands for a file; returns the name of that file.
    """

    def __init__(
        self,
        url: str,
        hosts: Collection[str],
        most: int,
        keep: Callable[[bytes], str] | None = None,
    ) -> None:
        self._url, self._hosts, self._left = url.rstrip("/"), hosts, most
        self._keep = keep
        self._count = 0
        self.problems: list[tuple[str, str]] = []

    def taken(self, inputs: Mapping[str, Any], process: Process) -> dict[str, Any]:
        """Return inputs with every reference replaced by what it names.

        Raises
        ------
        InvalidInputsError
            Naming every reference that cannot be followed.
        """
        collections = _collections(process)
        boxes = _plain_boxes(process)
        files = file_fields(process.inputs)
        found = {}
        for name, value in inputs.items():
            if name in boxes:
                value = self._box(name, value)
            if name in files and isinstance(value, dict):
                found[name] = self._file(inputs, name, value)
            elif isinstance(value, list):
                found[name] = [
                    self._one(inputs, (name, number), item, name in collections)
                    for number, item in enumerate(value)
                ]
            else:
                found[name] = self._one(inputs, (name,), value, name in collections)
        if self.problems:
            raise InvalidInputsError(self.problems)
        return found

    def _one(
        self, inputs: Mapping[str, Any], place: tuple[str | int, ...], value: Any, collection: bool
    ) -> Any:
        """Return one value; where it cannot be had, note why."""
        if not isinstance(value, dict):
            return value
        try:
            if "href" in value and value.keys() <= _LINK:
                place = (*place, "href")
                return self._named(value["href"]) if collection else self._fetched(value["href"])
            if collection and "collection" in value and value.keys() <= _COLLECTION:
                place = (*place, "collection")
                return self._named(value["collection"])
        except CasaError as error:
            self.problems.append((pointer(inputs, place), str(error)))
        return value

    def _file(self, inputs: Mapping[str, Any], name: str, value: Mapping[str, Any]) -> Any:
        """Return the name of a file whose bytes are fetched."""
        if self._keep is None or "href" not in value or not value.keys() <= _LINK:
            return value
        try:
            return self._keep(self._body(value["href"])[1])
        except CasaError as error:
            self.problems.append((pointer(inputs, (name, "href")), str(error)))
            return value

    def _named(self, text: object) -> object:
        """Return the id of a collection of this server, given as one or as its address."""
        if not isinstance(text, str) or "/" not in text:
            return text
        base = f"{self._url}/collections/"
        path = text if text.startswith("/") else urlsplit(text).path
        own = text.startswith(base) or text.startswith("/collections/")
        if not own:
            raise RefusedAddressError(text, f"expected a collection of this server, {base}...")
        return unquote(path.rstrip("/").rpartition("/collections/")[2])

    def _fetched(self, text: object) -> Any:
        return content(*self._body(text))

    def _body(self, text: object) -> tuple[str, bytes]:
        """Fetch a document: its media type and its bytes."""
        target = parse_target("href", text)
        self._count += 1
        if self._count > MOST_REFERENCES:
            raise RefusedAddressError(str(text), f"more than {MOST_REFERENCES} references")
        if not is_listed(target, self._hosts):
            known = ", ".join(sorted(self._hosts)) or "none"
            raise RefusedAddressError(target.host, f"hosts of inputs are: {known}")
        address = resolve(target, private=_is_literal(target))
        reply = ask(target, address, timeout=TIMEOUT, most=self._left)
        if reply.status != 200:
            raise UnreachableError(target.host, f"it answers with status {reply.status}")
        self._left -= len(reply.body)
        return reply.media_type, reply.body

    def _box(self, name: str, value: Any) -> Any:
        """Return the numbers of a box that is written as an object, where numbers are expected."""
        if (
            not isinstance(value, dict)
            or "bbox" not in value
            or not value.keys() <= {"bbox", "crs"}
        ):
            return value
        if value.get("crs", _CRS84[0]) not in _CRS84:
            self.problems.append((f"/{name}/crs", f"expected {_CRS84[0]}"))
        return value["bbox"]


def content(media_type: str, body: bytes) -> Any:
    """Return what a fetched document is as an input: JSON, text, or bytes as base64.

    Raises
    ------
    UnreachableError
        When it is not what its media type says.
    """
    try:
        if media_type == "application/json" or media_type.endswith("+json"):
            return orjson.loads(body)
        if media_type.startswith("text/"):
            return body.decode()
    except ValueError as error:
        raise UnreachableError("href", f"no valid {media_type}: {error}") from None
    return base64.b64encode(body).decode()


def _is_literal(target: Target) -> bool:
    """Tell whether a host is written as an address: then the list names the address itself."""
    try:
        ip_address(target.host)
    except ValueError:
        return False
    return True


def _collections(process: Process) -> frozenset[str]:
    """Return the inputs that name collections."""
    return frozenset(
        name
        for name, information in process.inputs.model_fields.items()
        if any(isinstance(mark, CollectionOf) for mark in information.metadata)
    )


def _plain_boxes(process: Process) -> frozenset[str]:
    """Return the inputs that select a box of a collection by its numbers."""
    return frozenset(
        mark.bbox
        for information in process.inputs.model_fields.values()
        for mark in information.metadata
        if isinstance(mark, CollectionOf)
    )
