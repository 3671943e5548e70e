"""Tracers side by side."""
