"""Physics and numerics of the retrieval of fluorescence: training, fits, zero level, flags."""

from casa_processes.sif_retrieval.model.daily import daily_factor, sif_740
from casa_processes.sif_retrieval.model.fitting import fit
from casa_processes.sif_retrieval.model.physical import Motion, physical
from casa_processes.sif_retrieval.model.quality import Quality, quality
from casa_processes.sif_retrieval.model.sunlight import Sunlight
from casa_processes.sif_retrieval.model.trained import Training, ZeroLevel
from casa_processes.sif_retrieval.model.training import reference, train
from casa_processes.sif_retrieval.model.types import (
    Block,
    Method,
    Options,
    Outcome,
    Scenes,
    Surface,
    Window,
    WindowResult,
)
from casa_processes.sif_retrieval.model.window import window_of
from casa_processes.sif_retrieval.model.zero_level import corrected, zero_level

__all__ = [
    "Block",
    "Method",
    "Motion",
    "Options",
    "Outcome",
    "Quality",
    "Scenes",
    "Sunlight",
    "Surface",
    "Training",
    "Window",
    "WindowResult",
    "ZeroLevel",
    "corrected",
    "daily_factor",
    "fit",
    "physical",
    "quality",
    "reference",
    "sif_740",
    "train",
    "window_of",
    "zero_level",
]
