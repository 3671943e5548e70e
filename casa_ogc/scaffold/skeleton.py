"""Writes skeletons: each file of ``templates`` with the name filled in."""

import re
from pathlib import Path
from string import Template

import casa_ogc
from casa_processes.common.errors import InvalidValueError

TEMPLATES = Path(__file__).parent / "templates"
_IMPORTS = re.compile(r"(?:^from casa_[\w.]+ import [^(\n]+\n)+", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_FILES: dict[str, dict[str, str]] = {
    "product": {"product/product.yml": "config/products/$name.yml"},
    "reader": {
        "reader/reader.py": "casa_ogc/readers/$module.py",
        "reader/test.py": "tests/readers/test_$module.py",
        "product/product.yml": "config/products/$name.yml",
    },
    "process": {
        "process/init.py": "processes/casa_processes/$module/__init__.py",
        "process/kernel.py": "processes/casa_processes/$module/kernel.py",
        "process/pipeline.py": "processes/casa_processes/$module/pipeline.py",
        "process/test.py": "tests/processes/test_$module.py",
    },
}
KINDS = tuple(_FILES)


def checkout() -> Path:
    """Return the folder of the checkout that this package is run from.

    Raises
    ------
    InvalidValueError
        When the package was installed without its checkout.
    """
    folder = Path(casa_ogc.__file__).parent.parent
    if not (folder / "pyproject.toml").is_file():
        raise InvalidValueError("installation", str(folder), "an editable one, from a checkout")
    return folder


def write(kind: str, name: str, root: Path) -> tuple[Path, ...]:
    """Write the skeleton of a `kind` called `name` into the checkout `root`.

    Returns
    -------
    tuple
        Paths of the files, relative to `root`.

    Raises
    ------
    InvalidValueError
        When the name has other characters than its pattern, or a file exists; nothing is written.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValueError("NAME", name, "lower-case letters, digits and single hyphens")
    words = {"name": name, "module": name.replace("-", "_"), "title": name.replace("-", " ")}
    written = {
        Path(Template(place).substitute(words)): _filled(source, words)
        for source, place in _FILES[kind].items()
    }
    taken = [str(path) for path in written if (root / path).exists()]
    if taken:
        raise InvalidValueError("NAME", name, f"a new one; {', '.join(taken)} exists")
    for path, text in written.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return tuple(written)


def _filled(source: str, words: dict[str, str]) -> str:
    template = (TEMPLATES / f"{source}.txt").read_text(encoding="utf-8")
    return _IMPORTS.sub(_sorted_lines, Template(template).substitute(words))


def _sorted_lines(found: re.Match[str]) -> str:
    """Put consecutive imports in the order of their modules, which depends on the name."""
    return "".join(sorted(found[0].splitlines(keepends=True), key=lambda line: line.split()[1]))
