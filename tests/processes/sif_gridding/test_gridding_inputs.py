"""Inputs of gridding: what is refused, where, and what a run is expected to take."""

import json

import pytest

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.references import InputRef
from casa_processes.common.registry import process
from casa_processes.gridding.grid import MOST_CELLS

PROCESS = process("sif-gridding")
MADE = {"soundings": "synthetic"}


def problems(inputs, references=None):
    with pytest.raises(InvalidInputsError) as caught:
        PROCESS.examine(PROCESS.validate(inputs), references or {})
    return [place for place, _ in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"zork": 1}, "/zork"),
        ({"soundings": ""}, "/soundings"),
        ({"collection": "a"}, ""),
        ({"variables": []}, "/variables"),
        ({"variables": ["sif_740", "sif_740"]}, "/variables"),
        ({"variables": ["sif_740", "zork"]}, "/variables/1"),
        ({"resolution": 0.7}, "/resolution"),
        ({"resolution": 0.001}, "/resolution"),
        ({"resolution": [1.0, 0.7]}, "/resolution"),
        ({"resolution": 0.05}, "/resolution"),
        ({"resolution": "1"}, "/resolution"),
        ({"time_step": "P1W"}, "/time_step"),
        ({"time_step": "P5M"}, "/time_step"),
        ({"bbox": [0, 10, 5, 10]}, "/bbox"),
        ({"bbox": [0, -91, 5, 0]}, "/bbox"),
        ({"bbox": [0, 0, 181, 5]}, "/bbox"),
        ({"bbox": [0, 0, 5]}, "/bbox"),
        ({"datetime": "yesterday"}, "/datetime"),
        ({"datetime": "2023-02-01/2023-01-01"}, "/datetime"),
        ({"weights": "none"}, "/weights"),
        ({"point_area": 0}, "/point_area"),
        ({"error_correlation": 1.1}, "/error_correlation"),
        ({"error_correlation": -0.1}, "/error_correlation"),
        ({"overpass": 0}, "/overpass"),
        ({"good_only": 1}, "/good_only"),
        ({"plots": "yes"}, "/plots"),
        ({"against": "synthetic", "against_collection": "a"}, "/against"),
        ({"against_variable": "sif_757"}, "/against_variable"),
        ({"against": "synthetic", "against_variable": "zork"}, "/against_variable"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_place(more, place):
    found = problems({**MADE, **more})
    assert [each for each in dict.fromkeys(found) if each.startswith(place)] == [place]


def test_a_source_is_needed_and_all_wrong_fields_are_named():
    assert problems({}) == [""]
    assert problems({**MADE, "resolution": 0.7, "time_step": "x", "variables": ["zork"]}) == [
        "/resolution",
        "/time_step",
        "/variables/0",
    ]


def test_a_box_makes_small_cells_few_enough():
    PROCESS.examine(PROCESS.validate({**MADE, "resolution": 0.05, "bbox": [0, 0, 50, 50]}), {})
    assert MOST_CELLS < 7200 * 3600


def stored(folder, **head):
    text = json.dumps({"head": head})
    (folder / "head.json").write_text(text)
    return {"collection": InputRef(str(folder), "1", "CC0-1.0")}


def test_more_soundings_and_steps_are_expected_to_take_longer(tmp_path):
    inputs = {"collection": "a", "resolution": 1.0, "time_step": "P1D"}

    def cost(count, last, **more):
        sizes, ends = {"sounding": count}, ["2023-01-01", last]
        references = stored(tmp_path, dimensions=sizes, time=ends, variables=["sif_740"])
        return PROCESS.cost(PROCESS.validate({**inputs, **more}), references)

    few, many, long = cost(10, "2023-01-02"), cost(10**7, "2023-01-02"), cost(10, "2024-01-02")
    assert few.cpu_seconds < 10 < many.cpu_seconds
    assert few.result < long.result
    assert cost(10, "2023-01-02", resolution=0.1).memory > few.memory + 5e8


@pytest.mark.parametrize("head", [{}, {"dimensions": {}, "time": None}, {"dimensions": 3}])
def test_a_head_that_tells_nothing_is_no_fault(tmp_path, head):
    inputs = PROCESS.validate({"collection": "a"})
    assert PROCESS.cost(inputs, stored(tmp_path, **head)).cpu_seconds > 5
    assert PROCESS.cost(inputs, {"collection": InputRef("gone", "1", "")}).cpu_seconds > 5


def test_a_comparison_takes_longer(tmp_path):
    def cost(references=None, **more):
        return PROCESS.cost(PROCESS.validate({**MADE, **more}), references or {}).cpu_seconds

    sizes, ends = {"sounding": 10**8}, ["2023-01-01", "2023-01-02"]
    (held,) = stored(tmp_path, dimensions=sizes, time=ends, variables=["sif_740"]).values()
    alone = cost()
    assert alone < cost(against="synthetic") < cost(against="other.nc")
    assert cost({"against_collection": held}, against_collection="a") > alone + 100


def test_cells_that_are_kept_for_a_comparison_count_as_memory():
    alone, both = (
        PROCESS.cost(PROCESS.validate({**MADE, **more}), {})
        for more in ({}, {"against": "other.nc"})
    )
    assert 1e6 < both.memory - alone.memory <= 104 * 20_000_000


def test_wrong_inputs_have_a_cost_too():
    assert PROCESS.cost(PROCESS.validate({**MADE, "resolution": 0.7}), {}).cpu_seconds > 0
