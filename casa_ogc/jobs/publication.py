"""Results as collections: a file of a job becomes a product of the catalogue, and goes in time.

The data go into the archive first, through the same door as every file; the document that makes
them known comes last. Whoever dies in between leaves nothing that anybody sees.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casa_ogc.archive.cube_writing import CubeWriter
from casa_ogc.archive.manifests import SourceFile, digest
from casa_ogc.archive.removal import remove_product
from casa_ogc.archive.sounding_writing import SoundingWriter
from casa_ogc.archive.transactions import MakeWriter, write_items
from casa_ogc.catalog import published
from casa_ogc.catalog.published import PublishedProduct
from casa_ogc.jobs.product_document import described
from casa_ogc.jobs.provenance import provenance
from casa_ogc.jobs.publishable import collection_id
from casa_ogc.jobs.result_reader import read_result
from casa_ogc.jobs.results import StoredFile
from casa_ogc.jobs.withdrawal import holding, removed
from casa_processes.common.errors import IntegrityError, InvalidInputsError
from casa_processes.common.registry import process

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import xarray as xr

    from casa_ogc.catalog.entries import Catalog
    from casa_ogc.jobs.record import Job
    from casa_ogc.jobs.results import Manifest
    from casa_ogc.readers.reader import Kind
    from casa_processes.common.context import Check

_WRITERS: Mapping[Kind, MakeWriter] = {"grid": CubeWriter, "soundings": SoundingWriter}


def publish(
    job: Job,
    manifest: Manifest,
    catalog: Catalog,
    check: Check = lambda: None,
) -> str:
    """Make a collection of the results of an attempt; returns its id.

    The same attempt may do so again: nothing changes. A later attempt replaces what an earlier
    one published, and an earlier one changes nothing after a later one.

    Parameters
    ----------
    job
        The job, with the attempt that ran.
    manifest
        Its results, which are written.
    catalog
        Where its inputs come from and the collection goes.
    check
        Raises when the attempt shall end; called last before the collection is seen.

    Raises
    ------
    InvalidInputsError
        When the results hold nothing that can be a collection, or nothing at all.
    NoDerivativesError
        When a licence of the inputs forbids it.
    FileContentError
        When the file is not in the common schema.
    IntegrityError
        When the file is not the one that was written.
    StoppedError
        When `check` says so; nothing is left then.
    """
    name, root = collection_id(job.id), catalog.root
    output = _output(job, manifest)
    with holding(root, name):
        known = published.document(root, name)
        if known is not None and known.attempt >= job.attempt:
            return name
        dataset, source = _read(job, manifest, output, catalog)
        product = described(job, dataset, catalog, name)
        record = provenance(job, manifest, catalog.settings, name)
        removed(root, name)
        try:
            _store(root, product, dataset, source)
            check()
        except BaseException:
            remove_product(root, name)
            raise
        published.put(root, product, json.dumps(record, ensure_ascii=False).encode())
    return name


def _output(job: Job, manifest: Manifest) -> str:
    """Return the output of the results that becomes the collection."""
    execution = job.execution
    marks = process(execution.process_id).files()
    wanted = [
        name
        for name, mark in marks.items()
        if mark.collection
        and (not execution.outputs or name in execution.outputs)
        and (not mark.when or execution.inputs.get(mark.when))
    ]
    for name in wanted:
        if isinstance(manifest.outputs.get(name), StoredFile):
            return name
    if not wanted:
        raise InvalidInputsError([("", "the results hold no output that can be a collection")])
    reason = f"nothing met the selection: the run wrote no {' and no '.join(wanted)} to publish"
    raise InvalidInputsError([("", reason)])


def _read(
    job: Job, manifest: Manifest, output: str, catalog: Catalog
) -> tuple[xr.Dataset, SourceFile]:
    """Read the file of an output, checked, in the common schema."""
    stored: StoredFile = manifest.outputs[output]
    folder = catalog.settings.jobs.folder / "results" / job.id / str(job.attempt)
    path = folder / stored.file
    if digest(path).sha256 != stored.sha256:
        raise IntegrityError(f"results of job {job.id}", stored.file, "bytes differ")
    kind: Any = process(job.execution.process_id).files()[output].collection
    dataset = read_result(path, kind)
    rows = dataset.sizes.get("sounding", dataset.sizes.get("time", 1))
    source = SourceFile(
        name=f"{output}.nc",
        sha256=stored.sha256,
        size=stored.size,
        reader=f"process {job.execution.process_id}",
        reader_version=job.execution.process_version,
        time=published.now(),
        rows=int(rows),
    )
    return dataset, source


def _store(root: Path, product: PublishedProduct, dataset: xr.Dataset, source: SourceFile) -> None:
    """Write the data with what the document says of them."""
    whole = dataset.assign_attrs(
        title=product.title.en,
        source=f"process {product.process} {product.process_version}",
        licence=product.licence,
        history=f"{product.created}: {product.process} {product.process_version}",
    )
    write_items(root, product.id, product.kind, _WRITERS[product.kind], [(whole, (source,))])
