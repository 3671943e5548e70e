"""Executions: when a client waits, what it is told, and what is refused and never queued."""

from typing import Any

import pytest
import requests

from casa_ogc.web import executions
from tests.jobs.listeners import listening, plain
from tests.service.job_sites import TIMEOUT, JobSite

WORD = {"stringInput": "word"}


def listed(site: JobSite, header: dict[str, str]) -> list[dict[str, Any]]:
    answer = requests.get(f"{site.url}/jobs", headers=header, timeout=TIMEOUT)
    return list(answer.json()["jobs"])


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=TIMEOUT)


@pytest.mark.parametrize(
    ("prefer", "pause", "status", "applied"),
    [
        ("", 0, 200, None),
        ("respond-sync", 0, 200, "respond-sync"),
        ("wait=20", 0, 200, "wait=20"),
        ("respond-async, wait=20", 0, 200, "wait=20"),
        ("respond-sync;x=y, return=minimal", 0, 200, "respond-sync, return=minimal"),
        ("respond-async", 0, 201, "respond-async"),
        ("RESPOND-ASYNC", 0, 201, "respond-async"),
        ("handling=lenient, respond-async, respond-sync", 0, 201, "respond-async"),
        ("wait=0", 30, 201, "wait=0"),
        ("wait=1", 30, 201, "wait=1"),
        ("respond-async, wait=1", 30, 201, "respond-async, wait=1"),
        ("", 30, 201, None),
        ("respond-sync", 30, 201, None),
        ("wait=soon", 0, 200, None),
    ],
)
def test_a_client_waits_as_it_prefers_and_as_the_cost_allows(
    job_server: JobSite, prefer: str, pause: float, status: int, applied: str | None
) -> None:
    headers = {"Prefer": prefer} if prefer else {}
    response = job_server.run({"inputs": {**WORD, "pause": pause}}, **headers)
    assert response.status_code == status
    assert response.headers.get("Preference-Applied") == applied
    assert response.headers["Cache-Control"] == "private, no-store"
    if status == 201:
        job = response.headers["Location"]
        assert response.json()["jobID"] == job.rpartition("/")[2]
        requests.delete(job, timeout=TIMEOUT)


def test_some_requests_wait_at_a_time_and_others_get_the_job_at_once(job_server: JobSite) -> None:
    """Who waits holds a thread of the server; half of them are left for everybody else."""
    for _ in range(executions.WAITING):
        assert executions._places.acquire(timeout=TIMEOUT)
    try:
        assert job_server.run({"inputs": WORD}).status_code == 201
    finally:
        for _ in range(executions.WAITING):
            executions._places.release()
    assert job_server.run({"inputs": WORD}).status_code == 200


def test_several_lines_of_preferences_are_one_list(job_server: JobSite) -> None:
    url = f"{job_server.url}/processes/echo/execution"
    prepared = requests.Request("POST", url, json={"inputs": WORD}).prepare()
    prepared.headers["Prefer"] = "return=minimal,respond-async"
    response = requests.Session().send(prepared, timeout=TIMEOUT)
    assert (response.status_code, response.content) == (201, b"")
    assert get(response.headers["Location"]).json()["processID"] == "echo"


def test_minimal_results_are_references(job_server: JobSite) -> None:
    outputs = {"stringInput": {}, "doubleInput": {"transmissionMode": "value"}}
    content = {"inputs": WORD, "outputs": outputs, "response": "document"}
    found = job_server.run(content, Prefer="return=minimal").json()
    assert found["doubleInput"] == 5.0
    assert found["stringInput"]["type"] == "application/json"
    assert get(found["stringInput"]["href"]).json() == "word"


def test_an_estimate_tells_the_cost_and_queues_nothing(job_server: JobSite) -> None:
    mine = job_server.token("estimator")
    content = {"inputs": {**WORD, "pause": 100.0}}
    response = job_server.run(content, query="?estimate=true", **mine)
    assert response.status_code == 200
    told = response.json()
    assert told["cpu_seconds"] == pytest.approx(100.01)
    assert (told["processID"], told["mode"]) == ("echo", "async")
    assert told["memory"] > 0
    assert listed(job_server, mine) == []
    assert job_server.run(content, query="?estimate=yes").status_code == 400


def test_the_same_key_is_the_same_job_and_another_request_is_refused(job_server: JobSite) -> None:
    one = job_server.start(WORD, Idempotency_Key='"abc"')
    assert job_server.start(WORD, Idempotency_Key="abc") == one
    assert job_server.start(WORD, Idempotency_Key="abd") != one
    other = job_server.run({"inputs": {"stringInput": "other"}}, Idempotency_Key="abc")
    assert other.status_code == 422
    assert "abc" in other.json()["detail"]
    assert job_server.run({"inputs": WORD}, Idempotency_Key="x" * 300).status_code == 400


def test_equal_requests_of_a_token_are_one_job_and_those_of_nobody_are_not(
    job_server: JobSite,
) -> None:
    """Whoever has the id of an anonymous job may stop it; nobody is given one by chance."""
    mine = job_server.token("repeater")
    inputs = {"stringInput": "the same"}
    assert job_server.start(inputs, **mine) == job_server.start(inputs, **mine)
    assert job_server.start(inputs) != job_server.start(inputs)


def test_labels_and_title_are_told_again(job_server: JobSite) -> None:
    more = {"title": " My run ", "labels": ["alpha", "beta", "alpha"]}
    status = get(job_server.start(WORD, more)).json()
    assert status["title"] == "My run"
    assert status["labels"] == ["alpha", "beta"]


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "/inputs/stringInput", "required"),
    ({"inputs": {}}, "/inputs/stringInput", "required"),
    ({"inputs": {**WORD, "zork": 1}}, "/inputs/zork", "not permitted"),
    ({"inputs": {**WORD, "doubleInput": 11}}, "/inputs/doubleInput", "10"),
    ({"inputs": {**WORD, "doubleInput": {"value": 11}}}, "/inputs/doubleInput", "10"),
    ({"inputs": {**WORD, "arrayInput": [1]}}, "/inputs/arrayInput", "at least 2"),
    ({"inputs": {**WORD, "arrayInput": [1] * 11}}, "/inputs/arrayInput", "at most 10"),
    ({"inputs": {**WORD, "arrayInput": [1, "x"]}}, "/inputs/arrayInput/1", "integer"),
    ({"inputs": {**WORD, "boundingBoxInput": {"bbox": [1, 2]}}}, "/inputs/boundingBoxInput", ""),
    ({"inputs": {**WORD, "pause": -1}}, "/inputs/pause", "greater"),
)


@pytest.mark.parametrize(("content", "pointer", "word"), WRONG)
def test_every_wrong_input_is_named_by_its_pointer(
    job_server: JobSite, content: Any, pointer: str, word: str
) -> None:
    response = job_server.run(content)
    assert response.status_code == 400
    places = {one["pointer"]: one["detail"] for one in response.json()["errors"]}
    (found,) = [detail for place, detail in places.items() if place.startswith(pointer)]
    assert word in found


def test_all_wrong_inputs_are_named_at_once(job_server: JobSite) -> None:
    response = job_server.run({"inputs": {"doubleInput": "x", "pause": "y", "zork": 1}})
    places = {one["pointer"] for one in response.json()["errors"]}
    assert places == {f"/inputs/{name}" for name in ("stringInput", "doubleInput", "pause", "zork")}


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"inputs": []}, "inputs"),
    ({"inputs": WORD, "zork": 1}, "member of an execution request"),
    ({"inputs": WORD, "outputs": {"zork": {}}}, "no output 'zork'"),
    ({"inputs": WORD, "outputs": {"stringInput": 1}}, "outputs/stringInput"),
    ({"inputs": WORD, "outputs": {"stringInput": {"transmissionMode": "x"}}}, "value or reference"),
    ({"inputs": WORD, "outputs": {"stringInput": {"format": {"mediaType": "a/b"}}}}, "text/plain"),
    ({"inputs": WORD, "response": "zip"}, "raw, document or collection"),
    ({"inputs": WORD, "response": "collection"}, "no output that is asked for can be"),
    ({"inputs": WORD, "title": "a\nb"}, "title"),
    ({"inputs": WORD, "title": "x" * 201}, "title"),
    ({"inputs": WORD, "labels": "x"}, "labels"),
    ({"inputs": WORD, "labels": [""]}, "labels"),
    ({"inputs": WORD, "labels": ["x"] * 21}, "labels"),
    ({"inputs": WORD, "subscriber": "x"}, "subscriber"),
    ({"inputs": WORD, "subscriber": {"successUrl": "http://example.org"}}, "successUri"),
    ({"inputs": WORD, "subscriber": {"successUri": "ftp://example.org"}}, "http or https"),
)


@pytest.mark.parametrize(("content", "word"), REFUSED)
def test_a_request_that_cannot_be_run_is_refused_in_words_that_help(
    job_server: JobSite, content: Any, word: str
) -> None:
    response = job_server.run(content)
    assert response.status_code == 400
    assert word in response.json()["detail"]


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data"])
def test_a_body_of_another_media_type_is_refused(job_server: JobSite, media: str) -> None:
    url = f"{job_server.url}/processes/echo/execution"
    response = requests.post(url, b"{}", headers={"Content-Type": media}, timeout=TIMEOUT)
    assert response.status_code == 415


def test_a_hidden_process_is_neither_listed_nor_described_nor_run(job_server: JobSite) -> None:
    ids = [one["id"] for one in get(f"{job_server.url}/processes").json()["processes"]]
    assert "long" not in ids
    assert get(f"{job_server.url}/processes/long").status_code == 404
    response = job_server.run({"inputs": {}}, process="long")
    assert response.status_code == 404
    assert response.json()["type"].endswith("/no-such-process")


def test_a_text_can_be_asked_for_as_plain_text(job_server: JobSite) -> None:
    outputs = {"stringInput": {"format": {"mediaType": "text/plain"}}}
    response = job_server.run({"inputs": WORD, "outputs": outputs})
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.text == "word"


def test_an_input_by_reference_is_fetched_once_and_kept_with_the_job(job_server: JobSite) -> None:
    with listening(
        plain(body=b'{"measurement": 2.5, "uom": "K"}', Content_Type="application/json")
    ) as there:
        inputs = {**WORD, "measureInput": {"href": f"{there.url}/measure.json", "type": "x/y"}}
        found = job_server.run({"inputs": inputs}).json()
    assert found["measureInput"]["value"] == {"measurement": 2.5, "uom": "K"}
    assert [one.path for one in there.heard] == ["/measure.json"]


def test_bytes_by_reference_are_an_image(job_server: JobSite) -> None:
    with listening(plain(body=b"II*\0rest", Content_Type="image/tiff")) as there:
        content = {
            "inputs": {**WORD, "imageInput": {"href": f"{there.url}/a.tif"}},
            "outputs": {"imageInput": {}},
            "response": "raw",
        }
        response = job_server.run(content)
    assert response.content == b"II*\0rest"
    assert response.headers["Content-Type"].startswith("image/tiff")


FORM = {
    "inputs.stringInput": "1",
    "inputs.doubleInput": "2.5",
    "inputs.arrayInput": "[1, 2]",
    "inputs.pause": "",
    "title": "by hand",
    "response": "document",
}


def post_form(site: JobSite, form: dict[str, str], **headers: str) -> requests.Response:
    url = f"{site.url}/processes/echo/execution"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(url, form, headers=named, timeout=TIMEOUT, allow_redirects=False)


def test_a_form_leads_to_the_page_of_its_job(job_server: JobSite) -> None:
    response = post_form(job_server, FORM, Origin=job_server.url, Sec_Fetch_Site="same-origin")
    assert response.status_code == 303
    page = response.headers["Location"]
    assert page.endswith("?f=html")
    job = page.partition("?")[0]
    assert job_server.finished(job)["title"] == "by hand"
    found = get(f"{job}/results").json()
    assert found == {"stringInput": "1", "doubleInput": 2.5, "arrayInput": [1, 2]}


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_form_on_a_page_of_another_site_is_refused(
    job_server: JobSite, headers: dict[str, str]
) -> None:
    assert post_form(job_server, FORM, **headers).status_code == 400


def test_a_form_that_is_filled_in_wrongly_is_answered_by_a_page_that_says_where(
    job_server: JobSite,
) -> None:
    response = post_form(job_server, {**FORM, "inputs.arrayInput": "[1, x]"}, Accept="text/html")
    assert response.status_code == 400
    assert response.text.count('aria-invalid="true"') == 1
    assert 'id="in-arrayInput"' in response.text.partition('aria-invalid="true"')[0]
    assert "[1, x]" in response.text, "what was written is still there"
    assert post_form(job_server, {"inputs.zork": "1"}).status_code == 400
