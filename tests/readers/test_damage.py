"""Damaged and foreign files, and the check that lists all that is wrong."""

import gzip
import pickle

import h5py
import numpy as np
import pytest
import xarray as xr
from scipy.io import netcdf_file

from casa_ogc.archive.heads import list_products
from casa_ogc.catalog.ingest import ingest
from casa_ogc.catalog.products import load_products
from casa_ogc.readers import Reader, Source, check, read
from casa_processes.common.errors import CasaError, FileContentError
from tests.readers.builders_a import oco_lite
from tests.readers.tiny import family, strictly, tiny


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FileContentError, match="nothing at"):
        read(tmp_path / oco_lite().name)


@pytest.mark.parametrize(
    "content", [b"", b"lat,lon,xco2\n1,2,3\n", b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"\x00" * 4096]
)
def test_a_file_with_the_right_name_and_other_content_is_refused(tmp_path, content):
    path = tmp_path / oco_lite().name
    path.write_bytes(content)
    with pytest.raises(FileContentError) as caught:
        read(path)
    assert caught.value.file == path.name


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path, part):
    path = oco_lite().write(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(FileContentError, match=path.name):
        read(path)


@pytest.mark.slow
def test_no_flipped_byte_raises_anything_but_our_own_errors(tmp_path):
    path = oco_lite().write(tmp_path)
    content = bytearray(path.read_bytes())
    generator = np.random.default_rng(7)
    for position in generator.integers(0, len(content), 100):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        path.write_bytes(changed)
        try:
            read(path)
        except CasaError as error:
            assert path.name in str(error)


def test_a_compressed_text_under_the_name_of_a_netcdf_file_is_refused(tmp_path):
    path = tmp_path / oco_lite().name
    path.write_bytes(gzip.compress(b"x" * 100))
    with pytest.raises(FileContentError, match="netCDF or HDF5"):
        read(path)


def test_a_load_of_a_family_that_fails_is_said_in_our_words(tmp_path):
    def broken(path):
        raise ValueError("line 3 has 4 fields")

    path = tmp_path / "tiny.csv"
    path.write_text("x")
    reader = Reader(**{**vars(family()), "load": broken})
    with pytest.raises(FileContentError, match="line 3 has 4 fields"):
        strictly(reader, path)


def test_a_netcdf3_file_is_read(tmp_path):
    path = tmp_path / "tiny_3.nc"
    with netcdf_file(path, "w") as file:
        file.createDimension("n", 3)
        for name, values, units in (
            ("id", np.array([1, 2, 3], dtype=np.int32), "none"),
            ("time", np.array([0.0, 1.0, 2.0]), "seconds since 2000-01-01"),
            ("lat", np.array([1.0, 2.0, 3.0]), "degrees_north"),
            ("lon", np.array([350.0, 2.0, 3.0]), "degrees_east"),
        ):
            made = file.createVariable(name, values.dtype, ("n",))
            made[:] = values
            made.units = units
    found = strictly(family(), path)
    assert found["longitude"].values.tolist() == [-10, 2, 3]
    assert found["sounding_id"].values.tolist() == ["1", "2", "3"]


def test_check_lists_all_that_is_wrong_in_one_go(tmp_path):
    synthetic = oco_lite()
    path = synthetic.write(
        tmp_path,
        without=("pressure_weight", "xco2_uncertainty"),
        units={"xco2_apriori": "furlong"},
        values={"latitude": [95.0, 1, 2, 3, 4], "xco2": [405, 1000, -5, 402, -999999.0]},
    )
    before = path.read_bytes()
    found = check(path)
    errors = {one.where: one.text for one in found if one.severity == "error"}
    warnings = {(one.where, one.text) for one in found if one.severity == "warning"}
    assert set(errors) == {"pressure_weight", "xco2_uncertainty", "xco2_apriori", "latitude"}
    assert "furlong" in errors["xco2_apriori"]
    assert ("xco2", "2 of 5 values outside 300 to 550 ppm") in warnings
    assert ("xco2", "1 of 5 values missing") in warnings
    assert ("xco2", "no uncertainty (xco2_uncertainty)") in warnings
    assert ("xco2", "no averaging kernel: pressure_weight") in warnings
    assert ("global attribute Conventions", "the file has none") in warnings
    assert any("standard_name" in text for _, text in warnings)
    assert path.read_bytes() == before
    severities = [one.severity for one in found]
    assert severities == sorted(severities)
    with pytest.raises(FileContentError):
        read(path)


def test_check_says_what_is_not_known_of_mission_and_licence(tmp_path):
    synthetic = oco_lite()
    path = tmp_path / synthetic.name
    bare = type(synthetic)(synthetic.name, synthetic.columns, synthetic.sizes, synthetic.values)
    bare.write(tmp_path)
    where = {one.where for one in check(path)}
    assert {"mission", "instrument", "references"} <= where


def test_check_of_a_file_that_no_reader_knows_is_one_finding(tmp_path):
    path = tmp_path / "x.dat"
    path.write_text("x")
    found = check(path)
    assert [one.severity for one in found] == ["error"]
    assert "no reader" in str(found[0])


def test_check_of_a_truncated_file_is_one_finding(tmp_path):
    path = oco_lite().write(tmp_path)
    path.write_bytes(path.read_bytes()[:3000])
    assert [one.severity for one in check(path)] == ["error"]


def test_values_out_of_range_stay_in_the_data(tmp_path):
    path = oco_lite().write(tmp_path, values={"xco2": [405, 1000, -5, 402, 403]})
    assert read(path)[1]["xco2"].values.tolist() == [405, 1000, -5, 402, 403]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ([4e-4] * 5, True),
        ([4e-4, np.nan, np.nan, np.nan, np.nan], True),
        ([410, 4e-4, 4e-4, 4e-4, 4e-4], False),
        ([410] * 5, False),
    ],
)
def test_a_file_whose_main_values_are_nearly_all_impossible_is_refused(tmp_path, values, refused):
    path = oco_lite().write(tmp_path, values={"xco2": values})
    found = [one for one in check(path) if one.severity == "error"]
    assert [one.where for one in found] == ["xco2"] * refused
    assert not refused or "300" in found[0].text
    archive = tmp_path / "archive"
    (outcome,) = ingest([path], archive, load_products()).outcomes
    assert outcome.status == ("failed" if refused else "stored"), outcome.error
    assert ("units" in outcome.error) == refused
    assert bool(list_products(archive)) != refused


def test_impossible_values_of_what_is_not_needed_are_but_a_doubt(tmp_path):
    path = oco_lite().write(tmp_path, values={"Retrieval/psurf": [0.5] * 5})
    assert not [one for one in check(path) if one.severity == "error"]
    assert any(one.where == "surface_pressure" and "outside" in one.text for one in check(path))


def test_a_reading_leaves_the_file_closed_and_the_data_in_memory(tmp_path):
    path = oco_lite().write(tmp_path)
    dataset = read(path)[1]
    path.unlink()
    assert isinstance(dataset, xr.Dataset)
    assert float(dataset["xco2"].mean()) == 407


def test_a_damaged_chunk_is_refused_by_the_name_of_its_variable(tmp_path):
    path = tiny(tmp_path)
    with h5py.File(path, "a") as file:
        values = np.linspace(400, 401, 3)
        made = file.create_dataset("x", data=values, chunks=(3,), fletcher32=True)
        made.attrs["units"] = "ppm"
        start = made.id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[start + 4] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(FileContentError, match="readable values") as caught:
        strictly(family(xco2=Source("x", units="ppm")), path)
    assert caught.value.where == "x"


def test_a_dimension_without_a_variable_is_not_taken_for_one(tmp_path):
    path = oco_lite().write(tmp_path, without=("sounding_id",))
    with h5py.File(path) as file:
        assert "sounding_id" in file
    with pytest.raises(FileContentError, match="expected a variable of that name, found none"):
        read(path)


@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_truncated_netcdf3_file_is_refused(tmp_path, part):
    path = tmp_path / oco_lite().name
    with netcdf_file(path, "w") as file:
        file.createDimension("n", 500)
        file.createVariable("xco2", "f8", ("n",))[:] = 400
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(FileContentError, match=path.name):
        read(path)


def test_errors_survive_the_way_to_another_process(tmp_path):
    path = oco_lite().write(tmp_path, without=("xco2",))
    with pytest.raises(FileContentError) as caught:
        read(path)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert (copy.file, copy.where) == (path.name, "xco2")
