"""The genuine sounding of OCO-2 at Karlsruhe: fluorescence at 771 nm against NASA's own.

Of its spectrum only what begins at 759.3 nm is in the files, so that the window at 757 nm is not.
NASA's IMAP-DOAS found, on the scale of the radiance that was measured, that is of one
polarisation, 1.276e18 photons per s m2 sr um, 5.10e17 after its correction of the zero level, and
an uncertainty of 3.52e17.

The shape of the channels is in no file either, and a wrong one looks like fluorescence: Gaussians
of 40 and 44 pm differ by 3e18. What does not depend on the shape is how much more fluorescence is
in the measured spectrum than in the one that NASA's full physics modelled for it. With the 3.0e17
that this holds at 771 nm (9.80e17 at 757 nm with a slope of 0.0018 per cm-1, both polarisations, as
its state says) the sum is a fluorescence of ours whose zero level is NASA's.
"""

from itertools import pairwise

import h5py
import numpy as np
import pytest

from casa_processes.common.constants import AVOGADRO, OXYGEN_MOLE_FRACTION, STANDARD_GRAVITY
from casa_processes.common.constants import MOLAR_MASS_DRY_AIR as AIR
from casa_processes.instruments.shapes import gaussian
from casa_processes.sif_retrieval.model import (
    Block,
    Motion,
    Scenes,
    Sunlight,
    Window,
    physical,
)
from casa_processes.spectra.photons import photons_of_power_per_wavelength
from casa_processes.spectroscopy.cross_sections import Grid, cross_section
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.solar.source import sunlight
from tests.nasa import case

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

NASA, UNCERTAINTY, UNCORRECTED = 5.1033e17, 3.5247e17, 1.2759e18
RESPONSE = gaussian(4.0e-5)
"""Near the best of Gaussians; the true one has broader wings."""
GRID = Grid(12_970.0, 0.01, 3500)
WINDOW = Window("771", 0.7696, 0.7703, order=1)


@pytest.fixture(scope="module")
def known(realdata):
    return case(realdata, "karlsruhe")


@pytest.fixture(scope="module")
def theirs(realdata, known):
    (path,) = (realdata / "oco2_case").glob("oco2_L2IDPTG_01576a*.h5")
    with h5py.File(path) as file:
        which = file["SoundingGeometry/sounding_id"][()] == int(known.sounding.sounding_id)
        found = file["DOASFluorescence"].items()
        return {name: float(values[()][which][0]) for name, values in found}


@pytest.fixture(scope="module")
def depth(realdata, known):
    """Return the vertical optical depth of oxygen, from lines of HITRAN in 25 layers."""
    lines = read_hitran(realdata / "spectroscopy/hitran/O2_12847_13339_iso123.par.gz")
    edges = np.linspace(0.5, known.weather.surface_pressure, 26)
    profile, whole = known.weather.profile, np.zeros(GRID.size)
    for low, high in pairwise(edges.tolist()):
        middle = (low + high) / 2.0
        warmth = float(np.interp(middle, profile.pressure, profile.temperature))
        moles = (high - low) * 100.0 / STANDARD_GRAVITY / AIR * OXYGEN_MOLE_FRACTION
        whole += moles * AVOGADRO * 1e-4 * cross_section(lines, GRID, middle, warmth)
    return lambda wavenumber: np.interp(wavenumber, GRID.values, whole)


@pytest.fixture(scope="module")
def sun(realdata):
    files = (realdata / f"spectroscopy/solar_spectrum_02368_{i}.txt.gz" for i in (1, 2, 3))
    return sunlight(*map(str, files))


def fitted(known, sun, depth, radiance, response, window=WINDOW):
    """Fit one spectrum of the sounding; returns photons per s m2 sr um in one polarisation."""
    here, spectrum = known.sounding, known.sounding.bands["o2a"]
    photons = photons_of_power_per_wavelength(np.ones(827), spectrum.wavelength)
    noise = np.where(spectrum.good, spectrum.uncertainty, np.inf)
    rows = ((each / photons)[None] for each in (radiance, noise))
    block = Block(*rows, spectrum.wavelength[None], np.zeros(1, np.int64))
    one = (here.latitude, here.longitude, here.solar_zenith, here.sensor_zenith)
    places = (np.array([each]) for each in one)
    about = (np.array([5]), np.array([0]), np.ones(1))
    scenes = Scenes(np.array([here.sounding_id]), np.array([here.time]), *places, *about)
    motion = Motion(*(np.array([v]) for v in (here.relative_velocity, here.solar_velocity)))
    found = physical(block, Sunlight(sun, (response,), depth), window, scenes, motion)
    photon = float(photons_of_power_per_wavelength(np.ones(1), np.array([0.76995]))[0])
    return found, found.sif[0] * photon, found.sif_uncertainty[0] * photon


@pytest.fixture(scope="module")
def ours(known, sun, depth):
    return fitted(known, sun, depth, known.sounding.bands["o2a"].radiance, RESPONSE)


def in_the_model(known):
    """Return the fluorescence at 771 nm of NASA's modelled spectrum, in one polarisation."""
    states = dict(zip(known.names, known.state, strict=True))
    away = 1e4 / 0.76995 - 1e4 / 0.757
    surface = states["Fluorescence Surface Coefficient 1"]
    return 0.5 * surface * (1.0 + away * states["Fluorescence Surface Coefficient 2"])


def test_nasas_numbers_are_those_of_its_file(theirs):
    assert theirs["fluorescence_radiance_771nm_corr_idp"] == pytest.approx(NASA, rel=1e-4)
    assert theirs["fluorescence_radiance_771nm_uncert_idp"] == pytest.approx(UNCERTAINTY, rel=1e-4)
    assert theirs["fluorescence_radiance_771nm_idp"] == pytest.approx(UNCORRECTED, rel=1e-4)


def test_nasas_scale_is_that_of_the_measured_radiance(known, theirs):
    spectrum = known.sounding.bands["o2a"]
    inside = (spectrum.wavelength > WINDOW.first) & (spectrum.wavelength < WINDOW.last)
    largest = spectrum.radiance[inside].max()
    assert theirs["maximum_signal_in_window_771nm_idp"] == pytest.approx(largest, rel=1e-4)
    told = theirs["fluorescence_offset_relative_771nm_idp"]
    assert told * theirs["continuum_level_radiance_771nm_idp"] == pytest.approx(
        UNCORRECTED, rel=2e-3
    )


def test_the_uncertainty_is_that_of_nasa(ours):
    assert ours[2] == pytest.approx(UNCERTAINTY, rel=0.05)


def test_the_fit_explains_the_spectrum(ours, theirs):
    found = ours[0]
    assert found.outcome.tolist() == [0]
    assert 1.0 < found.chi_squared[0] < 3.5
    photon = float(photons_of_power_per_wavelength(np.ones(1), np.array([0.76995]))[0])
    continuum = theirs["continuum_level_radiance_771nm_idp"]
    assert found.continuum[0] * photon == pytest.approx(continuum, rel=0.03)


@pytest.mark.parametrize("response", [RESPONSE, gaussian(3.8e-5), gaussian(4.4e-5)])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("ends", [(0.7696, 0.7703), (0.7695, 0.7704)])
def test_fluorescence_with_nasas_zero_level_is_nasas_within_its_error(
    known, sun, depth, response, order, ends
):
    window = Window("771", *ends, order=order)
    measured, modelled = (
        fitted(known, sun, depth, each, response, window)[1]
        for each in (known.sounding.bands["o2a"].radiance, known.modelled["o2a"])
    )
    assert measured - modelled + in_the_model(known) == pytest.approx(NASA, abs=UNCERTAINTY)


def test_without_it_the_shape_of_the_channels_decides(known, sun, depth):
    radiance = known.sounding.bands["o2a"].radiance
    values = [fitted(known, sun, depth, radiance, gaussian(width))[1] for width in (4.0e-5, 4.4e-5)]
    assert values[0] - values[1] > 5.0 * UNCERTAINTY


def test_lines_of_oxygen_must_be_known(known, sun, ours):
    none = fitted(known, sun, None, known.sounding.bands["o2a"].radiance, RESPONSE)[0]
    assert none.chi_squared[0] > 50.0 * ours[0].chi_squared[0]
