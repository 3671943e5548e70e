"""Tests are dealt to test processes by rooms and files."""

from types import SimpleNamespace

import pytest

from tests.conftest import pytest_xdist_make_scheduler
from tests.dealing import BY_FILE, RoomScheduling, room
from tests.house.checkout import ROOT


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("tests/processes/transport/test_line.py::test_one[a/b::c]", "tests/processes/transport"),
        ("tests/processes/test_io.py::test_one", "tests/processes/test_io.py"),
        ("tests/query/test_arcs.py::test_one", "tests/query"),
        ("tests/service/test_maps.py::test_one", "tests/service/test_maps.py"),
        ("tests/test_alone.py::test_one", "tests/test_alone.py"),
    ],
)
def test_a_test_goes_with_its_room(test, found):
    assert room(test) == found


def test_what_is_dealt_by_file_exists():
    assert all((ROOT / "tests" / name).is_dir() for name in BY_FILE)


class Node:
    """A test process that takes down what it is sent."""

    shutting_down = False

    def __init__(self, name):
        self.gateway = SimpleNamespace(id=name)
        self.sent, self.seen = [], []

    def send_runtest_some(self, numbers):
        self.sent += numbers
        self.seen += numbers

    def shutdown(self):
        self.shutting_down = True


def test_no_room_is_divided_and_all_are_dealt():
    tests = [f"tests/query/test_{n}.py::test" for n in range(4)]
    tests += [f"tests/service/test_{n}.py::test_{m}" for n in range(3) for m in range(3)]
    options = SimpleNamespace(loadscopereorder=True, verbose=0)
    config = SimpleNamespace(option=options, getvalue=lambda name: {"tx": ["2*popen"]}[name])
    nodes = [Node("one"), Node("other")]
    found = RoomScheduling(config, SimpleNamespace(loadscopesched=lambda *_: None))
    for node in nodes:
        found.add_node(node)
        found.add_node_collection(node, tests)
    found.schedule()
    while any(node.sent for node in nodes):
        for node in nodes:
            if node.sent:
                found.mark_test_complete(node, node.sent.pop(0))
    one, other = ({room(tests[number]) for number in node.seen} for node in nodes)
    assert not one & other
    assert sorted(nodes[0].seen + nodes[1].seen) == list(range(len(tests)))


def test_another_way_of_dealing_can_be_asked_for():
    config = SimpleNamespace(getvalue=lambda name: {"dist": "worksteal"}[name])
    assert pytest_xdist_make_scheduler(config, None) is None
