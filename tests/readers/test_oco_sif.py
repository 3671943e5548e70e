"""OCO-2 and OCO-3 Lite SIF: epoch of 1990, negatives kept, streams apart, other mode codes."""

import numpy as np
import pytest

from casa_ogc.readers import read
from casa_ogc.readers.oco_sif import sif_740
from casa_processes.common.errors import FileContentError
from tests.readers.builders_a import oco_lite, oco_sif


def test_times_count_from_1990(tmp_path):
    found = read(oco_sif().write(tmp_path))[1]["time"].values
    assert found[0] == np.datetime64("2018-01-02T05:12:03.300000000")


def test_a_time_from_1970_is_refused(tmp_path):
    path = oco_sif().write(tmp_path, units={"Delta_Time": "seconds since 1970-01-01 00:00:00"})
    with pytest.raises(FileContentError, match="seconds since 1990-01-01"):
        read(path)


def test_both_lite_products_of_one_sounding_have_one_time_and_identifier(tmp_path):
    sif, xco2 = read(oco_sif().write(tmp_path))[1], read(oco_lite().write(tmp_path))[1]
    np.testing.assert_array_equal(sif["time"].values, xco2["time"].values)
    np.testing.assert_array_equal(sif["sounding_id"].values, xco2["sounding_id"].values)


def test_sif_at_740_nm_is_three_quarters_of_757_and_one_and_a_half_771(tmp_path):
    found = read(oco_sif().write(tmp_path))[1]
    expected = sif_740(found["sif_757"].values, found["sif_771"].values)
    np.testing.assert_allclose(found["sif_740"].values, expected, rtol=1e-5)
    assert sif_740(np.float32([1.0]), np.float32([2.0]))[0] == 3.0
    assert sif_740(np.float32([4.0]), np.float32([0.0]))[0] == 3.0


def test_a_file_without_sif_at_740_nm_gets_it_from_both_windows(tmp_path):
    path = oco_sif().write(tmp_path, without=("SIF_740nm", "SIF_Uncertainty_740nm"))
    found = read(path)[1]
    np.testing.assert_allclose(found["sif_740"], [1.8, -0.525, 0.1875, 0.7875, 1.2375], rtol=1e-5)
    assert found["sif_740"].attrs["comment"] == "0.75 (SIF 757 + 1.5 SIF 771)"
    assert found["sif_740"].attrs["units"] == "W m-2 um-1 sr-1"
    assert "sif_740_uncertainty" not in found


def test_negative_values_are_kept(tmp_path):
    found = read(oco_sif().write(tmp_path))[1]
    assert float(found["sif_757"][1]) == pytest.approx(-0.4)
    assert float(found["sif_740"][1]) < 0
    assert float(found["sif_740_daily"][1]) < 0


@pytest.mark.parametrize(
    ("build", "stream"), [("B10206r", "v10"), ("B11012Ar", "v11"), ("B8100r", "v8")]
)
def test_the_stream_is_the_version_of_the_build(tmp_path, build, stream):
    assert read(oco_sif(build=build).write(tmp_path))[1].attrs["stream"] == stream


def test_mode_codes_are_those_of_the_xco2_files_after_reading(tmp_path):
    found = read(oco_sif().write(tmp_path))[1]["mode"]
    meanings = dict(
        zip(found.attrs["flag_values"].tolist(), found.attrs["flag_meanings"].split(), strict=True)
    )
    assert [meanings[code] for code in found.values.tolist()] == [
        "nadir",
        "glint",
        "target",
        "area_map",
        "transition",
    ]


def test_best_and_good_are_good_and_what_nobody_looked_at_is_not_known(tmp_path):
    found = read(oco_sif().write(tmp_path))[1]
    assert found["sif_quality_class"].values.tolist() == [0, 1, 2, 0, -1]
    assert found["quality_flag"].values.tolist() == [0, 0, 1, 0, -128]


def test_an_unknown_quality_class_is_refused(tmp_path):
    with pytest.raises(FileContentError, match="codes -1, 0, 1, 2"):
        read(oco_sif().write(tmp_path, values={"Quality_Flag": [0, 1, 2, 3, 0]}))


@pytest.mark.parametrize("spelling", ["W/m^2/sr/µm", "W/m^2/sr/μm", "W m-2 sr-1 um-1"])
def test_every_spelling_of_the_radiance_means_the_same(tmp_path, spelling):
    units = {"SIF_740nm": spelling, "Science/SIF_757nm": spelling}
    found = read(oco_sif().write(tmp_path, units=units))[1]
    np.testing.assert_allclose(found["sif_757"], [1.2, -0.4, 0.1, 0.6, 0.9], rtol=1e-6)


def test_a_radiance_in_photons_is_refused(tmp_path):
    with pytest.raises(FileContentError, match="Science/SIF_757nm"):
        read(oco_sif().write(tmp_path, units={"Science/SIF_757nm": "Ph s-1 m-2 sr-1 um-1"}))


def test_the_mark_of_missing_values_is_masked_even_where_the_file_forgets_it(tmp_path):
    synthetic = oco_sif()
    values = {"Science/continuum_radiance_757nm": [-999999.0, 50, 60, 70, 80]}
    bare = type(synthetic)(
        synthetic.name,
        tuple(
            type(one)(one.path, one.dtype, one.dims, one.units, "n") for one in synthetic.columns
        ),
        synthetic.sizes,
        synthetic.values,
        synthetic.attributes,
    )
    found = read(bare.write(tmp_path, values=values))[1]["continuum_radiance_757"].values
    np.testing.assert_array_equal(np.isnan(found), [True, False, False, False, False])


@pytest.mark.parametrize(("mission", "product"), [("oco2", "oco2-sif"), ("oco3", "oco3-sif")])
def test_each_mission_has_its_product(tmp_path, mission, product):
    found = read(oco_sif(mission=mission).write(tmp_path))[1]
    assert found.attrs["product"] == product
    assert found.attrs["mission"] == f"OCO-{mission[-1]}"


def test_the_lower_case_layout_of_version_8_is_refused_by_the_first_name_that_it_lacks(tmp_path):
    path = oco_sif(build="B8100r").write(tmp_path, without=("Delta_Time", "Latitude"))
    with pytest.raises(FileContentError, match="Delta_Time"):
        read(path)
