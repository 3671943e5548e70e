"""Cursors: positions in an answer as opaque text, bound to a snapshot and to a question."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence

from casa_ogc.query.pages import Position
from casa_processes.common.errors import InvalidValueError

_FREE = {"limit", "offset", "cursor", "f", "crs", "properties", "exclude-properties"}
_EXPECTED = "a cursor of the links next and prev of the same question"
_LAST = 2**63
_MOST_ROWS = 10**12


def question_key(arguments: Mapping[str, Sequence[str]]) -> str:
    """Return a short text for the arguments that decide which rows are listed in which order."""
    kept = sorted((name, list(values)) for name, values in arguments.items() if name not in _FREE)
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:12]


def cursor(snapshot: str, key: str, position: Position) -> str:
    """Return the text of a position."""
    numbers = [position.offset, position.matched, position.time, position.skipped]
    text = json.dumps([snapshot, key, *numbers], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_cursor(text: str, key: str) -> tuple[str, Position]:
    """Return the snapshot and the position of a cursor.

    Raises
    ------
    InvalidValueError
        For what is no cursor, or one of another question.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        snapshot, asked, offset, matched, time, skipped = content
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise InvalidValueError("cursor", text, _EXPECTED) from None
    rows = (offset, skipped, 0 if matched is None else matched)
    sound = all(_is_whole(one, 0, _MOST_ROWS) for one in rows)
    sound &= time is None or _is_whole(time, -_LAST, _LAST)
    if not sound or asked != key or not isinstance(snapshot, str):
        raise InvalidValueError("cursor", text, _EXPECTED)
    return snapshot, Position(offset, matched, time, skipped)


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < most
