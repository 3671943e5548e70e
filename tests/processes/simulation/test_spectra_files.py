"""Files of spectra: which soundings they hold, and that what is read is what was written."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.air import Profile
from casa_processes.simulation.fluorescence import fluorescence
from casa_processes.simulation.nature import co2
from casa_processes.simulation.sampling import GLINT, NADIR, instrument
from casa_processes.simulation.soundings import observed, profiles
from casa_processes.simulation.spectra import Seen, optics_of
from casa_processes.simulation.spectra_files import LAYOUTS, shares, targets, write_spectra
from casa_processes.spectra.block import open_blocks
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.meteorology import open_meteorology
from casa_processes.spectra.sounding import Sounding, Spectrum, Weather


@pytest.fixture(scope="module")
def found(small, ten_days):
    return observed(instrument("oco2"), small, ten_days[4], 0)


@pytest.fixture(scope="module")
def asked(small, ten_days, found):
    return targets(instrument("oco2"), small, ten_days[4], found, 9)


def made(one):
    """See a target without computing light: flat spectra that tell which they are."""
    bands = {
        name: Spectrum(
            each.wavelength,
            np.full(each.wavelength.size, 1e19 + one.time % 1000 * 1e15),
            np.full(each.wavelength.size, 1e17),
            np.ones(each.wavelength.size, bool),
            each.shape,
            (0.5, 0.0, 0.0),
        )
        for name, each in optics_of().items()
    }
    time = np.datetime64(one.time, "ms").astype("datetime64[ns]")
    angles = one.solar_zenith, one.solar_azimuth % 360, one.sensor_zenith, one.sensor_azimuth % 360
    sounding = Sounding(
        one.sounding_id, time, one.latitude, one.longitude, 0.0, one.footprint, *angles, 12.0,
        300.0, 1.01, float(one.land), bands, np.array(one.latitude_vertices),
        np.array(one.longitude_vertices),
    )  # fmt: skip
    pressure = np.geomspace(0.1, 1000.0, 30)
    air = Profile(pressure, np.linspace(200.0, 290.0, 30), np.full(30, 0.001))
    return Seen(
        sounding, Weather(air, 986.0, 3.0, -4.0), one.xco2, np.linspace(405, 420, 20), 987.0
    )


@pytest.fixture(scope="module")
def written(asked, tmp_path_factory):
    return write_spectra(tmp_path_factory.mktemp("l1b"), "oco2", asked, [made(t) for t in asked])


@pytest.mark.parametrize(
    ("limit", "days", "expected"),
    [(16, 7, [2, 2, 2, 3, 2, 2, 3]), (2, 4, [0, 1, 0, 1]), (0, 3, [0, 0, 0]), (5, 1, [5])],
)
def test_days_share_the_spectra_evenly(limit, days, expected):
    assert shares(limit, days) == expected


@pytest.mark.parametrize("days", [2, 5, 31, 365])
def test_any_half_of_the_days_has_half_of_the_spectra_within_one(days):
    for limit in (1, days - 1, days, 2 * days + 1, 64):
        found = np.cumsum(shares(limit, days))
        assert found[-1] == limit
        assert np.abs(found - limit * np.arange(1, days + 1) / days).max() < 1.0


def test_single_spectra_are_of_land_and_of_water_in_turn(small, ten_days, found):
    one = instrument("oco2")
    lands = [targets(one, small, ten_days[4], found, 1, before)[0].land for before in range(4)]
    assert lands == [True, False, True, False]


def test_spectra_are_of_good_soundings_half_of_them_on_land(asked, found):
    assert len(asked) == 9
    assert sum(each.land for each in asked) == 5
    times = found.seen.time.astype("datetime64[ms]").astype(np.int64)
    for each in asked:
        row = np.flatnonzero((times == each.time) & (found.seen.footprint == each.footprint + 1))
        assert row.size == 1
        assert found.good[row[0]]
        assert found.seen.latitude[row[0]] == each.latitude
        assert each.xco2 == found.truth[row[0]]
        assert each.aerosol == found.scene.aerosol[row[0]]
        assert each.land == (found.seen.mode[row[0]] == NADIR)
    assert [each.time for each in asked] == sorted(each.time for each in asked)


def test_targets_carry_profile_and_fluorescence_of_their_place(asked, small, ten_days):
    for each in asked:
        place = np.array([each.latitude]), np.array([each.longitude])
        profile = profiles(small, co2(ten_days[4]), *place)[0]
        assert each.profile == tuple(profile)
        time = np.array([np.datetime64(each.time, "ms")])
        glow = fluorescence(*place, time, np.array([each.solar_zenith]))
        assert each.sif == pytest.approx(glow.instant[0] / 1.5, abs=1e-12)


@pytest.mark.parametrize(("mode", "limit"), [(GLINT, 6), (NADIR, 5)])
def test_where_one_kind_lacks_the_other_fills_in(small, ten_days, found, mode, limit):
    only = replace(found, good=found.good & (found.seen.mode == mode))
    few = targets(instrument("oco2"), small, ten_days[4], only, limit)
    assert len(few) == limit
    assert {each.land for each in few} == {mode == NADIR}


def test_none_are_made_where_none_are_good_or_asked_for(small, ten_days, found):
    none = replace(found, good=np.zeros_like(found.good))
    assert targets(instrument("oco2"), small, ten_days[4], none, 5) == []
    assert targets(instrument("oco2"), small, ten_days[4], found, 0) == []


def test_what_is_read_is_what_was_written(written, asked):
    granule, meteorology = open_granule(written[0]), open_meteorology(written[1])
    assert granule.synthetic
    assert granule.spectrometer.id == "oco2"
    assert len(granule) == len(asked)
    order = {str(name): number for number, name in enumerate(granule.sounding_id)}
    for each in asked:
        sounding = granule.sounding(order[each.sounding_id])
        for name in ("latitude", "longitude", "solar_zenith", "sensor_zenith", "footprint"):
            assert getattr(sounding, name) == pytest.approx(getattr(each, name), rel=1e-12)
        stamp = sounding.time.astype("datetime64[ms]").astype(np.int64)
        assert abs(int(stamp) - each.time) <= 1
        radiance = made(each).sounding.bands["wco2"].radiance
        assert sounding.bands["wco2"].radiance == pytest.approx(radiance, rel=1e-6)
        assert sounding.land_fraction == float(each.land)
        assert meteorology.weather(sounding).surface_pressure == pytest.approx(986.0)


def test_blocks_for_fluorescence_hold_the_same_soundings(written, asked):
    blocks = open_blocks(written[0])
    places = blocks.places(slice(0, blocks.frames), slice(0, blocks.across))
    assert set(places.sounding_id[places.there]) == {each.sounding_id for each in asked}


def test_the_truth_is_kept_beside_the_spectra(written, asked):
    with h5py.File(written[0]) as file:
        assert file.attrs["synthetic"] == "true"
        assert "no observation went in" in file.attrs["comment"]
        truth = file["Truth"]
        assert truth["xco2"][:].tolist() == [each.xco2 for each in asked]
        assert truth["sounding_id"][:].astype(str).tolist() == [t.sounding_id for t in asked]
        assert truth["sif_757"][:].tolist() == [each.sif for each in asked]
        assert truth["co2_profile"].shape == truth["pressure"].shape == (9, 20)
        assert truth["pressure"][0, -1] == pytest.approx(987.0)
        assert truth["co2_profile"].attrs["units"] == "ppm"


@pytest.mark.parametrize("mission", LAYOUTS)
def test_every_mission_has_a_layout_that_is_read(mission, asked, tmp_path):
    spectra, air = write_spectra(tmp_path, mission, asked[:2], [made(t) for t in asked[:2]])
    assert open_granule(spectra).spectrometer.id == LAYOUTS[mission]
    assert mission in spectra.name
    assert spectra.name.startswith("synthetic-")
    assert air.name.startswith("synthetic-")


def test_no_soundings_make_no_file(tmp_path):
    with pytest.raises(InvalidValueError, match="soundings"):
        write_spectra(tmp_path, "oco2", [], [])
    assert not list(tmp_path.iterdir())
