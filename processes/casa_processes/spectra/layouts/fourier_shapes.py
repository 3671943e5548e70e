"""Tables of the line shapes of a Fourier transform spectrometer."""

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.instruments.shapes import tabulated
from casa_processes.instruments.spectrometer import Band, Spectrometer
from casa_processes.spectra.layouts.hdf5 import first_of, numbers, opened
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]


def line_shapes(path: Path, spectrometer: Spectrometer) -> dict[str, LineShape]:
    """Read the shapes of all bands.

    Parameters
    ----------
    path
        A file of level 1B that has tables of its own, ``InstrumentHeader/ils_coef_*``, or one of
        NASA's static input, ``Instrument/ILS/ILS_*``.
    spectrometer
        Whose bands are asked for; tables are cut at their reach.

    Raises
    ------
    FileContentError
        When the file has no tables of a band, or ones that cannot be used.
    """
    with opened(path) as file:
        return {
            name: _band(file, band, number)
            for number, (name, band) in enumerate(spectrometer.bands.items(), 1)
        }


def _band(file: h5py.File, band: Band, number: int) -> LineShape:
    own = f"InstrumentHeader/ils_coef_{band.name}"
    static = f"Instrument/ILS/ILS_{number}/response"
    if first_of(file, (own,)):
        node, offset, response = _own(file, band)
    elif first_of(file, (static,)):
        names = ("wavenumber", "delta_lambda", "response")
        found = (numbers(file, f"Instrument/ILS/ILS_{number}/{name}") for name in names)
        node, offset, response = found
    else:
        name = Path(file.filename).name
        expected = f"a table of line shapes; {static} of another file can be named"
        raise FileContentError(name, own, expected, "nothing")
    inside = (np.abs(offset) <= (band.reach or np.inf)).any(axis=0)
    return tabulated("wavenumber", node, offset[:, inside], response[:, inside])


def _own(file: h5py.File, band: Band) -> tuple[Values, Values, Values]:
    """Read the tables of a file of level 1B; of two polarisations, the mean."""
    header = "InstrumentHeader/ils_coef_"
    node = numbers(file, f"{header}center_wavenumber_{band.name}")
    offset = numbers(file, f"{header}relative_wavenumber_{band.name}")
    response = numbers(file, f"{header}{band.name}")
    if response.ndim == 3 and node.ndim == 2:
        node, response = node[0], response.mean(axis=0)
    if node.ndim != 1 or response.shape != (node.size, offset.size):
        found = f"shapes {node.shape}, {offset.shape} and {response.shape}"
        expected = "centres, offsets and a response of each pair"
        name = Path(file.filename).name
        raise FileContentError(name, f"{header}{band.name}", expected, found)
    order = np.argsort(node)
    return node[order], np.tile(offset, (node.size, 1)), response[order]
