"""ACOS-GOSAT Lite version 9: the OCO layout without corners, with a gain letter."""

import numpy as np
import pytest

from casa_ogc.readers import read, reader_named
from casa_processes.common.errors import FileContentError
from tests.readers.builders_a import LEVELS, ROWS, acos


def test_a_file_is_read_without_corners(tmp_path):
    found = read(acos().write(tmp_path))[1]
    assert "latitude_vertices" not in found
    assert "vertex" not in found.dims
    assert found.attrs["mission"] == "GOSAT"
    assert found.attrs["product"] == "acos-gosat-xco2"


def test_the_gain_is_a_letter(tmp_path):
    assert read(acos().write(tmp_path))[1]["gain"].values.tolist() == ["H", "M", "H", "H", "M"]


def test_the_identifier_has_the_fourteen_digits_of_a_time(tmp_path):
    identifiers = read(acos().write(tmp_path))[1]["sounding_id"].values.tolist()
    assert identifiers[0] == "20180102051203"
    assert len(set(identifiers)) == ROWS


def test_the_version_is_the_build_not_the_release_of_the_radiances(tmp_path):
    assert read(acos().write(tmp_path))[1].attrs["product_version"] == "B9213A"


def test_levels_are_turned_as_for_oco(tmp_path):
    found = read(acos().write(tmp_path))[1]
    assert found["pressure_levels"].values[0, 0] == pytest.approx(1000)
    np.testing.assert_allclose(found["co2_profile_apriori"].values[0], 410 - np.arange(LEVELS))


def test_the_declaration_of_the_columns_is_shared_with_oco():
    shared = set(reader_named("acos").variables) & set(reader_named("oco_lite").variables)
    assert {"xco2", "quality_flag", "pressure_weight"} <= shared
    for name in shared - {"glint_angle", "land_fraction"}:
        assert reader_named("acos").variables[name] is reader_named("oco_lite").variables[name]


@pytest.mark.parametrize("lost", ["xco2", "pressure_levels", "xco2_quality_flag"])
def test_a_file_without_a_needed_variable_is_refused(tmp_path, lost):
    with pytest.raises(FileContentError, match=lost):
        read(acos().write(tmp_path, without=(lost,)))


def test_a_gain_may_be_missing(tmp_path):
    assert "gain" not in read(acos().write(tmp_path, without=("Sounding/gain",)))[1]
