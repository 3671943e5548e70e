"""TCCON GGG2020 public files: wet priors, atmospheres, two scales, one grid of levels."""

import numpy as np
import pytest

from casa_ogc.readers import check, read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_a import ROWS, tccon
from tests.readers.layouts import compare_with

GENUINE = "tccon/hw20230402_20230402.public.qc.nc"


def test_pressures_come_in_atmospheres_and_leave_in_hectopascals(tmp_path):
    found = read(tccon().write(tmp_path))[1]["pressure_levels"]
    np.testing.assert_allclose(found.values[0, 0], 1013.25, rtol=1e-6)
    assert found.attrs["units"] == "hPa"


def test_pressures_in_other_units_are_refused(tmp_path):
    with pytest.raises(FileContentError, match="'atm'"):
        read(tccon().write(tmp_path, units={"prior_pressure": "hPa"}))


def test_priors_stay_wet_and_the_data_set_says_so(tmp_path):
    found = read(tccon().write(tmp_path))[1]
    assert found.attrs["co2_profile_apriori_basis"] == "wet"
    assert "integration operator" in found.attrs["pressure_weight_basis"]
    np.testing.assert_allclose(found["co2_profile_apriori"].values[0, :3], [430, 429.7, 429.4])


def test_levels_that_run_upwards_are_left_alone(tmp_path):
    found = read(tccon().write(tmp_path))[1]
    np.testing.assert_allclose(found["xco2_averaging_kernel"].values[0, :3], [1, 0.99, 0.98])


def test_both_scales_are_read_with_their_own_uncertainties_and_priors(tmp_path):
    synthetic = tccon()
    errors = {"xco2_error": np.full(ROWS, 0.4), "xco2_error_x2019": np.full(ROWS, 0.7)}
    found = read(synthetic.write(tmp_path, values=errors))[1]
    np.testing.assert_allclose(found["xco2"], 422 + np.arange(ROWS))
    np.testing.assert_allclose(found["xco2_x2019"], 421.5 + np.arange(ROWS))
    np.testing.assert_allclose(found["xco2_apriori"], 423 + np.arange(ROWS))
    np.testing.assert_allclose(found["xco2_x2019_apriori"], 422.5 + np.arange(ROWS))
    np.testing.assert_allclose(found["xco2_uncertainty"], 0.4)
    np.testing.assert_allclose(found["xco2_x2019_uncertainty"], 0.7)


def test_a_spectrum_is_named_for_its_site_and_time(tmp_path):
    found = read(tccon().write(tmp_path))[1]
    assert found["sounding_id"].values[0] == "hw20230402T140900.000"
    assert set(found["site"].values.tolist()) == {"harwell01"}


def test_altitudes_and_temperatures_are_converted(tmp_path):
    found = read(tccon().write(tmp_path))[1]
    np.testing.assert_allclose(found["observer_altitude"], 142, rtol=1e-5)
    np.testing.assert_allclose(found["surface_temperature"].values[0], 283.15, rtol=1e-6)


def test_the_flag_of_the_kernel_keeps_its_five_codes(tmp_path):
    found = read(tccon().write(tmp_path))[1]["averaging_kernel_flag"]
    assert found.values.tolist() == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize("reader", [None, "tccon"])
def test_kernels_on_another_grid_than_the_priors_are_refused(tmp_path, reader):
    path = tccon().write(tmp_path, values={"ak_altitude": np.linspace(0, 69, 51)})
    with pytest.raises(FileContentError, match="the levels of prior_altitude") as caught:
        read(path, reader=reader)
    assert caught.value.where == "ak_altitude"


def test_a_public_file_without_the_grids_is_not_recognised(tmp_path):
    path = tccon().write(tmp_path, without=("ak_altitude",))
    with pytest.raises(FileContentError, match=r"TCCON.*\(reader tccon\), found other content"):
        read(path)


def test_levels_that_do_not_fall_with_height_are_refused(tmp_path):
    pressure = np.ones((ROWS, 51))
    with pytest.raises(FileContentError, match="pressure_levels"):
        read(tccon().write(tmp_path, values={"prior_pressure": pressure}))


@pytest.mark.realdata
def test_our_builder_writes_what_the_genuine_file_declares(realdata):
    compare_with(realdata / GENUINE, tccon())


@pytest.mark.realdata
def test_the_operator_over_the_wet_prior_is_the_prior_column_of_the_same_scale(realdata):
    found = read(realdata / GENUINE)[1]
    column = (found["pressure_weight"] * found["co2_profile_apriori"]).sum("level")
    relative = np.abs(column / found["xco2_apriori"] - 1)
    assert float(relative.max()) < 1e-4
    other = np.abs(column / found["xco2_x2019_apriori"] - 1)
    assert float(other.min()) > 8e-4


@pytest.mark.realdata
def test_the_genuine_file_is_read_as_the_network_wrote_it(realdata):
    reader, found = read(realdata / GENUINE)
    assert reader.tested_on_genuine
    assert found.sizes == {"sounding": 64, "level": 51}
    assert found["latitude"].values[0] == pytest.approx(51.57, abs=1e-4)
    assert found["longitude"].values[0] == pytest.approx(-1.32, abs=1e-4)
    assert found["pressure_levels"].values[0, 0] == pytest.approx(1.0139 * 1013.25, rel=1e-5)
    assert found["time"].values[0].astype("datetime64[D]") == np.datetime64("2023-04-02")
    assert 0 < float((found["xco2"] - found["xco2_x2019"]).mean()) + 1 < 2
    assert not [one for one in check(realdata / GENUINE) if one.severity == "error"]
    assert not [one for one in check(realdata / GENUINE) if "outside" in one.text]
