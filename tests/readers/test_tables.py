"""Tables of text: every value knows its line."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.readers.tables import dates, header_of, numbers, read_table, translated
from casa_processes.common.errors import FileContentError


def write(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_byte_order_mark_and_blanks_are_no_part_of_the_names(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "\ufeffa , b\n1, 2 \n"), ("a", "b"))
    assert (table.columns["a"].tolist(), table.columns["b"].tolist()) == (["1"], ["2"])


def test_quoted_commas_belong_to_the_value(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, 'a,b\n"x,y",2\n'), ("a", "b"))
    assert table.columns["a"].tolist() == ["x,y"]


def test_empty_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a\n1\n\n2\n"), ("a",))
    assert table.lines.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected the columns a, found nothing"),
        ("b\n1\n", "line 1: expected the columns a, found b"),
        ("a\n", "rows below the header, found none"),
        ("a,b\n1,2\n3\n", "line 3: expected 2 values, found 1"),
        ('a\n"1\n', "comma-separated rows"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileContentError, match=message):
        read_table(write(tmp_path, text), ("a",))


def test_compression_is_told_by_the_content_and_not_by_the_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(b"a\n7\n"))
    assert header_of(path) == ("a",)
    assert read_table(path, ("a",)).columns["a"].tolist() == ["7"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_come_back_exactly(tmp_path: Path, values: list[float]) -> None:
    table = read_table(write(tmp_path, "a\n" + "\n".join(map(repr, values)) + "\n"), ("a",))
    assert numbers(table, "a").tolist() == values


@pytest.mark.parametrize("bad", ["x", "inf", "nan", "1e999", "1,5"])
def test_the_first_text_that_is_no_finite_number_is_named(tmp_path: Path, bad: str) -> None:
    table = read_table(write(tmp_path, f'a\n1\n"{bad}"\nworse\n'), ("a",))
    with pytest.raises(FileContentError, match=r"t.csv: line 3, column a: expected a finite"):
        numbers(table, "a")


def test_each_text_is_translated_and_the_first_that_is_not_is_named(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a\nx\ny\nx\nz\nz\n"), ("a",))
    known = {"x": 1, "y": 2, "z": 3}
    assert translated(table, "a", known.__getitem__, "x, y or z") == [1, 2, 1, 3, 3]
    del known["z"]
    with pytest.raises(FileContentError, match="line 5, column a: expected x or y, found 'z'"):
        translated(table, "a", known.__getitem__, "x or y")


def test_dates_are_starts_of_days(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a\n31/12/2020\n01/02/2021\n"), ("a",))
    found = dates(table, "a", "%d/%m/%Y", "DD/MM/YYYY")
    assert found.dtype == np.dtype("datetime64[ns]")
    assert found.astype("datetime64[D]").astype(str).tolist() == ["2020-12-31", "2021-02-01"]
