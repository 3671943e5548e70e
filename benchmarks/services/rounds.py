"""Rounds: every server is asked in turn, so that what disturbs the machine disturbs all."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median

import psutil

from benchmarks.services.client import AnswerError, get, load
from benchmarks.services.field import Shape
from benchmarks.services.questions import Question, fault

CONNECTIONS = 8
TIMED = ("ours", "ceiling")
"""Servers without whose answer there is nothing to compare."""


@dataclass(frozen=True)
class Effort:
    """How long is measured.

    Attributes
    ----------
    rounds
        Rounds over all servers; each gives one ratio.
    latency_seconds, load_seconds
        Time that one server gets in one round for serial and for parallel requests.
    slices
        Parts of the time for parallel requests; servers so slow that one request takes longer
        than a part are loaded once in a round.
    least, most
        Bounds of the number of serial requests in one round.
    """

    rounds: int = 7
    latency_seconds: float = 1.0
    load_seconds: float = 4.0
    slices: int = 8
    least: int = 3
    most: int = 40


@dataclass(eq=False)
class Timing:
    """What one server took for one request.

    `latencies` [s], `rates` [s-1] and `cpu` [s], which all processes of the server spend on one
    request under load, hold one entry for each round; `fault` says what is wrong
    with the answer, "" when it is right. A peer that refused has a fault and no latencies.
    """

    size: int
    fault: str
    typical: float
    latencies: list[list[float]] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def medians(self) -> list[float]:
        """Median latency of each round [s]."""
        return [median(one) for one in self.latencies]


def measure(
    ports: Mapping[str, int], question: Question, shape: Shape, effort: Effort
) -> dict[str, Timing]:
    """Check one request on every server, then time it in interleaved rounds.

    A peer that refuses the request is not timed; its fault tells the status.

    Raises
    ------
    AnswerError
        When our server or the ceiling refuses.
    """
    timings = {name: _met(port, question, name, shape) for name, port in ports.items()}
    names = [name for name, one in timings.items() if one.size]
    for number in range(effort.rounds):
        turn = names[number % len(names) :] + names[: number % len(names)]
        _latencies(ports, question, timings, turn, effort)
        _rates(ports, question, timings, turn, effort)
    return timings


def first(port: int, question: Question, name: str, shape: Shape) -> Timing:
    """Ask a few times for a warm answer, and check it.

    Raises
    ------
    AnswerError
        When the server does not answer with 200: there is nothing to time.
    """
    answers = [get(port, question.paths[name]) for _ in range(6)]
    last = answers[-1]
    if last.status != 200:
        raise AnswerError(f"{name} answers {question.paths[name]} with status {last.status}")
    wrong = fault(question, shape, last.body)
    return Timing(len(last.body), wrong, median(one.seconds for one in answers[2:]))


def _met(port: int, question: Question, name: str, shape: Shape) -> Timing:
    try:
        return first(port, question, name, shape)
    except AnswerError as error:
        if name in TIMED:
            raise
        return Timing(0, str(error), 0.0)


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return the ratio of each pair of rounds."""
    return [one / other for one, other in zip(ones, others, strict=True)]


def _latencies(
    ports: Mapping[str, int],
    question: Question,
    timings: Mapping[str, Timing],
    turn: Sequence[str],
    effort: Effort,
) -> None:
    """Ask one after the other, the servers by turns; a slow one is asked less often."""
    counts = {
        name: _count(effort.latency_seconds, timings[name].typical, effort.least, effort.most)
        for name in turn
    }
    taken: dict[str, list[float]] = {name: [] for name in turn}
    for number in range(max(counts.values())):
        for name in turn:
            if number < counts[name]:
                taken[name].append(get(ports[name], question.paths[name]).seconds)
    for name in turn:
        timings[name].latencies.append(taken[name])


def _rates(
    ports: Mapping[str, int],
    question: Question,
    timings: Mapping[str, Timing],
    turn: Sequence[str],
    effort: Effort,
) -> None:
    """Load the servers by turns in short slices, so that a disturbance meets all of them."""
    slices: dict[str, list[float]] = {name: [] for name in turn}
    asked, spent = dict.fromkeys(turn, 0), dict.fromkeys(turn, 0.0)
    for number in range(effort.slices):
        for name in turn:
            each = timings[name].typical / 2
            count = _count(effort.load_seconds / effort.slices, each, CONNECTIONS, 3000)
            if count > CONNECTIONS or number == 0:
                before = cpu_seconds(ports[name])
                slices[name].append(load(ports[name], question.paths[name], count, CONNECTIONS))
                spent[name] += cpu_seconds(ports[name]) - before
                asked[name] += count
    for name in turn:
        timings[name].rates.append(median(slices[name]))
        timings[name].cpu.append(spent[name] / asked[name])


def cpu_seconds(port: int) -> float:
    """Return the time that the processes of the server on a port have spent on processors [s].

    Unlike latencies it hardly depends on what else the machine does. Processes are those whose
    command names the port, and their children.
    """
    words = {str(port), f"127.0.0.1:{port}"}
    found: dict[int, float] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if words & set(process.cmdline()):
                for one in (process, *process.children(recursive=True)):
                    times = one.cpu_times()
                    found[one.pid] = times.user + times.system
    return sum(found.values())


def _count(seconds: float, each: float, least: int, most: int) -> int:
    return min(max(round(seconds / max(each, 1e-4)), least), most)
