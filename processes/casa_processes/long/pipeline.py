"""The work in parts, and maps of what came out."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check, Context
from casa_processes.common.errors import CasaError
from casa_processes.common.netcdf import write_grid
from casa_processes.long import STEPS_PER_SECOND, Inputs, Outputs
from casa_processes.long.kernel import turned

STEPS_AT_ONCE = STEPS_PER_SECOND // 20
"""Steps between two looks at whether to stop: 50 ms."""
SHAPE = (18, 36)
_MIB = 1024 * 1024
_START = np.datetime64("2023-01-01", "ns")


class PlannedFailureError(CasaError):
    """A part that was asked to fail."""

    def __init__(self, part: int) -> None:
        self.part = part
        super().__init__(part)

    def __str__(self) -> str:
        return f"part {self.part} failed, as was asked for"


def long_work(inputs: Inputs, context: Context) -> Outputs:
    """Draw the random numbers of all parts.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Does the parts, on as many workers as there are.

    Raises
    ------
    PlannedFailureError
        In the part that was asked to fail.
    StoppedError
        When the run was stopped; a part notices within 0.1 s.
    """
    steps = round(inputs.seconds * STEPS_PER_SECOND)
    done = np.array(
        [int(result["number"][0]) for result in context.map(work, list(_parts(inputs, steps)))],
        dtype=np.uint64,
    )
    return Outputs(
        numbers=[f"{int(each):016x}" for each in done],
        digest=hashlib.sha256(done.astype("<u8").tobytes()).hexdigest(),
        steps=steps,
        grid=_grid(done, context.folder / "grid.nc") if inputs.grid else None,
    )


def _parts(inputs: Inputs, steps: int) -> Iterator[dict[str, Any]]:
    """Describe each part: its share of the steps, its own start, and how it is to fail."""
    each, more = divmod(steps, inputs.parts)
    for number in range(1, inputs.parts + 1):
        yield {
            "part": number,
            "state": (inputs.seed + number * 0x9E3779B97F4A7C15) % 2**64 or 1,
            "steps": each + (number <= more),
            "memory": inputs.memory,
            "failure": inputs.failure if number == inputs.fail_at else "",
        }


def work(part: Mapping[str, Any], check: Check) -> Arrays:
    """Do one part: ``number``, the last random number, shape (1,)."""
    filled = np.ones(part["memory"] * _MIB, dtype=np.uint8)
    _fail(part["failure"], part["part"])
    state, left = np.uint64(part["state"]), part["steps"]
    while left:
        check()
        now = min(left, STEPS_AT_ONCE)
        state, left = np.uint64(turned(state, now)), left - now
    del filled
    return {"number": np.array([state], dtype=np.uint64)}


def _fail(failure: str, part: int) -> None:
    """Fail in the way that was asked for."""
    if failure == "error":
        raise PlannedFailureError(part)
    if failure == "bug":
        raise ZeroDivisionError("nobody foresaw this")
    if failure == "exit":
        os._exit(1)


def _grid(numbers: NDArray[np.uint64], path: Path) -> Path:
    """Write a map per part: the bits of its number decide 400..420 ppm, uncertainty 1 ppm."""
    rows = np.arange(SHAPE[0], dtype=np.uint64)[:, None]
    columns = np.arange(SHAPE[1], dtype=np.uint64)[None, :]
    cells = rows * np.uint64(SHAPE[1]) + columns
    mixed = (numbers[:, None, None] ^ cells) * np.uint64(0x9E3779B97F4A7C15)
    values = 400.0 + 20.0 * (mixed >> np.uint64(40)).astype(np.float64) / 2**24
    axes = {
        "time": _START + np.arange(numbers.size) * np.timedelta64(1, "D"),
        "latitude": np.arange(-85.0, 90.0, 10.0),
        "longitude": np.arange(-175.0, 180.0, 10.0),
    }
    fields = {"xco2": values, "xco2_uncertainty": np.ones_like(values)}
    attributes = {
        "title": "Made-up XCO2 of random numbers",
        "source": "random numbers; no observation went in",
        "mission": "Synthetic",
        "licence": "CC0-1.0",
        "time_resolution": "P1D",
    }
    return write_grid(path, fields, axes, attributes)
