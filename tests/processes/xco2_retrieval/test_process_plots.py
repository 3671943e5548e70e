"""Pictures: they are drawn without a display, show what they are given, and are the same again."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from casa_processes.xco2_retrieval.pictures import typical
from casa_processes.xco2_retrieval.plots import _broken, draw_fit, draw_map, draw_profile
from tests.processes.xco2_retrieval.made import fit, retrieval
from tests.processes.xco2_retrieval.test_process_rows import columns

RED = np.array([200, 68, 43])


def pixels(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def near(image, colour, within=40):
    return int((np.abs(image - colour).max(axis=2) < within).sum())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_fit_has_two_panels_for_each_band(tmp_path, count):
    bands = {name: fit(name) for name in ("o2a", "wco2", "sco2")[:count]}
    image = pixels(draw_fit(tmp_path / "fit.png", retrieval(bands=bands), "t"))
    assert image.shape[1] == 1210
    assert image.shape[0] == round(110 * (1.0 + 2.9 * count))
    assert image.std() > 10


def test_a_picture_is_drawn_the_same_again(tmp_path):
    for draw in (draw_fit, draw_profile):
        one, two = (draw(tmp_path / f"{n}.png", retrieval(), "t").read_bytes() for n in (1, 2))
        assert one == two
        assert b"Matplotlib" not in one


def test_another_retrieval_is_another_picture(tmp_path):
    other = retrieval(profile=np.linspace(395.0, 420.0, 20))
    one = pixels(draw_profile(tmp_path / "1.png", retrieval(), "t"))
    two = pixels(draw_profile(tmp_path / "2.png", other, "t"))
    assert (one != two).any()


def test_the_uncertainty_is_a_band_around_the_profile(tmp_path):
    pale = np.array([245, 220, 214])
    wide = retrieval(profile_uncertainty=np.full(20, 20.0))
    narrow = retrieval(profile_uncertainty=np.full(20, 1e-3))
    found = [
        near(pixels(draw_profile(tmp_path / f"{n}.png", each, "t")), pale, 10)
        for n, each in enumerate((wide, narrow))
    ]
    assert found[0] > 10 * max(found[1], 1)


@pytest.mark.parametrize("good", [True, False])
@pytest.mark.parametrize("count", [1, 60])
def test_a_map_is_drawn_of_few_and_many_good_and_bad_ones(tmp_path, count, good):
    whole = columns(count)
    if not good:
        whole["quality_flag"][:] = 1
    image = pixels(draw_map(tmp_path / "map.png", whole, "t"))
    assert image.shape == (792, 1210, 3)
    assert image.std() > 10


def test_a_map_is_drawn_where_nothing_came_out(tmp_path):
    whole = {name: values[-1:] for name, values in columns().items()}
    assert not np.isfinite(whole["xco2"]).any()
    assert pixels(draw_map(tmp_path / "map.png", whole, "t")).std() > 3


def test_no_display_is_needed_and_none_is_looked_for():
    code = (
        "import sys; import casa_processes.xco2_retrieval.plots; "
        "print('matplotlib.pyplot' in sys.modules, 'tkinter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_typical_sounding_is_a_good_one_of_middling_misfit():
    whole = columns(5)
    for band in ("o2a", "wco2", "sco2"):
        whole[f"chi2_{band}"][:5] = [1.0, 5.0, 2.0, 4.0, 3.0]
    assert typical(whole) == 4
    whole["quality_flag"][4] = 1
    assert typical(whole) == 2
    whole["quality_flag"][:] = 1
    assert typical(whole) == 4


def test_without_an_estimate_no_sounding_is_typical():
    assert typical({name: values[-1:] for name, values in columns().items()}) is None


def test_no_line_is_drawn_across_channels_that_were_not_fitted():
    whole = fit("wco2")
    kept = np.r_[:100, 103:300]
    part = replace(
        whole, wavelength=whole.wavelength[kept], measured=whole.measured[kept],
        fitted=whole.fitted[kept], uncertainty=whole.uncertainty[kept],
    )  # fmt: skip
    for one, gaps in ((whole, []), (part, [100])):
        place, values = _broken(one, one.measured)
        assert np.flatnonzero(np.isnan(values)).tolist() == gaps
        assert place[~np.isnan(place)] == pytest.approx(1e3 * one.wavelength)
        assert np.array_equal(values[~np.isnan(values)], one.measured)
