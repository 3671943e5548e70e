"""Sets and sunlight under any name, as fetched documents have them; errors without folders."""

import gzip

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import CasaError, FileContentError, InvalidValueError
from casa_processes.spectroscopy.sets import found_file, read_set
from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import absorption, bands_of
from tests.processes.spectroscopy.test_solar import HEAD, record

FETCHED = "f" * 64
"""What a document is named that was fetched."""
SET = "title: t\nquality: builtin\nbands: {o2a: {O2: {lines: [{builtin: true}]}}}\n"
ROWS = "".join(f"{w} {w} {1e4 / w} 0.9 2e21\n" for w in (6200.0, 6201.0, 6202.0))


def test_a_set_is_told_by_its_content(tmp_path):
    path = tmp_path / FETCHED
    path.write_text(SET)
    assert bands_of(str(path)) == ("o2a",)
    assert read_set(path).title == "t"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89HDF\r\n\x1a\n\0\0\0",
        b"a: [",
        b"just text",
        b"",
        b"a: " + b"[" * 5000,
        b"#" * 1_000_001,
    ],
    ids=["binary", "broken", "text", "empty", "deep", "large"],
)
def test_what_is_no_set_is_refused_without_its_folder(tmp_path, content):
    path = tmp_path / FETCHED
    path.write_bytes(content)
    with pytest.raises(InvalidValueError, match=f"source of spectroscopy, {FETCHED}") as error:
        absorption(str(path), "o2a", tmp_path)
    assert str(tmp_path) not in str(error.value)


def test_a_set_with_wrong_keys_or_none_is_told_without_its_folder(tmp_path):
    path = tmp_path / "some.yml"
    for content in (None, SET.replace("t\n", "t\ncolour: red\n")):
        if content:
            path.write_text(content)
        with pytest.raises(InvalidValueError, match=r"some\.yml") as error:
            read_set(path)
        assert str(tmp_path) not in str(error.value)


def test_a_missing_file_of_a_set_is_told_without_the_folders_of_the_operator(tmp_path, monkeypatch):
    monkeypatch.setenv("CASA_SPECTROSCOPY", str(tmp_path / "lists"))
    with pytest.raises(InvalidValueError, match=r"a\.par.*CASA_SPECTROSCOPY") as error:
        found_file("a.par", tmp_path)
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize("pack", [lambda text: text, gzip.compress], ids=["plain", "compressed"])
def test_a_spectrum_of_the_sun_is_told_by_its_content(tmp_path, pack):
    path = tmp_path / FETCHED
    path.write_bytes(pack((HEAD + ROWS).encode()))
    sun = sunlight(str(path))
    assert sun.quality == "spectrum"
    assert sun.irradiance(np.array([6200.5])) == pytest.approx([2e21])


def test_transmittances_of_the_sun_are_told_by_their_content(tmp_path):
    path = tmp_path / FETCHED
    with h5py.File(path, "w") as file:
        file["Solar/Absorption/Absorption_1/wavenumber"] = 6200.0 + np.arange(5.0)
        file["Solar/Absorption/Absorption_1/spectrum"] = np.full(5, 0.5)
    assert sunlight(str(path)).quality == "smoothed"


def test_a_list_of_solar_lines_under_another_name_asks_for_the_part_of_the_disk(tmp_path):
    """The list itself does not say whether it is of the whole disk."""
    path = tmp_path / FETCHED
    path.write_text(record())
    with pytest.raises(InvalidValueError, match="solar_di"):
        sunlight(str(path))
    lines = path.rename(tmp_path / "solar_di_any")
    assert sunlight(str(lines)).about["disk"] == "whole"


@pytest.mark.parametrize("content", [None, b"", b"\x1f\x8b cut off", b"\0\1\2", b"no sunlight\n"])
def test_what_is_no_sunlight_is_refused_without_its_folder(tmp_path, content):
    path = tmp_path / FETCHED
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CasaError, match=FETCHED) as error:
        sunlight(str(path))
    assert str(tmp_path) not in str(error.value)
    assert isinstance(error.value, FileContentError if content is None else InvalidValueError)
