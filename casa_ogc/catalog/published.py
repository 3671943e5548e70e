"""Published results: products that jobs add while the service runs.

Each has one document in a folder of the archive, beside the products' data. A process that asks for
them looks at the time of that folder alone and reads what has changed, so that a collection is seen
at once by every process that serves the archive, without a word between them.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import time_ns
from types import MappingProxyType

from pydantic import Field

from casa_ogc.archive.durable import sync_folder, write_durably
from casa_ogc.catalog.product import Model, Product

FOLDER = ".published"
_SETTLED = 2_000_000_000
"""Age from which a folder's time tells of every change: file systems count it coarsely.  [ns]"""
_LOG = logging.getLogger(__name__)

type Stamp = tuple[int, int, int]


class Origin(Model):
    """One collection that a result was made from."""

    collection: str
    snapshot: str
    title: str
    licence: str
    citation: str


class PublishedProduct(Product):
    """A product that a job made; nothing in it leads to the job."""

    process: str
    process_version: str
    created: str = Field(description="RFC 3339 instant in UTC, milliseconds and Z")
    expires: str | None = Field(None, description="instant from which it is gone, as created")
    origins: tuple[Origin, ...] = ()
    attempt: int = Field(0, description="of the job; a later one may replace it")
    provenance: str = Field(description="file name of the W3C PROV-JSON beside the document")


@dataclass
class _Shelf:
    """What a folder held when it was last looked at."""

    stamp: Stamp = (0, 0, 0)
    settled: bool = False
    held: dict[str, tuple[Stamp, PublishedProduct | None]] = field(default_factory=dict)
    products: Mapping[str, PublishedProduct] = field(default_factory=dict)


_shelves: dict[Path, _Shelf] = {}


def published(root: Path) -> Mapping[str, PublishedProduct]:
    """Return the published products of an archive by id, expired ones included.

    A document that cannot be read is left out, and the log tells of it.

    Parameters
    ----------
    root
        Folder of the archive.
    """
    folder = root / FOLDER
    try:
        status = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        _shelves.pop(folder, None)
        return MappingProxyType({})
    shelf = _shelves.get(folder)
    stamp = _stamp(status)
    if shelf is None or shelf.stamp != stamp or not shelf.settled:
        settled = time_ns() - status.st_mtime_ns > _SETTLED
        shelf = _looked(folder, stamp, settled, shelf or _Shelf())
        _shelves[folder] = shelf
    return shelf.products


def current(root: Path) -> dict[str, PublishedProduct]:
    """Return those published products that have not expired, by id."""
    instant = now()
    return {name: one for name, one in published(root).items() if not is_over(one, instant)}


def current_product(root: Path, name: str) -> PublishedProduct | None:
    """Return one published product; None where there is none or it has expired."""
    found = published(root).get(name)
    return None if found is None or is_over(found, now()) else found


def is_over(product: PublishedProduct, instant: str) -> bool:
    """Tell whether a product has expired at an instant, written as `now` writes it."""
    return product.expires is not None and product.expires <= instant


def now() -> str:
    """Return the present instant, RFC 3339 in UTC with milliseconds."""
    text = datetime.now(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def put(root: Path, product: PublishedProduct, provenance: bytes) -> None:
    """Make a product known; its data are in the archive already.

    The document comes last: before it nothing is seen, with it everything is there.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / product.provenance, provenance)
    write_durably(path_of(root, product.id), product.model_dump_json(indent=1).encode())
    sync_folder(root)


def withdraw(root: Path, name: str) -> bool:
    """Make a product unknown; returns whether it was known. Its data stay."""
    folder = root / FOLDER
    path = path_of(root, name)
    known = path.is_file()
    path.unlink(missing_ok=True)
    (folder / provenance_name(name)).unlink(missing_ok=True)
    if folder.is_dir():
        sync_folder(folder)
    return known


def document(root: Path, name: str) -> PublishedProduct | None:
    """Return one product as its document tells now; None where there is none that can be read."""
    return _read(path_of(root, name))


def path_of(root: Path, name: str) -> Path:
    """Return where the document of a product is, if it is published."""
    return root / FOLDER / f"{name}.json"


def provenance_name(name: str) -> str:
    """Return the name of the file that tells where a product comes from."""
    return f"{name}.prov"


def read_provenance(root: Path, product: PublishedProduct) -> bytes | None:
    """Return the W3C PROV-JSON of a product, or None when it is gone meanwhile."""
    try:
        return (root / FOLDER / product.provenance).read_bytes()
    except FileNotFoundError:
        return None


def _looked(folder: Path, stamp: Stamp, settled: bool, before: _Shelf) -> _Shelf:
    """Read the documents that are new or replaced; the others stay the objects they were."""
    held: dict[str, tuple[Stamp, PublishedProduct | None]] = {}
    with os.scandir(folder) as files:
        for file in files:
            if file.name.startswith(".") or not file.name.endswith(".json"):
                continue
            found = _held(file, before)
            if found is not None:
                held[file.name] = found
    products = {one.id: one for _, (_, one) in sorted(held.items()) if one is not None}
    return _Shelf(stamp, settled, held, MappingProxyType(products))


def _held(file: os.DirEntry[str], before: _Shelf) -> tuple[Stamp, PublishedProduct | None] | None:
    try:
        stamp = _stamp(file.stat())
    except FileNotFoundError:
        return None
    known = before.held.get(file.name)
    if known is not None and known[0] == stamp:
        return known
    return stamp, _read(Path(file.path))


def _read(path: Path) -> PublishedProduct | None:
    try:
        found = PublishedProduct.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        _LOG.error("published product %s cannot be read: %s", path.name, error)
        return None
    if found.id != path.stem:
        _LOG.error("published product %s calls itself %s", path.name, found.id)
        return None
    return found


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino
