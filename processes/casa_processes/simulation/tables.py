"""Tables of the synthetic world in memory, as a reader returns the file of a mission."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_processes.common.netcdf import SHAPES, companion, described, in_type
from casa_processes.common.vocabulary import variable

type Columns = Mapping[str, NDArray[Any]]

_ENCODED = ("units", "calendar")


def labelled(title: str, product: str, source: str, seed: int) -> dict[str, str]:
    """Return global attributes; they say that it is synthetic.

    Parameters
    ----------
    title
        What it is; "Synthetic" is put before.
    product
        Rest of its id, after "synthetic-".
    source
        What it was made by; that no observation went in is added.
    seed
        Of what is random.
    """
    return {
        "title": f"Synthetic {title}",
        "product": f"synthetic-{product}",
        "source": f"simulation of a synthetic world; {source}; no observation went in",
        "mission": "Synthetic",
        "synthetic": "true",
        "licence": "CC0-1.0",
        "references": "docs/science/synthetic-world.md",
        "seed": str(seed),
    }


def soundings(columns: Columns, attributes: Mapping[str, str]) -> xr.Dataset:
    """Return columns as a data set over ``sounding``, with types and units of the vocabulary.

    Parameters
    ----------
    columns
        Vocabulary names to values in the vocabulary's units, as
        `casa_processes.common.netcdf.write_soundings` takes them.
    attributes
        Global attributes.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    """
    return xr.Dataset(
        {name: _column(name, values, columns) for name, values in columns.items()},
        attrs=dict(attributes),
    )


def _column(name: str, values: NDArray[Any], columns: Columns) -> xr.Variable:
    row = variable(name)
    about = described(row) | companion(row, columns)
    typed = in_type(name, values)
    if np.issubdtype(typed.dtype, np.datetime64):
        about = {key: value for key, value in about.items() if key not in _ENCODED}
    return xr.Variable(SHAPES[row.shape], typed, about)
