"""Fluorescence as jobs of a server: bits, collections of soundings and of means, refusals."""

import io
from contextlib import suppress

import numpy as np
import pytest
import requests
import xarray as xr

from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process
from tests.service.job_sites import job_site

RETRIEVAL, GRIDDING = "sif-retrieval", "sif-gridding"
WINDOW = {"name": "757", "first_nm": 758.1, "last_nm": 759.2, "vectors": 2}
QUICK = {"l1b": "synthetic", "simulated": 2000, "windows": [WINDOW], "grid": {"resolution": 2.0}}
PATIENCE = 6
"""Minutes."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sif")
    (folder / "files").mkdir()
    (folder / "files" / "broken.nc").write_bytes(b"no HDF5")
    with job_site(folder, files=str(folder / "files"), workers=2) as found:
        yield found


def finished(site, response):
    """Wait for a job whose worker may have to compile kernels first; return its address."""
    assert response.status_code == 201, response.text
    job = response.headers["Location"]
    for _ in range(PATIENCE):
        with suppress(TimeoutError):
            return job, site.finished(job)
    raise TimeoutError(job)


def successful(site, name, inputs, **more):
    content = {"inputs": inputs, "response": "collection", **more}
    job, status = finished(site, site.run(content, process=name, Prefer="respond-async"))
    assert status["status"] == "successful", status
    links = requests.get(job, timeout=60).json()["links"]
    return job, next(link["href"] for link in links if link["rel"] == "collection")


@pytest.fixture(scope="module")
def retrieved(site):
    """Addresses of a job and of the collection of its soundings."""
    return successful(site, RETRIEVAL, QUICK, title="A track")


def dataset(content):
    return xr.open_dataset(io.BytesIO(content), engine="h5netcdf")


def output(job, name):
    return requests.get(f"{job}/results/{name}", timeout=60)


def test_workers_give_the_bits_that_a_single_process_gives(retrieved, tmp_path):
    asked = process(RETRIEVAL)
    alone = asked.load()(asked.validate(QUICK), SerialContext(tmp_path, cache=tmp_path))
    for name in ("soundings", "means"):
        here, there = (
            xr.open_dataset(getattr(alone, name)),
            dataset(output(retrieved[0], name).content),
        )
        assert set(here.variables) == set(there.variables)
        for variable in here.variables:
            np.testing.assert_array_equal(here[variable], there[variable], err_msg=variable)
        here.close()


@pytest.mark.parametrize("name", ["fit", "vectors", "errors", "map"])
def test_pictures_are_results(retrieved, name):
    response = output(retrieved[0], name)
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


def test_soundings_are_a_collection_that_says_it_is_simulated(retrieved):
    job, collection = retrieved
    found = requests.get(collection, timeout=60).json()
    assert found["title"] == "Synthetic: A track"
    assert found["license"] == "CC0-1.0"
    area = "POLYGON((5 49,15 49,15 51,5 51,5 49))"
    wanted = {"coords": area, "parameter-name": "sif_740,sif_740_uncertainty", "f": "NetCDF"}
    answer = requests.get(f"{collection}/area", params=wanted, timeout=60)
    assert answer.status_code == 200, answer.text
    some, whole = dataset(answer.content), dataset(output(job, "soundings").content)
    here = (whole["latitude"] >= 49) & (whole["latitude"] <= 51)
    assert some.sizes["sounding"] == int(here.sum()) > 50
    np.testing.assert_array_equal(some["sif_740"], whole["sif_740"][here])


def test_means_are_a_collection_where_they_alone_are_asked_for(site):
    _, collection = successful(site, RETRIEVAL, {**QUICK, "plots": False}, outputs={"means": {}})
    found = requests.get(f"{collection}/position?coords=POINT(11 50)&f=json", timeout=60)
    assert found.status_code == 200, found.text
    ranges = found.json()["ranges"]
    assert 0.5 < ranges["sif_740"]["values"][0] < 3.0
    assert 0.0 < ranges["sif_740_uncertainty"]["values"][0] < 1.0


def test_the_collection_of_soundings_is_gridded_by_the_other_process(site, retrieved):
    """With the same cells and steps it gives what the retrieval itself does."""
    job, collection = retrieved
    inputs = {
        "collection": collection.rpartition("/")[2], "resolution": 2.0, "time_step": "P1D",
        "plots": False,
    }  # fmt: skip
    other, _ = successful(site, GRIDDING, inputs)
    ours, theirs = (dataset(output(*each).content) for each in ((job, "means"), (other, "grid")))
    for name in ("sif_740", "sif_740_uncertainty", "sounding_count"):
        np.testing.assert_allclose(theirs[name], ours[name], rtol=1e-5, err_msg=name)
    assert output(other, "source").json()["licence"] == "CC0-1.0"


@pytest.mark.parametrize(
    ("name", "inputs", "pointer"),
    [
        (RETRIEVAL, {"l1b": "synthetic", "windows": ["740"]}, "/inputs/windows/0"),
        (RETRIEVAL, {"l1b": "broken.nc", "instrument": "zork"}, "/inputs/instrument"),
        (RETRIEVAL, {"l1b": "../broken.nc"}, "/inputs/l1b"),
        (RETRIEVAL, {"l1b": "synthetic", "grid": {"resolution": 0.7}}, "/inputs/grid/resolution"),
        (GRIDDING, {"soundings": "synthetic", "resolution": 0.7}, "/inputs/resolution"),
        (GRIDDING, {"soundings": "synthetic", "time_step": "P1W"}, "/inputs/time_step"),
        (GRIDDING, {"collection": "zork"}, "/inputs/collection"),
    ],
)
def test_what_cannot_be_used_is_refused_before_it_is_queued(site, name, inputs, pointer):
    response = site.run({"inputs": inputs}, process=name)
    assert response.status_code == 400, response.text
    assert [each["pointer"] for each in response.json()["errors"]] == [pointer]


def test_what_only_the_spectra_show_fails_the_job_and_names_the_input(site):
    inputs = {**QUICK, "plots": False, "training": {"classes": [15]}}
    response = site.run({"inputs": inputs}, process=RETRIEVAL, Prefer="respond-async")
    job, status = finished(site, response)
    assert status["status"] == "failed"
    assert "/training: no footprint has 20 spectra without vegetation" in status["message"]
    results = requests.get(f"{job}/results", timeout=60)
    assert results.status_code == 400
    assert [each["pointer"] for each in results.json()["errors"]] == ["/inputs/training"]


def test_a_file_that_is_no_granule_fails_the_job_and_names_it(site):
    response = site.run({"inputs": {"l1b": "broken.nc"}}, process=RETRIEVAL, Prefer="respond-async")
    _, status = finished(site, response)
    assert status["status"] == "failed"
    assert "broken.nc" in status["message"]
    assert str(site.settings.jobs.files) not in status["message"]
