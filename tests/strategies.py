"""Hypothesis strategies that several rooms share."""

import shapely
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.request import Area, Box, Disc, Points

latitudes = st.one_of(
    st.sampled_from([k * 7.5 for k in range(-12, 13)]),
    st.floats(-90, 90).map(lambda degrees: round(degrees, 4)),
)
longitudes = st.one_of(
    st.sampled_from([k * 7.5 for k in range(-24, 49)]),
    st.floats(-180, 360).map(lambda degrees: round(degrees, 4)),
)


@st.composite
def box_regions(draw: st.DrawFn) -> Box:
    """Boxes of any size, across the antimeridian and down to a single point."""
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return Box(Bounds(draw(longitudes), south, draw(longitudes), north))


@st.composite
def point_regions(draw: st.DrawFn) -> Points:
    """One to six places."""
    places = draw(st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=6))
    lon, lat = zip(*places, strict=True)
    return Points(lon, lat)


disc_regions = st.builds(Disc, longitudes, latitudes, st.floats(0, 2.1e7, allow_subnormal=False))


@st.composite
def area_regions(draw: st.DrawFn) -> Area:
    """Rectangles with a hole, triangles, and pairs of them, some past the antimeridian."""
    west = draw(st.integers(-180, 200).map(float))
    width = draw(st.integers(2, 160).map(float))
    south = draw(st.integers(-90, 60).map(float))
    height = draw(st.integers(2, 29).map(float))
    kind = draw(st.sampled_from(["rectangle", "hole", "triangle", "two"]))
    rectangle = shapely.box(west, south, west + width, south + height)
    if kind == "rectangle":
        return Area(rectangle)
    if kind == "triangle":
        corners = [(west, south), (west + width, south), (west + width / 3, south + height)]
        return Area(shapely.Polygon(corners))
    hole = shapely.box(west + width / 4, south + height / 4, west + width / 2, south + height / 2)
    if kind == "hole":
        return Area(shapely.Polygon(rectangle.exterior, [hole.exterior]))
    return Area(
        shapely.MultiPolygon([hole, shapely.box(west, -90, west + width, south - 1)])
        if south > -85
        else rectangle
    )


regions = st.one_of(box_regions(), point_regions(), disc_regions, area_regions())
