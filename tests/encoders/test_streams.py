"""Texts that are written block by block are the texts that are written at once."""

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.encoders import csv, geojson
from casa_ogc.encoders.formats import FORMATS
from casa_ogc.query.answer import GridAnswer, SoundingsAnswer
from tests.encoders.answers import DAY, ORIGIN, XCO2, grid_answers, soundings, strict_json

MODULES = {"CSV": csv, "GeoJSON": geojson}
ANSWERS = grid_answers | soundings()


def rows(count: int) -> SoundingsAnswer:
    """Soundings whose every value tells its row."""
    number = np.arange(count)
    columns = {
        "sounding_id": np.array([f"{n:07d}" for n in number], dtype=object),
        "time": DAY + number * np.timedelta64(1, "s"),
        "longitude": (number % 3600 / 10 - 180).astype("float32").astype("float64"),
        "latitude": (number % 180 - 90).astype("float64"),
        "xco2": number.astype("float32"),
    }
    return SoundingsAnswer(ORIGIN, columns, {"xco2": XCO2}, count)


@given(ANSWERS, st.integers(1, 7))
def test_features_are_the_same_however_many_are_built_at_a_time(
    answer: GridAnswer | SoundingsAnswer, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geojson, "BLOCK", block)
        found = strict_json(geojson.encode(answer))
    assert found == orjson.loads(orjson.dumps(geojson.feature_collection(answer)))
    assert list(found)[-1] == "features"


@given(ANSWERS, st.integers(1, 7))
def test_lines_are_the_same_however_many_are_written_at_a_time(
    answer: GridAnswer | SoundingsAnswer, block: int
) -> None:
    whole = csv.encode(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv, "BLOCK", block)
        assert csv.encode(answer) == whole


@pytest.mark.parametrize("name", MODULES)
def test_no_block_is_larger_than_its_share(name: str) -> None:
    count = 200_000
    answer = rows(count)
    blocks = [len(block) for block in MODULES[name].stream(answer)]
    assert len(blocks) >= count // MODULES[name].BLOCK
    largest = MODULES[name].BLOCK * 1.2 * sum(blocks) / count
    assert max(blocks) < largest


@pytest.mark.parametrize("name", MODULES)
def test_every_row_is_there_once_and_in_order(name: str) -> None:
    count = 70_000
    body = b"".join(MODULES[name].stream(rows(count)))
    if name == "CSV":
        found = [line.rpartition(",")[2] for line in body.decode().splitlines()[1:]]
        assert found == [str(n) for n in range(count)]
    else:
        document = orjson.loads(body)
        assert [one["properties"]["xco2"] for one in document["features"]] == list(range(count))
        assert document["numberReturned"] == document["numberMatched"] == count
        longitudes = {one["geometry"]["coordinates"][0] for one in document["features"]}
        assert longitudes == {round(n / 10 - 180, 1) for n in range(3600)}


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_stream_is_offered_where_there_is_one(name: str) -> None:
    assert (FORMATS[name].stream is not None) == (name in MODULES)
