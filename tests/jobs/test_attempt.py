"""An attempt on a real worker: what becomes of a job, its row, its files and its log."""

import hashlib
import math

import pytest

from benchmarks.jobs_site import engine_site, wait_for
from casa_ogc.jobs.attempt import failure_of
from casa_ogc.jobs.lost_workers import MemoryLimitError
from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidInputsError, TooLargeError
from casa_processes.common.references import Box, InputRef
from casa_processes.common.registry import process
from tests.jobs.netcdf_bits import bits

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with a local cluster of two workers."""
    with engine_site(tmp_path_factory.mktemp("attempts")) as opened:
        opened.start_broker()
        yield opened


def serially(folder, process_id, **inputs):
    """What a process gives without any cluster."""
    found = process(process_id)
    return found.load()(found.validate(inputs), SerialContext(folder)).model_dump(mode="json")


def test_a_job_gives_what_the_same_run_without_a_cluster_gives(site, tmp_path):
    asked = {"seconds": 0.2, "parts": 5, "seed": 7}
    job = site.run("long", **asked)
    expected = serially(tmp_path, "long", **asked)
    expected.pop("grid")
    assert site.outputs(job) == expected


def test_a_file_of_a_job_holds_the_bits_of_a_run_without_a_cluster(site, tmp_path):
    asked = {"seconds": 0.05, "parts": 3, "grid": True}
    job = site.run("long", **asked)
    stored = site.outputs(job)["grid"]
    path = site.folder / "results" / job.id / "1" / stored.file
    serially(tmp_path, "long", **asked)
    assert bits(path) == bits(tmp_path / "grid.nc")
    assert stored.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (stored.size, stored.media_type) == (path.stat().st_size, "application/x-netcdf")


def test_a_successful_job_tells_what_it_took(site):
    job = site.run("long", seconds=0.5, parts=4)
    assert (job.status, job.progress, job.attempt) == ("successful", 100, 1)
    assert 0.2 < job.cpu_seconds < 30
    assert job.memory > 50 * 1024**2
    manifest = site.folder / "results" / job.id / "1" / "manifest.json"
    assert job.result_bytes == manifest.stat().st_size
    assert job.result == hashlib.sha256(manifest.read_bytes()).hexdigest()


def test_a_running_job_tells_its_progress_in_whole_parts(site):
    job = site.submit("long", seconds=6, parts=20)
    seen = wait_for(lambda: (now := site.store.get(job.id)).progress >= 10 and now)
    assert seen.status == "running"
    done, total = seen.message.removesuffix(" parts").split(" of ")
    assert total == "20"
    assert seen.progress == 100 * int(done) // 20
    site.store.dismiss(job.id)
    site.until(job)


def test_results_and_log_of_other_attempts_and_parts_are_gone_after_success(site):
    job = site.run("long", seconds=0.05, parts=2)
    assert [each.name for each in (site.folder / "results" / job.id).iterdir()] == ["1"]
    wait_for(lambda: not (site.folder / "parts" / job.id).exists())


def test_the_log_tells_worker_process_and_times(site):
    job = site.run("echo", stringInput="a")
    log = wait_for(lambda: "successful" in (text := site.log(job)) and text)
    first, *_, last = log.splitlines()
    assert first.startswith("[1] 20")
    assert f"started on {job.worker}" in first
    assert "echo " in first
    assert "casa-ogc " in first
    assert last.endswith("Z successful")


def test_an_error_of_a_part_names_class_message_and_part_and_leaves_nothing(site):
    job = site.run("long", seconds=0.1, parts=6, fail_at=4)
    assert job.status == "failed"
    assert job.failure.error == "PlannedFailureError"
    assert job.failure.message == "part 4 failed, as was asked for (part 4 of 6)"
    assert not list((site.folder / "results" / job.id).iterdir())


def test_an_error_that_nobody_foresaw_tells_its_place_and_the_log_its_traceback(site):
    job = site.run("long", seconds=0.1, parts=3, fail_at=2, failure="bug")
    assert job.failure.error == "ZeroDivisionError"
    assert job.failure.message.startswith("nobody foresaw this (part 2 of 3)")
    assert "in _fail, casa_processes/long/pipeline.py:" in job.failure.message
    log = wait_for(lambda: "failed" in (text := site.log(job)) and text)
    assert "Traceback (most recent call last)" in log
    assert "[1] ZeroDivisionError: nobody foresaw this" in log


def test_inputs_that_no_longer_fit_fail_the_job_and_name_their_place(site):
    job = site.run("long", seconds="soon")
    assert job.failure.error == "InvalidInputsError"
    assert [place for place, _ in job.failure.problems] == ["/seconds"]


def test_a_reference_comes_back_from_json_as_it_was():
    box = Box(-10.0, -20.0, 30.0, 40.0)
    intervals = (("2023-01-01T00:00:00", None), (None, None))
    asked = InputRef("folder", "snapshot", "CC0-1.0", intervals, box, good_only=True)
    stored = {
        "href": "folder",
        "snapshot": "snapshot",
        "licence": "CC0-1.0",
        "intervals": [["2023-01-01T00:00:00", None], [None, None]],
        "box": {"west": -10.0, "south": -20.0, "east": 30.0, "north": 40.0},
        "good_only": True,
    }
    assert InputRef.restored(stored) == asked
    assert InputRef.restored({**stored, "intervals": [], "box": None}).box is None


def test_failures_of_known_errors_are_their_texts():
    assert failure_of(TooLargeError("cells", 5, 4)).message == str(TooLargeError("cells", 5, 4))
    wrong = failure_of(InvalidInputsError([("/a", "bad")]))
    assert wrong.problems == (("/a", "bad"),)
    assert "not enough memory" in failure_of(MemoryError()).message
    noted = ValueError("odd")
    noted.add_note("part 1 of 2")
    assert failure_of(noted).message.startswith("odd (part 1 of 2)")


def test_a_lack_of_memory_tells_limit_use_and_what_to_lower():
    text = str(MemoryLimitError(3 * 1024**3, 2 * 1024**3, "lower bbox"))
    assert "2,048 MiB" in text
    assert "3,072 MiB" in text
    assert text.endswith("lower bbox")
    assert math.isfinite(len(str(MemoryLimitError(0, 0, "lower bbox"))))
