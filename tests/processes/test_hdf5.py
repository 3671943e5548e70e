"""HDF5 files of users: whatever lies elsewhere is refused, whatever lies within is read."""

import os

import h5py
import numpy as np
import pytest

from casa_processes.common import hdf5
from casa_processes.common.errors import FileContentError, told
from casa_processes.common.hdf5 import own_file
from casa_processes.radiative_transfer.aerosol_file import read_kinds
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.meteorology import open_meteorology
from casa_processes.spectroscopy.absco import read_absco
from casa_processes.spectroscopy.solar.source import sunlight

SECRET = b"what only the operator may read "


@pytest.fixture
def secret(tmp_path):
    """Another file with numbers, as HDF5 and as plain bytes."""
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["numbers"] = np.arange(4.0)
    (tmp_path / "secret.bin").write_bytes(SECRET)
    return tmp_path / "secret.h5"


def raw(file, secret):
    there = [(str(secret.with_name("secret.bin")), 0, len(SECRET))]
    file.create_dataset("Metadata/stolen", (len(SECRET),), "u1", external=there)


def link(file, secret):
    file["Metadata/stolen"] = h5py.ExternalLink(str(secret), "/numbers")


def group_link(file, secret):
    file["Metadata"] = h5py.ExternalLink(str(secret), "/")


def root_link(file, secret):
    file["stolen"] = h5py.ExternalLink(str(secret), "/")


def hidden_link(file, secret):
    """Reached through a soft link alone by those who use the file."""
    link(file, secret)
    file.move("Metadata/stolen", "away/and/further")
    file["Metadata/stolen"] = h5py.SoftLink("/away/and/further")


def virtual(file, secret):
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource(str(secret), "numbers", shape=(4,))
    file.create_virtual_dataset("Metadata/stolen", layout)


WAYS = (raw, link, group_link, root_link, hidden_link, virtual)


@pytest.fixture(params=WAYS, ids=[way.__name__ for way in WAYS])
def stealing(request, tmp_path, secret):
    path = tmp_path / "sent.h5"
    with h5py.File(path, "w") as file:
        request.param(file, secret)
    return path


def test_a_file_that_leads_to_another_is_refused(stealing):
    said = r"sent\.h5: /.*lie in the file itself"
    with pytest.raises(FileContentError, match=said), own_file(stealing):
        pytest.fail("the file was opened")


READERS = (open_granule, open_meteorology, read_absco, sunlight, read_kinds)


@pytest.mark.parametrize("reader", READERS, ids=[each.__name__ for each in READERS])
def test_no_reader_follows_it(reader, stealing):
    path = str(stealing) if reader is sunlight else stealing
    with pytest.raises(FileContentError, match=r"a link to another file|another file|other files"):
        reader(path)


def test_a_file_that_was_good_is_searched_again_when_it_has_changed(tmp_path, secret):
    path = tmp_path / "sent.h5"
    with h5py.File(path, "w") as file:
        file["numbers"] = 1.0
    with own_file(path) as file:
        assert file["numbers"][()] == 1.0
    with h5py.File(path, "a") as file:
        link(file, secret)
    os.utime(path, ns=(1, 1))
    with pytest.raises(FileContentError, match="/Metadata/stolen"), own_file(path):
        pass


def test_links_within_a_file_and_circles_of_them_are_read(tmp_path):
    path = tmp_path / "own.h5"
    with h5py.File(path, "w") as file:
        file["a/numbers"] = np.arange(3.0)
        file["soft"] = h5py.SoftLink("/a/numbers")
        file["nowhere"] = h5py.SoftLink("/is/not/there")
        file["a/hard"] = file["a/numbers"]
        file["a/circle"] = file["/"]
        file["type"] = np.dtype("f4")
    with own_file(path) as file:
        assert file["soft"][()].tolist() == file["a/circle/a/hard"][()].tolist() == [0.0, 1.0, 2.0]


def test_a_file_of_too_many_links_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(hdf5, "MOST_OBJECTS", 5)
    path = tmp_path / "many.h5"
    with h5py.File(path, "w") as file:
        for number in range(6):
            file[f"group/{number}"] = 1.0
    with pytest.raises(FileContentError, match="at most 5 links"), own_file(path):
        pass


def test_a_file_that_is_none_is_told_without_its_folder(tmp_path):
    for name, content in (("absent.h5", None), ("damaged.h5", b"no HDF5")):
        if content:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(FileContentError, match=name) as error, own_file(tmp_path / name):
            pass
        assert str(tmp_path) not in str(error.value)


def test_errors_name_the_file_and_not_its_place(tmp_path):
    path = tmp_path / "x.txt"
    try:
        path.open()
    except OSError as error:
        assert told(error, path) == "[Errno 2] No such file or directory: 'x.txt'"
