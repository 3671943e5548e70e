"""Measured and fitted spectra of all soundings as a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.xco2_retrieval.chunks import BAND

type Columns = Mapping[str, NDArray[Any]]

_RADIANCE = "photon s-1 m-2 sr-1 um-1"
_WHAT = {
    "wavelength": ("um", "wavelength of the channel in vacuum"),
    "measured": (_RADIANCE, "measured radiance"),
    "fitted": (_RADIANCE, "fitted radiance"),
    "uncertainty": (_RADIANCE, "standard uncertainty of the measured radiance"),
}


def write_residuals(
    path: Path, columns: Columns, spectra: Columns, about: Mapping[str, str]
) -> Path:
    """Write spectra in the order of time and identifier, a group for each band; returns `path`.

    Parameters
    ----------
    path
        File to write.
    columns
        ``sounding_id`` and ``time``, shape (sounding,).
    spectra
        What `work` gives beside columns: NaN where channels were not fitted.
    about
        Global attributes.
    """
    order = np.lexsort((columns["sounding_id"], columns["time"]))
    with h5netcdf.File(path, "w") as file:
        file.attrs.update({"Conventions": "CF-1.8", **about})
        file.dimensions["sounding"] = order.size
        names = columns["sounding_id"][order].astype(object)
        file.create_variable("sounding_id", ("sounding",), h5py.string_dtype(), names)
        for name, values in spectra.items():
            band, what = name.removeprefix(BAND).split("_")
            group = file.groups[band] if band in file.groups else file.create_group(band)
            if "channel" not in group.dimensions:
                group.dimensions["channel"] = values.shape[1]
            units, text = _WHAT[what]
            made = group.create_variable(
                what,
                ("sounding", "channel"),
                data=values[order],
                fillvalue=np.nan,
                compression="gzip",
                compression_opts=1,
                shuffle=True,
            )
            made.attrs.update({"units": units, "long_name": text})
    return path
