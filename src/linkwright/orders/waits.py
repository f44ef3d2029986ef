"""What items stand still for, and what was decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from linkwright.business.limits import Excess

Approval = Literal["business", "engineering"]
WaitKind = Literal["business", "engineering", "fallout", "information", "partner", "undo"]
Verdict = Literal["approved", "refused", "retried", "done", "failed", "confirmed"]
APPROVALS: tuple[Approval, ...] = get_args(Approval)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Items that stand still until somebody decides, or until `until`.

    `task` is the key of the one that failed, by which a partner asks for something (`partner`), or that cannot be taken
    back (`undo`): nothing stands still for that, since its items are over or being cancelled. `heard` are the notes of
    the requester that the partner who asks need not be told any more; None: that is not known.
    """

    kind: WaitKind
    items: tuple[str, ...]
    since: datetime
    text: str
    until: datetime | None = None
    task: str | None = None
    beyond: tuple[Excess, ...] = ()
    heard: tuple[str, ...] | None = None

    @property
    def state(self) -> Literal["pending", "held"]:
        """Pending waits for the requester, held for us."""
        return "pending" if self.kind in ("information", "partner") else "held"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decided what, when and why; `beyond` is what he let pass, `task` the key of what he settled (`undo`).

    `parameters` were allocated by hand to the item that he settled (`fallout`).
    """

    kind: WaitKind
    items: tuple[str, ...]
    verdict: Verdict
    by: str
    at: datetime
    reason: str = ""
    beyond: tuple[Excess, ...] = ()
    task: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A note of ours on an order, of somebody who decided, or of a partner who asks."""

    id: str
    author: str
    at: datetime
    text: str
