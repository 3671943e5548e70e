"""Heads: the one pointer to the current data, cached until it changes, never half believed."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import (
    Head,
    StoredHead,
    Vertical,
    head_bytes,
    list_products,
    parse_head,
    read_head,
)
from casa_ogc.archive.instants import instant, rfc3339, time_extent
from casa_ogc.archive.soundings import write_soundings
from casa_processes.common.errors import IntegrityError
from tests.archive.builders import soundings, source

HEAD = Head(
    product="p",
    kind="grid",
    snapshot="S",
    committed="2024-01-01T00:00:00Z",
    bounds=Bounds(170.0, -90.0, -170.0, 90.0),
    time=("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
    time_resolution="P1D",
    vertical=Vertical("pressure", "hPa", "down", (1000.0, 500.0)),
    variables=("xco2",),
    dimensions={"time": 3},
    size=12,
    files=1,
    missions=("碳卫星",),
    attributes={"title": "x"},
)


def test_a_head_survives_its_file():
    for head in (HEAD, Head(**{**HEAD.__dict__, "vertical": None, "time": None})):
        stored = StoredHead(head, {"S": "0" * 64, "R": "1" * 64})
        again = parse_head(head_bytes(stored), "p")
        assert again == stored
        assert list(again.manifests) == ["S", "R"]


@given(st.data())
def test_any_changed_bit_of_a_head_is_found(data):
    text = bytearray(head_bytes(StoredHead(HEAD, {"S": "0" * 64})))
    bit = data.draw(st.integers(0, len(text) * 8 - 1))
    text[bit // 8] ^= 1 << bit % 8
    with pytest.raises(IntegrityError):
        parse_head(bytes(text), "p")


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"null", b"{", b'{"sha256": 1}'])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(IntegrityError):
        parse_head(text, "p")


def test_there_is_no_head_without_data(tmp_path):
    assert read_head(tmp_path, "p") is None
    assert list_products(tmp_path / "nowhere") == ()
    assert list_products(tmp_path) == ()


def test_a_new_commit_is_seen_at_once(tmp_path):
    first = write_soundings(tmp_path, "p", soundings(5), [source("a.nc")])
    assert read_head(tmp_path, "p") == first
    second = write_soundings(tmp_path, "p", soundings(5, first=9), [source("b.nc")])
    assert read_head(tmp_path, "p") == second != first
    assert list_products(tmp_path) == ("p",)


def test_reading_a_head_again_reads_no_file(tmp_path, monkeypatch):
    head = write_soundings(tmp_path, "p", soundings(5), [source("a.nc")])
    read_head(tmp_path, "p")
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"reads {path}"))
    assert read_head(tmp_path, "p") == head


def test_a_head_is_readable_json(tmp_path):
    write_soundings(tmp_path, "p", soundings(5), [source("a.nc")])
    content = json.loads((tmp_path / "p" / "head.json").read_text())
    assert content["head"]["product"] == "p"


@given(st.integers(-(2**61), 2**61))
def test_instants_survive_their_text(number):
    value = np.datetime64(number, "ns")
    assert instant(rfc3339(value)) == value


def test_instants_have_a_fraction_only_where_there_is_one():
    assert rfc3339(np.datetime64("2020-01-01", "D")) == "2020-01-01T00:00:00Z"
    assert rfc3339(np.datetime64("2020-01-01T00:00:00.5")) == "2020-01-01T00:00:00.5Z"
    assert time_extent(np.array([], dtype="datetime64[ns]")) is None
