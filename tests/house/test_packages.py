"""What is installed finds its configuration, from a wheel and from a checkout."""

import os
import subprocess
import sys
import zipfile

import pytest

from casa_processes.common.configuration import config_folder
from tests.house.checkout import ROOT

PRINT_FOLDER = (
    "from casa_processes.common.configuration import config_folder; "
    "from casa_ogc.catalog.products import load_products; "
    "print(len(load_products()), config_folder())"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Folder into which a wheel of this checkout was unpacked."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def folder_found(path, **environment):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CASA_")}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_FOLDER],
        env={**clean, "PYTHONPATH": str(path), **environment},
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    count, _, folder = done.stdout.strip().partition(" ")
    return int(count), folder


def test_a_wheel_finds_the_configuration_that_it_brings(wheel):
    count, folder = folder_found(wheel)
    assert folder == str(wheel / "casa_processes" / "_config")
    assert count == len(list((ROOT / "config/products").glob("*.yml")))


def test_a_wheel_brings_all_spectrometers(wheel):
    brought = {path.name for path in (wheel / "casa_processes/_config/instruments").glob("*.yml")}
    assert brought == {path.name for path in (ROOT / "config/instruments").glob("*.yml")}
    assert "oco2.yml" in brought


def test_the_environment_overrules_the_wheel(wheel):
    _, folder = folder_found(wheel, CASA_CONFIG=str(ROOT / "config"))
    assert folder == str(ROOT / "config")


def test_a_wheel_brings_all_that_is_no_python(wheel):
    for package in ("casa_ogc", "processes/casa_processes"):
        here = ROOT / package
        inside = wheel / here.name
        for path in here.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert (inside / path.relative_to(here)).is_file(), path


def test_a_checkout_finds_its_own_configuration(monkeypatch):
    monkeypatch.delenv("CASA_CONFIG", raising=False)
    config_folder.cache_clear()
    try:
        assert config_folder() == ROOT / "config"
    finally:
        config_folder.cache_clear()
