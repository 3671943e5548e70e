"""Spectroscopy sets: YAML files that say which files make the absorption of which band."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from casa_processes.common.configuration import read_mapping, wrong_keys
from casa_processes.common.errors import InvalidValueError, told
from casa_processes.spectroscopy.bands import BANDS

VARIABLE = "CASA_SPECTROSCOPY"
"""Environment variable of the folder that holds line lists and tables beside those of the set."""


GASES = ("O2", "CO2", "H2O")
"""Gases whose columns a retrieval knows."""

_MOST_BYTES = 1_000_000


class Model(BaseModel, frozen=True, extra="forbid"):
    """Base of the parts of a set."""


class LinePart(Model):
    """Lines of one file, or built-in ones; those that an earlier part has too are left out."""

    file: str | None = Field(None, description="HITRAN records of 160 characters or more")
    builtin: bool = Field(False, description="lines from molecular constants instead of a file")
    isotopologues: tuple[int, ...] = Field((), description="HITRAN's numbers; all when empty")
    low: float = Field(0.0, ge=0, description="first wavenumber that is taken [cm-1]")
    high: float = Field(1e6, gt=0, description="last wavenumber that is taken [cm-1]")

    @model_validator(mode="after")
    def _one_source(self) -> "LinePart":
        if (self.file is None) != self.builtin:
            raise ValueError("either a file, or builtin: true")
        return self


class MixingPart(Model):
    """Line mixing of one band, in the form of the GGG software."""

    form: Literal["oxygen", "dioxide"] = Field(description="SDFO2 and RMFO2, or S... and WTfit...")
    lines: str = Field(description="file of the lines")
    matrix: str = Field(description="file of the relaxation matrix")


class StopGap(Model):
    """Cross-sections of one state that stand in for a line list."""

    file: str = Field(description="one number a line [cm2 / molecule]")
    first: float = Field(gt=0, description="wavenumber of the first number [cm-1]")
    step: float = Field(gt=0, description="distance of the others [cm-1]")
    pressure: float = Field(gt=0, description="[hPa]")
    temperature: float = Field(gt=0, description="[K]")


class Gas(Model):
    """What makes the cross-sections of one gas: lines, a table, or a stop-gap."""

    lines: tuple[LinePart, ...] = Field((), description="line lists, in order of precedence")
    table: str | None = Field(None, description="ABSCO (HDF5) or AER (netCDF) table")
    stop_gap: StopGap | None = Field(None, description="cross-sections of one state")
    scale: float = Field(1.0, gt=0, lt=2, description="factor of the cross-sections, declared")
    scale_reason: str = Field("", description="where the factor is from")
    line_mixing: tuple[MixingPart, ...] = Field((), description="bands whose lines mix")
    continuum: str | None = Field(None, description="collision-induced absorption, CIAO2.dat")
    water_broadening: float | None = Field(
        None, gt=0, lt=20, description="width of lines in water over that in air"
    )
    cut: float = Field(25.0, gt=1, le=500, description="how far lines reach [cm-1]")

    @model_validator(mode="after")
    def _one_kind(self) -> "Gas":
        if sum((bool(self.lines), self.table is not None, self.stop_gap is not None)) != 1:
            raise ValueError("one of lines, table and stop_gap")
        if not self.lines and (self.line_mixing or self.continuum):
            raise ValueError("line_mixing and continuum go with lines")
        if self.scale != 1.0 and not self.scale_reason:
            raise ValueError("a scale needs its scale_reason")
        return self


class SpectroscopySet(Model):
    """Which files make the absorption of each band.

    Names of files are relative, to the folder of the set or to that of ``CASA_SPECTROSCOPY``.
    """

    title: str = Field(description="what it is")
    quality: Literal["builtin", "hitran", "absco"] = Field(description="what results are labelled")
    missing: tuple[str, ...] = Field((), description="what it lacks, and what that costs")
    solar: tuple[str, ...] = Field((), description="sunlight: files, or none")
    bands: dict[str, dict[str, Gas]] = Field(description="gases of each band, by their names")

    @model_validator(mode="after")
    def _known_names(self) -> "SpectroscopySet":
        for band, gases in self.bands.items():
            if band not in BANDS:
                raise ValueError(f"no band {band!r}; there are: {', '.join(BANDS)}")
            strange = [gas for gas in gases if gas not in GASES]
            if strange or BANDS[band].gases[0] not in gases:
                known = ", ".join(GASES)
                raise ValueError(f"{band}: gases of {known}, with {BANDS[band].gases[0]}")
        return self

    @model_validator(mode="after")
    def _honest_quality(self) -> "SpectroscopySet":
        for band, gases in self.bands.items():
            for name, gas in gases.items():
                invented = gas.lines and all(part.builtin for part in gas.lines)
                if invented and self.quality != "builtin":
                    raise ValueError(f"{band}: {name} is built-in alone: quality must be builtin")
        return self


def read_set(path: Path) -> SpectroscopySet:
    """Read a spectroscopy set.

    It is told by its content, whatever its name; errors name it without its folder.

    Raises
    ------
    InvalidValueError
        Naming every key that is wrong, with its reason; or when it is no YAML of at most 1 MB.
    """
    expected = "builtin, or a YAML file of a spectroscopy set"
    what = f"source of spectroscopy, {path.name}"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidValueError(what, f"{path.stat().st_size} byte", "at most 1 MB of YAML")
        return SpectroscopySet.model_validate(read_mapping(path))
    except ValidationError as error:
        raise InvalidValueError(what, wrong_keys(error), "a spectroscopy set") from None
    except InvalidValueError as error:
        if error.what == what:
            raise
        raise InvalidValueError(what, told(error, path), expected) from None
    except (OSError, RecursionError) as error:
        raise InvalidValueError(what, told(error, path), expected) from None


def found_file(name: str, folder: Path) -> Path:
    """Find a file of a set.

    Parameters
    ----------
    name
        Relative, without ``..``: a set that comes from elsewhere reads nothing but line lists.
    folder
        Folder of the set; that of ``CASA_SPECTROSCOPY`` comes next.

    Raises
    ------
    InvalidValueError
        When the name leads elsewhere, or to no file.
    """
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise InvalidValueError("file of a spectroscopy set", name, "a relative name without ..")
    folders = [folder, *(Path(each) for each in [os.environ.get(VARIABLE)] if each)]
    for each in folders:
        if (each / path).is_file():
            return each / path
    expected = f"a file in the folder of the set or of {VARIABLE}"
    raise InvalidValueError("file of a spectroscopy set", name, expected)
