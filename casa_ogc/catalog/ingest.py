"""Ingest: files of any known family into the archive, each of them whole or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import xarray as xr

from casa_ogc.archive.commits import now
from casa_ogc.archive.cube_writing import CubeWriter
from casa_ogc.archive.heads import list_products
from casa_ogc.archive.manifests import SourceFile, digest, last_manifest
from casa_ogc.archive.sounding_writing import SoundingWriter
from casa_ogc.archive.transactions import MakeWriter, Writer, transaction
from casa_ogc.catalog.product import Product
from casa_ogc.readers import checks
from casa_ogc.readers.checks import Finding
from casa_ogc.readers.read import read
from casa_ogc.readers.reader import Kind, Reader
from casa_ogc.readers.registry import reader_named
from casa_processes.common.errors import CasaError, InvalidValueError, UnknownNameError

BATCH = 366
type Progress = Callable[[Path, int], None]
type Status = Literal["stored", "known", "failed"]

_WRITERS: Mapping[Kind, MakeWriter] = {"grid": CubeWriter, "soundings": SoundingWriter}


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes
    ----------
    file
        The file.
    status
        ``stored``, ``known`` (taken in before: nothing changed) or ``failed``.
    product
        Where it went, or ``""``.
    rows
        Soundings or time steps.
    error
        Why it failed, or ``""``.
    doubts
        Variables with values that cannot be, and how many; they are stored as they are.
    """

    file: Path
    status: Status
    product: str = ""
    rows: int = 0
    error: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class IngestReport:
    """What became of all files, in the order in which they were given."""

    outcomes: tuple[Outcome, ...]

    def files(self, status: Status) -> tuple[Path, ...]:
        """Return the files with that outcome."""
        return tuple(outcome.file for outcome in self.outcomes if outcome.status == status)


@dataclass(frozen=True)
class _Loaded:
    """One file as it was read."""

    path: Path
    source: SourceFile
    kind: Kind
    product: str
    dataset: xr.Dataset


def ingest(
    files: Iterable[Path],
    archive: Path,
    products: Mapping[str, Product],
    product: str | None = None,
    progress: Progress | None = None,
    reader: str | None = None,
) -> IngestReport:
    """Take files into the archive; returns what became of each, in their order.

    Neighbouring files of one product are committed together, up to 366 of them. A bad file is
    reported and leaves nothing; the others go in.

    Parameters
    ----------
    archive
        Root folder of the archive.
    products
        The configured products by identifier.
    product
        Where all files go; None: where their readers say.
    progress
        Called with each file and its size [bytes] when it is done.
    reader
        Name of the reader of all files; None: the one that recognises each.

    Raises
    ------
    UnknownNameError
        When `product` is not configured, or there is no `reader`.
    """
    if reader is not None:
        reader_named(reader)
    if product is not None and product not in products:
        raise UnknownNameError("product", product, products)
    paths = [Path(file) for file in files]
    outcomes: dict[Path, Outcome] = {}

    def report(outcome: Outcome) -> None:
        outcomes[outcome.file] = outcome
        if progress is not None:
            size = outcome.file.stat().st_size if outcome.file.exists() else 0
            progress(outcome.file, size)

    known = _known_files(archive, product)
    loaded = _loaded(paths, products, (product, reader), known, report)
    first = next(loaded, None)
    while first is not None:
        first = _store(archive, first, loaded, report)
    return IngestReport(tuple(outcomes[path] for path in dict.fromkeys(paths)))


def check(files: Iterable[Path]) -> tuple[Finding, ...]:
    """List all that is missing or wrong in files, in one go; writes nothing."""
    return tuple(finding for file in files for finding in checks.check(Path(file)))


def _store(
    archive: Path,
    first: _Loaded,
    others: Iterator[_Loaded],
    report: Callable[[Outcome], None],
) -> _Loaded | None:
    """Commit `first` and those of its product that follow, in one go.

    What the files became is reported when that is sure. Returns the file after them.
    """
    product = first.product
    outcomes: list[Outcome] = []
    item: _Loaded | None = first
    with transaction(archive, product, first.kind, _WRITERS[first.kind]) as writer:
        while item is not None and item.product == product and len(outcomes) < BATCH:
            outcomes.append(_put(writer, item))
            item = next(others, None)
    for outcome in outcomes:
        report(outcome)
    return item


def _put(writer: Writer, item: _Loaded) -> Outcome:
    try:
        writer.put(item.dataset, (item.source,))
    except CasaError as error:
        return Outcome(item.path, "failed", item.product, error=_worded(item.path, error))
    doubts = tuple(f"{name}: {text}" for name, text in checks.out_of_range(item.dataset))
    return Outcome(item.path, "stored", item.product, item.source.rows, doubts=doubts)


def _loaded(
    paths: Sequence[Path],
    products: Mapping[str, Product],
    named: tuple[str | None, str | None],
    known: dict[str, str],
    report: Callable[[Outcome], None],
) -> Iterator[_Loaded]:
    product, reader_name = named
    for path in paths:
        try:
            stored = digest(path)
            if stored.sha256 in known:
                report(Outcome(path, "known", known[stored.sha256]))
                continue
            reader, dataset = read(path, reader_name)
            for refusal in checks.impossible(reader, dataset, path.name):
                raise refusal
            name = _fitting(reader, dataset, products, product)
        except (CasaError, OSError) as error:
            report(Outcome(path, "failed", product or "", error=_worded(path, error)))
            continue
        known[stored.sha256] = name
        source = _source(path, stored.sha256, stored.size, reader, dataset)
        yield _Loaded(path, source, reader.kind, name, dataset)


def _worded(path: Path, error: Exception) -> str:
    text = str(error)
    return text if path.name in text else f"{path.name}: {text}"


def _fitting(
    reader: Reader, dataset: xr.Dataset, products: Mapping[str, Product], product: str | None
) -> str:
    """Return the product that a data set goes to, which must be configured and of its kind."""
    name = product or str(dataset.attrs.get("product", ""))
    if name not in products:
        raise UnknownNameError("product", name, products)
    if products[name].kind != reader.kind:
        raise InvalidValueError("product", name, f"one that holds {reader.kind}")
    return name


def _source(path: Path, sha256: str, size: int, reader: Reader, dataset: xr.Dataset) -> SourceFile:
    rows = dataset.sizes.get("sounding", dataset.sizes.get("time", 1))
    return SourceFile(path.name, sha256, size, reader.title, reader.version, now(), int(rows))


def _known_files(archive: Path, product: str | None) -> dict[str, str]:
    """Map the checksum of each file that was taken in to its product."""
    names = list_products(archive) if product is None else (product,)
    return {
        file.sha256: name
        for name in names
        if (manifest := last_manifest(archive, name)) is not None
        for file in manifest.files
    }
