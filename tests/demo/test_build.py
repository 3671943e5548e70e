"""The demonstration archive: complete, labelled, and built once."""

import dataclasses
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from casa_ogc.archive.heads import list_products, read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.manifests import last_manifest
from casa_ogc.catalog.products import load_products
from casa_ogc.demo import build
from casa_ogc.demo.build import SECONDS, WORLD, build_demo
from casa_ogc.demo.crew import BuildError
from casa_ogc.demo.products import RECIPES, Recipe
from casa_ogc.demo.standing import BUILDING, FORMER, holdings, wanted
from casa_processes.common.errors import InvalidValueError
from casa_processes.simulation.sampling import INSTRUMENTS
from tests.archive.builders import soundings, source
from tests.demo_archive import DAYS

PATIENCE = 90.0
FREE = [name for name, recipe in RECIPES.items() if recipe.needs == "year"]


def copied(month, folder, *without):
    """Return a copy of the archive without some products."""
    shutil.copytree(month, folder)
    for name in without:
        shutil.rmtree(folder / name)
    return folder


def parts_of(root, product):
    """Return what a product consists of: names of immutable parts say what is in them."""
    return sorted(name for name in last_manifest(root, product).objects if "parquet" in name)


def test_every_product_is_configured_as_synthetic_and_in_two_languages(month):
    products = load_products()
    assert {name for name in products if name.startswith("synthetic-")} == set(RECIPES)
    for name in RECIPES:
        product, head = products[name], read_head(month, name)
        assert product.synthetic
        assert product.kind == head.kind
        assert set(product.default_variables) <= set(head.variables)
        assert product.style.variable in head.variables
        assert product.title.en.startswith("Synthetic")
        assert product.title.zh.startswith("模拟")
        assert product.description.en.startswith("Simulated, not")


def test_what_is_stored_says_that_it_is_synthetic(month):
    for name in RECIPES:
        about = read_head(month, name).attributes
        assert about["synthetic"] == "true", name
        assert about["mission"] == "Synthetic", name
        assert about["title"].startswith("Synthetic"), name
        assert about["product"] == name


def test_all_of_it_is_stored_and_intact(month):
    assert list_products(month) == tuple(sorted(RECIPES))
    assert all(verify(month, name) == () for name in RECIPES)
    assert not (month / BUILDING).exists()


def test_all_that_is_asked_of_a_demonstration_is_there():
    missions = {f"synthetic-{name}-xco2" for name in INSTRUMENTS}
    assert len(missions) == 5
    assert missions <= set(RECIPES)
    kinds = ("xco2-daily", "co2-levels", "sif-monthly", "oco2-sif", "co2-flux-monthly")
    further = ("co2-flux-prior-monthly", "emissions-daily", "tccon")
    assert {f"synthetic-{one}" for one in kinds + further} == set(RECIPES) - missions


def test_building_again_changes_nothing_and_takes_no_simulation(month, monkeypatch):
    monkeypatch.setattr(build, "run", pytest.fail)
    before = {name: (month / name / "head.json").read_bytes() for name in RECIPES}
    told = []
    heads = build_demo(month, DAYS, report=lambda *event: told.append(event))
    assert heads == {name: read_head(month, name) for name in RECIPES}
    assert sorted(told) == sorted((name, 1.0) for name in SECONDS)
    assert {name: (month / name / "head.json").read_bytes() for name in RECIPES} == before


def test_what_was_killed_goes_on_where_it_was(month, tmp_path, rows, grid):
    """The killed one has two workers, and the one that goes on has none."""
    soon, later = "synthetic-sif-monthly", "synthetic-tccon"
    root = copied(month, tmp_path / "archive", soon, later)
    command = [sys.executable, "-m", "casa_ogc.cli", "demo", "--days", str(DAYS), "--workers", "2"]
    environment = {**os.environ, "CASA_ARCHIVE": str(root)}
    building = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE
    while not (root / soon / "head.json").exists() and time.monotonic() < until:
        time.sleep(0.02)
    family = psutil.Process(building.pid).children(recursive=True)
    building.kill()
    building.wait()
    assert psutil.wait_procs(family, PATIENCE)[1] == []
    assert wanted(root)
    assert list_products(root) == tuple(sorted({*RECIPES} - {later}))
    told = []
    build_demo(root, DAYS, report=lambda *event: told.append(event))
    done = [name for name, part in told if part == 1.0]
    assert sorted(done) == sorted(SECONDS)
    assert done[-2:] == [WORLD, later]
    assert not wanted(root)
    assert parts_of(root, later) == parts_of(month, later)
    np.testing.assert_array_equal(
        grid(soon, "sif_740_daily", root), grid(soon, "sif_740_daily", month)
    )
    assert all(verify(root, name) == () for name in (soon, later))


def test_products_of_others_are_left_alone(tmp_path):
    theirs = soundings(3)
    head = build.write_soundings(tmp_path, "synthetic-tccon", theirs, [source("mine.nc")])
    assert build._settled(tmp_path, "synthetic-tccon", DAYS)
    assert read_head(tmp_path, "synthetic-tccon") == head


def test_what_is_somebody_elses_or_of_nothing_is_not_the_demonstrations(tmp_path):
    name = "synthetic-tccon"
    build.write_soundings(tmp_path, name, soundings(3), [])
    assert build._settled(tmp_path, name, DAYS)
    build.write_soundings(tmp_path, FORMER[0], soundings(3), [])
    build._clear(tmp_path)
    assert list_products(tmp_path) == (FORMER[0], name)


def test_what_becomes_somebody_elses_while_it_is_made_stays(tmp_path, monkeypatch):
    name = "synthetic-tccon"

    def make(_report):
        build.write_soundings(tmp_path, name, soundings(3), [source("mine.nc")])
        return soundings(4)

    monkeypatch.setattr(build, "RECIPES", {name: Recipe(make, "year", 1.0)})
    build._make(tmp_path, DAYS, name, lambda *_: None)
    assert [file.name for file in last_manifest(tmp_path, name).files] == ["mine.nc"]


def test_days_are_kept_and_fewer_are_refused(month, tmp_path):
    assert build._agreed(month, None) == build._agreed(month, DAYS) == DAYS
    assert build._agreed(month, DAYS + 1) == DAYS + 1
    before = {name: (month / name / "head.json").read_bytes() for name in RECIPES}
    with pytest.raises(InvalidValueError, match="days = 7 cannot be used; expected 31 or more"):
        build_demo(month, DAYS - 24)
    assert {name: (month / name / "head.json").read_bytes() for name in RECIPES} == before
    assert build._agreed(tmp_path, None) == 365
    assert build._agreed(tmp_path, 7) == 7


def test_what_was_interrupted_goes_on_with_its_days(tmp_path, monkeypatch):
    def broken(*_):
        raise OSError("no room")

    recipes = {"a": Recipe(broken, "world", 1.0), "b": Recipe(broken, "days", 1.0)}
    monkeypatch.setattr(build, "RECIPES", recipes)
    monkeypatch.setattr(build, "run", broken)
    with pytest.raises(BuildError, match=r"^world, b, a could not"):
        build_demo(tmp_path, 7)
    assert wanted(tmp_path)
    assert build._agreed(tmp_path, None) == 7
    assert build._agreed(tmp_path, 5) == 5


def test_another_version_is_made_anew(month, monkeypatch):
    assert all(build._settled(month, name, DAYS) for name in RECIPES)
    assert {name for name in RECIPES if build._settled(month, name, DAYS + 1)} == set(FREE)
    monkeypatch.setattr(build, "VERSION", "other")
    assert not any(build._settled(month, name, DAYS) for name in RECIPES)


def test_what_earlier_versions_called_otherwise_goes_and_other_products_stay(month, tmp_path):
    root = copied(month, tmp_path / "archive")
    ours = dataclasses.replace(source("demo"), reader="demo")
    build.write_soundings(root, FORMER[0], soundings(3), [ours])
    build.write_soundings(root, FORMER[1], soundings(3), [source("mine.nc")])
    build_demo(root, DAYS)
    assert list_products(root) == tuple(sorted([*RECIPES, FORMER[1]]))


def test_a_server_builds_it_for_an_empty_or_an_interrupted_archive_alone(month, tmp_path):
    root = tmp_path / "archive"
    assert wanted(root)
    build.write_soundings(root, FORMER[0], soundings(3), [source("old")])
    assert holdings(root) == ()
    assert wanted(root)
    build.write_soundings(root, "mine", soundings(3), [source("mine.nc")])
    assert holdings(root) == ("mine",)
    assert not wanted(root)
    (root / BUILDING).mkdir()
    assert wanted(root)
    assert not wanted(month)


@pytest.mark.parametrize("name", FREE)
def test_what_needs_no_nature_run_has_the_whole_year(month, name):
    first, last = read_head(month, name).time
    assert first.startswith("2023-01")
    assert last.startswith("2023-12")


def test_the_month_ends_with_its_last_day(month, rows):
    assert read_head(month, "synthetic-xco2-daily").dimensions["time"] == DAYS
    times = rows("synthetic-gosat-xco2", "time")["time"]
    assert np.unique(times.astype("datetime64[D]")).size == DAYS
