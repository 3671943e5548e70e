"""Files of spectra: both layouts give what the simulation gives; bad soundings hurt no others."""

import shutil
from dataclasses import replace

import h5py
import numpy as np
import pytest

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.errors import FileContentError, InvalidInputsError
from casa_processes.instruments.doppler import sun
from casa_processes.sif_retrieval.simulated import Simulation
from casa_processes.sif_retrieval.sources import Origin
from casa_processes.sif_retrieval.sources import opened as opened_source
from casa_processes.sif_retrieval.sunshine import motion_of
from casa_processes.spectra.layouts import plain_blocks
from tests.processes.sif_retrieval.runs import (
    COUNT,
    EVERY,
    OWN,
    QUICK,
    as_input,
    oco_file,
    plain_file,
    run,
    surface_file,
)
from tests.processes.sif_retrieval.test_process_run import columns

FILE = {"l1b": "l1b.nc", "windows": [OWN], "plots": False}
FRAMES = COUNT // 8


@pytest.fixture(scope="module")
def oco(tmp_path_factory):
    """A file in the layout of OCO-2, its land cover, and the identifiers."""
    folder = tmp_path_factory.mktemp("oco")
    file, number = oco_file(folder / "l1b.h5")
    surface = surface_file(folder / "lite.nc4", Simulation(COUNT, 0), number)
    return {"l1b": file, "surface": surface}, number


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Columns of the simulation itself."""
    return columns(run(tmp_path_factory.mktemp("made"), **QUICK).soundings)


def test_a_plain_file_gives_what_its_spectra_give(made, tmp_path):
    found = run(tmp_path, files={"l1b": plain_file(tmp_path / "l1b.nc")}, **FILE)
    rows = columns(found.soundings)
    assert found.source.files == {"l1b": "0" * 64}
    assert found.source.simulated
    good = made["sif_outcome"] == 0
    # The noise of the file is that of its radiance; rounding to float32 is all the difference.
    for name in ("sif_757", "sif_757_uncertainty", "continuum_radiance_757", "chi2_sif_757"):
        np.testing.assert_allclose(rows[name][good], made[name][good], rtol=2e-3, atol=2e-3)
    assert rows["igbp_class"].tolist() == made["igbp_class"].tolist()
    # A file does not tell what it was made of.
    assert not [name for name in rows if name.endswith("_true")]


def spoil(radiance):
    """Damage some soundings, each in another way."""
    radiance[10, 3, 30] = np.nan
    radiance[18, 4, 40] = -5.0
    radiance[26, 5] = np.nan
    radiance[34, 6] = 0.0
    radiance[42, 7, 20] = np.inf


def test_one_bad_sounding_never_ends_the_others(tmp_path):
    whole, spoilt = (
        columns(
            run(
                tmp_path / name, files={"l1b": plain_file(tmp_path / f"{name}.nc", spoil=how)},
                **FILE,
            ).soundings
        )
        for name, how in (("whole", None), ("spoilt", spoil))
    )  # fmt: skip
    bad = [
        8 * frame + footprint
        for frame, footprint in zip(range(10, 50, 8), range(3, 8), strict=True)
    ]
    assert np.isnan(spoilt["sif_757"][bad]).all()
    assert np.isnan(spoilt["sif_740_daily"][bad]).all()
    assert (spoilt["sif_quality_class"][bad] == 2).all()
    assert (spoilt["sif_outcome"][bad] > 0).all()
    others = np.setdiff1d(np.arange(COUNT), bad)
    # Frames 10 to 42 lie in the south, in the forest: nothing is trained with them.
    for name in ("sif_757", "sif_757_uncertainty", "quality_flag"):
        np.testing.assert_array_equal(spoilt[name][others], whole[name][others], err_msg=name)


OCO = {**FILE, "l1b": "l1b.h5", "surface": "lite.nc4"}


def test_saturated_soundings_fail(oco, tmp_path):
    """The layout of OCO-2 knows the full scale; half of it is of each polarisation."""
    path = tmp_path / "l1b.h5"
    shutil.copy(oco[0]["l1b"].path, path)
    with h5py.File(path, "r+") as opened:
        opened["SoundingMeasurements/radiance_o2"][20, 2, 40] = 8e20
    rows = columns(run(tmp_path, files={**oco[0], "l1b": as_input(path)}, **OCO).soundings)
    assert rows["sif_outcome"][162] == 1
    assert np.isnan(rows["sif_757"][162])
    assert rows["sif_outcome"].sum() < 10


def test_a_file_of_oco_gives_what_its_spectra_give(made, oco, tmp_path):
    files, number = oco
    found = run(tmp_path, files=files, **OCO)
    rows = columns(found.soundings)
    good = made["sif_outcome"] == 0
    for name in ("sif_757", "sif_757_uncertainty", "continuum_radiance_757"):
        np.testing.assert_allclose(rows[name][good], made[name][good], rtol=2e-3, atol=2e-3)
    assert rows["sounding_id"].astype(np.int64).tolist() == sorted(number.tolist())
    assert rows["cloud_flag"].tolist() == made["cloud_flag"].tolist()
    assert set(found.source.files) == {"l1b", "surface"}


def test_built_in_sunlight_fits_files_of_both_layouts_and_is_no_science(oco, tmp_path):
    """The simulated Sun has thicker lines than the built-in one: numbers are worth nothing."""
    files = {"l1b": oco[0]["l1b"]}
    inputs = {**FILE, "l1b": "l1b.h5", "method": "physical", "solar": "builtin"}
    found = run(tmp_path / "oco", files=files, **inputs)
    dataset = read_result(found.soundings, "soundings")
    assert dataset.attrs["science_quality"] == "no"
    assert np.isfinite(dataset["sif_757"].values).mean() > 0.9
    plain = {"l1b": plain_file(tmp_path / "l1b.nc", 160)}
    again = run(tmp_path / "plain", files=plain, **{**inputs, "l1b": "l1b.nc"})
    assert again.written == 160


def test_the_sun_moves_as_it_does_where_a_file_does_not_tell():
    places = replace(
        Simulation(160, 0).places(slice(0, 20), EVERY),
        approach=np.full(160, np.nan), recession=np.full(160, np.nan),
    )  # fmt: skip
    there = places.there.copy()
    there[5] = False
    found = motion_of(replace(places, there=there), 8)
    assert (found.approach == 0).all()
    assert np.isnan(found.recession[5])
    one = sun(places.time[100], places.latitude[100], places.longitude[100]).velocity
    assert found.recession[100] == pytest.approx(one, abs=1.0)
    known = replace(places, approach=np.full(160, 7.0), recession=np.full(160, 3.0))
    assert motion_of(known, 8).approach.tolist() == [7.0] * 160
    assert motion_of(known, 8).recession.tolist() == [3.0] * 160


def test_without_land_cover_only_the_sea_is_known(oco, tmp_path):
    files = {"l1b": oco[0]["l1b"]}
    inputs = {**FILE, "l1b": "l1b.h5"}
    with pytest.raises(InvalidInputsError, match="/training: no footprint"):
        run(tmp_path, files=files, **inputs)
    blocks = opened_source(Origin(spectra=files["l1b"].path))
    places = blocks.places(slice(0, blocks.frames), EVERY)
    assert set(places.surface_class.tolist()) == {0, -1}
    assert ((places.surface_class == 0) == (places.land_fraction == 0)).all()


def test_footprints_without_training_have_no_result(tmp_path):
    path = tmp_path / "l1b.nc"
    file = plain_file(path)
    with h5py.File(path, "r+") as opened:
        cover = opened["igbp_class"][()]
        cover[:, 5] = 12
        opened["igbp_class"][...] = cover
    found = run(tmp_path, files={"l1b": file}, **FILE)
    rows = columns(found.soundings)
    lost = np.arange(COUNT) % 8 == 5
    assert (rows["sif_outcome"][lost] == 2).all()
    assert np.isnan(rows["sif_757"][lost]).all()
    assert np.isfinite(rows["sif_757"][~lost]).mean() > 0.99
    assert found.trained["757"].footprints == 7
    assert found.outcomes["no_training"] == FRAMES


@pytest.mark.parametrize("every", [False, True])
def test_a_footprint_that_is_all_missing_has_no_result_and_hurts_no_other(tmp_path, every):
    def lose(radiance):
        radiance[:, slice(None) if every else 5] = np.nan

    file = plain_file(tmp_path / "l1b.nc", spoil=lose)
    if every:
        with pytest.raises(InvalidInputsError, match="/training: no footprint has 20 spectra"):
            run(tmp_path, files={"l1b": file}, **FILE)
        return
    rows = columns(run(tmp_path, files={"l1b": file}, **FILE).soundings)
    lost = np.arange(COUNT) % 8 == 5
    assert np.isnan(rows["sif_757"][lost]).all()
    assert (rows["sif_quality_class"][lost] == 2).all()
    assert np.isfinite(rows["sif_757"][~lost]).mean() > 0.99


def test_too_few_channels_are_refused_by_the_window(tmp_path):
    path = tmp_path / "l1b.nc"
    file = plain_file(path, 160)
    with h5py.File(path, "r+") as opened:
        for name in ("radiance", "wavelength", "noise_constant", "noise_slope"):
            thin, units = opened[name][..., ::10], opened[name].attrs.get("units")
            del opened[name]
            opened[name] = thin
            if units is not None:
                opened[name].attrs["units"] = units
    inputs = {**FILE, "windows": [{**OWN, "last_nm": 759.1}]}
    with pytest.raises(InvalidInputsError, match=r"/windows/0: .* channels' .* at least 8"):
        run(tmp_path, files={"l1b": file}, **inputs)


def test_soundings_without_a_place_are_left_out(tmp_path):
    path = tmp_path / "l1b.nc"
    file = plain_file(path)
    with h5py.File(path, "r+") as opened:
        opened["latitude"][10, 3] = np.nan
        opened["longitude"][11, 4] = 500.0
    found = run(tmp_path, files={"l1b": file}, **FILE)
    assert (found.written, found.left_out) == (COUNT - 2, 2)


def test_a_part_of_a_file_that_cannot_be_read_is_missing_and_told(tmp_path, monkeypatch):
    file = plain_file(tmp_path / "l1b.nc")
    read = plain_blocks.PlainBlocks.rows

    def broken(self, band, channels, frames, across):
        if frames.start <= 30 < frames.stop:
            raise FileContentError("l1b.nc", "radiance", "a chunk", "a damaged one")
        return read(self, band, channels, frames, across)

    monkeypatch.setattr(plain_blocks.PlainBlocks, "rows", broken)
    found = run(tmp_path, files={"l1b": file}, **FILE)
    rows = columns(found.soundings)
    assert np.isnan(rows["sif_757"][240:248]).all()
    assert (rows["sif_outcome"] > 0).sum() < 20
    assert found.source.unread == ["l1b.nc: radiance: expected a chunk, found a damaged one"]


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"windows": ["757", "771"]}, "/windows/1"),
        ({"windows": [{**OWN, "first_nm": 757.0}]}, "/windows/0"),
        ({"windows": [{**OWN, "last_nm": 758.15}]}, "/windows/0"),
        ({"instrument": "zork"}, "/instrument"),
        ({"grid": {"time_step": "x"}}, "/grid/time_step"),
    ],
)
def test_what_the_spectra_do_not_cover_is_refused_by_its_place(tmp_path, inputs, place):
    file = plain_file(tmp_path / "l1b.nc", 160)
    with pytest.raises(InvalidInputsError) as caught:
        run(tmp_path, files={"l1b": file}, **{**FILE, **inputs})
    assert [each for each, _ in caught.value.problems] == [place]


def test_wavelengths_that_do_not_ascend_are_refused(tmp_path):
    path = tmp_path / "l1b.nc"
    file = plain_file(path, 160)
    with h5py.File(path, "r+") as opened:
        opened["wavelength"][3, 10] = opened["wavelength"][3, 20]
    with pytest.raises(InvalidInputsError, match=r"/windows/0: wavelength .* finite ones that asc"):
        run(tmp_path, files={"l1b": file}, **FILE)


def test_windows_beyond_the_spectra_are_left_out_where_none_is_asked_for(tmp_path):
    file = plain_file(tmp_path / "l1b.nc", 8000)
    found = run(tmp_path, files={"l1b": file}, l1b="l1b.nc", plots=False)
    assert list(found.trained) == ["757"]


def test_a_file_that_is_no_granule_is_one_clear_error(tmp_path):
    path = tmp_path / "l1b.nc"
    path.write_text("no HDF5")
    with pytest.raises(FileContentError, match=r"l1b.nc.*a readable HDF5 file"):
        run(tmp_path, files={"l1b": as_input(path)}, **FILE)
