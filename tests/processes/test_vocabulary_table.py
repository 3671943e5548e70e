"""The table of the vocabulary: a name says one thing."""

from collections import Counter

from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.common.vocabulary_table import ROWS


def test_each_name_is_declared_once():
    counted = Counter(row["name"] for row in ROWS)
    assert [name for name, count in counted.items() if count > 1] == []
    assert len(VOCABULARY) == len(ROWS)
