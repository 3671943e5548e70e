# %% [markdown]
# # Fluorescence from spectra
#
# Plants give back a little of the light that they take in. Seen from orbit it is a hundredth of
# what the ground reflects, and it is found because it fills the dark lines of sunlight. This page
# lets the process *Fluorescence from spectra* look for it in a track that is simulated: eight
# footprints fly from a forest over a desert and a sea to fields. Start the service with
# `make serve`, then run the page's script, `docs/tutorials/sif-from-spectra.py`; every line of it
# is run by a test. For files of genuine spectra see
# [Retrieve fluorescence](../how-to/retrieve-sif.md).

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
# What reflected light looks like is learned from soundings without vegetation, those over the
# desert, footprint by footprint.

# %%
inputs = {"l1b": "synthetic", "simulated": 8000, "grid": {"resolution": 2.0}}
job = client.submit("sif-retrieval", inputs, title="A track, simulated")
results = job.wait().results()
print(results["classes"])
for window, trained in results["trained"].items():
    print(window, trained["spectra"], "spectra,", trained["vectors"], "vectors")

# %% [markdown]
# Nothing was measured here; the process says so in its answer and in the title of its file.
#
# ## Look at one sounding
#
# The pictures are results like any other.

# %%
for name in ("fit", "vectors", "errors", "map"):
    print(results[name].save(folder / f"sif-{name}.png").name)

# %% [markdown]
# ![Measured and fitted spectrum in two windows, and their difference](img/sif-fit.png)
#
# The lines are those of the Sun. What is left between measurement and fit is as large as the noise.
# How many singular vectors the fit takes is chosen by an information criterion.
#
# ![Singular vectors, and by what their number was chosen](img/sif-vectors.png)
#
# ## Compare with the truth
#
# All soundings are in a file of netCDF. Of a simulation it tells the truth as well. One sounding
# says little: its uncertainty is as large as a third of what a forest gives. Values below zero are
# noise about zero, and means without them would be too high.

# %%
soundings = job.dataset("soundings")
good = soundings.isel(sounding=soundings["quality_flag"] == 0)
error = good["sif_740"] - good["sif_740_true"]
expected = good["sif_740_uncertainty"].mean().item()
print(f"{good.sizes['sounding']} of {soundings.sizes['sounding']} soundings are good")
print(f"scatter of the error {error.std().item():.2f}, told {expected:.2f}")
print(f"mean error {error.mean().item():+.3f}")
print(f"{(good['sif_740'] < 0).mean().item():.0%} are below zero")

# %% [markdown]
# Means of many soundings say more. The zero level, what is found over the desert, is subtracted
# before; its own error stays in all soundings of a footprint, so that means get no better than it.

# %%
belts = np.arange(0.0, 61.0, 2.0)
where = np.digitize(good["latitude"], belts) - 1
middle = 0.5 * (belts[1:] + belts[:-1])
means = {
    name: np.array([good[name].values[where == k].mean() for k in range(middle.size)])
    for name in ("sif_740", "sif_740_true")
}
figure = Figure(figsize=(8, 4), layout="constrained")
axes = figure.subplots()
axes.plot(good["latitude"], good["sif_740"], ".", ms=1, color="#9fb8cc", label="each sounding")
axes.plot(middle, means["sif_740"], "o", ms=4, color="#1f6fb4", label="mean of 2 degrees")
axes.plot(middle, means["sif_740_true"], color="#c8442b", lw=1, label="true mean")
axes.set_xlabel("latitude / degree")
axes.set_ylabel("SIF at 740 nm / W m$^{-2}$ sr$^{-1}$ µm$^{-1}$")
axes.legend(frameon=False)
figure.savefig(folder / "sif-belts.png", dpi=110)
print(f"largest error of a belt {np.abs(means['sif_740'] - means['sif_740_true']).max():.2f}")

# %% [markdown]
# ![Fluorescence over latitude: each sounding, means and the truth](img/sif-belts.png)
#
# ## Compare missions, and fluorescence with production
#
# The process *Soundings on a grid* averages a collection or a file over cells and steps. With
# `against` it compares the means with those of another mission, or with another quantity such as
# the gross primary production of a model, in cells and steps that both have. The word *synthetic*
# stands for soundings that are simulated here as well.

# %%
compare = {"soundings": "synthetic", "against": "synthetic", "time_step": "P8D", "resolution": 1.0}
missions = client.submit("sif-gridding", compare, title="Two missions").wait().results()
print("pairs", missions["comparison"]["pairs"])
print("differ by", round(missions["comparison"]["rms_difference"], 3))
print("expected ", round(missions["comparison"]["expected_difference"], 3))
missions["scatter"].save(folder / "sif-missions.png")

more = {**compare, "against_variable": "gross_primary_production"}
plants = client.submit("sif-gridding", more, title="Production").wait().results()
print("correlation", round(plants["comparison"]["correlation"], 2))
plants["scatter"].save(folder / "sif-production.png")

# %% [markdown]
# ![Means of one mission over those of another](img/sif-missions.png)
#
# To make a collection of a result, add `response="collection"` to `submit`: maps, features and EDR
# follow, see [Publish a result](../how-to/publish-a-result.md). What was simulated is called
# synthetic, whatever title it is given.

# %%
client.close()
