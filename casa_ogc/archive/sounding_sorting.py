"""Compiled sorting of ranks: different whole numbers from 0 to the rows of a part."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

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
    """Sort different ranks below `rows` as the bits of a set; another set tells its used words."""
    words = np.zeros((rows >> 6) + 1, np.uint64)
    used = np.zeros((words.size >> 6) + 1, np.uint64)
    one = np.uint64(1)
    for i in range(start, end):
        number = ranks[i] >> 6
        words[number] |= one << np.uint64(ranks[i] & 63)
        used[number >> 6] |= one << np.uint64(number & 63)
    place = start
    for many in range(used.size):
        left = used[many]
        while left != 0:
            lowest = left & (~left + one)
            number = (many << 6) + _PLACES[(lowest * _DE_BRUIJN) >> np.uint64(58)]
            left ^= lowest
            place = _unpack(words[number], number << 6, ranks, place)


@kernel
def _unpack(word: np.uint64, first: int, ranks: NDArray[np.int64], place: int) -> int:
    """Write the bits of a word as ranks from `place` on; returns the end."""
    while word != 0:
        lowest = word & (~word + np.uint64(1))
        ranks[place] = first + _PLACES[(lowest * _DE_BRUIJN) >> np.uint64(58)]
        place += 1
        word ^= lowest
    return place
