"""The long process: what it draws, how it stops and fails, and the maps that it writes."""

import hashlib
import pickle
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.jit import plain
from casa_processes.common.registry import process
from casa_processes.long import STEPS_PER_SECOND
from casa_processes.long.kernel import turned
from casa_processes.long.pipeline import PlannedFailureError, work

LONG = process("long")
ALL = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
numbers = st.integers(1, ALL)


def run(folder, context=None, **inputs):
    context = context or SerialContext(folder)
    return LONG.load()(LONG.validate(inputs), context)


def drawn(state, steps):
    """Xorshift in whole numbers of any size."""
    for _ in range(steps):
        state ^= (state << 13) & ALL
        state ^= state >> 7
        state ^= (state << 17) & ALL
    return state


def test_the_first_number_is_the_published_one():
    assert int(turned(np.uint64(88172645463325252), 1)) == 8748534153485358512


@given(state=numbers, steps=st.integers(0, 300))
def test_numbers_are_those_of_whole_arithmetic(state, steps):
    assert int(turned(np.uint64(state), steps)) == drawn(state, steps)
    assert int(plain(turned)(np.uint64(state), steps)) == drawn(state, steps)


@given(state=numbers, first=st.integers(0, 200), second=st.integers(0, 200))
def test_work_may_be_interrupted_anywhere(state, first, second):
    halfway = turned(np.uint64(state), first)
    assert turned(np.uint64(halfway), second) == turned(np.uint64(state), first + second)


def test_each_part_has_its_share_and_its_own_start(tmp_path):
    steps, parts, seed = 1003, 4, 7
    found = run(tmp_path, seconds=steps / STEPS_PER_SECOND, parts=parts, seed=seed)
    shares = [251, 251, 251, 250]
    expected = [
        drawn((seed + number * GOLDEN) & ALL, share) for number, share in enumerate(shares, 1)
    ]
    assert found.steps == steps
    assert found.numbers == [f"{each:016x}" for each in expected]
    text = b"".join(each.to_bytes(8, "little") for each in expected)
    assert found.digest == hashlib.sha256(text).hexdigest()


class Shuffled(SerialContext):
    """Does the parts backwards, as workers may, and gives them in order."""

    def map(self, work, parts):
        done = {number: work(parts[number], self.check) for number in reversed(range(len(parts)))}
        return iter([done[number] for number in range(len(parts))])


def test_the_order_in_which_parts_are_done_does_not_matter(tmp_path):
    inputs = {"seconds": 1e-5, "parts": 7}
    assert run(tmp_path, **inputs) == run(tmp_path, Shuffled(tmp_path), **inputs)


def test_another_seed_draws_other_numbers(tmp_path):
    assert run(tmp_path, seconds=0, seed=1).digest != run(tmp_path, seconds=0, seed=2).digest


def test_progress_is_told_after_each_part(tmp_path):
    told = []
    run(tmp_path, SerialContext(tmp_path, report=lambda part, _: told.append(part)), seconds=0)
    assert told == pytest.approx([number / 10 for number in range(1, 11)])


def test_a_part_looks_whether_to_stop_while_it_works():
    looks = []

    def check():
        looks.append(time.monotonic())
        if len(looks) == 3:
            raise StoppedError

    part = {"part": 1, "state": 1, "steps": 10**12, "memory": 0, "failure": ""}
    with pytest.raises(StoppedError):
        work(part, check)
    assert len(looks) == 3


def test_the_part_that_shall_fail_does_and_no_other(tmp_path):
    told = []
    context = SerialContext(tmp_path, report=lambda part, _: told.append(part))
    with pytest.raises(PlannedFailureError, match="part 3 failed, as was asked for"):
        run(tmp_path, context, seconds=0, fail_at=3)
    assert told == pytest.approx([0.1, 0.2])


def test_a_planned_failure_survives_the_way_to_its_client():
    assert str(pickle.loads(pickle.dumps(PlannedFailureError(3)))) == str(PlannedFailureError(3))


def test_a_bug_is_no_error_of_ours(tmp_path):
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, seconds=0, fail_at=1, failure="bug")


def test_the_process_of_a_part_can_end_on_purpose():
    code = (
        "from casa_processes.long.pipeline import work; work("
        "{'part': 1, 'state': 1, 'steps': 0, 'memory': 0, 'failure': 'exit'}, lambda: None)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 1


def test_memory_is_filled_while_a_part_works():
    # The peak of the address space in use; that of getrusage is inherited from who starts it.
    code = (
        "from pathlib import Path; from casa_processes.long.pipeline import work; work("
        "{'part': 1, 'state': 1, 'steps': 0, 'memory': %d, 'failure': ''}, lambda: None);"
        "status = Path('/proc/self/status').read_text(); "
        "print(status.partition('VmHWM:')[2].split()[0])"
    )
    most = [
        int(subprocess.run([sys.executable, "-c", code % mib], capture_output=True).stdout)
        for mib in (0, 800)
    ]
    assert most[1] - most[0] > 400 * 1024


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"seconds": -1}, "/seconds"),
        ({"parts": 0}, "/parts"),
        ({"parts": 2.5}, "/parts"),
        ({"seed": 0}, "/seed"),
        ({"memory": -1}, "/memory"),
        ({"parts": 3, "fail_at": 4}, "/fail_at"),
        ({"failure": "fire"}, "/failure"),
        ({"hours": 1}, "/hours"),
    ],
)
def test_a_wrong_input_is_refused_by_its_name(inputs, place):
    with pytest.raises(InvalidInputsError) as caught:
        LONG.validate(inputs)
    assert [where for where, _ in caught.value.problems] == [place]


def test_the_map_of_a_part_tells_its_number(tmp_path):
    found = run(tmp_path, seconds=1e-6, parts=3, grid=True)
    with xr.open_dataset(found.grid) as dataset:
        dataset.load()
    assert dataset.sizes == {"time": 3, "latitude": 18, "longitude": 36}
    for day, number in enumerate(int(each, 16) for each in found.numbers):
        for row, column in ((0, 0), (5, 7), (17, 35)):
            mixed = ((number ^ (row * 36 + column)) * GOLDEN) & ALL
            expected = 400 + 20 * (mixed >> 40) / 2**24
            here = dataset["xco2"].values[day, row, column]
            assert here == pytest.approx(expected, rel=1e-7)
    assert np.all(dataset["xco2_uncertainty"] == 1.0)
    assert dataset["xco2"].attrs["units"] == "ppm"
    assert dataset.attrs["mission"] == "Synthetic"


def test_without_being_asked_no_map_is_written(tmp_path):
    assert run(tmp_path, seconds=0).grid is None
    assert not list(tmp_path.iterdir())


def test_the_expected_cost_is_what_was_asked_for():
    cheap, dear = (
        LONG.cost(LONG.validate(inputs), {})
        for inputs in ({"seconds": 0}, {"seconds": 60, "memory": 100, "grid": True})
    )
    assert dear.cpu_seconds - cheap.cpu_seconds == pytest.approx(60.0)
    assert dear.memory - cheap.memory >= 100 * 2**20
    assert dear.result - cheap.result == 10 * 18 * 36 * 8
