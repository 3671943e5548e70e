"""The pygeoapi processor that serves every process of the registry."""

from functools import cache
from typing import Any

from pygeoapi.process.base import BaseProcessor

from casa_ogc.catalog.entries import Catalog, load_catalog
from casa_ogc.jobs.run import run_now
from casa_processes.common.errors import UnknownNameError
from casa_processes.common.registry import process


class CasaProcessor(BaseProcessor):  # type: ignore[misc]
    """One process of the facility behind pygeoapi's interface.

    The definition names it: ``{"name": "casa_ogc.plugins.process.CasaProcessor", "process": id}``.
    """

    def __init__(self, processor_def: dict[str, Any]) -> None:
        found = process(processor_def["process"])
        languages = {"title": vars(found.title), "description": vars(found.abstract)}
        super().__init__(processor_def, {**found.description(), **languages})
        self.process_id = found.id
        self.supports_outputs = True

    def execute(
        self, data: dict[str, Any], outputs: dict[str, Any] | list[str] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Run the process; return the media type and the outputs that were asked for.

        Raises
        ------
        CasaError
            When inputs cannot be used, or an output does not exist.
        """
        known = self.metadata["outputs"]
        for name in outputs or ():
            if name not in known:
                raise UnknownNameError("output", name, known)
        results = run_now(self.process_id, data, _catalog())
        kept = {name: value for name, value in results.items() if not outputs or name in outputs}
        return "application/json", kept


@cache
def _catalog() -> Catalog:
    return load_catalog()
