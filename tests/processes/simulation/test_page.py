"""The page about the synthetic world gives the figures that the code has, and commands that run."""

import json
import subprocess
import sys

import numpy as np
import pytest

from casa_processes.simulate_observations import MOST_SPECTRA
from casa_processes.simulation import (
    biosphere,
    emissions,
    fires,
    fluorescence,
    fossil,
    geography,
    network,
    ocean,
    prior,
    spectra,
    start,
)
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.circulation import WAVES
from casa_processes.simulation.sampling import instrument
from casa_processes.simulation.sif_soundings import NOISE
from casa_processes.simulation.spectra import COLOURS
from casa_processes.simulation.stations import STATIONS
from casa_processes.simulation.world import STANDARD, World
from tests.house.checkout import ROOT

PAGE = (ROOT / "docs" / "science" / "synthetic-world.md").read_text(encoding="utf-8")


def kilobytes(name):
    return (ROOT / "processes" / "casa_processes" / "simulation" / name).stat().st_size / 1000


@pytest.mark.parametrize(
    "figure",
    [
        f"| fossil | {fossil.TOTAL / 1000:.2f} | {len(fossil.COUNTRIES)} nations",
        f"around {len(fossil._HUBS)} hubs",
        f"ships and aircraft {fossil.BUNKERS / 1000:.2f}",
        f"| biosphere | −{biosphere.SINK:.2f} − regrowth",
        f"production {biosphere.LIFE.production:.0f}",
        f"Q10 {biosphere.LIFE.q10}",
        f"| ocean | −{ocean.UPTAKE:.2f} |",
        f"| fire | {fires.TOTAL:.2f} |",
        f"{100 * biosphere.REGROWTH:.0f} % of it grows again",
        f"They add up to {start.NET:.2f} PgC",
        f"which is {start.growth(World(STANDARD)):.2f} ppm",
        f"{start.LEVEL} ppm on the first of January {start.LEVEL_YEAR}",
        f"of {len(geography.geography().names)} units ({kilobytes('countries.npz'):.1f} kB)",
        f"`start.npz`, {kilobytes('start.npz'):.0f} kB",
        *(f"| `{g}` | {x} × {y} × {z} | {n} |" for g, (x, y, z, n) in GRIDS.items()),
    ],
)
def test_a_figure_of_the_page_is_that_of_the_code(figure):
    assert figure in PAGE.replace("\n", " ")


def test_the_page_tells_where_cape_grim_is_sampled():
    south, east = next(each.origin for each in STATIONS if each.code == "CGO")
    assert f"{-south:.0f} south and {east:.0f} east" in PAGE.replace("\n  ", " ")


def test_the_page_counts_the_waves_that_travel():
    assert "ten waves" in PAGE
    assert len(WAVES) == 10
    speeds = np.array([wave.speed for wave in WAVES])
    assert (speeds > 0).sum() == 5
    assert (speeds < 0).sum() == 2
    assert speeds.max() == 10
    assert speeds[speeds > 0].min() == 6


def test_the_raster_is_made_by_the_command_of_the_page(tmp_path):
    assert "python -m casa_processes.simulation.rasterise" in PAGE
    square = {"type": "Polygon", "arcs": [[0]], "properties": {"name": "Square"}}
    atlas = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[0, 0], [3, 0], [0, 3], [-3, 0], [0, -3]]],
        "objects": {"countries": {"geometries": [square]}},
    }
    (tmp_path / "atlas.json").write_text(json.dumps(atlas))
    command = [sys.executable, "-m", "casa_processes.simulation.rasterise"]
    subprocess.run([*command, "atlas.json", "made.npz"], cwd=tmp_path, check=True)
    with np.load(tmp_path / "made.npz") as made:
        assert (made["country"] == 0).sum() == 9
        assert made["names"].tolist() == ["Square"]


@pytest.mark.parametrize(
    "figure",
    [
        f"at 740 nm is {fluorescence.SLOPE} W",
        *(
            f"| {instrument(name).title} | {', '.join(f'{each:.2f}' for each in noise.values())} "
            for name, noise in NOISE.items()
        ),
        f"of {MOST_SPECTRA} at most",
        f"({COLOURS['o2a']} of it in the O2 A band, {COLOURS['sco2']} in the strong band",
        f"with an error of {spectra.PRESSURE_ERROR:.0f} hPa",
        f"no season | {100 * prior.FOSSIL_ERROR:.0f} %",
        f"standard deviation of {prior.LAND_SPREAD} and is smooth over {prior.LAND_LENGTH:.0f} km",
        f"{100 * prior.LAND_ERROR:.0f} % of the season",
        f"{100 * prior.SINK_ERROR:.0f} % of yearly production, squared",
        f"({prior.OCEAN_LENGTH:.0f} km), no season | {100 * prior.OCEAN_ERROR:.0f} %",
        f"| fire | none | {100 * prior.FIRE_ERROR:.0f} % of yearly production",
        f"what {len(emissions.CODES)} nations",
        f"({100 * min(emissions.UNCERTAINTY):.0f} to {100 * max(emissions.UNCERTAINTY):.0f} %)",
        f"at {len(network.SITES)} places",
        f"with the Sun above {90 - network.SUN_LIMIT:.0f} degrees",
        f"noise is {network.NOISE} ppm",
    ],
)
def test_a_figure_about_what_is_measured_is_that_of_the_code(figure):
    assert figure in PAGE.replace("\n", " ")
