"""Inputs: what is refused, where, before a job is queued; what a run is expected to take."""

import pytest

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import named_files
from casa_processes.common.json_schema import published_schema
from casa_processes.sif_retrieval import Inputs
from casa_processes.sif_retrieval.parts import inputs_text, options_of
from tests.processes.sif_retrieval.runs import PROCESS

OWN = {"name": "757", "first_nm": 758.0, "last_nm": 759.5}


def problems(inputs):
    with pytest.raises(InvalidInputsError) as caught:
        PROCESS.examine(PROCESS.validate(inputs), {})
    return [place for place, _ in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"zork": 1}, "/zork"),
        ({"l1b": ""}, "/l1b"),
        ({"l1b": 3}, "/l1b"),
        ({"instrument": "zork"}, "/instrument"),
        ({"windows": []}, "/windows"),
        ({"windows": ["757", "757"]}, "/windows"),
        ({"windows": ["757", OWN]}, "/windows"),
        ({"windows": [{**OWN, "last_nm": 757.0}]}, "/windows/0"),
        ({"windows": [{**OWN, "vectors": 0}]}, "/windows/0/vectors"),
        ({"windows": [{**OWN, "order": 9}]}, "/windows/0/order"),
        ({"windows": [{**OWN, "shape": "round"}]}, "/windows/0/shape"),
        ({"windows": [{**OWN, "name": "zork"}]}, "/windows/0/name"),
        ({"windows": [{**OWN, "band": "zork"}], "instrument": "oco2"}, "/windows/0"),
        ({"windows": ["757", "740"], "instrument": "oco2"}, "/windows/1"),
        ({"method": "svd"}, "/method"),
        ({"method": "physical"}, "/solar"),
        ({"solar": "a.txt"}, "/solar"),
        ({"training": {"classes": []}}, "/training/classes"),
        ({"training": {"classes": [18]}}, "/training/classes/0"),
        ({"training": {"radiance": [50.0, 10.0]}}, "/training"),
        ({"training": {"most": 1}}, "/training/most"),
        ({"training": {"rejection": 1.0}}, "/training/rejection"),
        ({"bbox": [0, 10, 5, -10]}, "/bbox"),
        ({"bbox": [0, 0, 5, "1"]}, "/bbox/3"),
        ({"datetime": "yesterday"}, "/datetime"),
        ({"grid": {"resolution": 0.7}}, "/grid/resolution"),
        ({"grid": {"time_step": "P5M"}}, "/grid/time_step"),
        ({"grid": {"error_correlation": 2}}, "/grid/error_correlation"),
        ({"simulated": 100}, "/simulated"),
        ({"seed": -1}, "/seed"),
        ({"plots": "no"}, "/plots"),
        ({"zero_level": 1}, "/zero_level"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_place(more, place):
    found = problems({"l1b": "a.h5", **more})
    assert place in found
    # A window that is neither a name nor an object is refused as both.
    assert all(each.startswith(place) or place.startswith(each) for each in found)


def test_simulated_spectra_take_no_files_and_no_instrument():
    found = problems({"l1b": "synthetic", "surface": "a", "instrument": "oco2"})
    assert found == ["/surface", "/instrument"]
    assert problems({"l1b": "synthetic", "solar": "builtin"}) == ["/solar"]
    PROCESS.examine(PROCESS.validate({"l1b": "synthetic", "method": "physical"}), {})
    assert problems({"l1b": "synthetic", "windows": ["740"]}) == ["/windows/0"]


def test_an_instrument_without_windows_asks_for_ones_of_ones_own():
    inputs = {"l1b": "a.nc", "instrument": "tropomi", "windows": ["757"]}
    assert problems(inputs) == ["/windows/0"]
    own = {**OWN, "band": "nir", "first_nm": 745.0, "last_nm": 757.0}
    PROCESS.examine(PROCESS.validate({**inputs, "windows": [own]}), {})


def test_all_faults_are_named_at_once():
    inputs = {"l1b": "a", "instrument": "oco2", "windows": ["685", "740"]}
    grid = {"resolution": 0.7, "time_step": "x"}
    assert problems({**inputs, "grid": grid}) == [
        "/windows/0", "/windows/1", "/grid/resolution", "/grid/time_step",
    ]  # fmt: skip


def test_words_are_no_files_and_names_are():
    assert named_files(Inputs(l1b="synthetic")) == {}
    found = named_files(Inputs(l1b="a.h5", surface="b.nc"))
    assert found == {"l1b": "a.h5", "surface": "b.nc"}


def test_choices_reach_the_model():
    training = {"classes": [0, 17], "solar_zenith": 60.0, "radiance": [5.0, 50.0], "rejection": 4.0}
    options = options_of(PROCESS.validate({"l1b": "synthetic", "training": training}))
    assert options.classes == (0, 17)
    assert (options.solar_zenith, options.radiance, options.rejection) == (60.0, (5.0, 50.0), 4.0)


def test_equal_inputs_have_equal_text():
    one = PROCESS.validate({"l1b": "synthetic", "windows": [OWN], "seed": 3})
    two = PROCESS.validate(
        {"seed": 3, "windows": [dict(reversed(OWN.items()))], "l1b": "synthetic"}
    )
    assert inputs_text(one) == inputs_text(two)
    assert Inputs.model_validate_json(inputs_text(one)) == one


def test_more_soundings_and_pictures_are_expected_to_take_longer():
    def cost(**more):
        return PROCESS.cost(PROCESS.validate({"l1b": "synthetic", **more}), {})

    assert cost(simulated=2000).cpu_seconds < cost(simulated=200_000).cpu_seconds
    assert cost(plots=False).cpu_seconds < cost().cpu_seconds
    file = PROCESS.cost(PROCESS.validate({"l1b": "a.h5"}), {})
    assert file.result > cost().result


def test_the_windows_are_published_as_names_or_objects():
    windows = published_schema(Inputs)["properties"]["windows"]["items"]["anyOf"]
    assert windows[0]["enum"] == ["757", "771", "740", "740w", "685"]
    assert windows[1]["properties"]["first_nm"]["description"].endswith("[nm]")
