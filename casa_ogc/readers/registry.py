"""Which readers there are, and which of them reads a given file."""

import re
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

import casa_ogc.readers
from casa_ogc.readers.reader import Reader
from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError

ENTRY_POINTS = "casa.readers"
_DECLARATION = re.compile(r"^READER\b", re.MULTILINE)


@cache
def reader_names() -> tuple[str, ...]:
    """Return the names of all readers, sorted; imports none of them.

    A module of this package is a reader when its source declares ``READER``; others come from the
    entry points ``casa.readers`` of installed distributions.
    """
    return tuple(sorted({*_own(), *(entry.name for entry in entry_points(group=ENTRY_POINTS))}))


@cache
def reader_named(name: str) -> Reader:
    """Return the reader called `name`.

    Raises
    ------
    UnknownNameError
        When there is none.
    InvalidValueError
        When an entry point of that name yields something else.
    """
    if name in _own():
        found = import_module(f"{casa_ogc.readers.__name__}.{name}").READER
    else:
        entries = entry_points(group=ENTRY_POINTS, name=name)
        if not entries:
            raise UnknownNameError("reader", name, reader_names())
        found = next(iter(entries)).load()
    if not isinstance(found, Reader):
        raise InvalidValueError(f"reader {name!r}", type(found).__name__, "a Reader")
    return found


def reader_of(path: Path, asked: str | None = None) -> str:
    """Return the name of the one reader whose file name pattern and content test `path` meets.

    Parameters
    ----------
    asked
        Name of the reader that the user wants; the file's name may then be any.

    Raises
    ------
    UnknownNameError
        When no pattern meets the name; it lists the patterns. When no reader is called `asked`.
    FileContentError
        When the name is met but the content is not, when the file cannot be opened, or when
        several readers meet both.
    """
    named = [asked] if asked else [one for one in reader_names() if _named(path, one)]
    if not named:
        patterns = {pattern for name in reader_names() for pattern in reader_named(name).files}
        raise UnknownNameError("reader for the file name", path.name, patterns)
    recognised = [name for name in named if _recognised(path, name)]
    if len(recognised) != 1:
        titles = " or ".join(f"{reader_named(name).title} (reader {name})" for name in named)
        found = f"what {' and '.join(recognised)} all read" if recognised else "other content"
        raise FileContentError(path.name, "file", titles, found)
    return recognised[0]


def _named(path: Path, name: str) -> bool:
    return any(fnmatchcase(path.name, pattern) for pattern in reader_named(name).files)


def _recognised(path: Path, name: str) -> bool:
    recognise = reader_named(name).recognise
    return recognise is None or recognise(path)


@cache
def _own() -> frozenset[str]:
    """Modules of this package that declare a reader, found by their source."""
    package = casa_ogc.readers
    names = (module.name for module in iter_modules(package.__path__))
    return frozenset(name for name in names if _declares(f"{package.__name__}.{name}"))


def _declares(module: str) -> bool:
    spec = find_spec(module)
    if spec is None or spec.loader is None:
        return False
    source = getattr(spec.loader, "get_source", lambda _: None)(module)
    return bool(source and _DECLARATION.search(source))
