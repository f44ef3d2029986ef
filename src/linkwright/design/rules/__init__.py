"""What one item asks, of its parts and of its legs."""
