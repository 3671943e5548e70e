"""What columns of a model cost, told before anything is read."""

from dataclasses import replace

import numpy as np
import pytest

from casa_ogc.archive.cubes import StoredArray
from casa_ogc.query.model_columns import Model, model_columns
from casa_ogc.query.model_costs import model_cost
from casa_ogc.query.request import Bounds, Box, Request
from casa_ogc.query.soundings import sounding_cost
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests.query.asking import OPTIONS
from tests.query.test_averaging_kernel import COUNT, LEVELS, PRESSURE, modelled, retrievals, stored


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("seen"), retrievals())


@pytest.fixture(scope="module")
def model():
    return Model(modelled()[1], "m")


@pytest.mark.parametrize("levels", [PRESSURE, np.linspace(1013.0, 1.0, 80)], ids=len)
def test_the_cells_are_those_that_the_refusal_tells(seen, levels):
    model = Model(modelled(pressure=levels)[1], "m")
    request = Request(variables=("xco2",))
    cost = model_cost(seen, request, OPTIONS, model)
    own = COUNT * (5 + 4 * LEVELS)
    assert cost.cells == max(own + 2 * COUNT, COUNT * levels.size)
    few = replace(OPTIONS, max_cells=COUNT * levels.size - 1)
    with pytest.raises(TooLargeError) as refusal:
        model_columns(seen, request, few, model)
    assert refusal.value.asked == COUNT * levels.size <= cost.cells


def test_the_model_is_read_beside_the_soundings(seen, model):
    request = Request()
    own = sounding_cost(seen, request, OPTIONS)
    cost = model_cost(seen, request, OPTIONS, model)
    array = model.cube.layouts["map"].arrays["co2"]
    assert own.read_bytes < cost.read_bytes
    whole = 4 * array.shape[0] * array.shape[1] * array.shape[2] * array.shape[3]
    smallest = min(_whole(layout.arrays["co2"]) for layout in model.cube.layouts.values())
    assert cost.read_bytes <= model_cost_of_soundings(seen) + max(whole, smallest)
    assert cost.layout == "soundings"


def _whole(array):
    """Bytes of all chunks of an array, the last ones whole."""
    total = array.dtype.itemsize
    for size, chunk in zip(array.shape, array.chunks, strict=True):
        total *= -(-size // chunk) * chunk
    return total


def model_cost_of_soundings(seen):
    """Bytes of the soundings with what smoothing needs."""
    names = ("xco2", "pressure_levels", "pressure_weight", "xco2_averaging_kernel")
    asked = Request(variables=(*names, "co2_profile_apriori"))
    return sounding_cost(seen, asked, OPTIONS).read_bytes


def test_few_soundings_need_few_chunks(seen, model):
    everywhere = model_cost(seen, Request(), OPTIONS, model)
    one = model_cost(seen, Request(sounding_id="s001"), OPTIONS, model)
    assert one.chunks < everywhere.chunks
    assert one.cells == max(5 + 4 * LEVELS + 2, PRESSURE.size)


def test_nothing_is_read(seen, model, monkeypatch):
    def read(*_):
        raise AssertionError("a plan needs no data")

    monkeypatch.setattr(StoredArray, "read", read)
    monkeypatch.setattr(type(seen), "columns", read)
    assert model_cost(seen, Request(region=Box(Bounds(-10, -10, 10, 10))), OPTIONS, model).cells


def test_what_the_columns_refuse_is_refused(seen):
    with pytest.raises(InvalidValueError, match="a model of co2"):
        model_cost(seen, Request(), OPTIONS, Model(modelled(name="ch4")[1], "m"))
