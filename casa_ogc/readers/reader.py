"""What a reader is: data that says where a family's files keep the common variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import xarray as xr

type Kind = Literal["soundings", "grid"]


@dataclass(frozen=True)
class Source:
    """Where one vocabulary variable is in a file, and in which units the family writes it.

    Attributes
    ----------
    path
        Variable path in the file, with its groups: ``Retrieval/psurf``. Several paths are
        alternatives of which the first that exists is read.
    units
        The units text(s) that the family writes; any other text found is an error. The values are
        converted from it to the vocabulary's units. None: the file states no units and holds the
        vocabulary's.
    required
        Whether a file without the variable is refused.
    fill
        Values that mean missing beside ``_FillValue`` and ``missing_value``.
    """

    path: str | tuple[str, ...]
    units: str | tuple[str, ...] | None = None
    required: bool = True
    fill: tuple[float, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One mission product family.

    Attributes
    ----------
    files
        File name patterns (``fnmatch``) of the family.
    kind
        ``soundings`` (dims ``sounding``, ``level``, ``vertex``) or ``grid`` (dims out of ``time``,
        a vertical one, ``latitude``, ``longitude``).
    product
        Product that a file belongs to unless the user names another; may depend on the file.
    title
        One line for people.
    dims
        File dimension to common dimension.
    variables
        Vocabulary name to its source.
    version
        Version of this reader, recorded in the manifest.
    attributes
        Global attributes of the result to constants or ``@name`` of a global attribute of the file.
        Common ones: ``mission``, ``instrument``, ``product_version``, ``references``, ``licence``,
        ``time_resolution`` (``P1D`` where the files tell the date only), ``stream`` (data of two
        streams never share a product).
    recognise
        Further test of the content when the name matches; None accepts.
    load
        Opens a file that is not netCDF4/HDF5/netCDF3, as a data set with the family's own names.
    refine
        Last step on the data set in common names.
    tested_on_genuine
        Whether genuine files were read in tests; said in the documentation.
    """

    files: tuple[str, ...]
    kind: Kind
    product: str | Callable[[Path], str]
    title: str
    dims: Mapping[str, str]
    variables: Mapping[str, Source]
    version: str = "1"
    attributes: Mapping[str, str] = field(default_factory=dict)
    recognise: Callable[[Path], bool] | None = None
    load: Callable[[Path], xr.Dataset] | None = None
    refine: Callable[[xr.Dataset], xr.Dataset] | None = None
    tested_on_genuine: bool = False
