"""Results of a job: values as Python has them, files to be read or saved."""

from __future__ import annotations

import base64
import binascii
import json
import mimetypes
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import requests

from casa_ogc.client.errors import NotThereError, UnreadableError
from casa_ogc.client.netcdf import is_netcdf, opened
from casa_ogc.client.transport import Transport, json_content

if TYPE_CHECKING:
    import xarray as xr

_NO_OUTPUTS = frozenset({"monitor", "up", "self", "alternate", "next"})
_LINK = frozenset({"href", "rel", "type", "hreflang", "title", "length", "method"})
_QUALIFIED = frozenset({"value", "mediaType", "encoding", "schema", "format"})


class File:
    """An output that is a file, fetched when it is read.

    Attributes
    ----------
    name
        Name of the output.
    media_type
        What the server says that it is; empty when it does not.
    """

    def __init__(
        self, name: str, media_type: str, source: bytes | str, transport: Transport | None = None
    ) -> None:
        self.name, self.media_type = name, media_type
        self._source, self._transport = source, transport

    def __repr__(self) -> str:
        return f"File({self.name!r}, {self.media_type!r})"

    @property
    def file_name(self) -> str:
        """Name of the output with the ending of its media type."""
        plain = self.media_type.partition(";")[0].strip()
        ending = ".nc" if "netcdf" in plain else mimetypes.guess_extension(plain)
        return f"{Path(self.name).name}{ending or ''}"

    def bytes(self) -> bytes:
        """Return the content."""
        if isinstance(self._source, str):
            self._source = self._fetched(self._source).content
        return self._source

    def save(self, path: Path | str) -> Path:
        """Write the content into a file, or under its own name into a folder that exists.

        A file that is fetched from the server does not pass through the memory as a whole.
        """
        place = Path(path)
        place = place / self.file_name if place.is_dir() else place
        partial = place.with_name(f".{place.name}.partial")
        with partial.open("wb") as out:
            if isinstance(self._source, str):
                with self._fetched(self._source, stream=True) as answer:
                    for block in answer.iter_content(1 << 20):
                        out.write(block)
            else:
                out.write(self._source)
        return partial.replace(place)

    def dataset(self) -> xr.Dataset:
        """Return the content as an xarray data set in memory; it must be netCDF."""
        return opened(self.bytes(), self.name)

    def _fetched(self, href: str, *, stream: bool = False) -> requests.Response:
        if self._transport is None:
            raise UnreadableError(self.name, "a server to fetch it from", href)
        return self._transport.get(href, "*/*", stream=stream)


class Results(Mapping[str, Any]):
    """Outputs by name: JSON values as they are, everything else a `File`."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._outputs = dict(outputs)

    def __getitem__(self, name: str) -> Any:
        return self._outputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)

    def __repr__(self) -> str:
        return f"Results({self._outputs!r})"

    def files(self) -> dict[str, File]:
        """Return the outputs that are files."""
        return {name: one for name, one in self._outputs.items() if isinstance(one, File)}

    def dataset(self, name: str | None = None) -> xr.Dataset:
        """Return an output as an xarray data set: the one of that name, or the first netCDF.

        Raises
        ------
        NotThereError
            When there is none.
        """
        found = self.files()
        wanted = [name] if name else [key for key, one in found.items() if is_netcdf(one)]
        if not wanted or wanted[0] not in found:
            raise NotThereError(f"file {name!r}" if name else "output in netCDF", self)
        return found[wanted[0]].dataset()

    def save(self, folder: Path | str) -> list[Path]:
        """Write every file, and all values together as ``results.json``, into a folder."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        files = self.files()
        saved = [one.save(place) for one in files.values()]
        values = {name: one for name, one in self.items() if name not in files}
        if values:
            text = json.dumps(values, indent=1, ensure_ascii=False)
            (place / "results.json").write_text(text, encoding="utf-8")
            saved.append(place / "results.json")
        return saved


def read(answer: requests.Response, transport: Transport, asked: tuple[str, ...]) -> Results:
    """Read an answer that holds results, however the server chose to send them.

    Parameters
    ----------
    answer
        Document, raw value, several raw values as parts, or links alone.
    transport
        Fetches what is given by reference.
    asked
        Names of the outputs that were asked for; a raw value has no name of its own.
    """
    media = answer.headers.get("Content-Type", "")
    if answer.status_code == 204 or not answer.content:
        return Results(_linked(answer, transport))
    if media.startswith("multipart/"):
        return Results(_parts(media, answer.content, transport))
    name = asked[0] if len(asked) == 1 else "result"
    if "json" not in media.partition(";")[0].lower():
        return Results({name: File(name, media, answer.content)})
    return Results(_outputs(json_content(answer), name, transport))


def _outputs(content: Any, name: str, transport: Transport) -> dict[str, Any]:
    """Return the outputs of a JSON document.

    Servers of drafts of the standard, pygeoapi among them, answer objects of ``id`` and ``value``,
    alone or listed under ``outputs``.
    """
    if not isinstance(content, dict):
        return {name: content}
    listed = content.get("outputs", [content])
    if isinstance(listed, list) and listed and all(map(_is_pair, listed)):
        return {one["id"]: value_of(one["id"], one["value"], transport) for one in listed}
    return {key: value_of(key, one, transport) for key, one in content.items()}


def _is_pair(item: Any) -> bool:
    return isinstance(item, dict) and {"id", "value"} == set(item)


def value_of(name: str, item: Any, transport: Transport | None) -> Any:
    """Return one output: a link or text in base64 as a `File`, a qualified value as its value."""
    if not isinstance(item, dict):
        return item
    if "href" in item and set(item) <= _LINK:
        return File(name, str(item.get("type", "")), str(item["href"]), transport)
    if "value" not in item or not set(item) <= _QUALIFIED:
        return item
    form = item.get("format") if isinstance(item.get("format"), dict) else {}
    said = {**(form or {}), **item}
    if said.get("encoding") != "base64":
        return item["value"]
    try:
        content = base64.b64decode(item["value"], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise UnreadableError(f"output {name}", "text in base64", str(error)) from None
    return File(name, str(said.get("mediaType", "")), content)


def _parts(media: str, body: bytes, transport: Transport) -> dict[str, Any]:
    """Read ``multipart/related`` (RFC 2387): one part an output, named by its Content-ID."""
    head = f"Content-Type: {media}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    found: dict[str, Any] = {}
    for number, part in enumerate(message_from_bytes(head + body, policy=HTTP).iter_parts()):
        named = str(part.get("Content-ID", "")).strip("<> ") or part.get_filename()
        name = named or f"result-{number}"
        place = part.get("Content-Location")
        content = bytes(part.get_payload(decode=True) or b"")
        kind = part.get_content_type()
        if place and not content:
            found[name] = File(name, kind, str(place), transport)
        elif "json" in kind:
            found[name] = value_of(name, json.loads(content), transport)
        else:
            found[name] = File(name, kind, content)
    return found


def _linked(answer: requests.Response, transport: Transport) -> dict[str, Any]:
    """Return what the Link headers of an empty answer lead to, by title or end of the path."""
    text = answer.headers.get("Link", "")
    found = {}
    for link in requests.utils.parse_header_links(text) if text else ():
        if link.get("rel") in _NO_OUTPUTS:
            continue
        path = urlsplit(link["url"]).path.rstrip("/")
        name = link.get("title") or unquote(path.rpartition("/")[2]) or "result"
        found[name] = File(name, link.get("type", ""), link["url"], transport)
    return found
