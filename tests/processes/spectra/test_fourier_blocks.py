"""Many soundings of GOSAT at once: the same as one by one, in each polarisation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectra.block import open_blocks, readable_rows
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.photons import power_per_wavelength_of_photons
from tests.processes.spectra.files import gosat_arrays, oco_arrays, without, write

ALL, SIZE, CHANNELS = slice(None), 7, 30
POLARISATIONS = ("mean", "P", "S")
DISPERSION = "SoundingHeader/wavenumber_coefficients"
STOKES = "FootprintGeometry/footprint_stokes_coefficients"


def arrays(size=SIZE):
    made = gosat_arrays(size)
    made[STOKES][..., 0] = np.random.default_rng(2).uniform(0.8, 1.2, (size, 3, 2))
    made["SoundingHeader/gain_swir"][2] = [b"M    ", b"H    "]
    return made


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("gosat") / "l1b.h5", arrays())


@pytest.mark.parametrize("polarisation", POLARISATIONS)
def test_spectra_are_those_of_the_soundings_one_by_one(path, polarisation):
    blocks = open_blocks(path, None, polarisation)
    granule = open_granule(path, polarisation=polarisation)
    assert (blocks.frames, blocks.across) == (SIZE, 1)
    found = blocks.rows("o2a", slice(0, CHANNELS), slice(0, SIZE), ALL)
    assert found.footprint.tolist() == [0] * SIZE
    assert 1e3 < blocks.full_scale("o2a") < np.inf  # radiances that overflow are beyond
    for number in range(SIZE):
        one = granule.sounding(number).bands["o2a"]
        np.testing.assert_array_equal(blocks.wavelength("o2a")[0], one.wavelength)
        for ours, photons in ((found.radiance, one.radiance), (found.noise, one.uncertainty)):
            power = power_per_wavelength_of_photons(photons, one.wavelength) / one.stokes[0]
            np.testing.assert_allclose(ours[number], power, rtol=1e-6)


def test_both_polarisations_together_are_surer_than_each(path):
    rows = [
        open_blocks(path, None, each).rows("wco2", slice(0, 34), slice(0, SIZE), ALL)
        for each in POLARISATIONS
    ]
    share = arrays()[STOKES][:, 1, :, 0]
    for what, norm in (("radiance", lambda x: x.sum(axis=0)), ("noise", np.linalg.norm)):
        measured = np.stack([getattr(rows[1 + k], what) * share[:, k, None] for k in range(2)])
        both = norm(measured) if what == "radiance" else np.hypot(*measured)
        wanted = both / share.sum(axis=1)[:, None]
        np.testing.assert_allclose(getattr(rows[0], what), wanted, rtol=2e-6)


def test_places_are_those_of_the_soundings_one_by_one(path):
    found, granule = open_blocks(path).places(slice(0, SIZE), ALL), open_granule(path)
    soundings = [granule.sounding(number) for number in range(SIZE)]
    for name in ("latitude", "longitude", "solar_zenith", "sensor_zenith", "land_fraction"):
        np.testing.assert_allclose(getattr(found, name), [getattr(s, name) for s in soundings])
    np.testing.assert_allclose(found.approach, [s.relative_velocity for s in soundings])
    assert found.sounding_id.tolist() == [each.sounding_id for each in soundings]
    assert (found.time == np.array([each.time for each in soundings])).all()
    assert found.there.all()
    assert np.isnan(found.recession).all()
    assert np.isnan(found.latitude_vertices).all()
    assert set(found.surface_class.tolist()) == set(found.cloud.tolist()) == {-1}


@settings(max_examples=20)
@given(
    first=st.integers(0, SIZE - 1), count=st.integers(1, SIZE),
    start=st.integers(0, CHANNELS - 1), wide=st.integers(1, CHANNELS),
)  # fmt: skip
def test_any_part_is_that_part_of_the_whole(path, first, count, start, wide):
    blocks = open_blocks(path)
    whole = blocks.rows("o2a", slice(0, CHANNELS), slice(0, SIZE), ALL)
    frames, channels = (
        slice(first, min(first + count, SIZE)), slice(start, min(start + wide, CHANNELS))
    )  # fmt: skip
    found = blocks.rows("o2a", channels, frames, slice(0, 1))
    np.testing.assert_array_equal(found.radiance, whole.radiance[frames, channels])
    np.testing.assert_array_equal(found.noise, whole.noise[frames, channels])
    assert blocks.rows("o2a", channels, frames, slice(0, 0)).radiance.shape[0] == 0


def test_a_sounding_whose_channels_lie_elsewhere_is_missing_and_no_other(tmp_path):
    made = arrays()
    made[DISPERSION][3, 0, 1, 0] += 0.2 * 0.02
    made[DISPERSION][4, 0, 1, 0] += 0.2 * 0.005
    made[DISPERSION][5, 0, 0, 1] *= 1.001
    blocks = open_blocks(write(tmp_path / "l1b.h5", made))
    found = blocks.rows("o2a", slice(0, CHANNELS), slice(0, SIZE), ALL)
    missing = np.isnan(found.radiance).all(axis=1)
    assert np.flatnonzero(missing).tolist() == [3, 5]
    assert np.isfinite(found.radiance[~missing]).all()


def test_a_gain_that_is_not_known_leaves_no_noise(tmp_path):
    made = arrays()
    made["SoundingHeader/gain_swir"][1, 0] = b"L    "
    found = open_blocks(write(tmp_path / "l1b.h5", made)).rows(
        "o2a", slice(0, CHANNELS), slice(0, SIZE), ALL
    )
    assert np.isnan(found.noise[1]).all()
    assert np.isfinite(np.delete(found.noise, 1, axis=0)).all()


def test_missing_numbers_are_missing(tmp_path):
    made = arrays()
    made["SoundingSpectra/radiance_o2"][2, 1, 4] = -999999.0
    made["FootprintGeometry/footprint_latitude"][4, 0, 0] = -999999.0
    blocks = open_blocks(write(tmp_path / "l1b.h5", made))
    rows, wrong = readable_rows(blocks, "o2a", slice(0, CHANNELS), slice(0, SIZE))
    assert wrong == ""
    assert np.argwhere(np.isnan(rows.radiance)).tolist() == [[2, CHANNELS - 1 - 4]]
    assert blocks.places(slice(0, SIZE), ALL).there.tolist() == [True] * 4 + [False] + [True] * 2


@pytest.mark.parametrize(
    "name",
    ["SoundingHeader/sounding_id", DISPERSION, STOKES, "SoundingSpectra/noise_o2_l1b",
     "InstrumentHeader/cnv_coef_medgain_o2", "SpacecraftGeometry/relative_velocity"],
)  # fmt: skip
def test_a_file_that_lacks_an_array_is_refused_by_its_name(tmp_path, name):
    path = write(tmp_path / "l1b.h5", without(arrays(), name))
    with pytest.raises(FileContentError, match=name):
        open_blocks(path)


def test_shapes_and_sizes_are_checked(tmp_path):
    made = arrays()
    made[STOKES] = made[STOKES][:, :2]
    with pytest.raises(FileContentError, match="stokes"):
        open_blocks(write(tmp_path / "a.h5", made))
    empty = {
        name: values[:0] if values.shape[:1] == (SIZE,) else values
        for name, values in arrays().items()
    }
    with pytest.raises(FileContentError, match="one sounding or more"):
        open_blocks(write(tmp_path / "b.h5", empty))


def test_a_polarisation_is_of_an_instrument_that_measures_two(path, tmp_path):
    with pytest.raises(InvalidValueError, match="mean, P or S"):
        open_blocks(path, None, "Q")
    oco = write(tmp_path / "oco.h5", oco_arrays())
    with pytest.raises(InvalidValueError, match="as oco2 does not measure two"):
        open_blocks(oco, None, "P")
    with pytest.raises(InvalidValueError, match="whose level-1B files can be read"):
        open_blocks(path, "tropomi")


def test_line_shapes_are_those_of_the_file(path):
    (shape,) = open_blocks(path).shapes("o2a")
    assert shape.domain == "wavenumber"
