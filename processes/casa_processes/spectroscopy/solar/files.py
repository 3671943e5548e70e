"""Tabulated spectra of the Sun."""

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, told
from casa_processes.common.hdf5 import own_file
from casa_processes.spectroscopy.solar.spectrum import Span, Tabulated
from casa_processes.spectroscopy.texts import text_opened

type Values = NDArray[np.float64]

_COLUMNS = 5


def read_solar_spectrum(*paths: Path) -> Tabulated:
    """Read text files of wavenumber, transmittance and irradiance.

    Parameters
    ----------
    paths
        One for each band. After a head that ends with a row of column names follow wavenumbers in
        the frames of Earth and Sun [cm-1], wavelength [um], transmittance and irradiance
        [photon s-1 m-2 um-1].

    Returns
    -------
    Tabulated
        Irradiances in the frame of the Sun. The head tells a distance of the Sun; irradiances are
        taken as those at 1 astronomical unit, with which they agree better. Were they those at that
        distance, albedos would change by its square (1.4 % in March), and nothing else would.

    Raises
    ------
    FileContentError
        When a file is none of these.
    """
    spans = tuple(_span(path) for path in paths)
    about = {"source": "; ".join(path.name for path in paths), "frame": "Sun"}
    return Tabulated(spans, "spectrum", about, relative=False)


def _span(path: Path) -> Span:
    try:
        with text_opened(path) as file:
            rows = file.read().splitlines()
    except (OSError, EOFError) as error:
        raise FileContentError(path.name, "file", "a solar spectrum", told(error, path)) from None
    head = [n for n, row in enumerate(rows) if "Wavenumber" in row and "Intensity" in row]
    if not head:
        raise FileContentError(path.name, "head", "a row of Wavenumber ... Intensity", "none")
    try:
        table = np.array([[float(x) for x in row.split()] for row in rows[head[0] + 1 :] if row])
    except ValueError as error:
        raise FileContentError(path.name, "rows", "rows of numbers", str(error)) from None
    if table.ndim != 2 or table.shape[1] != _COLUMNS:
        raise FileContentError(path.name, "rows", f"{_COLUMNS} numbers each", str(table.shape))
    order = np.argsort(table[:, 1])
    return Span(table[order, 1], table[order, 4])


def read_smoothed_transmittance(path: Path) -> Tabulated:
    """Read an HDF5 file of transmittances of the Sun's atmosphere.

    Parameters
    ----------
    path
        The file, with `Solar/Absorption/Absorption_<n>/wavenumber` [cm-1] and `spectrum` [1].

    Returns
    -------
    Tabulated
        Labelled "smoothed": lines of such files are smeared out to the resolution of a spectrometer
        (1.5 to 3 cm-1), so that sunlight is too bright in the cores of lines; they do for screening
        and teaching, not for a retrieval.

    Raises
    ------
    FileContentError
        When the file is none of these.
    """
    try:
        with own_file(path) as file:
            groups = file["Solar/Absorption"]
            spans = tuple(
                Span(_numbers(groups[name], "wavenumber"), _numbers(groups[name], "spectrum"))
                for name in sorted(groups)
            )
    except FileContentError as error:
        raise FileContentError(path.name, "Solar/Absorption", "spectra", error.found) from None
    if not spans:
        raise FileContentError(path.name, "Solar/Absorption", "spectra", "none")
    return Tabulated(spans, "smoothed", {"source": path.name, "smoothed": "1.5 to 3 cm-1"})


def _numbers(group: h5py.Group, name: str) -> Values:
    return np.asarray(group[name][...], dtype=np.float64)
