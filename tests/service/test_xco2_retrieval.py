"""The retrieval as a job: run by a server, published, and found; files by name and by address."""

import hashlib
import io
from contextlib import suppress

import h5py
import numpy as np
import pytest
import requests
import xarray as xr

from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process
from tests.jobs.listeners import listening, plain
from tests.service.job_sites import job_site

NAME = "xco2-retrieval"
QUICK = {
    "l1b": "synthetic",
    "max_soundings": 10,
    "screening": "off",
    "options": {"scattering": "single", "bands": ["wco2"], "aerosols": [], "threshold": 0.5},
}
PATIENCE = 6
"""Minutes."""
SET = b"""title: invented lines
quality: builtin
missing: [all that is genuine]
bands:
  o2a: {O2: {lines: [{builtin: true}]}}
  wco2: {CO2: {lines: [{builtin: true}]}, H2O: {lines: [{builtin: true}]}}
  sco2: {CO2: {lines: [{builtin: true}]}, H2O: {lines: [{builtin: true}]}}
"""
CORRECTION = b"title: half a ppm\nland: {divisor: 0.999}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("retrieval")
    (folder / "files").mkdir()
    (folder / "files" / "bias.yml").write_bytes(CORRECTION)
    (folder / "files" / "broken.h5").write_bytes(b"no HDF5")
    (folder / "secret.yml").write_bytes(CORRECTION)
    with job_site(folder, files=str(folder / "files"), hosts=["127.0.0.1"], workers=2) as found:
        yield found


@pytest.fixture(scope="module")
def job(site):
    """Address of a successful job whose soundings are a collection."""
    content = {
        "inputs": {**QUICK, "bias_correction": "bias.yml"},
        "response": "collection",
        "title": "A plume",
    }
    response = site.run(content, process=NAME, Prefer="respond-async")
    assert response.status_code == 201, response.text
    status = finished(site, response.headers["Location"])
    assert status["status"] == "successful", status
    return response.headers["Location"]


@pytest.fixture(scope="module")
def collection(job):
    links = requests.get(job, timeout=60).json()["links"]
    return next(link["href"] for link in links if link["rel"] == "collection")


def finished(site, job):
    """Wait for a job whose worker may have to compile kernels first."""
    for _ in range(PATIENCE):
        with suppress(TimeoutError):
            return site.finished(job)
    raise TimeoutError(job)


def output(job, name):
    return requests.get(f"{job}/results/{name}", timeout=60)


def test_the_summary_counts_all_soundings(job):
    assert output(job, "outcomes").json() == {"converged": 10}
    assert output(job, "source").json()["science_quality"] == "no"


def test_all_orders_of_scattering_are_retrieved_when_nothing_else_is_asked_for(site):
    inputs = {"l1b": "synthetic", "max_soundings": 3, "plots": False}
    response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    status = finished(site, response.headers["Location"])
    assert status["status"] == "successful", status
    source = output(response.headers["Location"], "source").json()
    assert (source["scattering"], source["warnings"]) == ("multiple", [])
    content = output(response.headers["Location"], "soundings").content
    with xr.open_dataset(io.BytesIO(content), engine="h5netcdf") as found:
        assert found["quality_flag"].values.tolist() == [0, 0, 0]
        away = (found["xco2"] - found["xco2_true"]) / found["xco2_uncertainty"]
        assert np.abs(away).max() < 4.0


def test_workers_give_the_bits_that_a_single_process_gives(job, tmp_path):
    asked = process(NAME)
    alone = asked.load()(asked.validate(QUICK), SerialContext(tmp_path))
    with xr.open_dataset(alone.soundings) as here:
        there = xr.open_dataset(io.BytesIO(output(job, "soundings").content), engine="h5netcdf")
        for name in here.data_vars:
            if name not in ("xco2", "sounding_id"):
                np.testing.assert_array_equal(here[name], there[name], err_msg=name)
        np.testing.assert_allclose(there["xco2"], here["xco2"] / 0.999, rtol=1e-6)


@pytest.mark.parametrize("name", ["fit", "profile", "map"])
def test_pictures_are_results(job, name):
    response = output(job, name)
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


def test_pictures_are_shown_on_the_page_of_results(job):
    page = requests.get(f"{job}/results?f=html", timeout=60).text
    for name in ("fit", "profile", "map"):
        assert f'src="{job}/results/{name}" alt="{name}"' in page


def test_the_collection_says_that_it_is_simulated_and_no_science(collection):
    found = requests.get(collection, timeout=60).json()
    assert found["title"] == "Synthetic: A plume"
    assert found["license"] == "CC0-1.0"


def test_soundings_are_found_by_place(collection, job):
    """EDR's area around the second footprint alone; the number is that of the file."""
    area = "POLYGON((117.01 30.99,117.02 30.99,117.02 31.01,117.01 31.01,117.01 30.99))"
    wanted = "xco2,xco2_averaging_kernel,retrieval_tests"
    answer = requests.get(
        f"{collection}/area",
        params={"coords": area, "parameter-name": wanted, "f": "NetCDF"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    found = xr.open_dataset(io.BytesIO(answer.content), engine="h5netcdf")
    whole = xr.open_dataset(io.BytesIO(output(job, "soundings").content), engine="h5netcdf")
    assert found.sizes["sounding"] == 1
    assert found["xco2"].values[0] == whole["xco2"].values[1]
    assert found["xco2_averaging_kernel"].shape == (1, 20)
    assert found["retrieval_tests"].values.tolist() == [1 << 12 | 1 << 15]  # built-in lines, single


def test_maps_and_features_are_drawn_from_it(collection):
    picture = requests.get(f"{collection}/map?width=64&height=64", timeout=60)
    assert picture.headers["Content-Type"] == "image/png"
    items = requests.get(f"{collection}/items?limit=100&f=json", timeout=60).json()
    assert items["numberMatched"] == 10


def test_provenance_tells_the_checksum_of_a_file(job):
    record = requests.get(f"{job}/prov", timeout=60).json()
    entity = record["entity"]["run:files/bias_correction"]
    assert entity["casa:sha256"] == hashlib.sha256(CORRECTION).hexdigest()
    assert entity["prov:label"] == "bias.yml"
    assert "run:files/bias_correction" in [each["prov:entity"] for each in record["used"].values()]


def test_a_file_may_be_named_by_its_address(site):
    with listening(plain(body=CORRECTION, Content_Type="application/yaml")) as there:
        inputs = {**QUICK, "max_soundings": 1, "plots": False}
        inputs["bias_correction"] = {"href": f"{there.url}/bias.yml"}
        response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    status = finished(site, response.headers["Location"])
    assert status["status"] == "successful", status
    found = output(response.headers["Location"], "source").json()["files"]
    assert found == {"bias_correction": hashlib.sha256(CORRECTION).hexdigest()}


def test_a_spectroscopy_set_may_be_named_by_its_address(site):
    with listening(plain(body=SET, Content_Type="application/yaml")) as there:
        inputs = {**QUICK, "max_soundings": 1, "plots": False}
        inputs["spectroscopy"] = {"href": f"{there.url}/set.yml"}
        response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    status = finished(site, response.headers["Location"])
    assert status["status"] == "successful", status
    source = output(response.headers["Location"], "source").json()
    assert source["missing"] == ["all that is genuine"]
    assert source["files"] == {"spectroscopy": hashlib.sha256(SET).hexdigest()}


def test_a_file_that_leads_to_another_fails_the_job_and_is_not_read(site):
    folder = site.settings.jobs.files
    with h5py.File(folder / "sent.h5", "w") as file:
        outside = str(folder.parent / "secret.yml")
        file.create_dataset("Metadata/stolen", (8,), "u1", external=[(outside, 0, 8)])
    inputs = {"l1b": "sent.h5", "meteorology": "sent.h5"}
    response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    status = finished(site, response.headers["Location"])
    assert status["status"] == "failed"
    assert "/Metadata/stolen: expected arrays that lie in the file itself" in status["message"]
    assert str(folder) not in status["message"]


@pytest.mark.parametrize(
    ("inputs", "pointer"),
    [
        ({"l1b": "../secret.yml", "meteorology": "bias.yml"}, "/inputs/l1b"),
        ({"l1b": "{outside}", "meteorology": "bias.yml"}, "/inputs/l1b"),
        ({"l1b": "nothing.h5", "meteorology": "bias.yml"}, "/inputs/l1b"),
        ({"l1b": "broken.h5"}, "/inputs/meteorology"),
        ({"l1b": "synthetic", "bias_correction": "sha256:" + "0" * 64}, "/inputs/bias_correction"),
        ({"l1b": "synthetic", "bias_correction": {"href": "http://10.0.0.1/"}},
         "/inputs/bias_correction/href"),
        ({"l1b": "synthetic", "datetime": "yesterday"}, "/inputs/datetime"),
        ({"l1b": "synthetic", "options": {"zork": 1}}, "/inputs/options/zork"),
        ({"l1b": "synthetic", "solar": ["../secret.yml"]}, "/inputs/solar/0"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_before_it_is_queued(site, inputs, pointer):
    outside = str(site.settings.jobs.folder.parent / "secret.yml")
    inputs = {
        name: value.format(outside=outside) if value == "{outside}" else value
        for name, value in inputs.items()
    }
    response = site.run({"inputs": inputs}, process=NAME)
    assert response.status_code == 400, response.text
    assert [each["pointer"] for each in response.json()["errors"]] == [pointer]
    assert str(site.settings.jobs.files) not in response.text


def test_a_file_that_is_no_granule_fails_the_job_and_names_it(site):
    inputs = {"l1b": "broken.h5", "meteorology": "broken.h5"}
    response = site.run({"inputs": inputs}, process=NAME, Prefer="respond-async")
    status = finished(site, response.headers["Location"])
    assert status["status"] == "failed"
    assert "broken.h5" in status["message"]


def test_an_estimate_tells_time_and_size_without_running(site):
    few, many = (
        site.run({"inputs": {**QUICK, "max_soundings": n}}, process=NAME, query="?estimate=true")
        for n in (10, 1000)
    )
    assert few.status_code == 200, few.text
    assert few.json() != many.json()
