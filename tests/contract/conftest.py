import os
from pathlib import Path

import pytest

from .facts import PUBLISHED


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the published files. Where it is absent the test is skipped, in continuous integration it fails."""
    if PUBLISHED.is_dir():
        return PUBLISHED
    reason = "the published files do not lie in ../shared/published"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
