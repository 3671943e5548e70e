"""``casa revert`` undoes an ingest, and can be undone."""

import json

import numpy as np
import pytest
import xarray as xr

PRODUCT = "oco2-xco2-monthly"


@pytest.fixture
def filled(casa, tmp_path):
    """An archive into which two files went one after the other."""
    for month in (1, 2):
        values = np.full((1, 4, 6), 400.0 + month, "f4")
        dataset = xr.Dataset(
            {"co2": (("time", "lat", "lon"), values, {"units": "ppm"})},
            coords={
                "time": ("time", [0], {"units": f"days since 2023-{month:02d}-01"}),
                "lat": ("lat", np.arange(-1.5, 2), {"units": "degrees_north"}),
                "lon": ("lon", np.arange(100.5, 106), {"units": "degrees_east"}),
            },
        )
        path = tmp_path / f"CO2_mx_monthly_{month:02d}_2023.nc"
        dataset.to_netcdf(path, engine="h5netcdf")
        assert casa("ingest", path).exit_code == 0
    return tmp_path


def steps(casa):
    """How many time steps the archive holds, as its holdings tell."""
    return json.loads(casa("holdings", "--json").output)[0]["end"][:7]


def test_the_last_file_leaves_and_the_way_back_is_told(casa, filled):
    assert steps(casa) == "2023-02"
    done = casa("revert", PRODUCT)
    assert done.exit_code == 0, done.output
    assert f"{PRODUCT}: now " in done.output
    assert "1 file, 2023-01-01" in done.output
    assert "no longer part of it: CO2_mx_monthly_02_2023.nc" in done.output
    assert steps(casa) == "2023-01"
    back = done.output.splitlines()[-1].partition("casa ")[2]
    again = casa(*back.split())
    assert again.exit_code == 0, again.output
    assert "part of it again: CO2_mx_monthly_02_2023.nc" in again.output
    assert steps(casa) == "2023-02"


def test_a_file_that_left_can_be_taken_in_again(casa, filled):
    casa("revert", PRODUCT)
    done = casa("ingest", filled / "CO2_mx_monthly_02_2023.nc")
    assert "1 file, 1 row" in done.output
    assert steps(casa) == "2023-02"
    assert casa("verify").exit_code == 0


def test_the_snapshots_are_listed_the_current_one_first(casa, filled):
    lines = casa("revert", PRODUCT, "--list").output.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("2 files, 2023-01-01 to 2023-02-01, current")
    assert lines[1].endswith("1 file, 2023-01-01")
    assert steps(casa) == "2023-02"


def test_what_is_current_already_is_said_to_be_so(casa, filled):
    current = casa("revert", PRODUCT, "--list").output.split(",")[0]
    done = casa("revert", PRODUCT, "--to", current)
    assert done.exit_code == 0
    assert "is current already" in done.output


def test_before_the_first_snapshot_there_is_nothing_to_go_back_to(casa, filled):
    casa("revert", PRODUCT)
    done = casa("revert", PRODUCT)
    assert done.exit_code == 1
    assert "is its earliest snapshot; later ones, for --to: " in done.output


def test_of_a_single_snapshot_it_is_said_that_there_is_no_other(casa, filled):
    casa("collect-garbage", PRODUCT, "--snapshots", 1, "--days", 0)
    done = casa("revert", PRODUCT)
    assert done.exit_code == 1
    assert done.output.endswith("is its only snapshot\n")
    assert f"{PRODUCT} cannot go back" in done.output


def test_an_unknown_product_or_snapshot_is_told_with_those_that_there_are(casa, filled):
    done = casa("revert", "nope")
    assert (done.exit_code, PRODUCT in done.output) == (1, True)
    done = casa("revert", PRODUCT, "--to", "NOTHING")
    current = casa("revert", PRODUCT, "--list").output.split(",")[0]
    assert (done.exit_code, current in done.output) == (1, True)
