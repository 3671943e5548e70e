"""Where spectra come from: a file, with land cover perhaps of another, or a simulation."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casa_processes.instruments.spectrometer import Spectrometer
from casa_processes.sif_retrieval.model import Scenes
from casa_processes.sif_retrieval.model import Surface as Cover
from casa_processes.sif_retrieval.simulated import Simulation
from casa_processes.sif_retrieval.surface import Surface, read_surface
from casa_processes.spectra.block import Blocks, open_blocks
from casa_processes.spectra.layouts.fourier import Polarisation
from casa_processes.spectra.layouts.rows import UNKNOWN, Places, Rows
from casa_processes.spectra.sounding import LineShape

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Origin:
    """Which source: plain data that parts carry.

    Attributes
    ----------
    spectra, surface
        Paths; empty for none. Without spectra they are simulated.
    sha256
        Of these files, so that parts of other bytes are other parts.
    instrument
        Empty for what the file says.
    polarisation
        Of an instrument that measures two: mean, P or S.
    solar
        Sources of sunlight, for the physical fit.
    simulated, seed
        Number and seed of simulated soundings.
    """

    spectra: str = ""
    surface: str = ""
    sha256: tuple[str, ...] = ()
    instrument: str = ""
    polarisation: Polarisation = "mean"
    solar: tuple[str, ...] = ()
    simulated: int = 0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Covered:
    """Spectra with what else is known of the surface; see `casa_processes.spectra.block.Blocks`."""

    blocks: Blocks
    surface: Surface | None

    @property
    def spectrometer(self) -> Spectrometer:
        """Return which took them."""
        return self.blocks.spectrometer

    @property
    def synthetic(self) -> bool:
        """Return whether they were simulated."""
        return self.blocks.synthetic

    @property
    def frames(self) -> int:
        """Return the number of frames."""
        return self.blocks.frames

    @property
    def across(self) -> int:
        """Return the number of soundings of a frame."""
        return self.blocks.across

    def wavelength(self, band: str) -> Values:
        """Return the channels of all footprints."""
        return self.blocks.wavelength(band)

    def full_scale(self, band: str) -> float:
        """Return the largest radiance that a band is made for."""
        return self.blocks.full_scale(band)

    def shapes(self, band: str) -> tuple[LineShape, ...]:
        """Return the response of the channels."""
        return self.blocks.shapes(band)

    def rows(self, band: str, channels: slice, frames: slice, across: slice) -> Rows:
        """Read spectra."""
        return self.blocks.rows(band, channels, frames, across)

    def places(self, frames: slice, across: slice) -> Places:
        """Read places; what is all sea is water where no land cover is known."""
        found = self.blocks.places(frames, across)
        cover, cloud = found.surface_class, found.cloud
        if self.surface is not None:
            theirs, clouds = self.surface.of(found.sounding_id)
            cover = np.where(theirs == UNKNOWN, cover, theirs)
            cloud = np.where(clouds == UNKNOWN, cloud, clouds)
        sea = (cover == UNKNOWN) & (found.land_fraction == 0.0)
        return replace(found, surface_class=np.where(sea, int(Cover.WATER), cover), cloud=cloud)


def scenes_of(places: Places) -> Scenes:
    """Return what the model is told of soundings."""
    return Scenes(
        sounding_id=places.sounding_id,
        time=places.time,
        latitude=places.latitude,
        longitude=places.longitude,
        solar_zenith=places.solar_zenith,
        sensor_zenith=places.sensor_zenith,
        surface_class=places.surface_class,
        cloud=places.cloud,
        land_fraction=places.land_fraction,
    )


@lru_cache(maxsize=4)
def opened(origin: Origin) -> Blocks:
    """Open a source; a worker keeps the last few.

    Raises
    ------
    FileContentError, UnknownNameError, InvalidValueError
        When a file as a whole cannot be used.
    """
    if not origin.spectra:
        return Simulation(origin.simulated, origin.seed)
    surface = read_surface(Path(origin.surface)) if origin.surface else None
    named = origin.instrument or None
    return Covered(open_blocks(Path(origin.spectra), named, origin.polarisation), surface)
