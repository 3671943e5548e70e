"""Files of synthetic soundings, read as any result is."""

import numpy as np
import pytest
import xarray as xr

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.simulation.sampling import GLINT, INSTRUMENTS, instrument
from casa_processes.simulation.sounding_file import attributes, columns, identifiers, write
from casa_processes.simulation.soundings import observed

NAMES = tuple(INSTRUMENTS)


@pytest.fixture(scope="module")
def two_days(small, ten_days):
    return [observed(instrument("gosat"), small, day, 4) for day in ten_days[2:4]]


@pytest.fixture(scope="module")
def path(two_days, tmp_path_factory):
    return write(tmp_path_factory.mktemp("files") / "a.nc", instrument("gosat"), two_days, 4)


@pytest.fixture(scope="module")
def read(path):
    return read_result(path, "soundings")


def test_a_file_is_read_as_the_soundings_that_were_written(read, two_days):
    expected = np.concatenate([each.xco2 for each in two_days])
    assert read["xco2"].values == pytest.approx(expected, rel=1e-6)
    times = np.concatenate([each.seen.time for each in two_days])
    assert (read["time"].values == times.astype("datetime64[ns]")).all()
    latitude = np.concatenate([each.seen.latitude for each in two_days])
    assert (read["latitude"].values == latitude).all()


def test_a_file_says_everywhere_that_it_is_synthetic(path):
    with xr.open_dataset(path, engine="h5netcdf") as file:
        assert file.attrs["title"].startswith("Synthetic ")
        assert file.attrs["product"] == "synthetic-gosat-xco2"
        assert file.attrs["mission"] == "Synthetic"
        assert file.attrs["synthetic"] == "true"
        assert file.attrs["seed"] == "4"
        assert all(str(each).startswith("synthetic-") for each in file["sounding_id"].values)


@pytest.mark.parametrize("name", NAMES)
def test_the_source_of_the_elements_is_told(name):
    about = attributes(instrument(name), 0)
    assert about["source"].startswith("simulation of a synthetic world; ")
    assert ("genuine elements" in about["source"]) == (name != "tansat")


def test_every_column_is_known_and_within_its_range(two_days):
    for name, values in columns(instrument("gosat"), two_days[0], 4).items():
        row = VOCABULARY[name]
        if values.dtype.kind == "f":
            assert np.isfinite(values).all(), name
            assert row.valid_min is None or values.min() >= row.valid_min, name
            assert row.valid_max is None or values.max() <= row.valid_max, name


def test_identifiers_are_those_of_one_sounding_each(two_days):
    found = np.concatenate([identifiers(instrument("gosat"), each) for each in two_days])
    assert np.unique(found).size == found.size
    assert found[0][:29] == f"synthetic-gosat-{two_days[0].seen.time[0]}"[:29]


def test_a_reader_can_redo_what_the_kernel_did(read):
    """The columns of the file alone lead from the prior to the prior, with exact weights."""
    weight = read["pressure_weight"].values
    assert weight.sum(axis=1) == pytest.approx(1.0, abs=1e-6)
    prior = (read["co2_profile_apriori"].values * weight).sum(axis=1)
    assert prior == pytest.approx(read["xco2_apriori"].values, abs=1e-3)


def test_errors_of_the_file_are_of_the_size_that_it_reports(read):
    rest = read["xco2"].values - read["xco2_smoothed"].values
    ratio = rest / read["xco2_uncertainty"].values
    assert 0.9 < ratio.std() < 1.3
    assert np.abs(read["xco2_profile"].values - read["xco2_smoothed"].values).max() < 8.0


def test_levels_run_from_the_surface_up(read):
    assert (np.diff(read["pressure_levels"].values, axis=1) < 0.0).all()
    assert 900.0 < read["pressure_levels"].values[0, 0] < 1000.0


def test_water_is_seen_in_glint_and_flags_are_those_of_good_soundings(read, two_days):
    assert ((read["mode"].values == GLINT) == (read["land_fraction"].values == 0.0)).all()
    good = np.concatenate([each.good for each in two_days])
    assert ((read["quality_flag"].values == 0) == good).all()


def test_corners_lie_about_the_middle(read):
    y, x = read["latitude_vertices"].values, read["longitude_vertices"].values
    assert y.shape == x.shape == (read["time"].size, 4)
    assert y.mean(axis=1) == pytest.approx(read["latitude"].values, abs=0.01)


def test_the_same_soundings_give_the_same_file(path, two_days, tmp_path):
    again = write(tmp_path / "b.nc", instrument("gosat"), two_days, 4)
    assert again.read_bytes() == path.read_bytes()


def test_no_day_makes_no_file(tmp_path):
    with pytest.raises(InvalidValueError, match="at least one day"):
        write(tmp_path / "c.nc", instrument("oco2"), [], 0)
    assert not (tmp_path / "c.nc").exists()
