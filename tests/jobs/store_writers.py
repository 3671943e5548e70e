"""What processes of the tests of concurrency do with a store; run as scripts.

Each prints one line a step, so that the test knows how far it came when it is killed.
"""

import sys

from casa_ogc.jobs.store import JobStore
from casa_processes.common.process import Cost
from tests.jobs.clocks import execution


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def take(store, name):
    """Take and start until the queue is empty; print what was taken."""
    while jobs := store.take(name, 2):
        for job in jobs:
            say(job.id, job.attempt, store.start(job.id, job.attempt, name))


def write(store, name):
    """Submit jobs and bring them to their end, for ever; print each that is done."""
    number = 0
    while True:
        number += 1
        asked = execution(number, title=name, labels=(name,))
        job, _ = store.submit(asked, owner=name, cost=Cost(1.0, 1, 0))
        say("submitted", job.id)
        for taken in store.take(name, 1):
            if store.start(taken.id, taken.attempt, name):
                store.beat(taken.id, taken.attempt, 50, "half")
                if store.succeed(taken.id, taken.attempt, "a" * 64, 10, 1.0, 1):
                    say("succeeded", taken.id)


def same(store, _name):
    """Submit the same request many times; print which job it is."""
    for number in range(20):
        job, new = store.submit(
            execution(number), owner="ann", cost=Cost(), key=f"k{number}", same_seconds=3600.0
        )
        say(job.id, new)


def lease(store, name):
    """Try for a lease once a line of standard input; print whether it was given."""
    for _ in sys.stdin:
        say(store.lease(name, 1000.0))


def attempt(store, name):
    """Run one job: start it, then do at each line of standard input the next thing with it."""
    (job,) = store.take(name, 1)
    say(job.id, job.attempt, store.start(job.id, job.attempt, name))
    for line in sys.stdin:
        if line.strip() == "beat":
            say(store.beat(job.id, job.attempt, 50, name).alive)
        if line.strip() == "succeed":
            say(store.succeed(job.id, job.attempt, f"{job.attempt}" * 64, 1, 1.0, 1))


if __name__ == "__main__":
    what, url, own_name = sys.argv[1:]
    say("ready")
    sys.stdin.readline()
    globals()[what](JobStore(url), own_name)
