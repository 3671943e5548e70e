"""Who may know whom, where a contract of layers cannot say it."""

import re
import subprocess
import sys

import pytest

from casa_ogc.readers.registry import reader_names
from tests.house.checkout import ROOT, imports, python_files, text_files

KERNELS = [path for path in python_files() if path.name == "kernel.py"]
KERNEL_MAY = re.compile(
    r"math|numpy|numba|llvmlite|typing|collections|dataclasses"
    r"|casa_processes\.common\.(jit|constants)|casa_processes(\.\w+)+\.kernel"
)
OWN_READERS = [name for name in reader_names() if (ROOT / f"casa_ogc/readers/{name}.py").is_file()]


@pytest.mark.parametrize("path", KERNELS, ids=str)
def test_a_kernel_imports_numerical_libraries_only(path):
    strange = {name for name in imports(path) if not KERNEL_MAY.match(name)}
    assert not strange


@pytest.mark.parametrize("name", OWN_READERS)
def test_a_reader_knows_no_other_reader(name):
    others = {f"casa_ogc.readers.{other}" for other in OWN_READERS if other != name}
    assert not imports(ROOT / f"casa_ogc/readers/{name}.py") & others


def test_a_process_knows_no_other_process():
    packages = [path.parent.name for path in python_files() if path.name == "pipeline.py"]
    for path in python_files():
        if path.parts[:2] == ("processes", "casa_processes") and path.parts[2] in packages:
            known = {f"casa_processes.{other}" for other in packages if other != path.parts[2]}
            found = {".".join(name.split(".")[:2]) for name in imports(path)}
            assert not found & known, path


def test_a_room_that_processes_share_knows_none_of_them():
    packages = [path.parent.name for path in python_files() if path.name == "pipeline.py"]
    processes = {f"casa_processes.{name}" for name in packages}
    for path in python_files():
        if path.parts[:2] == ("processes", "casa_processes") and path.parts[2] not in packages:
            found = {".".join(name.split(".")[:2]) for name in imports(path)}
            assert not found & processes, path


def test_listing_the_commands_imports_nothing_heavy():
    heavy = {"numpy", "xarray", "pyarrow", "icechunk", "flask", "pygeoapi", "numba", "dask"}
    code = (
        "import sys; from click.testing import CliRunner; from casa_ogc.cli import main; "
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not heavy & set(done.stdout.split())


def test_pages_ask_no_other_host_for_scripts_or_styles():
    foreign = re.compile(
        r"""<(script|link|img)[^>]+(src|href)=["'](https?:)?//[^"']+\.(js|css|png)"""
    )
    pages = [path for path in text_files() if path.suffix == ".html"]
    assert not [str(path) for path in pages if foreign.search((ROOT / path).read_text())]
