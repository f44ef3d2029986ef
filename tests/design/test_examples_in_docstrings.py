"""The examples in the docstrings of the design core are true."""

import doctest
import importlib
import pkgutil

import pytest

import linkwright.design

MODULES = sorted(found.name for found in pkgutil.walk_packages(linkwright.design.__path__, "linkwright.design."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true_in(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_at_all() -> None:
    modules = map(importlib.import_module, MODULES)
    assert sum(len(found.examples) for module in modules for found in doctest.DocTestFinder().find(module)) > 5
