"""Monthly maps of XCO2: two layouts with differently written stamps."""

from pathlib import Path

import numpy as np
import pytest

from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import monthly_map


@pytest.mark.parametrize(("first_layout", "month"), [(True, "2025-01"), (False, "2025-05")])
def test_both_layouts_are_bounded_by_their_month(
    tmp_path: Path, first_layout: bool, month: str
) -> None:
    reader, dataset = read(monthly_map(first_layout).write(tmp_path))
    assert reader.product == "oco2-xco2-monthly"
    first = np.datetime64(month, "M")
    assert dataset["time"].values[0] == first
    start, end = dataset["time_bounds"].values[0]
    assert (start, end) == (first, first + np.timedelta64(1, "M"))
    assert dataset.attrs["time_resolution"] == "P1M"


@pytest.mark.parametrize("first_layout", [True, False])
def test_values_and_places_are_those_of_the_file(tmp_path: Path, first_layout: bool) -> None:
    layout = monthly_map(first_layout)
    _, dataset = read(layout.write(tmp_path))
    assert dataset["xco2"].dims == ("time", "latitude", "longitude")
    np.testing.assert_allclose(dataset["xco2"], layout.variables["co2"].values, rtol=1e-6)
    assert dataset["latitude"].values.tolist() == [-15, -14.5, -14, -13.5]
    assert dataset["longitude"].values.tolist() == [90, 90.5, 91, 91.5, 92]
    assert dataset["xco2"].attrs["units"] == "ppm"


def test_the_mark_of_missing_values_is_masked(tmp_path: Path) -> None:
    layout = monthly_map()
    layout.variables["co2"].values[0, 1, 2] = -3.4e38
    _, dataset = read(layout.write(tmp_path))
    assert np.argwhere(np.isnan(dataset["xco2"].values)).tolist() == [[0, 1, 2]]


def test_a_stamp_of_another_month_than_the_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileContentError, match="2025-02, found 2025-01"):
        read(monthly_map().write(tmp_path, "CO2_mx_monthly_02_2025.nc"))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("month", "mean", "low", "high"),
    [("01", 423.8372, 393.2426, 434.0458), ("05", 426.0625, 408.5826, 437.8321)],
)
def test_the_genuine_maps_have_their_known_values(
    realdata: Path, month: str, mean: float, low: float, high: float
) -> None:
    _, dataset = read(realdata / "sat_co2" / f"CO2_mx_monthly_{month}_2025.nc")
    assert dict(dataset.sizes) == {"time": 1, "latitude": 91, "longitude": 111, "bound": 2}
    values = dataset["xco2"].values.astype(np.float64)
    assert not np.isnan(values).any()
    assert (values.mean(), values.min(), values.max()) == pytest.approx((mean, low, high), abs=1e-3)
    assert str(dataset["time"].values[0])[:10] == f"2025-{month}-01"
    start, end = dataset["time_bounds"].values[0]
    assert (end - start) / np.timedelta64(1, "D") == 31
