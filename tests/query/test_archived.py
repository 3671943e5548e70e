"""The same matrix once more on cubes that the archive really wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.query.answer import GridAnswer, Origin
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import Everywhere, Request
from casa_ogc.query.run import Options, run
from tests import strategies
from tests.query.oracle import expected, same, told
from tests.synthetic import World, encoded_dataset

OPTIONS = Options(Origin("encoded", "s1"), (), 5000.0, 10**9)
WORLDS = [
    World("tyx"),
    World("tyx", ascending=False, east_only=True, packed=True),
    World("yxt", east_only=True),
    World("yxt", ascending=False, packed=True),
    World("tzyx", ascending=False),
    World("tzyx", east_only=True, packed=True),
    World("ty", packed=True),
    World("yx", ascending=False, east_only=True),
    World("tyx", centred=True, repeated=True, east_only=True, rows=13),
]
TEXTS = ("2022-01-02", "2022-01-02T06:30:00Z", "2022-02/..", "../2022-01-02T18:00:00Z", "2022")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Callable[[World], Cube]:
    """Return a function that archives a world once and opens it."""
    root = tmp_path_factory.mktemp("cubes")
    known: dict[World, Cube] = {}

    def build(world: World) -> Cube:
        if world not in known:
            product = f"world-{len(known)}"
            source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)
            head = write_cube(root, product, encoded_dataset(world), [source])
            known[world] = open_cube(Path(root), product, head.snapshot)
        return known[world]

    return build


@pytest.mark.parametrize("world", WORLDS, ids=str)
@settings(max_examples=12)
@given(region=st.one_of(st.just(Everywhere()), strategies.regions), text=st.sampled_from(TEXTS))
def test_an_archived_grid_gives_the_cells_that_are_asked(
    archived: Callable[[World], Cube], world: World, region: Everywhere, text: str
) -> None:
    cube = archived(world)
    request = Request(region=region, time=parse_datetime(text) if "t" in cube.axes else None)
    answer, wanted = run(cube, request, OPTIONS), expected(world, request)
    assert (answer is None) == (wanted is None)
    if isinstance(answer, GridAnswer) and wanted is not None:
        assert same(told(world, answer), wanted)
