"""What is sent: inputs of Python as JSON, and polite pauses."""

import base64
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.client import UnreadableError
from casa_ogc.client.client import request_body
from casa_ogc.client.collection import interval
from casa_ogc.client.encode import encoded
from casa_ogc.client.pace import pauses, retry_after

INSTANT = np.datetime64("2023-07-01T12:30")
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (np.arange(3), [0, 1, 2]),
        (np.float32(0.5), 0.5),
        (np.array([[1.5]]), [[1.5]]),
        (xr.DataArray([1.0, 2.0], dims="x"), [1.0, 2.0]),
        (np.array([INSTANT]), ["2023-07-01T12:30:00.000"]),
        (date(2023, 7, 1), "2023-07-01"),
        (datetime(2023, 7, 1, tzinfo=UTC), "2023-07-01T00:00:00+00:00"),
        ((1, 2), [1, 2]),
        ({"b", "a"}, ["a", "b"]),
        (b"\x00", {"value": "AA==", "encoding": "base64"}),
    ],
)
def test_values_of_python_are_sent_as_json(value, found):
    assert json.loads(encoded({"inputs": {"x": value}})) == {"inputs": {"x": found}}


@pytest.mark.parametrize("value", [float("nan"), np.array([np.inf]), object(), 1j])
def test_what_json_cannot_hold_is_told_before_anything_is_sent(value):
    with pytest.raises(UnreadableError, match="values that JSON can hold"):
        encoded({"inputs": {"x": value}})


def test_a_file_is_sent_with_its_media_type(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG")
    sent = json.loads(encoded({"x": path}))["x"]
    assert sent["mediaType"] == "image/png"
    assert base64.b64decode(sent["value"]) == b"\x89PNG"


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none(), st.booleans())))
def test_inputs_of_json_types_are_sent_as_they_are(inputs):
    assert json.loads(encoded(request_body(inputs))) == {"inputs": inputs}


def test_only_what_was_given_is_sent():
    body = request_body({}, {"a": {"transmissionMode": "reference"}}, "raw", "t", ("l",))
    assert body == {
        "inputs": {},
        "outputs": {"a": {"transmissionMode": "reference"}},
        "response": "raw",
        "title": "t",
        "labels": ["l"],
    }


@pytest.mark.parametrize(
    ("given_as", "text"),
    [
        ("2023", "2023"),
        (date(2023, 7, 1), "2023-07-01"),
        ((None, "2023"), "../2023"),
        (datetime.fromisoformat("2023-07-01T12:00"), "2023-07-01T12:00:00Z"),
        (datetime(2023, 7, 1, tzinfo=CHINA), "2023-07-01T00:00:00+08:00"),
    ],
)
def test_instants_and_intervals_are_written_as_ogc_apis_take_them(given_as, text):
    assert interval(given_as) == text


@given(st.floats(0.01, 1), st.floats(1, 3), st.floats(1, 60))
def test_pauses_never_shrink_and_never_exceed_the_most(first, factor, most):
    found = list(islice(pauses(first, factor, most), 20))
    assert found == sorted(found)
    assert found[0] == first
    assert max(found) <= most


def test_a_date_to_ask_again_is_counted_from_now():
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after("Thu, 01 Jan 2026 12:01:30 GMT", now) == 90.0
    assert retry_after("Thu, 01 Jan 2026 11:00:00 GMT", now) == 0.0
    assert retry_after(" 5 ") == 5.0
    assert retry_after("-5") is None
    assert retry_after(None) is None


def test_the_client_imports_nothing_else_of_the_project_and_nothing_heavy():
    code = "import sys, casa_ogc.client; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    own = {name for name in names if name.split(".")[0] in ("casa_ogc", "casa_processes")}
    assert {".".join(name.split(".")[:2]) for name in own} == {"casa_ogc", "casa_ogc.client"}
    assert not {"numpy", "xarray", "pydantic", "dask", "flask"} & set(names)
