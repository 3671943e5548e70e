"""Attacks on jobs, each by itself: none leads anywhere."""

import json
import re
import socket
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from casa_ogc.jobs.results import log_path
from tests.service.job_sites import TIMEOUT, JobSite

WORD = {"stringInput": "word"}
SCRIPT = "</code></pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'"


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=TIMEOUT)


# Scripts in what people write.


class Elements(HTMLParser):
    """Collects names and attributes of the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def harmless(response: requests.Response, url: str) -> None:
    """Check that a page has no script but our own, and may run no other."""
    assert response.headers["Content-Type"].startswith("text/html")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert set(policy["script-src"].split()) == {"'self'", url}
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    for tag, attributes in Elements(response.text).found:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag == "script":
            assert attributes["src"] in {f"{url}/static/{name}.js" for name in ("job", "copy")}
        if tag == "img":
            raise AssertionError(attributes)
        for name in ("href", "src", "action"):
            assert not (attributes.get(name) or "").lower().startswith(("javascript:", "data:"))


def test_scripts_in_titles_labels_messages_and_results_are_text(job_server: JobSite) -> None:
    more = {"title": SCRIPT, "labels": [SCRIPT[:60]], "response": "document"}
    mine = job_server.token("scripter")
    for header, inputs in (
        ({}, {"stringInput": SCRIPT, "complexObjectInput": SCRIPT}),
        (mine, {"stringInput": SCRIPT, "pause": 30}),
    ):
        job = job_server.start(inputs, more, **header)
        for page in (job, f"{job_server.url}/jobs"):
            response = get(page, Accept="text/html", **header)
            harmless(response, job_server.url)
        if not header:
            job_server.finished(job)
            page = get(f"{job}/results", Accept="text/html")
            harmless(page, job_server.url)
            assert "&lt;script&gt;" in page.text
        requests.delete(job, headers=header, timeout=TIMEOUT)
    refused = get(f"{job_server.url}/jobs/{SCRIPT}", Accept="text/html")
    assert refused.status_code == 404
    harmless(refused, job_server.url)


def test_no_result_is_shown_as_a_page_of_this_server(job_server: JobSite) -> None:
    outputs = {"stringInput": {"format": {"mediaType": "text/plain"}}}
    job = job_server.start({"stringInput": SCRIPT, "imageInput": "SUkqAAAA"}, {"outputs": outputs})
    job_server.finished(job)
    for name, kind in (("stringInput", "inline"), ("imageInput", "attachment")):
        response = get(f"{job}/results/{name}", Accept="text/html")
        assert response.status_code == 200
        assert not response.headers["Content-Type"].startswith("text/html")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Content-Disposition"].startswith(kind)


def test_a_log_is_plain_text_whatever_is_in_it(job_server: JobSite) -> None:
    job = job_server.start(WORD)
    job_server.finished(job)
    path = log_path(job_server.settings.jobs.folder, job.rpartition("/")[2])
    with path.open("a") as file:
        file.write(SCRIPT)
    response = get(f"{job}/log", Accept="text/html")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert SCRIPT in response.text


# Paths that lead elsewhere.


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2fcasa.yml",
        "..\\..\\casa.yml",
        "%00",
        "a%0d%0ab",
        "manifest.json",
        "." * 300,
        "x" * 5000,
        "%ff%fe",
        "jobs.sqlite",
        "*",
        "{id}",
        "'; DROP TABLE casa_jobs; --",
    ],
)
def test_no_name_of_a_job_or_output_leads_to_a_file(job_server: JobSite, name: str) -> None:
    job = job_server.start(WORD)
    job_server.finished(job)
    port = urlsplit(job_server.url).port
    own = urlsplit(job).path
    for path in (
        f"/jobs/{name}",
        f"/jobs/{name}/results",
        f"/jobs/{name}/log",
        f"{own}/results/{name}",
    ):
        status, body = raw_get(port or 0, path.replace(" ", "%20"))
        assert status in (400, 404, 405, 414, 431), (path, status, body[:200])
        assert b"root:" not in body
        assert b"licence" not in body
    assert get(job).status_code == 200


def raw_get(port: int, path: str) -> tuple[int, bytes]:
    """Ask for a path as it is written; clients would tidy it up."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as wire:
        wire.sendall(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        answer = b""
        while block := wire.recv(65536):
            answer += block
    return int(answer.split(b" ", 2)[1]), answer


# Bodies that are none.


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b'"x"',
        b"null",
        b"true",
        b"{",
        b"\xff\xfe",
        b'{"inputs": null}',
        b'{"inputs": NaN}',
        b'{"inputs": {"stringInput": "\\ud800"}}',
        b'{"inputs": {"stringInput": "x", "doubleInput": 1e999}}',
        b'{"inputs": {"stringInput": "x", "pause": 1' + b"0" * 400 + b"}}",
        b"[" * 3000 + b"]" * 3000,
        b'{"inputs":' * 3000 + b"1" + b"}" * 3000,
        b'{"inputs": {"stringInput": "x", "geometryInput": {"type": "Point", "coordinates": '
        + b"[" * 900
        + b"]" * 900
        + b"}}}",
        b'{"inputs": {"stringInput": "x"}, "outputs": {"stringInput": '
        + b"[" * 500
        + b"]" * 500
        + b"}}",
        b'{"response": ' + b"[" * 900 + b"]" * 900 + b"}",
    ],
    ids=lambda body: re.sub(r"\W+", "-", body[:24].decode("latin-1")),
)
@pytest.mark.parametrize("query", ["", "?response=collection", "?estimate=true"])
def test_a_body_that_is_no_request_is_refused(job_server: JobSite, body: bytes, query: str) -> None:
    response = requests.post(
        f"{job_server.url}/processes/echo/execution{query}",
        body,
        headers={"Content-Type": "application/json"},
        timeout=TIMEOUT,
    )
    assert response.status_code == 400, response.text
    assert len(response.content) < 5000
    json.loads(response.content)


def test_a_body_beyond_the_limit_is_refused(job_server: JobSite) -> None:
    text = "x" * (job_server.settings.limits.max_body + 1)
    response = job_server.run({"inputs": {"stringInput": text}})
    assert response.status_code == 413


# Headers of somebody else.


@pytest.mark.parametrize("name", ["title", "label", "key", "uri"])
def test_no_text_of_a_client_becomes_a_header(job_server: JobSite, name: str) -> None:
    wrong = "x\r\nSet-Cookie: a=b"
    more: dict[str, Any] = {
        "title": {"title": wrong},
        "label": {"labels": [wrong]},
        "key": {},
        "uri": {"subscriber": {"successUri": f"http://127.0.0.1/{wrong}"}},
    }[name]
    if name == "key":
        port = urlsplit(job_server.url).port
        status, answer = raw_post(port or 0, "Idempotency-Key: x\r\n y\x01: z")
        assert status in (201, 400)
    else:
        response = job_server.run({"inputs": WORD, **more}, Prefer="respond-async")
        status, answer = response.status_code, str(response.headers).encode()
        assert status == 400
    assert b"Set-Cookie" not in answer


def raw_post(port: int, header: str) -> tuple[int, bytes]:
    body = json.dumps({"inputs": WORD})
    head = f"POST /processes/echo/execution HTTP/1.0\r\nHost: x\r\n{header}\r\n"
    head += "Prefer: respond-async\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as wire:
        wire.sendall((head + body).encode())
        answer = b""
        while block := wire.recv(65536):
            answer += block
    return int(answer.split(b" ", 2)[1]), answer


def test_a_preference_is_not_repeated_as_it_was_written(job_server: JobSite) -> None:
    content = {"inputs": WORD}
    response = job_server.run(content, Prefer='respond-async, x="<script>", wait=<b>')
    assert response.headers["Preference-Applied"] == "respond-async"


def test_a_page_of_another_site_cannot_use_the_credentials_of_a_browser(
    job_server: JobSite,
) -> None:
    response = get(f"{job_server.url}/jobs", Origin="http://evil.example")
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers
