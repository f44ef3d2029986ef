"""The examples in the docstrings of the design core are true."""

import doctest
import importlib
import pkgutil

import pytest

import linkwright.design

MODULES = sorted(module.name for module in pkgutil.iter_modules(linkwright.design.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true_in(name: str) -> None:
    module = importlib.import_module(f"linkwright.design.{name}")
    assert doctest.testmod(module).failed == 0


def test_there_are_examples_at_all() -> None:
    modules = [importlib.import_module(f"linkwright.design.{name}") for name in MODULES]
    assert sum(len(found.examples) for module in modules for found in doctest.DocTestFinder().find(module)) > 5
