"""The client works with a server that is not ours: stock pygeoapi with its TinyDB manager."""

import json
import urllib.request

import numpy as np
import pytest

from casa_ogc.client import (
    Client,
    InvalidRequestError,
    JobFailedError,
    NotFoundError,
    NotReadyError,
    NotThereError,
    StillOpenError,
    UncertainError,
    UnreadableError,
)
from tests.client.stock import COVERAGE, ramp


def count(url):
    """Return how many jobs the server has, asked without the client."""
    with urllib.request.urlopen(f"{url}/jobs?f=json&limit=50") as answer:
        return len(json.load(answer)["jobs"])


def test_processes_are_listed_and_described(client):
    assert {one.id for one in client.processes()} == {"hello-world", "echo"}
    described = client.process("hello-world")
    assert described.title == "Hello World"
    assert described.inputs["name"]["schema"] == {"type": "string"}
    assert set(described.outputs) == {"echo"}


def test_a_small_process_is_executed_at_once(client):
    assert dict(client.execute("hello-world", {"name": "Ada"})) == {"echo": "Hello Ada!"}


@pytest.mark.parametrize("response", [None, "raw", "document"])
def test_a_job_is_submitted_waited_for_and_read(client, response):
    job = client.submit("hello-world", {"name": "Grace", "message": "Hi."}, response=response)
    assert job.id
    assert job.wait(progress=False) is job
    status = job.status()
    assert (status.state, status.over, status.progress) == ("successful", True, 100)
    assert status.process == "hello-world"
    assert status.created <= status.finished
    assert dict(job.results()) == {"echo": "Hello Grace! Hi."}


def test_a_job_is_found_again_by_its_id(client):
    submitted = client.submit("hello-world", {"name": "Emmy"}).wait(progress=False)
    assert client.job(submitted.id).results()["echo"] == "Hello Emmy!"


def test_a_failed_job_tells_what_the_server_said(client):
    job = client.submit("hello-world", {"message": "to whom?"})
    with pytest.raises(JobFailedError, match="Cannot process without a name") as caught:
        job.wait(progress=False)
    assert caught.value.job_id == job.id
    with pytest.raises(JobFailedError, match="Cannot process without a name"):
        job.results()


def test_inputs_that_are_refused_at_once_are_told(client):
    with pytest.raises(InvalidRequestError, match="Cannot process without a name"):
        client.execute("hello-world", {"message": "to whom?"})


@pytest.mark.parametrize("ask", [Client.process, lambda client, name: client.submit(name, {})])
def test_an_unknown_process_is_not_found(client, ask):
    with pytest.raises(NotFoundError, match=r"(?i)identifier not found") as caught:
        ask(client, "nonsense")
    assert caught.value.status == 404


def test_an_unknown_job_is_not_found(client):
    with pytest.raises(NotFoundError):
        client.job("nonsense").status()


def test_a_job_that_goes_on_is_not_ready_and_can_be_dismissed(client):
    job = client.submit("echo", {"echoInput": "Test", "pause": 5.5})
    with pytest.raises(StillOpenError, match="it goes on"):
        job.wait(progress=False, timeout=0.0)
    with pytest.raises(NotReadyError):
        job.results()
    assert job.dismiss().state == "dismissed"
    with pytest.raises(NotFoundError):
        job.status()


def test_all_pages_of_the_job_list_are_followed(client, stock):
    for number in range(5):
        client.submit("hello-world", {"name": str(number)}).wait(progress=False)
    listed = [one.id for one in client.jobs()]
    assert len(listed) == len(set(listed)) == count(stock) >= 5
    assert len(list(client.jobs(limit="2"))) == len(listed)


def test_a_bar_shows_how_the_job_goes_on(client, capsys):
    client.submit("hello-world", {"name": "Bar"}).wait()
    shown = capsys.readouterr().err
    assert "100%" in shown
    assert "Job complete" in shown


def test_a_coverage_is_read_into_xarray(client):
    found = client.collection(COVERAGE).dataset()
    np.testing.assert_array_equal(found["height"].values.squeeze(), ramp()["height"][0])


def test_a_window_of_a_coverage_holds_the_rows_and_columns_of_its_box(client):
    window = {"bbox": (9, -6, 21, 6), "datetime": ("2022-01-01", "2022-01-02")}
    found = client.collection(COVERAGE).dataset(**window, properties=["height"])
    assert found["latitude"].values.tolist() == [-5.0, 0.0, 5.0]
    assert found["height"].values.squeeze().tolist() == [[101, 102], [201, 202], [301, 302]]


def test_collections_are_listed(client):
    assert [one.id for one in client.collections()] == [COVERAGE]


def test_a_result_that_is_no_netcdf_is_no_data_set(client):
    job = client.submit("hello-world", {"name": "x"}).wait(progress=False)
    with pytest.raises(NotThereError, match="output in netCDF; there are: echo"):
        job.dataset()
    with pytest.raises(UnreadableError, match="expected a collection"):
        job.collection()


def test_a_lost_answer_of_a_server_without_keys_is_told_and_not_repeated(wire, stock):
    before = count(stock)
    wire.cuts = 1
    with Client(wire.url) as client, pytest.raises(UncertainError, match="may have been accepted"):
        client.submit("hello-world", {"name": "once"})
    assert len(wire.posts()) == 1
    assert count(stock) == before + 1


def test_a_lost_question_is_asked_again(wire):
    wire.blind = 2
    with Client(wire.url) as client:
        assert client.process("echo").id == "echo"
    assert wire.blind == 0
