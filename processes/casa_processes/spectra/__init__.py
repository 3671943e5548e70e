"""Measured spectra of reflected sunlight: one schema, whatever the instrument.

Shared by every retrieval.
"""
