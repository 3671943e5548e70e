"""Results are read however a server sends them: as a document, raw, in parts, or as links."""

import base64
import json
import pickle

import numpy as np
import pytest
import xarray as xr

from casa_ogc.client import (
    Client,
    File,
    JobFailedError,
    NotThereError,
    Results,
    StillOpenError,
    UnreadableError,
    errors,
)
from tests.client.wire import Answer, answering

GRID = xr.Dataset({"a": ("x", np.arange(3.0))}, {"x": [10, 20, 30]})
LINKS = ('<{url}/file>; rel="item"; title="map"', '<{url}/j>; rel="monitor"')
LINK = {"Link": ", ".join([*LINKS, '<{url}/file?f=x>; rel="item"; type="image/png"'])}
BOUNDARY = "some-boundary"


def parts(*content):
    """Write a multipart body of headers and bytes."""
    lines = []
    for headers, body in content:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        lines.append(f"--{BOUNDARY}\r\n{head}\r\n".encode() + body + b"\r\n")
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


def executed(answer, **more):
    """Execute a process on a server that answers `answer`, and anything at /file with its path."""

    def reply(request):
        if request.path.partition("?")[0] == "/file":
            return Answer(body=b"content", headers={"Content-Type": "image/png"})
        host = f"http://{request.headers['Host']}"
        headers = {name: one.replace("{url}", host) for name, one in answer.headers.items()}
        return Answer(answer.status, answer.body.replace(b"{url}", host.encode()), headers)

    with answering(reply) as url, Client(url) as client:
        found = client.execute("p", {}, **more)
        for one in found.files().values():
            one.bytes()
    return found


def document(content):
    return Answer(body=json.dumps(content).encode())


def netcdf(tmp_path, engine):
    path = tmp_path / f"{engine}.nc"
    GRID.to_netcdf(path, engine=engine)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 2]}),
        ({"a": {"value": 3, "mediaType": "application/json"}}, {"a": 3}),
        ({"a": {"value": 3, "unit": "m"}}, {"a": {"value": 3, "unit": "m"}}),
        ({"a": {"href": "x", "size": 3}}, {"a": {"href": "x", "size": 3}}),
        ({"id": "a", "value": 4}, {"a": 4}),
        ({"outputs": [{"id": "a", "value": 4}, {"id": "b", "value": None}]}, {"a": 4, "b": None}),
        ({"outputs": [1, 2]}, {"outputs": [1, 2]}),
        ([1, 2], {"result": [1, 2]}),
        ({}, {}),
    ],
)
def test_a_document_is_read_by_name(content, found):
    assert dict(executed(document(content))) == found


def test_a_raw_value_has_the_name_that_was_asked_for():
    assert dict(executed(document([1, 2]), outputs=["numbers"])) == {"numbers": [1, 2]}


def test_a_raw_file_keeps_its_bytes_and_media_type():
    answer = Answer(body=b"\x89PNG", headers={"Content-Type": "image/png"})
    picture = executed(answer, outputs={"map": {"transmissionMode": "value"}})["map"]
    assert (picture.bytes(), picture.media_type, picture.file_name) == (
        b"\x89PNG",
        "image/png",
        "map.png",
    )


@pytest.mark.parametrize("body", [b"{", b"\xff"])
def test_a_document_that_is_no_json_is_told(body):
    with pytest.raises(UnreadableError, match="expected JSON"):
        executed(Answer(body=body))


@pytest.mark.parametrize("where", ["beside", "format"])
def test_text_in_base64_is_a_file(where):
    how = {"encoding": "base64", "mediaType": "image/tiff"}
    item = {"value": base64.b64encode(b"\x00\xff").decode()}
    item |= how if where == "beside" else {"format": how}
    found = executed(document({"picture": item}))["picture"]
    assert (found.bytes(), found.media_type) == (b"\x00\xff", "image/tiff")


@pytest.mark.parametrize("text", ["***", 5, None])
def test_text_that_is_no_base64_is_told(text):
    with pytest.raises(UnreadableError, match="output a: expected text in base64"):
        executed(document({"a": {"value": text, "encoding": "base64"}}))


def test_a_link_is_a_file_that_is_fetched_when_read():
    item = {"href": "{url}/file", "type": "image/png", "rel": "item"}
    assert executed(document({"map": item}))["map"].bytes() == b"content"


def test_an_empty_answer_is_read_from_its_links():
    found = executed(Answer(204, b"", LINK))
    assert list(found) == ["map", "file"]
    assert {one.bytes() for one in found.values()} == {b"content"}


def test_parts_are_named_by_their_content_ids():
    body = parts(
        ({"Content-Type": "application/json", "Content-ID": "<numbers>"}, b"[1, 2]"),
        ({"Content-Type": "image/png", "Content-ID": "<map>"}, b"\x89PNG\r\n\x00"),
        ({"Content-Type": "image/png", "Content-ID": "far", "Content-Location": "{url}/file"}, b""),
    )
    media = f'multipart/related; type="application/json"; boundary="{BOUNDARY}"'
    found = executed(Answer(body=body, headers={"Content-Type": media}))
    assert found["numbers"] == [1, 2]
    assert found["map"].bytes() == b"\x89PNG\r\n\x00"
    assert found["far"].bytes() == b"content"


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_netcdf_of_both_versions_becomes_a_data_set(tmp_path, engine):
    file = File("grid", "application/x-netcdf", netcdf(tmp_path, engine))
    xr.testing.assert_equal(Results({"n": 1, "grid": file}).dataset(), GRID)


def test_a_data_set_is_found_by_name_or_told_to_be_missing(tmp_path):
    file = File("grid", "application/octet-stream", netcdf(tmp_path, "h5netcdf"))
    results = Results({"n": 1, "grid": file})
    xr.testing.assert_equal(results.dataset("grid"), GRID)
    for name in (None, "n", "nothing"):
        with pytest.raises(NotThereError, match="there are: n, grid"):
            results.dataset(name)


def test_a_file_that_is_no_netcdf_is_told():
    with pytest.raises(UnreadableError, match="expected a netCDF file"):
        File("a", "application/netcdf", b"<html>").dataset()


def test_results_are_saved_into_a_folder(tmp_path):
    results = Results({"n": 1, "text": "é", "grid": File("grid", "application/netcdf", b"CDF")})
    saved = results.save(tmp_path / "new" / "folder")
    assert [path.name for path in saved] == ["grid.nc", "results.json"]
    assert saved[0].read_bytes() == b"CDF"
    assert json.loads(saved[1].read_text()) == {"n": 1, "text": "é"}
    assert len(list(saved[0].parent.iterdir())) == 2


def test_the_name_of_an_output_leads_out_of_no_folder(tmp_path):
    file = File("../../outside", "text/plain", b"x")
    assert file.save(tmp_path).parent == tmp_path
    assert file.save(tmp_path / "named") == tmp_path / "named"


@pytest.mark.parametrize(
    "error",
    [
        errors.TooManyError(429, "http://x", "kind", "detail", [("/a", "b")], 3.0),
        JobFailedError("a", "b"),
        StillOpenError("a", "running", 2.0),
        NotThereError("a", {"b"}),
    ],
)
def test_an_error_survives_pickling(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
