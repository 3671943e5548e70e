"""Every family of this half refuses what it cannot read, in words that name file and place."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from casa_ogc.catalog.products import load_products
from casa_ogc.readers.checks import check
from casa_ogc.readers.read import read
from casa_ogc.readers.registry import reader_named, reader_of
from casa_processes.common.errors import FileContentError
from casa_processes.common.vocabulary import VOCABULARY
from tests.readers.builders_b import (
    edgar,
    gosat,
    gosat2,
    graced,
    monthly_map,
    surface_flux,
    tansat,
    troposif,
    zonal_flux,
)
from tests.readers.files_b import Layout
from tests.readers.tables_b import (
    AIRS_HEADER,
    AIRS_ROWS,
    ANNUAL_HEADER,
    annual_lines,
    daily_lines,
    table,
)

BUILDERS: dict[str, Callable[[], Layout]] = {
    "troposif": troposif,
    "gosat_nies": gosat,
    "gosat2_nies": gosat2,
    "tansat": tansat,
    "oco2_monthly_grid": lambda: monthly_map(False),
    "carbontracker_zonal": zonal_flux,
    "carbontracker_flux": surface_flux,
    "edgar": edgar,
    "graced": graced,
}
TABLES = {
    "airs": ("AIRS_05_2003.csv", AIRS_HEADER, list(AIRS_ROWS)),
    "carbon_monitor_daily": ("carbonmonitor_x.csv", "country,date,sector,value", []),
    "carbon_monitor_annual": ("carbon_monitor_EmissionsAgg.csv", ANNUAL_HEADER, annual_lines()),
}
TABLES["carbon_monitor_daily"][2].extend(line.rsplit(",", 1)[0] for line in daily_lines())
FILES = {**{name: builder().name for name, builder in BUILDERS.items()}}
FILES |= {name: parts[0] for name, parts in TABLES.items()}


def required(name: str) -> list[str]:
    """Paths without which a file of the family is refused."""
    layout = BUILDERS[name]()
    derived = {"graced": ["latitude", "longitude", "emission"], "tansat": ["latitude", "longitude"]}
    paths = derived.get(name) or [
        path
        for source in reader_named(name).variables.values()
        if source.required
        for path in source.paths
        if path in layout.variables
    ]
    return sorted(set(paths))


def measured(name: str) -> list[str]:
    """Paths whose units are looked at."""
    row = reader_named(name).variables
    layout = BUILDERS[name]()
    if name == "graced":
        return ["emission"]
    return sorted(
        path
        for variable, source in row.items()
        for path in source.paths
        if path in layout.variables
        and VOCABULARY[variable].dtype.startswith("float")
        and source.units
    )


def cases(paths: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    return [(name, path) for name in BUILDERS for path in paths(name)]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_recognised_by_its_name(tmp_path: Path, name: str) -> None:
    assert reader_of(tmp_path / FILES[name]) == name


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    path.touch()
    with pytest.raises(FileContentError, match=r"an empty file"):
        read(path)


@pytest.mark.parametrize("name", FILES)
def test_text_with_the_right_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    path.write_text("<html>404 Not Found</html>\n")
    with pytest.raises(FileContentError, match=r"netCDF or HDF5|the columns") as caught:
        read(path)
    assert caught.value.file == FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_bytes_with_the_right_name_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(FileContentError):
        read(path)


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_truncated_file_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = BUILDERS[name]().write(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(FileContentError):
        read(path)


@pytest.mark.parametrize(("name", "variable"), cases(required))
def test_a_missing_variable_is_named(tmp_path: Path, name: str, variable: str) -> None:
    path = BUILDERS[name]().without(variable).write(tmp_path)
    with pytest.raises(FileContentError) as caught:
        read(path)
    assert variable.rsplit("/", 1)[-1] in str(caught.value)


@pytest.mark.parametrize(("name", "variable"), cases(measured))
def test_wrong_units_are_named(tmp_path: Path, name: str, variable: str) -> None:
    path = BUILDERS[name]().with_units(variable, "furlong").write(tmp_path)
    with pytest.raises(FileContentError, match=r"furlong") as caught:
        read(path)
    assert caught.value.where == variable


@pytest.mark.parametrize("name", FILES)
def test_the_default_product_is_configured_and_of_the_same_kind(name: str, tmp_path: Path) -> None:
    reader = reader_named(name)
    path = tmp_path / FILES[name]
    product = reader.product if isinstance(reader.product, str) else reader.product(path)
    configured = load_products()[product]
    assert configured.kind == reader.kind
    drawn = [configured.style.variable] if configured.style else []
    assert {*configured.default_variables, *drawn} <= set(reader.variables) | {"sounding_id"}


def test_every_sector_of_graced_is_configured() -> None:
    products = [name for name in load_products() if name.startswith("graced-")]
    assert len(products) == 8


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_read_to_the_last_row(tmp_path: Path, name: str) -> None:
    _, dataset = read(table(tmp_path, *TABLES[name]))
    assert dataset.sizes["sounding"] == len(TABLES[name][2])


@pytest.mark.parametrize("name", ["troposif", "edgar", "carbontracker_flux"])
def test_a_check_of_a_good_file_finds_no_error(tmp_path: Path, name: str) -> None:
    findings = check(BUILDERS[name]().write(tmp_path))
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_readers_say_honestly_what_was_tested_on_genuine_files() -> None:
    tested = {name for name in FILES if reader_named(name).tested_on_genuine}
    assert tested == {
        "airs",
        "oco2_monthly_grid",
        "carbontracker_zonal",
        "edgar",
        "carbon_monitor_annual",
    }
    for name in set(FILES) - tested:
        said = " ".join(str(import_module(f"casa_ogc.readers.{name}").__doc__).split()).lower()
        assert "not tested on genuine files" in said


def test_soundings_lie_within_the_schema(tmp_path: Path) -> None:
    for name, builder in BUILDERS.items():
        if reader_named(name).kind == "grid" or name == "gosat2_nies":
            continue
        _, dataset = read(builder().write(tmp_path))
        assert dataset["time"].dtype == np.dtype("datetime64[ns]")
        assert dataset["latitude"].dtype == dataset["longitude"].dtype == np.float64
        assert dataset["sounding_id"].dtype.kind == "U"
        assert set(dataset.dims) <= {"sounding", "level", "vertex"}
