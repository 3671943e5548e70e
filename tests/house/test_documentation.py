"""Pages that are generated say all that there is, and the navigation leads to every page."""

import importlib.util
from typing import get_args

import click
import pytest
import yaml

from casa_ogc.catalog.settings import OVERRIDES, Settings
from casa_ogc.cli import main
from tests.house.checkout import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def hooks():
    """Return the module that generates pages."""
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("hooks", DOCS / "hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def navigation():
    """Return all pages that the navigation names."""

    class Loader(yaml.SafeLoader):
        """Reads the tags that mkdocs may have."""

    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
    found, left = set(), [yaml.load((ROOT / "mkdocs.yml").read_text(), Loader)["nav"]]
    while left:
        one = left.pop()
        if isinstance(one, str):
            found.add(one)
        else:
            left += one.values() if isinstance(one, dict) else one
    return found


def keys(model, place=""):
    """Yield each key of the settings with its field, sections included."""
    for name, one in model.model_fields.items():
        yield f"{place}{name}", one
        for inner in (one.annotation, *get_args(one.annotation)):
            if hasattr(inner, "model_fields"):
                yield from keys(inner, f"{place}{name}.")


def test_every_key_of_the_site_file_is_on_the_page_with_its_meaning(hooks):
    page = hooks.settings_page()
    for place, one in keys(Settings):
        section, _, name = place.rpartition(".")
        if section in ("title", "description"):
            continue
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.split("|")[3].strip(), f"{place} has no meaning"
        assert (one.description or "") in page
        assert not section or f"## {section}" in page


def test_every_variable_that_overrules_a_key_names_one(hooks):
    known = {place for place, _ in keys(Settings)}
    assert set(OVERRIDES) <= known
    assert all(name in hooks.settings_page() for name in OVERRIDES.values())


def test_the_page_of_the_command_line_has_every_command_and_those_below_it(hooks):
    page = hooks.cli_page()
    context = click.Context(main)
    for name in main.list_commands(context):
        assert f"## casa {name}" in page
        for below in getattr(main.get_command(context, name), "commands", ()):
            assert f"## casa {name} {below}" in page


def test_a_script_of_cells_becomes_text_and_code(hooks):
    source = """# %% [markdown]
# # Title
#
# Some *text*.

# %%
value = 1

# %% [markdown]
# End.
"""
    assert hooks.tutorial_page(source).split("\n\n") == [
        "# Title",
        "Some *text*.",
        "```python\nvalue = 1\n```",
        "End.",
    ]


def test_the_navigation_leads_to_every_page_that_is_written():
    written = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    scripts = {path.relative_to(DOCS) for path in DOCS.glob("tutorials/*.py")}
    written |= {path.with_suffix(".md").as_posix() for path in scripts}
    assert written <= navigation()
