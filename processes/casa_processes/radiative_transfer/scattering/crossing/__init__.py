"""Light that crosses layers, and what it is worth."""
