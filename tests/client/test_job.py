"""Waiting follows the server: its progress, its wishes, its restarts, and how it ends."""

import json
from types import SimpleNamespace

import pytest
import xarray as xr

from casa_ogc.client import (
    Client,
    ConnectionFailedError,
    JobDismissedError,
    JobFailedError,
    NotThereError,
    StillOpenError,
)
from tests.client.wire import Answer, answering


@pytest.fixture
def clock(monkeypatch):
    """A clock that only sleep advances."""
    found = SimpleNamespace(now=0.0, slept=[])

    def sleep(seconds):
        found.slept.append(seconds)
        found.now += seconds

    for module in ("job", "transport"):
        fake = SimpleNamespace(sleep=sleep, monotonic=lambda: found.now)
        monkeypatch.setattr(f"casa_ogc.client.{module}.time", fake)
    return found


@pytest.fixture
def slept(clock):
    """Return the pauses instead of waiting."""
    return clock.slept


class Server:
    """Server of one job that goes through the states of a list."""

    def __init__(self, *states, results=None, headers=None):
        self.states, self.results, self.headers = list(states), results, headers or {}
        self.others = {}

    def __call__(self, request):
        path = request.path.partition("?")[0]
        if path == "/jobs/one":
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            host = f"http://{request.headers['Host']}"
            body = json.dumps({"jobID": "one", **state}).replace("{url}", host)
            return Answer(body=body.encode(), headers=self.headers)
        if path == "/jobs/one/results":
            return self.results
        return self.others[path]


def state(status, **more):
    return {"status": status, **more}


def waited(server, **more):
    with answering(server) as url, Client(url) as client:
        return client.job("one").wait(**more)


def test_pauses_grow_while_a_job_runs(slept):
    waited(Server(*[state("running")] * 20, state("successful")), progress=False)
    assert slept[0] == 0.2
    assert slept == sorted(slept)
    assert slept[-1] == 5.0


def test_the_server_may_wish_to_be_asked_more_seldom(slept):
    server = Server(state("running"), state("successful"), headers={"Retry-After": "30"})
    waited(server, progress=False)
    assert slept == [30.0]


def test_the_bar_follows_the_progress_even_backwards(slept, capsys):
    states = (
        state("accepted"),
        state("running", progress=60, message="step three"),
        state("running", progress=20, message="a worker was lost"),
        state("successful", progress=100),
    )
    waited(Server(*states))
    shown = capsys.readouterr().err
    steps = ("accepted", " 60% ", "step three", " 20% ", "a worker was lost", "100% ")
    places = [shown.index(text) for text in steps]
    assert places == sorted(places)


def test_no_bar_is_shown_when_none_is_wanted(slept, capsys):
    waited(Server(state("running"), state("successful")), progress=False)
    assert not capsys.readouterr().err


@pytest.mark.parametrize("silent", [None, Answer(503, b"{}")])
def test_a_server_that_is_restarted_is_waited_for(clock, capsys, silent):
    server = Server(state("running"), state("successful"))
    asked = []

    def reply(request):
        asked.append(request)
        return silent if 1 < len(asked) < 40 else server(request)

    waited(reply)
    assert len(asked) >= 40
    assert 30.0 < clock.now < 600.0
    assert "the server does not answer" in capsys.readouterr().err


def test_a_server_that_stays_away_is_given_up(clock):
    with pytest.raises(ConnectionFailedError):
        waited(lambda _: None, progress=False)
    assert 600.0 < clock.now < 660.0


def test_a_server_that_stays_away_is_waited_for_no_longer_than_the_user_wants(clock):
    with pytest.raises(StillOpenError, match="still out of sight after 20 s"):
        waited(lambda _: None, progress=False, timeout=20.0)
    assert 20.0 <= clock.now < 40.0


@pytest.mark.parametrize("detail", ["the reason", "OtherError: the reason, at length"])
def test_a_failure_is_told_once_and_whole(detail):
    results = Answer(500, json.dumps({"detail": detail}).encode())
    server = Server(state("failed", message="SomeError: the reason"), results=results)
    with pytest.raises(JobFailedError) as caught:
        waited(server, progress=False)
    told = "job one failed: SomeError: the reason"
    assert str(caught.value) == (told if detail == "the reason" else f"{told}; {detail}")


def test_a_failure_without_words_is_told():
    server = Server(state("failed"), results=Answer(400, b""))
    with pytest.raises(JobFailedError, match="job one failed"):
        waited(server, progress=False)


def test_a_dismissed_job_is_told_and_has_no_results():
    server = Server(state("dismissed"), results=Answer(404, b"{}"))
    with pytest.raises(JobDismissedError):
        waited(server, progress=False)
    with answering(server) as url, Client(url) as client, pytest.raises(JobDismissedError):
        client.job("one").results()


def test_a_result_that_was_published_is_read_from_its_collection(tmp_path):
    grid = xr.Dataset({"a": ("x", [1.0, 2.0])}, {"x": [0, 1]})
    grid.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    link = {"rel": "collection", "href": "{url}/collections/c"}
    server = Server(state("successful", links=[link]))
    coverage = "http://www.opengis.net/def/rel/ogc/1.0/coverage"

    def reply(request):
        host = f"http://{request.headers['Host']}"
        links = [{"rel": coverage, "href": f"{host}/data?f=json", "type": "application/json"}]
        about = {"id": "c", "title": "C", "links": links, "extent": {}}
        server.others["/collections/c"] = Answer(body=json.dumps(about).encode())
        server.others["/data"] = Answer(body=(tmp_path / "a.nc").read_bytes())
        return server(request)

    with answering(reply) as url, Client(url) as client:
        job = client.job("one").wait(progress=False)
        assert job.collection().title == "C"
        xr.testing.assert_equal(job.dataset(), grid)


def test_an_answer_that_describes_a_collection_is_one():
    about = {"id": "c", "links": [], "extent": {}}
    server = Server(state("successful"), results=Answer(body=json.dumps(about).encode()))
    with answering(server) as url, Client(url) as client:
        found = client.job("one").collection()
        assert found.id == "c"
        with pytest.raises(NotThereError, match="no coverage of c"):
            found.dataset()
