"""CASA OGC: the archive of space-based carbon observations and its OGC API services."""

__version__ = "0.1.0"
