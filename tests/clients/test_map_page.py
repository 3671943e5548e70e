"""The page of a collection in a real browser: its map shows the data, and asks no other host."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from tests.clients.known import GRID, LEVELS, SOUNDINGS
from tests.clients.programs import missing

pytestmark = pytest.mark.clients
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1280, 420)


def browse(url: str, folder: Path, *options: str) -> str:
    """Let a browser show a page for eight seconds of its own time; returns what it prints."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing(" or ".join(BROWSERS))
    command = [found, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=8000", *options]
    done = subprocess.run([*command, url], check=True, capture_output=True, text=True, timeout=180)
    return done.stdout


@pytest.mark.parametrize("name", [GRID, LEVELS, SOUNDINGS])
def test_the_map_of_a_page_lives(site: str, tmp_path: Path, name: str) -> None:
    page = browse(f"{site}/collections/{name}?f=html", tmp_path, "--dump-dom")
    assert re.search(r'<figure id="viewer" class="viewer alive"', page)
    assert 'data-waiting="0"' in page, "all tiles have come"
    assert "<canvas" in page and 'type="range"' in page
    assert ("Level" in page) == (name == LEVELS)
    assert page.count('class="copy"') == page.count("<pre>") > 3


def test_without_scripts_the_page_shows_a_sheet(site: str, tmp_path: Path) -> None:
    page = requests.get(f"{site}/collections/{GRID}?f=html", timeout=60).text
    assert re.search(r'<img class="map"[^>]*/quicklook', page)
    assert "<canvas" not in page and "hidden" not in page


@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_fills_with_the_colours_of_its_tiles(site: str, tmp_path: Path, width: int) -> None:
    url, shot = f"{site}/collections/{GRID}?f=html", tmp_path / "page.png"
    browse(url, tmp_path, f"--window-size={width},1200", f"--screenshot={shot}")
    shown = np.asarray(Image.open(shot).convert("RGB")).astype(int)
    tile = requests.get(f"{site}/collections/{GRID}/map/tiles/WebMercatorQuad/0/0/0", timeout=60)
    pixels = np.asarray(Image.open(io.BytesIO(tile.content)).convert("RGBA"))
    # The last step has the highest values: all of it has nearly one colour, that no page has.
    colour = np.median(pixels[pixels[..., 3] == 255][:, :3], axis=0)
    near = (abs(shown - colour) < 12).all(axis=-1)
    rows, columns = near.any(axis=1).sum(), near.any(axis=0).sum()
    assert columns > 0.75 * min(width, 1000)
    assert rows > 350
    assert near.sum() > 0.8 * rows * columns
