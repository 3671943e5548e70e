"""Where the configuration is, and how its files are read."""

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import ValidationError

from casa_processes.common.errors import InvalidValueError

SITE_FILE = "casa.yml"
"""The file that makes a folder one of configuration."""

_PACKAGED = "_config"


@cache
def config_folder() -> Path:
    """Return the folder of the configuration.

    The environment variable ``CASA_CONFIG`` comes first, then the copy inside an installed
    package, then ``config/`` of the checkout that an editable install points to.

    Raises
    ------
    InvalidValueError
        When none of them holds a site file.
    """
    named = os.environ.get("CASA_CONFIG")
    candidates = [Path(named)] if named else _own()
    for folder in candidates:
        if (folder / SITE_FILE).is_file():
            return folder
    raise InvalidValueError("CASA_CONFIG", str(candidates[-1]), f"a folder that holds {SITE_FILE}")


def folder_with(name: str) -> Path:
    """Return the folder of the configuration that holds a folder of this name.

    A site whose configuration has none uses that of the package.

    Raises
    ------
    InvalidValueError
        As for `config_folder`.
    """
    place = config_folder()
    return next((each for each in (place, *_own()) if (each / name).is_dir()), place)


def _own() -> list[Path]:
    """Return where the configuration of the package itself may be."""
    package = Path(str(files("casa_processes")))
    return [package / _PACKAGED, package.parents[1] / "config"]


def home_of(folder: Path) -> Path:
    """Return where relative folders of a site file start.

    That is the folder that holds the folder of the configuration, as a checkout holds ``config/``.
    The copy inside an installed package is no place for data: there it is the current folder.
    """
    here = Path.cwd()
    return here if folder.name == _PACKAGED else Path(os.path.normpath(here / folder)).parent


def read_mapping(path: Path) -> dict[str, object]:
    """Read a YAML file that must hold a mapping."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidValueError(str(path), str(error), "a readable YAML file") from None
    if not isinstance(content, dict):
        raise InvalidValueError(str(path), type(content).__name__, "a YAML mapping")
    return content


def wrong_keys(error: ValidationError) -> str:
    """List every wrong key of a validation with its reason, in one line."""
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()
    )
