"""OGC API Processes."""

from casa_ogc.web import processes
from casa_ogc.web.exchange import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "execution",
        "/processes/<process_id>/execution",
        "Run a process at once",
        processes.execute,
        methods=("POST",),
        tag="Processes",
        body={"type": "object", "properties": {"inputs": {"type": "object"}}},
    ),
)
