"""Plans instead of answers, and refusals with numbers, in no time."""

from collections.abc import Iterator

import pytest
import requests

from casa_ogc.archive.cubes import StoredArray
from tests.service.grids import COLUMNS, ROWS, STEPS, served

CELLS = 2 * STEPS * ROWS * COLUMNS


@pytest.fixture(scope="module")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("strict"), max_cells=50_000) as url:
        yield url


def test_a_plan_tells_what_an_answer_costs(coverage_server: str) -> None:
    url = f"{coverage_server}/collections/grid/coverage"
    plan = requests.get(url, params={"estimate": "true", "f": "NetCDF"}, timeout=60).json()
    assert plan["cells"] == CELLS
    assert plan["bytes"] == 4 * CELLS
    assert plan["layout"] in ("map", "series")
    assert plan["chunks"] >= 2 * STEPS or plan["layout"] == "series"
    assert plan["read_bytes"] >= plan["bytes"]
    assert 0 < plan["seconds"] < 5
    assert plan["allowed"] is True
    assert plan["format"] == "NetCDF"
    assert plan["request"] == "/collections/grid/coverage?f=NetCDF"
    data = requests.get(f"{coverage_server}{plan['request']}", timeout=60)
    assert data.status_code == 200


@pytest.mark.parametrize(
    ("parameters", "cells"),
    [
        ({"scale-factor": "2"}, CELLS // 4),
        ({"scale-size": "Lon(10),Lat(10)", "datetime": "2022-01-30"}, 200),
        ({"crs": "EPSG:3857", "width": "50", "height": "40", "properties": "xco2"}, 16_000),
        ({"bbox": "0,0,4,4"}, 2 * STEPS * 4),
    ],
    ids=str,
)
def test_the_plan_of_a_scaled_answer_counts_its_cells(
    coverage_server: str, parameters: dict[str, str], cells: int
) -> None:
    url = f"{coverage_server}/collections/grid/coverage"
    plan = requests.get(url, params={"estimate": "true", **parameters}, timeout=60).json()
    assert plan["cells"] == cells
    answer = requests.get(url, params=parameters, timeout=60).json()
    assert sum(len(one["values"]) for one in answer["ranges"].values()) == cells


def test_an_answer_above_the_limit_is_refused_with_the_numbers(strict_server: str) -> None:
    url = f"{strict_server}/collections/grid/coverage"
    response = requests.get(url, timeout=60)
    assert response.status_code == 413
    found = response.json()
    assert (found["cells"], found["limit"]) == (CELLS, 50_000)
    plan = requests.get(url, params={"estimate": "true"}, timeout=60).json()
    assert plan["allowed"] is False
    assert (plan["cells"], plan["limit"]) == (CELLS, 50_000)


def test_formats_that_need_more_memory_have_a_lower_limit(strict_server: str) -> None:
    url = f"{strict_server}/collections/grid/coverage"
    box = {"datetime": "2022-01-30", "bbox": "-180,0,180,90"}
    assert requests.get(url, params={"f": "NetCDF", **box}, timeout=60).status_code == 200
    found = requests.get(url, params={"f": "CSV", **box}, timeout=60)
    assert found.status_code == 413
    assert found.json()["limit"] == 50_000 // 4


def test_refusals_and_plans_read_nothing_of_the_data(
    strict_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("a plan needs no data")

    monkeypatch.setattr(StoredArray, "read", read)
    url = f"{strict_server}/collections/grid/coverage"
    session = requests.Session()
    for parameters, status in (
        ({}, 413),
        ({"estimate": "true"}, 200),
        ({"scale-size": "Lon(90000),Lat(90000)"}, 413),
        ({"scale-factor": "0.001"}, 413),
        ({"crs": "EPSG:3857", "width": "90000", "height": "90000"}, 413),
    ):
        response = session.get(url, params=parameters, timeout=60)
        assert response.status_code == status, response.text[:300]


def test_soundings_have_a_plan_too(coverage_server: str) -> None:
    url = f"{coverage_server}/collections/dots/coverage"
    plan = requests.get(url, params={"estimate": "true"}, timeout=60).json()
    assert plan["layout"] == "soundings"
    assert plan["cells"] > 400
