"""Light that is scattered more than once."""
