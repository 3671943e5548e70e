"""Encoders: an answer as bytes in the format that the client asked for."""
