# %% [markdown]
# # Jobs in Python
#
# What would a satellite report of a steep profile of CO2 over China? This page asks the process
# *smoothed column*, as a job. Start the service with `make serve`, then run the page's script,
# `docs/tutorials/jobs-in-python.py`; every line of it is run by a test. Editors that know cells
# open it as a notebook.

# %%
import os

import numpy as np

from casa_ogc.client import Client, InvalidRequestError

client = Client(os.environ.get("CASA_URL", "http://127.0.0.1:5000"))
for process in client.processes():
    print(f"{process.id:20} {process.title}")

# %% [markdown]
# A process describes its inputs with JSON schemas, and brings an example that can be run as it is.

# %%
process = client.process("smoothed-column")
for name, about in process.inputs.items():
    print(f"{name:20} {about['description'][:70]}")
print(client.execute(process.id, process.content["example"]["inputs"])["smoothed_column"])

# %% [markdown]
# ## Submit and wait
#
# The profile falls from 430 ppm at the ground to 400 ppm at the top; the soundings are those of the
# demonstration archive. `submit` returns at once. The job is on record then: this script, the
# connection, even the server may end, and the job goes on.

# %%
inputs = {
    "profile": np.array([430.0, 400.0]),
    "profile_pressure": [1020.0, 0.01],
    "collection": "synthetic-oco2-xco2",
    "bbox": [73.0, 18.0, 135.0, 54.0],
    "limit": 200,
}
job = client.submit("smoothed-column", inputs, title="A steep profile", labels=["tutorial"])
print(job.id)
results = job.wait().results()

# %% [markdown]
# Where the retrieval is not sensitive to all of a change, what it reports lies between the truth
# and its prior.

# %%
reported = np.array(results["smoothed_column"], dtype=float)
true = np.array(results["true_column"], dtype=float)
print(f"{reported.size} of {results['matched']} soundings")
print(f"reported {reported.mean():.2f} ppm, true {true.mean():.2f} ppm")
print(results["source"])

# %% [markdown]
# The same columns come as a netCDF file, which opens in xarray beside what was retrieved.

# %%
soundings = job.dataset("soundings")
print((soundings["xco2"] - soundings["xco2_smoothed"]).mean().item(), "ppm")

# %% [markdown]
# ## A result that others can use
#
# Asked for as a collection, the result is in the catalogue as soon as the job is over: it has maps,
# features and coverages like any other product, the licence of what went in, and its provenance.

# %%
published = client.submit(
    "smoothed-column", inputs, response="collection", title="What a steep profile looks like"
).wait()
collection = published.collection()
print(collection.id, collection.title)
north = collection.dataset(bbox=(73, 36, 135, 54), properties=["xco2_smoothed"])
print(north.sizes["sounding"], "soundings north of 36 degrees")

# %% [markdown]
# ## Come back tomorrow
#
# The id of the job is enough.

# %%
again = client.job(job.id)
status = again.status()
print(status.state, status.created, status.finished)
assert again.results()["smoothed_column"] == results["smoothed_column"]

# %% [markdown]
# ## What is wrong is said before anything runs

# %%
try:
    client.submit("smoothed-column", {"profile": "prior", "collection": "nothing", "limit": 0})
except InvalidRequestError as error:
    for pointer, reason in error.problems:
        print(pointer, reason)

# %% [markdown]
# ## Data as xarray
#
# Any collection of the server can be opened, or a window of it.

# %%
daily = client.collection("synthetic-xco2-daily").dataset(
    bbox=(73, 18, 135, 54), datetime=("2023-01-01", "2023-01-03")
)
print(daily["xco2"].mean("time"))
client.close()
