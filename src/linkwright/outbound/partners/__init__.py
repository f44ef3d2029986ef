"""Partners: the standard way to ask them, and a file for each one that truly deviates from it."""
