"""Settings of a site: where the archive is, what the server says of itself, its limits."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from casa_ogc.catalog.product import Model, Text
from casa_processes.common.configuration import (
    SITE_FILE,
    config_folder,
    home_of,
    read_mapping,
    wrong_keys,
)
from casa_processes.common.errors import InvalidValueError

OVERRIDES = {
    "archive": "CASA_ARCHIVE",
    "url": "CASA_URL",
    "jobs.folder": "CASA_JOBS",
    "jobs.files": "CASA_FILES",
    "jobs.database": "CASA_DATABASE",
    "jobs.cluster": "CASA_CLUSTER",
}
"""Environment variables that overrule keys of the site file."""

_PLACES = ("archive", "jobs.folder", "jobs.files")
_SQLITE = re.compile(r"\A(sqlite(?:\+\w+)?:///)(?!/|:memory:|file:)([^?]+.*)", re.DOTALL)
"""The address of an SQLite file whose path is relative."""


class Contact(Model):
    """Who answers for the site."""

    name: str = Field(description="of the institution or the people")
    email: str | None = Field(None, description="address for questions")
    url: str | None = Field(None, description="its own pages")


class Limits(Model):
    """What one request may cost."""

    max_cells: int = Field(
        6_000_000,
        gt=0,
        description="values that one answer may hold over all its variables; the default keeps the "
        "memory of a request below 256 MiB, formats of text and tables have a part of it",
    )
    max_rows: int = Field(1_000_000, gt=0, description="soundings that one answer may hold")
    max_body: int = Field(16 * 1024 * 1024, gt=0, description="bytes of a posted body")
    items_page: int = Field(100, gt=0, description="items of a page when a request names none")
    items_max: int = Field(10_000, gt=0, description="most items of a page")


class Quota(Model):
    """What one principal may use at a time; all anonymous users of an address are one."""

    open_jobs: int = Field(20, gt=0, description="jobs that are accepted or running")
    cpu_seconds: float = Field(86_400.0, gt=0, description="expected time of the open jobs")
    result_bytes: int = Field(20 * 1024**3, gt=0, description="kept results")


class Slurm(Model):
    """Workers as jobs of Slurm."""

    partition: str | None = Field(None, description="partition of the workers; none is Slurm's own")
    account: str | None = Field(None, description="account that is charged")
    walltime: str = Field("02:00:00", description="of one worker; a job that outlives it moves on")
    memory: str = Field("4GiB", description="of one worker")
    interface: str | None = Field(None, description="network interface of workers and scheduler")
    minimum: int = Field(0, ge=0, description="workers that are kept")
    maximum: int = Field(16, gt=0, description="most workers")
    directives: tuple[str, ...] = Field((), description="further #SBATCH lines")
    prologue: tuple[str, ...] = Field((), description="shell lines before a worker starts")


class Issuer(Model):
    """An OpenID Connect issuer whose tokens (signed JWT) are accepted."""

    issuer: str = Field(description="claim iss of its tokens, exactly")
    audience: str = Field(description="claim aud that its tokens must have")
    keys: str = Field(
        description="its JSON Web Key Set: an https address or a file; a relative one starts where "
        "the archive does"
    )
    claim: str = Field("scope", description="claim that names scopes: a text or a list")
    prefix: str = Field("casa:", description="of our scopes in that claim, as in casa:execute")
    scopes: tuple[Literal["read", "execute", "admin"], ...] = Field(
        ("read", "execute"), description="scopes of every principal of this issuer"
    )


class Jobs(Model):
    """How processes are run."""

    folder: Path = Field(Path("var/jobs"), description="results, logs and the embedded database")
    database: str = Field(
        "",
        description="SQLAlchemy URL; empty means SQLite in the folder; a relative SQLite file "
        "(sqlite:///FILE) starts where the archive does",
    )
    cluster: str = Field(
        "local", pattern=r"^(local|slurm|(tcp|tls)://.+)$", description="local, slurm or tcp://..."
    )
    workers: int = Field(0, ge=0, description="processes of a local cluster; 0 means one a core")
    memory: str = Field("auto", description="of one local worker")
    concurrent: int = Field(0, ge=0, description="jobs that run at a time; 0 means one a worker")
    slurm: Slurm = Slurm()
    sync_seconds: float = Field(20.0, gt=0, description="most expected time of a job to wait for")
    attempts: int = Field(3, gt=0, description="of a job whose worker was lost")
    grace_seconds: float = Field(5.0, ge=0, description="before a dismissed job's worker is ended")
    keep_days: float = Field(30.0, gt=0, description="until results expire")
    publish: bool = Field(True, description="whether results may be made public collections")
    sign_in: bool = Field(
        True,
        description="whether tokens are taken in browsers, by a cookie; over https and on the "
        "machine of the server alone",
    )
    same_seconds: float = Field(3600.0, ge=0, description="an equal request is the same job within")
    quota: Quota = Quota()
    files: Path | None = Field(
        None,
        description="folder whose files inputs may name, such as spectra and line lists; links in "
        "it are followed",
    )
    hosts: tuple[str, ...] = Field((), description="hosts that inputs may refer to by href")
    callbacks: tuple[str, ...] = Field((), description="private hosts that may be told of jobs")
    issuers: tuple[Issuer, ...] = Field((), description="who else issues tokens, by OpenID Connect")
    hidden: tuple[str, ...] = Field(("long",), description="processes that are not offered")


class Settings(Model):
    """The content of ``config/casa.yml``."""

    title: Text = Field(description="name of the site, in English (en) and Chinese (zh)")
    description: Text = Field(description="what the site offers, in both languages")
    keywords: tuple[str, ...] = Field((), description="words to find the site by")
    url: str = Field("http://127.0.0.1:5000", description="address under which clients reach us")
    licence: str = Field(description="of what the server says of itself, as an SPDX identifier")
    licence_url: str | None = Field(None, description="its text")
    terms_of_service: str | None = Field(None, description="address of the terms of service")
    provider: Contact
    archive: Path = Field(
        Path("var/archive"),
        description="folder of the archive; a relative one starts "
        "at the folder that holds the configuration folder",
    )
    limits: Limits = Limits()
    jobs: Jobs = Jobs()

    @field_validator("url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")


def load_settings(folder: Path | None = None) -> Settings:
    """Read the site file; the environment variables of `OVERRIDES` overrule its keys.

    All folders and files are absolute: relative ones of the file start at `home_of` its folder, so
    that a command means the same archive wherever it is typed; those of variables start at the
    current folder.

    Raises
    ------
    InvalidValueError
        When the file is not YAML or does not describe a site; names every wrong key.
    """
    folder = folder or config_folder()
    path = folder / SITE_FILE
    content = read_mapping(path)
    for key, environment in OVERRIDES.items():
        if environment in os.environ:
            value = os.environ[environment]
            value = str(Path.cwd() / value) if key in _PLACES else _placed(value, Path.cwd())
            _overrule(content, key, value)
    try:
        return _anchored(Settings.model_validate(content), home_of(folder))
    except ValidationError as error:
        raise InvalidValueError(path.name, wrong_keys(error), "the keys of a site file") from None


def _anchored(settings: Settings, home: Path) -> Settings:
    jobs = settings.jobs
    files = None if jobs.files is None else home / jobs.files
    places: dict[str, object] = {
        "folder": home / jobs.folder,
        "files": files,
        "database": _placed(jobs.database, home),
        "issuers": tuple(_keys_placed(one, home) for one in jobs.issuers),
    }
    changed = {"archive": home / settings.archive, "jobs": jobs.model_copy(update=places)}
    return settings.model_copy(update=changed)


def _placed(text: str, home: Path) -> str:
    """Return the address of a database with the path of an SQLite file made absolute."""
    return _SQLITE.sub(lambda found: f"{found[1]}{home / found[2]}", text)


def _keys_placed(issuer: Issuer, home: Path) -> Issuer:
    if issuer.keys.startswith(("http://", "https://")):
        return issuer
    return issuer.model_copy(update={"keys": str(home / issuer.keys)})


def _overrule(content: dict[str, object], key: str, value: str) -> None:
    """Set a key, or one of a section; a section that is no mapping is left to be refused."""
    section, _, name = key.rpartition(".")
    inner = content.setdefault(section, {}) if section else content
    if inner is None:
        inner = content[section] = {}
    if isinstance(inner, dict):
        inner[name] = value
