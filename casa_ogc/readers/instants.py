"""Times of files: a number of units since an epoch, or text, to UTC nanoseconds."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.readers.files import RawVariable
from casa_ogc.readers.reader import Source
from casa_processes.common.errors import FileContentError

_UNITS = re.compile(r"^(?P<unit>[A-Za-z]+) since ?(?P<epoch>.*)$")
_NANOSECONDS = {
    "days": 86_400_000_000_000,
    "hours": 3_600_000_000_000,
    "minutes": 60_000_000_000,
    "seconds": 1_000_000_000,
    "milliseconds": 1_000_000,
}
_STANDARD = {"standard", "gregorian", "proleptic_gregorian"}


def decode_time(
    values: NDArray[Any],
    absent: NDArray[np.bool_],
    raw: RawVariable,
    source: Source,
    file: str,
) -> NDArray[np.datetime64]:
    """Return UTC times; NaT where `absent`.

    Fractions of a unit are kept to the microsecond, which is what a double holds of the seconds
    since 1970.

    Raises
    ------
    FileContentError
        When units or calendar are not those of the family, or the text is no time.
    """
    if values.dtype.kind == "M":
        return values.astype("datetime64[ns]")
    if values.dtype.kind in "SUO":
        return _from_text(values, raw, file)
    unit, epoch = _stated(raw, source, file)
    calendar = str(raw.attributes.get("calendar", "standard")).lower()
    if calendar not in _STANDARD:
        raise FileContentError(file, raw.path, "a Gregorian calendar", repr(calendar))
    step = _NANOSECONDS[unit]
    numbers = np.where(absent, 0, values)
    whole = np.floor(numbers)
    fraction = np.rint((numbers - whole) * (step / 1000)).astype(np.int64) * 1000
    result: NDArray[np.datetime64] = epoch + (whole.astype(np.int64) * step + fraction).astype(
        "timedelta64[ns]"
    )
    result[absent] = np.datetime64("NaT", "ns")
    return result


def _stated(raw: RawVariable, source: Source, file: str) -> tuple[str, np.datetime64]:
    """Unit and epoch that the file states, checked against those of the family."""
    found = " ".join(str(raw.attributes.get("units", "")).split())
    if not found and "" in source.accepted:
        found = source.accepted[0]
    parsed = _parsed(found)
    accepted = [_parsed(text) for text in source.accepted if text]
    fits = parsed is not None and any(
        one is not None and one[0] == parsed[0] and one[1] in (None, parsed[1]) for one in accepted
    )
    if parsed is None or parsed[1] is None or not fits:
        expected = " or ".join(repr(text) for text in source.accepted if text)
        raise FileContentError(file, raw.path, f"units {expected}", f"units {found!r}")
    return parsed[0], parsed[1]


def _parsed(text: str) -> tuple[str, np.datetime64 | None] | None:
    match = _UNITS.match(text)
    if match is None:
        return None
    unit = match["unit"].lower().rstrip("s") + "s"
    epoch = match["epoch"].strip()
    if unit not in _NANOSECONDS:
        return None
    return (unit, None) if not epoch else (unit, _instant(epoch))


def _instant(text: str) -> np.datetime64 | None:
    plain = re.sub(r"\s*(UTC|GMT|Z|\+00:?00)$", "", text).replace("/", "-").replace(" ", "T")
    try:
        return np.datetime64(plain, "ns")
    except ValueError:
        return None


def _from_text(values: NDArray[Any], raw: RawVariable, file: str) -> NDArray[np.datetime64]:
    result = np.empty(values.shape, dtype="datetime64[ns]")
    for index, one in np.ndenumerate(values):
        text = one.decode("ascii", errors="replace") if isinstance(one, bytes) else str(one)
        instant = (
            _instant(text.strip("\x00 ")) if text.strip("\x00 ") else np.datetime64("NaT", "ns")
        )
        if instant is None:
            raise FileContentError(file, raw.path, "a time in ISO 8601", repr(text))
        result[index] = instant
    return result
