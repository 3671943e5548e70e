"""Attacks by addresses: the server sends no request to where a client has no business."""

import time
from typing import Any

import pytest

from tests.jobs.listeners import listening, plain
from tests.service.job_sites import TIMEOUT, JobSite

WORD = {"stringInput": "word"}

INSIDE = (
    "http://localhost/",
    "http://localhost.:80/",
    "http://127.0.0.2/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.0.1:8080/",
    "http://172.16.3.4/",
    "http://100.100.100.200/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://metadata.google.internal/",
    "http://printer.local/",
)


@pytest.mark.parametrize("name", ["successUri", "failedUri", "inProgressUri"])
@pytest.mark.parametrize("address", INSIDE)
def test_a_subscriber_inside_is_refused_before_anything_is_queued(
    job_server: JobSite, address: str, name: str
) -> None:
    response = job_server.run({"inputs": WORD, "subscriber": {name: address}})
    assert response.status_code == 400
    assert "private or local network" in response.json()["detail"]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.1"])
def test_another_spelling_of_this_machine_is_accepted_by_nobody_when_it_is_told(
    job_server: JobSite, host: str
) -> None:
    with listening() as listener:
        told = {"successUri": f"http://{host}:{listener.port}/"}
        job = job_server.start({"stringInput": host}, {"subscriber": told})
        assert job_server.finished(job)["status"] == "successful"
        time.sleep(1.0)
    assert listener.heard == []


def test_a_redirect_of_a_subscriber_leads_nowhere(job_server: JobSite) -> None:
    with listening() as secret:
        redirect = plain(307, Location=f"http://127.0.0.1:{secret.port}/secret")
        with listening(redirect) as listener:
            told = {"successUri": f"{listener.url}/hook"}
            job = job_server.start({"stringInput": "redirect"}, {"subscriber": told})
            assert job_server.finished(job)["status"] == "successful"
            end = time.monotonic() + TIMEOUT
            while not listener.heard and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(0.5)
        assert [one.path for one in listener.heard] == ["/hook"]
    assert secret.heard == []


@pytest.mark.parametrize(
    ("href", "word"),
    [
        ("http://example.org/a.json", "hosts of inputs are: 127.0.0.1"),
        ("http://localhost/a.json", "hosts of inputs are"),
        ("http://127.0.0.2/a.json", "hosts of inputs are"),
        ("http://[::ffff:127.0.0.1]/a.json", "hosts of inputs are"),
        ("http://127.0.0.1.evil.example/a.json", "hosts of inputs are"),
        ("http://127.0.0.1@evil.example/a.json", "http or https"),
        ("http://evil.example\\@127.0.0.1/a.json", "http or https"),
        ("file:" + "//" + "/etc/passwd", "http or https"),
        ("gopher://127.0.0.1/_x", "http or https"),
        ("/etc/passwd", "http or https"),
        ("http://127.0.0.1:1/a.json", "cannot be asked"),
        (7, "http or https"),
    ],
)
def test_an_input_of_a_host_that_is_not_admitted_is_refused_by_its_pointer(
    job_server: JobSite, href: Any, word: str
) -> None:
    response = job_server.run({"inputs": {**WORD, "measureInput": {"href": href}}})
    assert response.status_code == 400
    (problem,) = response.json()["errors"]
    assert problem["pointer"] == "/inputs/measureInput/href"
    assert word in problem["detail"]


def test_a_redirect_of_an_input_is_not_followed(job_server: JobSite) -> None:
    with listening(plain(body=b"1", Content_Type="application/json")) as secret:
        where = plain(302, Location=f"http://127.0.0.1:{secret.port}/")
        with listening(where) as listener:
            inputs = {**WORD, "doubleInput": {"href": listener.url}}
            response = job_server.run({"inputs": inputs})
        assert response.status_code == 400
        assert "status 302" in response.json()["errors"][0]["detail"]
    assert secret.heard == []


def test_a_fetched_document_is_checked_as_if_it_had_been_sent(job_server: JobSite) -> None:
    deep = b"[" * 500 + b"]" * 500
    for body, word in ((b"99", "10"), (deep, "levels"), (b"{", "valid application/json")):
        with listening(plain(body=body, Content_Type="application/json")) as listener:
            inputs = {**WORD, "doubleInput": {"href": listener.url}}
            response = job_server.run({"inputs": inputs})
        assert response.status_code == 400
        assert word in response.text
