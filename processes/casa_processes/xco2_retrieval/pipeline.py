"""From spectra to soundings: chosen, cut into parts, retrieved on all workers, tested, written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Context
from casa_processes.xco2_retrieval import BUILTIN, SYNTHETIC, Inputs, Outputs, output
from casa_processes.xco2_retrieval import Source as SourceModel
from casa_processes.xco2_retrieval.bias_correction import check, corrected, read_correction
from casa_processes.xco2_retrieval.chunks import inputs_text, joined, parts, work
from casa_processes.xco2_retrieval.comparison import check_size, checked, compared, summary
from casa_processes.xco2_retrieval.coverage import first_coverage
from casa_processes.xco2_retrieval.physics import BANDS, Loaded, Setup, load, needed, suns
from casa_processes.xco2_retrieval.physics import chosen as options_of
from casa_processes.xco2_retrieval.pictures import drawn
from casa_processes.xco2_retrieval.quality import bits, counts, flag
from casa_processes.xco2_retrieval.residuals import write_residuals
from casa_processes.xco2_retrieval.rows import names
from casa_processes.xco2_retrieval.selection import chosen, places_of
from casa_processes.xco2_retrieval.sources import Origin, Source, opened

type Columns = dict[str, NDArray[Any]]

_TABLES_SHARE = 0.1
"""Part of the progress bar that building of tables may take."""


def retrieve_granule(inputs: Inputs, context: Context) -> Outputs:
    """Retrieve the soundings of a granule.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Holds the files that the inputs name, does the parts, and has a folder for the results.

    Raises
    ------
    InvalidInputsError
        When no sounding meets the selection.
    UnknownNameError, TooLargeError
        When the collection to compare with stores no XCO2, or too many soundings there.
    FileContentError, InvalidValueError
        When a file as a whole cannot be used. A single sounding raises nothing: it has an outcome
        and a message.
    StoppedError
        When the run was stopped.
    """
    correction = None
    if inputs.bias_correction is not None:
        correction = read_correction(Path(context.files["bias_correction"].path))
    reference = checked(inputs, context)
    setup, origin = _setup(inputs, context), _origin(inputs, context)
    source = opened(origin)
    places = source.places()
    picked = chosen(places, inputs)
    check_size(reference, places_of(places, picked.order), inputs.near)
    if correction is not None:
        named = names(simulated=source.simulated, screened=inputs.screening != "off")
        check(correction, named, places.footprint[picked.order])
    context.progress(0.0, "tables of cross-sections")
    ready = load(setup, lambda part: context.progress(_TABLES_SHARE * part, "tables"))
    shared = {"inputs": inputs_text(inputs), "setup": setup, "source": origin}
    columns = joined(list(context.map(work, parts(picked.order, shared))))
    columns["xco2"] = columns["xco2_raw"]
    if correction is not None:
        columns["xco2"] = corrected(correction, columns).astype(np.float32)
    builtin = ready.quality == BUILTIN
    single = inputs.options.scattering == "single"
    columns["retrieval_tests"] = bits(columns, inputs.limits, builtin=builtin, single=single)
    columns["quality_flag"] = flag(columns["retrieval_tests"], simulated=source.simulated)
    title = correction.title if correction else ""
    return _outputs(inputs, context, source, ready, columns, picked.matched, title)


def _outputs(
    inputs: Inputs,
    context: Context,
    source: Source,
    ready: Loaded,
    columns: Columns,
    matched: int,
    correction: str,
) -> Outputs:
    """Write the files and sum up."""
    about = output.attributes(
        simulated=source.simulated,
        spectroscopy=ready.quality,
        scattering=inputs.options.scattering,
        mission=source.mission,
        instrument=source.instrument,
        correction=correction,
    ) | _checksums(context)
    spectra = {name: columns.pop(name) for name in list(columns) if name.startswith("fit_")}
    folder = context.folder
    matches = compared(inputs, context, columns)
    pictures = (
        drawn(folder, columns, source, ready.physics, inputs, matches) if inputs.plots else {}
    )
    return Outputs(
        matched=matched,
        outcomes=output.outcomes(columns),
        failed_tests=counts(columns["retrieval_tests"]),
        good=output.statistics(columns),
        messages=output.messages(columns),
        compared=summary(matches, columns),
        source=_source(inputs, context, source, ready, columns, about["science_quality"]),
        soundings=output.write(folder / "soundings.nc", columns, about),
        spectra=_residuals(folder / "spectra.nc", columns, spectra, about, inputs),
        **pictures,
    )


def _source(
    inputs: Inputs,
    context: Context,
    source: Source,
    ready: Loaded,
    columns: Columns,
    science_quality: str,
) -> SourceModel:
    """Say what results were made of."""
    options = inputs.options
    return SourceModel(
        spectra=inputs.l1b,
        simulated=source.simulated,
        spectroscopy=ready.quality,
        missing=list(ready.missing),
        scattering=options.scattering,
        science_quality=science_quality,
        warnings=output.warnings(simulated=source.simulated, scattering=options.scattering),
        channels=first_coverage(source, columns["number"], ready.physics, options_of(options)),
        files={name: file.sha256 for name, file in context.files.items()},
    )


def _residuals(
    path: Path,
    columns: Columns,
    spectra: Columns,
    about: Mapping[str, str],
    inputs: Inputs,
) -> Path | None:
    return write_residuals(path, columns, spectra, about) if inputs.residuals else None


def _setup(inputs: Inputs, context: Context) -> Setup:
    """Say what physics is made of; simulations do with small tables."""
    simulated = inputs.l1b == SYNTHETIC
    spectroscopy = _path(context, "spectroscopy") or BUILTIN
    named = _paths(context, "solar") or ((BUILTIN,) if inputs.solar else suns(spectroscopy))
    return Setup(
        spectroscopy=spectroscopy,
        solar=named,
        bands=BANDS if simulated else needed(inputs, spectroscopy),
        folder=str(context.cache / "cross_sections"),
        coarse=simulated,
        sha256=tuple(each.sha256 for _, each in sorted(context.files.items())),
    )


def _origin(inputs: Inputs, context: Context) -> Origin:
    if inputs.l1b == SYNTHETIC:
        return Origin(seed=inputs.seed)
    return Origin(
        spectra=_path(context, "l1b"),
        meteorology=_path(context, "meteorology"),
        line_shapes=_path(context, "line_shapes"),
        prior=_path(context, "prior"),
        functions=_path(context, "residual_functions"),
        sha256=tuple(each.sha256 for _, each in sorted(context.files.items())),
        instrument=inputs.instrument or "",
        polarisation=inputs.polarisation,
    )


def _path(context: Context, name: str) -> str:
    return context.files[name].path if name in context.files else ""


def _paths(context: Context, name: str) -> tuple[str, ...]:
    """Return the paths of an input that may name several files, in their order."""
    named = [key for key in context.files if key.partition("/")[0] == name]
    return tuple(context.files[key].path for key in named)


def _checksums(context: Context) -> dict[str, str]:
    """Return attributes that tell which files went in."""
    return {
        f"input_{name.replace('/', '_')}": f"{f.name} sha256:{f.sha256}"
        for name, f in context.files.items()
    }
