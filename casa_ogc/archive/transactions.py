"""Transactions: several data sets put into one product and committed in one go."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import xarray as xr

from casa_ogc.archive.commits import writing
from casa_ogc.archive.heads import Head, read_head
from casa_ogc.archive.manifests import Manifest, SourceFile, last_manifest
from casa_ogc.archive.streams import check_kind
from casa_ogc.readers.reader import Kind
from casa_processes.common.errors import FileContentError

type Item = tuple[xr.Dataset, tuple[SourceFile, ...]]


class Writer(Protocol):
    """One transaction on one product; the caller holds the product's lock."""

    touched: bool

    def put(self, dataset: xr.Dataset, files: Sequence[SourceFile]) -> None:
        """Add one data set; its checks precede its first write."""

    def commit(self, root: Path) -> Head:
        """Make all that was put current."""


type MakeWriter = Callable[[str, Path, Manifest | None], Writer]


@contextmanager
def transaction(root: Path, product: str, kind: Kind, make: MakeWriter) -> Iterator[Writer]:
    """Yield a writer and commit what it took when the block ends well.

    Raises
    ------
    FileContentError
        When the product holds data of another kind.
    """
    with writing(root, product) as folder:
        previous = last_manifest(root, product)
        check_kind(product, previous.head if previous else None, kind)
        writer = make(product, folder, previous)
        yield writer
        if writer.touched:
            writer.commit(root)


def write_items(
    root: Path, product: str, kind: Kind, make: MakeWriter, items: Iterable[Item]
) -> Head:
    """Write data sets into one product in one commit; returns the head.

    Raises
    ------
    FileContentError, UnknownNameError
        When one of them does not fit; nothing of any is then committed.
    """
    with transaction(root, product, kind, make) as writer:
        for dataset, files in items:
            writer.put(dataset, files)
    head = read_head(root, product)
    if head is None:
        raise FileContentError(product, "files", "at least one data set", "none")
    return head


def all_known(files: Sequence[SourceFile], previous: Manifest | None) -> bool:
    """Tell whether each of `files` was taken in before, by checksum."""
    known = {file.sha256 for file in previous.files} if previous else set()
    return bool(files) and all(file.sha256 in known for file in files)
