"""A question of the BSS (check or query) and its life: accepted, in progress, done or terminated with error."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from linkwright.designs.answers import Answer
from linkwright.designs.requirement import Requirement
from linkwright.designs.so_far import SoFar
from linkwright.moves import TASK, refuse_illegal
from linkwright.posting import Post

Kind = Literal["check", "query"]
State = Literal["accepted", "inProgress", "done", "terminatedWithError"]
Happening = Literal["created", "attributeChanged", "stateChanged", "deleted", "informationRequired"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A stored check or query. `body` is the resource as the requester sent it, unknown attributes included.

    A query has exactly one requirement, its search criteria; its specification may be missing (then all are tried).
    `so_far` is what was told of a check's items before it has its answer.
    """

    id: str
    kind: Kind
    state: State
    requirements: tuple[Requirement, ...]
    asked_at: datetime
    requester: str
    body: Mapping[str, Any]
    version: int = 1
    wants_alternatives: bool = False
    wants_reasons: bool = False
    answer_now: bool = False
    external_id: str | None = None
    expected_by: datetime | None = None
    done_at: datetime | None = None
    answer: Answer | None = None
    so_far: SoFar = field(default_factory=SoFar)
    offers: tuple[Answer, ...] = field(default=())
    post: Post | None = None  # only on the way to the store

    def moved(self, state: State, **changes: Any) -> "Question":
        """The question in another state; Conflict names the states that are allowed from here."""
        refuse_illegal(f"{self.kind} {self.id}", TASK, self.state, state)
        return replace(self, state=state, **changes)
