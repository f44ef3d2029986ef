"""Everything that can go wrong, drawn once. "No design exists" is an answer (`design.model.Outcome`), not an error.

LinkwrightError
├── RequestError         the caller can mend it
│   ├── InvalidRequest       400
│   ├── Unauthorized         401
│   ├── Forbidden            403
│   ├── NotFound             404
│   ├── Conflict             409
│   └── Repeated             the same request again: answered with what the first one made
├── OutboundError        another system is the reason
│   ├── Refused              it answered no, asking again will not help       502
│   ├── Unavailable          silent, overloaded or broken: ask again later    503
│   └── Uncertain            nobody can tell whether it was done              503
├── StaleVersion         somebody else wrote first: 409 at the edge, a run reads again
├── BadSetting           what is configured means nothing to this release: the operator mends it before the start
├── BadProblem           a problem file or an inventory that contradicts itself
├── UntrueDesign         the verifier refuses what the search found: a mistake in the core, never handed out
└── Stopping             this process is ending: the work is taken up by the next one
"""


class LinkwrightError(Exception):
    """Root of every error that linkwright raises on purpose. Its text is safe to show to a caller."""


class RequestError(LinkwrightError):
    """The caller asked for something that cannot be done as it was asked."""


class InvalidRequest(RequestError):
    """The request breaks a rule that the contract's schema cannot express; `attribute` is the caller's own path.

    `code` is a word of its own, for a mistake that a program should know from others. Raised from a `NotFound` it
    is `unknown` with the name of what the request refers to.
    """

    def __init__(self, text: str, attribute: str | None = None, code: str | None = None) -> None:
        super().__init__(text)
        self.attribute = attribute
        self._code = code

    @property
    def code(self) -> str | None:
        cause = self.__cause__
        if self._code is None and isinstance(cause, NotFound):
            return f"unknown{cause.resource[:1].upper()}{cause.resource[1:]}"
        return self._code


class Unauthorized(RequestError):
    """Nobody can tell who is calling. The text never quotes a credential."""


class Forbidden(RequestError):
    """The caller is known, but `scope` is not among what he may do."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}.")
        self.scope = scope


class NotFound(RequestError):
    """There is no `resource` with this id, or not for this caller."""

    def __init__(self, resource: str, resource_id: str) -> None:
        super().__init__(f"No {resource} has the id {resource_id!r}.")
        self.resource = resource
        self.resource_id = resource_id


class Conflict(RequestError):
    """The resource is in a state that does not allow this; the text names the states or values that do."""


class Repeated(RequestError):
    """This very request was stored before, as `resource_id`."""

    def __init__(self, resource_id: str) -> None:
        super().__init__(f"This request was stored before, as {resource_id}.")
        self.resource_id = resource_id


class OutboundError(LinkwrightError):
    """A call to `system` failed. The text is safe to show; the cause is in `__cause__`."""

    def __init__(self, system: str, detail: str) -> None:
        super().__init__(f"{system}: {detail}")
        self.system = system
        self.detail = detail


class Refused(OutboundError):
    """`system` understood and said no."""


class Unavailable(OutboundError):
    """`system` gave no usable answer in time; the same call may work later.

    `retry_after_s` is what it asked us to wait, None where it did not say; `timed_out` tells silence from failure.
    `may_have_arrived`: what was sent may have been carried out all the same.
    """

    retry_after_s: float | None = None
    timed_out: bool = False
    may_have_arrived: bool = False


class Uncertain(OutboundError):
    """`system` may have done it or not, does not say which, and might do it twice if it were asked again."""


class StaleVersion(LinkwrightError):
    """The stored resource is newer than the one that was read; read again and decide again."""


class BadSetting(LinkwrightError):
    """`where` is the setting, such as `api_keys.bss`."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(f"{where}: {text}")
        self.where = where


class BadProblem(LinkwrightError):
    """A design problem contradicts itself; `where` is a path into it, such as `sites[2].destinations`."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(f"{where}: {text}")
        self.where = where


class UntrueDesign(LinkwrightError):
    """The search made a design that the verifier refuses: a mistake in the core, never in the problem."""


class Stopping(LinkwrightError):
    """The process is being stopped, so the work is given up unanswered; its row stays due."""
