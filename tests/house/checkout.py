"""The files of the checkout that the tests of the house look at."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("casa_ogc", "processes", "benchmarks", "docs", "tests", ".ci", "config", "openapi")
TEXTS = {"", ".py", ".md", ".yml", ".yaml", ".toml", ".txt", ".html", ".js", ".css", ".json"}
SKIPPED = {"__pycache__"}


def text_files() -> Iterator[Path]:
    """Yield every text file that people write, relative to the checkout."""
    own = (path for path in ROOT.iterdir() if path.is_file())
    below = (path for name in FOLDERS for path in (ROOT / name).rglob("*") if path.is_file())
    for path in (*own, *below):
        if path.suffix in TEXTS and not SKIPPED & set(path.parts) and path.name != ".git":
            yield path.relative_to(ROOT)


def python_files() -> list[Path]:
    """Return every Python file, relative to the checkout."""
    return sorted(path for path in text_files() if path.suffix == ".py")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield name and number of lines of each function in a file, docstrings not counted."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, as far as absolute imports name it."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))
