"""The rows of the benchmarks that most readers look for, in one table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

RATIOS = {
    "ours_over_ceiling_latency": "{} x the ceiling's latency",
    "stock_over_ours_latency": "stock pygeoapi takes {} x as long",
    "xpublish_over_ours_latency": "xpublish-edr {} x",
    "over_titiler": "{} x as many as titiler.xarray",
    "ours_over_bare": "{} x memory-mapped columns",
    "duckdb_over_ours": "DuckDB takes {} x as long",
    "ours_over_stock": "{} x the import of stock pygeoapi",
    "ours_over_commit": "{} x one durable commit",
    "ratio": "{} x the bare one",
}
"""What a ratio of a row says."""
VALUES = {"ours_ms": "{} ms", "ms": "{} ms", "ours_per_second": "{} a second"}
_NAMES = ("request", "what", "where", "tile")
_HEADS = ("What", "CASA OGC", "Compared", "Goal", "Reached")


@dataclass(frozen=True)
class Highlight:
    """One row: the words, the file of results without its ending, and the row's name there."""

    words: str
    file: str
    row: str


HIGHLIGHTS = (
    Highlight("a place, 3 years of days", "services", "position, 1096 days"),
    Highlight("China, one day", "services", "China cube, 1 day"),
    Highlight("the globe, one day, as CoverageJSON", "services", "globe, 1 day, CoverageJSON"),
    Highlight("map tiles of 256 pixels", "tiles", "3/3/6"),
    Highlight("soundings of 10 degrees and a month, of 10 million", "soundings", "10 deg, 1 month"),
    Highlight("soundings of a day, of 10 million", "soundings", "globe, 1 day"),
    Highlight("the list of 500 collections", "collections", "all"),
    Highlight("start to first answer", "startup", "start to first answer; stock: import alone"),
    Highlight("a job submitted among 100,000", "jobs-store", "submit: SQLite, 100,000 rows"),
    Highlight("status of one of 10,000 jobs", "jobs-store", "status of a job: SQLite, 10,000 rows"),
    Highlight("an empty job, all of it", "jobs-engine", "empty job, from submitting to successful"),
    Highlight("a job is stopped", "jobs-engine", "dismissed job that asks whether to stop"),
)


def summary(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table as Markdown; rows that were not measured are left out.

    Parameters
    ----------
    results
        Contents of the files of results by name, without their ending.
    """
    lines = [_HEADS, ("---",) * len(_HEADS)]
    for one in HIGHLIGHTS:
        row = found(one, results)
        if row is not None:
            lines.append((one.words, *cells(row)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def found(one: Highlight, results: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the row of a highlight, or None where it was not measured."""
    rows: Iterable[Mapping[str, Any]] = results.get(one.file, {}).get("rows", ())
    return next((row for row in rows if one.row in map(row.get, _NAMES)), None)


def cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return what is told of a row: our figure, how it compares, the goal and whether it is met."""
    ours = next((text.format(row[key]) for key, text in VALUES.items() if key in row), "")
    ratios = (text.format(_figure(row[key])) for key, text in RATIOS.items() if key in row)
    goal = row.get("goal") or (f"<= {row['goal_ms']:g} ms" if "goal_ms" in row else "")
    reached = row.get("reached", row.get("met"))
    return ours, "; ".join(ratios), goal, "" if reached is None else ("yes" if reached else "no")


def _figure(ratio: Any) -> str:
    value = ratio["median"] if isinstance(ratio, Mapping) else ratio
    return f"{value:.3g}"
