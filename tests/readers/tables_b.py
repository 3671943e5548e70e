"""Synthetic tables of AIRS and Carbon Monitor."""

import gzip
from collections.abc import Mapping
from pathlib import Path

AIRS_HEADER = "year,month,day,lon,lat,co2avgret,co2std"
AIRS_ROWS = (
    "2003,5,1,-138.62,-57.52,373.883,1.34",
    "2003,5,1,-133.91,-56.41,374.643,1.822",
    "2003,5,10,31.45,61.65,378.5,0.891",
)
PARTITION = {
    "Brazil": 1.2, "China": 30.0, "EU27 & UK": 8.0, "India": 7.0, "Japan": 3.0, "ROW": 28.5,
    "Russia": 4.5, "US": 13.0,
}  # fmt: skip
WITHIN = {"France": 0.8, "Germany": 1.9, "Italy": 0.9, "Spain": 0.7, "UK": 1.0}
SECTORS = ("Power", "Industry")
ANNUAL_HEADER = "emissions_id,actor_id,year,total_emissions,datasource_id"
SECTOR_HEADER = "emissions_id,sector_id,emissions_value"


def table(folder: Path, name: str, header: str, lines: tuple[str, ...] | list[str]) -> Path:
    """Write a table of text, compressed where the name says so."""
    path = folder / name
    text = "\n".join([header, *lines]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def daily_lines(
    dates: tuple[str, ...] = ("03/04/2020", "04/04/2020"), world: Mapping[str, float] | None = None
) -> list[str]:
    """Rows of Carbon Monitor for some days: the parts, the world, and countries of the group."""
    values = {**PARTITION, **WITHIN, "WORLD": sum(PARTITION.values()), **(world or {})}
    return [
        f"{label},{date},{sector},{value * (n + 1)},{1585872000 + 86400 * d}"
        for d, date in enumerate(dates)
        for n, sector in enumerate(SECTORS)
        for label, value in values.items()
    ]


def annual_lines() -> list[str]:
    """Total rows of two countries from 2019 to 2021."""
    source = "carbon_monitor:2021_12_14"
    return [
        f"carbon_monitor:{code}:{year},{code},{year},{tonnes + year},{source}"
        for code, tonnes in (("CN", 10_000_000_000), ("US", 5_000_000_000))
        for year in (2019, 2020, 2021)
    ]


def sector_lines() -> list[str]:
    """The same countries and years in two sectors."""
    return [
        f"carbon_monitor:{code}:{year},carbon_monitor:sector:{sector},{tonnes}"
        for code, tonnes in (("CN", 6_000_000_000), ("US", 2_000_000_000))
        for year in (2019, 2020, 2021)
        for sector in SECTORS
    ]
