"""Write the results of the benchmarks: highlights into README.md, all of them into the docs.

Each file of ``benchmarks/results`` holds ``benchmark``, ``machine`` and ``rows``. A cell of a row
is a text, a number, a truth, or a spread of paired ratios of which the median is shown. Columns
that ``HEADS`` names are shown under its words; of rows without any, all cells but nested ones.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.highlights import summary

BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"
_SHARED = 0.1
ROOT = Path(__file__).parent.parent
HEADS = {
    "request": "Request",
    "what": "What",
    "where": "Where",
    "kills": "Killed",
    "jobs": "Jobs",
    "lost": "Lost",
    "wrong_numbers": "Wrong numbers",
    "recovered_median_s": "Taken up again after [s]",
    "recovered_most_s": "At most [s]",
    "longest_ms": "Longest [ms]",
    "one_ms": "One worker [ms]",
    "efficiency": "Efficiency",
    "scenes": "Scenes",
    "converged": "Converged",
    "passed": "Good",
    "raw_ppm": "Bias of all, raw [ppm]",
    "filtered_ppm": "Bias of good ones, raw [ppm]",
    "bias_ppm": "Bias [ppm]",
    "bias_error_ppm": "Standard error [ppm]",
    "scatter_ppm": "Scatter [ppm]",
    "scatter_over_sigma": "Scatter over posterior",
    "degrees": "Degrees of freedom",
    "evaluations": "Evaluations",
    "cpu_ms": "CPU time of a sounding [ms]",
    "per_second": "Soundings/s and core",
    "million_steps": "Million cells x tracers x steps/s",
    "cpu_s": "CPU time [s]",
    "numpy_over_ours": "numpy's time over ours",
    "over_forward": "Over a step forwards",
    "solar_zenith": "Solar zenith [deg]",
    "albedo": "Albedo",
    "depth": "Optical depth",
    "single_ppm": "Bias, single scattering [ppm]",
    "multiple_ppm": "Bias, all orders [ppm]",
    "single_chi2": "Misfit, single",
    "multiple_chi2": "Misfit, all orders",
    "kernel": "Drawing",
    "milliseconds": "Took [ms]",
    "share_of_bandwidth": "Share of memory bandwidth",
    "tile": "Tile",
    "ours_per_second": "CASA OGC [1/s]",
    "titiler_per_second": "titiler.xarray [1/s]",
    "over_titiler": "Over titiler.xarray",
    "ours_ms": "CASA OGC [ms]",
    "first_ms": "First [ms]",
    "ms": "Warm [ms]",
    "bytes": "Bytes",
    "ceiling_ms": "Ceiling [ms]",
    "limit_ms": "Bare [ms]",
    "ratio": "Over bare",
    "peak_mb": "Peak memory [MB]",
    "bare_ms": "Memory-mapped [ms]",
    "duckdb_ms": "DuckDB [ms]",
    "commit_ms": "One commit [ms]",
    "sasktran2_ms": "sasktran2 [ms]",
    "hapi_ms": "HITRAN's program [ms]",
    "other_over_ours": "The other's time over ours",
    "part_of_limit": "Share of the limit",
    "stock_ms": "Stock pygeoapi [ms]",
    "xpublish_ms": "xpublish-edr [ms]",
    "ours_over_ceiling_latency": "Latency over the ceiling's",
    "ours_over_ceiling_rps": "Requests/s over the ceiling's",
    "ours_over_ceiling_cpu": "CPU time over the ceiling's",
    "stock_over_ours_latency": "Stock's latency over ours",
    "xpublish_over_ours_latency": "xpublish-edr's over ours",
    "body_over_stock": "Bytes over stock's",
    "ours_over_stock": "Start over stock's import",
    "first_over_warm": "First over warm",
    "ours_over_bare": "Latency over memory-mapped",
    "ours_over_commit": "Latency over one commit",
    "growth": "Over the fewest rows",
    "faults": "Wrong or refused",
    "goal": "Goal",
    "goal_ms": "Goal, warm [ms]",
    "reached": "Reached",
    "met": "Goal reached",
}


def main(
    readme: Path = ROOT / "README.md",
    results: Path = ROOT / "benchmarks/results",
    page: Path = ROOT / "docs/reference/speed.md",
) -> None:
    """Replace what stands between the markers of both files."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(results.glob("*.json"))}
    sections = [section(one) for one in found.values()]
    _put(readme, [summary(found), *shared(found)] if found else [])
    _put(page, sections)


def shared(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence on the runs that were not alone on their machine, if there are any."""
    names = [name for name, one in results.items() if _busy(one) >= _SHARED]
    if not names:
        return []
    return [f"Other work shared the machine while these ran: {', '.join(names)}."]


def _busy(result: Mapping[str, Any]) -> float:
    return float(result.get("machine", {}).get("others_busy") or 0)


def _put(path: Path, parts: list[str]) -> None:
    """Put paragraphs between the markers of a file."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise SystemExit(f"{path} lacks the lines {BEGIN} and {END}")
    body = "\n\n".join(["", *parts, ""]) if parts else "\n"
    path.write_text(f"{before}{BEGIN}{body}{END}{after}", encoding="utf-8")


def section(result: Mapping[str, Any]) -> str:
    """Return one benchmark as Markdown: where it ran, and its rows."""
    machine = result.get("machine", {})
    place = f"{machine.get('processor', 'unknown processor')}, {machine.get('cores', '?')} cores"
    busy = _busy(result)
    if busy >= _SHARED:
        place += f"; shared: other work took {busy:.0%} of the cores after the run"
    tables = [table(result[name]) for name in ("rows", "kernels") if result.get(name)]
    return "\n\n".join([f"**{result['benchmark']}** ({place})", *tables])


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table."""
    every = list(rows)
    present = {key for row in every for key in row}
    first = every[0] if every else {}
    keys = [key for key in HEADS if key in present] or [k for k in first if shown(first[k])]
    lines = [[HEADS.get(key, key) for key in keys], ["---"] * len(keys)]
    lines += [[shown(row.get(key)) for key in keys] for row in every]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(value: Any) -> str:
    """Return one cell; nothing for what is no cell."""
    if isinstance(value, Mapping):
        return shown(value.get("median"))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value) if isinstance(value, str | int) else ""


if __name__ == "__main__":
    main()
