"""The processor that serves every process behind pygeoapi's interface."""

import pytest

from casa_processes.common.errors import InvalidInputsError, UnknownNameError
from casa_processes.common.registry import process, process_ids

plugin = pytest.importorskip("casa_ogc.plugins.process", reason="needs pygeoapi")
NAME = "casa_ogc.plugins.process.CasaProcessor"
OBSERVATIONS = {"pressure_weight": [1.0], "averaging_kernel": [1.0], "prior": [400.0]}


@pytest.fixture
def smoothed(monkeypatch):
    monkeypatch.setattr(plugin, "_catalog", lambda: None)
    return plugin.CasaProcessor({"name": NAME, "process": "smoothed-column"})


@pytest.mark.parametrize("name", process_ids())
def test_metadata_are_the_description_of_the_process_in_both_languages(name):
    found = plugin.CasaProcessor({"name": NAME, "process": name})
    expected = process(name).description()
    assert found.metadata["inputs"] == expected["inputs"]
    assert found.metadata["outputs"] == expected["outputs"]
    assert found.metadata["title"] == {
        "en": process(name).title.en,
        "zh": process(name).title.zh,
    }


def test_two_processors_share_no_metadata():
    one, other = (plugin.CasaProcessor({"name": NAME, "process": "smoothed-column"}) for _ in "ab")
    one.metadata["jobControlOptions"].append("async-execute")
    assert other.metadata["jobControlOptions"] == ["sync-execute"]


def test_execution_gives_json_outputs(smoothed):
    media_type, found = smoothed.execute({"profile": [401.0], "observations": OBSERVATIONS})
    assert media_type == "application/json"
    assert found["smoothed_column"] == [401.0]
    assert found["prior_column"] == [400.0]


@pytest.mark.parametrize("asked", [["true_column"], {"true_column": {}}])
def test_only_the_outputs_that_were_asked_for_are_given(smoothed, asked):
    _, found = smoothed.execute({"profile": [401.0], "observations": OBSERVATIONS}, asked)
    assert found == {"true_column": [401.0]}


def test_an_unknown_output_is_refused_with_those_that_exist(smoothed):
    with pytest.raises(UnknownNameError, match=r"no output 'zork'; there are: .*true_column"):
        smoothed.execute({"profile": [401.0], "observations": OBSERVATIONS}, ["zork"])


def test_wrong_inputs_are_refused_by_their_places(smoothed):
    with pytest.raises(InvalidInputsError, match="/profile: Field required"):
        smoothed.execute({})


def test_an_unknown_process_is_refused():
    with pytest.raises(UnknownNameError, match="no process 'zork'"):
        plugin.CasaProcessor({"name": NAME, "process": "zork"})
