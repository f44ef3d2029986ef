"""Money, risk and what may go ahead because of them. Pure, and beside the core: it knows figures, not designs."""
