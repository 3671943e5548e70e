"""All readers keep one schema, and every file finds its reader."""

import numpy as np
import pytest

from casa_ogc.readers import (
    check,
    read,
    reader_named,
    reader_names,
    reader_of,
    registry,
)
from casa_ogc.readers.read import row_of
from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError
from casa_processes.common.units import convert
from casa_processes.common.vocabulary import VOCABULARY
from tests.readers.builders_a import ROWS, SYNTHETIC, oco_lite
from tests.readers.tiny import family


@pytest.mark.parametrize("name", reader_names())
def test_every_reader_maps_known_variables_from_convertible_units(name):
    reader = reader_named(name)
    assert reader.variables
    assert reader.title
    assert reader.files
    for variable, source in reader.variables.items():
        row = row_of(variable)
        if np.dtype("U" if row.dtype == "str" else row.dtype).kind != "f":
            continue
        for text in filter(None, source.accepted):
            converted = convert(np.array([1.0]), source.meaning(text), row.units)
            assert np.isfinite(converted).all(), (variable, text)


@pytest.mark.parametrize("name", reader_names())
def test_every_reader_says_which_dimensions_become_which(name):
    reader = reader_named(name)
    known = {"sounding", "level", "vertex"} if reader.kind == "soundings" else None
    if known:
        assert set(reader.dims.values()) <= known


@pytest.mark.parametrize("name", reader_names())
def test_every_flag_of_a_reader_ends_in_codes_of_the_vocabulary(name):
    for variable, source in reader_named(name).variables.items():
        if source.codes is not None:
            row = row_of(variable)
            assert set(source.codes.values()) <= {code for code, _ in row.flags}


def test_readers_are_listed_without_the_modules_of_the_core():
    assert {"oco_lite", "acos", "tccon", "openghg", "oco_sif"} <= set(reader_names())
    assert not {"read", "reader", "files", "decode", "lite_xco2"} & set(reader_names())


def test_every_vocabulary_row_is_written_in_both_languages_with_a_sane_range():
    for row in VOCABULARY.values():
        assert row.en
        assert row.zh
        if row.valid_min is not None and row.valid_max is not None:
            assert row.valid_min < row.valid_max
        if row.uncertainty:
            assert row.uncertainty in VOCABULARY
            assert VOCABULARY[row.uncertainty].units == row.units
        if row.flags:
            assert np.dtype(row.dtype).kind == "i"
            assert all(" " not in meaning for _, meaning in row.flags)


def test_an_unknown_name_lists_the_known_patterns(tmp_path):
    path = tmp_path / "anything.xyz"
    path.write_text("x")
    with pytest.raises(UnknownNameError, match=r"oco2_LtCO2_\*\.nc4") as caught:
        read(path)
    assert caught.value.name == "anything.xyz"


def test_a_reader_asked_for_reads_a_file_of_any_name(tmp_path):
    path = oco_lite().write(tmp_path, name="renamed.h5")
    reader, dataset = read(path, reader="oco_lite")
    assert reader is reader_named("oco_lite")
    assert dataset.sizes["sounding"] == ROWS


def test_an_unknown_reader_lists_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match="oco_lite"):
        read(oco_lite().write(tmp_path), reader="nonsense")


def test_two_readers_for_one_file_are_an_error_that_names_both(tmp_path, monkeypatch):
    path = oco_lite().write(tmp_path)
    twin = reader_named("oco_lite")
    monkeypatch.setattr(registry, "reader_names", lambda: ("first", "second"))
    monkeypatch.setattr(registry, "reader_named", lambda name: twin)
    with pytest.raises(FileContentError, match="first and second"):
        registry.reader_of(path)


def test_a_third_party_reader_comes_by_entry_point(monkeypatch):
    found = family()

    class Entry:
        name = "guest"

        def load(self):
            return found

    def entries(group, name=None):
        return [Entry()] if group == "casa.readers" and name in (None, "guest") else []

    monkeypatch.setattr(registry, "entry_points", entries)
    registry.reader_names.cache_clear()
    registry.reader_named.cache_clear()
    try:
        assert "guest" in registry.reader_names()
        assert registry.reader_named("guest") is found
        found = "something else"
        registry.reader_named.cache_clear()
        with pytest.raises(InvalidValueError, match="guest"):
            registry.reader_named("guest")
    finally:
        registry.reader_names.cache_clear()
        registry.reader_named.cache_clear()


@pytest.mark.parametrize(
    ("name", "synthetic"), [(name, made) for name, all_ in SYNTHETIC.items() for made in all_]
)
def test_a_file_of_a_family_is_recognised_as_that_family(name, synthetic, tmp_path):
    assert reader_of(synthetic().write(tmp_path)) == name


@pytest.mark.parametrize(
    ("name", "synthetic"), [(name, made) for name, all_ in SYNTHETIC.items() for made in all_]
)
def test_a_data_set_has_the_common_schema(name, synthetic, tmp_path):
    path = synthetic().write(tmp_path)
    dataset = read(path)[1]
    assert dataset.attrs["source"] == path.name
    assert {"title", "mission", "instrument", "product", "licence"} <= set(dataset.attrs)
    assert all(isinstance(value, str) for value in dataset.attrs.values())
    for variable in map(str, dataset.variables):
        row = row_of(variable)
        found = dataset[variable]
        assert (
            found.dims
            == {
                "scalar": ("sounding",),
                "level": ("sounding", "level"),
                "vertex": ("sounding", "vertex"),
            }[row.shape]
        )
        if row.dtype == "str":
            assert found.dtype.kind == "U"
        else:
            assert found.dtype == np.dtype(row.dtype), variable
            assert found.attrs.get("units", "") == row.units or row.dtype.startswith("datetime")
    assert (
        (np.diff(dataset["pressure_levels"].values, axis=1) < 0).all()
        if ("pressure_levels" in dataset)
        else True
    )


@pytest.mark.parametrize("name", sorted(SYNTHETIC))
def test_all_values_of_a_good_file_are_in_range_and_nothing_is_dropped(name, tmp_path):
    path = SYNTHETIC[name][0]().write(tmp_path)
    assert read(path)[1].sizes["sounding"] == ROWS
    assert not [one for one in check(path) if "outside" in one.text or one.severity == "error"]
