"""Running a process here and now, on collections of the catalogue."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from casa_processes.common.errors import InvalidInputsError, UnknownNameError
from tests.jobs.running import run_here
from tests.processes import stored


@dataclass(frozen=True)
class Shelf:
    """A catalogue of one soundings product and one grid."""

    root: Path

    def entry(self, name):
        if name not in ("demo", "maps"):
            raise UnknownNameError("collection", name, ["demo", "maps"])
        kind = "soundings" if name == "demo" else "grid"
        return SimpleNamespace(
            product=SimpleNamespace(id=name, licence="CC-BY-4.0"),
            head=SimpleNamespace(kind=kind, snapshot=stored.SNAPSHOT),
        )


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    stored.product(root)
    return Shelf(root)


def run(catalog, **inputs):
    return run_here("smoothed-column", {"profile": "prior", **inputs}, catalog)


def problems(catalog, **inputs):
    with pytest.raises(InvalidInputsError) as caught:
        run(catalog, **inputs)
    return dict(caught.value.problems)


def test_a_collection_is_resolved_to_its_current_snapshot_and_licence(catalog):
    found = run(catalog, collection="demo")
    assert found["source"] == {
        "collection": "demo",
        "snapshot": stored.SNAPSHOT,
        "licence": "CC-BY-4.0",
        "profile_basis": "wet",
    }
    assert found["prior_column"] == pytest.approx([400.0, 401.0, 402.0, 403.0, 404.0, 405.0])
    assert found["smoothed_column"][1] is None


def test_the_result_is_json(catalog):
    found = run(catalog, collection="demo", limit=2)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_outputs_without_a_value_are_left_out(catalog):
    posted = {"pressure_weight": [1.0], "averaging_kernel": [1.0], "prior": [400.0]}
    found = run(catalog, observations=posted)
    assert set(found) == {
        "smoothed_column",
        "true_column",
        "prior_column",
        "sounding_id",
        "matched",
    }


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"datetime": "2023-04-01"}, ["s0", "s1", "s2", "s3"]),
        ({"datetime": "2023-04-01T12:00:00Z/.."}, ["s2", "s3", "s4", "s5"]),
        ({"datetime": "2023-04-01T06:00:00Z"}, ["s1"]),
        ({"bbox": [170, -90, -170, 90]}, ["s2", "s3", "s4"]),
        ({"bbox": [170, -90, -170, 90], "datetime": "2023-04-02"}, ["s4"]),
        ({"datetime": "2023-04-01", "limit": 2}, ["s0", "s1"]),
    ],
)
def test_time_and_box_select_soundings_as_every_other_service_does(catalog, selection, expected):
    assert run(catalog, collection="demo", **selection)["sounding_id"] == expected


def test_an_unknown_collection_is_named_with_those_that_exist(catalog):
    found = problems(catalog, collection="zork")
    assert found == {"/collection": "no collection 'zork'; there are: demo, maps"}


def test_a_collection_of_the_wrong_kind_is_refused(catalog):
    assert problems(catalog, collection="maps") == {"/collection": "'maps' holds no soundings"}


def test_a_time_that_cannot_be_read_is_named_by_its_place(catalog):
    assert set(problems(catalog, collection="demo", datetime="yesterday")) == {"/datetime"}


def test_a_box_that_does_not_exist_is_named_by_its_place(catalog):
    assert set(problems(catalog, collection="demo", bbox=[0, 80, 10, 100])) == {"/bbox"}


def test_an_unknown_process_is_named_with_those_that_exist(catalog):
    with pytest.raises(UnknownNameError, match="no process 'zork'"):
        run_here("zork", {}, catalog)
