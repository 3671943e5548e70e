"""Files of spectra: what is in them, and their soundings one at a time."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.spectrometer import Spectrometer, spectrometer, spectrometers
from casa_processes.spectra.layouts.fourier import Fourier, Polarisation
from casa_processes.spectra.layouts.grating import Grating
from casa_processes.spectra.layouts.hdf5 import (
    check_numbers,
    check_shape,
    numbers,
    opened,
    required,
    text,
)
from casa_processes.spectra.layouts.listing import Listing, Reading
from casa_processes.spectra.sounding import Sounding

_SIGNS = {"grating": "SoundingMeasurements", "fourier": "SoundingSpectra"}
"""Groups that files of a layout have when they do not name their instrument."""

_USUAL = {"grating": "oco2", "fourier": "gosat"}

_TRUE = "Truth/xco2"
"""Of simulated files, over their soundings, which Truth/sounding_id names.  [ppm]"""

type Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Granule(Listing):
    """A file of spectra, or what is known of it; arrays of all soundings as in `Listing`.

    Attributes
    ----------
    path
        The file.
    spectrometer
        Which took them.
    synthetic
        Whether the file says that its spectra were simulated.
    true
        XCO2 of simulated atmospheres, which a file may tell; NaN where it does not. Retrievals
        write it beside what they find, and use nothing of it.  [ppm], shape (sounding,)
    reading
        Reads one sounding.
    """

    path: Path
    spectrometer: Spectrometer
    synthetic: bool
    true: Values
    reading: Reading

    def __len__(self) -> int:
        """Return the number of soundings."""
        return int(self.sounding_id.size)

    def sounding(self, index: int) -> Sounding:
        """Read one sounding.

        Parameters
        ----------
        index
            From 0, along the arrays of the granule.

        Raises
        ------
        InvalidValueError
            When there is no such sounding, its time or place are missing or impossible, or no
            band has a good channel.
        FileContentError
            When the file cannot be read there.
        """
        if not 0 <= index < len(self):
            raise InvalidValueError("sounding", index, f"a number from 0 to {len(self) - 1}")
        return self.reading(index)


def open_granule(
    path: Path,
    instrument: str | None = None,
    line_shapes: Path | None = None,
    polarisation: Polarisation = "mean",
) -> Granule:
    """Open a file of spectra.

    Parameters
    ----------
    path
        An HDF5 file of level 1B.
    instrument
        Id of its spectrometer; by default what the file itself says.
    line_shapes
        Table of the line shapes of a Fourier transform spectrometer whose files have none.
    polarisation
        Which of its two measurements are taken, P, S or their mean.

    Raises
    ------
    FileContentError
        When the file is damaged, of no known kind, or lacks what its kind has.
    UnknownNameError
        When there is no such instrument.
    InvalidValueError
        When the configuration does not tell how its files look.
    """
    with opened(path) as file:
        found = spectrometer_of(file, instrument)
        synthetic = str(file.attrs.get("synthetic", "")).lower() == "true"
    if found.layout == "none":
        raise InvalidValueError("instrument", found.id, "one whose level-1B files can be read")
    reader: Grating | Fourier = (
        Grating(path, found)
        if found.layout == "grating"
        else Fourier(path, found, line_shapes, polarisation)
    )
    return Granule(
        **vars(reader.listing),
        path=path,
        spectrometer=found,
        synthetic=synthetic,
        true=_true(path, reader.listing.sounding_id, synthetic),
        reading=reader.sounding,
    )


def _true(path: Path, identifiers: NDArray[np.str_], synthetic: bool) -> Values:
    """Read the true columns of simulated soundings; NaN of others, shape (sounding,)."""
    found = np.full(identifiers.size, np.nan)
    with opened(path) as file:
        if not synthetic or _TRUE not in file:
            return found
        named = required(file, (_TRUE.replace("xco2", "sounding_id"),))
        check_shape(file, required(file, (_TRUE,)), file[named].shape)
        values = numbers(file, _TRUE).ravel()
        check_numbers(file, named)
        names = np.asarray(file[named][()]).ravel().astype(np.int64).astype(np.str_)
    known = dict(zip(names.tolist(), values.tolist(), strict=True))
    return np.array([known.get(each, np.nan) for each in identifiers.tolist()], np.float64)


def spectrometer_of(file: h5py.File, instrument: str | None = None) -> Spectrometer:
    """Return the spectrometer that took a file.

    Parameters
    ----------
    file
        Open.
    instrument
        Id of it; by default what the file itself says: its short name in the metadata, its id as
        the global attribute ``instrument``, or the groups that it has.

    Raises
    ------
    FileContentError
        When the file does not tell.
    UnknownNameError
        When there is no such instrument.
    """
    return spectrometer(instrument or _instrument(file))


def _instrument(file: h5py.File) -> str:
    """Tell which spectrometer took a file, by its name in the file or the groups that it has."""
    short = text(file, "Metadata/InstrumentShortName")
    for name in spectrometers():
        if short and spectrometer(name).short_name == short:
            return name
    named = file.attrs.get("instrument", "")
    if isinstance(named, str) and named in spectrometers():
        return named
    for layout, group in _SIGNS.items():
        if not short and group in file:
            return _USUAL[layout]
    known = ", ".join(spectrometer(name).short_name for name in spectrometers())
    where = "Metadata/InstrumentShortName"
    expected = f"one of {known}"
    raise FileContentError(Path(file.filename).name, where, expected, short or "nothing")
