"""The commands of the command line, one module each."""

from pathlib import Path


def held_products(root: Path, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the products that a command is for: those `asked`, or all that hold data.

    Raises
    ------
    UnknownNameError
        When one of `asked` holds no data in the archive `root`.
    """
    from casa_ogc.archive.heads import list_products
    from casa_processes.common.errors import UnknownNameError

    held = list_products(root)
    for name in asked:
        if name not in held:
            raise UnknownNameError("product that holds data", name, held)
    return asked or held
