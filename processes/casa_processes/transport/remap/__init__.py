"""Kernel of columns that are summed over other layers."""
