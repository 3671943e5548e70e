"""TROPOSIF L2B: the traps of its files."""

from pathlib import Path

import numpy as np
import pytest

from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import FILL, troposif
from tests.readers.files_b import stored


def test_fluorescence_is_read_in_the_units_of_the_vocabulary(tmp_path: Path) -> None:
    reader, dataset = read(troposif().write(tmp_path))
    assert reader.product == "troposif"
    np.testing.assert_allclose(dataset["sif_740"], [0.5, -0.7, 1.5, 2.5], rtol=1e-6)
    np.testing.assert_allclose(dataset["sif_740_daily"], [0.2, -0.3, 0.6, 1.0], rtol=1e-6)
    np.testing.assert_allclose(dataset["sif_740_uncertainty"], [0.4, 0.5, 0.6, 0.7], rtol=1e-6)
    assert dataset["sif_740"].attrs["units"] == "W m-2 um-1 sr-1"
    assert dataset.attrs["product_version"] == "02.01.00"
    assert dataset.attrs["instrument"] == "TROPOMI"


def test_negative_fluorescence_is_kept(tmp_path: Path) -> None:
    _, dataset = read(troposif().write(tmp_path))
    assert dataset["sif_740"].values[1] < 0


@pytest.mark.parametrize("undeclared", [FILL, 1e30, -1e30, np.inf])
def test_undeclared_fills_are_missing(tmp_path: Path, undeclared: float) -> None:
    layout = troposif()
    for path in ("PRODUCT/SIF_735", "PRODUCT/SIF_ERROR_735"):
        layout.variables[path].values[1] = undeclared
    _, dataset = read(layout.write(tmp_path))
    for name in ("sif_740_wide_window", "sif_740_wide_window_uncertainty"):
        assert np.isnan(dataset[name].values).tolist() == [False, True, False, False]


def test_a_file_spans_midnight(tmp_path: Path) -> None:
    _, dataset = read(troposif().write(tmp_path))
    assert dataset["time"].values.astype("datetime64[ms]").astype(str).tolist() == [
        "2023-07-01T23:59:00.000",
        "2023-07-01T23:59:00.840",
        "2023-07-01T23:59:59.999",
        "2023-07-02T00:01:00.000",
    ]


@pytest.mark.parametrize("units", ["milliseconds", "ms"])
def test_a_time_without_an_epoch_counts_from_the_reference_of_the_file(
    tmp_path: Path, units: str
) -> None:
    _, expected = read(troposif().write(tmp_path))
    _, dataset = read(
        troposif().with_units("PRODUCT/delta_time", units).write(tmp_path, "TROPOSIF_L2B_x.nc")
    )
    assert (dataset["time"].values == expected["time"].values).all()


def test_the_epoch_of_the_time_is_that_of_each_file(tmp_path: Path) -> None:
    layout = troposif().with_units(
        "PRODUCT/delta_time", "milliseconds since 2021-03-05T00:00:00 UTC"
    )
    _, dataset = read(layout.write(tmp_path))
    assert str(dataset["time"].values[0]).startswith("2021-03-05T23:59")


def test_a_time_without_epoch_needs_the_reference(tmp_path: Path) -> None:
    layout = troposif().with_units("PRODUCT/delta_time", "milliseconds").without("PRODUCT/time")
    with pytest.raises(FileContentError, match=r"PRODUCT/time"):
        read(layout.write(tmp_path))


def test_identifiers_number_the_soundings_of_the_day(tmp_path: Path) -> None:
    _, dataset = read(troposif().write(tmp_path))
    names = dataset["sounding_id"].values.tolist()
    assert names == [f"S5P-20230701-{number}" for number in (1, 2, 3, 4)]


def test_soundings_without_a_place_are_left_out_and_the_others_keep_their_names(
    tmp_path: Path,
) -> None:
    layout = troposif()
    layout.variables["PRODUCT/latitude"].values[1] = FILL
    _, dataset = read(layout.write(tmp_path))
    assert dataset["sounding_id"].values.tolist() == [f"S5P-20230701-{n}" for n in (1, 3, 4)]
    np.testing.assert_allclose(dataset["sif_740"], [0.5, 1.5, 2.5], rtol=1e-6)


def test_a_file_without_any_place_is_refused(tmp_path: Path) -> None:
    layout = troposif().with_values("PRODUCT/latitude", np.full(4, FILL, dtype="f4"))
    with pytest.raises(FileContentError, match=r"sounding_id|latitude"):
        read(layout.write(tmp_path))


def test_corners_stay_on_both_sides_of_the_antimeridian(tmp_path: Path) -> None:
    _, dataset = read(troposif().write(tmp_path))
    corners = dataset["longitude_vertices"]
    assert corners.dims == ("sounding", "vertex")
    np.testing.assert_allclose(corners[2], [-179.99, 179.97, 179.97, -179.99], atol=1e-4)
    np.testing.assert_allclose(dataset["latitude_vertices"][0], [9.98, 9.98, 10.02, 10.02])


def test_geometry_and_cloud_fraction_are_read(tmp_path: Path) -> None:
    _, dataset = read(troposif().write(tmp_path))
    assert dataset["solar_zenith_angle"].values.tolist() == [30, 40, 50, 60]
    assert dataset["sensor_zenith_angle"].values.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(dataset["cloud_fraction"], [0, 0.1, 0.5, 0.79], rtol=1e-6)


def test_variables_of_another_length_are_refused(tmp_path: Path) -> None:
    layout = troposif()
    layout.variables["PRODUCT/SIF_743"] = stored("other", [1, 2], "mW m-2 sr-1 nm-1")
    with pytest.raises(FileContentError, match=r"SIF_743.*length 4 of dimension sounding, found 2"):
        read(layout.write(tmp_path))
