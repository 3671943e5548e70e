"""Synthetic demonstration products: small, deterministic, and plainly labelled as simulated."""
