# %% [markdown]
# # XCO2 from spectra
#
# A satellite measures sunlight that the Earth reflects. How much carbon dioxide did it meet? This
# page lets the process *XCO2 from spectra* answer that for a granule that is simulated: eight
# footprints fly across a plume over land. Start the service with `make serve`, then run the page's
# script, `docs/tutorials/xco2-from-spectra.py`; every line of it is run by a test. For files of
# genuine spectra see [Retrieve XCO2](../how-to/retrieve-xco2.md).

# %%
import os
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from matplotlib.figure import Figure

from casa_ogc.client import Client

client = Client(os.environ.get("CASA_URL", "http://127.0.0.1:5000"))
folder = Path(os.environ.get("CASA_PICTURES") or mkdtemp())

# %% [markdown]
# ## Retrieve
#
# Two of the eight footprints, twelve frames of each. The first job of a server builds tables of
# cross-sections and compiles its kernels; later ones find them.

# %%
inputs = {"l1b": "synthetic", "footprints": [2, 6], "max_soundings": 24}
job = client.submit("xco2-retrieval", inputs, title="A plume, simulated")
results = job.wait().results()
print(results["outcomes"], results["failed_tests"])
print(results["source"])

# %% [markdown]
# Nothing was measured here, and the lines are built-in ones: the process says so in its answer, in
# the title of its file, and with a bit of every sounding. `science_quality` says no.
#
# ## Look at one sounding
#
# The pictures are results like any other.

# %%
for name in ("fit", "profile", "map", "dependence"):
    print(results[name].save(folder / f"xco2-{name}.png").name)

# %% [markdown]
# ![Measured and fitted spectra of three bands, and their difference](img/xco2-fit.png)
#
# The fit: what is left between measurement and model is as large as the noise. The picture of the
# profile shows what the column knows of each level (its averaging kernel), and what the spectrum
# changed of what was expected.
#
# ![Averaging kernel, and profile before and after](img/xco2-profile.png)
#
# The last one shows what columns are off by, over what may be the cause: of simulated spectra the
# truth is known. Red are medians, with the middle two thirds of soundings around them.
#
# ![Retrieved less true column over albedo, optical depth, solar zenith](img/xco2-dependence.png)
#
# ## Compare with the truth
#
# All soundings are in a file of netCDF: XCO2 with the parts of its error, kernel, profile, and the
# tests of quality. Of a simulation the file tells the truth as well.

# %%
soundings = job.dataset("soundings")
good = soundings.isel(sounding=soundings["quality_flag"] == 0)
error = good["xco2"] - good["xco2_true"]
print(f"{good.sizes['sounding']} of {soundings.sizes['sounding']} soundings are good")
print(f"mean error {error.mean().item():+.2f} ppm, scatter {error.std().item():.2f} ppm")
print(f"expected from each sounding: {good['xco2_uncertainty'].mean().item():.2f} ppm")

# %%
figure = Figure(figsize=(8, 4), layout="constrained")
axes = figure.subplots()
for number, colour in ((2, "#1f6fb4"), (6, "#c8442b")):
    one = good.isel(sounding=good["footprint"] == number)
    axes.errorbar(
        one["latitude"], one["xco2"], one["xco2_uncertainty"], fmt="o", ms=4, color=colour,
        label=f"footprint {number}, retrieved",
    )  # fmt: skip
    axes.plot(one["latitude"], one["xco2_true"], color=colour, lw=1, label="true")
axes.set_xlabel("latitude / degree")
axes.set_ylabel("XCO$_2$ / ppm")
axes.legend(frameon=False, ncols=2)
figure.savefig(folder / "xco2-plume.png", dpi=110)

# %% [markdown]
# ![XCO2 along the track, retrieved and true](img/xco2-plume.png)
#
# ## Smooth before comparing
#
# The retrieval does not see all of a change, and the prior stands for what it does not see. So a
# profile of a model has to be smoothed with the kernel before the two are compared; the process
# *smoothed column* does that for a whole collection. In the file, levels run from the surface
# upwards.

# %%
weight, kernel = good["pressure_weight"].values, good["xco2_averaging_kernel"].values
seen = np.sum(weight * kernel, axis=1)
print(f"1 ppm more at all levels is seen as {seen.mean():.2f} ppm")
print(
    f"at the surface the kernel is {kernel[:, 0].mean():.2f}, at the top {kernel[:, -1].mean():.2f}"
)

# %% [markdown]
# ## Publish
#
# `response="collection"` makes the soundings a collection: maps, features, EDR. It is called
# synthetic, whatever title it is given.

# %%
published = client.submit(
    "xco2-retrieval",
    {**inputs, "max_soundings": 6, "plots": False},
    response="collection",
    title="A plume",
).wait()
collection = published.collection()
north = collection.dataset(bbox=(116, 31.03, 118, 32), properties=["xco2"])
print(collection.title, north.sizes["sounding"], "soundings north of 31.03 degrees")
client.close()
