"""The order of the queue, from as few rows as it takes.

Accounts take turns. A job's turn is how many jobs of its account run or are before it in the
queue; the lowest turn is next, among equal ones that of the account that was served longest ago.
Of each account only those rows are read that are next, whatever waits behind them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import text

from casa_ogc.jobs.phrases import Phrase

MOST_ACCOUNTS = 200
"""Accounts that are told apart for a place; with more, places are told as lower limits."""
MOST_TURNS = 2000
"""Accounts whose turns are put in order one by one; with more, all jobs are sorted at once."""
MOST_JOBS = 1000
"""Jobs ahead that are counted; with more, places are told as lower limits."""

type Ask = Callable[..., Sequence[Sequence[Any]]]
"""Returns all rows of a phrase for the values that are named."""

_WAITS = "finished IS NULL AND dispatched IS NULL"
_TURNS = Phrase(
    text(f"""
    WITH RECURSIVE turns (account, place) AS (
      SELECT min(account), 1 FROM casa_jobs WHERE {_WAITS}
      UNION ALL
      SELECT (SELECT min(account) FROM casa_jobs WHERE {_WAITS} AND account > turns.account),
             turns.place + 1
      FROM turns WHERE turns.account IS NOT NULL AND turns.place < :most
    )
    SELECT turns.account, served, number, cpu_seconds
    FROM turns
    JOIN casa_accounts ON casa_accounts.account = turns.account
    JOIN casa_jobs ON number = (
      SELECT min(number) FROM casa_jobs WHERE {_WAITS} AND account = turns.account
    )
    """)  # noqa: S608  # no value is written into it
)
_BUSY = Phrase(
    text(
        "SELECT account, count(*) FROM casa_jobs "
        "WHERE finished IS NULL AND dispatched IS NOT NULL GROUP BY account"
    )
)
_HEAD = Phrase(
    text(f"""
    SELECT number FROM casa_jobs WHERE {_WAITS} AND account = :account ORDER BY number LIMIT :most
    """)  # noqa: S608
)
_OWN = Phrase(
    text(f"""
    SELECT account, number FROM casa_jobs WHERE id = :job_id AND {_WAITS}
    """)  # noqa: S608
)
_BEFORE = Phrase(
    text(f"""
    SELECT count(*), coalesce(sum(cpu_seconds), 0) FROM (
      SELECT cpu_seconds FROM casa_jobs WHERE {_WAITS} AND account = :account AND number < :number
      ORDER BY number LIMIT :most
    ) AS ahead
    """)  # noqa: S608
)
_LAST = 2**62


@dataclass(frozen=True)
class Turn:
    """An account with jobs in the queue.

    Attributes
    ----------
    account
        Who is charged.
    served
        When a job of it was last taken, as a count of takes.
    first
        Number of its next job.
    seconds
        What that is expected to take.  [s]
    busy
        How many of its jobs the engine has.
    """

    account: str
    served: int
    first: int
    seconds: float
    busy: int

    def key(self, place: int) -> tuple[int, int, int, int]:
        """Return by what the job at a place of this account, from 1, is compared with others."""
        return place + self.busy, place, self.served, self.first


@dataclass(frozen=True)
class Ahead:
    """What is before a job in the queue.

    Attributes
    ----------
    jobs
        How many jobs.
    seconds
        What they are expected to take.  [s]
    exact
        False when there are more, or may be.
    """

    jobs: int
    seconds: float
    exact: bool


def turns(ask: Ask, most: int) -> list[Turn]:
    """Return the accounts with jobs in the queue, at most so many."""
    found = ask(_TURNS, most=most)
    busy: dict[str, int] = dict(map(tuple, ask(_BUSY))) if found else {}
    return [Turn(*(*row, busy.get(row[0], 0))) for row in found]


def next_numbers(ask: Ask, count: int, known: Sequence[Turn]) -> list[int]:
    """Return the numbers of the jobs that are next, in their order.

    Parameters
    ----------
    ask
        Reads the database.
    count
        Most jobs.
    known
        All accounts with jobs in the queue.
    """
    heap: list[tuple[tuple[int, int, int, int], Turn]] = []
    for turn in known:
        heappush(heap, (turn.key(1), turn))
    waiting: dict[str, Sequence[Sequence[Any]]] = {}
    places: Counter[str] = Counter()
    numbers: list[int] = []
    while heap and len(numbers) < count:
        _, turn = heappop(heap)
        if turn.account not in waiting:
            waiting[turn.account] = ask(_HEAD, account=turn.account, most=count)
        head, place = waiting[turn.account], places[turn.account]
        numbers.append(int(head[place][0]))
        places[turn.account] += 1
        if place + 1 < len(head):
            heappush(heap, (turn.key(place + 2), turn))
    return numbers


def ahead(ask: Ask, job_id: str) -> Ahead | None:
    """Tell what is before a job; None when it does not wait."""
    own = ask(_OWN, job_id=job_id)
    if not own:
        return None
    account, number = own[0]
    found = turns(ask, MOST_ACCOUNTS + 1)
    mine = next((turn for turn in found if turn.account == account), None)
    jobs, seconds = ask(_BEFORE, account=account, number=number, most=MOST_JOBS + 1)[0]
    exact = mine is not None and len(found) <= MOST_ACCOUNTS
    key = (mine or Turn(account, 0, number, 0.0, 0)).key(jobs + 1)
    for turn in found:
        most = min(_before(turn, key), MOST_JOBS + 1 - jobs)
        if turn.account != account and most > 0:
            more = (1, turn.seconds) if most == 1 else _first(ask, turn.account, most)
            jobs, seconds = jobs + more[0], seconds + more[1]
    return Ahead(min(jobs, MOST_JOBS), float(seconds), exact and jobs <= MOST_JOBS)


def _first(ask: Ask, account: str, most: int) -> tuple[int, float]:
    """Return how many jobs of an account wait, at most so many, and what these take."""
    jobs, seconds = ask(_BEFORE, account=account, number=_LAST, most=most)[0]
    return jobs, seconds


def _before(turn: Turn, key: tuple[int, int, int, int]) -> int:
    """Return how many jobs of an account would come before a key, if it had that many."""
    place = key[0] - turn.busy
    return place if turn.key(place) < key else place - 1
