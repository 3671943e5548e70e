"""Errors of jobs survive pickling and say what helps."""

import pickle

import pytest

from casa_ogc.jobs import errors
from casa_processes.common.errors import CasaError, UnknownNameError


@pytest.mark.parametrize(
    "error",
    [
        errors.QuotaError("jobs at a time", 21, 20, 60),
        errors.ExpiredError("a" * 32, "2026-01-01T00:00:00.000Z"),
        errors.UnknownJobError("job", "x", ()),
        errors.NotReadyError("a" * 32, "running"),
        errors.ForbiddenError("listing jobs", "read"),
        errors.ReusedKeyError("k"),
        errors.NewerSchemaError("sqlite:///x", 2, 1),
        errors.SharedDiskError("jobs.sqlite", "nfs4"),
        errors.UnavailableError("postgresql://x", "refused"),
        errors.TokenError("expired"),
        errors.UnpublishedError(),
        errors.AmbiguousJobError("a" * 8, ("a" * 32, "a" * 31 + "b")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_the_way_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.QuotaError("jobs at a time", 21, 20, 60), ["21 jobs at a time", "quota is 20"]),
        (errors.ReusedKeyError("k" * 99), ["k" * 64, "choose a new one"]),
        (errors.NewerSchemaError("db", 2, 1), ["version 2", "must be updated"]),
        (errors.SharedDiskError("jobs.sqlite", "nfs4"), ["nfs4", "PostgreSQL", "jobs.folder"]),
        (errors.ForbiddenError("listing jobs", "read"), ["listing jobs", "'read'"]),
        (errors.UnavailableError("db", "refused"), ["refused", "try again"]),
        (errors.NotReadyError("a", "accepted"), ["job a is accepted", "no results yet"]),
        (errors.NotReadyError("a", "dismissed"), ["job a is dismissed; there are no results"]),
        (errors.UnpublishedError(), ["jobs.publish", "raw or document"]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_error_says_what_was_asked_and_what_helps(error, words):
    assert isinstance(error, CasaError)
    assert all(word in str(error) for word in words)


def test_an_unknown_job_is_an_unknown_name_that_names_no_others():
    error = errors.UnknownJobError("job", "x" * 500, ())
    assert isinstance(error, UnknownNameError)
    assert len(str(error)) < 80
    assert "there are" not in str(error)
