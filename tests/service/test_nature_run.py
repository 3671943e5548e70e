"""The nature run as a job of a server: bits, progress, collections that say what they are."""

from contextlib import suppress

import numpy as np
import pytest
import requests

from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process
from tests.service.job_sites import job_site

NAME = "nature-run"
INPUTS = {"start": "2023-01-02", "end": "2023-01-04", "grid": "10x8", "every": 2}
PATIENCE = 6
"""Minutes, of a worker that may have to compile kernels first."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with job_site(tmp_path_factory.mktemp("nature"), workers=1) as found:
        yield found


def finished(site, response):
    assert response.status_code == 201, response.text
    job = response.headers["Location"]
    for _ in range(PATIENCE):
        with suppress(TimeoutError):
            return job, site.finished(job)
    raise TimeoutError(job)


def published(site, output):
    """Run it and publish one output; returns the addresses of the job and of the collection."""
    content = {"inputs": INPUTS, "outputs": {output: {}}, "response": "collection"}
    job, status = finished(site, site.run(content, process=NAME, Prefer="respond-async"))
    assert status["status"] == "successful", status
    links = requests.get(job, timeout=60).json()["links"]
    return job, next(link["href"] for link in links if link["rel"] == "collection")


@pytest.fixture(scope="module")
def levels(site):
    return published(site, "co2")


@pytest.fixture(scope="module")
def stations(site):
    return published(site, "stations")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same run in this process."""
    asked = process(NAME)
    return asked.load()(asked.validate(INPUTS), SerialContext(tmp_path_factory.mktemp("alone")))


def test_a_worker_gives_the_bits_that_a_single_process_gives(site, alone):
    content = {"inputs": INPUTS, "outputs": {"digest": {}, "mass_error": {}}}
    job, status = finished(site, site.run(content, process=NAME, Prefer="respond-async"))
    assert status["status"] == "successful", status
    found = requests.get(f"{job}/results", timeout=60).json()
    values = {
        name: each["value"] if isinstance(each, dict) else each for name, each in found.items()
    }
    assert values["digest"] == alone.digest
    assert values["mass_error"] == alone.mass_error < 1e-12


def test_the_collection_of_levels_says_that_it_is_synthetic(levels):
    found = requests.get(levels[1], timeout=60).json()
    assert found["title"].startswith("Synthetic")
    assert found["description"].startswith("Simulated, not observed.")


def test_a_profile_can_be_asked_for(levels):
    response = requests.get(
        f"{levels[1]}/position",
        params={"coords": "POINT(-155.6 19.5)", "parameter-name": "co2", "f": "CoverageJSON"},
        timeout=60,
    )
    assert response.status_code == 200, response.text
    coverage = response.json()
    values = np.array(coverage["ranges"]["co2"]["values"], dtype=float)
    assert np.isfinite(values).all()
    assert 380 < values.min() <= values.max() < 480


def test_series_of_stations_are_features(stations):
    response = requests.get(f"{stations[1]}/items", params={"limit": 100}, timeout=60)
    assert response.status_code == 200, response.text
    features = response.json()["features"]
    assert len(features) == 3 * 9
    assert all("synthetic-" in str(each) for each in features)


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"start": "2023-02-30"}, "/start"),
        ({"start": "2023-06-02", "end": "2023-06-01"}, "/end"),
        ({"grid": "1x1"}, "/grid"),
        ({"tracers": ["fire", "fire"]}, "/tracers"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(site, inputs, named):
    response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    assert response.status_code == 400
    assert named in response.text


def test_the_expected_cost_is_told_and_grows_with_the_days(site):
    costs = []
    for end in ("2023-01-10", "2023-12-31"):
        response = requests.post(
            f"{site.url}/processes/{NAME}/execution",
            params={"estimate": "true"},
            json={"inputs": {"start": "2023-01-01", "end": end}},
            timeout=60,
        )
        assert response.status_code == 200, response.text
        costs.append(response.text)
    assert costs[0] != costs[1]
