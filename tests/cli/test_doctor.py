"""The doctor finds what is wrong, and commands tell what is not installed."""

import json
import sys
from collections import namedtuple

import click
import pytest
from click.testing import CliRunner

from casa_ogc import cli
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.catalog.published import put
from casa_ogc.commands import doctor
from casa_ogc.jobs.record import Execution
from casa_ogc.jobs.store import JobStore
from casa_processes.common.configuration import config_folder
from casa_processes.common.process import Cost
from tests.archive.builders import soundings, source
from tests.catalog.test_published import product as published_product


@pytest.mark.parametrize(
    ("name", "specifier", "met"),
    [
        ("numpy", "", True),
        ("numpy", ">=1", True),
        ("numpy", "<1", False),
        ("no-such-distribution", "", False),
    ],
)
def test_a_requirement_is_met_by_a_version_that_is_installed(name, specifier, met):
    assert doctor._met(name, specifier) is met


def test_missing_packages_are_named_with_the_version_that_is_wanted(monkeypatch):
    monkeypatch.setattr(doctor, "requires", lambda _: ["numpy>=1", "no-such-distribution>=2"])
    assert list(doctor.packages()) == [(False, "packages: no-such-distribution>=2")]


def test_packages_of_another_extra_are_not_missed(monkeypatch):
    lines = ["numpy>=1", 'no-such>=2; extra == "cluster"', 'neither>=3; extra == "server"']
    monkeypatch.setattr(doctor, "requires", lambda _: lines)
    ((good, text),) = doctor.packages()
    assert not good
    assert text == 'packages: neither>=3; extra == "server"'


def test_a_database_that_answers_tells_how_many_jobs_are_open(casa):
    store = JobStore(f"sqlite:///{casa.folder / 'jobs.sqlite'}")
    store.submit(Execution("echo", "1", {}), owner="", cost=Cost())
    store.close()
    assert f"ok      database: sqlite:///{casa.folder}/jobs.sqlite, 1 open jobs" in (
        casa("doctor").output
    )


def test_a_database_that_does_not_answer_is_a_problem_and_its_password_is_not_told(
    casa, monkeypatch
):
    monkeypatch.setenv("CASA_DATABASE", "postgresql://casa:secret@127.0.0.1:1/casa")
    done = casa("doctor")
    assert done.exit_code == 1
    assert "PROBLEM database: the database of jobs does not answer" in done.output
    assert "secret" not in done.output


def test_a_missing_driver_is_named_with_the_command_that_helps(casa, monkeypatch):
    monkeypatch.setenv("CASA_DATABASE", "postgresql://127.0.0.1/casa")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    output = casa("doctor").output
    assert "PROBLEM database: psycopg is missing: pip install 'casa-ogc[cluster]'" in output


def test_a_folder_of_jobs_that_cannot_be_written_is_a_problem(casa):
    casa.folder.write_text("no folder")
    output = casa("doctor").output
    assert f"PROBLEM jobs: {casa.folder} is not writable" in output
    assert "PROBLEM database: " in output


def test_a_library_that_cannot_be_imported_is_a_problem(monkeypatch):
    monkeypatch.setitem(sys.modules, "icechunk", None)
    problems = [text for good, text in doctor.packages() if not good]
    assert len(problems) == 1
    assert problems[0].startswith("icechunk cannot be imported: ")


@pytest.mark.parametrize(("version", "good"), [((3, 11, 9), False), ((3, 12, 0), True)])
def test_a_python_below_the_least_is_a_problem(monkeypatch, version, good):
    monkeypatch.setattr(sys, "version_info", version)
    ((found, text),) = doctor.python()
    assert found is good
    assert sys.executable in text


@pytest.mark.parametrize(("free", "good"), [(10**9, False), (3 * 10**9, True)])
def test_a_disk_that_is_almost_full_is_a_problem(casa, monkeypatch, free, good):
    usage = namedtuple("usage", "total used free")(10**10, 0, free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    done = casa("doctor")
    assert (f"disk: {free / 1e9:.1f} GB free" in done.output) and (done.exit_code == 0) is good


def test_data_without_a_product_file_is_a_problem(casa, tmp_path):
    write_soundings(tmp_path, "nobody-knows", soundings(3), [source("a.nc")])
    done = casa("doctor", archive=tmp_path)
    assert done.exit_code == 1
    assert "PROBLEM products: 1 hold data; without a product file: nobody-knows" in done.output


def test_looking_does_not_make_the_archive(casa, tmp_path):
    casa("doctor", archive=tmp_path / "deep" / "archive")
    casa("holdings", archive=tmp_path / "deep" / "archive")
    assert not (tmp_path / "deep").exists()


def test_an_empty_archive_has_a_total_of_nothing(casa):
    (total,) = json.loads(casa("holdings", "--json").output)
    assert (total["product"], total["bytes"], total["missions"]) == ("total", 0, [])


@pytest.mark.parametrize(
    ("missing", "advice"), [("flask.json", True), ("waitress", True), ("casa_ogc.gone", False)]
)
def test_a_package_that_is_missing_is_told_with_the_way_to_get_it(monkeypatch, missing, advice):
    @click.command()
    def broken():
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr(cli.Commands, "get_command", lambda *_: broken)
    done = CliRunner().invoke(cli.main, ["verify"])
    assert done.exit_code == 1
    if advice:
        assert done.output == (
            f"Error: {missing.partition('.')[0]} is not installed; install the package with its"
            " extra: pip install 'casa-ogc[server]'\n"
        )
    else:
        assert isinstance(done.exception, ModuleNotFoundError)


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_tells_the_exit_codes(casa, option):
    assert "1 refused or damaged (the message says what), 2 wrong usage." in " ".join(
        casa(option).output.split()
    )


def test_a_published_result_is_a_product_like_those_of_files(casa, tmp_path):
    archive = tmp_path / "archive"
    for name in ("job-0123456789ab", "stray"):
        write_soundings(archive, name, soundings(3), [source(name)])
    put(archive, published_product("job-0123456789ab"), b"{}")
    output = casa("doctor").output
    assert "products: 2 hold data; without a product file: stray\n" in output


def test_it_is_told_where_relative_folders_start(casa):
    assert f"relative folders start at {config_folder().parent}" in casa("doctor").output
