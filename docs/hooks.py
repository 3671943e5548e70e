"""Pages that mkdocs generates from the code at build time."""

from collections.abc import Iterable
from inspect import cleandoc

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from casa_ogc.catalog.product import Product
from casa_ogc.catalog.products import load_products
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
    }
    for name, content in pages.items():
        files.append(File.generated(config, f"reference/{name}.md", content=content))
    return files


def cli_page() -> str:
    """Return the help text of every command."""
    context = click.Context(main, info_name="casa")
    parts = ["# Command line", _code(main.get_help(context))]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is not None:
            own = click.Context(command, info_name=name, parent=context)
            parts += [f"## casa {name}", _code(command.get_help(own))]
    return "\n\n".join(parts)


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
