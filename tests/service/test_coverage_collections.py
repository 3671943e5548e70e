"""The list of collections stays true to the heads although it is spelled once."""

import gzip
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient

from benchmarks.bench_collections import head, make_site
from casa_ogc.archive.heads import HEAD, StoredHead, head_bytes
from casa_ogc.web.app import create_app

COUNT = 500


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FlaskClient]:
    folder = tmp_path_factory.mktemp("many")
    make_site(folder, COUNT)
    return folder, create_app(folder / "config").test_client()


def test_the_list_holds_what_each_collection_says(site: tuple[Path, FlaskClient]) -> None:
    _, client = site
    found = client.get("/collections?limit=3&offset=2").json
    assert [one["id"] for one in found["collections"]] == [f"product-00{n}" for n in (2, 3, 4)]
    assert (found["numberMatched"], found["numberReturned"]) == (COUNT, 3)
    assert found["links"][-1]["rel"] == "next"
    assert found["collections"][1]["extent"]["spatial"]["grid"][0]["cellsCount"] == 720


def test_the_compressed_list_is_the_same(site: tuple[Path, FlaskClient]) -> None:
    _, client = site
    plain = client.get("/collections")
    for _ in range(2):
        packed = client.get("/collections", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_new_head_shows_at_once(site: tuple[Path, FlaskClient]) -> None:
    folder, client = site
    client.get("/collections")
    client.get("/collections", headers={"Accept-Encoding": "gzip"})
    changed = StoredHead(
        type(head("product-007", "grid"))(
            **{**vars(head("product-007", "grid")), "snapshot": "1" * 20}
        ),
        {"1" * 20: "1" * 64},
    )
    (folder / "archive" / "product-007" / HEAD).write_bytes(head_bytes(changed))
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        response = client.get("/collections", headers=headers)
        body = gzip.decompress(response.data) if headers else response.data
        versions = {one["id"]: one["version"] for one in orjson.loads(body)["collections"]}
        assert versions["product-007"] == "1" * 20
        assert versions["product-008"] == "0" * 20


def test_languages_are_kept_apart(site: tuple[Path, FlaskClient]) -> None:
    _, client = site
    for lang, title in (("zh", "产品 0"), ("en", "Product number 0"), ("zh", "产品 0")):
        found = client.get(f"/collections?limit=1&lang={lang}").json
        assert found["collections"][0]["title"] == title
