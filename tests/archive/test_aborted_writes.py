"""Transactions that fail, wait or do nothing leave what there was."""

import threading

import numpy as np
import pytest
from filelock import Timeout

from casa_ogc.archive import commits
from casa_ogc.archive.commits import JOURNAL, recover, writing
from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.durable import stored_names, write_durably
from casa_ogc.archive.heads import list_products, read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.manifests import last_manifest
from casa_ogc.archive.sounding_writing import SoundingWriter
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_ogc.archive.transactions import all_known, transaction, write_items
from casa_processes.common.errors import FileContentError
from tests.archive.builders import files_below, grid, soundings, source


def bytes_below(folder):
    """Path and content of every file."""
    return {path: path.read_bytes() for path in files_below(folder)}


def test_an_error_within_a_transaction_leaves_every_byte_as_it_was(tmp_path):
    write_soundings(tmp_path, "p", soundings(50), [source("a.nc")])
    before = bytes_below(tmp_path)
    with (
        pytest.raises(RuntimeError, match="stop"),
        transaction(tmp_path, "p", "soundings", SoundingWriter) as writer,
    ):
        writer.put(soundings(50, first=90), (source("b.nc"),))
        raise RuntimeError("stop")
    assert bytes_below(tmp_path) == before
    assert verify(tmp_path, "p") == ()


def test_a_first_write_that_fails_leaves_no_product(tmp_path):
    bad = soundings(5)
    bad["latitude"][2] = 91.0
    with pytest.raises(FileContentError):
        write_soundings(tmp_path, "p", bad, [source("a.nc")])
    assert list_products(tmp_path) == ()
    assert not (tmp_path / "p").exists()


def test_a_good_data_set_beside_a_bad_one_is_not_committed(tmp_path):
    bad = soundings(5, first=50)
    bad["longitude"][0] = np.nan
    items = [(soundings(5), (source("a.nc"),)), (bad, (source("b.nc"),))]
    with pytest.raises(FileContentError):
        write_items(tmp_path, "p", "soundings", SoundingWriter, items)
    assert read_head(tmp_path, "p") is None


def test_a_transaction_of_nothing_changes_nothing_and_a_new_product_needs_data(tmp_path):
    head = write_soundings(tmp_path, "p", soundings(5), [source("a.nc")])
    before = bytes_below(tmp_path)
    assert write_items(tmp_path, "p", "soundings", SoundingWriter, []) == head
    assert bytes_below(tmp_path) == before
    with pytest.raises(FileContentError, match="at least one data set"):
        write_items(tmp_path, "new", "soundings", SoundingWriter, [])
    assert not (tmp_path / "new").exists()


def test_a_commit_whose_head_cannot_be_written_is_undone(tmp_path, monkeypatch):
    write_soundings(tmp_path, "p", soundings(50), [source("a.nc")])
    before = bytes_below(tmp_path)

    def full(path, text):
        if path.name == "head.json":
            raise OSError(28, "No space left on device")
        write_durably(path, text)

    monkeypatch.setattr(commits, "write_durably", full)
    with pytest.raises(OSError, match="No space"):
        write_soundings(tmp_path, "p", soundings(50, first=90), [source("b.nc")])
    monkeypatch.undo()
    assert bytes_below(tmp_path) == before
    write_soundings(tmp_path, "p", soundings(50, first=90), [source("b.nc")])
    assert open_soundings(tmp_path, "p", read_head(tmp_path, "p").snapshot).rows == 100


def test_a_file_without_a_journal_is_left_for_people_to_judge(tmp_path):
    write_soundings(tmp_path, "p", soundings(5), [source("a.nc")])
    (tmp_path / "p" / "notes.txt").write_text("mine")
    recover(tmp_path, "p")
    assert (tmp_path / "p" / "notes.txt").read_text() == "mine"
    (tmp_path / "p" / JOURNAL).touch()
    recover(tmp_path, "p")
    assert not (tmp_path / "p" / "notes.txt").exists()
    assert verify(tmp_path, "p") == ()


def test_a_second_writer_waits_no_longer_than_it_is_told_and_others_do_not_wait(tmp_path):
    with writing(tmp_path, "p"), writing(tmp_path, "other"):
        failures = []

        def second():
            try:
                with writing(tmp_path, "p", timeout=0.05):
                    failures.append("both write")
            except Timeout:
                failures.append("waited")

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert failures == ["waited"]


def test_writers_of_one_product_take_turns_and_none_is_lost(tmp_path):
    def write(number):
        data = soundings(20, seed=number, first=20 * number)
        write_soundings(tmp_path, "p", data, [source(f"{number}.nc")])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = read_head(tmp_path, "p")
    assert head.files == 4
    names = open_soundings(tmp_path, "p", head.snapshot).select(["sounding_id"])["sounding_id"]
    assert sorted(names.tolist()) == [f"{number:010d}" for number in range(80)]
    assert verify(tmp_path, "p") == ()


def test_a_file_is_known_only_when_all_of_its_kind_are(tmp_path):
    write_cube(tmp_path, "p", grid(range(1)), [source("a.nc")])
    last = last_manifest(tmp_path, "p")
    assert all_known([source("a.nc")], last)
    assert not all_known([source("a.nc"), source("b.nc")], last)
    assert not all_known([], last)
    assert not all_known([source("a.nc")], None)


def test_replacing_a_file_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "deep").mkdir()
    for text in (b"first", b"", b"last"):
        write_durably(tmp_path / "deep" / "x", text)
        assert (tmp_path / "deep" / "x").read_bytes() == text
    assert list(stored_names(tmp_path)) == ["deep/x"]
