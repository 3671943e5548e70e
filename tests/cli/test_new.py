"""Skeletons pass the checks of the house as they are written."""

import os
import shutil
import subprocess
import sys

import pytest

from casa_ogc.scaffold.skeleton import KINDS, write
from casa_processes.common.errors import InvalidValueError
from tests.house.checkout import ROOT

COPIED = ("casa_ogc", "processes", "config", "tests", "pyproject.toml", "README.md")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy of the checkout in which one skeleton of each kind was written."""
    root = tmp_path_factory.mktemp("copy of the checkout")
    for name in COPIED:
        if (ROOT / name).is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
            shutil.copytree(ROOT / name, root / name, ignore=skipped)
        else:
            shutil.copy(ROOT / name, root / name)
    for kind in KINDS:
        done = run(root, "casa_ogc.cli", "new", kind, f"brand-new-{kind}")
        assert done.returncode == 0, done.stderr
    return root


def run(root, module, *arguments):
    path = os.pathsep.join([str(root), str(root / "processes")])
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def new_files(root):
    return [str(path.relative_to(root)) for path in root.rglob("*.py") if "brand_new" in str(path)]


def test_every_kind_writes_its_files(copy):
    assert len(new_files(copy)) == 6
    assert (copy / "config/products/brand-new-reader.yml").is_file()
    assert (copy / "config/products/brand-new-product.yml").is_file()


def test_skeletons_are_formatted_and_without_lint(copy):
    for command in (["format", "--check"], ["check"]):
        done = run(copy, "ruff", *command, "--no-cache", *new_files(copy))
        assert done.returncode == 0, done.stdout


def test_the_tests_of_skeletons_pass(copy):
    tests = [name for name in new_files(copy) if name.startswith("tests")]
    house = ["tests/house/test_sizes.py", "tests/house/test_imports.py"]
    products = "tests/house/test_declarations.py"
    done = run(
        copy, "pytest", "-q", "-p", "no:cacheprovider", *tests, *house, products, "-k", "new"
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("name", ["abacus", "column-trend", "zonal-mean"])
def test_imports_are_in_order_whatever_the_name(tmp_path, name):
    write("process", name, tmp_path)
    for path in tmp_path.rglob("*.py"):
        lines = path.read_text().splitlines()
        modules = [line.split()[1] for line in lines if line.startswith("from casa_")]
        assert modules == sorted(modules), path.name


@pytest.mark.slow
def test_skeletons_are_typed(copy):
    names = [name for name in new_files(copy) if not name.startswith("tests")]
    done = run(copy, "mypy", *names)
    wrong = [line for line in done.stdout.splitlines() if "brand_new" in line and "error" in line]
    assert not wrong
    assert "Traceback" not in done.stderr


def test_a_skeleton_replaces_no_file(tmp_path):
    write("product", "mine", tmp_path)
    with pytest.raises(InvalidValueError, match=r"mine\.yml exists"):
        write("product", "mine", tmp_path)


@pytest.mark.parametrize("name", ["", "Big", "a_b", "a--b", "../up", "1st", "a-"])
def test_a_name_of_other_characters_is_refused(name, tmp_path):
    with pytest.raises(InvalidValueError, match="NAME"):
        write("reader", name, tmp_path)
    assert not list(tmp_path.iterdir())
