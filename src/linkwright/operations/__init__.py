"""Skills, support and service quality. Pure, and beside the core: it knows figures, not designs."""
