"""Genuine soundings of GOSAT: read as one by one, and fitted with the genuine Sun at 757 nm.

Five soundings of 2010 beside stations of TCCON and one of 2009. What their fluorescence is nobody
knows, and that of GOSAT has a zero level (Frankenberg et al. 2011), which a few cannot tell. What
can be told is whether spectra are described within their noise, which a wrong wavelength, Sun,
response or noise would spoil.
"""

import numpy as np
import pytest

from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.sif_retrieval.model import Block, Outcome, Sunlight, physical, window_of
from casa_processes.sif_retrieval.sources import scenes_of
from casa_processes.sif_retrieval.sunshine import motion_of
from casa_processes.spectra.block import open_blocks
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.layouts.fourier_shapes import line_shapes
from casa_processes.spectra.photons import power_per_wavelength_of_photons
from casa_processes.spectroscopy.solar.source import sunlight

pytestmark = pytest.mark.realdata

FILES = ("acos_L1bB2900_tccon_5_good_qual.h5", "l1b_20090627211734.h5")
ALL, CHANNELS = slice(None), slice(0, 1805)


@pytest.fixture(scope="module")
def folder(realdata):
    return realdata / "gosat_case"


@pytest.fixture(scope="module")
def sun(realdata):
    return sunlight(str(realdata / "spectroscopy/solar_di_20100208.101.gz"))


def shapes(folder):
    return folder / "l2_ils_interpol.h5"


@pytest.mark.parametrize("polarisation", ["mean", "P", "S"])
@pytest.mark.parametrize("name", FILES)
def test_spectra_are_those_of_the_soundings_one_by_one(folder, name, polarisation):
    blocks = open_blocks(folder / name, None, polarisation)
    granule = open_granule(folder / name, line_shapes=shapes(folder), polarisation=polarisation)
    found = blocks.rows("o2a", CHANNELS, slice(0, blocks.frames), ALL)
    assert blocks.frames == len(granule)
    for number in range(blocks.frames):
        one = granule.sounding(number).bands["o2a"]
        assert one.stokes[0] == pytest.approx(1.0, abs=1e-4)
        for ours, photons in ((found.radiance, one.radiance), (found.noise, one.uncertainty)):
            power = power_per_wavelength_of_photons(photons, one.wavelength) / one.stokes[0]
            np.testing.assert_allclose(ours[number], power, rtol=1e-6)


def fitted(folder, sun, name, polarisation):
    blocks = open_blocks(folder / name, None, polarisation)
    frames, known = slice(0, blocks.frames), spectrometer("gosat")
    rows, places = blocks.rows("o2a", CHANNELS, frames, ALL), blocks.places(frames, ALL)
    block = Block(rows.radiance, rows.noise, blocks.wavelength("o2a"), rows.footprint)
    light = Sunlight(sun, (line_shapes(shapes(folder), known)["o2a"],))
    window = window_of(known, "757")
    return physical(block, light, window, scenes_of(places), motion_of(places, 1))


@pytest.mark.parametrize("name", FILES)
def test_spectra_at_757_nm_are_described_within_their_noise(folder, sun, name):
    both, *each = (fitted(folder, sun, name, which) for which in ("mean", "P", "S"))
    for found in (both, *each):
        assert (found.outcome == Outcome.FITTED).all()
        assert (found.chi_squared > 0.7).all()
        assert (found.chi_squared < 1.5).all()
        assert (np.abs(found.sif) < 0.06 * found.continuum).all()
    # The noise of the mean is that of two independent measurements.
    joined = 0.5 * np.hypot(*(found.sif_uncertainty for found in each))
    np.testing.assert_allclose(both.sif_uncertainty, joined, rtol=0.03)
    assert ((both.sif_uncertainty > 0.4) & (both.sif_uncertainty < 0.8)).all()
    away = (each[0].sif - each[1].sif) / np.hypot(*(found.sif_uncertainty for found in each))
    assert (np.abs(away) < 3.0).all()
