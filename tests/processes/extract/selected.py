"""Selections of archived data, extracted here and now, and what plain numpy chooses of them."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import netCDF4
import numpy as np

from casa_ogc.archive.heads import read_head
from casa_ogc.catalog.entries import Catalog
from casa_ogc.catalog.product import Product
from casa_ogc.catalog.settings import Limits
from casa_ogc.jobs.resolve import resolve
from casa_processes.common.context import SerialContext
from casa_processes.common.references import InputRef
from casa_processes.common.registry import process

EXTRACT = process("extract")


class Backwards(SerialContext):
    """Does the parts in the wrong order, as workers may, and counts them."""

    parts = 0

    def map(self, work, parts):
        self.parts += len(parts)
        done = {number: work(parts[number], self.check) for number in reversed(range(len(parts)))}
        return iter([done[number] for number in range(len(parts))])


def shelf(root: Path, name: str, **more: Any) -> Any:
    """A catalogue of one product, which is small: requests may have few cells."""
    head = read_head(root, name)
    assert head is not None
    product = Product(
        id=name,
        kind=head.kind,
        title={"en": name, "zh": name},
        description={"en": name, "zh": name},
        licence="CC0-1.0",
        citation="Tests (2026)",
        providers=[{"name": "Tests", "roles": ["producer"]}],
        **more,
    )
    entry = SimpleNamespace(product=product, head=head)
    settings = SimpleNamespace(limits=Limits())
    return SimpleNamespace(
        root=root,
        settings=settings,
        entry=lambda asked: entry,
        open=lambda one: Catalog.open(SimpleNamespace(root=root), one),
    )


def reference_of(catalog: Any, inputs: Mapping[str, Any]) -> InputRef:
    """Resolve inputs as the server does."""
    asked = EXTRACT.validate(inputs)
    return resolve(EXTRACT.collections(asked), catalog)["collection"]


def extracted(folder: Path, catalog: Any, name: str, **inputs: Any) -> tuple[Any, Backwards]:
    """Run the process on a catalogue."""
    asked = {"collection": name, **inputs}
    context = Backwards(folder, {"collection": reference_of(catalog, asked)})
    return EXTRACT.load()(EXTRACT.validate(asked), context), context


def read(path: Path) -> dict[str, np.ndarray]:
    """Read a file as a stranger does: unpacked, missing values NaN."""
    with netCDF4.Dataset(path) as file:
        found = {}
        for name, one in file.variables.items():
            values = one[...]
            if isinstance(values, np.ma.MaskedArray) and values.dtype.kind == "f":
                values = values.filled(np.nan)
            found[name] = np.asarray(values)
        return found
