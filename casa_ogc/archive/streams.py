"""What may share a product: one stream, and attributes that hold for all of it."""

from collections.abc import Mapping

import xarray as xr

from casa_ogc.archive.heads import Head
from casa_ogc.readers.reader import Kind
from casa_processes.common.errors import FileContentError

STREAM = "stream"


def check_stream(product: str, stored: Mapping[str, str], dataset: xr.Dataset) -> None:
    """Refuse data of another stream than the product holds.

    Raises
    ------
    FileContentError
        With the way out: another product.
    """
    found = str(dataset.attrs.get(STREAM, ""))
    expected = stored.get(STREAM, "")
    if stored and found != expected:
        raise FileContentError(
            str(dataset.attrs.get("source", "data set")),
            STREAM,
            f"{expected or 'none'!r} as product {product!r} holds"
            " (name another product with --product)",
            repr(found or "none"),
        )


def check_kind(product: str, head: Head | None, kind: Kind) -> None:
    """Refuse a grid where soundings are held, and the other way round.

    Raises
    ------
    FileContentError
        With the way out: another product.
    """
    if head is not None and head.kind != kind:
        expected = f"{head.kind} (name another product with --product)"
        raise FileContentError(product, "kind of data", expected, kind)


def merged_attributes(stored: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes after new data were added: the newest file's word counts."""
    return {**stored, **given}
