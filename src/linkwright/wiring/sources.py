"""Time and ids, as everything is given them."""

from datetime import UTC, datetime

import uuid_utils


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """Ids that sort by the time of their making."""
    return str(uuid_utils.uuid7())
