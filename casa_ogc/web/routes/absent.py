"""Capabilities of pygeoapi that are not offered."""

# Rules of pygeoapi whose capability is not offered; they answer 404 with a plain word.
ABSENT: tuple[str, ...] = (
    "/asyncapi",
    "/stac-api",
    "/stac-api/search",
    "/stac",
    "/stac/<path:path>",
)
