"""Processes run here and now, for tests of what they give."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from casa_ogc.jobs.serial import VALUES, run_into


def run_here(process_id, inputs, catalog):
    """Run a process and return its values by output."""
    with TemporaryDirectory() as folder:
        run_into(Path(folder), process_id, inputs, catalog)
        return json.loads((Path(folder) / VALUES).read_text())
