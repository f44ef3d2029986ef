"""The published examples of the design core and their judge, where they lie beside the repository."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CORE = Path(__file__).resolve().parents[3] / "shared" / "core"
EXAMPLES = CORE / "examples"


def need_core() -> None:
    """Where the folder is absent the test is skipped, with REQUIRE_PUBLISHED=1 it fails."""
    if CORE.is_dir():
        return
    reason = "the examples of the design core do not lie in ../shared/core"
    if os.environ.get("REQUIRE_PUBLISHED") == "1":
        pytest.fail(f"REQUIRE_PUBLISHED=1, but {reason}")
    pytest.skip(reason)


def the_judge() -> ModuleType:
    """`check.py` of the examples, which shares no code with us."""
    spec = importlib.util.spec_from_file_location("judge_of_designs", CORE / "check.py")
    assert spec is not None
    assert spec.loader is not None
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    return judge


def expected() -> dict[str, Any]:
    """By name of the example what is proved about it; nothing where the folder is absent."""
    file = EXAMPLES / "expected.json"
    answers: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
    return answers
