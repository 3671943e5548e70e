"""Pictures and sums: drawn without a display, of what they are given, and right to the last."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from casa_processes.sif_retrieval import pictures
from casa_processes.sif_retrieval.model import ZeroLevel
from casa_processes.sif_retrieval.pictures import Seen, Spectrum, draw_fit, draw_map, draw_vectors
from casa_processes.sif_retrieval.simulated import Simulation
from casa_processes.sif_retrieval.summary import Account, Sums
from casa_processes.sif_retrieval.windows import fitted_windows

WINDOWS, _ = fitted_windows(Simulation(80, 0), ["757"])


def pixels(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def spectrum(**more):
    place = np.linspace(0.7581, 0.7592, 50)
    flat = np.full(50, 100.0)
    return replace(Spectrum("t", place, flat, flat, np.ones(50)), **more)


def sample(count=200, failed=20):
    random = np.random.default_rng(1)
    classes = np.zeros(count, np.int8)
    classes[:failed] = 2
    return {
        "sounding_id": np.arange(count).astype(str),
        "longitude": random.uniform(0, 10, count),
        "latitude": random.uniform(0, 10, count),
        "sif_740": random.normal(1.0, 0.4, count),
        "sif_757": random.normal(0.7, 0.4, count),
        "sif_757_uncertainty": random.uniform(0.3, 0.5, count),
        "continuum_radiance_757": random.uniform(40, 150, count),
        "sif_outcome": np.zeros(count, np.int8),
        "sif_quality_class": classes,
        "igbp_class": np.where(np.arange(count) % 3, 12, 16),
        "cell": np.arange(count),
        "row": np.arange(count) % 8,
    }


def test_each_window_has_two_panels(tmp_path):
    one = pixels(draw_fit(tmp_path / "1.png", [spectrum()], "t"))
    two = pixels(draw_fit(tmp_path / "2.png", [spectrum(), spectrum()], "t"))
    assert one.shape[1] == 924
    assert two.shape[1] == 1386
    assert one.std() > 10


def test_a_picture_is_drawn_the_same_again_and_another_of_other_values(tmp_path):
    one, two = (draw_fit(tmp_path / f"{n}.png", [spectrum()], "t").read_bytes() for n in (1, 2))
    assert one == two
    assert b"Matplotlib" not in one
    worse = spectrum(measured=np.full(50, 130.0))
    other = draw_fit(tmp_path / "3.png", [worse], "t").read_bytes()
    assert other != one


@pytest.mark.parametrize("failed", [0, 20, 200])
def test_a_map_is_drawn_of_good_and_failed_ones(tmp_path, failed):
    image = pixels(draw_map(tmp_path / "map.png", sample(failed=failed), "sif_740", "t"))
    assert image.shape == (836, 1210, 3)
    assert image.std() > 5


def level(offset):
    knots = np.tile(np.linspace(50.0, 150.0, 4), (2, 1))
    whole = np.full((2, 4), offset)
    return ZeroLevel(knots, whole, np.full((2, 4), 0.1), np.array([50, 50]))


def seen(zero, trained=None, **more):
    return Seen(Simulation(80, 0), WINDOWS, trained or {}, {"757": zero}, sample(**more))


def test_errors_are_drawn_with_and_without_a_zero_level(tmp_path):
    found = [
        pixels(pictures.draw_errors(tmp_path / f"{n}.png", seen(zero), "t"))
        for n, zero in enumerate((None, level(0.0), level(0.5)))
    ]
    assert all(each.shape == (418, 1155, 3) for each in found)
    assert (found[0] != found[1]).any()
    assert (found[1] != found[2]).any()


def test_without_a_trained_footprint_no_fit_is_drawn(tmp_path):
    found = pictures.drawn(tmp_path, seen(None), simulated=True)
    assert set(found) == {"errors", "map"}


def test_nothing_trained_is_an_empty_picture(tmp_path):
    assert pixels(draw_vectors(tmp_path / "v.png", {}, "t")).shape[0] > 300


def test_no_display_is_needed_and_none_is_looked_for():
    code = (
        "import sys; import casa_processes.sif_retrieval.pictures; "
        "import casa_processes.sif_gridding.pictures; "
        "print('matplotlib.pyplot' in sys.modules, 'tkinter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def rows(count, seed):
    random = np.random.default_rng(seed)
    return {
        "sif_740": random.normal(1.0, 0.5, count),
        "sif_740_uncertainty": random.uniform(0.3, 0.6, count),
        "sif_outcome": np.zeros(count, np.int8),
        "sif_quality_class": random.integers(0, 3, count).astype(np.int8),
    }


def test_sums_of_blocks_are_statistics_of_all():
    account, bare, true = Account(3), [], []
    blocks = [rows(50, 1), rows(1, 2), rows(31, 3)]
    for number, block in enumerate(blocks):
        count = block["sif_740"].size
        bare.append(np.arange(count) % 4 == 0)
        true.append(np.full(count, 0.9 + number))
        account.add(block, bare[-1], {"sif_740": true[-1]}, {"cell": np.arange(count)})
    whole = {name: np.concatenate([each[name] for each in blocks]) for name in blocks[0]}
    free, known = np.concatenate(bare), np.concatenate(true)
    good = whole["sif_quality_class"] < 2
    values = whole["sif_740"][good]
    found = account.sums["sif_740"].statistics(simulated=True)
    assert account.written == 82
    assert account.outcomes == {"fitted": 82}
    assert account.classes["failed"] == (~good).sum()
    assert found.count == good.sum()
    assert found.mean == pytest.approx(values.mean())
    assert found.standard_deviation == pytest.approx(values.std())
    assert found.mean_uncertainty == pytest.approx(whole["sif_740_uncertainty"][good].mean())
    assert found.bare_count == (good & free).sum()
    assert found.bare_mean == pytest.approx(whole["sif_740"][good & free].mean())
    assert found.true_mean == pytest.approx(known[good].mean())
    assert found.error_deviation == pytest.approx((values - known[good]).std())


def test_the_sample_takes_every_third_sounding_whatever_the_blocks():
    account = Account(3)
    for count in (5, 1, 7):
        block = rows(count, count)
        cells = account.written + np.arange(count)
        account.add(block, np.zeros(count, bool), {}, {"cell": cells})
    assert account.sampled()["cell"].tolist() == [0, 3, 6, 9, 12]


def test_of_nothing_statistics_are_null():
    found = Sums().statistics(simulated=True)
    assert found.count == 0
    assert found.mean is found.true_mean is found.bare_mean is None
    one = Sums(count=1, value=2.0, square=4.0, sigma=0.5).statistics(simulated=False)
    assert (one.mean, one.standard_deviation, one.true_mean) == (2.0, 0.0, None)
