"""A running service answers from the snapshot to which a product was reverted, at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.expiry import Retention, collect_garbage
from casa_ogc.archive.reversion import revert
from tests.archive.builders import grid, source
from tests.service.sites import product_file, serving, site_file

NAME = "undone"
PLACE = "position?coords=POINT(5 5)&datetime=2021-01-01"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server of a grid, and the root of its archive."""
    config, archive = tmp_path / "config", tmp_path / "archive"
    site_file(config, archive)
    product_file(config, NAME, "grid")
    write_cube(archive, NAME, grid([0], mark=1), [source("first.nc")])
    with serving(config) as url:
        yield f"{url}/collections/{NAME}", archive


def answered(url: str) -> tuple[float, str]:
    """Return the value at a place, and the tag of the answer."""
    answer = requests.get(f"{url}/{PLACE}", timeout=30)
    (value,) = answer.json()["ranges"]["xco2"]["values"]
    return value, answer.headers["ETag"]


def test_answers_change_back_and_forth_with_the_head(site: tuple[str, Path]) -> None:
    url, archive = site
    first = answered(url)
    write_cube(archive, NAME, grid([0, 1], mark=2), [source("second.nc")])
    second = answered(url)
    assert second[0] == first[0] + 1
    assert second[1] != first[1]
    done = revert(archive, NAME)
    assert answered(url) == first
    described = requests.get(url, timeout=30).json()
    assert described["version"] == done.after.snapshot
    assert described["extent"]["temporal"]["interval"][0][1].startswith("2021-01-01")
    revert(archive, NAME, done.before.snapshot)
    assert answered(url) == second


def test_what_was_undone_stays_an_instance_until_it_is_given_up(site: tuple[str, Path]) -> None:
    url, archive = site
    first = answered(url)
    write_cube(archive, NAME, grid([0], mark=2), [source("second.nc")])
    undone = revert(archive, NAME).before.snapshot
    listed = requests.get(f"{url}/instances", timeout=30).json()["instances"]
    assert undone in {one["id"] for one in listed}
    assert answered(f"{url}/instances/{undone}")[0] == first[0] + 1
    collect_garbage(archive, NAME, Retention(snapshots=1, days=0))
    assert requests.get(f"{url}/instances/{undone}", timeout=30).status_code == 404
    assert answered(url) == first
