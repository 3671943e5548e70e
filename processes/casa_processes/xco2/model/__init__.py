"""Physics and numerics of the retrieval: states, priors, forward model, search, report."""

from casa_processes.xco2.model.options import Layer, Options, Sigmas
from casa_processes.xco2.model.physics import Physics
from casa_processes.xco2.model.retrieval import retrieve

__all__ = ["Layer", "Options", "Physics", "Sigmas", "retrieve"]
