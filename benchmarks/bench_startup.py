"""Start of the service: our application against the bare import of stock pygeoapi, in pairs.

Ours is timed from the start of the process to its first answer; stock only until its Flask module
is imported with the least configuration. The second row is the first request for data after
``casa serve`` accepts, against the same request warm. Results go to
``benchmarks/results/startup.json``.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.services import report, sites, starts
from benchmarks.services.field import SMALL
from benchmarks.services.questions import questions
from benchmarks.services.rounds import ratios
from benchmarks.services.servers import stock_environment
from benchmarks.services.stores import stores

MOST_OVER_STOCK = 2.0
MOST_OVER_WARM = 3.0
WARM_REQUESTS = 30


def main(arguments: list[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    given = _parser().parse_args(arguments)
    found = stores(given.data, SMALL)
    with tempfile.TemporaryDirectory(prefix="casa-bench-") as text:
        folder = Path(text)
        sites.write_ours(folder / "ours")
        sites.write_minimal(folder / "stock")
        ours = starts.ours_environment(folder / "ours", found.archive)
        rows = [
            start_row(ours, stock_environment(folder / "stock"), given.pairs),
            *(
                first_row(ours, one.title, one.paths["ours"], given.pairs)
                for one in questions(found.shape)
            ),
        ]
    content = {"benchmark": "startup", "pairs": given.pairs, "rows": rows}
    for one in rows:
        print(one)
    return report.write("startup", content, given.results)


def start_row(ours: Mapping[str, str], stock: Mapping[str, str], pairs: int) -> dict[str, Any]:
    """Time starts of both, by turns."""
    taken: dict[str, list[float]] = {"ours": [], "stock": []}
    for _ in range(pairs):
        taken["ours"].append(starts.seconds_until_ready(starts.OURS, ours))
        taken["stock"].append(starts.seconds_until_ready(starts.STOCK, stock))
    ratio = report.spread(ratios(taken["ours"], taken["stock"]))
    return {
        "request": "start to first answer; stock: import alone",
        "ours_ms": _milliseconds(taken["ours"]),
        "stock_ms": _milliseconds(taken["stock"]),
        "ours_over_stock": ratio,
        "goal": f"<= {MOST_OVER_STOCK:g}x the import of stock",
        "reached": ratio["median"] <= MOST_OVER_STOCK,
    }


def first_row(
    environment: Mapping[str, str], title: str, path: str, starts_count: int
) -> dict[str, Any]:
    """Time the first request for data after each of several starts against warm ones."""
    pairs = [starts.first_and_warm(environment, path, WARM_REQUESTS) for _ in range(starts_count)]
    firsts, warm = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratio = report.spread(ratios(firsts, warm))
    return {
        "request": f"first request after start: {title}",
        "ours_ms": _milliseconds(firsts),
        "warm_ms": _milliseconds(warm),
        "first_over_warm": ratio,
        "goal": f"<= {MOST_OVER_WARM:g}x warm",
        "reached": ratio["median"] <= MOST_OVER_WARM,
    }


def _milliseconds(seconds: Sequence[float]) -> float:
    return float(f"{median(seconds) * 1000:.3g}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/bench"), help="folder of the stores")
    parser.add_argument("--pairs", type=int, default=7, help="starts of each")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    return parser


if __name__ == "__main__":
    print(main(), file=sys.stderr)
