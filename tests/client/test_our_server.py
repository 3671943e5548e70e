"""The client with our own server: all that it offers beyond the standard, and nothing twice."""

import json
import urllib.request

import numpy as np
import pytest
import xarray as xr

from casa_ogc.client import (
    Client,
    DeniedError,
    InvalidRequestError,
    JobDismissedError,
    JobFailedError,
    NotFoundError,
    NotReadyError,
)
from tests.client.wire import wired

pytestmark = pytest.mark.slow
WORDS = {"stringInput": "hello"}


@pytest.fixture(scope="module")
def token(facility):
    return facility.casa("token", "create", "ada")


@pytest.fixture
def ours(facility, token):
    """Client of our server with a token."""
    with Client(facility.url, token) as found:
        yield found


def test_our_server_announces_keys(ours):
    assert ours._transport.keyed()


@pytest.mark.parametrize("cuts", [1, 3])
def test_a_lost_answer_never_makes_two_jobs(facility, token, cuts):
    label = f"cut {cuts}"
    with wired(facility.url) as wire, Client(wire.url, token) as client:
        wire.cuts = cuts
        job = client.submit("echo", WORDS, labels=[label])
        assert len(wire.posts()) == cuts + 1
        assert len({one.headers["Idempotency-Key"] for one in wire.posts()}) == 1
        assert [one.id for one in client.jobs(label=label)] == [job.id]


def test_without_the_key_the_same_words_would_be_two_jobs(facility):
    """The oracle of the test above: what repetition does where nothing prevents it."""
    ids = set()
    for _ in range(2):
        request = urllib.request.Request(
            f"{facility.url}/processes/echo/execution",
            json.dumps({"inputs": WORDS, "labels": ["twice"]}).encode(),
            {"Content-Type": "application/json", "Prefer": "respond-async"},
        )
        with urllib.request.urlopen(request) as answer:
            ids.add(json.load(answer)["jobID"])
    assert len(ids) == 2


def test_a_key_of_the_user_is_one_job_from_two_programs(facility):
    with Client(facility.url) as first, Client(facility.url) as second:
        one = first.submit("echo", WORDS, key="tonight")
        assert second.submit("echo", WORDS, key="tonight").id == one.id
        with pytest.raises(InvalidRequestError, match="belongs to another request"):
            second.submit("echo", {"stringInput": "other"}, key="tonight")


def test_small_work_is_executed_at_once_in_every_form(ours):
    assert ours.execute("echo", WORDS, outputs=["stringInput"])["stringInput"] == "hello"
    several = {"stringInput": "a", "arrayInput": [1, 2]}
    for response in ("raw", "document"):
        found = ours.execute("echo", several, outputs=list(several), response=response)
        assert dict(found) == several
    links = {"arrayInput": {"transmissionMode": "reference"}}
    found = ours.execute("echo", several, outputs=links, response="raw")
    assert json.loads(found["arrayInput"].bytes()) == [1, 2]


def test_a_job_tells_its_labels_and_progress_and_writes_a_log(ours):
    job = ours.submit("long", {"seconds": 0.2, "parts": 4}, title="Four parts", labels=["a", "b"])
    status = job.wait(progress=False).status()
    assert status.content["title"] == "Four parts"
    assert status.content["labels"] == ["a", "b"]
    assert status.progress == 100
    assert job.log()
    assert job.results()["steps"] == 100_000_000


def test_a_netcdf_output_is_a_data_set(ours, tmp_path):
    job = ours.submit("long", {"seconds": 0.0, "parts": 2, "grid": True}).wait(progress=False)
    found = job.dataset()
    assert found["xco2"].shape == (2, 18, 36)
    path = job.results()["grid"].save(tmp_path)
    with xr.open_dataset(path, engine="h5netcdf") as again:
        xr.testing.assert_equal(found, again.load())


def test_a_result_that_is_published_is_a_collection_at_once(ours):
    inputs = {"seconds": 0.0, "parts": 2, "grid": True, "seed": 7}
    published = ours.submit("long", inputs, response="collection", title="Noise")
    plain = ours.submit("long", inputs, response="document")
    published.wait(progress=False)
    assert published.collection().title == "Synthetic: Noise"
    found, oracle = published.dataset(), plain.wait(progress=False).dataset()
    np.testing.assert_allclose(found["xco2"], oracle["xco2"], rtol=1e-6)
    window = ours.collection(published.collection().id).dataset(bbox=(100, 20, 120, 40))
    assert window["xco2"].shape == (2, 2, 2)


def test_a_failed_job_tells_the_reason_of_the_process(ours):
    job = ours.submit("long", {"seconds": 0.0, "fail_at": 1})
    with pytest.raises(JobFailedError, match="part 1 failed, as was asked for"):
        job.wait(progress=False)


def test_each_wrong_input_has_its_place(ours):
    with pytest.raises(InvalidRequestError) as caught:
        ours.submit("long", {"seconds": -1, "nonsense": 1})
    assert {pointer for pointer, _ in caught.value.problems} == {
        "/inputs/seconds",
        "/inputs/nonsense",
    }


def test_a_running_job_is_stopped(ours):
    job = ours.submit("long", {"seconds": 600, "parts": 2})
    with pytest.raises(NotReadyError):
        job.results()
    assert job.dismiss().state in ("dismissed", "running", "accepted")
    with pytest.raises(JobDismissedError):
        job.wait(progress=False, timeout=60)


def test_jobs_belong_to_their_token(facility, ours):
    job = ours.submit("echo", WORDS, labels=["mine"])
    other = facility.casa("token", "create", "eve")
    with Client(facility.url, other) as eve, Client(facility.url) as nobody:
        for client in (eve, nobody):
            assert not list(client.jobs(label="mine"))
            with pytest.raises(NotFoundError):
                client.job(job.id).status()
    with Client(facility.url, "casa_wrong") as wrong, pytest.raises(DeniedError, match="unknown"):
        wrong.submit("echo", WORDS)


def test_a_token_without_the_scope_may_not_submit(facility):
    reader = facility.casa("token", "create", "bob", "--scope", "read")
    with Client(facility.url, reader) as client, pytest.raises(DeniedError, match="execute"):
        client.submit("echo", WORDS)


def test_soundings_become_a_data_set(ours):
    found = ours.collection("synthetic-oco2-xco2").dataset(
        bbox=(73, 18, 135, 54), properties=["xco2"]
    )
    assert found["xco2"].ndim == 1
    assert found["longitude"].min() >= 73
    assert found["latitude"].max() <= 54
