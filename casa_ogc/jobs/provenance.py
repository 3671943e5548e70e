"""Where results come from: W3C PROV of a job, as PROV-JSON.

Inputs are named by collection and snapshot, results by checksum, software by version. Nothing in it
leads to the job: who reads a collection may know how it was made, and not stop who made it.
"""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa_ogc.catalog.published import now
from casa_ogc.jobs.input_files import NamedFile, checksum
from casa_ogc.jobs.publishable import collection_id
from casa_ogc.jobs.results import StoredFile
from casa_processes.common.errors import IntegrityError
from casa_processes.common.registry import process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casa_ogc.catalog.entries import Catalog
    from casa_ogc.catalog.settings import Settings
    from casa_ogc.jobs.record import Job
    from casa_ogc.jobs.results import Manifest

MEDIA_TYPE = "application/json"
PACKAGES = (
    "casa-ogc",
    "numpy",
    "numba",
    "llvmlite",
    "scipy",
    "xarray",
    "dask",
    "distributed",
    "h5netcdf",
    "h5py",
    "zarr",
    "icechunk",
    "pyarrow",
    "pydantic",
)
"""Software whose version may change a result."""
LONGEST_VALUE = 4096
"""Characters of an input that stands in the document itself; of longer ones the checksum does."""
_NAME = "prov.json"


@cache
def software() -> Mapping[str, str]:
    """Return name and version of all that takes part in a computation on this machine."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def provenance(
    job: Job, manifest: Manifest, settings: Settings, collection: str = ""
) -> dict[str, Any]:
    """Return how the results of an attempt were made, on the machine where they were.

    Parameters
    ----------
    job
        The job, with the attempt that ran.
    manifest
        Its results.
    settings
        Name and address of the site.
    collection
        Identifier of the collection that is made of the results; empty for none.

    Returns
    -------
    dict
        A document of PROV-JSON (W3C Member Submission of 24 April 2013).
    """
    record = _Record(job, settings)
    record.plan()
    record.software()
    for name, reference in job.execution.references.items():
        record.snapshot(name, reference)
    for name, file in job.execution.files.items():
        record.file(name, NamedFile(**file))
    for name, value in job.execution.inputs.items():
        record.parameter(name, value)
    for name, output in manifest.outputs.items():
        record.output(name, output)
    if collection:
        record.collection(collection)
    return record.document


def files(job: Job, settings: Settings, manifest: Manifest) -> dict[str, bytes]:
    """Return the file that is kept beside the results of an attempt, for `kept` to find.

    It must be made where the attempt ran: software and machine are those of the caller.
    """
    published = job.execution.response == "collection"
    name = collection_id(job.id) if published else ""
    record = provenance(job, manifest, settings, name)
    return {_NAME: json.dumps(record, ensure_ascii=False).encode()}


def kept(job: Job, catalog: Catalog) -> bytes:
    """Return the PROV-JSON of a successful job.

    Raises
    ------
    IntegrityError
        When it is missing.
    """
    folder = catalog.settings.jobs.folder / "results" / job.id / str(job.attempt)
    try:
        return (folder / _NAME).read_bytes()
    except FileNotFoundError:
        raise IntegrityError(f"results of job {job.id}", _NAME, "missing") from None


class _Record:
    """A document that grows, statement by statement."""

    def __init__(self, job: Job, settings: Settings) -> None:
        self._job, self._site = job, settings
        self._activity = "run:execution"
        self.document: dict[str, Any] = {
            "prefix": {
                "run": f"urn:sha256:{hashlib.sha256(job.id.encode()).hexdigest()}:",
                "site": f"{self._site.url}/",
                "software": "urn:casa:software:",
                "casa": "urn:casa:terms:",
            },
            "activity": {self._activity: self._ran()},
        }

    def plan(self) -> None:
        """Say which process it was, and whose site ran it."""
        execution, site = self._job.execution, self._site
        asked = process(execution.process_id)
        plan = f"site:processes/{execution.process_id}"
        self._put(
            "entity",
            plan,
            {
                "prov:type": _name("prov:Plan"),
                "prov:label": asked.title.en,
                "casa:version": execution.process_version,
            },
        )
        self._put(
            "agent",
            "run:operator",
            {
                "prov:type": _name("prov:Organization"),
                "prov:label": site.provider.name,
            },
        )
        self._relate("wasAssociatedWith", activity=self._activity, agent="run:operator", plan=plan)

    def software(self) -> None:
        """Say what the run was made with."""
        for package, number in software().items():
            agent = f"software:{package}"
            self._put(
                "agent",
                agent,
                {
                    "prov:type": _name("prov:SoftwareAgent"),
                    "prov:label": f"{package} {number}",
                    "casa:version": number,
                },
            )
            self._relate("wasAssociatedWith", activity=self._activity, agent=agent)

    def snapshot(self, name: str, reference: Mapping[str, Any]) -> None:
        """Say which version of a collection was read, and which part of it."""
        identifier = Path(reference["href"]).name
        entity = f"site:collections/{identifier}/instances/{reference['snapshot']}"
        part = {key: reference[key] for key in ("intervals", "box") if reference.get(key)}
        self._put(
            "entity",
            entity,
            {
                "prov:type": _name("prov:Collection"),
                "prov:label": identifier,
                "casa:snapshot": reference["snapshot"],
                "casa:licence": reference["licence"],
                **({"casa:part": _json(part)} if part else {}),
            },
        )
        self._use(entity, name)

    def file(self, name: str, file: NamedFile) -> None:
        """Say which file was read."""
        said = {"casa:sha256": checksum(file), "casa:bytes": file.size}
        self._put("entity", f"run:files/{name}", {"prov:label": file.name, **said})
        self._use(f"run:files/{name}", name)

    def parameter(self, name: str, value: Any) -> None:
        """Say what an input was."""
        text = _json(value)
        said = {"prov:value": text} if len(text) <= LONGEST_VALUE else {"casa:bytes": len(text)}
        self._put(
            "entity",
            f"run:inputs/{name}",
            {
                "prov:label": name,
                "casa:sha256": hashlib.sha256(text.encode()).hexdigest(),
                **said,
            },
        )
        self._use(f"run:inputs/{name}", name)

    def output(self, name: str, output: Any) -> None:
        """Say what came out: of a file its checksum, of a value that of its JSON text."""
        if isinstance(output, StoredFile):
            said = {
                "casa:sha256": output.sha256,
                "casa:bytes": output.size,
                "casa:mediaType": output.media_type,
            }
        else:
            text = _json(output).encode()
            said = {"casa:sha256": hashlib.sha256(text).hexdigest(), "casa:bytes": len(text)}
        self._generate(f"run:results/{name}", {"prov:label": name, **said}, name)

    def collection(self, name: str) -> None:
        """Say that a collection was made of the results, and what it derives from."""
        entity = f"site:collections/{name}"
        self._generate(entity, {"prov:type": _name("prov:Collection"), "prov:label": name}, "")
        for statement in list(self.document.get("used", {}).values()):
            if statement["prov:entity"].startswith("site:"):
                self._relate(
                    "wasDerivedFrom",
                    generatedEntity=entity,
                    usedEntity=statement["prov:entity"],
                    activity=self._activity,
                )

    def _ran(self) -> dict[str, Any]:
        """Describe the run itself: when, and on what kind of machine."""
        job = self._job
        times = {"prov:startTime": job.started, "prov:endTime": job.finished or now()}
        return {
            "prov:label": f"{job.execution.process_id} {job.execution.process_version}",
            **{name: text for name, text in times.items() if text},
            "casa:machine": platform.machine(),
            "casa:system": platform.system(),
        }

    def _use(self, entity: str, role: str) -> None:
        self._relate("used", activity=self._activity, entity=entity, role=role)

    def _generate(self, entity: str, said: Mapping[str, Any], role: str) -> None:
        self._put("entity", entity, said)
        more = {"role": role} if role else {}
        self._relate("wasGeneratedBy", entity=entity, activity=self._activity, **more)

    def _put(self, kind: str, name: str, said: Mapping[str, Any]) -> None:
        self.document.setdefault(kind, {})[name] = dict(said)

    def _relate(self, relation: str, **members: str) -> None:
        known = self.document.setdefault(relation, {})
        known[f"_:{relation}{len(known)}"] = {f"prov:{name}": to for name, to in members.items()}


def _name(text: str) -> dict[str, str]:
    """Write a qualified name as a value."""
    return {"$": text, "type": "prov:QUALIFIED_NAME"}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
