"""HITRAN records as line lists."""

import gzip

import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.lines import merged
from tests.processes.spectroscopy.records import drawn, record


def written(folder, text, name="lines.par"):
    path = folder / name
    path.write_text(text, encoding="latin-1")
    return path


def test_a_record_is_read_field_by_field(tmp_path):
    row = record(isotopologue=3, position=6231.7135, intensity=1.753e-23, shift=-0.00612)
    found = read_hitran(written(tmp_path, row + "\n"))
    assert len(found) == 1
    expected = {
        "molecule": 2, "isotopologue": 3, "position": 6231.7135, "intensity": 1.753e-23,
        "air_width": 0.07, "self_width": 0.09, "lower_energy": 100.1237, "width_exponent": 0.7,
        "air_shift": -0.00612, "mixing": 0.0,
    }  # fmt: skip
    assert {name: getattr(found, name)[0] for name in expected} == expected
    assert found.source == "lines.par"


def test_lines_are_sorted_and_blank_ones_left_out(tmp_path):
    rows = [record(position=6230.0), "", record(position=6210.5) + "extended", record()]
    found = read_hitran(written(tmp_path, "\r\n".join(rows)))
    assert found.position.tolist() == [6210.5, 6227.9, 6230.0]


def test_compressed_files_are_read(tmp_path):
    path = tmp_path / "lines.par.gz"
    path.write_bytes(gzip.compress(record().encode()))
    assert len(read_hitran(path)) == 1


@pytest.mark.parametrize(("letter", "number"), [("9", 9), ("0", 10), ("A", 11), ("B", 12)])
def test_isotopologues_beyond_nine_have_letters(tmp_path, letter, number):
    row = record()
    found = read_hitran(written(tmp_path, row[:2] + letter + row[3:]))
    assert found.isotopologue.tolist() == [number]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "none"),
        (record() + "\n" + record()[:100], r"line 2: expected 160 characters, found 100"),
        (record().replace("6227.900000", "6227.9x0000"), "line 1: expected a number for position"),
        ("xx" + record()[2:], "a number for molecule"),
        (record()[:2] + "?" + record()[3:], "a number for isotopologue"),
        ("é" + record(), "HITRAN records"),
    ],
)
def test_a_file_of_something_else_is_refused_with_the_place(tmp_path, text, said):
    with pytest.raises(FileContentError, match=said):
        read_hitran(written(tmp_path, text))


def test_a_file_that_is_cut_off_or_missing_is_refused(tmp_path):
    path = tmp_path / "lines.par.gz"
    path.write_bytes(gzip.compress(record().encode() * 50)[:60])
    with pytest.raises(FileContentError, match=r"lines\.par\.gz"):
        read_hitran(path)
    with pytest.raises(FileContentError, match=r"none\.par"):
        read_hitran(tmp_path / "none.par")


def test_a_line_list_is_cut_and_put_together_again():
    whole = drawn(3, 50, 6200.0, 6300.0)
    parts = whole.between(6200.0, 6250.0), whole.between(6250.0, 6300.0)
    again = merged(parts[1], parts[0])
    assert len(parts[0]) + len(parts[1]) == 50
    assert np.array_equal(again.position, whole.position)
    assert np.array_equal(again.intensity, whole.intensity)
    with pytest.raises(InvalidValueError, match="at least one"):
        merged()


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "count", "molecule"),
    [
        ("O2_12847_13339_iso123.par.gz", 489, 7),
        ("CO2_6200_6280_iso1.par.gz", 1427, 2),
        ("CO2_4750_5000_iso1.par.gz", 10591, 2),
        ("H2O_4750_5000_iso1.par.gz", 2280, 1),
    ],
)
def test_genuine_lists_are_read_whole(realdata, name, count, molecule):
    path = realdata / "spectroscopy" / "hitran" / name
    if not path.is_file():
        pytest.skip(f"no genuine line list {path}")
    found = read_hitran(path)
    low, high = (float(part) for part in name.split("_")[1:3])
    assert len(found) == count
    assert set(found.molecule) == {molecule}
    assert low - 1 < found.position.min() < found.position.max() < high + 1
