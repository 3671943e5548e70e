"""The process as a client sees it: inputs, outputs, errors."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidInputsError, UnknownNameError
from casa_processes.common.registry import process
from tests.processes import stored

SMOOTHED = process("smoothed-column")
ONE = {
    "pressure_weight": [0.25, 0.5, 0.25],
    "averaging_kernel": [0.9, 1.0, 1.1],
    "prior": [401.0, 402.0, 403.0],
    "pressure": [1000.0, 500.0, 1.0],
}
TWO = {name: [row, row] for name, row in ONE.items()}


def run(inputs, references=None):
    with TemporaryDirectory() as folder:
        return SMOOTHED.load()(SMOOTHED.validate(inputs), SerialContext(Path(folder), references))


def refused(inputs, references=None):
    with pytest.raises(InvalidInputsError) as caught:
        run(inputs, references)
    return dict(caught.value.problems)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return {"collection": stored.product(tmp_path_factory.mktemp("archive"))}


def test_one_posted_sounding_gives_one_column():
    found = run({"profile": [400.0, 404.0, 410.0], "observations": ONE})
    assert found.smoothed_column == pytest.approx([402 + 0.25 * -0.9 + 0.5 * 2 + 0.25 * 7.7])
    assert found.true_column == pytest.approx([404.5])
    assert found.prior_column == [402.0]
    assert (found.sounding_id, found.time, found.matched, found.source) == (["1"], None, 1, None)


def test_posted_identifiers_are_repeated():
    posted = {**TWO, "sounding_id": ["a", "b"]}
    found = run({"profile": "prior", "observations": posted})
    assert found.sounding_id == ["a", "b"]
    assert found.smoothed_column == found.true_column == found.prior_column == [402.0, 402.0]


def test_each_sounding_may_have_its_own_profile():
    found = run({"profile": [[400.0] * 3, [410.0] * 3], "observations": TWO})
    assert found.true_column == pytest.approx([400.0, 410.0])


def test_a_profile_on_its_own_pressures_keeps_its_column():
    pressure = list(np.linspace(1.0, 1000.0, 50))
    profile = [400.0 + each / 100.0 for each in pressure]
    found = run({"profile": profile, "profile_pressure": pressure, "observations": ONE})
    on_levels = run({"profile": [410.0, 405.0, 400.01], "observations": ONE})
    assert found.smoothed_column == pytest.approx(on_levels.smoothed_column, rel=1e-9)


def test_stored_soundings_give_columns_with_their_times_version_and_licence(demo):
    found = run({"profile": [400.0, 404.0, 410.0], "collection": "demo", "limit": 3}, demo)
    assert found.smoothed_column == [pytest.approx(404.5), None, pytest.approx(404.5)]
    assert found.true_column == pytest.approx([404.5] * 3)
    assert found.prior_column == pytest.approx([400.0, 401.0, 402.0])
    assert found.sounding_id == ["s0", "s1", "s2"]
    assert found.time[1] == "2023-04-01T06:00:00.000Z"
    assert found.matched == 6
    assert (found.source.collection, found.source.snapshot) == ("demo", stored.SNAPSHOT)
    assert (found.source.licence, found.source.profile_basis) == ("CC-BY-4.0", "wet")


def test_a_profile_on_its_own_pressures_is_brought_to_stored_levels(demo):
    inputs = {"profile": [400.0, 400.0], "profile_pressure": [1000.0, 1.0], "collection": "demo"}
    assert run(inputs, demo).true_column == pytest.approx([400.0] * 6)


def test_a_selection_that_nothing_meets_gives_empty_columns(demo):
    nothing = {"collection": replace(demo["collection"], intervals=((None, "1999-01-01"),))}
    found = run({"profile": [400.0] * 3, "collection": "demo"}, nothing)
    assert found.smoothed_column == found.sounding_id == found.time == []
    assert found.matched == 0


def test_a_collection_without_averaging_kernels_is_refused(tmp_path, monkeypatch):
    whole = stored.soundings
    monkeypatch.setattr(
        stored,
        "soundings",
        lambda count: {k: v for k, v in whole(count).items() if k != "xco2_averaging_kernel"},
    )
    with pytest.raises(UnknownNameError, match="no variable 'xco2_averaging_kernel'"):
        run({"profile": "prior", "collection": "demo"}, {"collection": stored.product(tmp_path)})


@pytest.mark.parametrize(
    ("inputs", "places"),
    [
        ({"profile": "prior"}, {""}),
        ({"profile": "prior", "collection": "demo", "observations": ONE}, {""}),
        (
            {"profile": "prior", "observations": ONE, "limit": 3, "bbox": [0, 0, 1, 1]},
            {"/limit", "/bbox"},
        ),
        (
            {"profile": "prior", "profile_pressure": [1.0, 2.0, 3.0], "observations": ONE},
            {"/profile_pressure"},
        ),
        ({"profile": "posterior", "observations": ONE}, {"/profile"}),
        ({"profile": [400.0] * 4, "observations": ONE}, {"/profile"}),
        ({"profile": [[400.0] * 3] * 3, "observations": TWO}, {"/profile"}),
        ({"profile": [[400.0] * 3, [400.0]], "observations": TWO}, {"/profile/1"}),
        ({"profile": [400.0, float("nan"), 1.0], "observations": ONE}, {"/profile/1"}),
        ({"profile": [400.0, "400", 1.0], "observations": ONE}, {"/profile/1"}),
        ({"profile": [400.0, True, 1.0], "observations": ONE}, {"/profile/1"}),
        ({"profile": [400.0] * 501, "observations": ONE}, {"/profile"}),
        ({"profile": "prior", "collection": "demo", "limit": 5_000_001}, {"/limit"}),
        ({"profile": "prior", "collection": "demo", "limit": True}, {"/limit"}),
        ({"profile": "prior", "collection": "demo", "bbox": [0, 0, 1]}, {"/bbox"}),
    ],
)
def test_what_cannot_be_used_is_named_by_its_place(inputs, places):
    assert set(refused(inputs)) == places


def test_a_word_that_is_not_the_one_is_told_the_one():
    assert "'prior'" in refused({"profile": "Prior", "observations": ONE})["/profile"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"pressure_weight": [0.5, 0.5, 0.5]}, "pressure_weight"),
        ({"pressure_weight": [1.5, -0.25, -0.25]}, "pressure_weight"),
        ({"averaging_kernel": [1.0, 1.0]}, "averaging_kernel"),
        ({"prior": [[400.0] * 3] * 2}, "prior"),
        ({"prior": [400.0, float("inf"), 400.0]}, "prior/1"),
        ({"pressure": [1000.0, 1.0, 500.0]}, "pressure"),
        ({"pressure": [1000.0, 500.0]}, "pressure"),
        ({"sounding_id": ["a", "b"]}, "sounding_id"),
    ],
)
def test_observations_that_do_not_fit_are_named_by_their_place(change, place):
    found = refused({"profile": "prior", "observations": {**ONE, **change}})
    assert set(found) == {f"/observations/{place}"}


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"profile_pressure": [1.0, 2.0]}, "1 x 2 values"),
        ({"profile_pressure": [1.0, 1.0, 1.0]}, "not positive and strictly monotonic"),
        ({"profile_pressure": [102000.0, 50000.0, 1.0]}, "is it in Pa"),
        ({"profile_pressure": [1.0, 20.0, 30.0]}, "covers 3%"),
    ],
)
def test_pressures_of_a_profile_that_do_not_fit_are_refused(inputs, reason):
    found = refused({"profile": [400.0] * 3, "observations": ONE, **inputs})
    assert reason in found["/profile_pressure"]


def test_a_profile_on_its_own_pressures_needs_those_of_the_observations():
    posted = {name: row for name, row in ONE.items() if name != "pressure"}
    inputs = {"profile": [400.0] * 3, "profile_pressure": [1.0, 2.0, 3.0], "observations": posted}
    assert "give no pressure" in refused(inputs)["/profile_pressure"]


def test_a_shape_is_told_in_soundings_and_levels():
    posted = {**ONE, "prior": [[400.0] * 3] * 2}
    found = refused({"profile": "prior", "observations": posted})["/observations/prior"]
    assert found == "2 x 3 values (soundings x levels); expected 1 x 3"
