"""Fluorescence of a day of TROPOMI, from its file to soundings and means: time of each stage.

    python -m benchmarks.bench_sif_day [frames]

Prints one JSON object. The spectra are simulated (`sif_day`) and written first, which is not
counted; the file lies in the page cache then, as far as memory reaches. One process does all parts
one after the other: times are those of one core.

Measured once on a core of an AMD EPYC that other work shared (load 6 on two cores, so that the
clock says little): 3.30 million soundings, 1.69 GB of radiances, one window of 119 channels and 12
vectors at most. 41 s of CPU: 17 s to read and train 448 footprints on 593 000 spectra, 9 s to
read and fit, 15 s for zero level, flags, means and files; 81 000 soundings a second in all.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks import sif_day
from casa_processes.common.context import Arrays, SerialContext, Work
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.registry import process

STAGES = {"training_work": "read and train", "fit_work": "read and fit"}


class Timed(SerialContext):
    """Surroundings that tell how long the parts of each stage took, of a core and of the clock."""

    def __init__(self, folder: Path, files: Mapping[str, InputFile]) -> None:
        super().__init__(folder, files=files, cache=folder)
        self.cpu: dict[str, float] = {}
        self.clock: dict[str, float] = {}

    def map(self, work: Work, parts: Sequence[Mapping[str, Any]]) -> Iterator[Arrays]:
        """Do the parts in order."""
        stage = STAGES[work.__name__]
        for part in parts:
            cpu, clock = time.process_time(), time.perf_counter()
            done = work(part, self.check)
            self.cpu[stage] = self.cpu.get(stage, 0.0) + time.process_time() - cpu
            self.clock[stage] = self.clock.get(stage, 0.0) + time.perf_counter() - clock
            yield done


def run(folder: Path, path: Path, **more: Any) -> dict[str, Any]:
    """Run the process; returns times and what came out."""
    asked = process("sif-retrieval")
    file = InputFile(str(path), path.name, "0" * 64, path.stat().st_size)
    context = Timed(folder, {"l1b": file})
    inputs = asked.validate({"l1b": path.name, "windows": ["740"], "plots": False, **more})
    load = asked.load()
    cpu, clock = time.process_time(), time.perf_counter()
    outputs: Any = load(inputs, context)
    whole = time.process_time() - cpu, time.perf_counter() - clock
    for each, total in ((context.cpu, whole[0]), (context.clock, whole[1])):
        each["zero level, flags, grid and files"] = total - sum(each.values())
        each["all"] = total
    rounded = [{key: round(each[key], 1) for key in each} for each in (context.cpu, context.clock)]
    soundings = outputs.written
    return {
        "soundings": soundings,
        "method": inputs.method,
        "cpu_seconds": rounded[0],
        "clock_seconds": rounded[1],
        "soundings_per_cpu_second": round(soundings / whole[0]),
        "statistics": outputs.statistics["sif_740"].model_dump(exclude_none=True),
        "classes": outputs.classes,
        "trained": outputs.trained["740"].model_dump(),
        "file_bytes": outputs.soundings.stat().st_size,
    }


def main(frames: int) -> None:
    """Write a day, warm up on a part of it, run, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, path = folder / "few.nc", folder / "day.nc"
        sif_day.write(few, 2048)
        (folder / "warm").mkdir()
        run(folder / "warm", few, training={"most": 300}, grid={"resolution": 0.5})
        few.unlink()
        start = time.perf_counter()
        size = sif_day.write(path, frames)
        written = time.perf_counter() - start
        bare = np.mean([int((sif_day.places(range(f, f + 1)).surface_class == 16).mean() * 100)
                        for f in range(0, frames, 97)])  # fmt: skip
        result = run(folder, path, grid={"resolution": 0.5})
    load = os.getloadavg()[0]
    more = {
        "radiance_bytes": size,
        "bare_percent": round(float(bare)),
        "writing_clock_seconds": round(written, 1),
        "load_average": round(load, 1),
    }
    print(json.dumps({**result, **more}, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else sif_day.FRAMES)
