"""Other designs than the cheapest."""
