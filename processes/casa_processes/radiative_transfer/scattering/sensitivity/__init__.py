"""Derivatives of the accurate solver."""
