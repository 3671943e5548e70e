"""Running a process here and now, without server, database or cluster; results into a folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from casa_ogc.jobs.input_files import local, opened
from casa_ogc.jobs.interrupts import Interrupts
from casa_ogc.jobs.resolve import resolve
from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.file_inputs import named_files
from casa_processes.common.registry import process

if TYPE_CHECKING:
    from pydantic import BaseModel

    from casa_ogc.catalog.entries import Catalog
    from casa_processes.common.process import Process

VALUES = "results.json"
"""File that holds all outputs that are no files."""


def run_into(
    folder: Path,
    process_id: str,
    inputs: object,
    catalog: "Catalog",
    report: Callable[[float, str], None] | None = None,
) -> list[Path]:
    """Run a process and write what comes out into a folder, which is made when it is missing.

    Nothing is left in it by a run that fails or that a signal ends, whenever it comes; one that
    comes when the results are there is too late.

    Parameters
    ----------
    folder
        Where the results are written: ``results.json`` and one file for each output that is one.
    process_id
        Which process.
    inputs
        Inputs of JSON types; collections are named by their ids, files by their paths.
    catalog
        Products of this site.
    report
        Receives the progress as fraction and message.

    Returns
    -------
    list of Path
        The files that were written.

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
    files = opened(local(named_files(validated)))
    folder.mkdir(parents=True, exist_ok=True)
    work = folder.absolute() / f".casa-{uuid4().hex}"
    with Interrupts() as interrupts:
        try:
            work.mkdir()
            with interrupts.heard():
                context = SerialContext(work, references, report, files)
                outputs = found.load()(validated, context)
            return _kept(found, outputs, work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _kept(found: "Process", outputs: "BaseModel", work: Path, folder: Path) -> list[Path]:
    """Move the files and write the values of a run that succeeded: all of them, or none."""
    moved = {}
    for name in found.files():
        path = getattr(outputs, name)
        if path is None:
            continue
        source = (work / path).resolve()
        if not source.is_file() or not source.is_relative_to(work.resolve()):
            raise InvalidValueError(f"output {name}", str(path), "a file in the folder of the run")
        moved[source] = folder / f"{name}{source.suffix}"
    values = outputs.model_dump(mode="json", exclude=set(found.files()), exclude_none=True)
    text = json.dumps(values, indent=1, ensure_ascii=False)
    told = work / f"{work.name}.json"
    told.write_text(f"{text}\n", encoding="utf-8")
    moved[told] = folder / VALUES
    for source, place in moved.items():
        source.replace(place)
    return list(moved.values())
