"""How dbos' workflows are named after the pieces of work that they carry out."""

import uuid_utils

from linkwright.engine.sweep import Piece

WORKFLOW = "advance"


def partition_of(piece: Piece) -> str:
    """Of one partition only one workflow runs at a time."""
    return ":".join(piece)


def new_workflow_id(piece: Piece) -> str:
    return f"{WORKFLOW}:{partition_of(piece)}:{uuid_utils.uuid7()}"


def piece_of(workflow_id: str) -> Piece:
    """Kind and key from `advance:<kind>:<key>:<uuid7>`; a key may have colons, a kind has none."""
    kind, _, rest = workflow_id.removeprefix(f"{WORKFLOW}:").partition(":")
    return kind, rest.rpartition(":")[0]
