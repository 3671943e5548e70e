"""The command line: ``casa COMMAND``.

A command is a module of ``casa_ogc.commands`` that holds a click command named ``command``. Its
docstring is the help text, read from the source, so that listing the commands imports none of them.
"""

import ast
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, override

import click

import casa_ogc
import casa_ogc.commands
from casa_processes.common.errors import CasaError


class Commands(click.Group):
    """The modules of ``casa_ogc.commands`` as commands, imported when they are run."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, sorted."""
        modules = iter_modules(casa_ogc.commands.__path__)
        return sorted(module.name.replace("_", "-") for module in modules)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(_module(cmd_name)).command
        return command if isinstance(command, click.Command) else None

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with their first lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_line(name)) for name in self.list_commands(ctx)])

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error that the project raises on purpose becomes one line."""
        try:
            return super().invoke(ctx)
        except CasaError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package.startswith("casa_"):
                raise
            advice = "install the package with its extra: pip install 'casa-ogc[server]'"
            raise click.ClickException(f"{package} is not installed; {advice}") from error


def first_line(name: str) -> str:
    """Return the first line of a command's docstring without importing the command."""
    spec = find_spec(_module(name))
    source = getattr(spec.loader, "get_source")(spec.name) if spec else ""  # noqa: B009
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _module(name: str) -> str:
    return f"{casa_ogc.commands.__name__}.{name.replace('-', '_')}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(casa_ogc.__version__, prog_name="casa")
def main() -> None:
    """CASA OGC: an archive of space-based carbon observations and its OGC API services.

    Exit codes: 0 done, 1 refused or damaged (the message says what), 2 wrong usage.
    """


if __name__ == "__main__":
    main(prog_name="casa")
