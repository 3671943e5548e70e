"""Compiled sorting of ranks: different whole numbers from 0 to the rows of a part."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

_WORD = 64
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, dtype=np.int64)
for _bit in range(64):
    _PLACES[((1 << _bit) * 0x03F79D71B4CB0A89 & (1 << 64) - 1) >> 58] = _bit


@kernel
def sort_few(ranks: NDArray[np.int64], start: int, end: int) -> None:
    """Sort by insertion."""
    for i in range(start + 1, end):
        rank, place = ranks[i], i
        while place > start and ranks[place - 1] > rank:
            ranks[place] = ranks[place - 1]
            place -= 1
        ranks[place] = rank


@kernel
def sort_many(ranks: NDArray[np.int64], start: int, end: int, rows: int) -> None:
    """Sort different ranks below `rows` as the bits of a set."""
    words = np.zeros(rows // _WORD + 1, np.uint64)
    for i in range(start, end):
        words[ranks[i] // _WORD] |= np.uint64(1) << np.uint64(ranks[i] % _WORD)
    place = start
    for number in range(words.size):
        word = words[number]
        while word != 0:
            lowest = word & (~word + np.uint64(1))
            ranks[place] = number * _WORD + _PLACES[(lowest * _DE_BRUIJN) >> np.uint64(58)]
            place += 1
            word ^= lowest
