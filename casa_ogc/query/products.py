"""Questions to products of the catalogue."""

from casa_ogc.catalog.entries import Catalog, Entry
from casa_ogc.query.answer import Answer, Origin
from casa_ogc.query.cost import Options
from casa_ogc.query.request import Request
from casa_ogc.query.run import run


def ask(catalog: Catalog, entry: Entry, question: Request) -> Answer | None:
    """Return the answer of a product; None when nothing is there.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist.
    TooLargeError
        For more values than the site allows, before anything is read.
    """
    return run(catalog.open(entry), question, options(catalog, entry))


def options(catalog: Catalog, entry: Entry) -> Options:
    """Return what the core needs to know of a product beside its data."""
    product = entry.product
    origin = Origin(
        product=product.id,
        snapshot=entry.head.snapshot,
        title=product.title.en,
        licence=product.licence,
        citation=product.citation,
        attributes=entry.head.attributes,
        summary=product.description.en,
        keywords=product.keywords,
        committed=entry.head.committed,
    )
    return Options(
        origin=origin,
        defaults=product.default_variables,
        footprint_radius=product.footprint_radius,
        max_cells=catalog.settings.limits.max_cells,
    )
