"""Linear systems of many points."""
