"""Many soundings at once: the same as one by one, from either layout, and what is refused."""

import numpy as np
import pytest

from casa_processes.spectra.block import open_blocks
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.photons import (
    photons_of_power_per_wavelength,
    power_per_wavelength_of_photons,
)
from tests.processes.spectra.files import CHANNELS, FOOTPRINTS, FRAMES, oco_arrays
from tests.processes.spectra.files import write as write_arrays

ALL = slice(None)
WAVELENGTH = np.array([np.linspace(0.757, 0.76, 7), np.linspace(0.7571, 0.7601, 7)])


def test_power_and_photons_are_each_other_turned_round():
    radiance, wavelength = np.array([1.0, 50.0]), np.array([0.757, 0.771])
    photons = photons_of_power_per_wavelength(radiance, wavelength)
    back = power_per_wavelength_of_photons(photons, wavelength)
    np.testing.assert_allclose(back, radiance, rtol=1e-14)
    assert power_per_wavelength_of_photons(np.array([3.81e18]), wavelength[:1])[0] == (
        pytest.approx(1.0, rel=1e-3)
    )


@pytest.fixture
def oco(tmp_path):
    arrays = oco_arrays()
    stokes = arrays["FootprintGeometry/footprint_stokes_coefficients"]
    stokes[..., 0] = np.random.default_rng(1).uniform(0.4, 0.6, stokes.shape[:-1])
    return write_arrays(tmp_path / "l1b.h5", arrays)


def test_spectra_of_oco_are_those_of_the_soundings_one_by_one(oco):
    blocks, granule = open_blocks(oco), open_granule(oco)
    found = blocks.rows("o2a", slice(3, 20), slice(0, FRAMES), ALL)
    for number in range(len(granule)):
        one = granule.sounding(number).bands["o2a"]
        used = slice(3, 20)
        wavelength = one.wavelength[used]
        for ours, photons in ((found.radiance, one.radiance), (found.noise, one.uncertainty)):
            power = power_per_wavelength_of_photons(photons[used], wavelength) / one.stokes[0]
            good = one.good[used] | (photons[used] > 6e20)
            np.testing.assert_allclose(ours[number][good], power[good], rtol=1e-6)
    assert found.footprint.tolist() == [0, 1] * FRAMES
    np.testing.assert_array_equal(
        blocks.wavelength("o2a")[1], granule.sounding(1).bands["o2a"].wavelength
    )


def test_bad_channels_of_oco_are_not_used(oco):
    found = open_blocks(oco).rows("o2a", slice(0, 10), slice(0, FRAMES), slice(1, 2))
    assert np.isinf(found.noise[:, 5]).all()
    assert (found.radiance[:, 5] == 0).all()
    assert np.isfinite(np.delete(found.noise, 5, axis=1)).all()


def test_places_of_oco_are_those_of_the_soundings_one_by_one(oco):
    blocks, granule = open_blocks(oco), open_granule(oco)
    found = blocks.places(slice(0, FRAMES), ALL)
    soundings = [granule.sounding(number) for number in range(len(granule))]
    for name in ("latitude", "longitude", "solar_zenith", "sensor_zenith", "land_fraction"):
        np.testing.assert_allclose(getattr(found, name), [getattr(s, name) for s in soundings])
    np.testing.assert_allclose(found.approach, [s.relative_velocity for s in soundings])
    np.testing.assert_allclose(found.recession, [s.solar_velocity for s in soundings])
    assert found.sounding_id.tolist() == [each.sounding_id for each in soundings]
    assert found.time.tolist() == [each.time.astype(found.time.dtype).item() for each in soundings]
    np.testing.assert_allclose(
        found.longitude_vertices, [each.longitude_vertices for each in soundings]
    )
    assert (found.surface_class == -1).all()
    assert (found.cloud == -1).all()
    assert found.there.all()


def test_parts_of_frames_and_footprints_are_parts_of_the_whole(oco):
    blocks = open_blocks(oco)
    whole = blocks.rows("wco2", slice(0, CHANNELS), slice(0, FRAMES), ALL)
    part = blocks.rows("wco2", slice(4, 9), slice(1, 3), slice(1, 2))
    np.testing.assert_array_equal(part.radiance, whole.radiance[[3, 5], 4:9])
    places = blocks.places(slice(1, 3), slice(1, 2))
    everywhere = blocks.places(slice(0, FRAMES), ALL)
    assert places.sounding_id.tolist() == everywhere.sounding_id[[3, 5]].tolist()
    assert places.footprint.tolist() == [1, 1]
    taken = everywhere.taken(np.arange(FRAMES * FOOTPRINTS) == 3)
    assert taken.sounding_id.tolist() == places.sounding_id[:1].tolist()


def test_missing_soundings_and_places_are_told(tmp_path):
    arrays = oco_arrays()
    arrays["SoundingGeometry/sounding_id"][0, 0] = -1
    arrays["SoundingGeometry/sounding_latitude"][0, 1] = -999999.0
    arrays["SoundingGeometry/sounding_time_tai93"][1, 0] = -999999.0
    arrays["SoundingMeasurements/radiance_o2"][2, 0, 3] = -999999.0
    blocks = open_blocks(write_arrays(tmp_path / "l1b.h5", arrays))
    assert blocks.places(slice(0, FRAMES), ALL).there.tolist() == [False] * 3 + [True] * 3
    rows = blocks.rows("o2a", slice(0, 5), slice(2, 3), ALL)
    assert np.isnan(rows.radiance[0]).tolist() == [False, False, False, True, False]


def test_without_stokes_coefficients_half_of_the_light_is_measured(tmp_path):
    arrays = oco_arrays()
    del arrays["FootprintGeometry/footprint_stokes_coefficients"]
    path = write_arrays(tmp_path / "l1b.h5", arrays)
    found = open_blocks(path).rows("o2a", slice(0, 1), slice(0, 1), slice(0, 1))
    photons = open_granule(path).sounding(0).bands["o2a"]
    power = power_per_wavelength_of_photons(photons.radiance[:1], photons.wavelength[:1])
    np.testing.assert_allclose(found.radiance[0], 2.0 * power, rtol=1e-6)
    scale = open_blocks(path).full_scale("o2a")
    middle = photons.wavelength[CHANNELS // 2 :][:1]
    assert scale == pytest.approx(2 * power_per_wavelength_of_photons(np.array([7e20]), middle)[0])
