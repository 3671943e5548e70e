"""Soundings: our store, DuckDB and bare memory-mapped columns, on the same ten million rows.

Five queries of place and time, each answered with time, longitude, latitude and ``xco2``. Rounds
are interleaved and ratios are taken within a round; each run follows one that is not timed, so
that all are hot. The bare figure maps whole columns, in the order of the store, with a box and an
interval for every 2048 rows and one compiled loop; it neither sorts its answer nor knows about
parts, snapshots or identifiers. DuckDB reads the store's own Parquet files with one thread.
Results go to ``benchmarks/results/soundings.json``; data are kept in ``var/bench``.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.services import report
from benchmarks.sounding_field import PRODUCT, filled
from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.soundings import SoundingStore
from casa_processes.common.jit import kernel

COLUMNS = ("time", "longitude", "latitude", "xco2")
BLOCK = 2048
MOST_RATIO = 3.0
_FOLDER = Path(__file__).parents[1] / "var" / "bench"
type Query = tuple[str, Bounds, tuple[str, str]]
QUERIES: tuple[Query, ...] = (
    ("10 deg, 1 month", Bounds(110, 30, 120, 40), ("2021-06-01T00:00:00", "2021-06-30T23:59:59")),
    ("10 deg, 24 months", Bounds(110, 30, 120, 40), ("2020-01-01T00:00:00", "2021-12-31T23:59:59")),
    ("1 deg, 24 months", Bounds(116, 39, 117, 40), ("2020-01-01T00:00:00", "2021-12-31T23:59:59")),
    ("globe, 1 day", Bounds(-180, -90, 180, 90), ("2021-06-15T00:00:00", "2021-06-15T23:59:59")),
    ("30 deg, 6 months", Bounds(100, 20, 130, 50), ("2021-04-01T00:00:00", "2021-09-30T23:59:59")),
)


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where the data are kept")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    store = filled(given.folder, given.rows)
    rows = measured(store, given.folder, given.rounds)
    content = {
        "benchmark": f"Soundings: {store.rows:,} rows over 24 months, median ms",
        "duckdb": version("duckdb"),
        "rows": [*rows, by_identifier(store, given.rounds)],
    }
    return report.write("soundings", content, given.results)


def measured(store: SoundingStore, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Return one line for each query."""
    bare = Bare(store)
    database = duckdb.connect()
    database.execute("SET threads = 1")
    files = (folder / PRODUCT / "soundings").as_posix() + "/*/*/*.parquet"
    return [_line(query, store, bare, database, files, rounds) for query in QUERIES]


def _line(
    query: Query,
    store: SoundingStore,
    bare: "Bare",
    database: duckdb.DuckDBPyConnection,
    files: str,
    rounds: int,
) -> dict[str, Any]:
    title, box, ends = query
    interval = (np.datetime64(ends[0], "ns"), np.datetime64(ends[1], "ns"))
    text = _sql(files, box, ends)
    runs: dict[str, Callable[[], Any]] = {
        "ours": lambda: store.select(COLUMNS, [box], interval),
        "ours_with_identifiers": lambda: store.select((*COLUMNS, "sounding_id"), [box], interval),
        "bare": lambda: bare.select(box, interval),
        "duckdb": lambda: database.execute(text).fetchnumpy(),
    }
    answers = {name: run() for name, run in runs.items()}
    sizes = {name: answer["time"].size for name, answer in answers.items()}
    assert len(set(sizes.values())) == 1, sizes
    assert np.array_equal(np.sort(answers["ours"]["xco2"]), np.sort(answers["bare"]["xco2"]))
    spent = _rounds(runs, rounds)
    ratio = report.spread([a / b for a, b in zip(spent["ours"], spent["bare"], strict=True)])
    faster = report.spread([a / b for a, b in zip(spent["duckdb"], spent["ours"], strict=True)])
    return {
        "request": title,
        "rows": sizes["ours"],
        **{f"{name}_ms": float(f"{median(times) * 1e3:.3g}") for name, times in spent.items()},
        "ours_over_bare": ratio,
        "duckdb_over_ours": faster,
        "goal": f"<= {MOST_RATIO:g}x bare",
        "reached": ratio["median"] <= MOST_RATIO,
    }


def by_identifier(store: SoundingStore, rounds: int) -> dict[str, Any]:
    """Return the line of one row by its identifier; there is no bare figure for it."""
    chance = np.random.default_rng(7)
    hits = store.hits()
    names = store.index.identifiers(hits[chance.integers(0, hits.size, rounds)]).tolist()
    spent = []
    for name in names:
        start = time.perf_counter()
        hit = store.find(name)
        assert hit is not None
        found = store.columns(("sounding_id", *COLUMNS), np.array([hit]))
        spent.append(time.perf_counter() - start)
        assert found["sounding_id"].tolist() == [name]
    return {"request": "one by identifier", "rows": 1, "ours_ms": round(median(spent) * 1e3, 4)}


class Bare:
    """Whole columns in memory maps, and one loop over them."""

    def __init__(self, store: SoundingStore) -> None:
        held = store.index.columns
        self.columns = {
            name: _mapped(np.concatenate([part.values[name] for part in held]), name)
            for name in COLUMNS
        }
        starts = np.arange(0, self.columns["time"].size, BLOCK)
        low = [np.minimum.reduceat(self.columns[name], starts) for name in COLUMNS[:3]]
        high = [np.maximum.reduceat(self.columns[name], starts) for name in COLUMNS[:3]]
        self.times = np.stack([low[0], high[0]], axis=1)
        self.places = np.stack([low[1], low[2], high[1], high[2]], axis=1)

    def select(
        self, box: Bounds, interval: tuple[np.datetime64, np.datetime64]
    ) -> dict[str, NDArray[Any]]:
        """Return the rows within a box and an interval, as they lie."""
        low, high = (int(end.astype(np.int64)) for end in interval)
        edges = np.array([box.west, box.south, box.east, box.north])
        place = [self.columns[name] for name in COLUMNS[:3]]
        rows = bare_rows(self.times, self.places, *place, edges, low, high)
        return {name: values[rows] for name, values in self.columns.items()}


def _mapped(values: NDArray[Any], name: str) -> NDArray[Any]:
    path = _FOLDER / f"bare-{name}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    values.tofile(path)
    return np.asarray(np.memmap(path, values.dtype, "r"))


@kernel
def bare_rows(
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    time_: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    box: NDArray[np.float64],
    low: int,
    high: int,
) -> NDArray[np.int64]:
    """Return the rows within a box and an interval."""
    west, south, east, north = box
    blocks, near = np.empty(len(times), np.int64), 0
    for b in range(len(times)):
        if times[b, 1] >= low and times[b, 0] <= high:
            blocks[near] = b
            across = places[b, 2] >= west and places[b, 0] <= east
            near += across and places[b, 3] >= south and places[b, 1] <= north
    rows, found = np.empty(near * BLOCK, np.int64), 0
    for b in blocks[:near]:
        for i in range(b * BLOCK, min(b * BLOCK + BLOCK, x.size)):
            if west <= x[i] <= east and south <= y[i] <= north and low <= time_[i] <= high:
                rows[found] = i
                found += 1
    return rows[:found]


def _sql(files: str, box: Bounds, ends: tuple[str, str]) -> str:
    # The names of the folders are given too, so that DuckDB opens the months concerned only.
    months = [end[:7].replace("-", "") for end in ends]
    return (
        f"SELECT {', '.join(COLUMNS)} FROM read_parquet('{files}', hive_partitioning = true, "
        f"hive_types = {{'year': INT, 'month': INT}}) "
        f"WHERE year * 100 + month BETWEEN {months[0]} AND {months[1]} "
        f"AND longitude BETWEEN {box.west} AND {box.east} "
        f"AND latitude BETWEEN {box.south} AND {box.north} "
        f"AND time BETWEEN TIMESTAMPTZ_NS '{ends[0]}+00' AND TIMESTAMPTZ_NS '{ends[1]}+00'"
    )


def _rounds(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            run()
            start = time.perf_counter()
            run()
            spent[name].append(time.perf_counter() - start)
    return spent


if __name__ == "__main__":
    print(main().read_text(encoding="utf-8"))
