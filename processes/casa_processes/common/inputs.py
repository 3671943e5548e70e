"""Inputs of a process as clients send them: qualified values, and places in them."""

from collections.abc import Mapping, Sequence
from typing import Any

_QUALIFIERS = frozenset({"value", "mediaType", "encoding", "schema", "format"})


def unwrapped(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Replace each qualified value of `inputs`, alone or in a list, by its value."""
    return {
        name: [_value(each) for each in item] if isinstance(item, list) else _value(item)
        for name, item in inputs.items()
    }


def pointer(inputs: object, location: Sequence[str | int], *, missing: bool = False) -> str:
    """Return the JSON pointer (RFC 6901) into `inputs` of a place in the validated model.

    Parameters
    ----------
    inputs
        What the client sent.
    location
        Members and items from the outside in. Parts that name an alternative of a type, and not a
        member, are left out; a step through a qualified value adds its ``value``.
    missing
        Whether the last part is a member that is not there.
    """
    parts: list[str | int] = []
    here: Any = inputs
    for number, part in enumerate(location):
        if number and _qualified(here):
            parts.append("value")
            here = here["value"]
        if _has(here, part):
            parts.append(part)
            here = here[part]
    if missing:
        parts.append(location[-1])
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _has(item: object, part: str | int) -> bool:
    if isinstance(item, Mapping):
        return part in item
    return isinstance(item, list) and isinstance(part, int) and part < len(item)


def _value(item: Any) -> Any:
    return item["value"] if _qualified(item) else item


def _qualified(item: object) -> bool:
    return isinstance(item, Mapping) and "value" in item and _QUALIFIERS.issuperset(item)
