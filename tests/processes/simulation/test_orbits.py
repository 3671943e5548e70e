"""Ground tracks beside published positions, closed forms and another library's ellipsoid."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sgp4.api import WGS72, Satrec

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.simulation.orbits import (
    Orbit,
    geodetic,
    orbit,
    orbits,
    sidereal,
    track,
)

NAMES = ("oco2", "tansat", "oco3", "gosat", "tropomi")
SYNCHRONOUS = ("oco2", "tansat", "gosat", "tropomi")
DATE = np.datetime64("2023-06-15", "ms")
SPHERE = 6_371.0

# Vallado et al. (2006), Revisiting Spacetrack Report 3, satellite 00005: minutes, km, km/s.
VANGUARD = (
    "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
    "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
)
PUBLISHED = (
    (0, (7022.46529266, -1400.08296755, 0.03995155), (1.893841015, 6.405893759, 4.534807250)),
    (
        360,
        (-7154.03120202, -3783.17682504, -3536.19412294),
        (4.741887409, -4.151817765, -2.093935425),
    ),
    (
        720,
        (-7134.59340119, 6531.68641334, 3260.27186483),
        (-4.113793027, -2.911922039, -2.557327851),
    ),
    (1080, (5568.53901181, 4492.06992591, 3863.87641983), (-4.209106476, 5.159719888, 2.744852980)),
)


def instants(step, days=1.0, start=DATE):
    """Return instants every so many seconds."""
    return start + np.arange(0, days * 86_400_000, step * 1000).astype("timedelta64[ms]")


def local_time(time, longitude):
    """Return mean local solar time.  [h]"""
    midnight = time.astype("datetime64[D]")
    return ((time - midnight) / np.timedelta64(1, "h") + longitude / 15.0) % 24.0


def crossings(path):
    """Return mean local times of northward crossings of the equator."""
    found = np.flatnonzero((path.latitude[:-1] < 0.0) & (path.latitude[1:] >= 0.0))
    return local_time(path.time[found], path.longitude[found])


def distance(one, other):
    """Return distances of points of two tracks on the ground.  [km]"""
    geod = pyproj.Geod(ellps="WGS84")
    places = one.longitude, one.latitude, other.longitude, other.latitude
    return geod.inv(*places)[2] / 1000.0


def checksum(line):
    """Return the checksum of a line of elements, by its definition."""
    return sum(int(sign) if sign.isdigit() else sign == "-" for sign in line[:68]) % 10


@pytest.mark.parametrize(("minutes", "place", "speed"), PUBLISHED)
def test_the_library_gives_the_published_positions(minutes, place, speed):
    satellite = Satrec.twoline2rv(*VANGUARD, WGS72)
    error, found, velocity = satellite.sgp4_tsince(minutes)
    assert error == 0
    assert found == pytest.approx(place, abs=2e-8)
    assert velocity == pytest.approx(speed, abs=2e-9)


def test_a_track_begins_at_the_published_position():
    path = track(
        Orbit(*VANGUARD, "published", None, None), np.array(["2000-06-27T18:50:19.732"], "M8[ms]")
    )
    ellipsoid = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978")
    fixed = ellipsoid.transform(path.latitude[0], path.longitude[0], path.altitude[0] * 1000.0)
    angle = sidereal(np.array([2_451_722.5]), np.array([0.784_950_6]))[0]
    x, y, z = np.array(fixed) / 1000.0
    inertial = (np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, z)
    assert inertial == pytest.approx(PUBLISHED[0][1], abs=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_elements_are_whole_and_say_what_they_are(name):
    one = orbit(name)
    for number, line in enumerate((one.line1, one.line2), start=1):
        assert line.startswith(f"{number} ")
        assert len(line) == 69
        assert int(line[68]) == checksum(line)
    assert one.line1[2:7] == one.line2[2:7]
    assert ("epoch" in one.source) or ("made of" in one.source)


def test_there_are_orbits_of_five_missions():
    assert set(orbits()) == set(NAMES)


def test_elements_that_no_satellite_has_are_called_made():
    assert "made of" in orbit("tansat").source
    assert "99999" in orbit("tansat").line1
    assert all("genuine" in orbit(name).source for name in set(NAMES) - {"tansat"})


def test_a_mission_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(UnknownNameError, match="no mission 'oco4'; there are: gosat"):
        orbit("oco4")


def test_sidereal_time_is_that_of_the_textbook():
    # Meeus (1998), examples 12.a and 12.b.
    whole = np.array([2_446_895.5, 2_446_895.5])
    part = np.array([0.0, (19.0 + 21.0 / 60.0) / 24.0])
    expected = (13 + 10 / 60 + 46.3668 / 3600, 8 + 34 / 60 + 57.0896 / 3600)
    assert np.rad2deg(sidereal(whole, part)) / 15.0 == pytest.approx(expected, abs=1e-7)


@given(
    st.floats(-89.9, 89.9),
    st.floats(-179.9, 179.9),
    st.floats(0.0, 1000.0),
)
def test_the_ellipsoid_is_that_of_another_library(latitude, longitude, height):
    other = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978")
    place = np.array([other.transform(latitude, longitude, height * 1000.0)]) / 1000.0
    found = geodetic(place)
    assert found[0][0] == pytest.approx(latitude, abs=5e-8)
    assert found[1][0] == pytest.approx(longitude, abs=5e-8)
    assert found[2][0] == pytest.approx(height, abs=1e-5)


@pytest.mark.parametrize(("name", "hour"), [("oco2", 13.60), ("tansat", 13.75), ("tropomi", 13.50)])
@pytest.mark.parametrize("date", ["2009-03-01", "2020-12-21", "2023-06-15", "2041-09-01"])
def test_ascending_satellites_cross_the_equator_at_half_past_one(name, hour, date):
    found = crossings(track(orbit(name), instants(10, start=np.datetime64(date, "ms"))))
    assert 13 <= found.size <= 15
    assert np.abs(found - hour).max() < 0.1
    assert np.abs(found - 13.5).max() < 0.35


def test_gosat_comes_from_the_north_about_one_o_clock():
    found = crossings(track(orbit("gosat"), instants(10)))
    assert np.abs((found + 12.0) % 24.0 - 12.95).max() < 0.15


def test_the_space_station_crosses_the_equator_earlier_each_day():
    first = crossings(track(orbit("oco3"), instants(10))).mean()
    later = DATE + np.timedelta64(10, "D")
    second = crossings(track(orbit("oco3"), instants(10, start=later))).mean()
    # Its node falls behind the mean Sun by 4.95 + 0.986 degrees a day: 0.396 hours.
    assert (first - second) % 24.0 == pytest.approx(10 * (4.953 + 0.9856) / 15.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "cycle", "turns"),
    [("oco2", 16, 233), ("tansat", 16, 233), ("gosat", 3, 44), ("tropomi", 16, 227)],
)
def test_a_cycle_of_the_elements_themselves_has_the_turns_that_missions_state(name, cycle, turns):
    one = orbit(name)
    assert (one.cycle, one.turns) == (cycle, turns)
    free = Orbit(one.line1, one.line2, one.source, None, None)
    begin = np.datetime64("2023-06-15", "ms")
    path = track(free, instants(20, cycle, start=begin))
    north = np.flatnonzero((path.latitude[:-1] < 0.0) & (path.latitude[1:] >= 0.0))
    assert abs(north.size - turns) <= 1


@pytest.mark.parametrize("name", SYNCHRONOUS)
def test_the_elements_return_to_the_same_places_after_a_cycle(name):
    one = orbit(name)
    free = Orbit(one.line1, one.line2, one.source, None, None)
    epoch = np.datetime64(f"20{one.line1[18:20]}-01-01", "ms")
    epoch += np.timedelta64(round((float(one.line1[20:32]) - 1.0) * 86_400_000), "ms")
    first = instants(600, 0.5, start=epoch)
    gone = distance(track(free, first), track(free, first + np.timedelta64(one.cycle, "D")))
    # Along the track; the drift in longitude is what matters to the places that are seen.
    assert gone.max() < 40.0


@pytest.mark.parametrize("name", SYNCHRONOUS)
def test_a_kept_track_repeats_exactly(name):
    one, first = orbit(name), instants(300, 0.5)
    later = track(one, first + np.timedelta64(7 * one.cycle, "D"))
    again = track(one, first)
    for each in ("latitude", "longitude", "altitude", "heading"):
        assert getattr(again, each).tobytes() == getattr(later, each).tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_track_reaches_as_far_as_its_inclination(name):
    one = orbit(name)
    inclination = float(one.line2[8:16])
    reach = inclination if inclination < 90.0 else 180.0 - inclination
    path = track(one, instants(10))
    # Geodetic latitude exceeds the geocentric one by up to 0.19 degrees.
    highest = np.abs(path.latitude).max()
    assert reach - 0.1 < highest < reach + 0.25


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("oco2", 700, 735), ("tansat", 700, 735), ("oco3", 400, 450), ("gosat", 660, 700),
     ("tropomi", 820, 860)],
)  # fmt: skip
def test_altitudes_are_those_of_the_missions(name, low, high):
    altitude = track(orbit(name), instants(30)).altitude
    assert low < altitude.min()
    assert altitude.max() < high


@pytest.mark.parametrize("name", NAMES)
def test_the_heading_points_to_where_the_satellite_is_next(name):
    times = instants(600, 0.5)
    here, there = track(orbit(name), times), track(orbit(name), times + np.timedelta64(1, "s"))
    geod = pyproj.Geod(ellps="WGS84")
    course, _, length = geod.inv(here.longitude, here.latitude, there.longitude, there.latitude)
    off = (here.heading - course + 180.0) % 360.0 - 180.0
    assert np.abs(off).max() < 0.2
    assert 5_500.0 < length.min() < length.max() < 8_000.0


@pytest.mark.parametrize("instant", ["1999-12-31T23:59:59", "2050-01-01T00:00:00", "NaT"])
def test_an_instant_outside_is_refused(instant):
    with pytest.raises(InvalidValueError, match="2000-01-01 to 2049-12-31"):
        track(orbit("oco2"), np.array([instant], "M8[ms]"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("instant", ["2000-01-01", "2049-12-31T23:59:59.999"])
def test_the_ends_of_the_time_are_reached(name, instant):
    path = track(orbit(name), np.array([instant], "M8[ms]"))
    assert np.isfinite([path.latitude, path.longitude, path.altitude, path.heading]).all()
    assert 390.0 < path.altitude[0] < 870.0


def test_elements_of_a_satellite_that_fell_are_refused():
    one = orbit("oco2")
    fallen = one.line2[:26] + "9990000" + one.line2[33:]
    with pytest.raises(InvalidValueError, match="SGP4"):
        track(Orbit(one.line1, fallen, "", None, None), instants(3600))


def test_an_instant_alone_is_where_it_is_among_others():
    times = instants(60, 0.2)
    many = track(orbit("oco3"), times)
    alone = [track(orbit("oco3"), times[i : i + 1]).latitude[0] for i in (0, 17, 200)]
    assert many.latitude[[0, 17, 200]].tolist() == alone
