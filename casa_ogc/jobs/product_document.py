"""What a published collection says of itself: title, licence, citation, origins, expiry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from casa_ogc.catalog.product import Provider, Text
from casa_ogc.catalog.published import Origin, PublishedProduct, now, provenance_name
from casa_ogc.jobs.licences import Combined, combined, spdx_address
from casa_processes.common.registry import process
from casa_processes.common.vocabulary import variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from casa_ogc.catalog.entries import Catalog
    from casa_ogc.catalog.product import Product
    from casa_ogc.jobs.record import Job
    from casa_processes.common.process import Process

_SYNTHETIC = "Synthetic"
_PLACES = frozenset({"latitude", "longitude", "time"})


def described(job: Job, dataset: xr.Dataset, catalog: Catalog, name: str) -> PublishedProduct:
    """Return the product that a job publishes.

    Parameters
    ----------
    job
        The job, with the attempt that ran.
    dataset
        Its data, in the common schema.
    catalog
        Products of the site, among them those that the inputs name.
    name
        Identifier of the product.

    Raises
    ------
    NoDerivativesError
        When a licence of the inputs forbids to share what is made of them.
    """
    asked, execution = process(job.execution.process_id), job.execution
    sources = sources_of(job, catalog)
    origins = origins_of(job, sources)
    synthetic = dataset.attrs.get("mission") == _SYNTHETIC or any(
        one.synthetic for one in sources.values()
    )
    licence = _licence(dataset, origins, catalog)
    created = now()
    return PublishedProduct(
        id=name,
        kind="soundings" if "sounding" in dataset.dims else "grid",
        title=_title(job, asked, origins, synthetic),
        description=_description(job, asked, origins, synthetic),
        keywords=(*asked.keywords, "result"),
        mission=tuple(dict.fromkeys(m for one in sources.values() for m in one.mission)),
        synthetic=synthetic,
        licence=licence.name,
        licence_url=_address(licence, sources),
        citation=_citation(job, catalog, origins, created),
        providers=_providers(catalog, sources),
        default_variables=_variables(dataset),
        footprint_radius=max((one.footprint_radius for one in sources.values()), default=5000.0),
        process=execution.process_id,
        process_version=execution.process_version,
        created=created,
        expires=_expiry(job, catalog),
        origins=origins,
        attempt=job.attempt,
        provenance=provenance_name(name),
    )


def sources_of(job: Job, catalog: Catalog) -> dict[str, Product]:
    """Return the products that the inputs name, by input; those that are gone are left out."""
    known = catalog.entries()
    found = {name: Path(one["href"]).name for name, one in job.execution.references.items()}
    return {name: known[product].product for name, product in found.items() if product in known}


def origins_of(job: Job, sources: Mapping[str, Product]) -> tuple[Origin, ...]:
    """Return what a result was made from; of a product that is gone as the job knew it."""
    return tuple(
        Origin(
            collection=Path(reference["href"]).name,
            snapshot=reference["snapshot"],
            title=sources[name].title.en if name in sources else Path(reference["href"]).name,
            licence=reference["licence"],
            citation=sources[name].citation if name in sources else "",
        )
        for name, reference in job.execution.references.items()
    )


def _licence(dataset: xr.Dataset, origins: tuple[Origin, ...], catalog: Catalog) -> Combined:
    """Return the licence: that of the inputs; without any, that of the file or of the site."""
    own = str(dataset.attrs.get("licence", "")) or catalog.settings.licence
    return combined([one.licence for one in origins] or [own])


def _address(licence: Combined, sources: Mapping[str, Product]) -> str | None:
    if len(licence.parts) != 1:
        return None
    given = (one.licence_url for one in sources.values() if one.licence == licence.name)
    return next(filter(None, given), None) or spdx_address(licence.name)


def _title(job: Job, asked: Process, origins: tuple[Origin, ...], synthetic: bool) -> Text:
    """Return the user's title, or one made of process and inputs; synthetic ones say so."""
    names = ", ".join(dict.fromkeys(one.title for one in origins))
    given = job.execution.title
    english = given or (f"{asked.title.en}: {names}" if names else asked.title.en)
    chinese = given or (f"{asked.title.zh}：{names}" if names else asked.title.zh)
    if synthetic and "synthetic" not in english.lower():
        english = f"Synthetic: {english}"
    if synthetic and "模拟" not in chinese:
        chinese = f"模拟数据：{chinese}"
    return Text(en=english, zh=chinese)


def _description(job: Job, asked: Process, origins: tuple[Origin, ...], synthetic: bool) -> Text:
    version = job.execution.process_version
    listed = "; ".join(f"{one.title} ({one.collection}, version {one.snapshot})" for one in origins)
    english = [
        "Simulated, not observed." if synthetic else "",
        f"Result of the process {asked.title.en} ({asked.id}, version {version}) that a user ran.",
        f"Made from {listed}." if listed else "",
        asked.abstract.en,
    ]
    chinese = [
        "模拟数据，并非观测。" if synthetic else "",
        f"用户运行处理“{asked.title.zh}”（{asked.id}，版本 {version}）的结果。",
        f"输入：{listed}。" if listed else "",
        asked.abstract.zh,
    ]
    return Text(en=" ".join(filter(None, english)), zh="".join(chinese))


def _citation(job: Job, catalog: Catalog, origins: tuple[Origin, ...], created: str) -> str:
    made = (
        f"Result of {job.execution.process_id} {job.execution.process_version}, "
        f"{catalog.settings.title.en}, {created[:10]}"
    )
    cited = [one.citation.rstrip(". ") for one in origins if one.citation]
    return f"{made}, from: {'; '.join(dict.fromkeys(cited))}." if cited else f"{made}."


def _providers(catalog: Catalog, sources: Mapping[str, Product]) -> tuple[Provider, ...]:
    """Return who made the inputs, as they are listed there, and the site that made this."""
    site = catalog.settings.provider
    ours = Provider(name=site.name, roles=("processor", "host"), url=site.url)
    theirs = (
        one
        for product in sources.values()
        for one in product.providers
        if set(one.roles) & {"producer", "licensor"}
    )
    return (*dict.fromkeys(theirs), ours)


def _variables(dataset: xr.Dataset) -> tuple[str, ...]:
    """Return the numbers of the data, those first that the file names as its main ones."""
    numbers = [
        name
        for name in map(str, dataset.data_vars)
        if name not in _PLACES
        and variable(name).shape == "scalar"
        and variable(name).dtype.startswith("float")
    ]
    main = str(dataset.attrs.get("main_variables", "")).split()
    return tuple(dict.fromkeys((*(name for name in main if name in numbers), *numbers)))


def _expiry(job: Job, catalog: Catalog) -> str:
    """Return when the results are kept no longer."""
    if job.expires is not None:
        return job.expires
    end = datetime.now(UTC) + timedelta(days=catalog.settings.jobs.keep_days)
    return end.isoformat(timespec="milliseconds").replace("+00:00", "Z")
