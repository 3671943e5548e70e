"""Descriptions of variables for JSON answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from casa_ogc.encoders.units import UCUM, ucum
from casa_processes.common.vocabulary import Variable

STANDARD_NAMES = "http://vocab.nerc.ac.uk/standard_name/"


def unit(units: str) -> dict[str, Any]:
    """Describe units as label and UCUM symbol."""
    return {"label": {"en": units}, "symbol": {"value": ucum(units), "type": UCUM}}


def parameter(variable: Variable) -> dict[str, Any]:
    """Describe a variable as a CoverageJSON 1.0 parameter, labels in English and Chinese."""
    label = {"en": variable.en or variable.name, "zh": variable.zh or variable.en or variable.name}
    described: dict[str, Any] = {
        "type": "Parameter",
        "description": label,
        "observedProperty": {**_identified(variable), "label": label},
    }
    if variable.units:
        described["unit"] = unit(variable.units)
    return described


def edr_parameter(variable: Variable) -> dict[str, Any]:
    """Describe a variable as an EDR GeoJSON parameter, whose labels are plain text."""
    label = variable.en or variable.name
    described: dict[str, Any] = {
        "type": "Parameter",
        "id": variable.name,
        "label": label,
        "data-type": data_type(variable.dtype),
        "observedProperty": {**_identified(variable), "label": label},
    }
    if variable.units:
        symbol = {"value": ucum(variable.units), "type": UCUM}
        described["unit"] = {"label": variable.units, "symbol": symbol}
    return described


def data_type(dtype: str) -> str:
    """Return ``float``, ``integer`` or ``string`` for a vocabulary type."""
    if dtype.startswith("float"):
        return "float"
    return "integer" if dtype.startswith(("int", "uint", "bool")) else "string"


def uncertainty_groups(variables: Iterable[Variable]) -> list[dict[str, Any]]:
    """Tie each variable to the variable of its uncertainty, where both are given."""
    given: Mapping[str, Variable] = {variable.name: variable for variable in variables}
    return [
        {
            "type": "ParameterGroup",
            "label": {
                "en": f"{v.en or v.name} with its standard uncertainty",
                "zh": f"{v.zh or v.name}及其标准不确定度",
            },
            "members": [v.name, v.uncertainty],
        }
        for v in given.values()
        if v.uncertainty in given and v.uncertainty != v.name
    ]


def _identified(variable: Variable) -> dict[str, str]:
    """Point at the CF standard name, where there is one."""
    name = variable.standard_name
    return {"id": f"{STANDARD_NAMES}{name}/"} if name else {}
