"""TanSat: names, units and times are probed, and what is not clear is refused."""

from pathlib import Path

import numpy as np
import pytest

from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.builders_b import tansat
from tests.readers.files_b import stored


def test_a_file_with_the_names_of_third_parties_is_read(tmp_path: Path) -> None:
    reader, dataset = read(tansat().write(tmp_path))
    assert reader.product == "tansat-xco2"
    assert not reader.tested_on_genuine
    assert dataset["xco2"].values[:2].tolist() == [403, 404]
    assert np.isnan(dataset["xco2"].values[2])
    assert dataset["sounding_id"].values[0] == "20170303045901123"
    assert dataset.attrs["mission"] == "TanSat"


def test_it_tells_which_names_it_took(tmp_path: Path) -> None:
    layout = tansat()
    layout.variables["Retrieval/XCO2"] = layout.variables.pop("xco2")
    _, dataset = read(layout.write(tmp_path))
    assert "xco2 from Retrieval/XCO2" in dataset.attrs["comment"]
    assert dataset["xco2"].values[0] == 403


def test_without_an_epoch_the_time_comes_from_the_identifiers(tmp_path: Path) -> None:
    _, dataset = read(tansat().write(tmp_path))
    assert dataset["time"].values[2] == np.datetime64("2017-03-03T04:59:05")


def test_a_time_with_an_epoch_is_taken(tmp_path: Path) -> None:
    layout = tansat().with_units("time", "seconds since 2017-03-03 00:00:00")
    _, dataset = read(layout.write(tmp_path))
    assert dataset["time"].values[2] == np.datetime64("2017-03-03T00:00:03")


def test_identifiers_of_another_day_are_refused(tmp_path: Path) -> None:
    name = "TanSat_ACGS_SCI_GL_L2_XCO2_lite_20170401.nc"
    with pytest.raises(FileContentError, match=r"times around 2017-04-01"):
        read(tansat().write(tmp_path, name))


def test_identifiers_that_are_no_times_are_refused_with_what_the_file_has(tmp_path: Path) -> None:
    layout = tansat().with_values("sounding_id", np.array([1, 2, 3], dtype="u8"))
    with pytest.raises(FileContentError, match=r"identifiers such as '1'; .*aod \(3,\)"):
        read(layout.write(tmp_path))


@pytest.mark.parametrize(("size", "expected"), [(1.0, 403.0), (1e-6, 403.0)])
def test_without_units_the_size_decides(tmp_path: Path, size: float, expected: float) -> None:
    layout = tansat().with_values("xco2", np.array([403, 404, 405]) * size)
    for name in ("xco2", "xco2_uncertainty", "xco2_apriori"):
        layout.with_units(name, None)
    _, dataset = read(layout.write(tmp_path))
    assert dataset["xco2"].values[0] == pytest.approx(expected)
    assert dataset["xco2_apriori"].values[0] == pytest.approx(402 if size == 1 else 402e6)


@pytest.mark.parametrize("size", [1e-3, 1e-5, 1e-7, 0.0, 0.5, 2.0])
def test_a_size_that_is_neither_is_refused(tmp_path: Path, size: float) -> None:
    layout = tansat().with_values("xco2", np.array([403, 404, 405]) * size)
    layout.with_units("xco2", None)
    with pytest.raises(FileContentError, match=r"no units and a median"):
        read(layout.write(tmp_path))


def test_two_candidates_are_refused(tmp_path: Path) -> None:
    layout = tansat()
    layout.variables["Other/xco2"] = stored("sounding", [1, 2, 3], "ppm")
    with pytest.raises(FileContentError, match=r"one variable for xco2.*Other/xco2"):
        read(layout.write(tmp_path))


def test_a_missing_name_is_refused_with_all_that_the_file_has(tmp_path: Path) -> None:
    layout = tansat()
    layout.variables["column"] = layout.variables.pop("xco2")
    with pytest.raises(
        FileContentError, match=r"called xco2, found none among .*column \(3,\) ppm"
    ):
        read(layout.write(tmp_path))


def test_a_classic_file_is_probed_as_well(tmp_path: Path) -> None:
    layout = tansat()
    layout.form = "netcdf3"
    layout.variables["sounding_id"] = stored("sounding", [1, 2, 3], dtype="i4")
    with pytest.raises(FileContentError, match=r"sounding_id \(3,\)"):
        read(layout.write(tmp_path))
