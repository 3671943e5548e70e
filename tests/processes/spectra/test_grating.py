"""Files of OCO-2 and OCO-3: what is read is what was written, and nothing else is accepted."""

import pickle

import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectra.granule import open_granule
from tests.processes.spectra.files import (
    BANDS,
    CHANNELS,
    COEFFICIENTS,
    FOOTPRINTS,
    FRAMES,
    FULL_SCALES,
    oco_arrays,
    renamed,
    without,
    write,
)

OURS = ("o2a", "wco2", "sco2")
GEOMETRY = {
    "latitude": "latitude",
    "longitude": "longitude",
    "altitude": "altitude",
    "solar_zenith": "solar_zenith",
    "solar_azimuth": "solar_azimuth",
    "sensor_zenith": "zenith",
    "sensor_azimuth": "azimuth",
    "relative_velocity": "relative_velocity",
    "solar_velocity": "solar_relative_velocity",
}
LAST = FRAMES * FOOTPRINTS - 1


@pytest.fixture
def arrays():
    return oco_arrays()


@pytest.fixture
def opened(tmp_path):
    def read(arrays, **attributes):
        return open_granule(write(tmp_path / "l1b.h5", arrays, **attributes))

    return read


@pytest.mark.parametrize("index", range(FRAMES * FOOTPRINTS))
def test_time_and_place_are_those_of_the_file(arrays, opened, index):
    cell = divmod(index, FOOTPRINTS)
    found = opened(arrays).sounding(index)
    for ours, theirs in GEOMETRY.items():
        assert getattr(found, ours) == arrays[f"SoundingGeometry/sounding_{theirs}"][cell], ours
    distance = arrays["SoundingGeometry/sounding_solar_distance"][cell] / 149_597_870_700.0
    assert found.solar_distance == pytest.approx(distance, rel=1e-12)
    land = arrays["SoundingGeometry/sounding_land_fraction"][cell]
    assert found.land_fraction == pytest.approx(land / 100)
    assert found.sounding_id == str(arrays["SoundingGeometry/sounding_id"][cell])
    assert found.footprint == cell[1]
    expected = np.datetime64("2014-10-18T12:36:03.75") + np.timedelta64(10 * index, "ms")
    assert abs(found.time - expected) < np.timedelta64(1, "us")
    for axis in ("latitude", "longitude"):
        corners = arrays[f"FootprintGeometry/footprint_vertex_{axis}"][(*cell, 0)]
        assert np.array_equal(getattr(found, f"{axis}_vertices"), corners)


@pytest.mark.parametrize("number", range(3))
def test_spectra_are_those_of_the_file(arrays, opened, number):
    found = opened(arrays).sounding(LAST).bands[OURS[number]]
    radiance = arrays[f"SoundingMeasurements/radiance_{BANDS[number]}"][2, 1].astype(float)
    assert np.array_equal(found.radiance, radiance)
    first = COEFFICIENTS[number][0] + 1e-6
    for channel in range(CHANNELS):
        powers = [c * (channel + 1) ** k for k, c in enumerate(COEFFICIENTS[number])]
        assert found.wavelength[channel] == pytest.approx(sum(powers) + 1e-6, rel=1e-14), first
        photon, background = arrays["InstrumentHeader/snr_coef"][number, 1, channel]
        full = FULL_SCALES[number]
        noise = full / 100 * (100 * radiance[channel] / full * photon**2 + background**2) ** 0.5
        assert found.uncertainty[channel] == pytest.approx(noise, rel=1e-12)
    stokes = arrays["FootprintGeometry/footprint_stokes_coefficients"][2, 1, number, :3]
    assert found.stokes == tuple(stokes)


@pytest.mark.parametrize("number", range(3))
def test_line_shapes_are_those_of_the_file_with_integral_one(arrays, opened, number):
    found = opened(arrays).sounding(LAST).bands[OURS[number]]
    offset = arrays["InstrumentHeader/ils_delta_lambda"][number, 1]
    table = arrays["InstrumentHeader/ils_relative_response"][number, 1]
    assert found.shape.domain == "wavelength"
    assert np.array_equal(found.shape.node, found.wavelength)
    assert np.array_equal(found.shape.offset, offset)
    ratio = found.shape.response / table
    assert ratio == pytest.approx(np.repeat(ratio[:, :1], offset.shape[1], axis=1), rel=1e-12)
    assert np.trapezoid(found.shape.response, found.shape.offset) == pytest.approx(1)


def test_tables_of_line_shapes_end_beyond_their_reach(arrays, opened):
    for values in arrays["InstrumentHeader/ils_delta_lambda"]:
        values[:] = np.linspace(-1e-2, 1e-2, values.shape[-1])
    arrays["InstrumentHeader/ils_relative_response"][:] = 1.0
    shapes = [each.shape for each in opened(arrays).sounding(0).bands.values()]
    # Samples are 1e-3 um apart, the reaches 4.09e-4, 1.08e-3 and 1.40e-3 um.
    assert [shape.offset.shape[1] for shape in shapes] == [3, 5, 5]


def test_the_listing_tells_what_the_soundings_tell(arrays, opened):
    granule = opened(arrays)
    assert len(granule) == FRAMES * FOOTPRINTS
    assert granule.spectrometer.id == "oco2"
    assert not granule.synthetic
    for index in range(len(granule)):
        found = granule.sounding(index)
        names = ("sounding_id", "time", "latitude", "longitude", "footprint", "solar_zenith")
        for name in (*names, "land_fraction"):
            assert getattr(granule, name)[index] == getattr(found, name), name


def test_a_file_that_says_that_it_is_synthetic_is_synthetic(arrays, opened):
    assert opened(arrays, synthetic="true").synthetic


@pytest.mark.parametrize("name", ["OCO-3", "SYNTHETIC"])
def test_other_instruments_of_the_layout_are_known_by_their_names(arrays, opened, name):
    arrays["Metadata/InstrumentShortName"] = np.array([name.encode()])
    assert opened(arrays).spectrometer.short_name == name


def test_without_a_name_the_groups_tell_the_layout(arrays, opened):
    assert opened(without(arrays, "Metadata/InstrumentShortName")).spectrometer.id == "oco2"


def test_bad_channels_are_not_good(arrays, opened):
    granule = opened(arrays)
    assert granule.sounding(0).bands["o2a"].good.all()
    assert np.flatnonzero(~granule.sounding(1).bands["o2a"].good).tolist() == [5]


def test_older_files_have_bad_channels_beside_the_noise(arrays, opened):
    coefficients = arrays["InstrumentHeader/snr_coef"]
    flags = np.zeros((*coefficients.shape[:3], 1))
    flags[1, 0, 7] = 1
    arrays["InstrumentHeader/snr_coef"] = np.concatenate([coefficients, flags], axis=3)
    del arrays["InstrumentHeader/bad_sample_list"]
    granule = opened(arrays)
    assert np.flatnonzero(~granule.sounding(0).bands["wco2"].good).tolist() == [7]
    assert granule.sounding(1).bands["wco2"].good.all()


def test_missing_and_saturated_radiances_are_not_good(arrays, opened):
    radiance = arrays["SoundingMeasurements/radiance_o2"]
    radiance[0, 0, :4] = [np.nan, np.inf, -999_999.0, 7.01e20]
    radiance[0, 0, 4] = -1e17
    found = opened(arrays).sounding(0).bands["o2a"]
    assert np.flatnonzero(~found.good).tolist() == [0, 1, 2, 3]
    assert np.isnan(found.radiance[2])
    assert found.radiance[4] < 0


def test_channels_without_a_response_are_not_good(arrays, opened):
    arrays["InstrumentHeader/ils_relative_response"][2, 0, 3] = 0.0
    arrays["InstrumentHeader/ils_delta_lambda"][2, 0, 4] = 0.0
    arrays["InstrumentHeader/ils_relative_response"][2, 0, 6, 2] = np.nan
    found = opened(arrays).sounding(0).bands["sco2"]
    assert np.flatnonzero(~found.good).tolist() == [3, 4, 6]
    assert found.shape.node.size == CHANNELS - 3


def test_one_bad_sounding_does_not_stop_the_others(arrays, opened):
    arrays["SoundingMeasurements/radiance_strong_co2"][1, 0] = np.nan
    granule = opened(arrays)
    assert not granule.sounding(2).bands["sco2"].good.any()
    assert granule.sounding(2).bands["wco2"].good.all()
    assert granule.sounding(1).bands["sco2"].good.all()
    assert granule.sounding(3).bands["sco2"].good.all()


@pytest.mark.parametrize("name", [*list(GEOMETRY.values())[:-1], "time_tai93"])
def test_a_sounding_without_a_place_is_refused_by_its_name(arrays, opened, name):
    arrays[f"SoundingGeometry/sounding_{name}"][0, 1] = -999_999.0
    granule = opened(arrays)
    with pytest.raises(InvalidValueError, match="sounding 2014101812360002: "):
        granule.sounding(1)
    granule.sounding(0)


def test_without_velocity_of_the_sun_it_follows_from_time_and_place(arrays, opened):
    arrays = without(arrays, "SoundingGeometry/sounding_solar_relative_velocity")
    found = opened(arrays).sounding(0)
    assert found.solar_distance == pytest.approx(0.9963, abs=2e-4)
    assert abs(found.solar_velocity) < 1000


def test_footprints_without_a_sounding_are_not_listed(arrays, opened):
    identifiers = arrays["SoundingGeometry/sounding_id"]
    identifiers[1, 1], identifiers[2, 0] = 0, -999_999
    granule = opened(arrays)
    assert granule.footprint.tolist() == [0, 1, 0, 1]
    assert granule.sounding(3).sounding_id == str(identifiers[2, 1])


def test_longitudes_to_360_become_those_to_180(arrays, opened):
    arrays["SoundingGeometry/sounding_longitude"][0, 0] = 200.0
    assert opened(arrays).sounding(0).longitude == -160.0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SoundingGeometry/sounding_latitude", "FootprintGeometry/footprint_latitude"),
        ("SoundingGeometry/sounding_time_tai93", "FootprintGeometry/footprint_time_tai93"),
    ],
)
def test_geometry_of_the_first_band_stands_in_for_that_of_the_sounding(arrays, opened, old, new):
    expected = opened(arrays).sounding(3)
    arrays[old] = np.stack([arrays[old], arrays[old] + 1, arrays[old] + 2], axis=2)
    found = opened(renamed(arrays, old, new)).sounding(3)
    assert (found.latitude, found.time) == (expected.latitude, expected.time)


def test_the_velocity_of_a_frame_stands_in_for_that_of_the_sounding(arrays, opened):
    name = "SoundingGeometry/sounding_relative_velocity"
    arrays[name] = np.array([10.0, 20.0, 30.0])
    found = opened(renamed(arrays, name, "FrameGeometry/relative_velocity"))
    assert [found.sounding(i).relative_velocity for i in (1, 2)] == [10.0, 20.0]


@pytest.mark.parametrize("shape", [(FRAMES, FOOTPRINTS, 3), (FRAMES, FOOTPRINTS)])
def test_the_angle_of_polarisation_stands_in_for_stokes_coefficients(arrays, opened, shape):
    stokes = "FootprintGeometry/footprint_stokes_coefficients"
    angle = {"FootprintGeometry/footprint_polarization_angle": np.full(shape, 30.0)}
    found = opened(without(arrays, stokes) | angle).sounding(0).bands["wco2"].stokes
    assert found == pytest.approx((0.5, 0.25, 0.4330127))
    assert opened(without(arrays, stokes)).sounding(0).bands["wco2"].stokes == (0.5, 0.0, 0.0)


def test_the_indicator_of_land_stands_in_for_its_fraction(arrays, opened):
    arrays = without(arrays, "SoundingGeometry/sounding_land_fraction")
    indicator = np.array([[0, 1], [2, 3], [0, 0]], np.int8)
    arrays["SoundingGeometry/sounding_land_water_indicator"] = indicator
    assert opened(arrays).land_fraction.tolist() == [1, 0, 0, 1, 1, 1]


def test_a_granule_goes_to_another_process(arrays, opened):
    granule = opened(arrays)
    granule.sounding(0)
    other = pickle.loads(pickle.dumps(granule))
    found, expected = other.sounding(3), granule.sounding(3)
    assert found.sounding_id == expected.sounding_id
    assert np.array_equal(found.bands["o2a"].radiance, expected.bands["o2a"].radiance)


SPIKES = "SpikeEOF/spike_eof_weighted_residual_weak_co2"


def test_channels_that_a_particle_hit_are_not_good(tmp_path):
    """The file tells it for one band only; NaN and fill values tell nothing."""
    arrays = oco_arrays()
    spikes = np.random.default_rng(2).normal(size=(FRAMES, FOOTPRINTS, CHANNELS))
    spikes[1, 0, [3, 17]] = 6.0, 40.0
    spikes[1, 0, [5, 6, 7]] = np.nan, -999999.0, 5.999
    granules = [
        open_granule(write(tmp_path / f"{number}.h5", each))
        for number, each in enumerate((arrays, {**arrays, SPIKES: spikes.astype(np.float32)}))
    ]
    frame = FOOTPRINTS
    before, after = (each.sounding(frame) for each in granules)
    changed = {
        band: np.flatnonzero(before.bands[band].good != after.bands[band].good).tolist()
        for band in before.bands
    }
    assert changed == {"o2a": [], "wco2": [3, 17], "sco2": []}
    other = granules[1].sounding(0).bands["wco2"]
    assert np.array_equal(other.good, granules[0].sounding(0).bands["wco2"].good)


@pytest.mark.parametrize(
    "spikes", [np.zeros((FRAMES, FOOTPRINTS, CHANNELS - 1)), np.zeros((FRAMES, FOOTPRINTS))]
)
def test_spikes_of_another_shape_are_refused(tmp_path, spikes):
    path = write(tmp_path / "l1b.h5", {**oco_arrays(), SPIKES: spikes})
    with pytest.raises(FileContentError, match=SPIKES):
        open_granule(path)
