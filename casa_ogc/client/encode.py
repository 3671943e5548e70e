"""Inputs of Python as JSON: arrays, instants and files have no JSON type of their own."""

from __future__ import annotations

import base64
import json
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casa_ogc.client.errors import UnreadableError


def encoded(content: Mapping[str, Any]) -> bytes:
    """Write an execution request.

    Arrays of numpy and xarray become lists, instants ISO 8601 text, sets and tuples lists, and a
    ``Path`` the content of its file as a qualified value in base64.

    Raises
    ------
    UnreadableError
        When a value has no form in JSON, NaN and infinity among them.
    """
    try:
        return json.dumps(content, default=_plain, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise UnreadableError("inputs", "values that JSON can hold", str(error)) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return _file(value)
    if isinstance(value, bytes):
        return {"value": base64.b64encode(value).decode(), "encoding": "base64"}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "dtype"):
        return _array(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} {value!r}")


def _array(value: Any) -> Any:
    """Return the content of an array or scalar of numpy, xarray or pandas."""
    plain = getattr(value, "values", value)
    if plain.dtype.kind == "M":
        plain = plain.astype("datetime64[ms]").astype(str)
    return plain.tolist()


def _file(path: Path) -> dict[str, str]:
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content = base64.b64encode(path.read_bytes()).decode()
    return {"value": content, "encoding": "base64", "mediaType": media}
