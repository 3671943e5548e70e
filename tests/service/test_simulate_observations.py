"""Simulated observations as a job of a server: a collection with its truth, bits, refusals."""

from contextlib import suppress

import numpy as np
import pytest
import requests
import xarray as xr

from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process
from tests.service.job_sites import job_site

NAME = "simulate-observations"
INPUTS = {"mission": "oco2", "start": "2023-01-02", "end": "2023-01-02", "grid": "10x8", "seed": 5}
PATIENCE = 6
"""Minutes, of a worker that may have to compile kernels first."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with job_site(tmp_path_factory.mktemp("observations"), workers=1) as found:
        yield found


@pytest.fixture(scope="module")
def published(site):
    """Addresses of the job and of the collection of its soundings."""
    content = {"inputs": INPUTS, "outputs": {"soundings": {}}, "response": "collection"}
    response = site.run(content, process=NAME, Prefer="respond-async")
    assert response.status_code == 201, response.text
    job = response.headers["Location"]
    for _ in range(PATIENCE):
        with suppress(TimeoutError):
            status = site.finished(job)
            break
    assert status["status"] == "successful", status
    links = requests.get(job, timeout=60).json()["links"]
    return job, next(link["href"] for link in links if link["rel"] == "collection")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same run in this process."""
    asked = process(NAME)
    return asked.load()(asked.validate(INPUTS), SerialContext(tmp_path_factory.mktemp("alone")))


@pytest.fixture(scope="module")
def rows(published):
    """All soundings between 30 degrees south and north, as features."""
    names = "sounding_id,xco2,xco2_smoothed,sif_740,sif_740_true,sif_740_uncertainty,mode"
    params = {"bbox": "-180,-30,180,30", "limit": 10_000, "properties": names, "f": "json"}
    response = requests.get(f"{published[1]}/items", params=params, timeout=60)
    assert response.status_code == 200, response.text
    return response.json()["features"]


def test_the_collection_says_that_it_is_synthetic(published):
    found = requests.get(published[1], timeout=60).json()
    assert found["title"].startswith("Synthetic")
    assert found["description"].startswith("Simulated, not observed.")


def test_a_worker_gives_what_a_single_process_gives(rows, alone):
    with xr.open_dataset(alone.soundings, engine="h5netcdf") as file:
        inside = np.abs(file["latitude"].values) <= 30.0
        names = file["sounding_id"].values[inside].astype(str)
        expected = dict(zip(names, file["xco2"].values[inside], strict=True))
    found = {each["properties"]["sounding_id"]: each["properties"]["xco2"] for each in rows}
    assert set(found) == set(expected)
    assert all(np.float32(found[name]) == expected[name] for name in found)


def test_soundings_carry_carbon_dioxide_fluorescence_and_their_truth(rows):
    values = {
        name: np.array([each["properties"][name] for each in rows], dtype=float)
        for name in ("xco2", "xco2_smoothed", "sif_740", "sif_740_true", "sif_740_uncertainty")
    }
    assert values["xco2"].size > 100
    assert np.abs(values["xco2"] - values["xco2_smoothed"]).max() < 6.0
    away = (values["sif_740"] - values["sif_740_true"]) / values["sif_740_uncertainty"]
    assert away.std() == pytest.approx(1.0, abs=0.25)
    assert values["sif_740_true"].max() > 0.5


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"mission": "merlin"}, "/mission"),
        ({"start": "2023-06-02", "end": "2023-06-01"}, "/end"),
        ({"mission": "tropomi", "l1b": True}, "/l1b"),
        ({"max_spectra": 10_000}, "/max_spectra"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(site, inputs, named):
    response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    assert response.status_code == 400
    assert named in response.text


def test_spectra_are_offered_as_outputs_and_cost_more(site):
    described = requests.get(f"{site.url}/processes/{NAME}", timeout=60).json()
    assert {"spectra", "meteorology", "soundings"} <= set(described["outputs"])
    costs = []
    for l1b in (False, True):
        response = requests.post(
            f"{site.url}/processes/{NAME}/execution",
            params={"estimate": "true"},
            json={"inputs": {**INPUTS, "l1b": l1b}},
            timeout=60,
        )
        assert response.status_code == 200, response.text
        costs.append(response.text)
    assert costs[0] != costs[1]
