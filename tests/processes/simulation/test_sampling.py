"""What instruments look at: on the track, in light, on land or in glint, and how large."""

import numpy as np
import pyproj
import pytest

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.simulation.orbits import orbit, track
from casa_processes.simulation.sampling import (
    GLINT,
    INSTRUMENTS,
    NADIR,
    SUN_LIMIT,
    corners,
    instrument,
    on_land,
    views,
)
from casa_processes.simulation.views import between, sun

DATE = np.datetime64("2023-06-15")
GEOD = pyproj.Geod(ellps="sphere")
POINTING = ("oco2", "oco3", "tansat", "gosat")
NAMES = tuple(INSTRUMENTS)


@pytest.fixture(scope="module")
def days():
    return {name: views(instrument(name), DATE) for name in NAMES}


def below(name, seen):
    """Return the track at the times of views."""
    return track(orbit(name), seen.time)


def bits(seen):
    return [getattr(seen, name).tobytes() for name in seen.__dataclass_fields__]


def test_there_are_instruments_of_five_missions_with_orbits():
    assert set(NAMES) == {"oco2", "oco3", "tansat", "gosat", "tropomi"}
    for name in NAMES:
        assert orbit(name)
        assert len(instrument(name).across) == len(instrument(name).numbers)


def test_an_instrument_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(UnknownNameError, match="no mission 'merlin'; there are: gosat"):
        instrument("merlin")


@pytest.mark.parametrize("name", NAMES)
def test_views_lie_within_their_day_in_order(name, days):
    seen = days[name]
    assert seen.time.size > 1000
    assert seen.time.min() >= DATE
    assert seen.time.max() < DATE + np.timedelta64(1, "D")
    keys = seen.time.astype(np.int64) * 100 + seen.footprint
    assert (np.diff(keys) > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_sun_is_high_enough_and_the_angles_are_possible(name, days):
    seen = days[name]
    assert seen.sun_zenith.max() < SUN_LIMIT
    assert seen.sun_zenith.max() > 60.0
    assert 0.0 <= seen.zenith.min() < seen.zenith.max() < 70.0
    assert np.isfinite(np.stack([seen.azimuth, seen.sun_azimuth, seen.heading])).all()


@pytest.mark.parametrize("name", NAMES)
def test_zenith_angles_of_the_sun_are_those_of_its_place(name, days):
    seen = days[name]
    assert seen.sun_zenith == pytest.approx(
        between((seen.latitude, seen.longitude), sun(seen.time)), abs=1e-9
    )


@pytest.mark.parametrize("name", NAMES)
def test_land_is_seen_at_nadir_and_water_in_glint(name, days):
    seen = days[name]
    land = on_land((seen.latitude, seen.longitude))
    assert (seen.mode[land] == NADIR).all()
    assert (seen.mode[~land] == GLINT).all()
    assert ((seen.mode == GLINT).any()) == (name in POINTING)


@pytest.mark.parametrize(
    ("place", "land"),
    [((40.0, 100.0), True), ((0.0, -30.0), False), ((-85.0, 0.0), True), ((90.0, 180.0), False)],
)
def test_land_is_where_the_continents_are(place, land):
    found = on_land((np.array([place[0]]), np.array([place[1]])))
    assert found[0] == land


@pytest.mark.parametrize("name", ["oco2", "oco3", "tansat"])
def test_narrow_swaths_lie_beside_the_track(name, days):
    seen = days[name][days[name].mode == NADIR]
    path = below(name, seen)
    away = GEOD.inv(path.longitude, path.latitude, seen.longitude, seen.latitude)[2] / 1000.0
    expected = np.abs(instrument(name).across)[0]
    assert away == pytest.approx(expected, rel=1e-3)
    assert seen.zenith.max() < 1.0


def test_the_grid_of_gosat_has_five_points_158_km_apart(days):
    seen = days["gosat"][days["gosat"].mode == NADIR]
    path = below("gosat", seen)
    away = GEOD.inv(path.longitude, path.latitude, seen.longitude, seen.latitude)[2] / 1000.0
    assert set(seen.footprint) == {1, 2, 3, 4, 5}
    for number in range(1, 6):
        here = away[seen.footprint == number]
        assert here == pytest.approx(158.0 * abs(number - 3), abs=0.5)


def test_a_wide_swath_is_2400_km_and_more_wide(days):
    seen = days["tropomi"]
    path = below("tropomi", seen)
    away = GEOD.inv(path.longitude, path.latitude, seen.longitude, seen.latitude)[2] / 1000.0
    assert away.max() == pytest.approx(1200.0, abs=1.0)
    assert seen.zenith.max() > 55.0


@pytest.mark.parametrize("name", ["gosat", "tropomi"])
def test_footprints_are_numbered_from_the_left(name, days):
    seen = days[name][days[name].mode == NADIR]
    path = below(name, seen)
    away = GEOD.inv(path.longitude, path.latitude, seen.longitude, seen.latitude)
    course, length = np.asarray(away[0]), np.asarray(away[2])
    off = (course - path.heading + 180.0) % 360.0 - 180.0
    side = length > 1000.0
    middle = (len(instrument(name).across) + 1) / 2
    assert (np.sign(off[side]) == np.sign(seen.footprint[side] - middle)).all()
    assert np.abs(off[side]) == pytest.approx(90.0, abs=0.1)


@pytest.mark.parametrize("name", POINTING)
def test_in_glint_the_satellite_is_where_the_mirrored_sun_is(name, days):
    seen = days[name][days[name].mode == GLINT]
    assert seen.zenith == pytest.approx(seen.sun_zenith, abs=1.0)
    steep = seen.sun_zenith > 10.0
    off = (seen.azimuth - seen.sun_azimuth) % 360.0 - 180.0
    assert np.abs(off[steep]).max() < 5.0


@pytest.mark.parametrize("name", NAMES)
def test_footprints_have_their_size_and_go_against_the_clock(name, days):
    one, seen = instrument(name), days[name]
    y, x = corners(one, seen)
    assert y.shape == x.shape == (seen.time.size, 4)
    sides = [
        GEOD.inv(x[:, i], y[:, i], x[:, (i + 1) % 4], y[:, (i + 1) % 4])[2] / 1000.0
        for i in range(4)
    ]
    assert sides[0] == pytest.approx(one.width, rel=1e-3)
    assert sides[2] == pytest.approx(one.width, rel=1e-3)
    assert sides[1] == pytest.approx(one.length, rel=1e-3)
    wide = (x - x[:, :1] + 180.0) % 360.0 - 180.0
    tall = y - y[:, :1]
    turned = (wide * np.roll(tall, -1, 1) - np.roll(wide, -1, 1) * tall).sum(axis=1)
    assert (turned[np.abs(seen.latitude) < 85.0] > 0.0).all()


@pytest.mark.parametrize("name", NAMES)
def test_corners_surround_the_middle(name, days):
    one, seen = instrument(name), days[name]
    y, x = corners(one, seen)
    half = np.hypot(one.width, one.length) / 2.0
    for i in range(4):
        away = GEOD.inv(seen.longitude, seen.latitude, x[:, i], y[:, i])[2] / 1000.0
        assert away == pytest.approx(half, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_day_is_the_same_whatever_was_asked_before(name, days):
    views(instrument(name), np.datetime64("2031-02-03"))
    assert bits(views(instrument(name), DATE)) == bits(days[name])


def test_soundings_of_other_days_are_elsewhere(days):
    next_day = views(instrument("oco2"), DATE + np.timedelta64(1, "D"))
    assert next_day.latitude.tobytes() != days["oco2"].latitude.tobytes()


def test_oco2_reaches_the_north_in_june_and_the_south_in_december(days):
    june = days["oco2"]
    december = views(instrument("oco2"), np.datetime64("2023-12-15"))
    assert june.latitude.max() > 75.0
    assert june.latitude.min() > -55.0
    assert december.latitude.min() < -75.0
    assert december.latitude.max() < 55.0


def test_a_choice_of_views_keeps_their_columns_together(days):
    seen = days["gosat"]
    some = seen[np.array([3, 1])]
    assert some.time.tolist() == [seen.time[3].item(), seen.time[1].item()]
    assert some.mode.size == some.latitude.size == 2


@pytest.mark.parametrize("date", ["1999-12-31", "2050-01-01"])
def test_a_day_outside_is_refused(date):
    with pytest.raises(InvalidValueError, match="2000-01-01 to 2049-12-31"):
        views(instrument("oco2"), np.datetime64(date))
