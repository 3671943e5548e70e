"""Who is next: accounts take turns, quotas hold, equal requests are one job."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.catalog.settings import Quota
from casa_ogc.jobs.errors import QuotaError, ReusedKeyError
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.store import JobStore
from casa_processes.common.errors import TooLargeError
from casa_processes.common.process import Cost
from tests.jobs.clocks import execution, expected_start, position, running, submitted

HOUR = 3600.0


def owners(jobs):
    return "".join(job.owner for job in jobs)


def crowd(store, text):
    """Submit one job for each letter, owned by it."""
    return [submitted(store, number, letter) for number, letter in enumerate(text)]


def test_one_owner_is_served_in_the_order_of_asking(store):
    jobs = crowd(store, "aaaa")
    taken = [store.take("local", 1)[0].id for _ in jobs]
    assert taken == [job.id for job in jobs]
    assert store.take("local", 1) == []
    assert store.take("local", 0) == []


def test_owners_take_turns_within_one_take(store):
    crowd(store, "aaaabbc")
    assert owners(store.take("local", 7)) == "abcabaa"


def test_owners_take_turns_from_take_to_take_though_nothing_runs_meanwhile(store):
    crowd(store, "aaaabb")
    served = ""
    while jobs := store.take("local", 1):
        served += owners(jobs)
        store.fail(jobs[0].id, jobs[0].attempt, Failure("E", "m"))
    assert served == "ababaa"


def test_who_runs_less_is_served_first(store):
    crowd(store, "aaa")
    assert owners(store.take("local", 2)) == "aa"
    crowd(store, "abbb")
    assert owners(store.take("local", 3)) == "bba"


def test_a_newcomer_does_not_wait_for_a_long_queue_of_another(store):
    crowd(store, "a" * 30)
    store.take("local", 2)
    newcomer = submitted(store, 99, "b")
    assert position(store, newcomer) == 1
    assert store.take("local", 1)[0].id == newcomer.id


def test_anonymous_users_share_by_account_and_not_by_their_empty_name(store):
    for number in range(3):
        submitted(store, number, "", account="address:1")
    other = submitted(store, 9, "", account="address:2")
    assert other.id in {job.id for job in store.take("local", 2)}
    assert store.usage("address:1").open_jobs == 3
    assert store.usage("").open_jobs == 0


def test_places_in_the_queue_are_the_order_of_taking(store):
    jobs = crowd(store, "aabacb")
    store.take("local", 1)
    place = {position(store, job): job.id for job in jobs if position(store, job)}
    assert sorted(place) == [1, 2, 3, 4, 5]
    order = [job.id for job in store.take("local", 9)]
    assert [place[number] for number in sorted(place)] == order
    assert {position(store, job) for job in jobs} == {0}


def test_a_job_is_expected_to_start_when_those_before_it_are_done(timed, clock):
    first = running(timed, 0, cost=Cost(100.0))
    jobs = [submitted(timed, number, cost=Cost(10.0)) for number in (1, 2, 3)]
    clock.turn(40)
    seen = [expected_start(timed, job) for job in jobs]
    starts = ["2026-01-01T00:01:40.000Z", "2026-01-01T00:01:50.000Z", "2026-01-01T00:02:00.000Z"]
    assert seen == starts
    assert expected_start(timed, timed.get(first.id)) is None
    clock.turn(600)
    assert expected_start(timed, jobs[0]) == "2026-01-01T00:10:40.000Z"


def test_two_workers_halve_the_time_to_wait(timed):
    for number in (1, 2):
        submitted(timed, number, cost=Cost(60.0))
    timed.take("local", 2)
    job = submitted(timed, 3)
    assert expected_start(timed, job) == "2026-01-01T00:01:00.000Z"


def test_an_equal_request_is_the_same_job_for_a_while(timed, clock):
    first, _ = timed.submit(execution(), owner="ann", cost=Cost(), same_seconds=HOUR)
    clock.turn(HOUR)
    assert timed.submit(execution(), owner="ann", cost=Cost(), same_seconds=HOUR) == (first, False)
    clock.turn(0.001)
    later, new = timed.submit(execution(), owner="ann", cost=Cost(), same_seconds=HOUR)
    assert new
    assert later.id != first.id
    assert later.content_hash == first.content_hash


@pytest.mark.parametrize("other", [{"owner": "bob"}, {"execution": execution(1)}, {"account": "x"}])
def test_a_request_of_another_or_for_another_is_another_job(store, other):
    same = {"execution": execution(), "owner": "ann", "cost": Cost(), "same_seconds": HOUR}
    store.submit(same.pop("execution"), **same)
    given = {"execution": execution(), **same, **other}
    assert store.submit(given.pop("execution"), **given)[1]


@pytest.mark.parametrize("end", ["failed", "dismissed", "asked to stop"])
def test_an_equal_request_after_one_that_came_to_nothing_is_a_new_job(store, end):
    job = running(store)
    if end == "failed":
        store.fail(job.id, 1, Failure("E", "m"))
    else:
        store.dismiss(job.id)
    if end == "dismissed":
        store.stopped(job.id, 1)
    assert store.submit(execution(), owner="ann", cost=Cost(), same_seconds=HOUR)[1]


def test_an_equal_request_finds_the_successful_job(store):
    job = running(store)
    store.succeed(job.id, 1, "a" * 64, 1, 1.0, 1)
    found, new = store.submit(execution(), owner="ann", cost=Cost(), same_seconds=HOUR)
    assert (found, new) == (store.get(job.id), False)


def test_a_key_is_the_same_job_whatever_became_of_it(store):
    job = running(store, key="k1")
    store.fail(job.id, 1, Failure("E", "m"))
    again, new = store.submit(execution(), owner="ann", cost=Cost(), key="k1", same_seconds=HOUR)
    assert (again.id, new) == (job.id, False)
    other, new = store.submit(execution(), owner="ann", cost=Cost(), key="k2", same_seconds=HOUR)
    assert new
    assert other.id != job.id


def test_a_key_is_of_one_request_only(store):
    submitted(store, 0, key="k1")
    with pytest.raises(ReusedKeyError, match="k1"):
        store.submit(execution(1), owner="ann", cost=Cost(), key="k1", same_seconds=HOUR)
    assert store.submit(execution(1), owner="bob", cost=Cost(), key="k1", same_seconds=HOUR)[1]


def test_no_more_jobs_are_open_than_the_quota_allows(store):
    quota = Quota(open_jobs=2)
    submitted(store, 0, quota=quota, cost=Cost(100.0))
    job = submitted(store, 1, quota=quota, cost=Cost(30.0))
    with pytest.raises(QuotaError) as caught:
        submitted(store, 2, quota=quota)
    assert (caught.value.asked, caught.value.limit, caught.value.retry_after) == (3, 2, 30)
    submitted(store, 2, "bob", quota=quota)
    store.dismiss(job.id)
    submitted(store, 3, quota=quota)


def test_the_expected_time_of_open_jobs_is_bounded(store):
    quota = Quota(cpu_seconds=100.0)
    job = submitted(store, 0, quota=quota, cost=Cost(60.0))
    submitted(store, 1, quota=quota, cost=Cost(40.0))
    with pytest.raises(QuotaError, match="CPU seconds"):
        submitted(store, 2, quota=quota, cost=Cost(0.5))
    store.dismiss(job.id)
    submitted(store, 2, quota=quota, cost=Cost(60.0))


def test_kept_results_are_bounded_until_they_expire(timed, clock):
    quota = Quota(result_bytes=1000)
    job = running(timed, 0, quota=quota, cost=Cost(result=0), keep_days=1.0)
    timed.succeed(job.id, 1, "a" * 64, 900, 1.0, 1)
    clock.turn(86_400 - 120)
    with pytest.raises(QuotaError) as caught:
        submitted(timed, 1, quota=quota, cost=Cost(result=101))
    assert caught.value.retry_after == 120
    submitted(timed, 2, quota=quota, cost=Cost(result=100))
    clock.turn(120)
    timed.expire()
    submitted(timed, 1, quota=quota, cost=Cost(result=101))


@pytest.mark.parametrize("cost", [Cost(cpu_seconds=100.5), Cost(result=1001)])
def test_a_job_that_no_quota_would_ever_allow_is_too_large(store, cost):
    with pytest.raises(TooLargeError, match="limit"):
        submitted(store, 0, quota=Quota(cpu_seconds=100.0, result_bytes=1000), cost=cost)


def test_an_equal_request_is_found_although_the_quota_is_used_up(store):
    given = {"owner": "ann", "cost": Cost(), "same_seconds": HOUR, "quota": Quota(open_jobs=1)}
    first, _ = store.submit(execution(), **given)
    assert store.submit(execution(), **given) == (first, False)


def test_usage_is_what_is_open_and_kept(store):
    job = running(store, 0, cost=Cost(5.0, 1, 10))
    submitted(store, 1, cost=Cost(7.0, 1, 20))
    assert (store.usage("ann").open_jobs, store.usage("ann").cpu_seconds) == (2, 12.0)
    assert store.usage("ann").result_bytes == 0
    assert store.usage("ann").known
    assert not store.usage("nobody").known
    store.succeed(job.id, 1, "a" * 64, 33, 1.0, 1)
    used = store.usage("ann")
    assert (used.open_jobs, used.cpu_seconds, used.result_bytes) == (1, 7.0, 33)


@given(
    before=st.lists(st.sampled_from("abc"), max_size=6),
    taken=st.integers(0, 4),
    after=st.lists(st.sampled_from("abcd"), min_size=1, max_size=8),
)
@settings(max_examples=15)
def test_taking_many_is_taking_one_after_the_other(new_url, before, taken, after):
    served = []
    for count in (1, len(before) + len(after)):
        store = JobStore(new_url("sqlite"))
        crowd(store, before)
        store.take("local", taken)
        names = {job.id: str(number) for number, job in enumerate(crowd(store, after))}
        order = []
        while jobs := store.take("local", count):
            order += [(job.owner, names.get(job.id)) for job in jobs]
        served.append(order)
        store.close()
    assert served[0] == served[1]
