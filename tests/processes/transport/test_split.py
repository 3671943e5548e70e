"""Tracers split over workers: the same bits for any number of them."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from distributed import Client

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.plan import pair
from casa_processes.transport.split import advance_on_threads, advance_part, joined, parts, split
from casa_processes.transport.steps import advance
from tests.processes.transport.forcings import drawn, fields


@pytest.fixture(scope="module")
def case():
    forcing = drawn(1)
    emitted = np.random.default_rng(0).uniform(size=(*forcing.shape[1:], 40))
    q = fields(forcing, count=40)
    return forcing, q, emitted, advance(q.copy(), forcing, 3, start=1, emitted=emitted)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 16])
def test_threads_of_any_number_give_the_bits_of_one_computation(case, count):
    forcing, q, emitted, exact = case
    before = q.copy()
    found = advance_on_threads(q, forcing, 3, start=1, emitted=emitted, threads=count)
    assert np.array_equal(found, exact)
    assert np.array_equal(q, before)


def test_parts_of_a_context_give_the_bits_of_one_computation(case, tmp_path):
    forcing, q, emitted, exact = case
    told = []
    context = SerialContext(tmp_path, report=lambda fraction, _: told.append(fraction))
    pieces = parts(q, forcing, 3, emitted, steps=3, start=1)
    assert np.array_equal(joined(context.map(advance_part, pieces)), exact)
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])


@pytest.mark.cluster
def test_workers_of_a_cluster_give_the_bits_of_one_computation(case):
    forcing, q, emitted, exact = case
    pieces = parts(q, forcing, 2, emitted, steps=3, start=1)
    with Client(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as one:
        done = [one.submit(advance_part, piece, _nothing, pure=False) for piece in pieces]
        assert np.array_equal(joined(one.gather(done)), exact)


def test_other_processes_give_the_bits_of_one_computation(case):
    forcing, q, emitted, exact = case
    pieces = parts(q, forcing, 2, emitted, steps=3, start=1)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(advance_part, pieces, [int, int]))
    assert np.array_equal(joined(done), exact)


def _nothing():
    """Let a computation go on."""


def test_plans_and_forcings_give_the_same(case):
    forcing, q, _, _ = case
    both = [parts(q, one, 2, steps=2) for one in (forcing, pair(forcing))]
    found = [joined(advance_part(piece, _nothing) for piece in pieces) for pieces in both]
    assert np.array_equal(*found)


@pytest.mark.parametrize(("count", "sizes"), [(1, [40]), (2, [24, 16]), (9, [8] * 5)])
def test_tracers_are_split_nearly_equally_and_come_together_again(count, sizes):
    q = np.arange(80.0).reshape(2, 40)
    found = split(q, count)
    assert [one.shape[-1] for one in found] == sizes
    assert all(one.flags.c_contiguous for one in found)
    assert np.array_equal(joined({"q": one} for one in found), q)


def test_tracers_that_cannot_be_split_are_refused():
    with pytest.raises(InvalidValueError, match="multiple of 8"):
        split(np.ones((2, 9)), 2)
    with pytest.raises(InvalidValueError, match="number of workers"):
        split(np.ones((2, 8)), 0)
