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
        """Return the text of the statement and its values as the driver takes them.

        Raises
        ------
        KeyError
            When a value is missing.
        """
        words, known, names, positional = self._written(dialect)
        whole = {**known, **values}
        if positional:
            return words, tuple(whole[name] for name in names)
        return words, {name: whole[name] for name in names}


def _written(
    statement: ClauseElement, dialect: Dialect
) -> tuple[str, dict[str, Any], tuple[str, ...], bool]:
    """Compile a statement: its text, the values that it holds, its names, whether by place."""
    compiled: Any = statement.compile(dialect=dialect)
    values = compiled.params
    known = {name: values[name] for name in values if not compiled.binds[name].required}
    names = tuple(compiled.positiontup) if compiled.positional else tuple(values)
    return str(compiled), known, names, bool(compiled.positional)
