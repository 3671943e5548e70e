"""Places that go by a name."""

from collections import Counter

import numpy as np
import pytest
import shapely
from pyproj import Geod

from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.catalog.entries import load_catalog
from casa_ogc.catalog.regions import load_regions
from casa_ogc.encoders.make_countries import continents, countries
from casa_ogc.query.locations import (
    Location,
    bundled,
    country_codes,
    locations,
    region_of,
    slug,
    source,
)
from casa_ogc.query.places import checked
from casa_ogc.query.request import Area, Disc, Points
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from tests.service.sites import product_file, site_file
from tests.synthetic import encoded_soundings

GEOD = Geod(ellps="WGS84")
# Land areas in 1000 km2 (CIA World Factbook, rounded), which a simplified outline meets roughly.
AREAS = {
    "china": 9_600,
    "brazil": 8_510,
    "australia": 7_690,
    "south-africa": 1_220,
    "france": 644,
    "switzerland": 41,
    "continent-africa": 30_000,
    "continent-antarctica": 12_300,
    "continent-europe": 10_000,
    "continent-south-america": 17_800,
}


def test_every_bundled_place_is_a_region_that_can_be_asked_for():
    known = bundled()
    assert len(known) > 240
    for one in known.values():
        region = region_of(known, one.id)
        assert isinstance(region, Area)
        checked(region)


@pytest.mark.parametrize("name", sorted(AREAS))
def test_a_country_has_about_its_area(name):
    polygons = shapely.get_parts(bundled()[name].geometry)
    metres = sum(abs(GEOD.geometry_area_perimeter(one)[0]) for one in polygons)
    assert metres / 1e9 == pytest.approx(AREAS[name], rel=0.06)


@pytest.mark.parametrize(
    ("name", "longitude", "latitude"),
    [
        ("china", 116.4, 39.9),
        ("japan", 138.0, 36.0),
        ("south-africa", 25.0, -29.0),
        ("continent-africa", 25.0, -29.0),
        ("continent-asia", 116.4, 39.9),
        ("continent-asia", 100.0, 62.0),
        ("continent-europe", 37.6, 55.7),
        ("continent-north-america", -100.0, 40.0),
        ("continent-oceania", 134.0, -25.0),
        ("continent-antarctica", 0.0, -89.0),
        ("fiji", 178.0, -18.0),
    ],
)
def test_a_place_lies_where_it_should(name, longitude, latitude):
    assert bundled()[name].geometry.covers(shapely.Point(longitude, latitude))


def test_a_hole_of_a_country_is_another_country():
    assert not bundled()["south-africa"].geometry.covers(shapely.Point(28.2, -29.6))
    assert bundled()["lesotho"].geometry.covers(shapely.Point(28.2, -29.6))


def test_the_source_is_stated():
    assert "Natural Earth" in source()
    assert "public domain" in source()


@pytest.mark.parametrize("name", ["China", "CHINA", "156", "CN", "cn", "CHN", "chn", " china "])
def test_a_country_goes_by_its_name_in_either_case_and_by_its_letters(name):
    assert region_of(bundled(), name) == region_of(bundled(), "china")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("United Kingdom", "united-kingdom"),
        ("GBR", "united-kingdom"),
        ("US", "united-states-of-america"),
        ("AU", "australia"),
        ("ZAF", "south-africa"),
        ("africa", "continent-africa"),
        ("CONTINENT-AFRICA", "continent-africa"),
        ("DE,FR", "germany,france"),
    ],
)
def test_names_are_read_as_people_write_them(name, place):
    assert region_of(bundled(), name) == region_of(bundled(), place)


def test_every_country_has_codes_of_two_and_of_three_letters_that_are_its_own():
    codes = country_codes()
    letters = Counter(codes.values())
    assert set(letters.values()) == {2}
    coded = {one.code for one in bundled().values() if one.code}
    assert coded <= set(letters)
    assert {len(code) for code in codes} == {2, 3}
    assert [codes[each] for each in ("CH", "CHE", "JP", "BRA")] == ["756", "756", "392", "076"]


def test_a_mistyped_country_is_told_what_may_have_been_meant():
    with pytest.raises(UnknownNameError, match=r"did you mean 'china'"):
        region_of(bundled(), "chinaa")


def test_a_country_goes_by_its_code_as_well():
    assert region_of(bundled(), "156").geometry.equals(bundled()["china"].geometry)
    assert region_of(bundled(), "036").geometry.equals(bundled()["australia"].geometry)


def test_several_places_are_joined():
    area = region_of(bundled(), "spain, portugal")
    assert area.geometry.covers(shapely.Point(-3.7, 40.4))
    assert area.geometry.covers(shapely.Point(-8.0, 39.5))


@pytest.mark.parametrize("text", ["nowhere", "", "china,nowhere", "CHINA!"])
def test_a_place_that_is_not_known_is_named(text):
    with pytest.raises(UnknownNameError, match="location"):
        region_of(bundled(), text)


def point(name, radius=0.0):
    return Location(name, name, "region", shapely.Point(10, 20), radius)


def test_points_are_places_and_points_with_a_radius_are_discs():
    known = {one.id: one for one in (point("a"), point("b"), point("c", 5e4))}
    assert region_of(known, "a,b") == Points((10.0, 10.0), (20.0, 20.0))
    assert region_of(known, "c") == Disc(10.0, 20.0, 5e4)
    with pytest.raises(InvalidValueError):
        region_of(known, "a,c")
    with pytest.raises(InvalidValueError):
        region_of({**known, **bundled()}, "a,china")
    with pytest.raises(InvalidValueError):
        region_of(known, ",".join(["a"] * 51))


def test_names_become_plain_identifiers():
    assert slug("Côte d'Ivoire") == "cote-d-ivoire"


# What a site configures.

GEOJSON = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "id": "nh-land", "properties": {"title": "North"},
  "geometry": {"type": "Polygon", "coordinates": [[[0,0],[50,0],[50,50],[0,50],[0,0]]]}},
 {"type": "Feature", "properties": {"id": "tower"},
  "geometry": {"type": "Point", "coordinates": [11.5, 48.1]}}]}"""


def write(folder, name, text):
    path = folder / "regions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


TITLE = "title: {en: Box, zh: 框}\n"


def test_regions_are_read_from_yaml_and_geojson(tmp_path):
    write(tmp_path, "masks.geojson", GEOJSON)
    write(tmp_path, "pacific.yml", TITLE + "bbox: [170, -10, -170, 10]\n")
    write(tmp_path, "site.yml", TITLE + "point: [100, 30]\nradius_km: 50\n")
    write(tmp_path, "wedge.yml", TITLE + 'polygon: "POLYGON((0 0,10 0,0 10,0 0))"\n')
    write(tmp_path, "readme.txt", "left alone")
    found = {one.id: one for one in load_regions(tmp_path)}
    assert sorted(found) == ["nh-land", "pacific", "site", "tower", "wedge"]
    assert found["pacific"].geometry.bounds == (170, -10, 190, 10)
    assert found["site"].radius == 50_000
    assert found["nh-land"].title == "North"


def test_a_site_without_the_folder_has_no_regions(tmp_path):
    assert load_regions(tmp_path) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", TITLE),
        ("a.yml", TITLE + "bbox: [0, 0, 1, 1]\npoint: [0, 0]\n"),
        ("a.yml", TITLE + "bbox: [0, 0, 1, 1]\nradius_km: 5\n"),
        ("a.yml", TITLE + "bbox: [0, 0, 1, 100]\n"),
        ("a.yml", TITLE + 'polygon: "POLYGON((0 0,10 10,0 10,10 0,0 0))"\n'),
        ("a.yml", TITLE + 'polygon: "POLYGON"\n'),
        ("a.yml", TITLE + 'polygon: "LINESTRING(0 0,1 1)"\n'),
        ("a.yml", "[]"),
        ("Large.yml", TITLE + "bbox: [0, 0, 1, 1]\n"),
        ("a.geojson", "{"),
        ("a.geojson", '{"type": "Feature", "geometry": null}'),
        ("a.geojson", '{"type": "Feature", "geometry": {"type": "Blob", "coordinates": []}}'),
        ("a.geojson", "[1]"),
    ],
)
def test_a_file_that_is_no_region_is_named(tmp_path, name, text):
    write(tmp_path, name, text)
    with pytest.raises(InvalidValueError):
        load_regions(tmp_path)


def test_two_regions_of_one_id_are_refused(tmp_path):
    write(tmp_path, "masks.geojson", GEOJSON)
    write(tmp_path, "tower.yml", TITLE + "point: [0, 0]\n")
    with pytest.raises(InvalidValueError, match="tower"):
        load_regions(tmp_path)


def test_a_site_knows_its_regions_its_stations_and_the_bundled_places(tmp_path):
    config, archive = tmp_path / "config", tmp_path / "archive"
    site_file(config, archive)
    for name in ("tccon", "synthetic-tccon"):
        product_file(config, name, "soundings")
    write(config, "china.yml", TITLE + "bbox: [0, 0, 1, 1]\n")
    dataset = encoded_soundings(count=6)
    sites = np.array(["Harwell", "Xianghe (CN)"] * 3)
    dataset = dataset.assign(site=("sounding", sites))
    file = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 6)
    for name in ("tccon", "synthetic-tccon", "not-configured"):
        write_soundings(archive, name, dataset, [file])
    known = locations(load_catalog(config))
    assert known["tccon-harwell"].kind == "station"
    latitudes = dataset.latitude.values[sites == "Harwell"]
    assert known["tccon-harwell"].geometry.y == pytest.approx(latitudes.mean())
    assert "tccon-xianghe-cn" in known
    assert known["synthetic-tccon-harwell"].geometry == known["tccon-harwell"].geometry
    assert sum(one.kind == "station" for one in known.values()) == 4
    assert known["china"].kind == "region"
    assert known["japan"].kind == "country"


# The generator.


def topology():
    """Return two squares that share a border, and a ring around the South Pole."""
    shared = [[10, 0], [0, 10]]
    left = [[10, 10], [-10, 0], [0, -10], [10, 0]]
    right = [[10, 0], [10, 0], [0, 10], [-10, 0]]
    pole = [[-180, -70], [90, 0], [90, 0], [90, 0], [90, 0]]
    names = [("156", "Left", [[0, 1]]), ("392", "Right", [[2, ~0]]), ("010", "Ice", [[3]])]
    return {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [shared, left, right, pole],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": code, "arcs": arcs, "properties": {"name": name}}
                    for code, name, arcs in names
                ]
            }
        },
    }


def test_neighbours_of_a_topology_still_meet_and_the_pole_belongs_to_its_ring():
    found = {name: shape for _, name, shape in countries(topology())}
    assert found["Left"].intersection(found["Right"]).length == pytest.approx(10)
    assert found["Left"].area == found["Right"].area == pytest.approx(100)
    assert found["Ice"].covers(shapely.Point(50, -85))
    assert found["Ice"].area == pytest.approx(360 * 20)


def test_continents_refuse_a_country_that_is_on_none():
    square = shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])
    with pytest.raises(ValueError, match="999"):
        list(continents([("999", "Nowhere", square), ("643", "Russia", square)]))
