"""Small servers that stand for the systems around linkwright: `python -m mocks` starts them all.

Nothing here imports linkwright: a fault that both sides share would prove nothing.
"""
