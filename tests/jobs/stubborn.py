"""A process for tests that other processes load, as third parties install theirs."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from casa_processes.common.context import Arrays, Check, Context
from casa_processes.common.process import Process, Text


class Inputs(BaseModel):
    seconds: float = 60.0
    parts: int = 0


class Outputs(BaseModel):
    done: bool


def deaf(inputs: Inputs, context: Context) -> Outputs:
    """Work without ever asking whether to stop."""
    if inputs.parts:
        parts = [{"seconds": inputs.seconds}] * inputs.parts
        return Outputs(done=all(each["done"].all() for each in context.map(deaf_part, parts)))
    time.sleep(inputs.seconds)
    return Outputs(done=True)


def deaf_part(part: Mapping[str, Any], check: Check) -> Arrays:
    time.sleep(part["seconds"])
    return {"done": np.array([True])}


STUBBORN = Process(
    id="stubborn",
    version="1.0.0",
    title=Text(en="Stubborn", zh="固执"),
    abstract=Text(en="Does not stop.", zh="不停止。"),
    inputs=Inputs,
    outputs=Outputs,
    run="stubborn:deaf",
)


def install(folder: Path) -> str:
    """Install the process into a folder for the path of other processes; returns that path."""
    home = folder / "stubborn-1.0.dist-info"
    home.mkdir(parents=True)
    shutil.copy(__file__, folder / "stubborn.py")
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: stubborn\nVersion: 1.0\n")
    (home / "entry_points.txt").write_text("[casa.processes]\nstubborn = stubborn:STUBBORN\n")
    return str(folder)
