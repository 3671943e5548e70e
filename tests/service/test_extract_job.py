"""A request that is too large is refused with the job that does it; posted, it gives the data."""

import html
import json
import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest
import requests
import shapely

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.web.offers import EXECUTE
from casa_processes.common.registry import process
from tests.service.cubes import LATITUDES, LEVELS, LONGITUDES, TIMES, Habit, canonical, cube
from tests.service.job_sites import working
from tests.service.sites import free_port, product_file, serving, site_file
from tests.synthetic import encoded_soundings

TIMEOUT = 90
LIMIT = 1_000
GRID, ROWS = "synthetic-xco2-daily", "rows"
ACROSS = "POLYGON((140 -40, 225 -40, 225 50, 140 50, 140 -40))"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site that answers few cells at once, with a broker."""
    folder = tmp_path_factory.mktemp("extract")
    config, archive, port = folder / "config", folder / "archive", free_port()
    jobs = {"folder": str(folder / "jobs"), "workers": 1}
    url = f"http://127.0.0.1:{port}"
    site_file(config, archive, url=url, jobs=jobs, limits={"max_cells": LIMIT})
    product_file(config, GRID, "grid")
    product_file(config, ROWS, "soundings", licence="CC-BY-4.0")
    write_cube(archive, GRID, cube(Habit(False, True, "tzyx", True)), ())
    source = SourceFile("s.nc", "0" * 64, 1, "test", "1", "2022-01-01T00:00:00Z", 400)
    write_soundings(archive, ROWS, encoded_soundings(), [source])
    with serving(config, port) as served, working(config):
        yield served


def refused(server: str, path: str, **parameters: str) -> dict[str, Any]:
    """Ask for too much, and return the problem document."""
    named = {name.replace("_", "-"): text for name, text in parameters.items()}
    response = requests.get(f"{server}/collections/{path}", params=named, timeout=TIMEOUT)
    assert response.status_code == 413, response.text[:300]
    return dict(response.json())


def posted(link: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Follow a link just as it is, and return the status of the job when it is over."""
    response = requests.request(
        link["method"],
        link["href"],
        headers=link["headers"],
        json=link["body"] | more,
        timeout=TIMEOUT,
    )
    assert response.status_code == 201, response.text
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        status = requests.get(response.headers["Location"], timeout=TIMEOUT).json()
        if status["status"] not in ("accepted", "running"):
            assert status["status"] == "successful", status
            return dict(status)
        time.sleep(0.05)
    raise TimeoutError(status)


def job_link(problem: dict[str, Any]) -> dict[str, Any]:
    (found,) = [link for link in problem["links"] if link["rel"] == EXECUTE]
    return dict(found)


def result(server: str, status: dict[str, Any], name: str, folder: Path) -> dict[str, np.ndarray]:
    """Fetch an output, and read it as a stranger does."""
    url = f"{server}/jobs/{status['jobID']}/results/{name}"
    path = folder / "result.nc"
    path.write_bytes(requests.get(url, timeout=TIMEOUT).content)
    with netCDF4.Dataset(path) as file:
        return {
            name: np.ma.filled(one[...], np.nan) if one.dtype != str else one[...]
            for name, one in file.variables.items()
        }


def cells(columns: dict[str, np.ndarray], name: str) -> dict[tuple[float, ...], float]:
    """Values by time, level, latitude and longitude, those that are not missing."""
    axes = [columns[axis] for axis in ("time", "pressure", "latitude", "longitude")]
    found = {}
    for place, value in np.ndenumerate(columns[name]):
        t, z, y, x = (float(axis[index]) for axis, index in zip(axes, place, strict=True))
        if np.isfinite(value):
            found[t, z, y, (x + 180) % 360 - 180] = float(value)
    return found


def expected(
    meant: np.ndarray, steps: slice, levels: slice, factor: float = 1.0
) -> dict[tuple[float, ...], float]:
    """The same of the canonical cube, by numpy alone; `meant` has the shape (y, x)."""
    found = {}
    for (t, z, y, x), value in np.ndenumerate(canonical()):
        inside = t in range(*steps.indices(TIMES.size)) and z in range(*levels.indices(LEVELS.size))
        if inside and meant[y, x] and np.isfinite(value):
            instant = float(TIMES[t].astype("M8[s]").astype(int))
            found[instant, LEVELS[z], LATITUDES[y], LONGITUDES[x]] = value * factor
    return found


def box(west: float, south: float, east: float, north: float) -> np.ndarray:
    x, y = np.meshgrid(LONGITUDES, LATITUDES)
    across = (x >= west) & (x <= east) if west <= east else (x >= west) | (x <= east)
    return across & (y >= south) & (y <= north)


def test_a_refused_coverage_is_done_as_a_job(server: str, tmp_path: Path) -> None:
    asked = {"bbox": "120,-40,-60,40", "datetime": "2022-01-02/2022-01-04"}
    problem = refused(server, f"{GRID}/coverage", **asked)
    assert problem["limit"] == LIMIT < problem["cells"]
    assert "a job does all of it" in problem["detail"]
    link = job_link(problem)
    assert link["href"] == f"{server}/processes/extract/execution"
    columns = result(server, posted(link), "grid", tmp_path)
    meant = box(120, -40, -60, 40)
    for name, factor in (("xco2", 1.0), ("xco2_uncertainty", 0.25)):
        found = cells(columns, name)
        assert found == expected(meant, slice(2, 8), slice(None), factor)
        assert columns[name].size * 2 == problem["cells"]


def test_a_refused_area_is_done_as_a_job(server: str, tmp_path: Path) -> None:
    problem = refused(server, f"{GRID}/area", coords=ACROSS, z="500/100", parameter_name="xco2")
    columns = result(server, posted(job_link(problem)), "grid", tmp_path)
    x, y = np.meshgrid(LONGITUDES % 360, LATITUDES)
    meant = shapely.covers(shapely.from_wkt(ACROSS), shapely.points(x, y))
    assert cells(columns, "xco2") == expected(meant, slice(None), slice(1, None))


def test_refused_soundings_are_given_as_a_job(server: str, tmp_path: Path) -> None:
    problem = refused(server, f"{ROWS}/cube", bbox="-120,-60,170,80")
    status = posted(job_link(problem))
    columns = result(server, status, "soundings", tmp_path)
    rows = encoded_soundings()
    x, y = rows["longitude"].values, rows["latitude"].values
    meant = (x >= -120) & (x <= 170) & (y >= -60) & (y <= 80)
    names = rows["sounding_id"].values.astype(str)
    order = np.lexsort((names, rows["time"].values))
    kept = order[meant[order]]
    assert list(columns["sounding_id"]) == names[kept].tolist()
    np.testing.assert_array_equal(columns["xco2"], rows["xco2"].values[kept])
    assert status["progress"] == 100


def test_a_filter_goes_along(server: str, tmp_path: Path) -> None:
    rows = encoded_soundings()
    x, y, value = (rows[name].values for name in ("longitude", "latitude", "xco2"))
    place = '{"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [-60, -90, 60, 170]}]}'
    turned = {"filter": place, "filter_lang": "cql2-json", "filter_crs": "EPSG:4326"}
    for asked, meant in (
        ({"filter": "xco2_uncertainty < 1 AND xco2 > 405.3"}, value > 405.3),
        (turned, (x > -90) & (x < 170) & (y > -60) & (y < 60)),
    ):
        problem = refused(server, f"{ROWS}/coverage", **asked)
        assert job_link(problem)["body"]["inputs"].items() >= asked.items()
        columns = result(server, posted(job_link(problem)), "soundings", tmp_path)
        assert sorted(columns["sounding_id"]) == sorted(rows["sounding_id"].values[meant])
        assert 0 < meant.sum() < meant.size


def test_the_data_may_become_a_collection(server: str) -> None:
    problem = refused(server, f"{GRID}/cube", bbox="-180,-90,180,90", datetime="2022-01-03")
    status = posted(job_link(problem), response="collection")
    (own,) = [link["href"] for link in status["links"] if link["rel"] == "collection"]
    named = {"datetime": "2022-01-03", "bbox": "-40,-40,40,40"}
    found, first = (
        requests.get(f"{base}/coverage", params=named, timeout=TIMEOUT).json()
        for base in (own, f"{server}/collections/{GRID}")
    )
    assert found["ranges"] == first["ranges"]
    for name in "txyz":
        assert found["domain"]["axes"][name]["values"] == first["domain"]["axes"][name]["values"]


def test_a_plan_that_is_not_allowed_offers_the_same_job(server: str) -> None:
    problem = refused(server, f"{GRID}/coverage")
    url = f"{server}/collections/{GRID}/coverage"
    plan = requests.get(url, params={"estimate": "true"}, timeout=TIMEOUT).json()
    assert plan["links"] == problem["links"]
    small = {"estimate": "true", "datetime": "2022-01-01", "bbox": "0,0,10,10"}
    assert "links" not in requests.get(url, params=small, timeout=TIMEOUT).json()


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("coverage", {"scale_factor": "1.01"}),
        ("coverage", {"crs": "EPSG:3857"}),
        ("radius", {"coords": "POINT(0 0)", "within": "9000", "within_units": "km"}),
        ("cube", {"bbox": "-180,-90,180,90", "resolution_x": "100"}),
    ],
    ids=str,
)
def test_what_no_job_can_do_is_refused_without_a_link(
    server: str, path: str, parameters: dict[str, str]
) -> None:
    assert "links" not in refused(server, f"{GRID}/{path}", **parameters)


def test_a_version_stays_the_one_that_was_asked(server: str) -> None:
    versions = requests.get(f"{server}/collections/{GRID}/instances", timeout=TIMEOUT).json()
    version = versions["instances"][0]["id"]
    box_of_all = "-180,-90,180,90"
    problem = refused(server, f"{GRID}/instances/{version}/cube", bbox=box_of_all)
    assert job_link(problem)["body"]["inputs"]["instance"] == version


def test_a_page_shows_what_to_post(server: str) -> None:
    url = f"{server}/collections/{GRID}/coverage"
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = requests.get(url, headers=accept, timeout=TIMEOUT)
    assert page.status_code == 413
    assert f"POST {server}/processes/extract/execution" in page.text
    assert "&#34;inputs&#34;" in page.text or '"inputs"' in page.text


def test_the_command_of_the_page_runs_even_with_quotes(server: str) -> None:
    url = f"{server}/collections/{ROWS}/coverage"
    named = {"filter": "sounding_id LIKE 's%' AND xco2 > 405 AND xco2 < 1000"}
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = requests.get(url, params=named, headers=accept, timeout=TIMEOUT)
    assert page.status_code == 413
    (command,) = re.findall(r"<code>(curl .*?)</code>", page.text, re.DOTALL)
    words = shlex.split(html.unescape(command))
    assert words[:3] == ["curl", "-si", f"{server}/processes/extract/execution"]
    heads = dict(words[i + 1].split(": ") for i, one in enumerate(words) if one == "-H")
    body = json.loads(words[words.index("-d") + 1])
    assert heads == {"Prefer": "respond-async", "Content-Type": "application/json"}
    assert body["inputs"] == {"collection": ROWS, **named}


def test_the_example_of_the_process_runs(server: str) -> None:
    link = {
        "method": "POST",
        "href": f"{server}/processes/extract/execution",
        "headers": {"Prefer": "respond-async"},
        "body": {"inputs": dict(process("extract").example)},
    }
    assert posted(link)["status"] == "successful"


@pytest.mark.parametrize(
    ("inputs", "pointer"),
    [
        ({"collection": "nothing"}, "/inputs/collection"),
        ({"collection": GRID, "variables": ["xco2", "oxygen"]}, "/inputs/variables"),
        ({"collection": GRID, "datetime": "tomorrow"}, "/inputs/datetime"),
        ({"collection": GRID, "bbox": [0, 10, 5, -10]}, "/inputs/bbox"),
        ({"collection": GRID, "coords": "POINT(0 0)"}, "/inputs/coords"),
        ({"collection": GRID, "coords": ACROSS, "bbox": [0, 0, 5, 5]}, "/inputs/coords"),
        ({"collection": GRID, "z": "123"}, "/inputs/z"),
        ({"collection": GRID, "z": "high"}, "/inputs/z"),
        ({"collection": GRID, "instance": "0"}, "/inputs/instance"),
        ({"collection": ROWS, "z": "500"}, "/inputs/z"),
        ({"collection": GRID, "format": "CSV"}, "/inputs/format"),
        ({"collection": GRID, "filter": "time > DATE('2022-01-01')"}, "/inputs/filter"),
        ({"collection": ROWS, "filter": "quality = 0"}, "/inputs/filter"),
        ({"collection": ROWS, "filter": "1 = 1", "filter_lang": "sql"}, "/inputs/filter_lang"),
        ({"collection": GRID, "datetime": "1999-01-01"}, "/inputs/collection"),
    ],
    ids=str,
)
def test_inputs_at_fault_are_named(server: str, inputs: dict[str, Any], pointer: str) -> None:
    url = f"{server}/processes/extract/execution"
    response = requests.post(url, json={"inputs": inputs}, timeout=TIMEOUT)
    assert response.status_code == 400, response.text
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
