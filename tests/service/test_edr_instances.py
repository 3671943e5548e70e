"""Versions of a product: each answers the values that it held."""

from collections.abc import Iterator

import numpy as np
import pytest
import requests

from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import write_soundings
from tests.query.test_averaging_kernel import PRESSURE, expected, modelled, retrievals
from tests.service.cubes import HABITS, canonical, cube
from tests.service.sites import product_file, serving, site_file
from tests.synthetic import encoded_soundings

HABIT = next(one for one in HABITS if one.id == "cube-up-180-tyx-float")
QUERIES = (
    ("position", "coords=POINT(5 5)"),
    ("radius", "coords=POINT(5 5)&within=100&within-units=km"),
    ("area", "coords=POLYGON((0 0,10 0,10 10,0 10,0 0))"),
    ("cube", "bbox=1,1,9,9"),
    ("trajectory", "coords=LINESTRING(4 4,6 6)"),
    ("corridor", "coords=LINESTRING(4 4,6 6)&corridor-width=1&width-units=km"),
    ("locations/continent-africa", ""),
)


def _file(name: str) -> SourceFile:
    return SourceFile(name, name[0] * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of products that were written twice, and of a model beside soundings."""
    folder = tmp_path_factory.mktemp("versions")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    names = {"twice": "grid"} | dict.fromkeys(("points", "seen", "wet"), "soundings")
    for name, kind in names.items():
        product_file(config, name, kind, footprint_radius=3e6)
    product_file(config, "model", "grid")
    data = cube(HABIT)
    write_cube(archive, "twice", data, (_file("a.nc"),))
    write_cube(archive, "twice", data.assign(xco2=data["xco2"] + 1000), (_file("b.nc"),))
    first = encoded_soundings(count=20)
    write_soundings(archive, "points", first, (_file("c.nc"),))
    changed = first.assign(xco2=first["xco2"] + 1000)
    write_soundings(archive, "points", changed, (_file("d.nc"),))
    write_soundings(archive, "seen", retrievals(), (_file("e.nc"),))
    wet = retrievals().assign_attrs(co2_profile_apriori_basis="wet")
    write_soundings(archive, "wet", wet, (_file("9.nc"),))
    write_cube(archive, "model", modelled()[0].assign_coords(pressure=_levels()), (_file("f.nc"),))
    with serving(config) as url:
        yield url


def _levels() -> object:
    return ("pressure", PRESSURE, {"units": "hPa", "positive": "down"})


def _json(url: str) -> object:
    response = requests.get(url, timeout=30)
    assert response.status_code == 200, response.text[:300]
    return response.json()


def _versions(server: str, product: str) -> list[str]:
    listed = requests.get(f"{server}/collections/{product}/instances", timeout=30).json()
    return [one["id"] for one in listed["instances"]]


@pytest.mark.parametrize("root", ["", "/edr"])
@pytest.mark.parametrize(("query", "asked"), QUERIES)
def test_an_old_version_answers_the_old_values(
    server: str, root: str, query: str, asked: str
) -> None:
    new, old = _versions(server, "twice")
    base = f"{server}{root}/collections/twice"
    found = {}
    for version in (new, old):
        more = f"{asked}&datetime=2022-01-01T00:00:00Z&parameter-name=xco2&f=CSV"
        text = requests.get(f"{base}/instances/{version}/{query}?{more}", timeout=30).text
        rows = [line.split(",") for line in text.strip().split("\n")]
        place = rows[0].index("xco2 [ppm]")
        found[version] = np.array([float(row[place] or "nan") for row in rows[1:]])
    np.testing.assert_array_equal(found[new], found[old] + 1000)
    now = requests.get(f"{base}/{query}?{more}", timeout=30)
    assert now.status_code == 200


def test_an_old_version_of_soundings_answers_the_old_values(server: str) -> None:
    new, old = _versions(server, "points")
    base = f"{server}/collections/points/instances"
    values = [
        _json(f"{base}/{version}/cube?bbox=-180,-90,180,90")["ranges"]["xco2"]["values"]  # type: ignore[index]
        for version in (new, old)
    ]
    np.testing.assert_array_equal(values[0], np.array(values[1]) + 1000)


def test_the_values_of_the_first_version_are_those_that_were_written(server: str) -> None:
    _, old = _versions(server, "twice")
    url = f"{server}/collections/twice/instances/{old}/position?coords=POINT(5 5)"
    answer = _json(url)
    expected_ = canonical()[:, 0, 9, 18].astype("float32")
    np.testing.assert_array_equal(answer["ranges"]["xco2"]["values"], expected_)  # type: ignore[index]
    assert answer["dct:hasVersion"] == old  # type: ignore[index]


def test_an_instance_describes_itself_and_its_queries(server: str) -> None:
    new, old = _versions(server, "twice")
    described = requests.get(f"{server}/collections/twice/instances/{old}", timeout=30).json()
    assert described["id"] == described["version"] == old != new
    assert set(described["data_queries"]) == {
        "position", "radius", "area", "cube", "trajectory", "corridor", "locations",
    }  # fmt: skip
    for query in described["data_queries"].values():
        assert f"/instances/{old}/" in query["link"]["href"]


@pytest.mark.parametrize("path", ["", "/position?coords=POINT(0 0)", "/locations/china"])
def test_a_version_that_is_not_kept_is_404(server: str, path: str) -> None:
    response = requests.get(f"{server}/collections/twice/instances/nothing{path}", timeout=30)
    assert response.status_code == 404
    assert "instance" in response.json()["detail"]


def test_a_location_that_is_not_known_is_404(server: str) -> None:
    response = requests.get(f"{server}/collections/twice/locations/nowhere", timeout=30)
    assert response.status_code == 404
    assert "china" in response.json()["detail"]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("area", "coords=POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"),
        ("trajectory", "coords=LINESTRING(-170 -80,-100 80,-30 -80,40 80,110 -80,170 80)"),
        ("position", "coords=POINT(0 0)"),
    ],
)
def test_kernels_applied_over_http_are_those_of_numpy(server: str, query: str, asked: str) -> None:
    url = f"{server}/collections/seen/{query}?{asked}&ak=apply&model=model"
    response = requests.get(url, timeout=60)
    assert response.status_code == 200, response.text[:200]
    answer = response.json()
    dataset, (data, _) = retrievals(), modelled()
    names = answer["ranges"]["sounding_id"]["values"]
    for name, found in zip(names, answer["ranges"]["xco2_model"]["values"], strict=True):
        seen, _ = expected(dataset, data, int(name[1:]))
        assert found == pytest.approx(seen, rel=1e-10)


def test_a_plan_counts_the_model_too(server: str) -> None:
    url = f"{server}/collections/seen/area?coords=POLYGON((-9 -9,9 -9,9 9,-9 9,-9 -9))"
    plain = requests.get(f"{url}&estimate=true", timeout=60).json()
    whole = requests.get(f"{url}&estimate=true&ak=apply&model=model", timeout=60).json()
    for name in ("cells", "bytes", "read_bytes", "chunks", "seconds"):
        assert whole[name] > plain[name]


@pytest.mark.parametrize("model", ["nothing", "points", "twice"])
def test_a_model_that_is_none_is_refused(server: str, model: str) -> None:
    url = f"{server}/collections/seen/position?coords=POINT(0 0)&ak=apply&model={model}"
    assert requests.get(url, timeout=30).status_code in (400, 404)


def test_priors_of_wet_air_are_refused_in_words(server: str) -> None:
    url = f"{server}/collections/wet/position?coords=POINT(0 0)&ak=apply&model=model"
    response = requests.get(url, timeout=30)
    assert response.status_code == 400
    assert "priors of dry air" in response.json()["detail"]
    assert "those of wet are of wet air" in response.json()["detail"]
