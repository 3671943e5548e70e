"""Runs of the process, as short as they can be."""

from casa_processes.common.context import SerialContext
from casa_processes.common.registry import process

PROCESS = process("xco2-retrieval")
QUICK = {
    "l1b": "synthetic",
    "screening": "off",
    "plots": False,
    "options": {"scattering": "single", "bands": ["wco2"], "aerosols": [], "threshold": 0.5},
}


def run(folder, context=None, **inputs):
    """Run it in a folder, which is made."""
    folder.mkdir(exist_ok=True)
    return PROCESS.load()(PROCESS.validate(inputs), context or SerialContext(folder))
