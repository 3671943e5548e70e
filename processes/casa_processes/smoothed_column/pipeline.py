"""From inputs to outputs: posted retrievals here and now, stored ones in pieces on all workers."""

from casa_processes.common.context import Context
from casa_processes.smoothed_column import Inputs, Outputs, model
from casa_processes.smoothed_column.checks import check_count
from casa_processes.smoothed_column.posted import given, posted
from casa_processes.smoothed_column.stored import listed, stored_columns


def smoothed_columns(inputs: Inputs, context: Context) -> Outputs:
    """Compute the columns that retrievals would report of a profile.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Refers to the soundings as ``collection`` when the inputs name one, and does their pieces.

    Raises
    ------
    InvalidInputsError
        Naming the input whose shape or content cannot be used.
    UnknownNameError
        When the collection stores no averaging kernels.
    """
    found = given(inputs)
    if inputs.observations is None:
        return stored_columns(inputs, found, context)
    retrievals, identifiers = posted(inputs.observations)
    profile = retrievals.prior
    if found.profile is not None:
        check_count(found.profile, len(identifiers))
        profile = model.given_profile(retrievals, found.profile, found.pressure)
    return Outputs(
        smoothed_column=listed(model.smoothed_columns(retrievals, profile)),
        true_column=listed(model.plain_columns(retrievals.weight, profile)),
        prior_column=listed(model.plain_columns(retrievals.weight, retrievals.prior)),
        sounding_id=identifiers,
        matched=len(identifiers),
    )
