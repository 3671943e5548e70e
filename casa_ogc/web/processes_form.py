"""The inputs of a process as fields of a form, made of their schemas."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

_NUMBERS = ("integer", "number")
_LONG = 60
PREFIX = "inputs."
"""What the names of fields of inputs begin with."""
_BETWEEN = r"(?:\s*[,;]\s*|\s+)"
_SEVERAL = re.compile(rf"[-+.\deE]+(?:{_BETWEEN}[-+.\deE]+)+")
"""Numbers one after the other, as people write a list."""

type Choices = tuple[tuple[str, str], ...]
"""Values to choose from, and what each of them is."""


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes
    ----------
    name, title, description
        Of the input.
    kind
        ``choice``, ``collection``, ``number``, ``text`` or ``json``.
    required
        Whether it may not be left empty.
    value
        What stands in it at first: the example, what was sent, or nothing.
    choices
        Values to choose from.
    limits
        Attributes of a number's field.
    hint
        What is taken when it is left empty.
    problems
        What is wrong with the value.
    """

    name: str
    title: str
    description: str
    kind: str
    required: bool
    value: str
    choices: Choices = ()
    limits: tuple[tuple[str, Any], ...] = ()
    hint: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A form as somebody sent it, and what is wrong with it.

    Attributes
    ----------
    texts
        What was written, by the name of the field; empty fields are left out.
    problems
        Reasons by the name of the field; those of the whole form have the empty name.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def fields(
    inputs: Mapping[str, Any],
    example: Mapping[str, Any],
    collections: Mapping[str, Choices] | None = None,
    filled: Filled | None = None,
) -> list[Field]:
    """Return a field for each input.

    Parameters
    ----------
    inputs
        As the description of a process has them.
    example
        Values to begin with, unless the form was `filled`.
    collections
        By input that names a collection those that it may name.
    filled
        What was sent before.
    """
    known = collections or {}
    made = (_field(name, one, example.get(name), known.get(name)) for name, one in inputs.items())
    return [one if filled is None else _refilled(one, filled) for one in made]


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return which kind of field a schema needs; what is no simple value is written as JSON."""
    if schema.get("enum") or schema.get("type") == "boolean":
        return "choice"
    if schema.get("type") in _NUMBERS:
        return "number"
    return "text" if schema.get("type") == "string" else "json"


def parsed(schema: Mapping[str, Any], text: str) -> Any:
    """Return what was written into a field: text as it is, all else as JSON.

    Numbers one after the other are a list. What is no JSON stays text, so that the validation of
    the inputs tells what was expected.
    """
    if schema.get("type") == "string":
        return text
    bare = text.strip()
    several = _SEVERAL.fullmatch(bare) is not None
    try:
        return orjson.loads(f"[{re.sub(_BETWEEN, ',', bare)}]" if several else text)
    except orjson.JSONDecodeError:
        return text


def _field(name: str, one: Mapping[str, Any], value: Any, offered: Choices | None) -> Field:
    schema = one["schema"]
    kind = kind_of(schema) if offered is None else "collection"
    choices = offered or ()
    if kind == "choice":
        choices = tuple((written(schema, each), "") for each in schema.get("enum", [True, False]))
    return Field(
        name=name,
        title=one.get("title", name),
        description=one.get("description", ""),
        kind=kind,
        required=one.get("minOccurs", 1) > 0,
        value="" if value is None else written(schema, value),
        choices=choices,
        limits=_limits(schema) if kind == "number" else (),
        hint=_shortened(written(schema, schema["default"])) if "default" in schema else "",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]} ..."


def _refilled(one: Field, filled: Filled) -> Field:
    """Return a field with what was sent, which is offered too where one has to choose."""
    name = f"{PREFIX}{one.name}"
    text = filled.texts.get(name, "")
    choices = one.choices
    if choices and text and text not in dict(choices):
        choices = ((text, ""), *choices)
    return replace(one, value=text, choices=choices, problems=filled.problems.get(name, ()))


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
