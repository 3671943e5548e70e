"""Pages that mkdocs generates from the code at build time."""

import json
import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import get_args

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from pydantic import BaseModel

from casa_ogc.catalog.product import Product, Text
from casa_ogc.catalog.products import load_products
from casa_ogc.catalog.settings import OVERRIDES, Settings
from casa_ogc.cli import main
from casa_ogc.readers.registry import reader_named, reader_names
from casa_processes.common.process import Process
from casa_processes.common.registry import process, process_ids
from casa_processes.common.vocabulary import VOCABULARY


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    pages = {
        "cli": cli_page(),
        "vocabulary": vocabulary_page(),
        "readers": readers_page(),
        "products": products_page(),
        "processes": processes_page(),
        "settings": settings_page(),
    }
    for name, content in pages.items():
        files.append(File.generated(config, f"reference/{name}.md", content=content))
    for path in sorted(Path(config.docs_dir).glob("tutorials/*.py")):
        page = tutorial_page(path.read_text(encoding="utf-8"))
        files.append(File.generated(config, f"tutorials/{path.stem}.md", content=page))
    return files


def cli_page() -> str:
    """Return the help text of every command."""
    context = click.Context(main, info_name="casa")
    parts = ["# Command line", _code(main.get_help(context))]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is not None:
            parts += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n\n".join(parts)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the help text of a command, and of the commands below it."""
    yield f"## {context.command_path}"
    yield _code(command.get_help(context))
    for name, below in getattr(command, "commands", {}).items():
        yield from _command(below, click.Context(below, info_name=name, parent=context))


def vocabulary_page() -> str:
    """Return the table of all variables."""
    text = "Every variable has one name, one unit and one meaning in the whole facility."
    rows = (
        (f"`{one.name}`", one.units, one.en, one.zh, one.standard_name or "", one.shape)
        for one in VOCABULARY.values()
    )
    head = ("Name", "Units", "Meaning", "含义", "CF standard name", "Shape")
    return f"# Vocabulary\n\n{text}\n\n{_table(head, rows)}"


def readers_page() -> str:
    """Return the table of all readers."""
    text = (
        "A reader that is not tested on genuine files was written after the published description "
        "of its format and tested on files made after it."
    )
    found = {name: reader_named(name) for name in reader_names()}
    rows = (
        (
            f"`{name}`",
            one.title,
            one.kind,
            ", ".join(f"`{pattern}`" for pattern in one.files),
            "yes" if one.tested_on_genuine else "no",
        )
        for name, one in found.items()
    )
    head = ("Reader", "Family", "Kind", "Files", "Tested on genuine files")
    return f"# Readers\n\n{text}\n\n{_table(head, rows)}"


def products_page() -> str:
    """Return one section for each product file."""
    return "\n\n".join(["# Products", *map(_product, load_products().values())])


def processes_page() -> str:
    """Return one section for each process."""
    return "\n\n".join(["# Processes", *map(_process, map(process, process_ids()))])


def settings_page() -> str:
    """Return the keys of the site file, section by section."""
    text = (
        "The site file is `config/casa.yml`, or `casa.yml` in the folder that the environment "
        "variable `CASA_CONFIG` names. Unknown keys are refused. `casa doctor` tells whether all "
        "is well. These environment variables overrule keys: "
    )
    named = ", ".join(f"`{name}` (`{key}`)" for key, name in OVERRIDES.items())
    return "\n\n".join([f"# Settings\n\n{text}{named}.", *_section(Settings, "")])


def _section(model: type[BaseModel], place: str) -> Iterator[str]:
    """Yield the table of a model's keys, then those of the models below it."""
    below: list[tuple[str, type[BaseModel]]] = []
    rows: list[tuple[str, ...]] = []
    for name, one in model.model_fields.items():
        inner = _model(one.annotation)
        if inner is not None and inner is not Text:
            below.append((f"{place}{name}", inner))
        default = "required" if one.is_required() else _default(one.get_default())
        meaning = one.description or (inner and cleandoc(inner.__doc__ or "")) or ""
        section = inner is not None and one.annotation is inner
        rows.append((f"`{name}`", "section" if section else default, meaning))
    heading = f"## {place.rstrip('.')}\n\n{cleandoc(model.__doc__ or '')}\n\n" if place else ""
    yield heading + _table(("Key", "Default", "Meaning"), rows)
    for name, inner in below:
        yield from _section(inner, f"{name}.")


def _model(annotation: object) -> type[BaseModel] | None:
    """Return the model that a field holds, alone or as the items of a list, if it holds one."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None


def _default(value: object) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return f"`{json.dumps(plain, default=str)}`"


def tutorial_page(source: str) -> str:
    """Return a script of cells (py:percent) as a page: text as it is, code in blocks."""
    cells = re.split(r"^# %%", source, flags=re.MULTILINE)[1:]
    return "\n\n".join(filter(None, map(_cell, cells)))


def _cell(cell: str) -> str:
    kind, _, body = cell.partition("\n")
    if "[markdown]" in kind:
        lines = (line.removeprefix("#").removeprefix(" ") for line in body.splitlines())
        return "\n".join(lines).strip()
    return f"```python\n{body.strip()}\n```" if body.strip() else ""


def _product(product: Product) -> str:
    facts = {
        "Kind": product.kind,
        "Synthetic": "yes, simulated data" if product.synthetic else "no",
        "Licence": product.licence,
        "Producer": ", ".join(one.name for one in product.providers if "producer" in one.roles),
        "Citation": product.citation,
    }
    lines = "\n".join(f"- {name}: {value}" for name, value in facts.items() if value)
    heading = f"## {product.title.en} {{#{product.id}}}\n\n`{product.id}` · {product.title.zh}"
    return f"{heading}\n\n{product.description.en}\n\n{lines}"


def _process(one: Process) -> str:
    described = one.description()
    rows = (
        (f"`{name}`", "yes" if item["minOccurs"] else "no", item.get("description", ""))
        for name, item in described["inputs"].items()
    )
    table = _table(("Input", "Required", "Meaning"), rows)
    heading = f"## {one.title.en} {{#{one.id}}}\n\n`{one.id}`, version {one.version}"
    return f"{heading}\n\n{one.abstract.en}\n\n{table}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    safe = ([cell.replace("|", "&#124;") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in safe)


def _code(text: str) -> str:
    return f"```text\n{cleandoc(text)}\n```"
