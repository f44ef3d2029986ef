"""Paths, and several of them at once, in order of price."""
