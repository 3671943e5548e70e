"""Line lists from HITRAN's service, by its application programming interface."""

import contextlib
import hashlib
import io
import json
import shutil
import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.isotopologues import MOLECULES, hitran_program, isotopologue

_TABLE = "lines"


def fetch_lines(
    folder: Path,
    gas: str,
    low: float,
    high: float,
    isotopologues: Sequence[int] = (1,),
    host: str | None = None,
) -> Path:
    """Fetch HITRAN records and keep them with their origin.

    Parameters
    ----------
    folder
        Where the file goes; one of the same request is replaced.
    gas
        Name of the molecule.
    low, high
        Wavenumbers.  [cm-1]
    isotopologues
        HITRAN's numbers.
    host
        Address of a service of the same form; HITRAN's own when not given.

    Returns
    -------
    Path
        The file `<gas>_<low>_<high>_iso<numbers>.par`; beside it lies one of the same name with
        `.about.json`: what was asked of whom and when, number of lines and checksum.

    Raises
    ------
    UnknownNameError
        When there is no such gas or isotopologue.
    InvalidValueError
        When the interval is none, the service does not answer, or what it sends is no records.
    """
    if gas not in MOLECULES:
        raise UnknownNameError("gas", gas, MOLECULES)
    if not 0 < low < high:
        raise InvalidValueError("wavenumbers", (low, high), "a lower and a higher one above zero")
    for number in isotopologues:
        isotopologue(MOLECULES[gas], number)
    numbers = "".join(str(number) for number in isotopologues)
    name = f"{gas}_{low:g}_{high:g}_iso{numbers}.par"
    with TemporaryDirectory() as work:
        service = _ask(Path(work), gas, low, high, isotopologues, host)
        path = Path(work) / f"{_TABLE}.data"
        try:
            lines = read_hitran(path)
        except FileContentError as error:
            found = f"{service} sent what is no line list: {error}"
            raise InvalidValueError(f"lines of {gas}", found, "HITRAN records") from None
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    about = {
        "source": service,
        "gas": gas,
        "isotopologues": list(isotopologues),
        "wavenumbers": [low, high],
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "lines": len(lines),
        "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
        "terms": "HITRAN data are free of charge; cite HITRAN and the sources of the lines",
    }
    (folder / f"{name}.about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    return folder / name


def _ask(
    work: Path, gas: str, low: float, high: float, numbers: Sequence[int], host: str | None
) -> str:
    """Let HITRAN's interface write the records into a folder; return the host it asked."""
    program: Any = hitran_program()
    variables = program.VARIABLES
    before = {key: variables[key] for key in ("BACKEND_DATABASE_NAME", "GLOBAL_HOST")}
    service = host or before["GLOBAL_HOST"]
    identities = [program.ISO[MOLECULES[gas], number][0] for number in numbers]
    variables.update(BACKEND_DATABASE_NAME=str(work), GLOBAL_HOST=service)
    try:
        with _quiet():
            fault = _tried(program, identities, low, high)
            kept = program.LOCAL_TABLE_CACHE.pop(_TABLE, None)
            if kept and kept.get("filehandler"):
                kept["filehandler"].close()
    finally:
        variables.update(before)
    if fault and not (work / f"{_TABLE}.data").is_file():
        found = f"{service} did not answer ({fault})"
        raise InvalidValueError(f"lines of {gas}", found, "an internet connection")
    return str(service)


def _tried(program: Any, identities: Sequence[int], low: float, high: float) -> str:
    """Ask, and return what went wrong: that library raises the base class, and others offline."""
    try:
        program.queryHITRAN(_TABLE, identities, low, high)
    except Exception as error:  # noqa: BLE001  # see above
        return str(error)
    return ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep that library from writing to the standard output, and from telling of its open files."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
