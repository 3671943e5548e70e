"""Spectroscopy and sunlight that spectra of the synthetic world are made with: the built-in ones.

They are those that a retrieval of a file takes by default, so that what is retrieved from spectra
of the world tells of the retrieval, not of spectroscopy.
"""

from collections.abc import Callable
from pathlib import Path

from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import absorption
from casa_processes.spectroscopy.tables import states
from casa_processes.xco2.model import Physics

BANDS = ("o2a", "wco2", "sco2")
STATES = states()
"""Pressures and temperatures of the tables: those that retrievals of files take."""
_BUILTIN = "builtin"


def load(folder: Path, report: Callable[[float], None] | None = None) -> Physics:
    """Return cross-sections and sunlight; tables are built where they are not in the folder.

    Parameters
    ----------
    folder
        Where tables are kept.
    report
        Is told which fraction of the tables is there.
    """
    found = {}
    for number, name in enumerate(BANDS):

        def tell(done: float, before: int = number) -> None:
            if report is not None:
                report((before + done) / len(BANDS))

        found[name] = absorption(_BUILTIN, name, folder, STATES, tell)
    return Physics(found, sunlight(_BUILTIN))
