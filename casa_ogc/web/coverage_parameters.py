"""Query parameters of coverages."""

from dataclasses import replace

from casa_ogc.web import parameters
from casa_ogc.web.parameters import Parameter

_SYSTEMS = "CRS84, EPSG:4326 (latitude, longitude) or EPSG:<code> of another one, such as EPSG:3857"

CRS = Parameter("crs", f"Reference system of the answer: {_SYSTEMS}.", example="EPSG:3857")
BBOX = replace(
    parameters.BBOX,
    description="Box in the order of bbox-crs, lower corner first, or with lower and upper level "
    "as third and sixth number; in degrees west > east crosses the antimeridian.",
)
BBOX_CRS = Parameter("bbox-crs", f"Reference system of bbox: {_SYSTEMS}; CRS84 without it.")
SUBSET_CRS = Parameter(
    "subset-crs",
    f"Reference system of subset: {_SYSTEMS}; CRS84 without it. Axes of a projected one are E and "
    "N, or x and y.",
)
SCALE_FACTOR = Parameter(
    "scale-factor",
    "How many stored cells become one along longitude and latitude, by area-weighted means; below "
    "1 makes finer cells.",
    {"type": "number", "minimum": 1e-6},
    aliases=("scaleFactor",),
    example="2",
)
SCALE_AXES = Parameter(
    "scale-axes",
    "How many stored cells, time steps or levels become one, by axis.",
    aliases=("scaleAxes",),
    example="Lat(2),Lon(2),time(7)",
)
SCALE_SIZE = Parameter(
    "scale-size",
    "Number of cells of the answer by axis; along longitude and latitude they divide exactly the "
    "box that is asked.",
    aliases=("scaleSize",),
    example="Lon(360),Lat(180)",
)
WIDTH = Parameter(
    "width",
    "Cells of the answer from west to east; alone, the height follows.",
    {"type": "integer", "minimum": 1},
)
HEIGHT = Parameter(
    "height",
    "Cells of the answer from north to south; alone, the width follows.",
    {"type": "integer", "minimum": 1},
)
RESOLUTION = Parameter(
    "resolution",
    "Size of the cells of the answer by axis, in units of the reference system; of time a duration "
    "of one unit: P1M joins the steps of each month.",
    example="Lat(0.5),Lon(0.5),time(P1M)",
)
ESTIMATE = Parameter(
    "estimate",
    "Answers what the request would cost, instead of the data.",
    {"type": "boolean", "default": False},
)
TILE_TIME = replace(
    parameters.DATETIME,
    description="Times of the tile, each a band; without it the last time step.",
)
SCALING = (SCALE_FACTOR, SCALE_AXES, SCALE_SIZE, WIDTH, HEIGHT, RESOLUTION)
