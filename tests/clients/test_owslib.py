"""OWSLib finds the collections and reads the values that are stored."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from owslib.ogcapi.coverages import Coverages
from owslib.ogcapi.edr import EnvironmentalDataRetrieval
from owslib.ogcapi.features import Features
from owslib.ogcapi.processes import Processes

from tests.clients.known import GRID, LEVELS, ROWS, SOUNDINGS, VALUES, ascending, indices
from tests.service.job_sites import job_site


def test_its_coverages_are_the_grids(site: str) -> None:
    assert {GRID, LEVELS} <= set(Coverages(f"{site}/").coverages())


def test_it_reads_the_schema_of_a_coverage(site: str) -> None:
    schema = Coverages(f"{site}/").collection_schema(GRID)
    assert schema["properties"]["xco2"]["x-ogc-unit"] == "[ppm]"


@pytest.mark.parametrize("name", [GRID, LEVELS])
def test_a_cut_of_a_coverage_has_the_stored_values(site: str, name: str) -> None:
    cut = Coverages(f"{site}/").coverage(
        name,
        properties=["xco2"],
        subset=[("Lat", 0, 30), ("Lon", 60, 100)],
        datetime=("2022-01-02T00:00:00Z", "2022-01-02T12:00:00Z"),
    )
    levels = slice(None) if name == LEVELS else slice(0, 1)
    np.testing.assert_array_equal(ascending(json.load(cut)), VALUES[2:4, levels, 9:12, 24:28])


def _query(site: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    client = EnvironmentalDataRetrieval(f"{site}/")
    answer: dict[str, Any] = client.query_data(name, kind, **more)
    return answer


def test_edr_knows_the_collections_that_hold_data(site: str) -> None:
    assert set(EnvironmentalDataRetrieval(f"{site}/").data()) == {GRID, LEVELS, SOUNDINGS}


def test_edr_knows_the_variables_and_queries_of_a_collection(site: str) -> None:
    described = EnvironmentalDataRetrieval(f"{site}/").collection(LEVELS)
    assert set(described["parameter_names"]) == {"xco2", "xco2_uncertainty"}
    assert {"position", "area", "cube", "radius"} <= set(described["data_queries"])


def test_an_edr_position_is_the_stored_series_of_its_cell(site: str) -> None:
    answer = _query(site, GRID, "position", coords="POINT(116.4 39.9)", parameter_names=["xco2"])
    row, column = indices(116.4, 39.9)
    found = np.array(answer["ranges"]["xco2"]["values"], dtype=float)
    np.testing.assert_array_equal(found, VALUES[:, 0, row, column])


def test_an_edr_cube_has_the_stored_values_of_a_level(site: str) -> None:
    answer = _query(
        site,
        LEVELS,
        "cube",
        bbox=[60, 0, 100, 30],
        datetime_="2022-01-01T12:00:00Z",
        z="500",
        parameter_names=["xco2"],
    )
    np.testing.assert_array_equal(ascending(answer), VALUES[1:2, 1:2, 9:12, 24:28])


def test_an_edr_area_has_the_stored_values_inside_and_none_outside(site: str) -> None:
    answer = _query(
        site,
        GRID,
        "area",
        coords="POLYGON((0 0,40 0,0 40,0 0))",
        datetime_="2022-01-01T00:00:00Z",
        parameter_names=["xco2"],
    )
    found = ascending(answer)[0, 0]
    steps = np.add.outer(np.arange(4), np.arange(4))
    expected = np.where(steps < 3, VALUES[0, 0, 9:13, 18:22], np.nan)
    np.testing.assert_array_equal(found[steps != 3], expected[steps != 3])


def test_features_are_the_rows_over_all_pages(site: str) -> None:
    client = Features(f"{site}/")
    assert SOUNDINGS in client.feature_collections()
    found: dict[str, float] = {}
    while len(found) < ROWS.sizes["sounding"]:
        page = client.collection_items(SOUNDINGS, limit=100, offset=len(found))
        assert page["numberMatched"] == ROWS.sizes["sounding"]
        found |= {one["id"]: one["properties"]["xco2"] for one in page["features"]}
    assert found == dict(zip(ROWS.sounding_id.values, ROWS.xco2.values.tolist(), strict=True))


def test_features_in_a_box_and_a_time_are_the_rows_in_them(site: str) -> None:
    box, end = (-60.0, -30.0, 60.0, 30.0), np.datetime64("2022-01-31T00:00:00")
    page = Features(f"{site}/").collection_items(
        SOUNDINGS, bbox=list(box), datetime_="../2022-01-31T00:00:00Z", limit=1000
    )
    lon, lat = ROWS.longitude.values, ROWS.latitude.values
    inside = (lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])
    wanted = set(ROWS.sounding_id.values[inside & (ROWS.time.values <= end)])
    assert wanted
    assert {one["id"] for one in page["features"]} == wanted


def test_a_single_feature_has_the_place_of_its_row(site: str) -> None:
    found = Features(f"{site}/").collection_item(SOUNDINGS, "s00007")
    row = ROWS.isel(sounding=7)
    assert found["properties"]["xco2"] == float(row.xco2)
    assert found["properties"]["xco2_uncertainty"] == 0.5


def test_processes_are_listed_and_described(site: str) -> None:
    client = Processes(f"{site}/")
    assert "smoothed-column" in {one["id"] for one in client.processes()}
    assert client.process("smoothed-column")["inputs"]


def test_a_process_runs_on_what_is_sent_along(tmp_path: Path) -> None:
    retrieval = {
        "pressure_weight": [[0.25, 0.75]],
        "averaging_kernel": [[1.0, 0.5]],
        "prior": [[400.0, 400.0]],
    }
    inputs = {"profile": [404.0, 408.0], "observations": retrieval}
    with job_site(tmp_path) as site:
        answer = Processes(f"{site.url}/").execute("smoothed-column", inputs)
    assert answer["smoothed_column"] == [400 + 0.25 * 4 + 0.75 * 0.5 * 8]
