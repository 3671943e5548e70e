"""AIRS tables: dates only, plain or compressed, errors that name the line."""

from pathlib import Path

import numpy as np
import pytest

from casa_ogc.readers.read import read
from casa_processes.common.errors import FileContentError
from tests.readers.tables_b import AIRS_HEADER, AIRS_ROWS, table

NAMES = ("AIRS_05_2003.csv", "AIRS_05_2003.csv.gz")


@pytest.mark.parametrize("name", NAMES)
def test_plain_and_compressed_tables_are_the_same(tmp_path: Path, name: str) -> None:
    reader, dataset = read(table(tmp_path, name, AIRS_HEADER, AIRS_ROWS))
    assert reader.product == "airs-co2"
    np.testing.assert_allclose(dataset["co2_mid_troposphere"], [373.883, 374.643, 378.5])
    np.testing.assert_allclose(
        dataset["co2_mid_troposphere_uncertainty"], [1.34, 1.822, 0.891], rtol=1e-6
    )
    assert dataset["longitude"].values.tolist() == [-138.62, -133.91, 31.45]
    assert dataset["latitude"].values.tolist() == [-57.52, -56.41, 61.65]


def test_only_the_date_is_known(tmp_path: Path) -> None:
    _, dataset = read(table(tmp_path, NAMES[0], AIRS_HEADER, AIRS_ROWS))
    assert dataset.attrs["time_resolution"] == "P1D"
    assert dataset["time"].values.astype("datetime64[D]").astype(str).tolist() == [
        "2003-05-01",
        "2003-05-01",
        "2003-05-10",
    ]


def test_it_is_no_column_average(tmp_path: Path) -> None:
    _, dataset = read(table(tmp_path, NAMES[0], AIRS_HEADER, AIRS_ROWS))
    assert "xco2" not in dataset


def test_identifiers_tell_day_and_place_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    rows = (AIRS_ROWS[0], AIRS_ROWS[2], AIRS_ROWS[1])
    _, dataset = read(table(tmp_path, NAMES[0], AIRS_HEADER, rows))
    _, ordered = read(table(tmp_path, NAMES[0], AIRS_HEADER, AIRS_ROWS))
    names = dataset["sounding_id"].values.tolist()
    assert names[0] == "20030501-57.520-138.620"
    assert [names[0], names[2], names[1]] == ordered["sounding_id"].values.tolist()


def test_two_rows_of_one_day_and_place_have_two_identifiers(tmp_path: Path) -> None:
    other = AIRS_ROWS[0].replace("373.883", "374.5")
    for rows in ((AIRS_ROWS[0], other), (other, AIRS_ROWS[0])):
        _, dataset = read(table(tmp_path, NAMES[0], AIRS_HEADER, rows))
        names = dict(
            zip(
                dataset["co2_mid_troposphere"].values.round(3).tolist(),
                dataset["sounding_id"].values.tolist(),
                strict=True,
            )
        )
        assert len(set(names.values())) == 2
        assert names[374.5].endswith("-2")


def test_the_fill_value_of_the_table_is_missing(tmp_path: Path) -> None:
    row = AIRS_ROWS[0].replace("373.883", "-9999")
    _, dataset = read(table(tmp_path, NAMES[0], AIRS_HEADER, (row,)))
    assert np.isnan(dataset["co2_mid_troposphere"].values[0])


def test_columns_may_come_in_any_order(tmp_path: Path) -> None:
    header = ",".join(reversed(AIRS_HEADER.split(",")))
    rows = [",".join(reversed(row.split(","))) for row in AIRS_ROWS]
    _, dataset = read(table(tmp_path, NAMES[0], header, rows))
    assert dataset["co2_mid_troposphere"].values[0] == pytest.approx(373.883)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2003,5,1,-138.62,-57.52,much,1.34", "line 3, column co2avgret.*'much'"),
        ("2003,5,1,-138.62,-57.52,,1.34", "line 3, column co2avgret.*''"),
        ("2003,5,1,-138.62,-57.52,nan,1.34", "line 3, column co2avgret.*finite.*'nan'"),
        ("2003,2,30,-138.62,-57.52,373.8,1.34", "line 3.*day of the calendar.*2003-2-30"),
        ("2003,13,1,-138.62,-57.52,373.8,1.34", "line 3.*day of the calendar.*2003-13-1"),
        ("2003,5,0,-138.62,-57.52,373.8,1.34", "line 3.*day of the calendar.*2003-5-0"),
        ("2003,5,1.5,-138.62,-57.52,373.8,1.34", "line 3.*day of the calendar.*1.5"),
        ("2003,5,1,-138.62,-57.52,373.8", "line 3: expected 7 values, found 6"),
        ("2003,5,1,-138.62,-97.52,373.8,1.34", "latitude.*1 of 2"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(FileContentError, match=message):
        read(table(tmp_path, NAMES[0], AIRS_HEADER, (AIRS_ROWS[0], row)))


def test_a_table_without_the_value_is_refused(tmp_path: Path) -> None:
    header = AIRS_HEADER.replace("co2avgret", "co")
    with pytest.raises(FileContentError, match=r"line 1: expected the columns .*co2avgret"):
        read(table(tmp_path, NAMES[0], header, AIRS_ROWS))


def test_a_truncated_compressed_table_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, NAMES[1], AIRS_HEADER, AIRS_ROWS * 100)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileContentError, match=r"complete file"):
        read(path)


@pytest.mark.realdata
def test_the_genuine_table_has_its_known_rows_and_mean(realdata: Path) -> None:
    _, dataset = read(realdata / "sat_co2" / "AIRS_05_2003.csv.gz")
    assert dataset.sizes["sounding"] == 140_175
    mean = float(dataset["co2_mid_troposphere"].mean(dtype=np.float64))
    assert mean == pytest.approx(375.4087, abs=5e-4)
    days = np.unique(dataset["time"].values.astype("datetime64[D]"))
    assert (str(days[0]), str(days[-1]), days.size) == ("2003-05-01", "2003-05-10", 10)
    assert float(dataset["co2_mid_troposphere_uncertainty"].max()) <= 2.0
    assert dataset["sounding_id"].values[0] == "20030501-57.520-138.620"
    assert np.unique(dataset["sounding_id"].values).size == 140_175
    assert dataset["sounding_id"].values[13_911] == "20030502+78.670+074.000"
