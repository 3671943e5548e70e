"""Files of GOSAT: against NASA's retrievals of genuine soundings, and files made here."""

import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.doppler import shifted
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.layouts.fourier_shapes import line_shapes
from tests.nasa import BANDS, case
from tests.processes.spectra.files import gosat_arrays, renamed, without, write

GENUINE = "gosat_case/acos_L1bB2900_tccon_5_good_qual.h5"
OTHER = "gosat_case/l1b_20090627211734.h5"
SHAPES = "gosat_case/l2_ils_interpol.h5"
FACTOR = spectrometer("gosat").wavenumber_factor
PER_PHOTON = 100 * 6.626_070_15e-34 * 299_792_458.0


@pytest.fixture(scope="module")
def genuine(realdata):
    for name in (GENUINE, SHAPES):
        if not (realdata / name).is_file():
            pytest.skip(f"no genuine file {realdata / name}")
    return open_granule(realdata / GENUINE, line_shapes=realdata / SHAPES)


@pytest.fixture
def arrays():
    return gosat_arrays()


@pytest.fixture
def opened(tmp_path):
    return lambda arrays, **more: open_granule(write(tmp_path / "l1b.h5", arrays), **more)


def pair(genuine, realdata, name, band):
    """Return our spectrum at the channels that NASA used, and NASA's."""
    nasa = case(realdata, name).sounding
    (index,) = np.flatnonzero(genuine.sounding_id == nasa.sounding_id)
    found = genuine.sounding(int(index))
    ours, theirs = found.bands[band], nasa.bands[band]
    place = shifted(ours.wavelength, found.relative_velocity)
    nearest = np.abs(place[:, None] - theirs.wavelength).argmin(axis=0)
    return ours, theirs, nearest, place


@pytest.mark.realdata
@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("name", ["park_falls", "lamont"])
def test_the_mean_of_the_polarisations_is_what_nasa_fitted(genuine, realdata, name, band):
    ours, theirs, nearest, _ = pair(genuine, realdata, name, band)
    assert np.array_equal(np.unique(np.diff(nearest)), [1])
    assert ours.radiance[nearest] == pytest.approx(theirs.radiance, rel=5e-6)
    assert ours.good.all()
    assert ours.stokes == pytest.approx((1.0, 0.0, 0.0), abs=1e-3)


@pytest.mark.realdata
@pytest.mark.parametrize("band", BANDS)
def test_the_noise_is_what_nasa_used(genuine, realdata, band):
    # Of Lamont; that of Park Falls has an empirical addition, which makes it larger.
    ours, theirs, nearest, _ = pair(genuine, realdata, "lamont", band)
    assert ours.uncertainty[nearest] == pytest.approx(theirs.uncertainty, rel=5e-6)
    ours, theirs, nearest, _ = pair(genuine, realdata, "park_falls", band)
    assert (theirs.uncertainty > ours.uncertainty[nearest]).all()


@pytest.mark.realdata
@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("name", ["park_falls", "lamont"])
def test_wavenumbers_at_the_surface_are_near_those_that_nasa_retrieved(
    genuine, realdata, name, band
):
    _, theirs, nearest, place = pair(genuine, realdata, name, band)
    difference = 1e4 / place[nearest] - 1e4 / theirs.wavelength
    # A tenth of the distance of the channels.
    assert np.abs(difference).max() < 0.02


@pytest.mark.realdata
def test_the_listing_tells_when_and_where(genuine):
    assert len(genuine) == 5
    assert genuine.spectrometer.id == "gosat"
    stamps = [str(time)[:19].translate({45: "", 58: "", 84: ""}) for time in genuine.time]
    away = np.array(stamps, np.int64) - genuine.sounding_id.astype(np.int64)
    # Identifiers tell the second in which an interferogram of four seconds began.
    assert ((away >= 0) & (away <= 4)).all()
    assert genuine.latitude[4] == pytest.approx(36.5, abs=0.1)


@pytest.mark.realdata
def test_line_shapes_of_a_genuine_file_are_those_of_nasas_table(realdata):
    if not (realdata / OTHER).is_file():
        pytest.skip(f"no genuine spectrum {realdata / OTHER}")
    own = line_shapes(realdata / OTHER, spectrometer("gosat"))
    table = line_shapes(realdata / SHAPES, spectrometer("gosat"))
    for band in ("wco2", "sco2"):
        assert np.array_equal(own[band].node, table[band].node)
        assert own[band].offset == pytest.approx(table[band].offset, abs=1e-5)
        assert own[band].response == pytest.approx(table[band].response, abs=1e-6)
    # Another version of the first band, which each polarisation has for itself.
    assert own["o2a"].response == pytest.approx(table["o2a"].response, abs=0.05)
    assert open_granule(realdata / OTHER).sounding(0).bands["o2a"].good.any()


def test_windows_and_the_offset_are_those_of_the_configuration(arrays, opened):
    known = opened(arrays).sounding(0).bands
    configured = spectrometer("gosat").bands
    assert {name: each.window for name, each in known.items()} == {
        name: each.window for name, each in configured.items()
    }
    assert {name: each.zero_level for name, each in known.items()} == {
        "o2a": 0.02, "wco2": 0.0, "sco2": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(("polarisation", "number"), [("P", 0), ("S", 1)])
def test_one_polarisation_is_that_of_the_file(arrays, opened, polarisation, number):
    found = opened(arrays, polarisation=polarisation).sounding(1)
    gain = ("highgain", "medgain")[number]
    for band, name in zip(BANDS, ("o2", "weak_co2", "strong_co2"), strict=True):
        ours = found.bands[band]
        wavenumber = 1e4 / ours.wavelength[::-1]
        per_um = ours.radiance[::-1] * PER_PHOTON / wavenumber
        assert per_um == pytest.approx(arrays[f"SoundingSpectra/radiance_{name}"][1, number])
        noise = arrays[f"InstrumentHeader/cnv_coef_{gain}_{name}"][1, number]
        noise = noise * arrays[f"SoundingSpectra/noise_{name}_l1b"][1, number]
        assert ours.uncertainty[::-1] * PER_PHOTON / wavenumber == pytest.approx(noise)
        stokes = arrays["FootprintGeometry/footprint_stokes_coefficients"]
        assert ours.stokes == tuple(stokes[1, BANDS.index(band), number, :3])


def test_the_mean_has_the_mean_radiance_and_independent_noise(arrays, opened):
    p, s, mean = (
        opened(arrays, polarisation=k).sounding(0).bands["o2a"] for k in ("P", "S", "mean")
    )
    assert mean.radiance == pytest.approx((p.radiance + s.radiance) / 2)
    assert mean.uncertainty**2 == pytest.approx((p.uncertainty**2 + s.uncertainty**2) / 4)
    assert mean.stokes == pytest.approx((np.array(p.stokes) + s.stokes) / 2)


def test_wavenumbers_count_channels_from_one(arrays, opened):
    found = opened(arrays).sounding(0).bands["wco2"]
    expected = (6166.0 + 0.2 * np.arange(1, 35)) * FACTOR
    assert 1e4 / found.wavelength[::-1] == pytest.approx(expected, rel=1e-14)
    assert (np.diff(found.wavelength) > 0).all()


def test_time_and_place_are_those_of_the_first_band(arrays, opened):
    found = opened(arrays).sounding(1)
    place = {
        name.removeprefix("FootprintGeometry/footprint_"): values[1, 0, 0]
        for name, values in arrays.items()
        if name.startswith("FootprintGeometry")
    }
    for ours, theirs in (("latitude",) * 2, ("sensor_zenith", "zenith"), ("altitude",) * 2):
        assert getattr(found, ours) == place[theirs]
    assert found.relative_velocity == arrays["SpacecraftGeometry/relative_velocity"][1]
    assert found.land_fraction == pytest.approx(place["land_fraction"] / 100)
    # 1993 to 2010 had 7 inserted seconds.
    seconds = (found.time - np.datetime64("1993-01-01")) / np.timedelta64(1, "s")
    assert seconds == pytest.approx(place["time_tai93"] - 7, abs=1e-6)
    assert found.solar_distance == pytest.approx(1.002, abs=1e-3)


def test_line_shapes_are_cut_at_their_reach_and_their_nodes_ascend(arrays, opened):
    shape = opened(arrays).sounding(0).bands["sco2"].shape
    assert shape.domain == "wavenumber"
    assert shape.node.tolist() == [4800.0, 13200.0]
    assert np.abs(shape.offset).max() == pytest.approx(20.0)
    # The narrower table, of the lower node, is the higher one.
    assert shape.response[0].max() < shape.response[1].max()
    assert np.trapezoid(shape.response, shape.offset) == pytest.approx(1.0)


def test_files_before_build_2_9_have_another_name_of_the_noise(arrays, opened):
    expected = opened(arrays).sounding(0).bands["o2a"].uncertainty
    for band in ("o2", "weak_co2", "strong_co2"):
        name = f"SoundingSpectra/noise_{band}"
        arrays = renamed(arrays, f"{name}_l1b", name)
    assert np.array_equal(opened(arrays).sounding(0).bands["o2a"].uncertainty, expected)


def test_a_file_without_line_shapes_asks_for_their_table(arrays, opened, tmp_path):
    bare = {name: values for name, values in arrays.items() if "/ils_coef_" not in name}
    with pytest.raises(FileContentError, match="ils_coef_o2: expected a table"):
        opened(bare)
    table = write(tmp_path / "table.h5", arrays)
    assert opened(bare, line_shapes=table).sounding(0).bands["o2a"].shape.node.size == 2


def test_an_unknown_gain_stops_one_sounding_only(arrays, opened):
    arrays["SoundingHeader/gain_swir"][0, 1] = b"L"
    granule = opened(arrays)
    with pytest.raises(InvalidValueError, match="sounding 20100411193547: gain = 'L'"):
        granule.sounding(0)
    granule.sounding(1)


def test_missing_radiances_are_not_good(arrays, opened):
    arrays["SoundingSpectra/radiance_o2"][0, 1, 3] = -999_999.0
    arrays["SoundingSpectra/radiance_weak_co2"][1] = np.nan
    granule = opened(arrays)
    assert np.flatnonzero(~granule.sounding(0).bands["o2a"].good[::-1]).tolist() == [3]
    lacking = {name: each.good.any() for name, each in granule.sounding(1).bands.items()}
    assert lacking == {"o2a": True, "wco2": False, "sco2": True}


def test_a_sounding_without_any_good_channel_is_refused_by_name(arrays, opened):
    for band in ("o2", "weak_co2", "strong_co2"):
        arrays[f"SoundingSpectra/radiance_{band}"][1] = np.nan
    granule = opened(arrays)
    granule.sounding(0)
    with pytest.raises(InvalidValueError, match=r"sounding 20100411193548.*no good channel"):
        granule.sounding(1)


def test_an_unknown_polarisation_is_refused(arrays, opened):
    with pytest.raises(InvalidValueError, match="mean, P or S"):
        opened(arrays, polarisation="Q")


NEEDED = [name for name in gosat_arrays() if "Metadata" not in name and "ils_" not in name]


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_without_an_array_is_refused_by_its_name(arrays, opened, name):
    with pytest.raises(FileContentError, match=rf"l1b\.h5: .*{name}.*nothing"):
        opened(without(arrays, name))


@pytest.mark.parametrize("name", NEEDED)
def test_an_array_of_another_shape_is_refused(arrays, opened, name):
    arrays[name] = arrays[name].ravel()[:1]
    with pytest.raises(FileContentError, match=r"l1b\.h5: "):
        opened(arrays)


@pytest.mark.parametrize("name", [name for name in gosat_arrays() if "ils_coef_" in name])
def test_line_shapes_of_another_shape_are_refused(arrays, opened, name):
    arrays[name] = arrays[name][:1]
    with pytest.raises((FileContentError, InvalidValueError), match=r"l1b\.h5: |line shape"):
        opened(arrays)
