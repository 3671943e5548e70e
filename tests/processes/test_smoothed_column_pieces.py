"""Columns of stored soundings: pieces, the file, and what is expected of large collections."""

import json

import netCDF4
import numpy as np
import pytest

from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import InvalidInputsError, UnknownNameError
from casa_processes.common.registry import process
from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.smoothed_column import MOST_LISTED
from casa_processes.smoothed_column import stored as computing
from tests.processes import stored

SMOOTHED = process("smoothed-column")
PROFILE = np.array([400.0, 404.0, 410.0])
COUNT = 40


class Counting(SerialContext):
    """Counts the parts, and does them backwards as workers may."""

    def map(self, work, parts):
        self.parts = len(parts)
        done = {number: work(parts[number], self.check) for number in reversed(range(len(parts)))}
        return iter([done[number] for number in range(len(parts))])


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return stored.product(tmp_path_factory.mktemp("archive"), count=COUNT, group=2)


def run(folder, reference, **inputs):
    context = Counting(folder, {"collection": reference})
    asked = {"profile": PROFILE.tolist(), "collection": "demo", **inputs}
    outputs = SMOOTHED.load()(SMOOTHED.validate(asked), context)
    return outputs, context


def in_file(path):
    with netCDF4.Dataset(path) as file:
        return {
            name: np.ma.filled(one[:], np.nan) if str(one.dtype).startswith("float") else one[:]
            for name, one in file.variables.items()
        }


def expected_columns(rows):
    """The columns of stored rows by plain sums, in the order of time."""
    order = np.argsort(rows["time"])
    h, a, prior = (
        rows[name][order].astype(float)
        for name in ("pressure_weight", "xco2_averaging_kernel", "co2_profile_apriori")
    )
    smoothed = (h * (prior + a * (PROFILE - prior))).sum(axis=1)
    return smoothed, (h * PROFILE).sum(axis=1), (h * prior).sum(axis=1)


@pytest.mark.parametrize("rows", [1, 5, 10**6])
@pytest.mark.parametrize("limit", [1, 7, 21, COUNT, 10_000])
def test_results_do_not_depend_on_the_pieces(tmp_path, reference, monkeypatch, rows, limit):
    whole, _ = run(tmp_path, reference, limit=limit)
    expected = whole.soundings.read_bytes()
    monkeypatch.setattr(computing, "PIECE_ROWS", rows)
    found, context = run(tmp_path, reference, limit=limit)
    assert found == whole
    assert found.soundings.read_bytes() == expected
    assert rows > 1 or context.parts == COUNT // 2


def test_columns_are_those_of_plain_sums(tmp_path, reference):
    found, _ = run(tmp_path, reference)
    smoothed, true, prior = expected_columns(stored.soundings(COUNT))
    np.testing.assert_allclose(
        [np.nan if each is None else each for each in found.smoothed_column], smoothed, rtol=1e-12
    )
    np.testing.assert_allclose(found.true_column, true, rtol=1e-12)
    np.testing.assert_allclose(found.prior_column, prior, rtol=1e-12)


FLAGS = (np.arange(COUNT) % 3).astype(np.int8)


@pytest.mark.parametrize("rows", [1, 10**6])
@pytest.mark.parametrize("limit", [1, 5, COUNT])
def test_good_soundings_alone_are_those_whose_flag_is_nothing(tmp_path, monkeypatch, rows, limit):
    reference = stored.product(tmp_path, count=COUNT, group=2, quality_flag=FLAGS)
    monkeypatch.setattr(computing, "PIECE_ROWS", rows)
    whole, _ = run(tmp_path, reference)
    assert whole.matched == COUNT
    found, _ = run(tmp_path, reference, good_only=True, limit=limit)
    good = np.flatnonzero(FLAGS == 0)
    assert found.matched == good.size
    assert found.sounding_id == [f"s{row}" for row in good[:limit]]
    assert found.smoothed_column == [whole.smoothed_column[row] for row in good[:limit]]
    assert set(in_file(found.soundings)["quality_flag"].tolist()) == {0}


def test_profiles_of_good_soundings_are_one_per_good_one(tmp_path):
    reference = stored.product(tmp_path, count=COUNT, quality_flag=FLAGS)
    good = np.flatnonzero(FLAGS == 0)
    profiles = [[400.0 + row] * 3 for row in good.tolist()]
    found, _ = run(tmp_path, reference, profile=profiles, good_only=True)
    assert found.true_column == pytest.approx(400.0 + good)


def test_good_soundings_of_a_collection_without_quality_are_refused(tmp_path, reference):
    with pytest.raises(UnknownNameError, match="quality_flag"):
        run(tmp_path, reference, good_only=True)


def test_the_file_holds_what_the_lists_tell_and_where_it_was(tmp_path, reference):
    found, _ = run(tmp_path, reference)
    columns = in_file(found.soundings)
    rows = stored.soundings(COUNT)
    assert list(columns["sounding_id"]) == found.sounding_id
    smoothed = [np.nan if each is None else each for each in found.smoothed_column]
    np.testing.assert_array_equal(columns["xco2_smoothed"], np.float32(smoothed))
    np.testing.assert_array_equal(columns["xco2_profile"], np.float32(found.true_column))
    np.testing.assert_array_equal(columns["xco2_apriori"], np.float32(found.prior_column))
    np.testing.assert_array_equal(columns["latitude"], rows["latitude"])
    np.testing.assert_array_equal(columns["longitude"], rows["longitude"])
    assert np.array_equal(columns["time"].astype("datetime64[ns]"), rows["time"])


def test_the_file_is_in_the_vocabulary(tmp_path, reference):
    found, _ = run(tmp_path, reference)
    with netCDF4.Dataset(found.soundings) as file:
        for name in set(file.variables) - {"time", "sounding_id"}:
            assert file[name].units == VOCABULARY[name].units
        assert file.licence == reference.licence
        assert file.input_snapshot == reference.snapshot
        assert file.co2_profile_apriori_basis == "wet"


def test_each_of_several_profiles_meets_its_own_sounding(tmp_path, reference, monkeypatch):
    profiles = [[400.0 + n] * 3 for n in range(COUNT)]
    monkeypatch.setattr(computing, "PIECE_ROWS", 1)
    found, _ = run(tmp_path, reference, profile=profiles)
    assert found.true_column == pytest.approx([400.0 + n for n in range(COUNT)])


def test_several_profiles_with_pressures_of_their_own_are_brought_to_the_levels(
    tmp_path, reference, monkeypatch
):
    monkeypatch.setattr(computing, "PIECE_ROWS", 1)
    profiles = [[400.0 + n, 400.0 + n] for n in range(COUNT)]
    pressures = [[1000.0 + n, 1.0] for n in range(COUNT)]
    found, _ = run(tmp_path, reference, profile=profiles, profile_pressure=pressures)
    assert found.true_column == pytest.approx([400.0 + n for n in range(COUNT)])


def test_as_many_profiles_as_soundings_are_needed(tmp_path, reference):
    with pytest.raises(InvalidInputsError, match="3 profiles for 40 soundings"):
        run(tmp_path, reference, profile=[[400.0] * 3] * 3)


def test_more_soundings_than_are_listed_are_in_the_file_alone(tmp_path, reference, monkeypatch):
    monkeypatch.setattr(computing, "MOST_LISTED", COUNT - 1)
    found, _ = run(tmp_path, reference)
    assert found.smoothed_column is found.sounding_id is found.time is None
    assert found.matched == COUNT
    assert in_file(found.soundings)["xco2_smoothed"].size == COUNT
    fewer, _ = run(tmp_path, reference, limit=COUNT - 1)
    assert len(fewer.smoothed_column) == COUNT - 1


def test_a_profile_in_other_units_is_doubted_sounding_by_sounding(tmp_path, reference):
    with pytest.raises(InvalidInputsError, match="both must be in ppm"):
        run(tmp_path, reference, profile=[4e-4] * 3)


def test_a_sounding_at_fault_is_named_by_its_identifier(tmp_path, monkeypatch):
    whole = stored.soundings

    def wrong(count):
        rows = whole(count)
        rows["pressure_weight"] = rows["pressure_weight"].copy()
        rows["pressure_weight"][4] *= 2.0
        return rows

    monkeypatch.setattr(stored, "soundings", wrong)
    reference = stored.product(tmp_path)
    with pytest.raises(InvalidInputsError, match="weights of sounding 's4' sum to 2"):
        run(tmp_path, reference)


def test_a_piece_looks_whether_to_stop(tmp_path, reference):
    class Stopped(SerialContext):
        def check(self):
            raise StoppedError

    inputs = SMOOTHED.validate({"profile": "prior", "collection": "demo"})
    with pytest.raises(StoppedError):
        SMOOTHED.load()(inputs, Stopped(tmp_path, {"collection": reference}))


def test_nothing_is_written_where_nothing_was_found(tmp_path, reference):
    nothing = type(reference)(**{**vars(reference), "intervals": ((None, "1999-01-01"),)})
    found, _ = run(tmp_path, nothing)
    assert found.soundings is None
    assert found.smoothed_column == found.time == []


def cost(reference, **inputs):
    asked = SMOOTHED.validate({"profile": "prior", "collection": "demo", **inputs})
    return SMOOTHED.cost(asked, {"collection": reference})


def test_the_expected_cost_grows_with_the_soundings_that_there_are(tmp_path):
    reference = stored.product(tmp_path)
    head = {"head": {"dimensions": {"sounding": 500_000}, "variables": []}}
    (tmp_path / "demo" / "head.json").write_text(json.dumps(head))
    few, many, most = (cost(reference, limit=n) for n in (1000, 500_000, 5_000_000))
    assert few.cpu_seconds < many.cpu_seconds == most.cpu_seconds < 60
    assert few.memory < many.memory
    assert few.result < many.result
    brought = cost(reference, limit=500_000, profile=[400.0, 400.0], profile_pressure=[1000.0, 1.0])
    assert brought.cpu_seconds > 5 * many.cpu_seconds


def test_posted_retrievals_cost_what_their_number_says():
    def posted(rows):
        one = {"pressure_weight": [1.0], "averaging_kernel": [1.0], "prior": [400.0]}
        several = {name: [row] * rows for name, row in one.items()}
        asked = SMOOTHED.validate({"profile": "prior", "observations": several if rows else one})
        return SMOOTHED.cost(asked, {}).result

    assert posted(0) == posted(1) < posted(MOST_LISTED)
