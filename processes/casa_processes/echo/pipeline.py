"""Waiting, and giving back."""

import time
from collections.abc import Mapping
from pathlib import Path

from casa_processes.common.context import Context
from casa_processes.common.json_types import decoded
from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.echo import Inputs, Outputs

STEP = 0.05
"""Longest wait between two looks at whether to stop.  [s]"""


def echo(inputs: Inputs, context: Context) -> Outputs:
    """Give back the inputs after the pause.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Is asked during the pause whether to stop; an image becomes a file in its folder.

    Raises
    ------
    StoppedError
        When the run was stopped during the pause.
    """
    _wait(inputs.pause, context)
    values = inputs.model_dump(exclude={"pause", "imageInput"})
    return Outputs(**values, imageInput=_image(inputs.imageInput, context.folder))


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect the pause, and as many bytes as were given."""
    given = len(inputs.model_dump_json())
    return Cost(cpu_seconds=0.01 + inputs.pause, memory=64 * 1024**2 + 8 * given, result=given)


def _wait(pause: float, context: Context) -> None:
    """Wait in short steps, telling how far it is once a second."""
    start = told = time.monotonic()
    while (left := pause - (time.monotonic() - start)) > 0.0:
        context.check()
        if time.monotonic() - told >= 1.0:
            told = time.monotonic()
            context.progress(1.0 - left / pause, "waiting")
        time.sleep(min(left, STEP))


def _image(text: str | None, folder: Path) -> Path | None:
    """Write the image that was given as base64."""
    if text is None:
        return None
    path = folder / "image.tiff"
    path.write_bytes(decoded(text))
    return path
