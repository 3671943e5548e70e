"""Land cover and clouds of soundings, by their identifiers, from a file of their own."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.common.hdf5 import own_file
from casa_processes.spectra.block import MOST_SOUNDINGS
from casa_processes.spectra.layouts.identifiers import identifiers
from casa_processes.spectra.layouts.meant import codes
from casa_processes.spectra.layouts.rows import UNKNOWN

_IDENTIFIER, _CLASS, _CLOUD = "sounding_id", "igbp_class", "cloud_flag"


@dataclass(frozen=True, eq=False)
class Surface:
    """What a file says, in the order of the identifiers; all of shape (sounding,).

    Attributes
    ----------
    identifier
        Ascending.
    land_cover, cloud
        Class of the IGBP; 1 cloudy, 0 clear; -1 unknown.
    """

    identifier: NDArray[np.str_]
    land_cover: NDArray[np.int64]
    cloud: NDArray[np.int64]

    def of(self, identifiers: NDArray[np.str_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return land cover and clouds of some soundings, -1 of those that the file lacks."""
        place = np.searchsorted(self.identifier, identifiers)
        place = np.minimum(place, self.identifier.size - 1)
        known = self.identifier[place] == identifiers
        cover, cloud = (
            np.where(known, each[place], UNKNOWN) for each in (self.land_cover, self.cloud)
        )
        return cover, cloud


def read_surface(path: Path) -> Surface:
    """Read land cover and clouds.

    Parameters
    ----------
    path
        A netCDF-4 file with ``sounding_id``, ``igbp_class`` and perhaps ``cloud_flag``, each of
        shape (sounding,), under these names or those of the Lite files of fluorescence of OCO.

    Raises
    ------
    FileContentError
        When it has none, too many, or of different lengths, or identifiers that are none.
    """
    with own_file(path) as file:
        names = _named(file)
        for name in (_IDENTIFIER, _CLASS):
            if name not in names:
                raise FileContentError(path.name, name, "an array of shape (sounding,)", "none")
        for name in names.values():
            if file[name].size > MOST_SOUNDINGS:
                expected = f"at most {MOST_SOUNDINGS:,}"
                raise FileContentError(path.name, name, expected, f"{file[name].size:,}")
        identifier = identifiers(file[names[_IDENTIFIER]])
        cover = _whole(file[names[_CLASS]])
        cloud = np.full(cover.size, UNKNOWN)
        if _CLOUD in names:
            told = _whole(file[names[_CLOUD]])
            cloud = np.where(np.isin(told, (0, 1)), told, UNKNOWN)
    if not identifier.size == cover.size == cloud.size or not identifier.size:
        found = f"{identifier.size}, {cover.size} and {cloud.size}"
        raise FileContentError(path.name, _IDENTIFIER, "arrays of one length", found)
    order = np.argsort(identifier, kind="stable")
    return Surface(identifier[order], cover[order], cloud[order])


_OTHERS = {
    "Metadata/SoundingId": _IDENTIFIER,
    "Science/IGBP_index": _CLASS,
    "Cloud/cloud_flag_abp": _CLOUD,
}


def _named(file: h5py.File) -> dict[str, str]:
    """Return where the arrays are: under our names, or those of Lite files."""
    found = {ours: theirs for theirs, ours in _OTHERS.items() if _is_array(file, theirs)}
    return found | {name: name for name in (_IDENTIFIER, _CLASS, _CLOUD) if _is_array(file, name)}


def _is_array(file: h5py.File, name: str) -> bool:
    held = file.get(name)
    return isinstance(held, h5py.Dataset) and held.ndim == 1


def _whole(array: h5py.Dataset) -> NDArray[np.int64]:
    return codes(np.asarray(array[()], np.float64))
