"""Running a process while the client waits."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from casa_ogc.jobs.resolve import resolve
from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process

if TYPE_CHECKING:
    from casa_ogc.catalog.entries import Catalog


def run_now(process_id: str, inputs: object, catalog: Catalog) -> dict[str, Any]:
    """Run a process here and now.

    Parameters
    ----------
    process_id
        Which process.
    inputs
        Inputs as the client sent them, already parsed from JSON.
    catalog
        Products of this site, from which collections named in the inputs are taken.

    Returns
    -------
    dict
        Outputs by name, all of JSON types; outputs without a value are left out.

    Raises
    ------
    UnknownNameError
        When there is no such process.
    InvalidInputsError
        Naming every input that cannot be used.
    CasaError
        What the process itself raises.
    """
    found = process(process_id)
    validated = found.validate(inputs)
    references = resolve(found.collections(validated), catalog)
    with TemporaryDirectory(prefix="casa-") as folder:
        outputs = found.load()(validated, SerialContext(Path(folder), references))
    return {
        name: value for name, value in outputs.model_dump(mode="json").items() if value is not None
    }
