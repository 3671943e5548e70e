"""States that are written and read again."""

import dataclasses

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.transport.plan import pair
from casa_processes.transport.restart import Restart, read_restart, write_restart
from casa_processes.transport.steps import advance
from casa_processes.transport.types import regular_mesh
from tests.processes.transport.forcings import drawn, fields

NAMES = tuple(f"tracer-{number}" for number in range(8))
TIME = np.datetime64("2019-01-01T04", "ns")


@pytest.fixture
def state():
    forcing = drawn(1)
    mesh = regular_mesh(12, 8, np.linspace(1e5, 0.0, 5))
    return Restart(mesh, forcing.mass, fields(forcing), NAMES, TIME, 7)


def test_a_state_comes_back_bit_by_bit(state, tmp_path):
    found = read_restart(write_restart(tmp_path / "state.nc", state), state.mesh)
    assert np.array_equal(found.q, state.q)
    assert np.array_equal(found.mass, state.mass)
    assert (found.names, found.time, found.step) == (NAMES, TIME, 7)
    assert np.array_equal(found.mesh.a, state.mesh.a)
    assert [one.name for one in tmp_path.iterdir()] == ["state.nc"]


def test_a_run_that_is_taken_up_has_the_bits_of_one_that_went_on(state, tmp_path):
    plans = pair(drawn(1))
    on = advance(state.q.copy(), plans, 5, start=7)
    half = advance(state.q.copy(), plans, 2, start=7)
    kept = dataclasses.replace(state, q=half, step=9)
    found = read_restart(write_restart(tmp_path / "state.nc", kept))
    assert np.array_equal(advance(found.q, plans, 3, start=found.step), on)


def test_few_tracers_come_back_among_zeros(state, tmp_path):
    state.q[..., 3:] = 0.0
    few = dataclasses.replace(state, names=NAMES[:3])
    found = read_restart(write_restart(tmp_path / "state.nc", few))
    assert np.array_equal(found.q, state.q)
    assert found.names == NAMES[:3]


def test_the_same_state_gives_the_same_file(state, tmp_path):
    one, other = (write_restart(tmp_path / name, state).read_bytes() for name in "ab")
    assert one == other


def test_a_state_that_cannot_be_written_leaves_the_file_as_it_was(state, tmp_path, monkeypatch):
    path = write_restart(tmp_path / "state.nc", state)
    before = path.read_bytes()

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("casa_processes.transport.restart.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_restart(path, dataclasses.replace(state, step=8))
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["state.nc"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"names": NAMES[:7] + NAMES[:1]}, "other names"),
        ({"names": ()}, "other names"),
        ({"names": (*NAMES, "ninth")}, "other names"),
        ({"names": ("two words", *NAMES[1:])}, "without spaces"),
        ({"step": -1}, "0 or more"),
        ({"mass": np.ones((4, 8, 11))}, "cells of shape"),
        ({"mass": np.zeros((4, 8, 12))}, "no air"),
        ({"q": np.full((4, 8, 12, 8), np.nan)}, "NaN"),
        ({"q": np.ones((4, 8, 11, 8))}, "cells of shape"),
    ],
)
def test_a_state_whose_parts_do_not_agree_is_not_written(change, word, state, tmp_path):
    with pytest.raises(InvalidValueError, match=word):
        write_restart(tmp_path / "state.nc", dataclasses.replace(state, **change))
    assert not list(tmp_path.iterdir())


def test_a_state_of_other_cells_is_refused(state, tmp_path):
    path = write_restart(tmp_path / "state.nc", state)
    for other in (
        regular_mesh(10, 8, state.mesh.a),
        regular_mesh(12, 8, state.mesh.a, west=0.0),
        regular_mesh(12, 8, np.linspace(9e4, 0.0, 5)),
    ):
        with pytest.raises(FileContentError, match=r"state.nc: (longitude_edges|a): expected"):
            read_restart(path, other)


def test_files_that_are_no_states_are_refused(state, tmp_path):
    path = tmp_path / "state.nc"
    path.write_bytes(b"nothing")
    with pytest.raises(FileContentError):
        read_restart(path)
    with h5py.File(path, "w") as file:
        file["a"] = 1.0
    with pytest.raises(FileContentError, match="version 1, found None"):
        read_restart(path)


@pytest.mark.parametrize("name", ["mass", "mole_fraction", "longitude_edges"])
def test_states_without_a_part_are_refused(name, state, tmp_path):
    path = write_restart(tmp_path / "state.nc", state)
    with h5py.File(path, "r+") as file:
        del file[name]
    with pytest.raises(FileContentError, match=f"{name}: expected a variable"):
        read_restart(path)


@pytest.mark.parametrize(("name", "value"), [("tracers", "one two"), ("step", -4), ("tracers", "")])
def test_states_that_tell_what_cannot_be_are_refused(name, value, state, tmp_path):
    path = write_restart(tmp_path / "state.nc", state)
    with h5py.File(path, "r+") as file:
        file.attrs[name] = value
    with pytest.raises(FileContentError, match="a restart file of transport"):
        read_restart(path)


def test_a_bit_that_changed_is_found(state, tmp_path):
    path = write_restart(tmp_path / "state.nc", state)
    content = bytearray(path.read_bytes())
    place = content.find(state.q[1, 2, 3:7, 0].tobytes()[:8])
    with h5py.File(path) as file:
        place = file["mole_fraction"].id.get_chunk_info(0).byte_offset + 100
    content[place] ^= 4
    path.write_bytes(content)
    with pytest.raises(FileContentError):
        read_restart(path)
