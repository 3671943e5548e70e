"""What a reader is: data that says where a family's files keep the common variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import xarray as xr

type Kind = Literal["soundings", "grid"]
type Attribute = str | Callable[[Path], str]


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
        converted from the text found to the vocabulary's units. ``""`` among several means that a
        file may leave the text out; the first text is then meant. A mapping gives the meaning of a
        text that is no units by itself: ``{"degrees East of North": "degrees"}``. A time is
        ``seconds since 1970-01-01``, or ``seconds since`` where every file names its own epoch.
        None: the file states no units and holds the vocabulary's; units of text and flags are
        never looked at.
    required
        Whether a file without the variable is refused.
    fill
        Values that mean missing beside ``_FillValue`` and ``missing_value``.
    codes
        Native code to the code of the vocabulary's flag; any other code is an error.
    """

    path: str | tuple[str, ...]
    units: str | tuple[str, ...] | Mapping[str, str] | None = None
    required: bool = True
    fill: tuple[float, ...] = ()
    codes: Mapping[int | str, int] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The alternatives, in the order in which they are tried."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @property
    def accepted(self) -> tuple[str, ...]:
        """The units texts that may be found; empty when the file states none."""
        if self.units is None:
            return ()
        return (self.units,) if isinstance(self.units, str) else tuple(self.units)

    def meaning(self, text: str) -> str:
        """Units that an accepted text stands for."""
        return self.units.get(text, text) if isinstance(self.units, Mapping) else text


@dataclass(frozen=True)
class Reader:
    """One mission product family.

    Attributes
    ----------
    files
        File name patterns (``fnmatch``, case as written) of the family.
    kind
        ``soundings`` (dims ``sounding``, ``level``, ``vertex``) or ``grid`` (dims out of ``time``,
        a vertical one, ``latitude``, ``longitude``).
    product
        Product that a file belongs to unless the user names another; may depend on the file.
    title
        One line for people.
    dims
        File dimension to common dimension. Dimensions of ``soundings`` without a name (plain HDF5)
        are those of the variable's shape in the vocabulary.
    variables
        Vocabulary name to its source. A grid's coordinates are among them, and cell bounds under
        ``time_bounds``, ``latitude_bounds``, ``longitude_bounds`` where no ``bounds`` attribute
        names them.
    version
        Version of this reader, recorded in the manifest.
    attributes
        Global attributes of the result to constants, functions of the path, or ``@name`` of a
        global attribute of the file; ``|`` separates alternatives: ``@BuildId|unknown``. Common
        ones: ``mission``, ``instrument``, ``product_version``, ``references``, ``licence``,
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
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    recognise: Callable[[Path], bool] | None = None
    load: Callable[[Path], xr.Dataset] | None = None
    refine: Callable[[xr.Dataset], xr.Dataset] | None = None
    tested_on_genuine: bool = False
