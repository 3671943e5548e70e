"""References in inputs: collections of this server, and documents of admitted hosts."""

import base64
from typing import Annotated

import pytest
from pydantic import BaseModel

from casa_ogc.jobs import hrefs
from casa_ogc.jobs.hrefs import References, content
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import CollectionOf, Process, Text
from tests.jobs.listeners import listening, plain


class Inputs(BaseModel):
    data: Annotated[str | None, CollectionOf("grid")] = None
    bbox: list[float] | None = None
    values: list[float] = []
    any: object = None


TEXT = Text(en="x", zh="x")
PROCESS = Process("p", "1", TEXT, TEXT, Inputs, Inputs, run="x:y")
URL = "https://casa.example"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def taken(inputs, hosts=("127.0.0.1",), most=1000):
    return References(URL, hosts, most).taken(inputs, PROCESS)


def problems(inputs, **more):
    with pytest.raises(InvalidInputsError) as caught:
        taken(inputs, **more)
    return dict(caught.value.problems)


@pytest.mark.parametrize(
    "value",
    [
        "sif",
        {"collection": "sif"},
        {"href": f"{URL}/collections/sif"},
        {"href": f"{URL}/collections/sif/"},
        {"href": f"{URL}/collections/sif?f=json"},
        {"href": "/collections/sif", "rel": "collection", "type": "application/json"},
        {"collection": f"{URL}/collections/sif"},
    ],
)
def test_a_collection_of_this_server_is_its_id_however_it_is_named(value):
    assert taken({"data": value})["data"] == "sif"


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/collections/sif",
        "https://casa.example.evil/collections/sif",
        "http://casa.example/collections/sif",
        "https://casa.example/processes/sif",
        "http://127.0.0.1/collections/sif",
    ],
)
def test_a_collection_of_another_server_is_refused_and_not_asked(address):
    found = problems({"data": {"href": address}})
    assert "a collection of this server" in found["/data/href"]


def test_a_box_may_be_written_as_the_standard_has_it():
    numbers = [1.0, 2.0, 3.0, 4.0]
    for box in (numbers, {"bbox": numbers}, {"bbox": numbers, "crs": CRS84}):
        assert taken({"bbox": box})["bbox"] == numbers
    assert set(problems({"bbox": {"bbox": numbers, "crs": "EPSG:3857"}})) == {"/bbox/crs"}


def test_values_that_are_no_references_stay_as_they_are():
    inputs = {"values": [1, 2], "any": {"href2": 1}, "data": None, "zork": {"value": {"href": "x"}}}
    assert taken(inputs) == inputs


def test_documents_are_fetched_one_by_one_within_lists():
    with listening(plain(body=b"7", Content_Type="application/json; charset=utf-8")) as there:
        found = taken({"values": [1, {"href": f"{there.url}/a"}, {"href": f"{there.url}/b"}]})
    assert found["values"] == [1, 7, 7]
    assert [one.path for one in there.heard] == ["/a", "/b"]


def test_every_reference_that_cannot_be_followed_is_named():
    inputs = {"any": {"href": "x"}, "values": [{"href": "http://other.example/"}]}
    assert set(problems(inputs)) == {"/any/href", "/values/0/href"}


def test_a_host_is_admitted_with_its_port_alone():
    with listening(plain(body=b"1")) as there, listening(plain(body=b"1")) as other:
        hosts = (f"127.0.0.1:{there.port}",)
        assert taken({"any": {"href": there.url}}, hosts=hosts)
        assert "hosts of inputs" in problems({"any": {"href": other.url}}, hosts=hosts)["/any/href"]
    assert other.heard == []


def test_a_listed_name_that_leads_inside_is_refused(monkeypatch):
    """DNS rebinding of an admitted host."""
    inside = [(2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr("casa_ogc.jobs.addresses.socket.getaddrinfo", lambda *_, **__: inside)
    monkeypatch.setattr(hrefs, "ask", None)
    found = problems({"any": {"href": "http://data.example/x"}}, hosts=("data.example",))
    assert "private or local" in found["/any/href"]


def test_all_documents_together_have_a_limit():
    with listening(plain(body=b"x" * 60, Content_Type="text/plain")) as there:
        assert taken({"any": {"href": there.url}}, most=60)["any"] == "x" * 60
        inputs = {"values": [{"href": there.url}, {"href": there.url}]}
        assert set(problems(inputs, most=100)) == {"/values/1/href"}


def test_the_number_of_documents_has_a_limit():
    with listening(plain(body=b"1", Content_Type="application/json")) as there:
        inputs = {"values": [{"href": there.url}] * (hrefs.MOST_REFERENCES + 1)}
        assert set(problems(inputs)) == {f"/values/{hrefs.MOST_REFERENCES}/href"}
    assert len(there.heard) == hrefs.MOST_REFERENCES


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_another_answer_than_the_document_is_refused(status):
    with listening(plain(status)) as there:
        assert f"status {status}" in problems({"any": {"href": there.url}})["/any/href"]


@pytest.mark.parametrize(
    ("media", "body", "found"),
    [
        ("application/json", b'{"a": [1]}', {"a": [1]}),
        ("application/geo+json", b"[]", []),
        ("text/plain", "ä".encode(), "ä"),
        ("image/tiff", b"\0\1", base64.b64encode(b"\0\1").decode()),
        ("", b"x", "eA=="),
    ],
)
def test_a_document_is_read_by_its_media_type(media, body, found):
    assert content(media, body) == found
