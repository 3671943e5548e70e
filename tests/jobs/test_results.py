"""Results on disk: whole or not there, checked when they are read, kept where they belong."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

from casa_ogc.jobs import results
from casa_ogc.jobs.record import Execution, Job
from casa_processes.common.errors import IntegrityError, InvalidValueError, UnknownNameError
from casa_processes.common.process import FileOf, Process, Text

ID = "0123456789abcdef0123456789abcdef"


class Inputs(BaseModel):
    """None."""


class Outputs(BaseModel):
    number: float | None = None
    words: list[str] = []
    table: Annotated[Path | None, FileOf("text/csv")] = None
    image: Annotated[Path | None, FileOf("image/png")] = None


PROCESS = Process("p", "1", Text("p", "p"), Text("p", "p"), Inputs, Outputs, "p:p")
JOB = Job(ID, Execution("p", "1", {}), "", "", "running", "then", "then", attempt=2)


def written(folder, **outputs):
    """Write outputs; the job as its row knows it then."""
    found = results.write(folder, JOB, PROCESS, Outputs(**outputs))
    return dataclasses.replace(JOB, status="successful", result=found.sha256), found


@pytest.fixture
def place(tmp_path):
    """The folder that an attempt writes into."""
    return results.partial_folder(tmp_path, ID, 2)


def test_what_is_read_is_what_was_written(tmp_path, place):
    (place / "a.csv").write_text("a,b\n1,2\n")
    job, found = written(tmp_path, number=0.1, words=["气", "<b>"], table=place / "a.csv")
    manifest = results.read(tmp_path, job)
    assert manifest == found.manifest
    assert manifest.outputs["number"] == 0.1
    assert manifest.outputs["words"] == ["气", "<b>"]
    assert manifest.outputs["table"].size == 8
    assert "image" not in manifest.outputs
    assert results.open_output(tmp_path, job, "table").read_text() == "a,b\n1,2\n"
    assert results.open_output(tmp_path, job, "words") == ["气", "<b>"]


def test_the_size_is_that_of_manifest_and_files(tmp_path, place):
    (place / "deep").mkdir()
    (place / "deep" / "a.csv").write_bytes(b"x" * 1000)
    _, found = written(tmp_path, table=Path("deep/a.csv"))
    manifest = tmp_path / "results" / ID / "2" / "manifest.json"
    assert found.size == 1000 + manifest.stat().st_size
    assert found.manifest.outputs["table"].file == "deep/a.csv"


def test_nothing_is_there_before_all_is_there(tmp_path, place):
    (place / "a.csv").write_text("half")
    assert [each.name for each in place.parent.iterdir()] == [".2.partial"]
    with pytest.raises(IntegrityError, match="missing"):
        results.read(tmp_path, JOB)
    written(tmp_path, number=1.0)
    assert [each.name for each in place.parent.iterdir()] == ["2"]


def test_a_manifest_that_was_changed_is_refused(tmp_path, place):
    job, _ = written(tmp_path, number=1.0)
    path = tmp_path / "results" / ID / "2" / "manifest.json"
    path.write_text(path.read_text().replace("1.0", "2.0"))
    with pytest.raises(IntegrityError, match="bytes differ"):
        results.read(tmp_path, job)


@pytest.mark.parametrize("content", [b"1234567x", b"123", b""])
def test_a_file_that_was_changed_is_refused(tmp_path, place, content):
    (place / "a.csv").write_bytes(b"12345678")
    job, _ = written(tmp_path, table=place / "a.csv")
    (tmp_path / "results" / ID / "2" / "a.csv").write_bytes(content)
    with pytest.raises(IntegrityError, match="bytes differ"):
        results.open_output(tmp_path, job, "table")


def test_a_file_that_is_gone_is_told(tmp_path, place):
    (place / "a.csv").write_bytes(b"1")
    job, _ = written(tmp_path, table=place / "a.csv")
    (tmp_path / "results" / ID / "2" / "a.csv").unlink()
    with pytest.raises(IntegrityError, match="missing"):
        results.open_output(tmp_path, job, "table")


def test_an_output_that_there_is_none_of_is_told_with_those_there_are(tmp_path, place):
    job, _ = written(tmp_path, number=1.0)
    with pytest.raises(UnknownNameError, match="no output 'zork'; there are: number, words"):
        results.open_output(tmp_path, job, "zork")


@pytest.mark.parametrize("name", ["missing.csv", "../outside.csv", "manifest.json", "."])
def test_a_file_elsewhere_is_no_output(tmp_path, place, name):
    (place.parent / "outside.csv").write_text("secret")
    (place / "manifest.json").write_text("{}")
    with pytest.raises(InvalidValueError, match="output table"):
        written(tmp_path, table=Path(name))


def test_a_link_that_leads_elsewhere_is_no_output(tmp_path, place):
    (tmp_path / "secret").write_text("secret")
    (place / "a.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidValueError, match="output table"):
        written(tmp_path, table=place / "a.csv")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "a" * 65, "-a", "a\n", "a b"])
def test_an_id_that_leads_elsewhere_is_refused(tmp_path, name):
    calls = (
        lambda: results.partial_folder(tmp_path, name, 1),
        lambda: results.remove(tmp_path, name),
        lambda: results.log_path(tmp_path, name),
        lambda: results.parts_folder(tmp_path, name),
        lambda: results.read(tmp_path, dataclasses.replace(JOB, id=name)),
    )
    for call in calls:
        with pytest.raises(InvalidValueError, match="job"):
            call()


def test_values_that_json_cannot_say_are_refused_before_anything_is_in_place(tmp_path, place):
    with pytest.raises(ValueError, match="nan"):
        written(tmp_path, number=float("nan"))
    assert not (tmp_path / "results" / ID / "2").exists()


def test_what_other_attempts_left_goes_and_parts_too(tmp_path, place):
    results.partial_folder(tmp_path, ID, 1)
    results.parts_folder(tmp_path, ID).mkdir(parents=True)
    job, _ = written(tmp_path, number=1.0)
    results.keep_only(tmp_path, ID, 2)
    assert [each.name for each in place.parent.iterdir()] == ["2"]
    assert not results.parts_folder(tmp_path, ID).exists()
    assert results.read(tmp_path, job).outputs["number"] == 1.0


def test_an_attempt_that_is_discarded_leaves_the_others(tmp_path, place):
    written(tmp_path, number=1.0)
    results.partial_folder(tmp_path, ID, 3)
    results.discard(tmp_path, ID, 3)
    assert [each.name for each in place.parent.iterdir()] == ["2"]
    results.discard(tmp_path, ID, 2)
    assert not list(place.parent.iterdir())


def test_removing_takes_results_and_parts_and_may_be_repeated(tmp_path, place):
    results.parts_folder(tmp_path, ID).mkdir(parents=True)
    for _ in range(2):
        results.remove(tmp_path, ID)
    assert not place.parent.exists()
    assert not results.parts_folder(tmp_path, ID).exists()


def test_an_interrupted_attempt_begins_with_an_empty_folder(tmp_path, place):
    (place / "old").write_text("x")
    assert not list(results.partial_folder(tmp_path, ID, 2).iterdir())


def test_files_beside_are_kept_but_are_no_outputs(tmp_path, place):
    beside = {"prov.json": b"{}"}
    results.write(tmp_path, JOB, PROCESS, Outputs(number=1.0), lambda _: beside)
    folder = tmp_path / "results" / ID / "2"
    assert (folder / "prov.json").read_bytes() == b"{}"
    assert set(json.loads((folder / "manifest.json").read_text())["outputs"]) == {"number", "words"}
