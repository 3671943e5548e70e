"""Thin parts of layers: derivatives by their depths."""
