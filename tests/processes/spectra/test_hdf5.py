"""Arrays of HDF5 files: what is asked for, or an error that names file and array."""

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError
from casa_processes.spectra.layouts.hdf5 import (
    check_numbers,
    check_shape,
    first_of,
    numbers,
    opened,
    required,
    text,
)


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "some.h5"
    with h5py.File(found, "w") as file:
        file["group/numbers"] = np.array([[1.0, -999_999.0], [np.nan, 4.0]], np.float32)
        file["group/whole"] = np.array([1, -999_999], np.int64)
        file["group/text"] = np.array([b"  OCO-2 ", b"x"])
        file["group/unicode"] = "GOSAT"
        file["group/nothing"] = np.zeros(0)
    return found


@pytest.fixture
def file(path):
    with opened(path) as found:
        yield found


def test_the_first_name_that_is_an_array_is_taken(file):
    names = ("group/none", "group", "group/whole", "group/numbers")
    assert first_of(file, names) == "group/whole"
    assert required(file, names) == "group/whole"
    assert first_of(file, ("group",)) is None


def test_a_missing_array_is_asked_for_by_all_its_names(file):
    with pytest.raises(FileContentError, match=r"some\.h5: a/b or c: expected an array, found"):
        required(file, ("a/b", "c"))


@pytest.mark.parametrize("shape", [(2, 2), (None, 2), (2, None), (None, None)])
def test_a_shape_that_fits_is_taken(file, shape):
    check_shape(file, "group/numbers", shape)


@pytest.mark.parametrize("shape", [(2,), (2, 3), (None, 1), (None, None, None), ()])
def test_another_shape_is_refused_with_both(file, shape):
    with pytest.raises(FileContentError, match=r"group/numbers: .*shape \(2, 2\)"):
        check_shape(file, "group/numbers", shape)


def test_text_in_place_of_numbers_is_refused(file):
    check_numbers(file, "group/whole")
    with pytest.raises(FileContentError, match="group/text: expected numbers"):
        check_numbers(file, "group/text")


def test_fill_values_are_missing_numbers(file):
    found = numbers(file, "group/numbers")
    assert np.array_equal(found, [[1.0, np.nan], [np.nan, 4.0]], equal_nan=True)
    assert numbers(file, "group/numbers", (1, 1)) == 4.0
    assert np.isnan(numbers(file, "group/whole", 1))
    assert found.dtype == np.float64


@pytest.mark.parametrize("where", [(5, 0), (0, 0, 0)])
def test_a_part_that_is_not_there_is_refused(file, where):
    with pytest.raises(FileContentError, match="group/numbers: expected numbers at"):
        numbers(file, "group/numbers", where)


def test_an_array_of_texts_has_no_numbers(file):
    with pytest.raises(FileContentError, match="group/text"):
        numbers(file, "group/text")


def test_the_first_text_is_read_without_its_blanks(file):
    assert text(file, "group/text") == "OCO-2"
    assert text(file, "group/unicode") == "GOSAT"
    assert text(file, "group/none") == text(file, "group/nothing") == text(file, "group") == ""


@pytest.mark.parametrize("error", [OSError, RuntimeError, KeyError, ValueError, TypeError])
def test_what_h5py_raises_becomes_an_error_of_ours(path, error):
    said = r"some\.h5: /: expected a readable HDF5 file.*why"
    with pytest.raises(FileContentError, match=said), opened(path):
        raise error("why")


def test_errors_of_ours_pass(path):
    with pytest.raises(FileContentError, match="mine"), opened(path):
        raise FileContentError("a", "mine", "b", "c")
