"""From a selection to a file: the parts of a grid or of soundings, one after the other."""

from casa_processes.common.context import Context
from casa_processes.common.errors import InvalidInputsError
from casa_processes.extract import Inputs, Outputs, Source
from casa_processes.extract.grids import written_grid
from casa_processes.extract.soundings import written_soundings


def extracted(inputs: Inputs, context: Context) -> Outputs:
    """Write what a request would answer to a netCDF file.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Refers to the data as ``collection``, with their selection; does their pieces; its folder
        takes the file.

    Raises
    ------
    UnknownNameError
        When the product no longer keeps the snapshot.
    IntegrityError
        When stored bytes are missing or damaged.
    StoppedError
        When the run was stopped.
    """
    reference = context.references["collection"]
    if reference.selection is None:
        raise InvalidInputsError([("/collection", "the selection was not resolved")])
    source = Source(
        collection=inputs.collection, snapshot=reference.snapshot, licence=reference.licence
    )
    attributes = {
        "licence": reference.licence,
        "input_collection": inputs.collection,
        "input_snapshot": reference.snapshot,
    }
    if reference.selection.layout:
        matched, path = written_grid(reference, context, attributes)
        return Outputs(matched=matched, source=source, grid=path)
    matched, path = written_soundings(reference, context, attributes)
    return Outputs(matched=matched, source=source, soundings=path)
