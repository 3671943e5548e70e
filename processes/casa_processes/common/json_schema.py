"""JSON Schema in the dialect of OGC API Processes 1.0: OpenAPI 3.0, one piece, no references."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from casa_processes.common.errors import InvalidValueError

_UNKNOWN_TO_OPENAPI = frozenset({"$defs", "discriminator", "prefixItems", "const", "examples"})


def published_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a model as it is published.

    References are replaced by what they name; ``null`` alternatives become ``nullable``, constants
    become one-valued enumerations and exclusive limits become flags, as OpenAPI 3.0 writes them.

    Raises
    ------
    InvalidValueError
        When a model contains itself, which cannot be written without references.
    """
    schema = model.model_json_schema(mode="validation")
    return _written(schema, schema.get("$defs", {}), ())


def _written(
    schema: Mapping[str, Any], named: Mapping[str, Any], path: tuple[str, ...]
) -> dict[str, Any]:
    """Rewrite one schema and all below it."""
    whole, path = _dereferenced(schema, named, path)
    whole, path = _dereferenced(_without_null(whole), named, path)
    if "const" in whole:
        whole["enum"] = [whole["const"]]
    if whole.get("examples"):
        whole["example"] = whole["examples"][0]
    for limit, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if flag in whole and not isinstance(whole[flag], bool):
            whole[limit], whole[flag] = whole[flag], True
    if whole.get("default", ...) is None:
        del whole["default"]
    return {
        key: _below(key, value, named, path)
        for key, value in whole.items()
        if key not in _UNKNOWN_TO_OPENAPI
    }


def _below(key: str, value: Any, named: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Rewrite what a keyword holds where that is a schema or several."""
    if key == "properties":
        return {name: _written(each, named, path) for name, each in value.items()}
    if key in ("anyOf", "oneOf", "allOf"):
        return [_written(each, named, path) for each in value]
    if key in ("items", "additionalProperties", "not") and isinstance(value, Mapping):
        return _written(value, named, path)
    return value


def _dereferenced(
    schema: Mapping[str, Any], named: Mapping[str, Any], path: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Replace a reference by its target; keywords beside it win over the target's."""
    whole = dict(schema)
    while "$ref" in whole:
        name = str(whole.pop("$ref")).rpartition("/")[2]
        if name in path:
            raise InvalidValueError("model", name, "one that does not contain itself")
        path = (*path, name)
        whole = {**named[name], **whole}
    return whole, path


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Write the alternative ``null`` as ``nullable``; one alternative left replaces the choice."""
    for choice in ("anyOf", "oneOf"):
        offered = schema.get(choice, [])
        kept = [each for each in offered if each.get("type") != "null"]
        if len(kept) == len(offered):
            continue
        rest = {key: value for key, value in schema.items() if key != choice}
        only = kept[0] if len(kept) == 1 else {choice: kept}
        return {**only, **rest, "nullable": True}
    return schema
