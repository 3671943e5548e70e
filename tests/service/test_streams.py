"""Large texts are sent while they are written, with the tags and headers of small ones."""

import gzip
import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np
import orjson
import pandas as pd
import pytest
import requests

from casa_ogc.archive.soundings import write_soundings
from casa_ogc.web.depiction import LEAST_STREAMED
from tests.archive.builders import soundings
from tests.service.gunicorn_sites import patient
from tests.service.sites import product_file

GRID, ROWS, COUNT = "streamed-grid", "streamed-rows", 30_000
TYPES = {"CSV": "text/csv", "GeoJSON": "application/geo+json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server process of a grid, and of soundings put beside it."""
    folder = tmp_path_factory.mktemp("streams")
    product_file(folder / "config", ROWS, "soundings")
    write_soundings(folder / "archive", ROWS, soundings(COUNT), ())
    with patient(folder, GRID) as port:
        yield f"http://127.0.0.1:{port}"


def ask(server: str, name: str, **headers: str) -> requests.Response:
    url = f"{server}/collections/{ROWS}/coverage?f={name}"
    return requests.get(url, headers=headers, timeout=60)


@pytest.mark.parametrize("name", TYPES)
def test_a_large_text_comes_in_chunks_and_a_small_one_at_once(server: str, name: str) -> None:
    large = ask(server, name, **{"Accept-Encoding": "identity"})
    assert large.status_code == 200
    assert large.headers["Transfer-Encoding"] == "chunked"
    assert large.headers["Content-Type"].startswith(TYPES[name])
    assert large.headers["ETag"]
    assert f'filename="{ROWS}.' in large.headers["Content-Disposition"]
    url = f"{server}/collections/{ROWS}/coverage?f={name}&bbox=0,0,9,9"
    small = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=60)
    assert int(small.headers["Content-Length"]) == len(small.content)


def test_what_is_sent_in_chunks_is_whole(server: str) -> None:
    expected = soundings(COUNT).sortby(["time", "sounding_id"])
    document = orjson.loads(ask(server, "GeoJSON").content)
    assert document["numberReturned"] == COUNT > LEAST_STREAMED
    found = [one["properties"]["xco2"] for one in document["features"]]
    np.testing.assert_array_equal(np.float32(found), expected["xco2"].values)
    table = pd.read_csv(f"{server}/collections/{ROWS}/coverage?f=CSV")
    np.testing.assert_array_equal(np.float32(table["xco2 [ppm]"]), expected["xco2"].values)
    np.testing.assert_array_equal(table["latitude"], expected["latitude"].values)


@pytest.mark.parametrize("name", TYPES)
def test_chunks_are_packed_on_their_way(server: str, name: str) -> None:
    plain = ask(server, name, **{"Accept-Encoding": "identity"}).content
    where = urlsplit(server)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    path = f"/collections/{ROWS}/coverage?f={name}"
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    packed = answer.read()
    connection.close()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in (answer.headers["Vary"] or "")
    assert len(packed) < len(plain) * 0.6
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize("name", TYPES)
def test_head_and_tags_are_those_of_the_whole(server: str, name: str) -> None:
    url = f"{server}/collections/{ROWS}/coverage?f={name}"
    whole = ask(server, name)
    head = requests.head(url, timeout=60)
    assert (head.status_code, head.content) == (200, b"")
    for header in ("ETag", "Content-Type", "Content-Disposition", "Cache-Control", "Content-Crs"):
        assert head.headers[header] == whole.headers[header]
    again = ask(server, name, **{"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", TYPES)
def test_queries_for_data_are_streamed_too(server: str, name: str) -> None:
    url = f"{server}/collections/{ROWS}/cube?bbox=-180,-90,180,90&f={name}"
    answer = requests.get(url, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert len(answer.content) > 10 * COUNT


def test_a_client_that_leaves_in_the_middle_harms_nobody(server: str) -> None:
    for _ in range(6):
        url = f"{server}/collections/{ROWS}/coverage?f=GeoJSON"
        with requests.get(url, stream=True, timeout=60) as answer:
            next(answer.iter_content(1000))
    assert ask(server, "CSV").status_code == 200
