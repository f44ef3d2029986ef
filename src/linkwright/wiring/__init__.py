"""Builds every object once and hands it down: the only room that knows all others, and the only thing it does."""
