"""Cross-sections of one state: our sum of lines, sasktran2's, HITRAN's program, and a core's limit.

3000 lines of carbon dioxide, drawn, at 12 001 points of 0.01 cm-1, lines cut at 25 cm-1, one
thread. Rounds are interleaved, ratios paired, and times those of the processor, of which other work
takes nothing but its caches. The limit is what a loop takes that does nothing but one division for
each line at each point of our two grids, less than which no Voigt function needs.

Answers are compared first. sasktran2 ends lines with a step where ours end smoothly, which is why
they differ by some 1e-4 of the maximum.
"""

import argparse
import contextlib
import io
import os
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.services import report
from casa_processes.common.jit import kernel
from casa_processes.spectroscopy.cross_sections import Grid, Wings, cross_section, shapes
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.isotopologues import hitran_program
from casa_processes.spectroscopy.lines import LineList

type Values = NDArray[np.float64]

LINES, GRID, CUT = 3000, Grid(6166.0, 0.01, 12001), 25.0
TEMPERATURE = 250.0
LEAST = {"sasktran2": 3.0, "hapi": 200.0}
"""Goals: how many times as long the others take."""


def records() -> str:
    """Draw HITRAN records, all fields filled in as sasktran2 wants them."""
    rng = np.random.default_rng(5)
    rows = []
    for position in np.sort(rng.uniform(6141.0, 6311.0, LINES)):
        intensity, air = 10 ** rng.uniform(-26, -22), rng.uniform(0.05, 0.1)
        row = f" 21{position:12.6f}{intensity:10.3e}{1.0:10.3e}" + f"{air:.4f}"[1:]
        row += f"{1.3 * air:5.3f}{rng.uniform(0, 1500):10.4f}{rng.uniform(0.6, 0.8):4.2f}-.005000"
        rows.append(row + " " * 60 + "000000" + " 0" * 6 + " " + "    7.0" * 2)
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--hapi-rounds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "CO2.data"
        path.write_text(records(), encoding="ascii")
        lines = read_hitran(path)
        rows = [
            row
            for pressure in (1000.0, 500.0, 20.0)
            for row in measured(lines, path.parent, pressure, given.rounds, given.hapi_rounds)
        ]
    content = {
        "benchmark": f"Cross-sections: {LINES} lines at {GRID.size} points, one state, one thread",
        "peers": {"sasktran2": version("sasktran2"), "hapi": version("hitran-api")},
        "rows": rows,
    }
    return report.write("cross-sections", content, given.results)


def measured(
    lines: LineList, folder: Path, pressure: float, rounds: int, few: int
) -> list[dict[str, Any]]:
    """Return the rows of one pressure [hPa]: against sasktran2, against HITRAN's program."""
    limit = Limit(lines, pressure)
    limit()
    ours = lambda: cross_section(lines, GRID, pressure, TEMPERATURE)  # noqa: E731
    others = {
        "sasktran2": (sasktran(folder, pressure), rounds),
        "hapi": (program(lines, pressure), few),
    }
    rows = []
    for name, (other, times) in others.items():
        expected, found = other(), ours()
        misfit = float(np.abs(found - expected).max() / expected.max())
        assert misfit < 5e-3, (name, pressure, misfit)
        spent = paired({"ours": ours, name: other, "limit": limit}, times)
        ratio = report.spread([a / b for a, b in zip(spent[name], spent["ours"], strict=True)])
        share = report.spread([a / b for a, b in zip(spent["limit"], spent["ours"], strict=True)])
        rows.append(
            {
                "request": f"{pressure:g} hPa, against {name}",
                "ours_ms": milliseconds(spent["ours"]),
                f"{name}_ms": milliseconds(spent[name]),
                "other_over_ours": ratio,
                "part_of_limit": share,
                "largest_difference": float(f"{misfit:.1g}"),
                "goal": f">= {LEAST[name]:g}x as fast",
                "reached": ratio["median"] >= LEAST[name],
            }
        )
    return rows


def milliseconds(seconds: Sequence[float]) -> float:
    """Return the median, of three figures."""
    return float(f"{median(seconds) * 1e3:.3g}")


def paired(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of processor time of runs that take turns."""
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            spent[name].append(time.process_time() - start)
    return spent


def sasktran(folder: Path, pressure: float) -> Callable[[], Values]:
    """Return a run of sasktran2's sum of lines."""
    from sasktran2._core_rust import LineDatabaseType, PyLineAbsorber

    with contextlib.redirect_stdout(io.StringIO()):
        known = hitran_program()
    sums, mass = known.partitionSum, known.molecularMass
    line_list = (LineDatabaseType.HITRAN, "CO2", folder.as_posix())
    absorber = PyLineAbsorber(*line_list, 0.0, False, sums, mass, CUT)
    state = [np.array([number]) for number in (TEMPERATURE, pressure * 100.0, 0.0)]
    grid = GRID.values
    return lambda: np.squeeze(absorber.cross_section(grid, *state)) * 1e4


def program(lines: LineList, pressure: float) -> Callable[[], Values]:
    """Return a run of HITRAN's program."""
    known = hitran_program()
    columns = {
        "molec_id": lines.molecule, "local_iso_id": lines.isotopologue, "nu": lines.position,
        "sw": lines.intensity, "elower": lines.lower_energy, "gamma_air": lines.air_width,
        "gamma_self": lines.self_width, "n_air": lines.width_exponent,
        "delta_air": lines.air_shift, "delta_self": lines.air_shift,
    }  # fmt: skip
    header = {"number_of_rows": len(lines), "order": list(columns), "table_name": "drawn"}
    data = {name: list(values) for name, values in columns.items()}
    known.LOCAL_TABLE_CACHE["drawn"] = {"header": header, "data": data}
    options = {
        "Components": [(2, 1)],
        "SourceTables": "drawn",
        "WavenumberGrid": GRID.values,
        "Environment": {"p": pressure / 1013.25, "T": TEMPERATURE},
        "WavenumberWing": CUT,
        "Diluent": {"air": 1.0},
        "HITRAN_units": True,
    }

    def run() -> Values:
        with contextlib.redirect_stdout(io.StringIO()):
            return np.asarray(known.absorptionCoefficient_Voigt(**options)[1])

    return run


class Limit:
    """One division for each line at each point of both grids, and nothing else."""

    def __init__(self, lines: LineList, pressure: float) -> None:
        wings = Wings()
        self.square = shapes(lines, pressure, TEMPERATURE)[3] ** 2
        self.near = np.arange(round(2 * wings.near / GRID.step) + 1) * GRID.step - wings.near
        wide = GRID.step * wings.coarse
        self.far = np.arange(round(2 * CUT / wide) + 1) * wide - CUT
        self.sums = np.zeros(self.near.size), np.zeros(self.far.size)

    def __call__(self) -> None:
        """Run the loops."""
        for distance, spectrum in zip((self.near, self.far), self.sums, strict=True):
            divide(distance, self.square, spectrum)


@kernel
def divide(distance: Values, square: Values, spectrum: Values) -> None:
    """Add Lorentz functions of all lines at the distances."""
    for line in range(square.size):
        width = square[line]
        for i in range(distance.size):
            spectrum[i] += width / (distance[i] * distance[i] + width)


if __name__ == "__main__":
    print(main().read_text(encoding="utf-8"))
