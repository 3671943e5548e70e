"""Retrieval of the column of carbon dioxide (in work: not a process yet)."""
