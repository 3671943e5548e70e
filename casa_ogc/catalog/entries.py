"""The catalogue: products that hold data, configured or published, and the way to their data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from casa_ogc.archive.cubes import Cube, open_cube
from casa_ogc.archive.heads import Head, read_head, read_stored_head
from casa_ogc.archive.manifests import read_manifest
from casa_ogc.archive.soundings import SoundingStore, open_soundings
from casa_ogc.catalog.product import Product
from casa_ogc.catalog.products import load_products
from casa_ogc.catalog.published import current, current_product
from casa_ogc.catalog.regions import SiteRegion, load_regions
from casa_ogc.catalog.settings import Settings, load_settings
from casa_processes.common.errors import UnknownNameError


@dataclass(frozen=True)
class Entry:
    """A product together with the head of its data."""

    product: Product
    head: Head


@dataclass(frozen=True)
class Catalog:
    """All products of a site; those without data are known but not listed.

    Attributes
    ----------
    products
        The configured ones; results that jobs publish are looked up in the archive.
    """

    settings: Settings
    products: Mapping[str, Product]
    regions: tuple[SiteRegion, ...] = ()

    @property
    def root(self) -> Path:
        """Folder of the archive."""
        return self.settings.archive

    def entries(self) -> dict[str, Entry]:
        """Return the products that hold data, by id, as they are committed now."""
        known = {**current(self.root), **self.products}
        ordered = (*self.products, *(name for name in known if name not in self.products))
        found = ((known[name], read_head(self.root, name)) for name in ordered)
        return {product.id: Entry(product, head) for product, head in found if head is not None}

    def entry(self, name: str) -> Entry:
        """Return one product that holds data.

        Raises
        ------
        UnknownNameError
            When there is no such product, or it holds no data yet.
        """
        product = self.products.get(name) or current_product(self.root, name)
        head = read_head(self.root, name) if product else None
        if product is None or head is None:
            raise UnknownNameError("collection", name, self.entries())
        return Entry(product, head)

    def versions(self, name: str) -> tuple[str, ...]:
        """Return the snapshots of a product that can be read, newest first.

        Raises
        ------
        UnknownNameError
            As `entry`.
        """
        self.entry(name)
        stored = read_stored_head(self.root, name)
        return tuple(stored.manifests) if stored else ()

    def version(self, name: str, snapshot: str) -> Entry:
        """Return a product as it was at one of its snapshots.

        Raises
        ------
        UnknownNameError
            As `entry`, and when there is no such snapshot (kind ``instance``).
        """
        entry, known = self.entry(name), self.versions(name)
        if snapshot not in known:
            raise UnknownNameError("instance", snapshot, known)
        if snapshot == entry.head.snapshot:
            return entry
        return Entry(entry.product, _old_head(self.root, name, snapshot))

    def open(self, entry: Entry) -> Cube | SoundingStore:
        """Open the data of a product at the snapshot of its head; stores stay open."""
        opener = open_cube if entry.head.kind == "grid" else open_soundings
        return opener(self.root, entry.product.id, entry.head.snapshot)


@lru_cache(maxsize=256)
def _old_head(root: Path, name: str, snapshot: str) -> Head:
    """Return the head of a snapshot; its manifest never changes."""
    return read_manifest(root, name, snapshot).head


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read settings and products of a configuration folder."""
    return Catalog(load_settings(folder), load_products(folder), load_regions(folder))
