"""Entity tags of locations change with what a site says of its regions, and with nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from tests.service.sites import product_file, serving, site_file
from tests.synthetic import encoded_soundings

type Tags = dict[str, tuple[str, int]]
PATHS = ("locations", "locations/here", "locations/china", "locations/here,china")


@pytest.fixture(scope="module")
def tags(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Tags]:
    """Return a function that serves a site with a region, and gives tags and sizes of answers."""
    folder: Path = tmp_path_factory.mktemp("regions")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    product_file(config, "points", "soundings")
    file = SourceFile("c.nc", "c" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
    write_soundings(archive, "points", encoded_soundings(count=300), (file,))

    def read(region: str, paths: tuple[str, ...] = PATHS) -> Tags:
        (config / "regions").mkdir(exist_ok=True)
        (config / "regions" / "here.yml").write_text(
            f"title: {{en: Here, zh: Here}}\n{region}\n", "utf-8"
        )
        with serving(config) as url:
            return {path: _asked(f"{url}/collections/points/{path}") for path in paths}

    return read


def _asked(url: str) -> tuple[str, int]:
    """Ask, ask again with the tag, and return the tag and the size of the answer."""
    first = requests.get(url, timeout=30)
    assert first.status_code == 200, first.text[:300]
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = requests.get(url, headers={"If-None-Match": '"other"'}, timeout=30)
    assert (other.status_code, len(other.content)) == (200, len(first.content))
    return first.headers["ETag"], len(first.content)


def test_a_tag_changes_with_the_region_of_a_site(tags: Callable[..., Tags]) -> None:
    narrow, wide = tags("bbox: [-60, -60, 0, 60]"), tags("bbox: [-120, -60, 0, 60]")
    assert narrow["locations/here"][1] < wide["locations/here"][1]
    changed = {path for path in PATHS if narrow[path][0] != wide[path][0]}
    assert changed == set(PATHS) - {"locations/china"}
    assert tags("bbox: [-60, -60, 0, 60]") == narrow


def test_a_tag_changes_with_the_radius_of_a_place(tags: Callable[..., Tags]) -> None:
    narrow, wide = (
        tags(f"point: [0, 0]\nradius_km: {radius}", ("locations/here",)) for radius in (3000, 9000)
    )
    assert narrow["locations/here"][0] != wide["locations/here"][0]
