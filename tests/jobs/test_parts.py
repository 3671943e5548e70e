"""Done parts: named by all they depend on, and never taken when damaged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casa_ogc.jobs.parts import keep_part, kept_part, part_name
from casa_processes.long.pipeline import work

arrays = st.dictionaries(
    st.sampled_from(["file", "_x", "allow_pickle", "args", "气"]),
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int8, "datetime64[ns]", "U3", np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=4, min_side=0),
    ),
    max_size=3,
)


@given(arrays)
def test_a_part_comes_back_bit_by_bit(tmp_path, given_arrays):
    keep_part(tmp_path, "p", given_arrays)
    found = kept_part(tmp_path, "p")
    assert set(found) == set(given_arrays)
    for name, values in given_arrays.items():
        assert (found[name].dtype, found[name].shape) == (values.dtype, values.shape)
        assert found[name].tobytes() == values.tobytes()


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_part_is_no_part(tmp_path, place, change):
    keep_part(tmp_path, "p", {"a": np.arange(5.0)})
    content = bytearray((tmp_path / "p").read_bytes())
    content[place % len(content)] ^= change
    (tmp_path / "p").write_bytes(bytes(content))
    assert kept_part(tmp_path, "p") is None


@pytest.mark.parametrize("length", [0, 10, 32, 100])
def test_half_a_part_is_no_part(tmp_path, length):
    keep_part(tmp_path, "p", {"a": np.arange(5.0)})
    (tmp_path / "p").write_bytes((tmp_path / "p").read_bytes()[:length])
    assert kept_part(tmp_path, "p") is None


def test_a_part_that_was_not_done_is_none(tmp_path):
    assert kept_part(tmp_path / "nowhere", "p") is None


def test_objects_that_need_pickle_are_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        keep_part(tmp_path, "p", {"a": np.array([object()])})
    assert not list(tmp_path.iterdir())


def test_a_name_depends_on_everything_that_a_result_depends_on():
    part = {"part": 1, "weights": np.arange(3)}
    names = {
        part_name(1, 1, "v1", work, part),
        part_name(2, 1, "v1", work, part),
        part_name(1, 2, "v1", work, part),
        part_name(1, 1, "v2", work, part),
        part_name(1, 1, "v1", keep_part, part),
        part_name(1, 1, "v1", work, {**part, "part": 2}),
        part_name(1, 1, "v1", work, {**part, "weights": np.arange(4)}),
        part_name(1, 1, "v1", work, {**part, "more": None}),
    }
    assert len(names) == 8


def test_a_name_does_not_depend_on_the_order_of_the_inputs():
    assert part_name(1, 1, "v", work, {"a": 1, "b": 2}) == part_name(
        1, 1, "v", work, {"b": 2, "a": 1}
    )
