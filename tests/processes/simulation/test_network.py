"""The network on the ground: where, when, what it sees of the column, and how noisy."""

import numpy as np
import pytest

from casa_ogc.readers.read import read
from casa_ogc.readers.tccon import READER
from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.simulation.climate import days
from casa_processes.simulation.clouds import THIN, cloud_depth
from casa_processes.simulation.nature import co2
from casa_processes.simulation.network import (
    NOISE,
    SITES,
    SUN_LIMIT,
    layers,
    looks,
    measured,
    network,
    pressure_at,
    sensitivity,
)
from casa_processes.simulation.views import between, sun
from casa_processes.simulation.world import SURFACE

IZANA = next(n for n, each in enumerate(SITES) if each.name == "Izana")


@pytest.fixture(scope="module")
def found(small, ten_days):
    return network(small, ten_days, 0)


def test_sites_are_those_of_the_network_each_once():
    assert len({each.code for each in SITES}) == len(SITES) == 28
    names = {each.name for each in SITES}
    assert {"Park Falls", "Lamont", "Lauder", "Xianghe", "Hefei", "Harwell", "Sodankyla"} <= names


@pytest.mark.realdata
def test_harwell_lies_where_its_genuine_file_says(realdata):
    _, genuine = read(realdata / "tccon" / "hw20230402_20230402.public.qc.nc")
    site = next(each for each in SITES if each.name == "Harwell")
    assert site.latitude == pytest.approx(float(genuine["latitude"][0]), abs=0.02)
    assert site.longitude == pytest.approx(float(genuine["longitude"][0]), abs=0.02)
    assert site.altitude == pytest.approx(float(genuine["observer_altitude"][0]), abs=20.0)


def test_the_sun_is_high_and_clouds_are_thin(found):
    place = found["latitude"].values, found["longitude"].values
    times = found["time"].values.astype("datetime64[ms]")
    zenith = between(place, sun(times))
    assert zenith == pytest.approx(found["solar_zenith_angle"].values, abs=1e-4)
    assert zenith.max() < SUN_LIMIT
    assert (cloud_depth(0, *place, days(times)) < THIN).all()


def test_nothing_that_could_be_seen_is_left_out():
    date, total = np.datetime64("2023-06-21"), 0
    for site in SITES:
        for hour in range(24):
            time = np.array([date.astype("datetime64[ms]") + np.timedelta64(60 * hour + 30, "m")])
            place = np.array([site.latitude]), np.array([site.longitude])
            high = between(place, sun(time))[0] < SUN_LIMIT
            total += bool(high and cloud_depth(0, *place, days(time))[0] < THIN)
    assert looks(date, 0).time.size == total


def test_the_polar_night_is_not_seen():
    names = {SITES[n].name for n in looks(np.datetime64("2023-01-05"), 0).site}
    assert not names & {"Eureka", "Ny Alesund", "Sodankyla"}


def test_columns_begin_at_the_altitude_of_the_site(small):
    ground = pressure_at(np.array([0.0, 2370.0]))
    assert ground[0] == SURFACE
    # The standard atmosphere has 76 041 Pa of 101 325 Pa at 2370 m (ISO 2533, interpolated).
    assert ground[1] / SURFACE == pytest.approx(0.7505, abs=2e-3)
    weight, middle = layers(small.pressure, ground)
    assert weight.sum(axis=1) == pytest.approx(1.0, abs=1e-14)
    assert weight[0] == pytest.approx(-np.diff(small.pressure) / SURFACE, abs=1e-15)
    below = small.pressure[1:] > ground[1]
    assert below.any()
    assert not weight[1][below].any()
    assert (np.diff(middle, axis=1) < 0.0).all()


def test_a_column_of_one_mole_fraction_is_that_at_all_altitudes(small):
    weight, _ = layers(small.pressure, pressure_at(np.linspace(0.0, 5000.0, 11)))
    assert weight @ np.full(weight.shape[1], 421.0) == pytest.approx(421.0, rel=1e-14)


def test_kernels_have_mean_one_and_turn_with_the_sun(small):
    weight, middle = layers(small.pressure, np.full(3, SURFACE))
    kernel = sensitivity(weight, 1.0 - middle / SURFACE, np.array([1.0, 3.5, 5.7]))
    assert (kernel * weight).sum(axis=1) == pytest.approx(1.0, abs=1e-13)
    assert kernel[0, 0] < 1.0 < kernel[0, -1]
    assert kernel[1] == pytest.approx(1.0, abs=1e-12)
    assert kernel[2, 0] > 1.0 > kernel[2, -1]


def test_the_file_alone_leads_from_truth_to_what_is_expected(found, small, ten_days):
    times = found["time"].values.astype("datetime64[D]")
    fields = {day.date: co2(day) for day in ten_days}
    mesh = small.mesh
    for row in range(0, found.sizes["sounding"], 37):
        one = found.isel(sounding=row)
        y = np.searchsorted(mesh.latitude_edges, float(one["latitude"]), side="right") - 1
        east = (float(one["longitude"]) - mesh.longitude_edges[0]) % 360 + mesh.longitude_edges[0]
        x = np.searchsorted(mesh.longitude_edges, east, side="right") - 1
        profile = fields[times[row]][:, y, x]
        weight = one["pressure_weight"].values.astype(np.float64)
        prior, kernel = one["co2_profile_apriori"].values, one["xco2_averaging_kernel"].values
        expected = (weight * (prior + kernel * (profile - prior))).sum()
        assert float(one["xco2_smoothed"]) == pytest.approx(expected, abs=1e-3)
        assert float(one["xco2_profile"]) == pytest.approx((weight * profile).sum(), abs=1e-3)


def test_noise_is_of_its_size_and_independent(found):
    wrong = (found["xco2"] - found["xco2_smoothed"]).values
    assert wrong.size > 300
    assert wrong.std() == pytest.approx(NOISE, rel=0.12)
    assert abs(wrong.mean()) < 4.0 * NOISE / np.sqrt(wrong.size)
    assert abs(np.corrcoef(wrong[:-1], wrong[1:])[0, 1]) < 4.0 / np.sqrt(wrong.size)
    assert (found["xco2_uncertainty"].values == np.float32(NOISE)).all()


def test_every_number_is_within_the_range_of_the_vocabulary(found):
    for name, values in found.items():
        row = VOCABULARY[name]
        if values.dtype.kind == "f":
            assert np.isfinite(values.values).all(), name
            assert row.valid_min is None or float(values.min()) >= row.valid_min, name
            assert row.valid_max is None or float(values.max()) <= row.valid_max, name


def test_names_are_those_that_the_reader_of_the_network_gives(found):
    elsewhere = {"surface_temperature", "wind_speed", "averaging_kernel_flag"}
    theirs = {name for name in READER.variables if "x2019" not in name} - elsewhere
    assert theirs <= set(found)
    assert found.attrs["synthetic"] == "true"
    assert np.unique(found["sounding_id"].values).size == found.sizes["sounding"]
    assert all(str(each).startswith("synthetic-") for each in found["sounding_id"].values)


def test_days_may_be_made_in_any_order(small, ten_days, found):
    parts = {each.date: measured(small, each, 0) for each in reversed(ten_days)}
    together = np.concatenate([parts[each.date]["xco2"] for each in ten_days])
    assert together.astype(np.float32).tobytes() == found["xco2"].values.tobytes()
    other = measured(small, ten_days[0], 1)
    assert other["xco2"].tobytes() != parts[ten_days[0].date]["xco2"].tobytes()


def test_a_high_site_sees_less_of_the_season_below(small):
    weight, _ = layers(small.pressure, pressure_at(np.array([SITES[IZANA].altitude, 0.0])))
    plume = np.where(np.arange(weight.shape[1]) < 3, 10.0, 0.0)
    assert (weight @ plume)[0] < 0.2 * (weight @ plume)[1]
