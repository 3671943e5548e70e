"""Columns in the schema of OpenGHG: levels turned, identifiers made."""

import numpy as np
import pytest

from casa_ogc.readers import check, read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_a import LEVELS, ROWS, openghg
from tests.readers.layouts import compare_with

GENUINE = "sat_co2/oco2-spectrometer_oco2_20150131-336_co2-column.nc"


def test_levels_run_from_the_surface_to_the_top(tmp_path):
    found = read(openghg().write(tmp_path))[1]
    np.testing.assert_allclose(found["pressure_levels"].values[:, 0], 1000 + np.arange(ROWS))
    np.testing.assert_allclose(found["co2_profile_apriori"].values[0], 410 - np.arange(LEVELS))


def test_levels_that_came_surface_first_stay_so(tmp_path):
    synthetic = openghg()
    turned = {
        name: synthetic.values[name][:, ::-1]
        for name in ("pressure_levels", "co2_profile_apriori", "xco2_averaging_kernel")
    }
    found = read(synthetic.write(tmp_path, values=turned))[1]
    np.testing.assert_allclose(found["co2_profile_apriori"].values[0], 410 - np.arange(LEVELS))


def test_a_column_is_named_for_its_time_and_place(tmp_path):
    found = read(openghg().write(tmp_path))[1]["sounding_id"].values.tolist()
    assert found[0] == "2015-01-31T07:36:43.900_+30.000_+110.000"
    assert len(set(found)) == ROWS


def test_columns_of_one_time_are_told_apart_by_their_place(tmp_path):
    path = openghg().write(tmp_path, values={"time": np.full(ROWS, 1422689803.9)})
    assert len(set(read(path)[1]["sounding_id"].values.tolist())) == ROWS


def test_two_columns_of_one_time_and_place_are_refused(tmp_path):
    same = {"time": np.full(ROWS, 1.4e9), "lat": np.full(ROWS, 3.0), "lon": np.full(ROWS, 4.0)}
    with pytest.raises(FileContentError, match="occur again"):
        read(openghg().write(tmp_path, values=same))


def test_there_is_no_quality_flag_and_none_is_made_up(tmp_path):
    assert "quality_flag" not in read(openghg().write(tmp_path))[1]


@pytest.mark.realdata
def test_the_genuine_extract_is_read_as_its_producers_wrote_it(realdata):
    reader, found = read(realdata / GENUINE)
    assert reader.tested_on_genuine
    assert found.sizes == {"sounding": 1, "level": 20}
    assert float(found["xco2"][0]) == pytest.approx(399.24, abs=0.005)
    assert float(found["pressure_levels"][0, 0]) == pytest.approx(1012.8667, abs=1e-3)
    assert float(found["co2_profile_apriori"][0, 0]) == pytest.approx(405.96182, abs=1e-4)
    assert found["time"].values[0].astype("datetime64[s]") == np.datetime64("2015-01-31T07:36:43")
    assert float(found["pressure_weight"].sum()) == pytest.approx(1, abs=2e-3)
    column = float((found["pressure_weight"] * found["co2_profile_apriori"]).sum())
    assert 390 < column < 410
    assert found.attrs["references"] == "10.5067/70K2B2W8MNGY"


@pytest.mark.realdata
def test_our_builder_writes_what_the_genuine_extract_declares(realdata):
    compare_with(realdata / GENUINE, openghg())


@pytest.mark.realdata
def test_the_genuine_extract_has_no_errors(realdata):
    assert not [one for one in check(realdata / GENUINE) if one.severity == "error"]
