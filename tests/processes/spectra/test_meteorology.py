"""Weather of soundings, against NASA's retrievals of genuine ones and files made here."""

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError
from casa_processes.radiative_transfer.air import layers
from casa_processes.spectra.meteorology import open_meteorology
from tests.nasa import CASES, case
from tests.processes.spectra.files import without, write

GENUINE = {
    "karlsruhe": "oco2_case/oco2_ECMWFTG_01576a_141018_B5000x4_150210001017s_spliced.h5",
    "park_falls": "gosat_case/acos_EcmB2900_tccon_5_good_qual.h5",
    "lamont": "gosat_case/acos_EcmB2900_tccon_5_good_qual.h5",
}
PLACES = {"karlsruhe": None, "park_falls": 1, "lamont": 4}
GLINT = "oco2_case/oco2_L2MetGL_05297a_150701_Bxxxx_170127155155d_spliced.h5"
LEVELS = 5


def oco_weather():
    """Return arrays of L2Met of OCO-2 by name."""
    rng = np.random.default_rng(7)
    pressure = np.sort(rng.uniform(10, 1e5, (2, 3, LEVELS)), axis=2)
    return {
        "SoundingGeometry/sounding_id": np.arange(100, 106).reshape(2, 3),
        "Meteorology/vector_pressure_levels_met": pressure,
        "Meteorology/temperature_profile_met": rng.uniform(200, 300, pressure.shape),
        "Meteorology/specific_humidity_profile_met": rng.uniform(0, 0.02, pressure.shape),
        "Meteorology/surface_pressure_met": rng.uniform(9e4, 1e5, (2, 3)),
        "Meteorology/windspeed_u_met": rng.uniform(-9, 9, (2, 3)),
        "Meteorology/windspeed_v_met": rng.uniform(-9, 9, (2, 3)),
    }


def acos_weather():
    """Return arrays of the weather of GOSAT by name; all bands and polarisations differ."""
    rng = np.random.default_rng(8)
    pressure = np.sort(rng.uniform(10, 1e5, (4, 3, 2, LEVELS)), axis=3)
    return {
        "ecmwf/temperature_pressures": pressure,
        "ecmwf/temperature": rng.uniform(200, 300, pressure.shape),
        "ecmwf/specific_humidity": rng.uniform(0, 0.02, pressure.shape),
        "ecmwf/surface_pressure": rng.uniform(9e4, 1e5, (4, 3, 2)),
        "ecmwf/windspeed_u": rng.uniform(-9, 9, (4, 3, 2)),
        "ecmwf/windspeed_v": rng.uniform(-9, 9, (4, 3, 2)),
    }


@pytest.mark.realdata
@pytest.mark.parametrize("name", CASES)
def test_weather_of_genuine_soundings_is_what_nasa_used(realdata, name):
    nasa = case(realdata, name)
    found = open_meteorology(realdata / GENUINE[name]).weather(nasa.sounding, PLACES[name])
    expected = nasa.weather
    assert found.surface_pressure == pytest.approx(expected.surface_pressure, rel=1e-6)
    assert found.profile.pressure == pytest.approx(expected.profile.pressure, rel=1e-6)
    assert found.profile.temperature == pytest.approx(expected.profile.temperature, rel=1e-6)
    assert found.profile.humidity == pytest.approx(expected.profile.humidity, rel=1e-6)
    if name == "karlsruhe":
        assert found.wind_east == pytest.approx(expected.wind_east, rel=1e-6)
        assert found.wind_north == pytest.approx(expected.wind_north, rel=1e-6)


@pytest.mark.realdata
@pytest.mark.parametrize("name", CASES)
def test_columns_of_genuine_weather_are_nasas(realdata, name):
    nasa = case(realdata, name)
    found = open_meteorology(realdata / GENUINE[name]).weather(nasa.sounding, PLACES[name])
    air = layers(
        nasa.results["vector_pressure_levels"] / 100,
        found.profile,
        nasa.sounding.latitude,
        nasa.sounding.altitude,
        float(nasa.results["temperature_offset_fph"]),
        float(nasa.results["h2o_scale_factor"]),
    )
    dry = nasa.results["retrieved_dry_air_column_layer_thickness"] / 1e4
    assert air.dry_air == pytest.approx(dry, rel=2e-3)
    assert air.dry_air.sum() == pytest.approx(dry.sum(), rel=5e-4)


@pytest.mark.realdata
def test_weather_of_a_genuine_glint_orbit_is_that_of_its_file(realdata):
    path = realdata / GLINT
    if not path.is_file():
        pytest.skip(f"no genuine weather {path}")
    with h5py.File(path) as file:
        identifiers = file["SoundingGeometry/sounding_id"][0]
        surface = file["Meteorology/surface_pressure_met"][0]
        lowest = file["Meteorology/temperature_profile_met"][0, :, -1]
    weather = open_meteorology(path)
    for number, identifier in enumerate(identifiers.tolist()):
        found = weather.weather(str(identifier))
        assert found.surface_pressure == pytest.approx(surface[number] / 100)
        assert found.profile.temperature[-1] == pytest.approx(lowest[number])
        assert found.profile.pressure.size == 72


def test_units_and_order_of_oco_are_ours(tmp_path):
    arrays = oco_weather()
    found = open_meteorology(write(tmp_path / "met.h5", arrays)).weather("104")
    group = {name.split("/")[1]: values for name, values in arrays.items()}
    assert found.profile.pressure == pytest.approx(group["vector_pressure_levels_met"][1, 1] / 100)
    assert np.array_equal(found.profile.temperature, group["temperature_profile_met"][1, 1])
    assert np.array_equal(found.profile.humidity, group["specific_humidity_profile_met"][1, 1])
    assert found.surface_pressure == pytest.approx(group["surface_pressure_met"][1, 1] / 100)
    assert found.wind_east == group["windspeed_u_met"][1, 1]
    assert found.wind_north == group["windspeed_v_met"][1, 1]


def test_profiles_from_the_surface_up_are_turned(tmp_path):
    arrays = oco_weather()
    expected = open_meteorology(write(tmp_path / "down.h5", arrays)).weather("100").profile
    for name in ("vector_pressure_levels", "temperature_profile", "specific_humidity_profile"):
        arrays[f"Meteorology/{name}_met"] = arrays[f"Meteorology/{name}_met"][..., ::-1]
    found = open_meteorology(write(tmp_path / "up.h5", arrays)).weather("100").profile
    for name in ("pressure", "temperature", "humidity"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_weather_of_gosat_is_that_of_the_first_band(tmp_path):
    arrays = acos_weather()
    found = open_meteorology(write(tmp_path / "ecm.h5", arrays)).weather("any", 2)
    assert np.array_equal(found.profile.temperature, arrays["ecmwf/temperature"][2, 0, 0])
    surface = arrays["ecmwf/surface_pressure"][2, 0, 0]
    assert found.surface_pressure == pytest.approx(surface / 100)


def test_humidity_a_little_below_zero_is_zero(tmp_path):
    arrays = oco_weather()
    arrays["Meteorology/specific_humidity_profile_met"][0, 0, 0] = -1e-7
    found = open_meteorology(write(tmp_path / "met.h5", arrays)).weather("100")
    assert found.profile.humidity[0] == 0.0


@pytest.mark.parametrize("name", list(oco_weather()))
def test_a_file_without_an_array_is_refused_by_its_name(tmp_path, name):
    path = write(tmp_path / "met.h5", without(oco_weather(), name))
    with pytest.raises(FileContentError, match=rf"met\.h5: .*{name}.*nothing"):
        open_meteorology(path)


@pytest.mark.parametrize("arrays", [oco_weather(), acos_weather()], ids=["oco", "acos"])
@pytest.mark.parametrize("number", range(1, 6))
def test_an_array_of_another_shape_is_refused(tmp_path, arrays, number):
    name = list(arrays)[number]
    path = write(tmp_path / "met.h5", {**arrays, name: arrays[name][:, :1]})
    with pytest.raises(FileContentError, match=r"met\.h5: .*shape"):
        open_meteorology(path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9])
def test_a_truncated_file_is_refused(tmp_path, share):
    path = write(tmp_path / "met.h5", oco_weather())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(FileContentError, match=r"met\.h5: "):
        open_meteorology(path)


def test_a_sounding_that_is_not_there_is_refused(tmp_path):
    weather = open_meteorology(write(tmp_path / "met.h5", oco_weather()))
    with pytest.raises(UnknownNameError, match="999"):
        weather.weather("999")
    weather = open_meteorology(write(tmp_path / "ecm.h5", acos_weather()))
    for index in (None, -1, 4):
        with pytest.raises(InvalidValueError, match="its place among the 4"):
            weather.weather("999", index)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("temperature_profile", np.nan, "profile"),
        ("temperature_profile", -999_999.0, "profile"),
        ("vector_pressure_levels", 0.0, "pressure"),
        ("specific_humidity_profile", -0.1, "humidity"),
        ("surface_pressure", -999_999.0, "surface_pressure"),
        ("surface_pressure", 1000.0, "surface_pressure"),
    ],
)
def test_one_sounding_without_weather_does_not_stop_the_others(tmp_path, name, value, said):
    arrays = oco_weather()
    arrays[f"Meteorology/{name}_met"][1, 2, ...] = value
    weather = open_meteorology(write(tmp_path / "met.h5", arrays))
    with pytest.raises(InvalidValueError, match=f"weather of sounding 105: .*{said}"):
        weather.weather("105")
    assert weather.weather("104").surface_pressure > 300
