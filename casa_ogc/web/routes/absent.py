"""Capabilities of pygeoapi that are not offered."""

from casa_ogc.web.routes.paths import ONE

# Rules of pygeoapi whose capability is not offered; they answer 404 with a plain word.
ABSENT: tuple[str, ...] = (
    "/asyncapi",
    f"{ONE}/queryables",
    f"{ONE}/trajectory",
    f"{ONE}/corridor",
    f"{ONE}/locations",
    f"{ONE}/locations/<location_id>",
    f"{ONE}/instances",
    f"{ONE}/instances/<instance_id>",
    f"{ONE}/instances/<instance_id>/position",
    f"{ONE}/instances/<instance_id>/area",
    f"{ONE}/instances/<instance_id>/cube",
    f"{ONE}/instances/<instance_id>/radius",
    f"{ONE}/instances/<instance_id>/trajectory",
    f"{ONE}/instances/<instance_id>/corridor",
    f"{ONE}/instances/<instance_id>/locations",
    f"{ONE}/instances/<instance_id>/locations/<location_id>",
    "/jobs",
    "/jobs/<job_id>",
    "/jobs/<job_id>/results",
    "/stac-api",
    "/stac-api/search",
    "/stac",
    "/stac/<path:path>",
)
