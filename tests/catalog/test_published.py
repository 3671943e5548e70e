"""Published results in the catalogue: seen at once, gone in time, and cheap to ask for."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.cubes import write_cube
from casa_ogc.catalog import published
from casa_ogc.catalog.entries import Catalog, load_catalog
from casa_ogc.catalog.published import PublishedProduct, put, read_provenance, withdraw
from casa_processes.common.errors import UnknownNameError
from tests.service.sites import product_file, site_file

TEXT = {"en": "Result", "zh": "结果"}


def product(name, **more):
    return PublishedProduct(
        **{
            "id": name,
            "kind": "grid",
            "title": TEXT,
            "description": TEXT,
            "licence": "CC0-1.0",
            "citation": "Tests (2026)",
            "providers": [{"name": "Tests", "roles": ["processor"]}],
            "process": "long",
            "process_version": "1.0.0",
            "created": "2026-01-01T00:00:00.000Z",
            "provenance": published.provenance_name(name),
            **more,
        }
    )


def grid():
    return xr.Dataset(
        {"xco2": (("latitude", "longitude"), np.full((2, 4), 400.0, "float32"))},
        coords={"latitude": [-45.0, 45.0], "longitude": [-135.0, -45.0, 45.0, 135.0]},
        attrs={"source": "test", "mission": "Synthetic"},
    )


@pytest.fixture
def catalog(tmp_path) -> Catalog:
    config, archive = tmp_path / "config", tmp_path / "archive"
    site_file(config, archive)
    product_file(config, "configured", "grid")
    write_cube(archive, "configured", grid(), ())
    return load_catalog(config)


def publish(catalog, name, **more):
    write_cube(catalog.root, name, grid(), ())
    put(catalog.root, product(name, **more), b"{}")


def instant(seconds):
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_product_is_seen_at_once_after_the_configured_ones(catalog):
    assert list(catalog.entries()) == ["configured"]
    publish(catalog, "a-result")
    assert list(catalog.entries()) == ["configured", "a-result"]
    assert catalog.entry("a-result").head.variables == ("xco2",)
    assert isinstance(catalog.entry("a-result").product, PublishedProduct)


def test_a_product_is_seen_even_when_the_folder_keeps_its_time(catalog):
    """Two documents within one tick of the file system's clock."""
    publish(catalog, "first")
    folder = catalog.root / published.FOLDER
    status = folder.stat()
    assert "first" in catalog.entries()
    publish(catalog, "second")
    os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert {"first", "second"} <= set(catalog.entries())


def test_a_settled_folder_is_not_read_again(catalog, monkeypatch):
    publish(catalog, "a-result")
    long_ago = 10**18
    os.utime(catalog.root / published.FOLDER, ns=(long_ago, long_ago))
    first = catalog.entries()["a-result"]
    monkeypatch.setattr(os, "scandir", lambda _: pytest.fail("the folder was read"))
    assert catalog.entries()["a-result"].product is first.product


def test_an_unchanged_document_stays_the_same_object(catalog):
    publish(catalog, "first")
    before = catalog.entry("first").product
    publish(catalog, "second")
    assert catalog.entry("first").product is before


def test_a_replaced_document_is_read_again(catalog):
    publish(catalog, "a-result")
    assert catalog.entry("a-result").product.licence == "CC0-1.0"
    put(catalog.root, product("a-result", licence="CC-BY-4.0"), b"{}")
    assert catalog.entry("a-result").product.licence == "CC-BY-4.0"


def test_a_product_without_data_is_not_listed(catalog):
    put(catalog.root, product("empty"), b"{}")
    assert "empty" not in catalog.entries()
    with pytest.raises(UnknownNameError):
        catalog.entry("empty")


def test_a_withdrawn_product_is_gone_at_once(catalog):
    publish(catalog, "a-result")
    found = catalog.entry("a-result").product
    assert read_provenance(catalog.root, found) == b"{}"
    assert withdraw(catalog.root, "a-result")
    assert "a-result" not in catalog.entries()
    assert read_provenance(catalog.root, found) is None
    assert not withdraw(catalog.root, "a-result")
    with pytest.raises(UnknownNameError, match="no collection 'a-result'; there are: configured"):
        catalog.entry("a-result")


def test_a_product_is_gone_from_the_instant_at_which_it_expires(catalog):
    publish(catalog, "over", expires=instant(-0.001))
    publish(catalog, "lasting", expires=instant(3600))
    assert list(catalog.entries()) == ["configured", "lasting"]
    with pytest.raises(UnknownNameError):
        catalog.entry("over")
    assert "over" in published.published(catalog.root)


@pytest.mark.parametrize(
    ("expires", "over"),
    [
        (None, False),
        ("2026-05-05T12:00:00.000Z", True),
        ("2026-05-05T12:00:00.001Z", False),
        ("2026-05-05T11:59:59.999Z", True),
    ],
)
def test_the_instant_itself_counts_as_over(expires, over):
    assert published.is_over(product("x", expires=expires), "2026-05-05T12:00:00.000Z") is over


def test_a_configured_product_hides_a_published_one_of_its_id(catalog):
    put(catalog.root, product("configured", licence="MIT"), b"{}")
    assert catalog.entry("configured").product.licence == "CC0-1.0"
    assert catalog.entries()["configured"].product.licence == "CC0-1.0"


@pytest.mark.parametrize("text", ["", "{", '{"id": "broken"}', "[]"])
def test_a_document_that_cannot_be_read_hides_no_other(catalog, caplog, text):
    publish(catalog, "whole")
    (catalog.root / published.FOLDER / "broken.json").write_text(text)
    assert set(catalog.entries()) == {"configured", "whole"}
    assert "broken.json cannot be read" in caplog.text


def test_a_document_under_another_name_is_left_out(catalog, caplog):
    publish(catalog, "whole")
    folder = catalog.root / published.FOLDER
    (folder / "other.json").write_bytes((folder / "whole.json").read_bytes())
    assert set(catalog.entries()) == {"configured", "whole"}
    assert "other.json calls itself whole" in caplog.text


def test_an_archive_without_results_has_none(tmp_path):
    assert published.published(tmp_path / "nowhere") == {}
    assert published.document(tmp_path, "x") is None


def test_another_process_sees_what_this_one_publishes(catalog, tmp_path):
    code = (
        "import sys; from pathlib import Path; from casa_ogc.catalog.entries import load_catalog\n"
        "catalog = load_catalog(Path(sys.argv[1]))\n"
        "for _ in sys.stdin: print(*catalog.entries(), flush=True)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "config")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:

        def seen():
            other.stdin.write("\n")
            other.stdin.flush()
            return other.stdout.readline().split()

        assert seen() == ["configured"]
        for number in range(20):
            publish(catalog, f"result-{number}")
            assert seen()[-1] == sorted(f"result-{n}" for n in range(number + 1))[-1]
            assert len(seen()) == number + 2
            withdraw(catalog.root, f"result-{number}") if number % 2 else None
            if number % 2:
                assert f"result-{number}" not in seen()
                publish(catalog, f"result-{number}")
        other.stdin.close()
