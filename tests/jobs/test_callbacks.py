"""Subscribers are told once, with patience, and nothing of it changes a job."""

import json
import threading

import pytest

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs import results
from casa_ogc.jobs.addresses import Reply, UnreachableError
from casa_ogc.jobs.callbacks import WAITS, Subscribers, tell
from casa_ogc.jobs.record import Execution, Failure, Job
from casa_ogc.jobs.requests import SUBSCRIBER
from casa_processes.common.registry import process
from casa_processes.echo import Outputs
from tests.jobs.listeners import listening, plain


def site(folder, **jobs):
    text = {"en": "Test", "zh": "测试"}
    return Settings(
        title=text,
        description=text,
        licence="CC0-1.0",
        provider={"name": "Tests"},
        url="http://casa.example",
        jobs={"folder": folder, "callbacks": ["127.0.0.1"], **jobs},
    )


def job(status="failed", failure=None, attempt=1, result="", **subscriber):
    execution = Execution("echo", "1.0.0", {"stringInput": "word"}, subscriber=subscriber)
    now = "2026-01-01T00:00:00.000Z"
    return Job(
        "a" * 32, execution, "", "", status, now, now, attempt, failure=failure, result=result
    )


@pytest.fixture
def settings(tmp_path):
    return site(tmp_path)


class Answers:
    """Sends nothing, answers as it is told, and notes what was sent and waited."""

    def __init__(self, *told):
        self.told, self.sent, self.waited = list(told), [], []

    def send(self, target, address, body):
        self.sent.append((target, address, json.loads(body)))
        answer = self.told.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer, "", b"")

    def tell(self, job, settings):
        return tell(job, settings, send=self.send, sleep=self.waited.append)


def test_a_failure_is_posted_with_its_reason(settings):
    failure = Failure("InvalidInputsError", "too deep", (("/profile", "too deep"),))
    with listening() as there:
        assert tell(job(failure=failure, failedUri=f"{there.url}/x?y=1"), settings)
    (heard,) = there.heard
    assert (heard.method, heard.path) == ("POST", "/x?y=1")
    assert heard.headers["Content-Type"] == "application/json"
    told = json.loads(heard.body)
    assert told["exception"]["errors"] == [{"pointer": "/inputs/profile", "detail": "too deep"}]
    assert told["links"][0]["href"] == f"http://casa.example/jobs/{'a' * 32}"


def test_the_results_themselves_are_posted(settings, tmp_path):
    done = job("successful", attempt=2, successUri="http://127.0.0.1:9/")
    results.partial_folder(tmp_path, done.id, 2)
    outputs = Outputs(stringInput="word", doubleInput=5.0)
    written = results.write(tmp_path, done, process("echo"), outputs)
    done = job("successful", attempt=2, result=written.sha256, successUri="http://127.0.0.1:9/")
    answers = Answers(200)
    assert answers.tell(done, settings)
    assert answers.sent[0][2] == {"stringInput": "word", "doubleInput": 5.0}


@pytest.mark.parametrize(
    ("status", "name"),
    [("running", "inProgressUri"), ("failed", "failedUri"), ("dismissed", "failedUri")],
)
def test_each_status_has_its_subscriber(settings, status, name):
    others = dict.fromkeys(set(SUBSCRIBER) - {name}, "http://127.0.0.1:9/no")
    answers = Answers(200)
    assert answers.tell(job(status, **others, **{name: "http://127.0.0.1:9/yes"}), settings)
    assert answers.sent[0][0].path == "/yes"
    assert not Answers().tell(job(status, **others), settings)


def test_who_does_not_answer_is_told_again_and_in_the_end_no_more(settings):
    answers = Answers(UnreachableError("there", "no answer"), 503, 429)
    assert not answers.tell(job(failedUri="http://127.0.0.1:9/"), settings)
    assert answers.waited == list(WAITS)
    assert len({address for _, address, _ in answers.sent}) == 1


def test_who_answers_at_last_was_told(settings):
    answers = Answers(500, 204)
    assert answers.tell(job(failedUri="http://127.0.0.1:9/"), settings)
    assert len(answers.sent) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410])
def test_who_refuses_or_sends_elsewhere_is_not_asked_again(settings, status):
    answers = Answers(status, 200)
    assert not answers.tell(job(failedUri="http://127.0.0.1:9/"), settings)
    assert len(answers.sent) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.2:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://169.254.169.254/",
        "http://nowhere.invalid/",
        "no address",
        "http://127.0.0.1:9/\r\nX: y",
    ],
)
def test_who_may_not_be_told_is_never_spoken_to(settings, address):
    answers = Answers(200)
    assert not answers.tell(job(failedUri=address), settings)
    assert answers.sent == []


def test_a_name_is_looked_up_once_for_all_attempts(settings, monkeypatch):
    """DNS rebinding between attempts."""
    looked = []

    def once(host, port, **_more):
        looked.append(host)
        return [(2, 1, 6, "", ("8.8.8.8" if len(looked) == 1 else "127.0.0.1", port))]

    monkeypatch.setattr("casa_ogc.jobs.addresses.socket.getaddrinfo", once)
    answers = Answers(500, 500, 500)
    assert not answers.tell(job(failedUri="http://rebinding.example/"), settings)
    assert looked == ["rebinding.example"]
    assert {address for _, address, _ in answers.sent} == {"8.8.8.8"}


def test_results_that_are_lost_are_told_to_nobody_and_break_nothing(settings):
    answers = Answers(200)
    assert not answers.tell(job("successful", successUri="http://127.0.0.1:9/"), settings)
    assert answers.sent == []


def test_subscribers_are_told_beside_other_work(settings):
    go = threading.Event()

    def slowly(handler, heard):
        go.wait(20)
        plain()(handler, heard)

    with listening(slowly) as there:
        subscribers = Subscribers(settings)
        subscribers.tell(job(failedUri=there.url))
        subscribers.tell(job())  # nobody wants to know
        go.set()
        subscribers._threads.shutdown(wait=True)
        subscribers.close()
    assert len(there.heard) == 1
