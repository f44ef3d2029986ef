"""Why not, and what would make it possible."""
