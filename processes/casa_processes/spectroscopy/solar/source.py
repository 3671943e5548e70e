"""Sunlight from one of its sources."""

from pathlib import Path

import h5py

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectroscopy.solar.builtin import synthetic_sun
from casa_processes.spectroscopy.solar.files import read_smoothed_transmittance, read_solar_spectrum
from casa_processes.spectroscopy.solar.lines import is_solar_line, read_solar_lines
from casa_processes.spectroscopy.solar.spectrum import Continued, Solar
from casa_processes.spectroscopy.texts import text_opened

BUILTIN = "builtin"

_HEAD = 65_536


def sunlight(*sources: str) -> Solar:
    """Return the light of the Sun.

    Parameters
    ----------
    sources
        "builtin"; or a list of solar lines (``solar_di*.101``, ``solar_dc*.101``); or an HDF5 file
        of transmittances; or one or more text files of a spectrum, one for each band, and perhaps a
        list of lines for what is beyond them. What they hold tells them apart, whatever their
        names; text may be compressed by gzip.

    Raises
    ------
    InvalidValueError
        When there is no such source, or several files of which not all are spectra.
    FileContentError
        When a file is missing, damaged, or not of the kind that its begin or its name tells.
    """
    paths = [Path(each) for each in sources]
    kinds = [_kind(path) for path in paths]
    if kinds == [BUILTIN]:
        return synthetic_sun()
    if kinds == ["101"]:
        return read_solar_lines(paths[0])
    if kinds in (["h5"], ["hdf"]):
        return read_smoothed_transmittance(paths[0])
    spectra = [path for path, kind in zip(paths, kinds, strict=True) if kind == "txt"]
    lines = [path for path, kind in zip(paths, kinds, strict=True) if kind == "101"]
    if spectra and len(spectra) + len(lines) == len(paths) and len(lines) <= 1:
        table = read_solar_spectrum(*spectra)
        return Continued(table, read_solar_lines(lines[0])) if lines else table
    expected = "builtin, a list of solar lines (.101), an HDF5 file, or text files of a spectrum"
    raise InvalidValueError("source of sunlight", [path.name for path in paths], expected)


def _kind(path: Path) -> str:
    """Tell what a file is by its begin, and by its name where that tells nothing."""
    name = path.name.removesuffix(".gz")
    if name == BUILTIN:
        return name
    if not path.is_file():
        raise FileContentError(path.name, "file", "a source of sunlight", "no such file")
    if h5py.is_hdf5(path):
        return "h5"
    rows = _head(path).splitlines()
    if any("Wavenumber" in row and "Intensity" in row for row in rows):
        return "txt"
    if rows and is_solar_line(rows[0]):
        return "101"
    return name.rpartition(".")[2]


def _head(path: Path) -> str:
    """Read the begin of a text; nothing of one that cannot be read."""
    try:
        with text_opened(path) as file:
            return file.read(_HEAD)
    except (OSError, EOFError):
        return ""
