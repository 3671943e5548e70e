"""Kernel of the exchange of air between neighbours of a line."""
