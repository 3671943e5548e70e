"""Results as JSON: the machine, the versions, and one row for each request."""

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.services.questions import Question
from benchmarks.services.rounds import Timing, ratios

_STAT, _IDLE, _WAITING = Path("/proc/stat"), 3, 4
RESULTS = Path(__file__).parents[1] / "results"
_PACKAGES = ("pygeoapi", "flask", "gunicorn", "zarr", "icechunk", "xarray", "numpy", "orjson")


def write(name: str, content: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """Write one file of results with the facts about machine and versions."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    whole = {"machine": machine(), "versions": versions(), **content}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, Any]:
    """Return what of the machine bears on speed; nothing that identifies it.

    ``others_busy`` is the part of the cores that other work takes after the benchmark has ended.
    """
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": platform.system(),
        "others_busy": others_busy(),
    }


def others_busy(seconds: float = 1.0) -> float | None:
    """Return the part of all cores that is busy while this process sleeps; None if not told."""
    if not _STAT.is_file():
        return None
    before = _ticks()
    time.sleep(seconds)
    passed = [b - a for a, b in zip(before, _ticks(), strict=True)]
    idle = passed[_IDLE] + passed[_WAITING]
    return round(1 - idle / max(sum(passed), 1), 2)


def _ticks() -> list[int]:
    """Return the ticks of all cores since the start, by what they were spent on."""
    return [int(word) for word in _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that take part."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def row(question: Question, timings: Mapping[str, Timing]) -> dict[str, Any]:
    """Return what is known of one request; a server that refused it has a fault and no times."""
    answered = {name: one for name, one in timings.items() if one.latencies}
    ours, ceiling = timings["ours"], timings["ceiling"]
    latency = spread(ratios(ours.medians, ceiling.medians))
    rate = spread(ratios(ours.rates, ceiling.rates))
    body = ours.size / timings["stock"].size if "stock" in answered else None
    goals = {
        "latency": (question.most_latency, latency["median"] <= question.most_latency),
        "rate": (question.least_rate, rate["median"] >= (question.least_rate or 0)),
        "body": (question.most_body, body is not None and body <= (question.most_body or body)),
    }
    return {
        "request": question.title,
        **{f"{name}_ms": milliseconds(one) for name, one in answered.items()},
        **{f"{name}_p95_ms": milliseconds(one, 95) for name, one in answered.items()},
        **{f"{name}_rps": round(median(one.rates), 1) for name, one in answered.items()},
        **{f"{name}_cpu_ms": round(median(one.cpu) * 1e3, 2) for name, one in answered.items()},
        "ours_over_ceiling_cpu": spread(ratios(ours.cpu, ceiling.cpu))
        if all(ceiling.cpu)
        else None,
        "ours_over_ceiling_latency": latency,
        "ours_over_ceiling_rps": rate,
        **_beside_peers(answered),
        "body_bytes": {name: one.size for name, one in answered.items()},
        "body_over_stock": None if body is None else round(body, 3),
        "wrong": {name: one.fault for name, one in timings.items() if one.fault},
        "faults": "; ".join(f"{name}: {one.fault}" for name, one in timings.items() if one.fault),
        "goal": goal(question),
        "reached": all(met for wanted, met in goals.values() if wanted is not None)
        and not ours.fault,
    }


def _beside_peers(answered: Mapping[str, Timing]) -> dict[str, Any]:
    """Return what stock and other peers took beside the ceiling and beside ours."""
    ours, ceiling = answered["ours"], answered["ceiling"]
    found: dict[str, Any] = {}
    for name in ("stock", "xpublish"):
        if name in answered:
            one = answered[name]
            over = ratios(one.medians, ceiling.medians)
            found[f"{name}_over_ceiling_latency"] = spread(over)
            found[f"{name}_over_ours_latency"] = spread(ratios(one.medians, ours.medians))
            found[f"ours_over_{name}_rps"] = spread(ratios(ours.rates, one.rates))
    return found


def goal(question: Question) -> str:
    """Return the goal of a request in words."""
    words = [f"latency <= {question.most_latency:g}x the ceiling's"]
    if question.least_rate is not None:
        words.append(f">= {question.least_rate:.0%} of its requests/s")
    if question.most_body is not None:
        words.append(f"body <= {question.most_body:.0%} of stock's")
    return ", ".join(words)


def spread(numbers: Sequence[float]) -> dict[str, float]:
    """Return median, least and most of several ratios."""
    found = {"median": median(numbers), "min": min(numbers), "max": max(numbers)}
    return {name: float(f"{value:.3g}") for name, value in found.items()}


def milliseconds(timing: Timing, percent: int = 50) -> float:
    """Return a percentile of all latencies [ms]."""
    every = [seconds for one in timing.latencies for seconds in one]
    cut = quantiles(every, n=100, method="inclusive")[percent - 1]
    return float(f"{cut * 1000:.3g}")


def _processor() -> str:
    """Return the name of the processor where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
