import os
from pathlib import Path

import pytest

from .facts import PUBLISHED


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the published files. Where it is absent the test is skipped, with REQUIRE_PUBLISHED=1 it fails.

    What needs no sentence of these files is compared with the stored tables instead, and is never skipped.
    """
    if PUBLISHED.is_dir():
        return PUBLISHED
    reason = "the published files do not lie in ../shared/published"
    if os.environ.get("REQUIRE_PUBLISHED") == "1":
        pytest.fail(f"REQUIRE_PUBLISHED=1, but {reason}")
    pytest.skip(reason)
