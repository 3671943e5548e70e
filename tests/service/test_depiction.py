"""Answers of data as PNG have the colours, the time and the level of maps and quick looks."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
import requests
from PIL import Image

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import soundings
from tests.encoders.map_oracle import shows
from tests.service.cubes import LATITUDES, LEVELS, LONGITUDES, TIMES, Habit, canonical, cube
from tests.service.pictures import RANGE
from tests.service.sites import product_file, serving, site_file

VALUES = canonical()
STYLE = {"variable": "xco2", "minimum": RANGE.low, "maximum": RANGE.high}
CORNER, WIDTH, HEIGHT = (24, 52), 1000, 500


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of a styled grid, one without a style, and soundings."""
    folder = tmp_path_factory.mktemp("depiction")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    product_file(config, "styled", "grid", style=STYLE)
    product_file(config, "plain", "grid")
    product_file(config, "dots", "soundings", style={**STYLE, "minimum": 400, "maximum": 420})
    for name in ("styled", "plain"):
        write_cube(archive, name, cube(Habit(True, False, "tzyx", False)), ())
    write_soundings(archive, "dots", soundings(400, period=60.0), ())
    with serving(config) as url:
        yield url


def sheet(server: str, path: str, **parameters: str) -> np.ndarray:
    answer = requests.get(f"{server}/collections/{path}", params=parameters, timeout=60)
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["Content-Type"] == "image/png"
    return np.asarray(Image.open(BytesIO(answer.content)))


def cell_colours(pixels: np.ndarray) -> np.ndarray:
    """The commonest colour inside each cell of the map of the whole globe, shape (y, x, 4)."""
    left, top = CORNER
    found = np.zeros((LATITUDES.size, LONGITUDES.size, 4), dtype=np.uint8)
    for i, latitude in enumerate(LATITUDES):
        for j, longitude in enumerate(LONGITUDES):
            row = top + round((90 - latitude) / 180 * HEIGHT)
            column = left + round((longitude + 180) / 360 * WIDTH)
            block = pixels[row - 10 : row + 10, column - 10 : column + 10].reshape(-1, 4)
            colours, counts = np.unique(block, axis=0, return_counts=True)
            found[i, j] = colours[np.argmax(counts)]
    return found


def check(colours: np.ndarray, t: int, z: int) -> None:
    for i in range(LATITUDES.size):
        for j in range(LONGITUDES.size):
            value = float(VALUES[t, z, i, j])
            if np.isfinite(value):
                assert shows(colours[i, j], value, RANGE), (i, j, value, colours[i, j])


def test_a_coverage_is_drawn_as_the_quick_look_draws_it(server: str) -> None:
    ours = sheet(server, "styled/coverage", f="PNG")
    theirs = sheet(server, "styled/quicklook", width="1048")
    assert ours.shape == theirs.shape
    check(cell_colours(ours), -1, 0)
    np.testing.assert_array_equal(cell_colours(ours), cell_colours(theirs))
    bar = slice(CORNER[1] + HEIGHT + 10, None)
    np.testing.assert_array_equal(ours[bar], theirs[bar])


def test_without_a_time_the_last_step_is_drawn_and_of_several_the_last(server: str) -> None:
    last = sheet(server, "styled/coverage", f="PNG", datetime="2022-01-06T12:00:00Z")
    np.testing.assert_array_equal(sheet(server, "styled/coverage", f="PNG"), last)
    several = sheet(server, "styled/coverage", f="PNG", datetime="2022-01-02/2022-01-03")
    (found,) = np.flatnonzero(np.datetime64("2022-01-03T12") == TIMES)
    check(cell_colours(several), int(found), 0)


@pytest.mark.parametrize("z", range(LEVELS.size))
def test_the_level_that_is_asked_is_drawn(server: str, z: int) -> None:
    subset = f"pressure({LEVELS[z]:g})"
    check(cell_colours(sheet(server, "styled/coverage", f="PNG", subset=subset)), -1, z)


def test_queries_for_data_have_the_same_colours_and_time(server: str) -> None:
    box = sheet(server, "styled/cube", bbox="-180,-90,180,90", f="PNG")
    check(cell_colours(box), -1, 0)


def test_without_a_style_the_colours_come_from_what_is_shown(server: str) -> None:
    plain = sheet(server, "plain/coverage", f="PNG")
    styled = sheet(server, "styled/coverage", f="PNG")
    assert (cell_colours(plain) != cell_colours(styled)).any()


def test_soundings_without_a_time_are_those_of_the_last_days(server: str) -> None:
    last = sheet(server, "dots/coverage", f="PNG", datetime="2021-02-13T00:00:00Z/..")
    whole = sheet(server, "dots/coverage", f="PNG", datetime="../..")
    ours = sheet(server, "dots/coverage", f="PNG")
    seas = [
        int((one[CORNER[1] : -90, CORNER[0] : -CORNER[0]] == (236, 240, 243, 255)).all(-1).sum())
        for one in (whole, ours, last)
    ]
    assert seas[0] < seas[1]
    assert abs(seas[1] - seas[2]) < 0.2 * abs(seas[1] - seas[0])


def test_a_picture_of_all_times_costs_one_step_and_other_formats_cost_all(server: str) -> None:
    url = f"{server}/collections/styled/coverage"
    costs = {
        name: requests.get(url, params={"f": name, "estimate": "true"}, timeout=20).json()["cells"]
        for name in ("PNG", "NetCDF")
    }
    assert costs["NetCDF"] == costs["PNG"] * TIMES.size * LEVELS.size


def test_a_picture_at_a_time_that_is_not_there_is_no_content(server: str) -> None:
    url = f"{server}/collections/styled/coverage"
    answer = requests.get(url, params={"f": "PNG", "datetime": "1999-01-01"}, timeout=20)
    assert answer.status_code == 204
