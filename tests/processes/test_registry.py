"""Processes of this package and of third parties."""

from importlib.metadata import EntryPoint

import pytest

from casa_processes.common import registry
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.process import Process, Text
from casa_processes.smoothed_column import PROCESS, Inputs, Outputs

THEIRS = Process("theirs", "1", Text("Theirs", "他"), Text("T", "他"), Inputs, Outputs, "a:b")
OTHER = "no process"


@pytest.fixture
def third_party(monkeypatch):
    """Install processes by entry point: name to what it holds, in this module."""

    def install(**held):
        found = [
            EntryPoint(name.replace("_", "-"), f"{__name__}:{value}", registry.GROUP)
            for name, value in held.items()
        ]
        monkeypatch.setattr(registry, "entry_points", lambda group: found)

    return install


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Let entry points find this module under its own name."""
    monkeypatch.setattr(EntryPoint, "load", lambda point: globals()[point.value.rpartition(":")[2]])


def test_a_process_of_a_third_party_is_listed_and_found(third_party):
    third_party(theirs="THEIRS")
    assert "theirs" in registry.process_ids()
    assert registry.process("theirs") is THEIRS


def test_a_built_in_process_hides_one_of_the_same_id(third_party):
    third_party(smoothed_column="THEIRS")
    assert registry.process_ids().count("smoothed-column") == 1
    assert registry.process("smoothed-column") is PROCESS


def test_listing_does_not_load_what_others_install(third_party):
    third_party(broken="NOWHERE")
    assert "broken" in registry.process_ids()


@pytest.mark.parametrize("held", ["OTHER", "PROCESS"])
def test_what_is_no_process_of_that_id_is_refused(third_party, held):
    third_party(theirs=held)
    with pytest.raises(InvalidValueError, match="a Process with the id 'theirs'"):
        registry.process("theirs")


def test_shared_rooms_are_no_processes():
    assert "common" not in registry.process_ids()
    assert list(registry.process_ids()) == sorted(registry.process_ids())
