"""A whole step against one in plain numpy that was written apart from it."""

import numpy as np
import pytest

from benchmarks.transport_peer import step as peer
from casa_processes.transport.plan import plan
from casa_processes.transport.steps import step
from casa_processes.transport.types import MassFlux
from tests.processes.transport.forcings import drawn, fields


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mode", ["monotone", "linear"])
@pytest.mark.parametrize("lateral", [True, False])
def test_a_step_is_that_of_plain_numpy(seed, mode, lateral):
    forcing = drawn(seed, (4, 6, 10), courant=0.5, lateral=lateral)
    q = fields(forcing, seed)
    exact = peer(q, forcing, mode == "monotone")
    assert np.allclose(step(q, plan(forcing), mode), exact, rtol=0.0, atol=1e-13)


def test_a_step_in_parts_is_that_of_plain_numpy_part_by_part():
    forcing = drawn(4, (3, 6, 10), courant=0.1, turning=0.45, lateral=False)
    course = plan(forcing)
    assert course.parts > 1
    assert len(course.stages) == 1
    q = fields(forcing)
    exact = q.copy()
    first, air = course.stages[0].first, forcing.mass
    nothing = np.zeros_like(forcing.up), np.zeros_like(forcing.mixing)
    for k in range(3):
        layer, count = slice(k, k + 1), first[k + 1] - first[k]
        one = air[layer]
        for _ in range(count):
            east, north = forcing.east[layer] / count, forcing.north[layer] / count
            part = MassFlux(one, east, north, nothing[0][:2], nothing[1][:0])
            exact[layer] = peer(exact[layer], part, True)
            one = one + np.roll(east, 1, 2) - east + north[:, :-1] - north[:, 1:]
    still = MassFlux(
        course.after - forcing.up[:-1] + forcing.up[1:], forcing.east * 0, forcing.north * 0,
        forcing.up, forcing.mixing,
    )  # fmt: skip
    exact = peer(exact, still, True)
    assert np.allclose(step(q, course), exact, rtol=0.0, atol=1e-12)
