"""Skeletons of new readers, products and processes."""
