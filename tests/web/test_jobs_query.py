"""What the list of jobs is asked for, read without a server."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.web.exchange import Exchange
from casa_ogc.web.jobs_query import ALL, DEFAULT_LIMIT, MOST, job_query
from casa_processes.common.errors import CasaError, InvalidValueError


def query(owner="me", **arguments):
    given_ = {
        name: [value] if isinstance(value, str) else value for name, value in arguments.items()
    }
    return job_query(Exchange(None, arguments=given_), owner)


def test_nothing_asked_is_everything_of_the_owner():
    found = query()
    assert (found.owner, found.limit, found.created) == ("me", DEFAULT_LIMIT, (None, None))
    assert not (found.types or found.process_ids or found.statuses or found.labels)


def test_values_are_given_several_times_or_with_commas():
    found = query(status=["accepted,running", "failed"], processID="echo,long", label="a,b")
    assert found.statuses == ("accepted", "running", "failed")
    assert found.process_ids == ("echo", "long")
    assert found.labels == ("a,b",)


@pytest.mark.parametrize(
    ("text", "created"),
    [
        ("2026-01-02T03:04:05Z", ("2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.000Z")),
        ("2026-01-02", ("2026-01-02T00:00:00.000Z", "2026-01-02T23:59:59.999Z")),
        ("../2026-01-02T00:00:00Z", (None, "2026-01-02T00:00:00.000Z")),
        ("2026-01/..", ("2026-01-01T00:00:00.000Z", None)),
        ("2026-01-02T02:00:00+02:00/..", ("2026-01-02T00:00:00.000Z", None)),
    ],
)
def test_times_are_closed_intervals_in_utc(text, created):
    assert query(datetime=text).created == created


@given(st.datetimes(*map(datetime.fromisoformat, ("1700-01-01", "2260-01-01"))))
def test_every_instant_is_found_in_its_own_interval(instant):
    text = f"{instant.isoformat(timespec='milliseconds')}Z"
    assert query(datetime=text).created == (text, text)


def test_limits_are_cut_and_never_negative():
    assert query(limit="5000").limit == MOST
    for wrong in ("-1", "0", "x", "1.5"):
        with pytest.raises(InvalidValueError, match="limit"):
            query(limit=wrong)


@pytest.mark.parametrize("name", ["minDuration", "maxDuration"])
@pytest.mark.parametrize("text", ["-1", "x", "1e3", "٣", "9" * 12])
def test_a_duration_is_a_whole_number_of_seconds(name, text):
    with pytest.raises(InvalidValueError, match=name):
        query(**{name: text})


@given(st.dictionaries(st.sampled_from([one.name for one in ALL]), st.text(max_size=30)))
def test_whatever_is_asked_is_a_query_or_an_error_of_ours(arguments):
    try:
        found = query(**arguments)
    except CasaError as error:
        assert str(error)
    else:
        assert found.owner == "me"
        assert 1 <= found.limit <= MOST
