"""Why a value of an input cannot be used, for people who know nothing of Python."""

import re
from collections.abc import Mapping
from typing import Any

_OBJECT = "expected an object"
_KIND = "expected a value of another kind"
_WORDS: Mapping[str, str] = {
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "union_tag_invalid": _KIND,
    "union_tag_not_found": _KIND,
    "tuple_type": "Input should be a valid list",
    "is_instance_of": _KIND,
    "none_required": "expected nothing (null)",
}
"""Reasons of pydantic that name classes, functions or types of Python, in plain words."""
_NOISE = re.compile(r"^Value error, | after validation\b")


def reason(problem: Mapping[str, Any]) -> str:
    """Return the reason of one error of a validation.

    Parameters
    ----------
    problem
        As ``ValidationError.errors`` lists it.

    >>> reason({"type": "union_tag_invalid", "msg": "Input tag 'x' found using f() does not ..."})
    'expected a value of another kind'
    >>> reason({"type": "value_error", "msg": "Value error, expected two numbers"})
    'expected two numbers'
    """
    return _WORDS.get(problem["type"]) or _NOISE.sub("", problem["msg"])
