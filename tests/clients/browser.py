"""A real browser without a window."""

import shutil
import subprocess
from pathlib import Path

from tests.clients.programs import missing

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def shown(url: str, folder: Path) -> str:
    """Return the document as a browser has it after six seconds of its own time."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing(" or ".join(BROWSERS))
    command = [found, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += [f"--user-data-dir={folder}", "--virtual-time-budget=6000", url]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=180).stdout
