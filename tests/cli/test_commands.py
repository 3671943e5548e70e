"""Commands as a user meets them: what they print, and their exit codes."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from casa_ogc.archive.soundings import write_soundings
from casa_ogc.cli import first_line, main
from casa_ogc.demo.products import RECIPES
from tests.archive.builders import soundings, source
from tests.house.checkout import ROOT

COMMANDS = main.list_commands(None)


def test_all_commands_are_there():
    wanted = {"serve", "ingest", "verify", "holdings", "openapi", "new", "doctor", "demo"}
    assert {*wanted, "collect-garbage"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_that_begins_with_its_line_in_the_list(casa, name):
    listed = casa("--help").output
    own = casa(name, "--help")
    assert own.exit_code == 0
    assert first_line(name).endswith(".")
    assert first_line(name).split()[0] in listed
    assert " ".join(first_line(name).split()) in " ".join(own.output.split())


def test_an_unknown_command_is_wrong_usage(casa):
    assert casa("nonsense").exit_code == 2


def test_an_error_of_the_project_is_one_line_without_a_traceback(casa):
    done = casa("verify", "nope")
    assert done.exit_code == 1
    assert done.output == "Error: no product that holds data 'nope'; there is none at all\n"


def test_holdings_lists_each_product_and_the_total(casa, demo_archive):
    lines = casa("holdings", archive=demo_archive).output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [*sorted(RECIPES), "total"]


def test_holdings_for_programs_is_json(casa, demo_archive):
    rows = json.loads(casa("holdings", "--json", archive=demo_archive).output)
    assert rows[-1]["product"] == "total"
    assert rows[-1]["granules"] == len(RECIPES)


def test_an_intact_archive_is_said_to_be_intact(casa, demo_archive):
    done = casa("verify", archive=demo_archive)
    assert done.exit_code == 0
    assert f"{len(RECIPES)} products are intact" in done.output


def test_damage_is_named_and_makes_the_exit_code_1(casa, demo_archive, tmp_path):
    stored = Path("archive") / "synthetic-oco2-xco2"
    shutil.copytree(demo_archive / stored.name, tmp_path / stored)
    (part,) = (tmp_path / "archive" / "synthetic-oco2-xco2").rglob("*.parquet")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    done = casa("verify", "synthetic-oco2-xco2")
    assert done.exit_code == 1
    assert f"{part.name}: changed" in done.output
    assert "1 file is not as it was committed" in done.output


def test_collecting_garbage_leaves_the_data(casa, demo_archive):
    assert casa("collect-garbage", "synthetic-sif-monthly", archive=demo_archive).exit_code == 0
    assert casa("verify", "synthetic-sif-monthly", archive=demo_archive).exit_code == 0


@pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["synthetic-sif-monthly", "--all"]])
def test_garbage_of_all_products_is_collected_only_when_that_is_said(casa, tmp_path, arguments):
    write_soundings(tmp_path, "some", soundings(3), [source("a.nc")])
    done = casa("collect-garbage", *arguments, archive=tmp_path)
    assert done.exit_code == 2
    assert "--all" in done.output


def test_a_dry_run_tells_what_would_go_and_removes_nothing(casa, tmp_path):
    heads = [
        write_soundings(tmp_path, "some", soundings(n), [source(f"{n}.nc")]) for n in (3, 4, 5)
    ]
    limits = ("--all", "--snapshots", 1, "--days", 0)
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    told = casa("collect-garbage", *limits, "--dry-run", archive=tmp_path)
    assert told.exit_code == 0, told.output
    assert heads[-1].snapshot not in told.output
    assert all(head.snapshot in told.output for head in heads[:-1])
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before
    assert casa("collect-garbage", *limits, archive=tmp_path).exit_code == 0
    after = casa("collect-garbage", *limits, "--dry-run", archive=tmp_path)
    assert "would give up no snapshot" in after.output


def test_the_doctor_finds_a_good_installation_good(casa, demo_archive):
    done = casa("doctor", archive=demo_archive)
    assert done.exit_code == 0, done.output
    assert "PROBLEM" not in done.output
    assert f"{len(RECIPES)} hold data" in done.output


def test_the_doctor_finds_an_archive_that_cannot_be_written(casa, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    done = casa("doctor", archive=blocked / "archive")
    assert done.exit_code == 1
    assert "PROBLEM archive" in done.output


def test_the_doctor_finds_a_wrong_product_file(casa, tmp_path, monkeypatch):
    (tmp_path / "products").mkdir()
    (tmp_path / "casa.yml").write_text((ROOT / "config/casa.yml").read_text())
    (tmp_path / "products/wrong.yml").write_text("kind: cube\n")
    from casa_processes.common.configuration import config_folder

    monkeypatch.setenv("CASA_CONFIG", str(tmp_path))
    config_folder.cache_clear()
    try:
        done = casa("doctor")
    finally:
        config_folder.cache_clear()
    assert done.exit_code == 1
    assert "PROBLEM configuration: wrong.yml" in done.output


def test_the_openapi_document_is_printed_written_and_compared(casa, tmp_path):
    printed = casa("openapi").output
    assert yaml.safe_load(printed)["openapi"].startswith("3.")
    file = tmp_path / "new" / "openapi.yaml"
    assert casa("openapi", "--output", file).exit_code == 0
    assert file.read_text() == printed
    assert casa("openapi", "--compare", file).exit_code == 0


def test_another_openapi_document_is_shown_as_a_difference(casa, tmp_path):
    file = tmp_path / "openapi.yaml"
    file.write_text(casa("openapi").output.replace("openapi: 3", "openapi: 4", 1))
    done = casa("openapi", "--compare", file)
    assert done.exit_code == 1
    assert "-openapi: 4" in done.output
    assert "+openapi: 3" in done.output
    assert "make openapi" in done.output
