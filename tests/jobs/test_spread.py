"""Parts on workers: which error is whose."""

from concurrent.futures import CancelledError

import pytest
from distributed.comm import CommClosedError

from casa_ogc.jobs.lost_workers import LostPartError, LostSchedulerError
from casa_ogc.jobs.spread import reached


@pytest.mark.parametrize(
    "error",
    [OSError("gone"), CommClosedError("gone"), TimeoutError("gone"), CancelledError("gone")],
)
def test_a_scheduler_that_cannot_be_reached_is_told_apart(error):
    with pytest.raises(LostSchedulerError, match="gone"), reached():
        raise error


@pytest.mark.parametrize("error", [ValueError("ours"), KeyError("ours"), LostPartError(1, 2, 3)])
def test_other_errors_stay_what_they_are(error):
    with pytest.raises(type(error)), reached():
        raise error


def test_a_lost_part_tells_which_and_how_often():
    assert str(LostPartError(2, 7, 3)) == "part 2 of 7 lost its worker 3 times"
