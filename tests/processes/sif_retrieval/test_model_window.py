"""Windows and blocks: what is cut, and what is refused in which words."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.instruments.spectrometer import (
    FluorescenceWindow,
    spectrometer,
    spectrometers,
)
from casa_processes.sif_retrieval.model import Block, Options, Window, train, window_of
from casa_processes.sif_retrieval.model.window import channels, checked, emission, enough, place
from tests.processes.sif_retrieval.worlds import WINDOW, world

WAVELENGTH = 0.7580 + 1e-5 * np.arange(200)


def test_channels_of_a_window_include_both_ends():
    window = Window("757", WAVELENGTH[20], WAVELENGTH[90])
    assert channels(WAVELENGTH, window) == (20, 91)
    between = Window("757", WAVELENGTH[20] + 1e-6, WAVELENGTH[90] - 1e-6)
    assert channels(WAVELENGTH, between) == (21, 90)


@pytest.mark.parametrize(
    ("first", "last"), [(0.7579, 0.7590), (0.7590, 0.7700), (0.7500, 0.7510), (0.7800, 0.7810)]
)
def test_a_window_outside_the_band_is_refused_with_both_ranges(first, last):
    with pytest.raises(
        InvalidValueError, match=r"window 757 = .* nm.* within 758\.000 to 759\.990"
    ):
        channels(WAVELENGTH, Window("757", first, last))


@pytest.mark.parametrize("fault", ["falling", "twice", "missing", "infinite"])
def test_wavelengths_that_do_not_ascend_are_refused(fault):
    wavelength = WAVELENGTH.copy()
    if fault == "falling":
        wavelength = wavelength[::-1]
    else:
        wavelength[40] = {"twice": wavelength[41], "missing": np.nan, "infinite": np.inf}[fault]
    with pytest.raises(InvalidValueError, match=r"wavelength = .* finite ones that ascend"):
        channels(wavelength, WINDOW)


@pytest.mark.parametrize(("count", "fine"), [(8, True), (7, False), (0, False)])
def test_a_window_needs_five_channels_more_than_functions(count, fine):
    if fine:
        enough(count, WINDOW, 1)
        return
    with pytest.raises(InvalidValueError, match=f"{count} channels' cannot .* at least 8"):
        enough(count, WINDOW, 1)


def test_a_window_of_few_channels_is_refused():
    window = Window("757", WAVELENGTH[20], WAVELENGTH[25])
    with pytest.raises(InvalidValueError, match="window 757 = '6 channels'"):
        channels(WAVELENGTH, window)


def test_training_refuses_wavelengths_and_windows_that_do_not_fit():
    bare = world(100, seed=1)
    outside = Window("757", 0.7570, 0.7580)
    with pytest.raises(InvalidValueError, match="window 757"):
        train(bare.block, bare.scenes, outside)
    bare.block.wavelength[0, 5] = 0.0
    with pytest.raises(InvalidValueError, match="wavelength"):
        train(bare.block, bare.scenes, WINDOW)


def test_a_footprint_without_soundings_may_have_no_wavelengths():
    bare = world(100, seed=2, footprints=2)
    rows = bare.block.footprint == 0
    bare.block.wavelength[1] = np.nan
    block = replace(
        bare.block,
        radiance=bare.block.radiance[rows],
        noise=bare.block.noise[rows],
        footprint=bare.block.footprint[rows],
    )
    checked(block, WINDOW)
    with pytest.raises(InvalidValueError, match="wavelength"):
        checked(bare.block, WINDOW)


def test_a_window_with_too_many_bad_channels_is_refused():
    bare = world(200, seed=3)
    bare.block.noise[:, 7:] = np.inf
    with pytest.raises(InvalidValueError, match="window 757 = '7 channels'"):
        train(bare.block, bare.scenes, WINDOW)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"first": 0.7592, "last": 0.7581}, "window 757"),
        ({"first": 0.0}, "window 757"),
        ({"last": np.inf}, "window 757"),
        ({"first": np.nan}, "window 757"),
        ({"order": -1}, "order of window 757"),
        ({"order": 7}, "order of window 757"),
        ({"vectors": 0}, "vectors of window 757"),
        ({"vectors": 41}, "vectors of window 757"),
        ({"full_scale": 0.0}, "full_scale of window 757"),
        ({"peak": -1.0}, "peak of window 757"),
        ({"spread": 0.0}, "spread of window 757"),
    ],
)
def test_an_impossible_window_is_refused_by_its_field(changes, what):
    with pytest.raises(InvalidValueError, match=what):
        replace(WINDOW, **changes)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"radiance": np.zeros(72, np.float32)}, "radiance"),
        ({"noise": np.zeros((4, 72), np.float32)}, "radiance"),
        ({"noise": np.zeros((5, 72))}, "radiance"),
        ({"footprint": np.zeros(4, np.int64)}, "radiance"),
        ({"wavelength": np.zeros(72)}, "wavelength"),
        ({"wavelength": np.zeros((1, 71))}, "wavelength"),
        ({"footprint": np.full(5, 1)}, "footprint"),
        ({"footprint": np.full(5, -1)}, "footprint"),
    ],
)
def test_arrays_of_a_block_that_do_not_fit_are_refused(changes, what):
    fine = {
        "radiance": np.zeros((5, 72), np.float32),
        "noise": np.zeros((5, 72), np.float32),
        "wavelength": np.zeros((1, 72)),
        "footprint": np.zeros(5, np.int64),
    }
    assert len(Block(**fine)) == 5
    with pytest.raises(InvalidValueError, match=f"^{what} = "):
        Block(**{**fine, **changes})


def test_places_run_from_minus_one_to_one():
    ends = np.array([WINDOW.first, (WINDOW.first + WINDOW.last) / 2.0, WINDOW.last])
    assert place(ends, WINDOW) == pytest.approx([-1.0, 0.0, 1.0], abs=1e-9)


def test_a_flat_shape_is_one_and_a_gaussian_falls_from_its_peak():
    wavelength = np.array([0.740, 0.761, 0.719, 0.758])
    assert (emission(wavelength, WINDOW) == 1.0).all()
    wide = Window("740", 0.743, 0.758, shape="gaussian")
    falls = np.exp(-0.5)
    assert emission(wavelength, wide)[:3] == pytest.approx([1.0, falls, falls], rel=1e-9)
    red = Window("685", 0.663, 0.685, shape="gaussian", peak=0.685, spread=0.0095)
    assert emission(np.array([0.685, 0.6755]), red) == pytest.approx([1.0, falls], rel=1e-9)


@pytest.mark.parametrize("name", spectrometers())
def test_configured_windows_are_windows_of_a_band_of_their_spectrometer(name):
    known = spectrometer(name)
    assert known.sif, "each spectrometer with an A band has windows"
    for each, configured in known.sif.items():
        window = window_of(known, each)
        known.band(configured.band)
        assert window.first == pytest.approx(configured.range[0] / 1e3)
        assert window.last == pytest.approx(configured.range[1] / 1e3)
        assert (window.shape == "flat") == (window.last - window.first < 0.002)


def test_the_windows_of_the_specification_are_configured():
    assert spectrometer("oco2").window("757").range == (758.1, 759.2)
    assert spectrometer("oco2").window("771").range == (769.6, 770.3)
    assert spectrometer("tropomi").window("740").range == (743.0, 758.0)
    assert spectrometer("tropomi").window("740w").range == (735.0, 758.0)
    assert spectrometer("tropomi").window("685").peak == 685.0


def test_an_unknown_window_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"no window of fluorescence of oco2 '758'; .* 757"):
        window_of(spectrometer("oco2"), "758")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"spectra": 1}, "spectra"),
        ({"rounds": 0}, "rounds"),
        ({"knots": 1}, "knots"),
        ({"radiance": (200.0, 10.0)}, "radiance"),
        ({"radiance": (0.0, 10.0)}, "radiance"),
        ({"radiance": (10.0, np.inf)}, "radiance"),
        ({"radiance": (np.nan, 10.0)}, "radiance"),
    ],
)
def test_an_impossible_option_is_refused_by_its_name(changes, what):
    with pytest.raises(InvalidValueError, match=f"^{what} = "):
        Options(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"range": (759.2, 758.1)},
        {"range": (0.0, 758.1)},
        {"order": 7},
        {"vectors": 0},
        {"shape": "round"},
        {"spread": 0.0},
        {"colour": "red"},
    ],
)
def test_an_impossible_window_of_a_configuration_is_refused(changes):
    fine = {"band": "o2a", "range": (758.1, 759.2)}
    assert FluorescenceWindow(**fine).shape == "flat"
    with pytest.raises(ValidationError):
        FluorescenceWindow(**{**fine, **changes})


def test_nanometres_of_a_configuration_are_micrometres_of_a_window():
    red = window_of(spectrometer("tropomi"), "685")
    assert (red.first, red.last) == pytest.approx((0.663, 0.685))
    assert (red.peak, red.spread) == pytest.approx((0.685, 0.0095))
    assert (red.order, red.vectors, red.shape) == (4, 20, "gaussian")
