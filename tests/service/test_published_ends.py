"""What is never published, and how published results go."""

import time

import pytest
import requests

from casa_ogc.catalog import published
from tests.service.published_site import TIMEOUT, Published, linked

MAPS = {"seconds": 0.001, "parts": 3, "grid": True}


@pytest.fixture(scope="module")
def server(published_server: Published) -> Published:
    return published_server


@pytest.mark.parametrize(
    ("process", "inputs", "pointer"),
    [
        (
            "smoothed-column",
            {
                "profile": [400.0],
                "observations": {
                    "pressure_weight": [1.0],
                    "averaging_kernel": [1.0],
                    "prior": [400.0],
                },
            },
            "/inputs/collection",
        ),
        ("long", {"seconds": 0}, "/inputs/grid"),
    ],
)
def test_what_gives_no_collection_is_refused_before_it_is_queued(server, process, inputs, pointer):
    response = server.post(process, {"inputs": inputs, "response": "collection"})
    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]


def test_a_process_without_files_gives_no_collection(server):
    content = {"inputs": {"stringInput": ""}, "response": "collection"}
    assert server.post("echo", content).status_code == 400


def gone(server: Published, name: str) -> bool:
    return server.get(f"/collections/{name}").status_code in (404, 410)


def waited(condition) -> bool:
    end = time.monotonic() + TIMEOUT
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)
    return condition()


def test_a_dismissed_job_takes_its_collection_along(server):
    job = server.published("long", MAPS | {"seed": 5})
    name = linked(job, "collection").rpartition("/")[2]
    assert requests.delete(f"{server.url}/jobs/{job['jobID']}", timeout=TIMEOUT).ok
    assert waited(lambda: gone(server, name))
    assert waited(lambda: not (server.catalog.root / name).exists())
    assert name not in server.get("/collections?f=json").text


def test_a_collection_is_gone_from_the_instant_of_its_expiry(server):
    job = server.published("long", MAPS | {"seed": 6})
    name = linked(job, "collection").rpartition("/")[2]
    root = server.catalog.root
    product = published.document(root, name)
    record = published.read_provenance(root, product)
    published.put(root, product.model_copy(update={"expires": published.now()}), record)
    assert gone(server, name)
    for path in ("items", "map", "coverage", "prov", "position?coords=POINT(0 0)"):
        assert server.get(f"/collections/{name}/{path}").status_code in (404, 410)
    assert waited(lambda: not (root / name).exists())


def test_a_client_that_waits_is_led_to_the_collection(server):
    address = f"{server.url}/processes/long/execution?response=collection"
    waiting = {"Prefer": "wait=60"}
    content = {"inputs": {**MAPS, "seed": 7}}
    answer = requests.post(
        address, json=content, headers=waiting, timeout=TIMEOUT, allow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    collection = server.json(answer.headers["Location"])
    assert {"coverage", "items", "data"} & {
        one["rel"].rpartition("/")[2] for one in collection["links"]
    }
    assert answer.headers["Location"].startswith(f"{server.url}/collections/job-")


def test_collection_output_is_declared(server):
    classes = server.json("/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-processes-3/0.0/conf/collection-output" in classes
