"""Sunlight from one of its sources."""

from pathlib import Path

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.solar.builtin import synthetic_sun
from casa_processes.spectroscopy.solar.files import read_smoothed_transmittance, read_solar_spectrum
from casa_processes.spectroscopy.solar.lines import read_solar_lines
from casa_processes.spectroscopy.solar.spectrum import Solar

BUILTIN = "builtin"


def sunlight(*sources: str) -> Solar:
    """Return the light of the Sun.

    Parameters
    ----------
    sources
        "builtin"; or a list of solar lines (``solar_di*.101``, ``solar_dc*.101``); or an HDF5 file
        of transmittances; or one or more text files of a spectrum, one for each band. Names may end
        with ``.gz``.

    Raises
    ------
    InvalidValueError
        When there is no such source, or several files of which not all are spectra.
    FileContentError
        When a file is not what its name says.
    """
    paths = [Path(each) for each in sources]
    kinds = [_kind(path) for path in paths]
    if kinds == [BUILTIN]:
        return synthetic_sun()
    if kinds == ["101"]:
        return read_solar_lines(paths[0])
    if kinds in (["h5"], ["hdf"]):
        return read_smoothed_transmittance(paths[0])
    if kinds and set(kinds) == {"txt"}:
        return read_solar_spectrum(*paths)
    expected = "builtin, a list of solar lines (.101), an HDF5 file, or text files of a spectrum"
    raise InvalidValueError("source of sunlight", list(sources), expected)


def _kind(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name if name == BUILTIN else name.rpartition(".")[2]
