"""GOSAT and GOSAT-2 of NIES: times as text, two fills, footprints as outlines."""

from pathlib import Path

import numpy as np
import pytest

from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import gosat, gosat2
from tests.readers.files_b import Stored, stored

RATIO = "Data/mixingRatio"


def test_columns_are_read_and_marked_missing(tmp_path: Path) -> None:
    reader, dataset = read(gosat().write(tmp_path))
    assert reader.product == "gosat-xco2"
    assert not reader.tested_on_genuine
    assert dataset["xco2"].values[:2].tolist() == [385, 386]
    assert np.isnan(dataset["xco2"].values[2])
    assert np.isnan(dataset["solar_zenith_angle"].values[2])
    assert dataset["quality_flag"].values.tolist() == [0, 0, 1]
    assert dataset.attrs["mission"] == "GOSAT"


def test_times_are_text_to_the_millisecond_and_name_the_soundings(tmp_path: Path) -> None:
    _, dataset = read(gosat().write(tmp_path))
    assert dataset["time"].values[0] == np.datetime64("2009-04-23T01:13:25.123")
    assert dataset["sounding_id"].values[0] == "20090423011325123"


def test_the_uncertainty_is_the_root_sum_of_squares_of_the_components(tmp_path: Path) -> None:
    _, dataset = read(gosat().write(tmp_path))
    np.testing.assert_allclose(dataset["xco2_uncertainty"], [5.0, 3.0, np.nan])
    assert dataset["xco2_external_error"].values[:2].tolist() == [4, 2]


def test_the_external_error_has_two_names(tmp_path: Path) -> None:
    layout = gosat()
    moved = layout.variables.pop(f"{RATIO}/XCO2ExternalNoise")
    layout.variables[f"{RATIO}/XCO2ExternalError"] = moved
    _, dataset = read(layout.write(tmp_path))
    np.testing.assert_allclose(dataset["xco2_uncertainty"], [5.0, 3.0, np.nan])


def test_without_all_components_there_is_no_uncertainty(tmp_path: Path) -> None:
    _, dataset = read(gosat().without(f"{RATIO}/XCO2RetrievalNoise").write(tmp_path))
    assert "xco2_uncertainty" not in dataset
    assert "xco2_smoothing_error" in dataset


def test_corrected_values_come_first_and_are_a_stream_of_their_own(tmp_path: Path) -> None:
    layout = gosat()
    layout.variables[f"{RATIO}/XCO2BiasCorrected"] = stored("n", [384, 385, -1e30], unit="ppm")
    layout.variables[f"{RATIO}/XCO2BiasCorrectedError"] = stored("n", [0.7, 0.8, 1], unit="ppm")
    _, corrected = read(layout.write(tmp_path))
    _, plain = read(gosat().write(tmp_path))
    assert corrected["xco2"].values[:2].tolist() == [384, 385]
    assert corrected["xco2_raw"].values[:2].tolist() == [385, 386]
    np.testing.assert_allclose(corrected["xco2_uncertainty"], [0.7, 0.8, 1.0])
    assert (corrected.attrs["stream"], plain.attrs["stream"]) == ("bias-corrected", "uncorrected")


def test_four_points_of_the_outline_are_kept(tmp_path: Path) -> None:
    _, dataset = read(gosat().write(tmp_path))
    latitude, longitude = dataset["latitude_vertices"], dataset["longitude_vertices"]
    np.testing.assert_allclose(latitude[0] - 35, [0, 0.05, 0, -0.05], atol=1e-5)
    np.testing.assert_allclose(longitude[0] - 139, [0.05, 0, -0.05, 0], atol=1e-4)
    np.testing.assert_allclose(longitude[2], [-179.97, 179.98, 179.93, 179.98], atol=1e-4)


def test_outlines_of_another_number_of_points_are_refused(tmp_path: Path) -> None:
    layout = gosat()
    for name in ("footPrintLatitude", "footPrintLongitude"):
        layout.variables[f"Data/geolocation/{name}"] = stored("n p", np.zeros((3, 8)), unit="deg")
    with pytest.raises(FileContentError, match=r"36 points"):
        read(layout.write(tmp_path))


def test_footprints_may_be_absent(tmp_path: Path) -> None:
    layout = gosat()
    for name in ("footPrintLatitude", "footPrintLongitude"):
        layout.without(f"Data/geolocation/{name}")
    _, dataset = read(layout.write(tmp_path))
    assert "latitude_vertices" not in dataset


def test_another_satellite_is_refused(tmp_path: Path) -> None:
    layout = gosat()
    layout.variables["Global/metadata/satelliteName"] = Stored(("one",), np.array([b"GOSAT-2"]))
    with pytest.raises(FileContentError, match=r"expected 'GOSAT', found 'GOSAT-2'"):
        read(layout.write(tmp_path))


def test_text_that_is_no_time_is_refused(tmp_path: Path) -> None:
    layout = gosat()
    layout.variables["scanAttribute/time"].values[1] = b"yesterday"
    with pytest.raises(FileContentError, match=r"scanAttribute/time.*ISO 8601.*yesterday"):
        read(layout.write(tmp_path))


def test_gosat_2_is_read_from_the_groups_that_are_known(tmp_path: Path) -> None:
    reader, dataset = read(gosat2().write(tmp_path))
    assert reader.product == "gosat2-xco2"
    assert dataset["xco2"].values.tolist() == [410, 411]
    np.testing.assert_allclose(dataset["xco2_uncertainty"], [0.5, 0.6], rtol=1e-6)
    assert dataset["time"].values[1] == np.datetime64("2019-03-05T03:11:06.823")
    assert np.isnan(dataset["solar_zenith_angle"].values[1])


def test_gosat_2_without_stated_units_is_refused_with_the_name(tmp_path: Path) -> None:
    with pytest.raises(FileContentError, match=r"RetrievalResult/xco2.*'ppm'.*no units"):
        read(gosat2().with_units("RetrievalResult/xco2", None).write(tmp_path))
