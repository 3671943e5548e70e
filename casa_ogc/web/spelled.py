"""Summaries of collections spelled once: as JSON until the head changes, compressed by page."""

import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

import orjson

from casa_ogc.archive.heads import Head
from casa_ogc.catalog.entries import Entry
from casa_ogc.catalog.product import Product
from casa_ogc.web.describe import collection
from casa_ogc.web.summaries import summary

MOST_COLLECTIONS = 2000
MOST_PAGES = 8

type _Held = tuple[Product, Head, bytes]

_lock = Lock()
_collections: OrderedDict[tuple[str, str, str], _Held] = OrderedDict()
_pages: OrderedDict[Hashable, bytes] = OrderedDict()


def spelled(entry: Entry, url: str, lang: str) -> bytes:
    """Return the summary of a collection as JSON; the same bytes while its head is the same.

    A head is read once as long as its file is unchanged, so that the same object is the same head.
    """
    key = (entry.product.id, url, lang)
    held = _collections.get(key)
    if held is not None and held[0] is entry.product and held[1] is entry.head:
        return held[2]
    text = orjson.dumps(summary(collection(entry, url, lang)))
    with _lock:
        _collections[key] = (entry.product, entry.head, text)
        while len(_collections) > MOST_COLLECTIONS:
            _collections.popitem(last=False)
    return text


def listed(descriptions: Sequence[bytes]) -> orjson.Fragment:
    """Join descriptions to a JSON array."""
    return orjson.Fragment(b"[" + b",".join(descriptions) + b"]")


def packed(key: Hashable, body: Callable[[], bytes]) -> bytes:
    """Return a page compressed by gzip; the last ones are compressed once.

    Parameters
    ----------
    key
        What makes the page: as long as it is the same, so is the page.
    body
        Makes the page.
    """
    held = _pages.get(key)
    if held is None:
        packer = zlib.compressobj(level=1, wbits=31)
        held = packer.compress(body()) + packer.flush()
        with _lock:
            _pages[key] = held
            while len(_pages) > MOST_PAGES:
                _pages.popitem(last=False)
    return held
