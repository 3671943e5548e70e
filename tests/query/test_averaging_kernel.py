"""Columns of a model beside soundings, against independent numpy."""

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_ogc.query import model_columns as module
from casa_ogc.query.model_columns import NEEDED, PLAIN, SEEN, Model, model_columns
from casa_ogc.query.request import Bounds, Box, Everywhere, Request
from casa_ogc.query.run import Options
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests.query.asking import OPTIONS
from tests.synthetic import memory_cube

COUNT, LEVELS = 60, 12
PRESSURE = np.array([1013.0, 900.0, 700.0, 500.0, 300.0, 150.0, 50.0, 1.0])
TIMES = np.array(["2022-01-01", "2022-01-11", "2022-01-21"], dtype="datetime64[ns]")


def retrievals(seed=4):
    """Return soundings with all that their smoothing needs."""
    dice = np.random.default_rng(seed)
    surface = dice.uniform(960, 1010, COUNT)
    levels = surface[:, None] * np.linspace(1, 0.005, LEVELS)[None, :]
    weight = dice.uniform(0.5, 1.5, (COUNT, LEVELS))
    weight /= weight.sum(axis=1, keepdims=True)
    seconds = dice.integers(0, 20 * 86_400, COUNT)
    profile = ("sounding", "level")
    columns = {
        "sounding_id": ("sounding", np.array([f"s{n:03d}" for n in range(COUNT)])),
        "time": ("sounding", np.datetime64("2022-01-01", "ns") + seconds.astype("timedelta64[s]")),
        "latitude": ("sounding", dice.uniform(-80, 80, COUNT)),
        "longitude": ("sounding", dice.uniform(-179, 179, COUNT)),
        "xco2": ("sounding", dice.uniform(400, 420, COUNT).astype(np.float32)),
        "pressure_levels": (profile, levels.astype(np.float32)),
        "pressure_weight": (profile, weight.astype(np.float32)),
        "xco2_averaging_kernel": (profile, dice.uniform(0.5, 1.3, (COUNT, LEVELS)).astype("f4")),
        "co2_profile_apriori": (profile, dice.uniform(390, 415, (COUNT, LEVELS)).astype("f4")),
    }
    return xr.Dataset(columns, attrs={"title": "t", "source": "s", "mission": "m"})


def stored(root, dataset, name="seen"):
    source = SourceFile("e.nc", "0" * 64, 1, "encoded", "1", "2022-01-01T00:00:00Z", COUNT)
    head = write_soundings(root, name, dataset, [source])
    return open_soundings(root, name, head.snapshot)


def modelled(ascending=True, units="hPa", name="co2", pressure=PRESSURE):
    dice = np.random.default_rng(9)
    lat = np.arange(-85.0, 86, 10) * (1 if ascending else -1)
    lon = np.arange(-175.0, 176, 10)
    values = dice.uniform(380, 430, (TIMES.size, pressure.size, lat.size, lon.size))
    scale = {"hPa": 1.0, "Pa": 100.0}.get(units, 1.0)
    data = xr.Dataset(
        {name: (("time", "pressure", "latitude", "longitude"), values.astype(np.float32))},
        coords={"time": TIMES, "pressure": pressure * scale, "latitude": lat, "longitude": lon},
    )
    cube = memory_cube(data)
    for layout in cube.layouts.values():
        axis = layout.axes["z"]
        layout.axes["z"] = type(axis)(axis.name, "z", axis.values, axis.bounds, units, "down")
    return data, cube


def projected(levels, pressure, profile):
    """Project a piecewise linear profile on hat functions of levels, by dense quadrature."""
    order = np.argsort(levels)
    nodes = levels[order]
    cuts = np.unique(
        np.concatenate([nodes, pressure[(pressure > nodes[0]) & (pressure < nodes[-1])]])
    )
    points, weights = np.polynomial.legendre.leggauss(4)
    middle, half = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts) / 2
    p = (middle[:, None] + half[:, None] * points).ravel()
    w = (half[:, None] * weights).ravel()
    hats = np.stack([np.interp(p, nodes, row) for row in np.eye(nodes.size)])
    rising = np.argsort(pressure)
    x = np.interp(p, pressure[rising], profile[rising])
    found = np.empty(nodes.size)
    found[order] = np.linalg.solve((hats * w) @ hats.T, hats @ (w * x))
    return found


def expected(dataset, model, row, scale=1.0):
    """Return the smoothed and the plain column of one sounding."""
    time = dataset.time.values[row]
    step = int(np.argmin(np.abs(TIMES - time)))
    cell = model["co2"][step].sel(
        latitude=float(dataset.latitude[row]),
        longitude=float(dataset.longitude[row]),
        method="nearest",
    )
    at = dataset["pressure_levels"].values[row].astype(np.float64)
    h = dataset["pressure_weight"].values[row].astype(np.float64)
    a = dataset["xco2_averaging_kernel"].values[row].astype(np.float64)
    prior = dataset["co2_profile_apriori"].values[row].astype(np.float64)
    x = projected(at, model.pressure.values / scale, cell.values.astype(np.float64))
    return prior @ h + np.sum(h * a * (x - prior)), h @ x


@pytest.mark.parametrize(("ascending", "units"), [(True, "hPa"), (False, "hPa"), (True, "Pa")])
def test_the_column_is_that_of_independent_numpy(tmp_path, ascending, units):
    dataset = retrievals()
    data, cube = modelled(ascending, units)
    answer = model_columns(stored(tmp_path, dataset), Request(), OPTIONS, Model(cube, "m"))
    assert answer.matched == COUNT
    for place, name in enumerate(answer.columns["sounding_id"].tolist()):
        seen, plain = expected(dataset, data, int(name[1:]), {"Pa": 100.0}.get(units, 1.0))
        assert answer.columns[SEEN][place] == pytest.approx(seen, rel=1e-10)
        assert answer.columns[PLAIN][place] == pytest.approx(plain, rel=1e-10)


def test_a_model_that_is_the_prior_gives_the_prior_column(tmp_path):
    dataset = retrievals()
    dataset["co2_profile_apriori"][:] = 400.0
    _, cube = modelled()
    for layout in cube.layouts.values():
        layout.arrays["co2"].values[:] = 400.0
    answer = model_columns(stored(tmp_path, dataset), Request(), OPTIONS, Model(cube, "m"))
    np.testing.assert_allclose(answer.columns[SEEN], 400.0, rtol=1e-6)


def test_kernels_come_by_name_only_and_descriptions_name_the_model(tmp_path):
    _, cube = modelled()
    store = stored(tmp_path, retrievals())
    answer = model_columns(store, Request(variables=("xco2",)), OPTIONS, Model(cube, "ct"))
    assert not set(NEEDED) & set(answer.columns)
    assert "ct" in answer.variables[SEEN].en
    named = Request(variables=("xco2", "pressure_weight"))
    assert "pressure_weight" in model_columns(store, named, OPTIONS, Model(cube, "ct")).columns


def test_soundings_outside_the_model_have_no_column_unless_the_nearest_step_is_taken(tmp_path):
    dataset = retrievals()
    dataset["time"] = ("sounding", np.full(COUNT, np.datetime64("2030-01-01", "ns")))
    _, cube = modelled()
    store = stored(tmp_path, dataset)
    answer = model_columns(store, Request(), OPTIONS, Model(cube, "m"))
    assert np.isnan(answer.columns[SEEN]).all()
    close = model_columns(store, Request(), OPTIONS, Model(cube, "m", nearest=True))
    assert np.isfinite(close.columns[SEEN]).all()


def test_levels_below_the_models_surface_are_left_out(tmp_path):
    data, cube = modelled()
    for layout in cube.layouts.values():
        layout.arrays["co2"].values[:, 0] = np.nan
    dataset = retrievals()
    answer = model_columns(stored(tmp_path, dataset), Request(), OPTIONS, Model(cube, "m"))
    thin = data.isel(pressure=slice(1, None))
    finite = np.isfinite(answer.columns[SEEN])
    assert finite.any()
    for place in np.flatnonzero(finite).tolist():
        row = int(answer.columns["sounding_id"][place][1:])
        seen, _ = expected(dataset, thin, row)
        assert answer.columns[SEEN][place] == pytest.approx(seen, rel=1e-10)


def test_a_model_that_covers_too_little_of_the_pressures_gives_no_column(tmp_path):
    _, cube = modelled(pressure=np.array([700.0, 500.0, 300.0]))
    answer = model_columns(stored(tmp_path, retrievals()), Request(), OPTIONS, Model(cube, "m"))
    assert np.isnan(answer.columns[SEEN]).all()


def test_weights_that_are_not_normalised_give_no_column(tmp_path):
    dataset = retrievals()
    dataset["pressure_weight"][3] = 0.2
    _, cube = modelled()
    answer = model_columns(stored(tmp_path, dataset), Request(), OPTIONS, Model(cube, "m"))
    bad = answer.columns["sounding_id"] == "s003"
    assert np.isnan(answer.columns[SEEN]).tolist() == bad.tolist()


def test_a_collection_without_kernels_is_refused(tmp_path, kept):
    store, _ = kept()
    _, cube = modelled()
    with pytest.raises(InvalidValueError, match="pressure_levels"):
        model_columns(store, Request(), OPTIONS, Model(cube, "m"))


@pytest.mark.parametrize(
    ("more", "word"), [({"name": "xco2"}, "co2; it holds xco2"), ({"units": "m"}, "pressure")]
)
def test_a_model_without_co2_on_pressures_is_refused(tmp_path, more, word):
    _, cube = modelled(**more)
    with pytest.raises(InvalidValueError, match=word):
        model_columns(stored(tmp_path, retrievals()), Request(), OPTIONS, Model(cube, "m"))


def test_a_model_without_levels_is_refused(tmp_path):
    data, _ = modelled()
    flat = memory_cube(data.isel(pressure=0, drop=True))
    with pytest.raises(InvalidValueError, match="levels of pressure"):
        model_columns(stored(tmp_path, retrievals()), Request(), OPTIONS, Model(flat, "m"))


def test_no_sounding_is_nothing_and_too_many_are_refused(tmp_path):
    _, cube = modelled()
    store = stored(tmp_path, retrievals())
    nowhere = Request(Box(Bounds(0, 89.5, 1, 89.9)))
    assert model_columns(store, nowhere, OPTIONS, Model(cube, "m")) is None
    small = Options(OPTIONS.origin, (), 5000.0, 60 * 4)
    with pytest.raises(TooLargeError):
        model_columns(store, Request(Everywhere()), small, Model(cube, "m"))


def test_a_model_of_many_levels_is_refused_before_a_sounding_is_read(tmp_path, monkeypatch):
    _, cube = modelled(pressure=np.linspace(1000, 1, 100))
    store = stored(tmp_path, retrievals())
    monkeypatch.setattr(module, "soundings", None)
    small = Options(OPTIONS.origin, (), 5000.0, COUNT * 100 - 1)
    with pytest.raises(TooLargeError, match="6,000 cells of the model; the limit is 5,999"):
        model_columns(store, Request(), small, Model(cube, "m"))


@pytest.mark.parametrize("layout", ["map", "series"])
def test_soundings_scattered_over_much_of_a_model_are_refused_before_it_is_read(
    tmp_path, monkeypatch, layout
):
    """The values to be read are those of every chunk that holds a sounding, on every level."""
    dataset = retrievals()
    data, cube = modelled()
    sizes = {"map": {"t": 1, "z": 1}, "series": {"y": 4, "x": 4}}
    layouts = memory_cube(data, **{name: sizes[name] if name == layout else {} for name in sizes})
    for one in layouts.layouts.values():
        one.axes["z"] = cube.axes["z"]
    cube = layouts
    rows = (np.floor(dataset.latitude.values + 90) // 10).astype(int)
    columns = (np.floor(dataset.longitude.values + 180) // 10).astype(int)
    times = dataset.time.values.astype("datetime64[ns]").astype(np.int64)
    steps = np.abs(times[:, None] - TIMES.astype(np.int64)).argmin(axis=1)
    if layout == "map":
        expected_values = len(set(steps.tolist())) * data["co2"][0].size
    else:
        blocks = set(zip((rows // 4).tolist(), (columns // 4).tolist(), strict=True))
        expected_values = len(blocks) * TIMES.size * PRESSURE.size * 16
    monkeypatch.setattr(module, "_READ", 1)
    monkeypatch.setattr(module, "gather", None)
    limits = Options(OPTIONS.origin, (), 5000.0, expected_values - 1)
    store = stored(tmp_path, dataset)
    words = f"{expected_values:,} values of the model to be read; the limit is"
    with pytest.raises(TooLargeError, match=words):
        model_columns(store, Request(), limits, Model(cube, "m"))
    monkeypatch.undo()
    monkeypatch.setattr(module, "_READ", 1)
    enough = Options(OPTIONS.origin, (), 5000.0, expected_values)
    assert model_columns(store, Request(), enough, Model(cube, "m")).matched == COUNT


@pytest.mark.parametrize("held", [1, 8, 56, 57, 479])
def test_columns_do_not_depend_on_how_many_soundings_are_held_at_once(tmp_path, monkeypatch, held):
    dataset = retrievals()
    dataset["time"][::7] = np.datetime64("2030-01-01", "ns")
    _, cube = modelled()
    store = stored(tmp_path, dataset)
    whole = model_columns(store, Request(), OPTIONS, Model(cube, "m"))
    monkeypatch.setattr(module, "_BLOCK", held)
    parts = model_columns(store, Request(), OPTIONS, Model(cube, "m"))
    assert np.isnan(whole.columns[SEEN]).sum() == 9
    for name in (SEEN, PLAIN):
        np.testing.assert_array_equal(parts.columns[name], whole.columns[name])


def test_soundings_of_one_level_have_no_column(tmp_path):
    dataset = retrievals().isel(level=slice(0, 1))
    dataset["pressure_weight"][:] = 1.0
    _, cube = modelled()
    answer = model_columns(stored(tmp_path, dataset), Request(), OPTIONS, Model(cube, "m"))
    assert np.isnan(answer.columns[SEEN]).all()
    assert np.isnan(answer.columns[PLAIN]).all()
