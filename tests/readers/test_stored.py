"""Variables of an open file as a data set."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from casa_ogc.readers.files import opened
from casa_ogc.readers.stored import BEYOND_ALL, needed, numbered, stored, without_huge
from casa_processes.common.errors import FileContentError
from tests.readers.files_b import Layout
from tests.readers.files_b import stored as made


def layout() -> Layout:
    return Layout(
        "file.nc",
        {
            "group/a": made("n", [1, 2, 3], "ppm", comment="kept"),
            "b": made("n p", np.ones((3, 4)), unit="deg"),
            "c": made("n", [1, 2, 3], "m", unit="deg"),
        },
        {"history": "made"},
    )


def test_variables_keep_their_paths_values_and_attributes(tmp_path: Path) -> None:
    with opened(layout().write(tmp_path)) as file:
        dataset = stored(file, ("group/a", "absent"), ("sounding",))
    assert list(dataset) == ["group/a"]
    assert dataset["group/a"].values.tolist() == [1, 2, 3]
    assert dataset["group/a"].attrs == {"units": "ppm", "comment": "kept"}
    assert dataset.attrs["history"] == "made"


def test_dimensions_are_named_by_position(tmp_path: Path) -> None:
    with opened(layout().write(tmp_path)) as file:
        dataset = stored(file, ("b", "group/a"), ("sounding", "vertex"))
    assert dataset["b"].dims == ("sounding", "vertex")
    assert dataset["group/a"].dims == ("sounding",)


def test_more_dimensions_than_expected_keep_their_own_names(tmp_path: Path) -> None:
    with opened(layout().write(tmp_path)) as file:
        dataset = stored(file, ("b",), ("sounding",))
    assert dataset["b"].dims == ("n", "p")


def test_units_may_be_called_unit(tmp_path: Path) -> None:
    with opened(layout().write(tmp_path)) as file:
        dataset = stored(file, ("b", "c"), ("sounding", "vertex"))
    assert dataset["b"].attrs["units"] == "deg"
    assert dataset["c"].attrs["units"] == "m"


def test_a_variable_that_is_needed_is_named_when_absent(tmp_path: Path) -> None:
    with opened(layout().write(tmp_path)) as file:
        assert needed(file, "group/a").shape == (3,)
        with pytest.raises(FileContentError, match=r"file.nc: group: expected a variable"):
            needed(file, "group")


@given(arrays(np.float32, 8, elements=st.floats(width=32)))
def test_only_huge_numbers_become_missing(values: NDArray[np.float32]) -> None:
    found = without_huge(xr.Dataset({"a": ("n", values)}))["a"].values
    huge = np.abs(values) >= BEYOND_ALL
    assert found.dtype == np.float32
    assert (np.isnan(found) == (huge | np.isnan(values))).all()
    kept = ~huge & ~np.isnan(values)
    assert (found[kept] == values[kept]).all()


def test_whole_numbers_and_text_are_left_alone() -> None:
    dataset = xr.Dataset({"a": ("n", np.array([2**62])), "b": ("n", np.array(["x"]))})
    assert without_huge(dataset).identical(dataset)


@given(st.integers(1, 1200))
def test_numbered_names_are_different_and_in_order(count: int) -> None:
    names = numbered(np.datetime64("2023-07-01T05:00"), count, "P-").tolist()
    assert len(set(names)) == count
    assert names == sorted(names)
    assert names[0].startswith("P-20230701-")
