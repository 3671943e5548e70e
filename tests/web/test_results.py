"""Raw results in one message, and which of them a browser may show."""

import email
import email.policy
import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs.record import Execution, Job
from casa_ogc.jobs.results import StoredFile
from casa_ogc.web.results import failed, legible
from casa_ogc.web.results_files import body_of, download
from casa_ogc.web.results_multipart import Part, multipart

NOW = "2026-01-01T00:00:00.000Z"
names = st.from_regex(r"[a-z][a-zA-Z0-9_]{0,12}", fullmatch=True)


def parsed(response):
    head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
    return email.message_from_bytes(head + response.get_data(), policy=email.policy.HTTP)


@given(st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=5))
def test_every_part_comes_out_of_the_message_as_it_went_in(bodies):
    parts = [Part(name, "application/octet-stream", body) for name, body in bodies.items()]
    message = parsed(multipart(parts, {}))
    found = {}
    for part in message.iter_parts():
        found[part["Content-ID"].strip("<>")] = part.get_payload(decode=True)
    assert list(found) == list(bodies)
    for name, body in bodies.items():
        # The library of the test reads lines; ends of lines are all that it may change.
        assert found[name].splitlines() == body.splitlines()


def test_a_body_that_looks_like_the_end_of_a_part_is_a_body():
    bodies = [b"--casa-", b"\r\n--casa--\r\n", b"Content-Type: text/html\r\n\r\n<script>"]
    parts = [Part(f"x{number}", "text/plain", body) for number, body in enumerate(bodies)]
    message = parsed(multipart(parts, {}))
    found = [part.get_payload(decode=True) for part in message.iter_parts()]
    assert [each.strip() for each in found] == [each.strip() for each in bodies]


def test_a_reference_is_a_part_without_a_body():
    part = Part("x", "a/b", b"", "https://casa.example/jobs/1/results/x")
    (found,) = parsed(
        multipart(
            [
                part,
            ],
            {"Cache-Control": "no-store"},
        )
    ).iter_parts()
    assert found["Content-Location"] == part.location
    assert found.get_payload(decode=True) == b""


@pytest.mark.parametrize(
    "media",
    [
        "text/html",
        "TEXT/HTML; charset=utf-8",
        "application/xhtml+xml",
        "image/svg+xml",
        "text/xml",
        "application/xml",
        "text/javascript",
        "application/pdf",
        "application/x-netcdf",
        "",
        "x",
    ],
)
def test_what_could_hold_a_script_is_saved_and_not_shown(media):
    assert download(media)


@pytest.mark.parametrize("media", ["image/png", "application/json", "text/plain; charset=utf-8"])
def test_what_holds_no_script_may_be_shown(media):
    assert not download(media)


def job(outputs=None, **more):
    execution = Execution("echo", "1.0.0", {}, outputs=outputs or {})
    return Job("c" * 32, execution, "", "", "failed", NOW, NOW, **more)


@pytest.mark.parametrize(
    ("value", "media", "body"),
    [
        ("ä", "text/plain", "ä".encode()),
        ("ä", "application/json", '"ä"'.encode()),
        ([1, None], "text/plain", b"[1,null]"),
        (2.5, None, b"2.5"),
    ],
)
def test_a_value_by_itself_is_json_or_plain_text(tmp_path, value, media, body):
    outputs = {"x": {"format": {"mediaType": media}}} if media else {}
    assert body_of(tmp_path, job(outputs), "x", value) == body


def test_a_file_that_is_missing_is_told_as_a_store_out_of_reach(tmp_path):
    from casa_processes.common.errors import IntegrityError

    with pytest.raises(IntegrityError):
        body_of(tmp_path, job(result="0" * 64), "x", StoredFile("x", "a/b", "0" * 64, 1))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("InvalidInputsError", 400),
        ("UnknownNameError", 400),
        ("TooLargeError", 413),
        ("KilledWorker", 500),
        ("ZeroDivisionError", 500),
    ],
)
def test_a_failure_of_the_client_is_no_failure_of_the_server(error, status):
    told = SimpleNamespace(error=error, message="why", problems=())
    response = failed(job(failure=told))
    assert response.status_code == status
    content = response.get_json()
    assert (content["status"], content["detail"]) == (status, "why")
    assert content["type"].endswith(error)
    assert response.headers["Cache-Control"] == "private, no-store"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_a_value_is_written_for_people_as_json_that_means_the_same(value):
    assert json.loads(legible(value)) == value


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=200))
def test_a_long_list_of_numbers_is_one_line_of_seven_digits_each(numbers):
    text = legible(numbers)
    assert "\n" not in text
    for written, number in zip(json.loads(text), numbers, strict=True):
        assert written == pytest.approx(number, rel=1e-6, abs=0)
    assert max(len(each.strip(" []-").partition("e")[0]) for each in text.split(",")) <= 12
