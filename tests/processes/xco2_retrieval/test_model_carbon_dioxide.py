"""The a priori carbon dioxide, against measured growth, seasons and gradients, and NASA's prior."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.xco2.model.carbon_dioxide import climatology, covariance
from casa_processes.xco2.model.prior import FRACTIONS

GROUND = np.array([1.0])
WEIGHT = np.concatenate([[0.5], np.ones(18), [0.5]]) / 19


def month(year, number):
    return np.datetime64(f"{int(year)}-{int(number):02d}-15T00:00:00")


def decimal(years):
    return np.datetime64("2015-01-01") + np.timedelta64(int((years - 2015) * 365.25 * 86400), "s")


@pytest.mark.realdata
def test_the_global_mean_grows_as_measured(realdata):
    rows = np.genfromtxt(realdata / "surface/co2-mm-gl.csv", delimiter=",", skip_header=1)
    rows = rows[rows[:, 1] >= 2000]
    sines = np.linspace(-0.95, 0.95, 20)
    for _, years, measured, *_ in rows[::7]:
        found = [climatology(GROUND, np.degrees(np.arcsin(s)), decimal(years))[0] for s in sines]
        assert np.mean(found) == pytest.approx(measured, abs=2.0)


@pytest.mark.realdata
@pytest.mark.parametrize(("station", "latitude"), [("mlo", 19.5), ("smo", -14.2)])
def test_air_at_stations_is_as_measured(realdata, station, latitude):
    path = realdata / f"surface/co2_{station}_surface-insitu_1_ccgg_MonthlyData.txt"
    lines = [row.split() for row in path.read_text().splitlines() if not row.startswith("#")]
    year, number, value = (lines[0].index(name) for name in ("year", "month", "value"))
    rows = [row for row in lines[1:] if int(row[year]) >= 2000 and float(row[value]) > 0]
    off = [
        climatology(GROUND, latitude, month(row[year], row[number]))[0] - float(row[value])
        for row in rows
    ]
    assert abs(np.mean(off)) < 1.0
    assert np.std(off) < 1.2


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "latitude", "time"),
    [
        ("oco2_case/oco2_L2_01576a_2014101812360378_expected.h5", 49.1, "2014-10-18T12:36"),
        ("gosat_case/l2_20100411193547.h5", 45.9, "2010-04-11T19:35"),
        ("gosat_case/l2_20100914193918.h5", 36.6, "2010-09-14T19:39"),
    ],
)
def test_columns_are_near_what_nasa_retrieved(realdata, name, latitude, time):
    with h5py.File(realdata / name) as file:
        retrieved = file["RetrievalResults/xco2"][0] * 1e6
        above = file["RetrievalResults/co2_profile_apriori"][0][:2] * 1e6
    found = climatology(FRACTIONS, latitude, np.datetime64(time))
    assert WEIGHT @ found == pytest.approx(retrieved, abs=4.5)
    assert found[:2] == pytest.approx(above, abs=5.0)


def test_old_air_is_above():
    found = climatology(FRACTIONS, -80.0, np.datetime64("2020-01-01"))
    growth = climatology(GROUND, -80.0, np.datetime64("2020-01-01"))
    growth = growth - climatology(GROUND, -80.0, np.datetime64("2019-01-01"))
    assert found[4] - found[0] == pytest.approx(4.8 * growth[0], abs=2.0)


@given(st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_the_covariance_is_positive_definite_for_any_levels(count, seed):
    levels = np.sort(np.random.default_rng(seed).uniform(0, 1, count))
    levels = np.cumsum(np.diff(levels, prepend=0) + 1e-3) / (1 + 1e-3 * count)
    found = covariance(levels)
    assert np.array_equal(found, found.T)
    assert np.linalg.eigvalsh(found)[0] > 0


def test_the_column_has_the_published_uncertainty():
    assert 12.0 < np.sqrt(WEIGHT @ covariance(FRACTIONS) @ WEIGHT) < 14.2


@pytest.mark.realdata
def test_the_covariance_is_of_the_form_of_nasas(realdata):
    with h5py.File(realdata / "oco2_case/oco2_L2_01576a_2014101812360378_expected.h5") as file:
        theirs = file["RetrievalResults/apriori_covariance_matrix"][0][:20, :20] * 1e12
    ours = covariance(FRACTIONS)
    sigma, expected = np.sqrt(np.diag(ours)), np.sqrt(np.diag(theirs))
    assert sigma == pytest.approx(expected, rel=0.12)
    ratio = np.sqrt((WEIGHT @ ours @ WEIGHT) / (WEIGHT @ theirs @ WEIGHT))
    assert ratio == pytest.approx(1.0, abs=0.05)
    correlation = ours / np.outer(sigma, sigma) - theirs / np.outer(expected, expected)
    assert np.abs(correlation).max() < 0.36
    assert np.sqrt((correlation**2).mean()) < 0.05
