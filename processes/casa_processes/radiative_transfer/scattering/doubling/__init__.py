"""Slabs that are laid on their like."""
