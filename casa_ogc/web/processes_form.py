"""The inputs of a process as fields of a form, made of their schemas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

_NUMBERS = ("integer", "number")
_LONG = 60


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes
    ----------
    name, title, description
        Of the input.
    kind
        ``choice``, ``number``, ``text`` or ``json``.
    required
        Whether it may not be left empty.
    value
        What stands in it at first: the example, or nothing.
    choices
        Values to choose from.
    limits
        Attributes of a number's field.
    hint
        What is taken when it is left empty.
    """

    name: str
    title: str
    description: str
    kind: str
    required: bool
    value: str
    choices: tuple[str, ...] = ()
    limits: tuple[tuple[str, Any], ...] = ()
    hint: str = ""


def fields(inputs: Mapping[str, Any], example: Mapping[str, Any]) -> list[Field]:
    """Return a field for each input.

    Parameters
    ----------
    inputs
        As the description of a process has them.
    example
        Values to begin with.
    """
    return [_field(name, one, example.get(name)) for name, one in inputs.items()]


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return which kind of field a schema needs; what is no simple value is written as JSON."""
    if schema.get("enum") or schema.get("type") == "boolean":
        return "choice"
    if schema.get("type") in _NUMBERS:
        return "number"
    return "text" if schema.get("type") == "string" else "json"


def parsed(schema: Mapping[str, Any], text: str) -> Any:
    """Return what was written into a field: text as it is, all else as JSON.

    What is no JSON stays text, so that the validation of the inputs tells what was expected.
    """
    if schema.get("type") == "string":
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _field(name: str, one: Mapping[str, Any], value: Any) -> Field:
    schema = one["schema"]
    kind = kind_of(schema)
    choices = schema.get("enum") or [True, False]
    return Field(
        name=name,
        title=one.get("title", name),
        description=one.get("description", ""),
        kind=kind,
        required=one.get("minOccurs", 1) > 0,
        value="" if value is None else written(schema, value),
        choices=tuple(written(schema, each) for each in choices) if kind == "choice" else (),
        limits=_limits(schema) if kind == "number" else (),
        hint=written(schema, schema["default"])[:_LONG] if "default" in schema else "",
    )


def written(schema: Mapping[str, Any], value: Any) -> str:
    """Return a value as it stands in its field; `parsed` reads it back."""
    if schema.get("type") == "string":
        return str(value)
    return orjson.dumps(value).decode()


def _limits(schema: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    named = (("minimum", "min"), ("maximum", "max"))
    found = [(attribute, schema[name]) for name, attribute in named if name in schema]
    step = 1 if schema["type"] == "integer" else "any"
    return (*found, ("step", step))
