"""The rows of the vocabulary: one line each."""

from typing import Any

_MOLE = "dry_atmosphere_mole_fraction_of_carbon_dioxide"


def _row(name: str, units: str, en: str, zh: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "units": units, "en": en, "zh": zh, **more}


ROWS: tuple[dict[str, Any], ...] = (
    # What every sounding has.
    _row("sounding_id", "", "Sounding identifier", "观测标识", dtype="str"),
    _row(
        "time",
        "",
        "Time of observation (UTC)",
        "观测时间",
        standard_name="time",
        dtype="datetime64[ns]",
    ),
    _row(
        "latitude",
        "degrees_north",
        "Latitude",
        "纬度",
        standard_name="latitude",
        valid_min=-90,
        valid_max=90,
        dtype="float64",
    ),
    _row(
        "longitude",
        "degrees_east",
        "Longitude",
        "经度",
        standard_name="longitude",
        valid_min=-180,
        valid_max=180,
        dtype="float64",
    ),
    # Columns of carbon dioxide.
    _row(
        "xco2",
        "ppm",
        "Column-averaged dry-air mole fraction of CO2",
        "二氧化碳柱平均干空气混合比",
        standard_name=None,
        valid_min=300,
        valid_max=550,
        colour_map="viridis",
        uncertainty="xco2_uncertainty",
    ),
)
