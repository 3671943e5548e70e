"""Errors that a user can act on: what was asked, and what exists.

Each error passes its own arguments to ``Exception.__init__`` so that it survives pickling between
a worker and its client.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

_LONGEST, _ALIKE = 80, 0.7


class CasaError(Exception):
    """Any error that this project raises on purpose; its text is meant for the user."""


class UnknownNameError(CasaError):
    """A product, variable, axis, reader or format that does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        known = f"there are: {', '.join(self.known)}" if self.known else "there is none at all"
        close = f"; did you mean {' or '.join(map(repr, self.close))}?" if self.close else ""
        return f"no {self.kind} {self.name!r}; {known}{close}"

    @property
    def close(self) -> tuple[str, ...]:
        """Known names that may have been meant, the closest first; at most two."""
        spelled = {name.lower(): name for name in reversed(self.known)}
        found = get_close_matches(self.name[:_LONGEST].lower(), spelled, n=2, cutoff=_ALIKE)
        return tuple(spelled[name] for name in found if spelled[name] != self.name)


class InvalidValueError(CasaError):
    """A value of a request, a configuration or an input that cannot be used."""

    def __init__(self, what: str, asked: object, expected: str) -> None:
        self.what, self.asked, self.expected = what, asked, expected
        super().__init__(what, asked, expected)

    def __str__(self) -> str:
        if self.asked is None:
            return f"{self.what} is missing; expected {self.expected}"
        asked = _written(self.asked)
        shown = asked if len(asked) <= 200 else f"{asked[:200]}..."
        return f"{self.what} = {shown} cannot be used; expected {self.expected}"


class InvalidInputsError(CasaError):
    """Inputs of a process that cannot be used, each named by its place in what was sent.

    `problems` holds pairs of a JSON pointer (RFC 6901) into the inputs and a reason.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "; ".join(f"{pointer or 'inputs'}: {reason}" for pointer, reason in self.problems)


class FileContentError(CasaError):
    """A source file that is not what its reader needs; nothing of it is taken."""

    def __init__(self, file: str, where: str, expected: str, found: str) -> None:
        self.file, self.where, self.expected, self.found = file, where, expected, found
        super().__init__(file, where, expected, found)

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: expected {self.expected}, found {self.found}"


class TooLargeError(CasaError):
    """A request whose cost exceeds the configured limit."""

    def __init__(self, what: str, asked: int, limit: int) -> None:
        self.what, self.asked, self.limit = what, asked, limit
        super().__init__(what, asked, limit)

    def __str__(self) -> str:
        return f"the request needs {self.asked:,} {self.what}; the limit is {self.limit:,}"


class IntegrityError(CasaError):
    """Stored bytes that are not those that were committed."""

    def __init__(self, store: str, item: str, found: str) -> None:
        self.store, self.item, self.found = store, item, found
        super().__init__(store, item, found)

    def __str__(self) -> str:
        return f"{self.store}: {self.item}: {self.found}"


def told(error: Exception, path: Path) -> str:
    """Return the text of an error with the name of a file in place of its path.

    Where files of an operator lie is none of a client's business.
    """
    return str(error).replace(str(path), path.name)


def _written(value: object) -> str:
    """Write a value as a request has it."""
    if isinstance(value, bytes):
        return repr(value.decode("utf-8", "replace"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(f"{one:.15g}" if isinstance(one, float) else str(one) for one in value)
    return repr(value)
