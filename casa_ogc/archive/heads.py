"""Heads: the one small file per product that says which commit is current.

A head is read on every request, so this module imports nothing heavy and keeps what it read until
the file changes.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa_ogc.archive.axes import Bounds
from casa_processes.common.errors import IntegrityError

if TYPE_CHECKING:
    from casa_ogc.readers.reader import Kind

HEAD = "head.json"
type Stamp = tuple[int, int, int]

_cache: dict[str, tuple[Stamp, "StoredHead"]] = {}


@dataclass(frozen=True)
class Vertical:
    """The vertical axis of a cube.

    Attributes
    ----------
    name
        Name of the dimension.
    units
        UDUNITS text.
    positive
        ``up`` or ``down``, or None where the file does not say.
    values
        Levels in stored order, in `units`.
    """

    name: str
    units: str
    positive: str | None
    values: tuple[float, ...]


@dataclass(frozen=True)
class Head:
    """What a product holds at its last commit.

    Attributes
    ----------
    product, kind
        Identifier, and ``soundings`` or ``grid``.
    snapshot
        Identifier of the commit: the version of the data.
    committed
        RFC 3339 instant of the commit.
    bounds
        Outer cell edges (grid) or outermost centres (soundings), longitudes in -180..180;
        west > east across the antimeridian.
    time
        First and last instant, RFC 3339, or None without time.
    time_resolution
        ISO 8601 duration, or ``""``.
    vertical
        Vertical axis of a cube, or None.
    variables
        Names of the stored variables, sorted.
    dimensions
        Sizes of a cube's dimensions in the order t, z, y, x; ``sounding`` and ``level`` of
        soundings.
    size
        Stored bytes.
    files
        Number of source files.
    missions
        Missions of which data are held, sorted.
    attributes
        Global attributes of the data.
    """

    product: str
    kind: "Kind"
    snapshot: str
    committed: str
    bounds: Bounds
    time: tuple[str, str] | None
    time_resolution: str
    vertical: Vertical | None
    variables: tuple[str, ...]
    dimensions: dict[str, int]
    size: int
    files: int
    missions: tuple[str, ...]
    attributes: dict[str, str]


@dataclass(frozen=True)
class StoredHead:
    """A head and the snapshots that are kept.

    Attributes
    ----------
    head
        The current snapshot.
    manifests
        Each snapshot that can be read to the sha256 of its manifest, newest first.
    """

    head: Head
    manifests: Mapping[str, str]


def read_head(root: Path, product: str) -> Head | None:
    """Return the last commit of `product`, or None where it holds no data.

    Raises
    ------
    IntegrityError
        When the file is damaged.
    """
    stored = read_stored_head(root, product)
    return stored.head if stored else None


def read_stored_head(root: Path, product: str) -> StoredHead | None:
    """Return the head with the snapshots that are kept; None and errors as `read_head`."""
    path = f"{root}/{product}/{HEAD}"  # a list of all collections asks for each: text is quicker
    try:
        status = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        _cache.pop(path, None)
        return None
    stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
    known = _cache.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    stored = parse_head(Path(path).read_bytes(), product)
    _cache[path] = (stamp, stored)
    return stored


def list_products(root: Path) -> tuple[str, ...]:
    """Return the identifiers of the products that hold data, sorted."""
    if not root.is_dir():
        return ()
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{HEAD}")))


def head_bytes(stored: StoredHead) -> bytes:
    """Return a head as the content of its file, with a checksum over itself."""
    return _spelled({"head": asdict(stored.head), "manifests": dict(stored.manifests)})


def parse_head(text: bytes, product: str) -> StoredHead:
    """Return what `head_bytes` wrote.

    Raises
    ------
    IntegrityError
        When the bytes are not those that were written.
    """
    try:
        content = json.loads(text)
        content.pop("sha256")
        intact = _spelled(content) == text
    except (ValueError, KeyError, TypeError, AttributeError):
        intact = False
    if not intact:
        raise IntegrityError(product, HEAD, "bytes differ from those that were committed")
    return StoredHead(head_from(content["head"]), content["manifests"])


def head_from(fields: Mapping[str, Any]) -> Head:
    """Build a head from its JSON object."""
    vertical, time = fields["vertical"], fields["time"]
    return Head(
        **{
            **fields,
            "bounds": Bounds(**fields["bounds"]),
            "time": (time[0], time[1]) if time else None,
            "vertical": Vertical(**{**vertical, "values": tuple(vertical["values"])})
            if vertical
            else None,
            "variables": tuple(fields["variables"]),
            "missions": tuple(fields["missions"]),
        }
    )


def _spelled(content: Mapping[str, Any]) -> bytes:
    """Spell a content in the one way that is accepted, with the checksum of the rest."""
    checksum = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    whole = {**content, "sha256": checksum}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"
