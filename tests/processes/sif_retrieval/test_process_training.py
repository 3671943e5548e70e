"""What runs are trained with: land cover, which soundings, and trainings on their way to parts."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, IntegrityError
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.sif_retrieval import parts
from casa_processes.sif_retrieval.model import Options, window_of
from casa_processes.sif_retrieval.simulated import INSTRUMENT, Simulation, shapes
from casa_processes.sif_retrieval.sources import Origin
from casa_processes.sif_retrieval.stored import FOLDER, flat, keep, kept, restored
from casa_processes.sif_retrieval.surface import read_surface
from casa_processes.sif_retrieval.windows import fitted_windows
from tests.processes.sif_retrieval.runs import EVERY, surface_file


@pytest.mark.parametrize("most", [5, 20, 1000])
def test_of_many_spectra_some_at_even_distances_train(most):
    source, across = Simulation(2000, 0), slice(2, 5)
    places = source.places(slice(0, 250), across)
    bare = (places.surface_class == 16) & (places.cloud != 1)
    picked = parts._candidates(source, across, Options(), most, lambda: None)
    taken = np.concatenate([rows for _, rows in picked])
    assert not (taken & ~bare).any()
    for footprint in range(2, 5):
        here = np.flatnonzero(bare[places.footprint == footprint])
        some = np.flatnonzero(taken[places.footprint == footprint])
        step = -(-here.size // most)
        assert some.tolist() == here[::step].tolist()
        assert some.size <= most


def test_land_cover_is_found_by_identifiers_in_any_order(tmp_path):
    source = Simulation(80, 0)
    places = source.places(slice(0, 10), EVERY)
    number = np.arange(80) + 20230701000000
    surface = surface_file(tmp_path / "lite.nc4", source, number)
    found = read_surface(tmp_path / "lite.nc4")
    cover, cloud = found.of(np.array([str(number[7]), "unknown", str(number[3])]))
    assert cover.tolist() == [places.surface_class[7], -1, places.surface_class[3]]
    assert cloud.tolist() == [places.cloud[7], -1, places.cloud[3]]
    assert surface.size > 0


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({}, "sounding_id: expected an array"),
        ({"sounding_id": [1, 2]}, "igbp_class: expected an array"),
        ({"sounding_id": [1, 2], "igbp_class": [1]}, "arrays of one length"),
        ({"sounding_id": [1], "igbp_class": [1], "cloud_flag": [1, 0]}, "arrays of one length"),
        ({"sounding_id": [], "igbp_class": []}, "arrays of one length"),
    ],
)
def test_a_file_of_land_cover_of_another_form_is_refused(tmp_path, arrays, told):
    with h5py.File(tmp_path / "cover.nc", "w") as file:
        for name, values in arrays.items():
            file[name] = np.array(values)
    with pytest.raises(FileContentError, match=told):
        read_surface(tmp_path / "cover.nc")


@pytest.fixture(scope="module")
def trained():
    """Arrays of the trainings of two footprints."""
    part = {
        "inputs": '{"l1b": "synthetic", "windows": ["757"], "training": {"radiance": [5, 300]}}',
        "source": Origin(simulated=8000),
        "across": (2, 4),
    }
    return parts.training_work(part, lambda: None)


def test_trainings_survive_the_way_through_arrays_and_a_file(trained, tmp_path):
    whole = restored(trained, 8)
    assert [each is None for each in whole["757"]] == [True, True, False, False] + [True] * 4
    one = whole["757"][3]
    assert one.footprint == 3
    assert one.moments.shape == (3, 2)
    assert isinstance(one.scale, float)
    again = flat("757", whole["757"])
    assert set(again) == set(trained)
    path = keep(tmp_path, trained)
    assert keep(tmp_path, trained) == path
    there = kept(path, 8)["757"][3]
    np.testing.assert_array_equal(there.design, one.design)
    assert there.count == one.count


def test_a_damaged_or_missing_training_is_told(trained, tmp_path):
    path = keep(tmp_path, trained)
    with Path(path).open("r+b") as file:
        file.seek(100)
        file.write(b"x")
    with pytest.raises(IntegrityError, match="bytes differ"):
        kept(path, 8)
    with pytest.raises(IntegrityError, match="missing"):
        kept(str(tmp_path / FOLDER / "gone.npz"), 8)


def test_only_the_last_trainings_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("casa_processes.sif_retrieval.stored._MOST", 2)
    for number in range(4):
        keep(tmp_path, {"757|0|first": np.array(number)})
    assert len(list((tmp_path / FOLDER).glob("*.npz"))) == 2


def test_flat_fluorescence_is_fitted_to_one_that_falls_by_a_few_thousandths_too_much(trained):
    """Why slopes over simulated fluorescence are not 1: a functional sees the shape alone."""
    made, window = shapes(), window_of(spectrometer(INSTRUMENT), "757")
    first = fitted_windows(Simulation(80, 0), ["757"])[0][0].first
    middle = np.interp(0.5 * (window.first + window.last), made.wavelength, made.glow)
    known = [each for each in restored(trained, 8)["757"] if each is not None]
    assert len(known) == 2
    for one in known:
        here = slice(first + one.first, first + one.last)
        assert one.functional[0] @ np.ones(one.used.size) == pytest.approx(1.0, abs=1e-9)
        assert 1.002 < one.functional[0] @ made.glow[here] / middle < 1.004
