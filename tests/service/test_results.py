"""Results one by one: in ranges, by their checksums, and only as what they are."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.jobs import results
from casa_ogc.jobs.documents import INLINE
from casa_ogc.jobs.store import open_store
from tests.jobs.listeners import listening, plain
from tests.service.job_sites import TIMEOUT, JobSite

IMAGE = b"II*\0" + bytes(range(256)) * 400
"""A TIFF image that is too long to stand in a document unasked."""


@pytest.fixture(scope="module")
def job(job_server: JobSite) -> Iterator[str]:
    """A job that has given a text, numbers and a file."""
    with listening(plain(body=IMAGE, Content_Type="image/tiff")) as there:
        inputs = {
            "stringInput": "wörd",
            "arrayInput": [1, 2, 3],
            "imageInput": {"href": f"{there.url}/a.tif"},
        }
        yield done(job_server, job_server.start(inputs))


def done(site: JobSite, job: str) -> str:
    assert site.finished(job)["status"] == "successful"
    return job


def get(url: str, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=named, timeout=TIMEOUT)


def file_of(site: JobSite, job: str) -> Path:
    row = open_store(site.settings.jobs).get(job.rpartition("/")[2])
    path: Path = results.open_output(site.settings.jobs.folder, row, "imageInput")
    return path


def test_the_tag_of_a_file_is_its_checksum(job: str) -> None:
    response = get(f"{job}/results/imageInput")
    assert response.content == IMAGE
    digest = hashlib.sha256(IMAGE).hexdigest()
    assert response.headers["ETag"] == f'"{digest}"'
    assert response.headers["Content-Length"] == str(len(IMAGE))
    assert response.headers["Content-Disposition"] == ('attachment; filename="echo-imageInput.tif"')
    again = get(f"{job}/results/imageInput", If_None_Match=f'W/"{digest}"')
    assert (again.status_code, again.content) == (304, b"")


@given(start=st.integers(0, len(IMAGE) + 10), length=st.integers(1, 5000))
@settings(max_examples=25)
def test_a_range_is_the_part_of_the_file_that_it_names(job: str, start: int, length: int) -> None:
    stop = start + length
    response = get(f"{job}/results/imageInput", Range=f"bytes={start}-{stop - 1}")
    expected = IMAGE[start:stop]
    if not expected:
        assert response.status_code == 416
        assert response.headers["Content-Range"] == f"bytes */{len(IMAGE)}"
        return
    assert response.status_code == 206
    assert response.content == expected
    last = start + len(expected) - 1
    assert response.headers["Content-Range"] == f"bytes {start}-{last}/{len(IMAGE)}"


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=-5", slice(-5, None)), ("bytes=3-", slice(3, None)), ("bytes=2-3", slice(2, 4))],
)
@pytest.mark.parametrize(("name", "whole"), [("imageInput", IMAGE), ("arrayInput", b"[1,2,3]")])
def test_files_and_values_are_sent_in_parts_alike(
    job: str, name: str, whole: bytes, asked: str, part: slice
) -> None:
    response = get(f"{job}/results/{name}", Range=asked)
    assert (response.status_code, response.content) == (206, whole[part])


@pytest.mark.parametrize("asked", ["bytes=1-2,4-5", "lines=1-2", "bytes=x", "bytes=5-2", ""])
def test_a_range_that_is_none_is_answered_by_the_whole(job: str, asked: str) -> None:
    response = get(f"{job}/results/imageInput", Range=asked)
    assert (response.status_code, response.content) == (200, IMAGE)


def test_a_range_of_another_version_is_answered_by_the_whole(job: str) -> None:
    tag = get(f"{job}/results/imageInput").headers["ETag"]
    same = get(f"{job}/results/imageInput", Range="bytes=0-3", If_Range=tag)
    other = get(f"{job}/results/imageInput", Range="bytes=0-3", If_Range='"other"')
    assert (same.status_code, other.status_code) == (206, 200)


def test_the_head_of_a_result_tells_its_size_alone(job: str) -> None:
    response = requests.head(f"{job}/results/imageInput", timeout=TIMEOUT)
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(IMAGE))
    assert response.content == b""


def test_an_output_that_does_not_exist_is_told_with_those_that_do(job: str) -> None:
    response = get(f"{job}/results/zork")
    assert response.status_code == 404
    assert "imageInput" in response.json()["detail"]


def test_a_long_file_is_a_reference_unless_it_is_asked_for_by_value(
    job_server: JobSite, job: str
) -> None:
    assert len(IMAGE) > INLINE
    found = get(f"{job}/results").json()
    assert found["imageInput"] == {
        "href": f"{job}/results/imageInput",
        "type": "image/tiff; application=geotiff",
    }
    assert (found["stringInput"], found["arrayInput"]) == ("wörd", [1, 2, 3])
    with listening(plain(body=IMAGE, Content_Type="image/tiff")) as there:
        content = {
            "inputs": {"stringInput": "x", "imageInput": {"href": there.url}},
            "outputs": {"imageInput": {"transmissionMode": "value"}},
            "response": "document",
        }
        inline = job_server.run(content).json()["imageInput"]
    assert inline["encoding"] == "base64"
    assert len(inline["value"]) == 4 * -(-len(IMAGE) // 3)


def test_results_are_kept_by_no_cache(job: str) -> None:
    for path in ("", "/results", "/results/imageInput", "/log"):
        for accept in ("application/json", "text/html"):
            response = get(f"{job}{path}", Accept=accept)
            assert response.headers["Cache-Control"] == "private, no-store", (path, accept)


def test_a_file_that_was_changed_on_disk_is_never_sent(job_server: JobSite) -> None:
    with listening(plain(body=IMAGE, Content_Type="image/tiff")) as there:
        inputs = {"stringInput": "changed", "imageInput": {"href": there.url}}
        other = done(job_server, job_server.start(inputs))
    assert get(f"{other}/results/imageInput").status_code == 200
    path = file_of(job_server, other)
    changed = IMAGE[:-1] + b"!"
    path.chmod(0o644)
    path.write_bytes(changed)
    os.utime(path, ns=(1, 1))
    response = get(f"{other}/results/imageInput")
    assert response.status_code == 503
    assert "bytes differ" in response.json()["detail"]


def test_dismissed_results_are_no_longer_told(job_server: JobSite) -> None:
    job = done(job_server, job_server.start({"stringInput": "given up"}))
    assert requests.delete(job, timeout=TIMEOUT).json()["status"] == "dismissed"
    for path in ("results", "results/stringInput", "prov"):
        assert get(f"{job}/{path}").status_code == 404
    assert get(job).json()["status"] == "dismissed"


def test_where_the_results_come_from_is_told(job: str) -> None:
    response = get(f"{job}/prov")
    assert response.status_code == 200, response.text
    told = response.json()
    assert {"entity", "activity", "agent"} <= told.keys()
    assert hashlib.sha256(IMAGE).hexdigest() in response.text


def test_a_long_value_is_folded_on_the_page_and_whole_within(job_server: JobSite) -> None:
    short, long = "w" * 300, " ".join(map(str, range(900)))
    whole = {"property1": long, "property5": True}
    inputs = {"stringInput": short, "complexObjectInput": whole}
    job = done(job_server, job_server.start(inputs))
    page = get(f"{job}/results", Accept="text/html").text
    assert page.count("<details>") == page.count("</details>") == 1
    outside = page[: page.index("<details>")] + page[page.index("</details>") :]
    assert short in outside
    assert long[:500] not in outside
    assert long in page
