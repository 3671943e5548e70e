"""Statements that are written once and then given to the driver itself.

Building and compiling a statement costs as much as a commit to a fast disk; what is asked with
every request is therefore kept as text.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import ClauseElement


class Phrase:
    """A statement whose values have names, `bindparam`.

    Parameters
    ----------
    statement
        It may be of any kind but hold no ``IN``; values that it holds need not be given.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._written = lru_cache(maxsize=8)(lambda dialect: _written(statement, dialect))

    def run(self, connection: Connection, /, **values: object) -> Any:
        """Run the statement within a transaction; returns a cursor of the driver."""
        words, given = self.spoken(connection.dialect, values)
        raw: Any = connection.connection.driver_connection
        return raw.execute(words, given)

    def spoken(self, dialect: Dialect, values: Mapping[str, object]) -> tuple[str, object]:
        """Return the text of the statement and its values as the driver takes them."""
        words, known, order = self._written(dialect)
        whole = {**known, **values}
        return words, whole if order is None else tuple(whole[name] for name in order)


def _written(
    statement: ClauseElement, dialect: Dialect
) -> tuple[str, dict[str, Any], tuple[str, ...] | None]:
    """Compile a statement: its text, the values that it holds, and their order if that counts."""
    compiled: Any = statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup) if compiled.positional else None
    return str(compiled), dict(compiled.params), order
