"""The choice across items with a proved bound."""
