"""Inputs that are files: names, of which whoever runs a process makes paths."""

from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class FileFrom:
    """Marks an input, by ``Annotated[str, ...]``, as the name of a file, or several of them.

    A server takes it from the folder of its operator, or fetches it; on the command line it is a
    path. The computation finds it in the files of its context under the name of the input.

    Attributes
    ----------
    words
        Values that stand for something else than a file.
    """

    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputFile:
    """A file that an input names, as the computation finds it.

    Attributes
    ----------
    path
        Absolute.
    name
        As it was asked for.
    sha256
        Of its bytes when the run began.
    size
        [byte]
    """

    path: str
    name: str
    sha256: str
    size: int


def named_files(inputs: BaseModel) -> dict[str, str]:
    """Return the names of files that validated inputs give, by input; words are none.

    Those of a list go by input and place in it: ``solar/0``, ``solar/1``.
    """
    found: dict[str, str] = {}
    for field, information in type(inputs).model_fields.items():
        value = getattr(inputs, field)
        for mark in information.metadata:
            if isinstance(mark, FileFrom):
                found |= _named(field, value, mark.words)
    return found


def _named(field: str, value: str | list[str] | None, words: tuple[str, ...]) -> dict[str, str]:
    if value is None or value in words:
        return {}
    if isinstance(value, str):
        return {field: value}
    return {f"{field}/{place}": each for place, each in enumerate(value)}


def file_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the inputs that can name a file."""
    return frozenset(
        name
        for name, information in model.model_fields.items()
        if any(isinstance(mark, FileFrom) for mark in information.metadata)
    )
