"""OCO-2 and OCO-3 Lite XCO2: the traps of the format, and the genuine header."""

import re

import numpy as np
import pytest

from casa_ogc.readers import check, read, reader_named
from casa_ogc.readers.lite_xco2 import build
from casa_processes.common.errors import FileContentError
from tests.readers.builders_a import LEVELS, ROWS, oco_lite

TYPES = {
    "float": "float32",
    "double": "float64",
    "byte": "int8",
    "ubyte": "uint8",
    "short": "int16",
    "int": "int32",
    "uint64": "uint64",
}
ANONYMOUS = {"time"}
"""Variables whose units the published baseline has blanked."""


def genuine_header(text):
    """Path to type, dimensions, units and missing value, of an ncdump header."""
    found = {}
    for kind, name, dims in re.findall(r"^\t(\w+) (\w+)\(([\w, ]+)\) ;", text, re.MULTILINE):
        attributes = dict(re.findall(rf"^\t\t{name}:(\w+) = (.+) ;$", text, re.MULTILINE))
        path = attributes.get("fullnamepath", f'"/{name}"').strip('"/')
        found[path] = (
            TYPES.get(kind, kind),
            tuple(dims.split(", ")),
            attributes.get("units", "").strip('"'),
            attributes.get("missing_value", ""),
        )
    return found


@pytest.mark.realdata
def test_our_builder_writes_what_the_genuine_header_declares(realdata):
    header = genuine_header((realdata / "formats" / "oco2_LtCO2_B9_ncdump_header.cdl").read_text())
    assert len(header) > 100
    for column in oco_lite().columns:
        kind, dims, units, missing = header[column.path]
        assert column.dtype == kind, column.path
        assert column.dims == dims, column.path
        if column.path not in ANONYMOUS:
            assert column.units == units, column.path
        assert column.missing is not None
        name, value = column.missing
        assert name == "missing_value"
        assert float(re.sub(r"[a-zA-Z]+$", "", missing)) == value, column.path


@pytest.mark.realdata
def test_every_variable_that_the_reader_wants_is_in_the_genuine_header_of_build_9(realdata):
    header = genuine_header((realdata / "formats" / "oco2_LtCO2_B9_ncdump_header.cdl").read_text())
    later = {"xco2_x2019", "quality_simple_bits", "target_id", "target_name"}
    for name, source in reader_named("oco_lite").variables.items():
        if name in later:
            continue
        present = [path for path in source.paths if path in header]
        assert present, name
        if source.accepted and name not in ANONYMOUS:
            assert header[present[0]][2] in source.accepted, name


@pytest.mark.realdata
def test_the_genuine_header_tells_the_mode_codes_that_we_assume(realdata):
    text = (realdata / "formats" / "oco2_LtCO2_B9_ncdump_header.cdl").read_text()
    assert "0=Nadir, 1=Glint, 2=Target, 3=Transition" in text


def test_the_mark_missing_value_is_honoured_without_a_fill_value(tmp_path):
    values = {"xco2": [405, -999999.0, 407, 408, 409], "Retrieval/psurf": [-999999.0] * ROWS}
    found = read(oco_lite().write(tmp_path, values=values))[1]
    np.testing.assert_array_equal(np.isnan(found["xco2"]), [False, True, False, False, False])
    assert np.isnan(found["surface_pressure"]).all()


def test_levels_run_from_the_surface_to_the_top(tmp_path):
    found = read(oco_lite().write(tmp_path))[1]
    np.testing.assert_allclose(found["pressure_levels"].values[:, 0], 1000 + np.arange(ROWS))
    np.testing.assert_allclose(found["pressure_levels"].values[0, -1], 100)
    # The builder's kernel is 1 and its prior 410 at the surface, and both fall with height.
    np.testing.assert_allclose(
        found["xco2_averaging_kernel"].values[0], 1 - 0.03 * np.arange(LEVELS), rtol=1e-6
    )
    np.testing.assert_allclose(found["co2_profile_apriori"].values[0], 410 - np.arange(LEVELS))


def test_the_identifier_is_text_with_every_digit(tmp_path):
    found = read(oco_lite().write(tmp_path))[1]["sounding_id"]
    assert found.values.tolist() == [str(2018010205120331 + row) for row in range(ROWS)]


def test_times_count_from_1970(tmp_path):
    found = read(oco_lite().write(tmp_path))[1]["time"].values
    assert found[0] == np.datetime64("2018-01-02T05:12:03.300000000")
    assert found[1] - found[0] == np.timedelta64(250, "ms")


@pytest.mark.parametrize("units", ["seconds since 1990-01-01 00:00:00", "days since 1970-01-01"])
def test_a_time_from_another_epoch_is_refused(tmp_path, units):
    with pytest.raises(FileContentError, match="seconds since 1970-01-01") as caught:
        read(oco_lite().write(tmp_path, units={"time": units}))
    assert caught.value.where == "time"


def test_build_9_has_the_scale_x2007_only(tmp_path):
    found = read(oco_lite().write(tmp_path))[1]
    assert "xco2_x2019" not in found
    assert found.attrs["xco2_scale"] == "WMO CO2 X2007"


def test_later_builds_have_both_scales_and_do_not_mix_them(tmp_path):
    found = read(oco_lite(build="B11210Ar").write(tmp_path))[1]
    np.testing.assert_allclose(found["xco2"], 405 + np.arange(ROWS))
    np.testing.assert_allclose(found["xco2_x2019"], 405.5 + np.arange(ROWS))
    assert found.attrs["xco2_x2019_scale"] == "WMO CO2 X2019"
    assert found["quality_simple_bits"].values.tolist() == [0, 1, 0, 255, 0]


@pytest.mark.parametrize("build_name", ["B9003r", "B11210Ar"])
def test_quality_bits_are_the_same_from_either_width(tmp_path, build_name):
    found = read(oco_lite(build=build_name).write(tmp_path))[1]
    assert found["quality_bits"].values.tolist() == [0, 3, 0, 2**27, 0]
    assert found["quality_flag"].values.tolist() == [0, 1, 0, 1, 0]


def test_a_missing_quality_flag_is_neither_good_nor_bad(tmp_path):
    path = oco_lite().write(tmp_path, values={"xco2_quality_flag": [0, 127, 1, 0, 0]})
    assert read(path)[1]["quality_flag"].values.tolist() == [0, -128, 1, 0, 0]


def test_modes_of_oco_3_have_an_area_map_after_the_transition(tmp_path):
    found = read(oco_lite(mission="oco3", build="B11072Ar").write(tmp_path))[1]["mode"]
    meanings = dict(
        zip(found.attrs["flag_values"].tolist(), found.attrs["flag_meanings"].split(), strict=True)
    )
    assert [meanings[code] for code in found.values.tolist()] == [
        "nadir",
        "glint",
        "target",
        "transition",
        "area_map",
    ]


def test_targets_of_oco_3_are_text_and_empty_where_there_is_none(tmp_path):
    found = read(oco_lite(mission="oco3", build="B11072Ar").write(tmp_path))[1]
    assert found["target_id"].values.tolist() == ["", "", "val001", "", "fossil0001"]


@pytest.mark.parametrize(
    ("mission", "product", "name"), [("oco2", "oco2-xco2", "OCO-2"), ("oco3", "oco3-xco2", "OCO-3")]
)
def test_each_mission_has_its_product(tmp_path, mission, product, name):
    found = read(oco_lite(mission=mission, build="B11072Ar").write(tmp_path))[1]
    assert found.attrs["product"] == product
    assert found.attrs["mission"] == name


def test_the_version_is_that_of_the_file_name_not_of_the_retrieval(tmp_path):
    found = read(oco_lite().write(tmp_path))[1]
    assert found.attrs["product_version"] == "B9003r"


def test_a_name_without_a_build_tells_no_version(tmp_path):
    assert build(tmp_path / "oco2_LtCO2_180102.nc4") == ""


def test_units_of_angles_and_of_the_air_mass_are_read_as_meant(tmp_path):
    path = oco_lite().write(
        tmp_path, values={"Sounding/solar_azimuth_angle": [0, 90, 180, 270, 359]}
    )
    found = read(path)[1]
    assert found["solar_azimuth_angle"].values.tolist() == [0, 90, 180, 270, 359]
    np.testing.assert_allclose(found["airmass"], [2.0, 2.1, 2.2, 2.3, 2.4], rtol=1e-6)


def test_land_fractions_become_fractions(tmp_path):
    found = read(oco_lite().write(tmp_path))[1]["land_fraction"]
    np.testing.assert_allclose(found, [0, 0.25, 0.5, 0.75, 1])


def test_mole_fractions_in_other_units_are_refused_not_scaled_by_guess(tmp_path):
    with pytest.raises(FileContentError, match="'ppm'"):
        read(oco_lite().write(tmp_path, units={"xco2": "mol mol-1"}))


@pytest.mark.parametrize(
    "lost",
    [
        "xco2",
        "xco2_uncertainty",
        "xco2_averaging_kernel",
        "pressure_weight",
        "vertex_latitude",
        "sounding_id",
        "time",
    ],
)
def test_a_file_without_a_needed_variable_is_refused_by_its_name(tmp_path, lost):
    with pytest.raises(FileContentError) as caught:
        read(oco_lite().write(tmp_path, without=(lost,)))
    assert caught.value.where == lost


@pytest.mark.parametrize("lost", ["Retrieval/psurf", "Sounding/operation_mode", "xco2_qf_bitflag"])
def test_a_file_without_an_extra_is_read_and_check_says_so(tmp_path, lost):
    path = oco_lite().write(tmp_path, without=(lost,))
    assert read(path)[1].sizes["sounding"] == ROWS
    assert any(lost in finding.text for finding in check(path))


def test_corners_are_kept_in_order_and_wrapped(tmp_path):
    corners = np.tile([179.9, 180.1, 180.1, 179.9], (ROWS, 1))
    found = read(oco_lite().write(tmp_path, values={"vertex_longitude": corners}))[1]
    np.testing.assert_allclose(
        found["longitude_vertices"].values[0], [179.9, -179.9, -179.9, 179.9], atol=1e-4
    )
