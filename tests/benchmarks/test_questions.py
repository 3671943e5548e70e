import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from benchmarks.services.field import VARIABLES, Shape
from benchmarks.services.questions import Question, fault, questions

NAMES = ("position", "cube", "globe")


def question(name: str, shape: Shape) -> Question:
    return next(one for one in questions(shape) if one.name == name)


def upside_down(document: dict[str, Any]) -> None:
    for one in document["ranges"].values():
        one["values"] = np.array(one["values"]).reshape(one["shape"])[:, ::-1].ravel().tolist()


def one_wrong_value(document: dict[str, Any]) -> None:
    document["ranges"]["xco2"]["values"][-1] += 0.1


def moved_axis(document: dict[str, Any]) -> None:
    axis = document["domain"]["axes"]["x"]
    axis["values"] = [value + 20 for value in axis["values"]]


def a_variable_less(document: dict[str, Any]) -> None:
    del document["ranges"]["sif_740"]


@pytest.mark.parametrize("name", NAMES)
def test_the_ceiling_answers_every_request_rightly(
    client: FlaskClient, shape: Shape, name: str
) -> None:
    asked = question(name, shape)
    answer = client.get(asked.paths["ceiling"])
    assert answer.status_code == 200
    assert fault(asked, shape, answer.data) == ""


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (upside_down, "upside down"),
        (one_wrong_value, "wrong values of xco2"),
        (moved_axis, "other cells than asked"),
        (a_variable_less, "no coverage of all variables"),
    ],
)
def test_a_wrong_answer_is_called_wrong(
    client: FlaskClient, shape: Shape, spoil: Callable[[dict[str, Any]], None], words: str
) -> None:
    asked = question("cube", shape)
    document = json.loads(client.get(asked.paths["ceiling"]).data)
    spoil(document)
    assert words in fault(asked, shape, json.dumps(document).encode())


def test_an_answer_on_descending_latitudes_is_right_when_its_values_are(
    client: FlaskClient, shape: Shape
) -> None:
    asked = question("globe", shape)
    document = json.loads(client.get(asked.paths["ceiling"]).data)
    upside_down(document)
    document["domain"]["axes"]["y"]["values"].reverse()
    assert fault(asked, shape, json.dumps(document).encode()) == ""


def test_text_that_is_no_json_is_called_wrong(shape: Shape) -> None:
    assert "no coverage" in fault(question("globe", shape), shape, b"<html>")


def test_every_server_is_asked_for_the_same_cells(shape: Shape) -> None:
    for asked in questions(shape):
        assert set(asked.paths) == {"ours", "ceiling", "stock", "xpublish"}
        assert asked.days.size * asked.rows.size * asked.columns.size > 1
    assert len(VARIABLES) == 3
