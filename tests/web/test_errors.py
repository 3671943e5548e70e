"""Every error has a status, a document that a program can read, and survives a trip to a worker."""

import importlib
import inspect
import pickle
import pkgutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casa_ogc
import casa_processes
from casa_ogc.jobs.addresses import RefusedAddressError, UnreachableError
from casa_ogc.jobs.errors import (
    ExpiredError,
    ForbiddenError,
    NewerSchemaError,
    NotReadyError,
    QuotaError,
    ReusedKeyError,
    SharedDiskError,
    TokenError,
    UnavailableError,
    UnknownJobError,
    UnpublishedError,
)
from casa_ogc.web.errors import (
    BodyTooLargeError,
    MediaTypeError,
    MethodError,
    NotAcceptableError,
    problem_of,
    status_of,
)
from casa_processes.common.errors import (
    CasaError,
    FileContentError,
    IntegrityError,
    InvalidInputsError,
    InvalidValueError,
    TooLargeError,
    UnknownNameError,
)

HTTP = (NotAcceptableError, MethodError, MediaTypeError, BodyTooLargeError)
STATUS = (
    (UnknownNameError("collection", "zork", ["b", "a"]), 404),
    (UnknownNameError("instance", "zork", []), 404),
    (UnknownNameError("tile", "9/9/9", []), 404),
    (UnknownNameError("variable", "zork", ["xco2"]), 400),
    (UnknownNameError("query parameter", "zork", ["f"]), 400),
    (InvalidValueError("bbox", "zork", "four numbers"), 400),
    (InvalidInputsError([("/profile", "Field required"), ("", "expected an object")]), 400),
    (NotAcceptableError("text/csv", ("application/json",)), 406),
    (MethodError("PUT", ("GET", "HEAD")), 405),
    (MediaTypeError("text/csv", "application/json"), 415),
    (TooLargeError("cells", 7_000_000, 6_000_000), 413),
    (BodyTooLargeError(2000), 413),
    (FileContentError("a.nc", "time", "seconds", "months"), 503),
    (IntegrityError("cube", "chunk 7", "too short"), 503),
    (UnknownJobError("job", "zork", ()), 404),
    (NotReadyError("zork", "running"), 404),
    (ExpiredError("zork", "2026-01-01T00:00:00.000Z"), 410),
    (QuotaError("jobs", 21, 20, 60), 429),
    (ForbiddenError("running processes", "execute"), 403),
    (UnpublishedError(), 403),
    (TokenError("it is unknown"), 401),
    (ReusedKeyError("key"), 422),
    (UnavailableError("db", "no answer"), 503),
    (NewerSchemaError("db", 2, 1), 503),
    (SharedDiskError("jobs.sqlite", "nfs"), 503),
    (RefusedAddressError("localhost", "it lies in a private or local network"), 400),
    (UnreachableError("example.org", "no such host"), 400),
    (CasaError("whatever else"), 400),
)
STANDARD = {UnknownJobError: "1.0/no-such-job", NotReadyError: "1.0/result-not-ready"}
"""Ends of the types that OGC API Processes gives."""
ERRORS = [error for error, _ in STATUS]
ARGUMENTS = {"known": ("a", "b"), "offered": ("a", "b"), "allowed": ("a", "b"), "asked": 7}
ARGUMENTS |= {"problems": (("/a", "b"),), "limit": 3, "used": 5}
ARGUMENTS |= {"place": (1, 2, 3), "number": 1.5}


def error_classes() -> set[type[CasaError]]:
    """Import everything that may define an error, and return the errors."""
    for package in (casa_ogc, casa_processes):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".readers." in found.name or "error" in found.name or ".query." in found.name:
                importlib.import_module(found.name)
    waiting, classes = [CasaError], set()
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one.__module__.startswith("casa_"):
                classes.add(one)
                waiting.append(one)
    return classes


@pytest.mark.parametrize("kind", sorted(error_classes(), key=lambda one: one.__name__))
def test_every_error_is_the_same_after_pickling(kind: type[CasaError]) -> None:
    taken = inspect.signature(kind.__init__).parameters
    names = [name for name in taken if name not in ("self", "args", "kwargs")]
    error = kind(*(ARGUMENTS.get(name, f"{name} text") for name in names))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(kind(*error.args)) == str(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_every_error_of_requests_is_among_those_whose_status_is_tested() -> None:
    tested = {type(error) for error in ERRORS}
    assert tested >= {*HTTP, TooLargeError, UnknownNameError, InvalidValueError, IntegrityError}


@pytest.mark.parametrize(("error", "status"), STATUS, ids=lambda one: type(one).__name__)
def test_an_error_has_its_status_in_the_answer_and_in_the_document(
    error: CasaError, status: int
) -> None:
    response = problem_of(error)
    content: Any = response.get_json()
    assert response.status_code == content["status"] == status_of(error)[0] == status
    assert content["detail"] == content["description"]
    assert content["detail"].startswith(str(error))
    assert content["type"].endswith(STANDARD.get(type(error), content["code"]))
    assert ("Retry-After" in response.headers) == (status in (429, 503))


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("text/html", "application/json"),
        ("application/problem+json", "application/problem+json"),
        ("text/html, application/problem+json;q=0.5", "application/problem+json"),
    ],
)
def test_the_media_type_of_a_refusal_is_plain_json_unless_problems_are_asked_for(
    accept: str, media: str
) -> None:
    assert problem_of(ERRORS[0], accept).content_type == media


def test_a_refusal_of_size_says_both_numbers_for_programs_and_people() -> None:
    content: Any = problem_of(TooLargeError("cells", 7_000_000, 6_000_000)).get_json()
    assert (content["what"], content["cells"], content["limit"]) == ("cells", 7000000, 6000000)
    said, less = content["detail"].split("; ask for ")
    assert said == "the request needs 7,000,000 cells; the limit is 6,000,000"
    assert "smaller box" in less
    assert "job" not in less


def test_a_refusal_of_a_method_names_those_that_exist() -> None:
    assert problem_of(MethodError("PUT", ("GET", "HEAD"))).headers["Allow"] == "GET, HEAD"


def test_wrong_inputs_are_each_told_by_a_pointer_into_the_posted_document() -> None:
    error = InvalidInputsError([("/profile", "Field required"), ("", "expected an object")])
    content: Any = problem_of(error).get_json()
    assert content["errors"] == [
        {"pointer": "/inputs/profile", "detail": "Field required"},
        {"pointer": "/inputs", "detail": "expected an object"},
    ]


def test_known_names_are_told_in_order_and_none_is_said() -> None:
    assert str(UnknownNameError("reader", "x", {"b", "a"})) == "no reader 'x'; there are: a, b"
    assert str(UnknownNameError("reader", "x", ())) == "no reader 'x'; there is none at all"


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("maps-xco2-dayly", "'maps-xco2-daily'"),
        ("MAPS-XCO2-DAILY", "'maps-xco2-daily'"),
        ("xco2_uncertinty", "'xco2_uncertainty'"),
        ("nothing-alike", ""),
        ("", ""),
    ],
)
def test_a_name_that_was_mistyped_is_told_what_may_have_been_meant(name: str, close: str) -> None:
    known = ("maps-xco2-daily", "maps-sif-monthly", "xco2_uncertainty", "temperature")
    text = str(UnknownNameError("collection", name, known))
    assert text.endswith(f"; did you mean {close}?" if close else ", xco2_uncertainty")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, "q is missing;"),
        ((54.0, 18.0), "q = 54,18 cannot"),
        ((0.1, -7.25), "q = 0.1,-7.25 cannot"),
        (b"{", "q = '{' cannot"),
        (True, "q = true cannot"),
        (3, "q = 3 cannot"),
    ],
)
def test_a_refused_value_is_written_as_requests_write_it(asked: object, shown: str) -> None:
    assert str(InvalidValueError("q", asked, "words")).startswith(shown)


@given(st.text(max_size=2000))
def test_a_refused_value_is_quoted_in_at_most_200_characters(asked: str) -> None:
    text = str(InvalidValueError("q", asked, "words"))
    whole = f"q = {asked!r} cannot be used; expected words"
    if len(repr(asked)) <= 200:
        assert text == whole
    else:
        assert text == f"q = {repr(asked)[:200]}... cannot be used; expected words"
