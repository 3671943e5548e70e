"""Absorption of all gases in layers."""
