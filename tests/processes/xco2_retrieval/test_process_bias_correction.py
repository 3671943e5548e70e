"""Bias corrections by file: the published form, its limits, and files that are none."""

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.xco2_retrieval.bias_correction import corrected, quantities, read_correction

LAND = {
    "divisor": 0.9959,
    "terms": [
        {
            "quantity": "surface_pressure",
            "minus": "surface_pressure_apriori",
            "factor": 0.855,
        },
        {"quantity": "co2_gradient", "factor": 0.0335, "offset": 5.0},
        {
            "quantity": "aod_total",
            "logarithm": True,
            "minimum": -5.0,
            "offset": -5.0,
            "factor": 0.335,
        },
        {"quantity": "aod_dust", "factor": -5.2, "offset": 0.03},
    ],
    "footprints": [-0.51, -0.3, -0.1, 0.0, 0.1, 0.2, 0.3, 0.39],
}
OCEAN = {
    "divisor": 0.995,
    "terms": [
        {"quantity": "pressure_difference", "factor": 0.213},
        {"quantity": "co2_gradient", "maximum": 0.0, "offset": -6.0, "factor": -0.087},
    ],
}
DOCUMENT = {"title": "like the tenth of ACOS", "land": LAND, "ocean": OCEAN}
numbers = st.floats(-20, 20)


def written(folder, content):
    path = folder / "bias.yml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return path


def columns(**values):
    return {name: np.atleast_1d(value) for name, value in values.items()}


@given(
    raw=st.floats(380, 430),
    shift=numbers,
    gradient=numbers,
    thick=st.floats(1e-6, 2.0),
    dust=st.floats(0, 1),
    footprint=st.integers(1, 8),
)
def test_land_is_corrected_as_the_published_form_says(
    tmp_path, raw, shift, gradient, thick, dust, footprint
):
    found = corrected(
        read_correction(written(tmp_path, DOCUMENT)),
        columns(
            xco2_raw=raw,
            surface_type=1,
            footprint=footprint,
            surface_pressure=990.0 + shift,
            surface_pressure_apriori=990.0,
            pressure_difference=0.0,
            co2_gradient=gradient,
            aod_total=thick,
            aod_dust=dust,
        ),
    )
    bias = LAND["footprints"][footprint - 1]
    expected = (
        raw
        + 0.855 * shift
        + 0.0335 * (gradient - 5)
        + 0.335 * (max(np.log(thick), -5) + 5)
        - 5.20 * (dust - 0.03)
        - bias
    ) / 0.9959
    assert found[0] == pytest.approx(expected, rel=1e-12)


@given(raw=st.floats(380, 430), difference=numbers, gradient=numbers)
def test_the_ocean_has_its_own_form(tmp_path, raw, difference, gradient):
    found = corrected(
        read_correction(written(tmp_path, DOCUMENT)),
        columns(
            xco2_raw=raw,
            surface_type=0,
            footprint=99,
            surface_pressure=1.0,
            surface_pressure_apriori=1.0,
            pressure_difference=difference,
            co2_gradient=gradient,
            aod_total=1.0,
            aod_dust=1.0,
        ),
    )
    expected = (raw + 0.213 * difference - 0.087 * (min(gradient, 0) + 6)) / 0.995
    assert found[0] == pytest.approx(expected, rel=1e-12)


def test_each_sounding_has_the_correction_of_its_surface(tmp_path):
    document = {"title": "t", "land": {"divisor": 0.99}, "ocean": {"divisor": 1.01}}
    found = corrected(
        read_correction(written(tmp_path, document)),
        columns(xco2_raw=[400.0, 400.0, np.nan], surface_type=[1, 0, 1], footprint=[1, 2, 3]),
    )
    assert found[:2] == pytest.approx([400 / 0.99, 400 / 1.01])
    assert np.isnan(found[2])


def test_a_missing_quantity_makes_the_result_missing(tmp_path):
    document = {"title": "t", "land": {"terms": [{"quantity": "aod_total", "factor": 1.0}]}}
    found = corrected(
        read_correction(written(tmp_path, document)),
        columns(xco2_raw=[400.0, 400.0], surface_type=1 + np.zeros(2), footprint=[1, 1],
                aod_total=[np.nan, 0.5]),
    )  # fmt: skip
    assert np.isnan(found[0])
    assert found[1] == 400.5


def test_all_quantities_are_told(tmp_path):
    found = quantities(read_correction(written(tmp_path, DOCUMENT)))
    assert found == {
        "surface_pressure",
        "surface_pressure_apriori",
        "co2_gradient",
        "aod_total",
        "aod_dust",
        "pressure_difference",
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "valid dictionary"),
        ("[1, 2]", "valid dictionary"),
        ("{", "bias.yml"),
        ("title: \0", "bias.yml"),
        ("title: ''", "title"),
        ("land: {}", "title"),
        ("{title: t, sea: {}}", "sea"),
        ("{title: t, land: {divisor: 0}}", "land.divisor"),
        ("{title: t, land: {terms: [{quantity: zork, factor: 1}]}}", "zork"),
        ("{title: t, land: {terms: [{quantity: pressure_levels, factor: 1}]}}", "pressure_levels"),
        ("{title: t, land: {terms: [{quantity: sounding_id, factor: 1}]}}", "sounding_id"),
        ("{title: t, land: {terms: [{quantity: aod, factor: .nan}]}}", "factor"),
        ("{title: t, land: {footprints: [.inf]}}", "footprints"),
        ("!!python/object/apply:os.system [ls]", "bias.yml"),
    ],
)
def test_a_file_of_another_form_is_refused_and_says_why(tmp_path, content, told):
    with pytest.raises(InvalidValueError) as caught:
        read_correction(written(tmp_path, content))
    assert told in str(caught.value)


def test_a_file_that_is_too_large_or_no_text_is_refused(tmp_path):
    with pytest.raises(InvalidValueError, match="at most 1 MB"):
        read_correction(written(tmp_path, "x" * 1_000_001))
    path = tmp_path / "binary"
    path.write_bytes(b"\x89HDF\r\n\xff")
    with pytest.raises(InvalidValueError):
        read_correction(path)


def test_a_footprint_without_bias_and_a_quantity_that_is_not_retrieved_are_named(tmp_path):
    given_columns = columns(xco2_raw=400.0, surface_type=1, footprint=9)
    document = {"title": "t", "land": {"footprints": [0.1, 0.2]}}
    with pytest.raises(InvalidValueError, match="footprints 1 to 2"):
        corrected(read_correction(written(tmp_path, document)), given_columns)
    document = {"title": "t", "land": {"terms": [{"quantity": "aod_ice", "factor": 1.0}]}}
    with pytest.raises(InvalidValueError, match="aod_ice"):
        corrected(read_correction(written(tmp_path, document)), given_columns)


def test_a_file_that_is_gone_is_told_without_its_folder(tmp_path):
    with pytest.raises(InvalidValueError, match=r"gone\.yml") as error:
        read_correction(tmp_path / "gone.yml")
    assert str(tmp_path) not in str(error.value)
