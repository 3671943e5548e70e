"""Layers laid on each other, in many directions."""
