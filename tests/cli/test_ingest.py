"""``casa ingest`` on files that the test writes itself."""

import json

import numpy as np
import pytest
import xarray as xr


@pytest.fixture
def monthly(tmp_path):
    """Write a file of the monthly maps."""

    def write(month, units="ppm", value=420.0):
        dataset = xr.Dataset(
            {"co2": (("time", "lat", "lon"), np.full((1, 4, 6), value, "f4"), {"units": units})},
            coords={
                "time": ("time", [0], {"units": f"days since 2023-{month:02d}-01"}),
                "lat": ("lat", np.arange(-1.5, 2), {"units": "degrees_north"}),
                "lon": ("lon", np.arange(100.5, 106), {"units": "degrees_east"}),
            },
        )
        path = tmp_path / f"CO2_mx_monthly_{month:02d}_2023.nc"
        dataset.to_netcdf(path, engine="h5netcdf")
        return path

    return write


def test_files_are_taken_in_and_counted(casa, monthly):
    done = casa("ingest", monthly(1), monthly(2))
    assert done.exit_code == 0, done.output
    assert "oco2-xco2-monthly: 2 files, 2 rows" in done.output
    (row, _) = json.loads(casa("holdings", "--json").output)
    assert (row["product"], row["granules"]) == ("oco2-xco2-monthly", 2)


def test_a_file_that_is_known_changes_nothing(casa, monthly):
    casa("ingest", monthly(1))
    before = casa("holdings", "--json").output
    done = casa("ingest", monthly(1))
    assert done.exit_code == 0
    assert "1 file known already" in done.output
    assert casa("holdings", "--json").output == before


def test_a_refused_file_is_named_and_the_others_are_taken_in(casa, monthly):
    done = casa("ingest", monthly(1, units="K"), monthly(2))
    assert done.exit_code == 1
    assert "refused: CO2_mx_monthly_01_2023.nc: co2" in done.output
    assert "oco2-xco2-monthly: 1 file, 1 row" in done.output
    assert "1 of 2 files refused" in done.output


def test_checking_lists_what_is_missing_and_writes_nothing(casa, monthly, tmp_path):
    done = casa("ingest", "--check", monthly(1))
    assert done.exit_code == 0, done.output
    assert "1 file can be taken in" in done.output
    assert "warning: CO2_mx_monthly_01_2023.nc" in done.output
    assert not (tmp_path / "archive").exists()


def test_what_is_the_same_in_several_files_is_said_once(casa, monthly, tmp_path):
    files = [monthly(month) for month in range(1, 6)]
    lines = casa("ingest", "--check", *files).output.splitlines()
    (about,) = [line for line in lines if "global attribute" in line]
    assert "CO2_mx_monthly_01_2023.nc, CO2_mx_monthly_02_2023.nc and 3 more files: " in about
    for name in ("Conventions", "title", "institution", "references"):
        assert name in about
    assert lines[-1].startswith("5 files can be taken in; ")


def test_names_that_no_reader_knows_are_told_with_one_list_of_patterns(casa, tmp_path):
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("x")
    files = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    for arguments in (("ingest", *files), ("ingest", "--check", *files)):
        done = casa(*arguments)
        assert done.exit_code == 1
        assert "a.txt, b.txt and 1 more file: no reader for the file name; there" in done.output
        assert done.output.count("oco2_LtCO2_*.nc4") == 1


def test_checking_a_file_that_would_be_refused_fails(casa, monthly):
    done = casa("ingest", "--check", monthly(1, units="K"))
    assert done.exit_code == 1
    assert "error: CO2_mx_monthly_01_2023.nc: co2" in done.output


def test_an_unknown_product_is_told_with_those_that_there_are(casa, monthly):
    done = casa("ingest", "--product", "nope", monthly(1))
    assert done.exit_code == 1
    assert "no product 'nope'; there are:" in done.output


def test_an_unknown_reader_is_told_with_those_that_there_are(casa, monthly):
    done = casa("ingest", "--reader", "nope", monthly(1))
    assert done.exit_code == 1
    assert "no reader 'nope'; there are:" in done.output


def test_a_file_that_does_not_exist_is_wrong_usage(casa, tmp_path):
    assert casa("ingest", tmp_path / "none.nc").exit_code == 2


def test_values_that_cannot_be_are_told_when_they_are_taken_in(casa, monthly):
    mixed = np.where(np.arange(24).reshape(1, 4, 6) < 18, -9998.0, 420.0)
    done = casa("ingest", monthly(1, value=mixed))
    assert done.exit_code == 0, done.output
    assert "warning: CO2_mx_monthly_01_2023.nc: xco2: 18 of 24 values outside" in done.output


def test_a_file_without_any_possible_value_is_refused(casa, monthly):
    done = casa("ingest", monthly(1, value=-9998.0))
    assert done.exit_code == 1
    assert "24 of 24 outside; are they in these units?" in done.output
