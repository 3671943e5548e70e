"""A product: what it is, who made it, under which licence, how it is drawn."""

from typing import Literal

from pydantic import BaseModel, Field


class Model(BaseModel, frozen=True, extra="forbid"):
    """Base of all configuration: frozen, and no unknown key passes."""


class Text(Model):
    """A text in English and Chinese."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Provider(Model):
    """Who produced, processed, licensed or hosts the data."""

    name: str
    roles: tuple[Literal["producer", "processor", "licensor", "host"], ...]
    url: str | None = None


class Style(Model):
    """How the default map is drawn."""

    variable: str
    colour_map: str | None = None
    minimum: float
    maximum: float


class Product(Model):
    """One product, read from ``config/products/<id>.yml``; its id is the file's name.

    Extents, sizes and the list of stored variables come from the data, never from here.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    kind: Literal["soundings", "grid"]
    title: Text
    description: Text
    keywords: tuple[str, ...] = ()
    mission: tuple[str, ...] = ()
    synthetic: bool = Field(
        False, description="simulated data; shown wherever the product is named"
    )
    licence: str = Field(description="SPDX identifier, or a short name")
    licence_url: str | None = None
    data_policy: str | None = None
    doi: str | None = None
    citation: str
    providers: tuple[Provider, ...] = Field(min_length=1)
    default_variables: tuple[str, ...] = Field(
        (), description="answered when a request names none; empty means all scalar ones"
    )
    style: Style | None = None
    footprint_radius: float = Field(
        5000.0, gt=0, description="metres within which a place meets a sounding without vertices"
    )
