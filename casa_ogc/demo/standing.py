"""What an archive holds of the demonstration; this imports nothing of what makes it."""

from pathlib import Path

from casa_ogc.archive.heads import list_products

BUILDING = ".demo"
"""Folder in the archive that is there while the demonstration is being built."""
READER = "demo"
"""Reader that manifests name for what the demonstration made."""
FORMER = ("demo-co2-flux-monthly", "demo-sif-monthly", "demo-xco2-daily", "demo-xco2-soundings")
"""Products of earlier versions, which nothing lists any more."""


def holdings(root: Path) -> tuple[str, ...]:
    """Return the products that an archive holds, those of `FORMER` left out."""
    return tuple(name for name in list_products(root) if name not in FORMER)


def wanted(root: Path) -> bool:
    """Tell whether a server builds the demonstration: nothing is there, or it was interrupted."""
    return not holdings(root) or (root / BUILDING).is_dir()
