"""Whether a run will give a collection, known before it is queued."""

import pytest

from casa_ogc.jobs.licences import NoDerivativesError
from casa_ogc.jobs.publishable import collection_id, publishable
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.registry import process


def test_a_process_without_files_publishes_nothing():
    echo = process("echo")
    with pytest.raises(InvalidInputsError, match="of echo these can: none"):
        publishable(echo, echo.validate({"stringInput": ""}))


def test_the_input_that_would_make_a_collection_is_named():
    long = process("long")
    with pytest.raises(InvalidInputsError) as caught:
        publishable(long, long.validate({}))
    reason = "needed for the output grid to be made a collection of"
    assert caught.value.problems == (("/grid", reason),)
    assert publishable(long, long.validate({"grid": True})) == "grid"
    assert publishable(long, long.validate({"grid": True}), {"grid", "steps"}) == "grid"


def test_an_output_that_is_not_asked_for_is_not_published():
    long = process("long")
    with pytest.raises(InvalidInputsError, match="of long these can: grid"):
        publishable(long, long.validate({"grid": True}), {"steps"})


def test_data_that_may_be_shared_only_as_they_are_are_refused_before_anything_runs():
    long = process("long")
    with pytest.raises(NoDerivativesError):
        publishable(long, long.validate({"grid": True}), (), ["CC0-1.0", "CC-BY-ND-4.0"])


@pytest.mark.parametrize("job", ["0123456789abcdef0123456789abcdef", "f" * 32, "0" * 32])
def test_the_id_of_a_collection_tells_no_digits_of_its_job(job):
    name = collection_id(job)
    assert name == collection_id(job)
    assert len(name) == len("job-") + 12
    digits = name.removeprefix("job-")
    assert not any(digits[at : at + 6] in job for at in range(7))
    assert collection_id(job[:-1] + "e") != name
