"""Trainings that several files of tests share, made once in a process."""

from functools import cache

from casa_processes.sif_retrieval.model import train
from tests.processes.sif_retrieval.worlds import WINDOW, world


@cache
def single_footprint():
    """A training of one footprint."""
    bare = world(4000, seed=1)
    return train(bare.block, bare.scenes, WINDOW)


@cache
def three_footprints():
    """A training of three footprints."""
    bare = world(3000, seed=2, footprints=3)
    return train(bare.block, bare.scenes, WINDOW)
