"""Readers: one module per mission product family, each mapping files to the common schema."""
