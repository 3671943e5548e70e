"""Results as collections of a real server: seen at once, right in every service, gone in time."""

import io
from concurrent.futures import ThreadPoolExecutor

import netCDF4
import numpy as np
import pytest
import requests
from PIL import Image
from prov.model import ProvDocument

from tests.jobs.publishing import soundings
from tests.service.published_site import Published, linked

PROFILE = np.array([400.0, 404.0, 410.0])
MAPS = {"seconds": 0.001, "parts": 3, "grid": True}
HAS_PROVENANCE = "http://www.w3.org/ns/prov#has_provenance"


@pytest.fixture(scope="module")
def server(published_server: Published) -> Published:
    return published_server


@pytest.fixture(scope="module")
def columns(server: Published) -> dict:
    """A published collection of smoothed columns."""
    inputs = {"profile": PROFILE.tolist(), "collection": "columns"}
    job = server.published("smoothed-column", inputs, title="Columns of an AirCore")
    return server.json(linked(job, "collection"))


@pytest.fixture(scope="module")
def maps(server: Published) -> tuple[dict, dict]:
    """A published collection of maps, and the values in the file that it was made of."""
    job = server.published("long", MAPS)
    content = server.get(f"/jobs/{job['jobID']}/results/grid").content
    with netCDF4.Dataset("grid", memory=content) as file:
        values = {name: np.ma.filled(one[:], np.nan) for name, one in file.variables.items()}
    return server.json(linked(job, "collection")), values


def expected_columns() -> dict[str, dict[str, float]]:
    """Columns by identifier, by sums over levels alone."""
    rows = soundings()
    h, a, prior = (
        rows[name].values.astype(float)
        for name in ("pressure_weight", "xco2_averaging_kernel", "co2_profile_apriori")
    )
    values = {
        "xco2_smoothed": (h * (prior + a * (PROFILE - prior))).sum(axis=1),
        "xco2_profile": (h * PROFILE).sum(axis=1),
        "xco2_apriori": (h * prior).sum(axis=1),
        "xco2": rows["xco2"].values,
        "xco2_uncertainty": rows["xco2_uncertainty"].values,
    }
    names = rows["sounding_id"].values
    return {
        str(name): {key: float(column[row]) for key, column in values.items()}
        for row, name in enumerate(names)
    }


def test_a_result_is_listed_by_every_process_of_the_server(server, columns):
    name = columns["id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.get(f"/collections/{name}"), range(40)))
        lists = list(pool.map(lambda _: server.json("/collections?f=json"), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    for one in lists:
        assert name in {each["id"] for each in one["collections"]}


def test_a_collection_tells_what_it_is_and_where_it_comes_from(server, columns):
    assert columns["title"] == "Synthetic: Columns of an AirCore"
    assert columns["synthetic"] is True
    assert columns["license"] == "CC-BY-4.0"
    assert "Columns (2026)" in columns["attribution"]
    assert columns["process"] == {"id": "smoothed-column", "version": "1.2.0"}
    (origin,) = columns["origins"]
    assert origin["collection"] == "columns"
    assert origin["snapshot"] == server.json("/collections/columns")["version"]
    assert columns["created"] < columns["expires"]
    assert linked(columns, "derivedfrom").endswith("/collections/columns")


def test_provenance_is_linked_and_read_by_a_library_of_the_standard(server, columns):
    document = ProvDocument.deserialize(
        content=server.get(linked(columns, HAS_PROVENANCE)).text, format="json"
    )
    names = {str(record.identifier) for record in document.get_records() if record.identifier}
    assert f"site:collections/{columns['id']}" in names
    (origin,) = columns["origins"]
    assert f"site:collections/columns/instances/{origin['snapshot']}" in names


def test_nothing_public_leads_to_the_job(server):
    job = server.published("long", MAPS | {"seed": 77})
    own = linked(job, "collection")
    for path in (own, f"{own}/prov", f"{server.url}/collections?f=json", f"{own}?f=html"):
        assert job["jobID"] not in server.get(path).text
    assert server.get("/jobs").status_code in (200, 401)
    assert job["jobID"] not in server.get("/jobs").text


def test_a_page_tells_all_that_and_runs_no_script_of_a_title(server):
    title = "<script>alert(1)</script>"
    job = server.published("long", MAPS | {"seed": 9}, title=title)
    own = linked(job, "collection")
    for path in (own, f"{server.url}/collections", f"{server.url}/"):
        page = server.get(path, f="html").text
        assert title not in page
    page = server.get(own, f="html").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert f"{own}/prov" in page
    assert f"{server.url}/processes/long" in page
    assert server.json(own)["expires"] in page


def test_a_page_names_the_collections_that_it_was_made_from(server, columns):
    page = server.get(f"/collections/{columns['id']}", f="html").text
    (origin,) = columns["origins"]
    assert f'href="{server.url}/collections/columns?f=html"' in page
    assert origin["snapshot"] in page


def test_a_product_of_the_site_has_no_provenance_of_a_job(server):
    assert server.get("/collections/columns/prov").status_code == 404


def test_items_have_the_columns_of_an_independent_computation(server, columns):
    items = server.json(f"/collections/{columns['id']}/items", limit=100)
    expected = expected_columns()
    assert {item["id"] for item in items["features"]} == set(expected)
    for item in items["features"]:
        for name, value in expected[item["id"]].items():
            found = item["properties"][name]
            if np.isnan(value):
                assert found is None
            else:
                assert found == pytest.approx(value, rel=1e-6)


def test_pieces_that_workers_share_give_the_same_columns(server):
    inputs = {"profile": PROFILE.tolist(), "collection": "months"}
    job = server.published("smoothed-column", inputs)
    assert job["progress"] == 100
    items = server.json(f"{linked(job, 'collection')}/items", limit=100)
    for item in items["features"]:
        expected = expected_columns()[item["id"]]["xco2_profile"]
        assert item["properties"]["xco2_profile"] == pytest.approx(expected, rel=1e-6)
    assert len(items["features"]) == 6
    answer = server.json(f"/jobs/{job['jobID']}/results/sounding_id")
    assert answer == [f"s{row}" for row in range(6)]


def test_places_and_times_are_those_of_the_soundings(server, columns):
    items = server.json(f"/collections/{columns['id']}/items", limit=100)["features"]
    rows = soundings()
    places = {
        str(name): (float(x), float(y))
        for name, x, y in zip(
            rows["sounding_id"].values,
            rows["longitude"].values,
            rows["latitude"].values,
            strict=True,
        )
    }
    assert {i["id"]: tuple(i["geometry"]["coordinates"][:2]) for i in items} == places


def test_without_a_word_the_main_result_is_answered(server, columns):
    answer = server.json(f"/collections/{columns['id']}/coverage", f="GeoJSON")
    properties = answer["features"][0]["properties"]
    assert next(name for name in properties if name.startswith("xco2")) == "xco2_smoothed"


def picture(response: requests.Response) -> np.ndarray:
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGBA"))


@pytest.mark.parametrize("kind", ["columns", "maps"])
def test_a_map_shows_the_data(server, columns, maps, kind):
    name = columns["id"] if kind == "columns" else maps[0]["id"]
    asked = {"variable": "xco2", "width": 720, "height": 360}
    pixels = picture(server.get(f"/collections/{name}/map", **asked))
    assert pixels.shape == (360, 720, 4)
    colours = np.unique(pixels[pixels[..., 3] > 0][:, :3], axis=0)
    assert len(colours) > (2 if kind == "columns" else 100)


def test_a_coverage_holds_the_bytes_of_the_file_with_their_uncertainty(server, maps):
    collection, values = maps
    answer = server.get(f"/collections/{collection['id']}/coverage", f="NetCDF")
    with netCDF4.Dataset("coverage", memory=answer.content) as file:
        for name in ("xco2", "xco2_uncertainty"):
            np.testing.assert_array_equal(np.ma.filled(file[name][:], np.nan), values[name])


def test_a_position_is_answered_with_its_uncertainty(server, maps):
    collection, values = maps
    path = f"/collections/{collection['id']}/position"
    found = server.json(
        path, coords="POINT(5 -5)", datetime="2023-01-02", **{"parameter-name": "xco2"}
    )
    assert set(found["ranges"]) == {"xco2", "xco2_uncertainty"}
    row = int(np.argmin(np.abs(values["latitude"] + 5)))
    column = int(np.argmin(np.abs(values["longitude"] - 5)))
    expected = pytest.approx(values["xco2"][1, row, column], rel=1e-6)
    assert found["ranges"]["xco2"]["values"] == [expected]


def test_a_result_may_be_the_input_of_the_next_job(server, columns):
    inputs = {"profile": "prior", "collection": columns["id"]}
    response = server.post("smoothed-column", {"inputs": inputs})
    assert response.status_code == 400, "it is known, and holds no averaging kernels"
    assert "pressure_weight" in response.json()["detail"]
    inputs = {"collection": columns["id"], "variables": ["xco2_smoothed"]}
    response = server.post("extract", {"inputs": inputs})
    status = server.finished(response.headers["Location"])
    assert status["status"] == "successful", status
