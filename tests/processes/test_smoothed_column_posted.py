"""What a request alone shows to be wrong is refused before anything is queued, and nothing else."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.references import InputRef
from casa_processes.common.registry import process

SMOOTHED = process("smoothed-column")
PROFILE = [400.0, 404.0, 410.0]
SENT = {
    "pressure_weight": [0.25, 0.5, 0.25],
    "averaging_kernel": [0.9, 1.0, 1.1],
    "prior": [401.0, 402.0, 403.0],
    "pressure": [1000.0, 500.0, 10.0],
}
STORED = ["pressure_weight", "xco2_averaging_kernel", "co2_profile_apriori"]


def examined(references=None, **inputs):
    """Return the problems that are found before a job is queued."""
    try:
        SMOOTHED.examine(SMOOTHED.validate(inputs), references or {})
    except InvalidInputsError as error:
        return error.problems
    return ()


def computed(tmp_path, **inputs):
    """Return the problems that the computation finds."""
    try:
        SMOOTHED.load()(SMOOTHED.validate(inputs), SerialContext(tmp_path))
    except InvalidInputsError as error:
        return error.problems
    return ()


WRONG = {
    "levels": ({"profile": [400.0, 404.0]}, {}, "/profile"),
    "count": ({"profile": [PROFILE, PROFILE]}, {}, "/profile"),
    "ragged": ({"profile": [PROFILE, PROFILE[:2]]}, {}, "/profile/1"),
    "units": ({"profile": [4e-4, 4e-4, 4e-4]}, {}, "/profile"),
    "pressure order": (
        {"profile": PROFILE, "profile_pressure": [1000.0, 10.0, 500.0]},
        {},
        "/profile_pressure",
    ),
    "pressure units": (
        {"profile": PROFILE, "profile_pressure": [100000.0, 50000.0, 1000.0]},
        {},
        "/profile_pressure",
    ),
    "pressure count": (
        {"profile": PROFILE, "profile_pressure": [1000.0, 10.0]},
        {},
        "/profile_pressure",
    ),
    "coverage": (
        {"profile": PROFILE, "profile_pressure": [1000.0, 900.0, 800.0]},
        {},
        "/profile_pressure",
    ),
    "no pressure": (
        {"profile": PROFILE, "profile_pressure": [1000.0, 500.0, 10.0]},
        {"pressure": None},
        "/profile_pressure",
    ),
    "scale on pressures": (
        {"profile": [4e-4, 4e-4, 4e-4], "profile_pressure": [1000.0, 500.0, 10.0]},
        {},
        "/profile",
    ),
    "weights": ({}, {"pressure_weight": [0.5, 0.5, 0.5]}, "/observations/pressure_weight"),
    "negative": ({}, {"pressure_weight": [1.25, -0.5, 0.25]}, "/observations/pressure_weight"),
    "shape": ({}, {"prior": [401.0, 402.0]}, "/observations/prior"),
    "order": ({}, {"pressure": [1000.0, 10.0, 500.0]}, "/observations/pressure"),
    "names": ({}, {"sounding_id": ["a", "b"]}, "/observations/sounding_id"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_computation_would_refuse_of_a_request_is_refused_before(tmp_path, name):
    more, sent, place = WRONG[name]
    inputs = {"profile": PROFILE, "observations": SENT | sent, **more}
    found = examined(**inputs)
    assert [at for at, _ in found] == [place]
    assert [at for at, _ in computed(tmp_path, **inputs)] == [place]
    if name != "scale on pressures":
        assert found == computed(tmp_path, **inputs)


lengths = st.integers(1, 4)
numbers = st.sampled_from([1e-4, 0.5, 380.0, 401.0, 420.0, 4e5])
pressures = st.sampled_from([2000.0, 1000.0, 800.0, 500.0, 90.0, 5.0])
rows = lengths.flatmap(lambda n: st.lists(numbers, min_size=n, max_size=n))


@given(
    profile=rows,
    pressure=st.none() | st.lists(pressures, min_size=1, max_size=4),
    prior=st.sampled_from([[401.0, 402.0, 403.0], [0.0, 0.0, 0.0]]),
)
def test_whatever_is_refused_before_would_have_failed(tmp_path_factory, profile, pressure, prior):
    inputs = {"profile": profile, "observations": SENT | {"prior": prior}}
    if pressure is not None:
        inputs["profile_pressure"] = pressure
    found = examined(**inputs)
    if found:
        assert computed(tmp_path_factory.getbasetemp(), **inputs)


def test_requests_that_can_be_run_pass():
    assert examined(profile=PROFILE, observations=SENT) == ()
    assert examined(profile="prior", observations=SENT) == ()
    assert examined(**SMOOTHED.example) == ()


@pytest.fixture
def reference(tmp_path):
    """A collection that tells what it holds, and has no data at all."""

    def make(variables=STORED, **sizes):
        (tmp_path / "p").mkdir()
        head = {"dimensions": {"sounding": 9, "level": 3} | sizes, "variables": list(variables)}
        (tmp_path / "p" / "head.json").write_text(json.dumps({"head": head}))
        return {"collection": InputRef(str(tmp_path / "p"), "s", "CC0-1.0")}

    return make


@pytest.mark.parametrize(
    ("inputs", "place", "words"),
    [
        ({"profile": [400.0, 404.0]}, "/profile", "2 levels; the retrievals have 3"),
        ({"profile": [4e-4, 4e-4, 4e-4]}, "/profile", "both must be in ppm"),
        ({"profile": [4e8, 4e8, 4e8]}, "/profile", "both must be in ppm"),
        ({"profile": "prior", "good_only": True}, "/collection", "stores no quality_flag"),
        (
            {"profile": PROFILE, "profile_pressure": [1000.0, 500.0, 10.0]},
            "/collection",
            "stores no pressure_levels",
        ),
    ],
)
def test_a_collection_is_asked_what_it_holds_without_reading_data(reference, inputs, place, words):
    ((at, reason),) = examined(reference(), collection="p", **inputs)
    assert at == place
    assert words in reason


def test_a_collection_without_averaging_kernels_is_refused_by_their_names(reference):
    ((at, reason),) = examined(reference(["xco2"]), collection="p", profile="prior")
    assert at == "/collection"
    assert all(name in reason for name in STORED)


def test_what_a_collection_does_not_tell_is_left_to_the_computation(tmp_path):
    nowhere = {"collection": InputRef(str(tmp_path / "none"), "s", "CC0-1.0")}
    assert examined(nowhere, collection="p", profile=[400.0, 404.0]) == ()


def test_a_collection_that_holds_what_is_needed_passes(reference):
    held = reference([*STORED, "quality_flag", "pressure_levels"])
    more = {"good_only": True, "profile_pressure": [1000.0, 10.0]}
    assert examined(held, collection="p", profile=[400.0, 404.0], **more) == ()
    assert examined(held, collection="p", profile=[1.0, 0.5, 0.31]) == (), "a tracer, or a doubt"


def test_no_kernel_is_loaded_to_refuse_a_request():
    code = (
        "import sys; from casa_processes.common.registry import process as p;"
        "s = p('smoothed-column'); s.examine(s.validate(s.example), {});"
        "print('numba' in sys.modules, 'pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
