"""Posting twice is safe: how a repetition of a request is recognised."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Post:
    """`keys` are what the sender calls the request (an idempotency key, an external id), `digest` what it says.

    Under the same key of the same requester the same request finds the resource that the first one made.
    """

    keys: tuple[str, ...]
    digest: str
