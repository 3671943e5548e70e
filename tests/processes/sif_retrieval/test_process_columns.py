"""Columns of soundings: from what was fitted to names of the vocabulary; windows and sunlight."""

from types import SimpleNamespace

import numpy as np
import pytest

from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.sif_retrieval.choices import COLUMNS, OwnWindow
from casa_processes.sif_retrieval.columns import columns_of, main_column, result_of
from casa_processes.sif_retrieval.model import Window, ZeroLevel
from casa_processes.sif_retrieval.simulated import Simulation
from casa_processes.sif_retrieval.windows import Fitted, configured, fitted_windows
from casa_processes.spectra.layouts.plain_blocks import PlainBlocks

COUNT = 8
PLACES = Simulation(80, 0).places(slice(4, 5), slice(None))


def fits(name, **more):
    whole = {
        "sif": np.full(COUNT, 1.0), "sigma": np.full(COUNT, 0.3), "misfit": np.ones(COUNT),
        "continuum": np.full(COUNT, 80.0), "outcome": np.zeros(COUNT, np.int8),
    }  # fmt: skip
    return {f"{name}|{key}": value for key, value in {**whole, **more}.items()}


def fitted(*names):
    return [Fitted(Window(name, 0.7, 0.8), "o2a", 0, 9) for name in names]


@pytest.mark.parametrize("name", list(COLUMNS))
def test_every_column_of_every_window_is_in_the_vocabulary(name):
    found = columns_of(PLACES, fits(name), fitted(name), {name: None})
    assert set(found) <= set(VOCABULARY)
    assert VOCABULARY[f"sif_{COLUMNS[name]}"].uncertainty == f"sif_{COLUMNS[name]}_uncertainty"
    assert found[f"sif_{COLUMNS[name]}"].tolist() == [1.0] * COUNT


def test_one_window_alone_makes_fluorescence_at_740_nm():
    found = columns_of(PLACES, fits("771"), fitted("771"), {"771": None})
    np.testing.assert_allclose(found["sif_740"], 2.25)
    np.testing.assert_allclose(found["sif_740_uncertainty"], 2.25 * 0.3)


def test_a_window_at_740_nm_is_not_made_of_others():
    both = fits("740", sif=np.full(COUNT, 5.0)) | fits("757")
    found = columns_of(PLACES, both, fitted("740", "757"), {"740": None, "757": None})
    assert found["sif_740"].tolist() == [5.0] * COUNT
    assert main_column(fitted("740", "757")) == main_column(fitted("771")) == "sif_740"
    assert main_column(fitted("685")) == "sif_685"


def test_the_worst_window_decides_outcome_and_class():
    bad = np.array([0, 1, 2, 3, 0, 0, 0, 0], np.int8)
    lost = np.where(bad > 0, np.nan, 1.0)
    misfit = np.array([1, 1, 1, 1, 1, 2.0, 9.0, 1])
    both = fits("757", misfit=misfit) | fits("771", outcome=bad, sif=lost)
    found = columns_of(PLACES, both, fitted("757", "771"), {"757": None, "771": None})
    assert found["sif_outcome"].tolist() == bad.tolist()
    classes = found["sif_quality_class"]
    assert (classes[1:4] == 2).all()
    assert classes[6] == 2
    assert classes[5] >= 1
    assert (found["quality_flag"] == (classes == 2)).all()


def test_the_zero_level_is_subtracted_by_footprint():
    offset = np.tile(np.arange(COUNT)[:, None] / 10.0, (1, 2))
    knots = np.tile([50.0, 150.0], (COUNT, 1))
    level = ZeroLevel(knots, offset, np.zeros((COUNT, 2)), np.full(COUNT, 9))
    found = columns_of(PLACES, fits("757"), fitted("757"), {"757": level})
    np.testing.assert_allclose(found["sif_757"], 1.0 - np.arange(COUNT) / 10.0)
    np.testing.assert_allclose(found["zero_level_sif_757"], np.arange(COUNT) / 10.0)


def test_a_failed_fit_has_no_zero_level():
    outcome = np.array([0, 1, 0, 0, 0, 0, 0, 0], np.int8)
    assert (
        np.isnan(result_of(fits("757", outcome=outcome), "757").zero_level).tolist()
        == (outcome == 1).tolist()
    )


def test_configured_windows_have_their_bands():
    found = configured(spectrometer("tropomi"), None)
    assert [(window.name, band) for _, window, band in found] == [
        ("740", "nir"), ("740w", "nir"), ("685", "red"),
    ]  # fmt: skip
    own = OwnWindow(name="771", first_nm=769.0, last_nm=770.0, order=1, band="zork")
    with pytest.raises(InvalidInputsError, match="/windows/1: no band"):
        configured(spectrometer("oco2"), ["757", own])


def test_channels_of_all_footprints_are_read_with_one_to_spare():
    (found,), _ = fitted_windows(Simulation(80, 0), ["757"])
    wavelength = Simulation(80, 0).wavelength("o2a")[0]
    inside = np.flatnonzero((wavelength >= 0.7581) & (wavelength <= 0.7592))
    assert (found.first, found.last) == (inside[0] - 1, inside[-1] + 2)
    assert np.isfinite(found.window.full_scale)


def test_a_plain_file_of_an_instrument_without_a_width_has_no_line_shape():
    plain = SimpleNamespace(spectrometer=spectrometer("tropomi"))
    with pytest.raises(InvalidValueError, match=r"bands\.nir\.width of tropomi\.yml"):
        PlainBlocks.shapes(plain, "nir")
