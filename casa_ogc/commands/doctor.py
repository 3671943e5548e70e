"""Check that this installation can work: packages, configuration, archive, database, engine.

Whatever is missing is named with what helps.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import click

_LEAST_DISK = 2 * 10**9
_DISTRIBUTION = "casa-ogc"

type Finding = tuple[bool, str]


@click.command(help=__doc__)
def command() -> None:
    """Run the command."""
    checks = (python, packages, configuration, archive, jobs, engine)
    findings = [finding for check in checks for finding in check()]
    for good, text in findings:
        click.echo(f"{'ok     ' if good else 'PROBLEM'} {text}")
    problems = sum(not good for good, _ in findings)
    if problems:
        raise click.ClickException(f"{problems} of {len(findings)} checks found a problem")


def python() -> Iterator[Finding]:
    """Tell which Python runs; 3.12 is the least."""
    found = sys.version.split()[0]
    yield sys.version_info >= (3, 12), f"Python {found} ({sys.executable})"


def packages() -> Iterator[Finding]:
    """Tell which required packages are missing, those of the server included."""
    from packaging.requirements import Requirement

    known = [Requirement(line) for line in requires(_DISTRIBUTION) or []]
    wanted = [one for one in known if not one.marker or one.marker.evaluate({"extra": "server"})]
    missing = [str(one) for one in wanted if not _met(one.name, str(one.specifier))]
    yield not missing, f"packages: {', '.join(missing) or f'all {len(wanted)} are there'}"
    for name in ("numpy", "icechunk", "pyarrow"):
        try:
            import_module(name)
        except ImportError as error:
            yield False, f"{name} cannot be imported: {error}"


def configuration() -> Iterator[Finding]:
    """Tell where the configuration is, and whether all of it is valid."""
    from casa_ogc.catalog.products import load_products
    from casa_ogc.catalog.settings import load_settings
    from casa_processes.common.configuration import config_folder, home_of
    from casa_processes.common.errors import CasaError

    try:
        folder = config_folder()
        load_settings(folder)
        told = f"{len(load_products(folder))} products, relative folders start at {home_of(folder)}"
        yield True, f"configuration: {folder}, {told}"
    except CasaError as error:
        yield False, f"configuration: {error}"


def archive() -> Iterator[Finding]:
    """Tell whether the archive can be written, how much room there is, and what it holds."""
    from casa_ogc.archive.heads import list_products
    from casa_ogc.catalog.products import load_products
    from casa_ogc.catalog.published import published
    from casa_ogc.catalog.settings import load_settings
    from casa_processes.common.errors import CasaError

    try:
        root, known = load_settings().archive.absolute(), load_products()
    except CasaError:
        return
    yield _writable(root), f"archive: {root} is writable"
    free = shutil.disk_usage(_existing(root)).free
    yield free > _LEAST_DISK, f"disk: {free / 1e9:.1f} GB free for the archive"
    held = list_products(root)
    unknown = sorted(set(held) - set(known) - set(published(root)))
    yield (
        not unknown,
        f"products: {len(held)} hold data"
        + (f"; without a product file: {', '.join(unknown)}" if unknown else ""),
    )


def jobs() -> Iterator[Finding]:
    """Tell whether jobs can be kept: their folder and their database."""
    from casa_ogc.catalog.settings import load_settings
    from casa_processes.common.errors import CasaError

    try:
        found = load_settings().jobs
    except CasaError:
        return
    folder = found.folder.absolute()
    good = _writable(folder)
    yield good, f"jobs: {folder} is {'' if good else 'not '}writable"
    free = shutil.disk_usage(_existing(folder)).free
    yield free > _LEAST_DISK, f"disk: {free / 1e9:.1f} GB free for results"
    yield database()


def engine() -> Iterator[Finding]:
    """Tell what the engine of jobs needs: versions, workers, commands, a shared folder."""
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.jobs.diagnosis import diagnose
    from casa_ogc.jobs.surroundings import surroundings
    from casa_processes.common.errors import CasaError

    try:
        settings = load_settings()
    except CasaError:
        return
    yield from surroundings(settings)
    yield from diagnose(settings)


def database() -> Finding:
    """Tell whether the database of jobs answers, and how many jobs are open in it."""
    from casa_ogc.commands import job_store
    from casa_processes.common.errors import CasaError

    try:
        with job_store() as (store, _):
            count = len(store.open_jobs())
            return True, f"database: {store.database.name}, {count} open jobs"
    except (CasaError, OSError) as error:
        return False, f"database: {error}"
    except ModuleNotFoundError as error:
        return False, f"database: {error.name} is missing: pip install 'casa-ogc[cluster]'"


def _met(name: str, specifier: str) -> bool:
    from packaging.specifiers import SpecifierSet

    try:
        return SpecifierSet(specifier).contains(version(name), prereleases=True)
    except PackageNotFoundError:
        return False


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


def _writable(root: Path) -> bool:
    folder = _existing(root)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
