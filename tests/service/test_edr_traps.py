"""What conformance tests and clients trip over in environmental data retrieval."""

import pytest
import requests

GRID = "collections/cube-up-180-tyx-float"
DEEP = "collections/cube-up-180-tzyx-float"
LINE = "coords=LINESTRING(0 0,30 20)"
WIDE = f"{LINE}&corridor-width=500&width-units=km"


def get(server: str, path: str, **more: str) -> requests.Response:
    return requests.get(f"{server}/{path}", timeout=30, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"{query}?coords={text}"
            for query in ("position", "area", "trajectory")
            for text in ("", "POINT()", "LINESTRINGM()", "POLYGON()", "LINESTRING EMPTY", "x")
        ),
        "trajectory",
        "trajectory?coords=POINT(0 0)",
        "trajectory?coords=LINESTRINGZ(0 0 1,1 1 1)",
        "trajectory?coords=LINESTRINGM(0 0 1640995200,1 1 1640995200)&datetime=2022",
        "trajectory?coords=LINESTRING(0 0,1 1)&z=850",
        "trajectory?coords=LINESTRING(0 0,1 1)&time-tolerance=3",
        "trajectory?coords=LINESTRING(0 0,1 1)&reduce=mean",
        "trajectory?coords=LINESTRING(0 0,1 1)&f=shapefile",
        "position?coords=LINESTRING(0 0,1 1)",
        "corridor?coords=LINESTRING(0 0,1 1)",
        "corridor?coords=LINESTRING(0 0,1 1)&corridor-width=5",
        "corridor?coords=LINESTRING(0 0,1 1)&width-units=km",
        "corridor?coords=LINESTRING(0 0,1 1)&corridor-width=-5&width-units=km",
        "corridor?coords=LINESTRING(0 0,1 1)&corridor-width=5&width-units=parsec",
        f"corridor?{WIDE}&corridor-height=5",
        f"corridor?{WIDE}&corridor-height=x&height-units=m",
        f"corridor?{WIDE}&corridor-height=5&height-units=hPa",
        "position?coords=POINT(0 0)&limit=0",
        "position?coords=POINT(0 0)&limit=x",
        "position?coords=POINT(0 0)&estimate=maybe",
        "position?coords=POINT(0 0)&ak=apply&model=x",
        "position?coords=POINT(0 0)&model=cube-up-180-tyx-float",
        "cube?bbox=0,0,40,40&resolution-x=-1",
        "cube?bbox=0,0,40,40&resolution-x=x",
        "cube?bbox=0,0,40,40&resolution-x=99999",
        "cube?bbox=0,0,40,40&resolution-z=2",
        "cube?bbox=0,0,40,40&reduce=median",
        "cube?bbox=0,0,40,40&reduce-over=space",
        "cube?bbox=0,0,40,40&reduce=mean&reduce-over=levels",
        "cube?bbox=0,0,40,40&reduce=mean&correlation-length=-1",
        "cube?bbox=0,0,40,40&reduce=sum",
        "locations/china?coords=POINT(0 0)",
        "locations?f=NetCDF",
        "locations?bbox=1",
        "instances?limit=3",
    ],
)
def test_what_cannot_be_answered_is_400_in_words(matrix_server: str, path: str) -> None:
    response = get(matrix_server, f"{GRID}/{path}")
    assert response.status_code == 400, response.text[:200]
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        f"{GRID}/corridor?{WIDE}",
        f"{GRID}/corridor?{WIDE}&corridor-height=100&height-units=m",
        f"{DEEP}/corridor?{WIDE}",
        f"{DEEP}/corridor?{WIDE}&corridor-height=100&height-units=hPa",
        f"{DEEP}/corridor?{WIDE}&corridor-height=10000&height-units=Pa",
        f"{DEEP}/corridor?{WIDE}&corridor-height=100&height-units=hPa&z=850",
        f"{DEEP}/trajectory?{LINE}&z=850/500",
        f"{DEEP}/cube?bbox=0,0,40,40&z=R2/850/-350",
        f"{DEEP}/cube?bbox=0,0,900,40,40,100&z=850",
        f"{DEEP}/cube?bbox=0,0,40,40&resolution-x=0&resolution-y=2&resolution-z=1",
        f"{GRID}/position?coords=POINT(0 0)&f=CoverageJSON",
        f"{GRID}/position?coords=POINT(0 0)&parameter_names=xco2",
        f"{GRID}/position?coords=POINT(0 0)&limit=5",
        f"{GRID}/locations?limit=1",
    ],
)
def test_what_the_standard_allows_is_200(matrix_server: str, path: str) -> None:
    response = get(matrix_server, path)
    assert response.status_code == 200, response.text[:300]


@pytest.mark.parametrize("root", ["", "edr/"])
def test_every_listed_format_of_every_query_is_answered(matrix_server: str, root: str) -> None:
    asked = {
        "position": "coords=POINT(0 0)",
        "radius": "coords=POINT(0 0)&within=900&within-units=km",
        "area": "coords=POLYGON((0 0,40 0,40 40,0 0))",
        "cube": "bbox=0,0,40,40",
        "trajectory": LINE,
        "corridor": WIDE,
        "locations": "",
        "items": "",
        "instances": "",
    }
    queries = get(matrix_server, f"{root}{GRID}").json()["data_queries"]
    assert set(queries) == set(asked)
    for name, query in queries.items():
        href = query["link"]["href"].replace("http://127.0.0.1:5000/", "")
        formats = (
            query["link"]["variables"]["output_formats"]
            if name not in ("locations", "instances")
            else [""]
        )
        for form in formats:
            more = f"&f={form}&datetime=2022-01-01" if form and name != "items" else ""
            response = get(matrix_server, f"{href}?{asked[name]}{more}".replace("?&", "?"))
            assert response.status_code == 200, f"{response.url} {response.text[:200]}"


def test_every_collection_of_the_edr_root_answers_the_same_queries(matrix_server: str) -> None:
    listed = get(matrix_server, "edr/collections").json()["collections"]
    assert len(listed) > 20
    assert len({tuple(sorted(one["data_queries"])) for one in listed}) == 1
    for one in listed:
        for query in one["data_queries"].values():
            assert "/edr/collections/" in query["link"]["href"]
        href = one["data_queries"]["position"]["link"]["href"].removeprefix(
            "http://127.0.0.1:5000/"
        )
        response = get(matrix_server, f"{href}?coords=POINT(0 0)&datetime=2022-01-01")
        assert response.status_code == 200


def test_the_edr_root_links_to_what_clients_follow(matrix_server: str) -> None:
    landing = get(matrix_server, "edr").json()
    links = {one["rel"]: one for one in landing["links"]}
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert links["data"]["href"].endswith("/edr/collections")
    for rel in ("self", "conformance", "data", "service-desc"):
        path = links[rel]["href"].removeprefix("http://127.0.0.1:5000/")
        assert get(matrix_server, path).status_code == 200
    for page in ("edr", "edr/collections", f"edr/{GRID}", f"{GRID}/instances", "edr/conformance"):
        assert get(matrix_server, f"{page}?f=html").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["conformance", "edr/conformance"])
def test_the_core_of_every_version_is_stated_exactly(matrix_server: str, path: str) -> None:
    held = get(matrix_server, path).json()["conformsTo"]
    for version in ("1.0", "1.1", "1.2"):
        uri = f"http://www.opengis.net/spec/ogcapi-edr-1/{version}/conf/core"
        assert held.count(uri) == 1


def test_a_reference_system_orders_coordinates_in_and_out(matrix_server: str) -> None:
    plain = get(matrix_server, f"{GRID}/position?coords=POINT(42 13)&datetime=2022-01-01")
    for name in ("EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326"):
        path = f"{GRID}/position?coords=POINT(13 42)&datetime=2022-01-01&crs={name}"
        swapped = get(matrix_server, path)
        assert swapped.json()["ranges"] == plain.json()["ranges"]
        assert swapped.json()["domain"]["axes"] == plain.json()["domain"]["axes"]
        (system,) = [
            one for one in swapped.json()["domain"]["referencing"] if "x" in one["coordinates"]
        ]
        assert system["coordinates"] == ["y", "x"]
        assert system["system"]["id"].endswith("EPSG/0/4326")
        assert swapped.headers["Content-Crs"].endswith("EPSG/0/4326>")
        assert swapped.headers["Content-Bbox"] == "10,40,20,50"
        features = get(matrix_server, f"{path}&f=GeoJSON").json()
        assert features["features"][0]["geometry"]["coordinates"] == [15.0, 45.0]
    assert plain.headers["Content-Crs"].endswith("OGC/1.3/CRS84>")
    assert plain.headers["Content-Bbox"] == "40,10,50,20"
    features = get(matrix_server, f"{plain.url.removeprefix(matrix_server + '/')}&f=GeoJSON").json()
    assert features["features"][0]["geometry"]["coordinates"] == [45.0, 15.0]


def test_a_trajectory_heeds_the_reference_system(matrix_server: str) -> None:
    when = "datetime=2022-01-01T00:00:00Z"
    plain = get(matrix_server, f"{GRID}/trajectory?coords=LINESTRING(0 10,30 20)&{when}").json()
    path = f"{GRID}/trajectory?coords=LINESTRING(10 0,20 30)&{when}&crs=EPSG:4326"
    swapped = get(matrix_server, path).json()
    assert swapped["ranges"] == plain["ranges"]
    assert swapped["domain"]["axes"] == plain["domain"]["axes"]
    assert swapped["domain"]["referencing"] != plain["domain"]["referencing"]


def test_an_estimate_tells_the_cost_and_reads_nothing(matrix_server: str) -> None:
    for path in ("position?coords=POINT(0 0)", f"trajectory?{LINE}", f"corridor?{WIDE}"):
        cost = get(matrix_server, f"{GRID}/{path}&estimate=true").json()
        assert cost["cells"] > 0
        assert cost["allowed"] is True


def test_a_limit_is_the_most_places(matrix_server: str) -> None:
    path = f"{GRID}/position?coords=MULTIPOINT((0 0),(20 0),(40 0))"
    assert len(get(matrix_server, path).json()["coverages"]) == 3
    assert len(get(matrix_server, f"{path}&limit=2").json()["coverages"]) == 2


def test_a_copy_that_is_current_is_not_sent_again(matrix_server: str) -> None:
    url = f"{matrix_server}/{GRID}/trajectory?{LINE}"
    first = requests.get(url, timeout=30)
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
