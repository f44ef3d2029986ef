"""Scenarios as data: facts, partners, a clock, and a customer's steps with what is expected of each.

docs/scenarios.md tells how one is written. Nothing here knows a single one of them.
"""

from mocks.scenario.load import Loaded, load, load_all, names
from mocks.scenario.tree import BadScenario

__all__ = ["BadScenario", "Loaded", "load", "load_all", "names"]
