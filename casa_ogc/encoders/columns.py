"""Columns of soundings: which are data, which dimension they have, what describes them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.answer import SoundingsAnswer
from casa_processes.common.vocabulary import VOCABULARY, Variable

POSITION = ("time", "longitude", "latitude")

type Columns = dict[str, NDArray[Any]]


def data_columns(answer: SoundingsAnswer) -> Columns:
    """Return all columns but time and place, in the order of the answer."""
    return {name: values for name, values in answer.columns.items() if name not in POSITION}


def described(answer: SoundingsAnswer, name: str) -> Variable:
    """Return the variable of a column: as answered, else of the vocabulary, else a bare one."""
    bare = Variable(name=name, units="", en=name, zh=name, dtype=str(answer.columns[name].dtype))
    return answer.variables.get(name) or VOCABULARY.get(name) or bare


def dimension(answer: SoundingsAnswer, name: str) -> str:
    """Return ``scalar``, ``level`` or ``vertex``."""
    if answer.columns[name].ndim == 1:
        return "scalar"
    return "vertex" if described(answer, name).shape == "vertex" else "level"


def numbered(name: str, values: NDArray[Any]) -> Columns:
    """Split a column of shape (n, m) into m columns ``name_1``, ``name_2``, ... of shape (n,)."""
    return {f"{name}_{index + 1}": values[:, index] for index in range(values.shape[1])}


def occurrence(answer: SoundingsAnswer) -> NDArray[np.int64]:
    """Count for each row how many rows before it have the same time and place; shape (n,)."""
    keys = [answer.columns[name] for name in POSITION]
    order = np.lexsort(keys)
    same = np.ones(max(order.size - 1, 0), dtype=bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    index = np.arange(order.size)
    starts = np.where(np.concatenate([[False], same])[: order.size], 0, index)
    counts = np.empty(order.size, dtype=np.int64)
    counts[order] = index - np.maximum.accumulate(starts)
    return counts
