"""Regular expressions that others send: only those that can be matched in a time that nobody has to fear."""

import re
from functools import lru_cache

from linkwright.errors import InvalidRequest

MOST_LENGTH = 200
MOST_UNBOUNDED = 2
SMALL_REPETITION = 10
LOOKED_AT = 500
"""Characters of a value that are searched."""
_REPETITION = re.compile(r"\{(\d*)(,?)(\d*)\}")
_PLAIN_GROUPS = ("(?:",)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, to be searched for in at most `LOOKED_AT` characters.

    Raises:
        InvalidRequest: it is longer than 200 characters, is none, or needs backreferences, lookaround, repetition of
            something repeated or of alternatives, or more than two open-ended repetitions.
    """
    if len(pattern) > MOST_LENGTH:
        raise InvalidRequest(f"the regular expression is longer than {MOST_LENGTH} characters")
    _Checked(pattern).check()
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidRequest(f"{pattern!r} is no regular expression: {error}") from error


def found(pattern: str, value: str) -> bool:
    return compiled(pattern).search(value[:LOOKED_AT]) is not None


class _Checked:
    """Walks over a pattern once; a group remembers whether anything in it is repeated or alternative."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0
        self._open: list[bool] = [False]
        self._unbounded = 0
        self._last_was_dear = False

    def check(self) -> None:
        while self._at < len(self._pattern):
            self._step(self._pattern[self._at])

    def _step(self, char: str) -> None:
        if char == "\\":
            self._escape()
        elif char == "[":
            self._at = self._end_of_class()
            self._last_was_dear = False
        elif char == "(":
            self._group()
        elif char == ")":
            self._last_was_dear = self._open.pop() if len(self._open) > 1 else False
            self._at += 1
        elif char == "|":
            self._open[-1] = True
            self._at += 1
        elif char in "*+?{":
            self._repetition(char)
        else:
            self._last_was_dear = False
            self._at += 1

    def _escape(self) -> None:
        following = self._pattern[self._at + 1 : self._at + 2]
        if following.isdigit() and following != "0":
            raise _refused("backreferences")
        self._last_was_dear = False
        self._at += 2

    def _group(self) -> None:
        rest = self._pattern[self._at :]
        if rest.startswith("(?") and not rest.startswith(_PLAIN_GROUPS):
            raise _refused("lookaround, named groups, conditions and flags")
        self._open.append(False)
        self._at += 3 if rest.startswith(_PLAIN_GROUPS) else 1

    def _repetition(self, char: str) -> None:
        written = _REPETITION.match(self._pattern, self._at)
        if char == "{" and written is None:
            self._at += 1
            return
        many = self._is_many(char, written)
        if many and self._last_was_dear:
            raise _refused("repetition of what is repeated or alternative")
        self._open[-1] = True
        self._unbounded += many
        if self._unbounded > MOST_UNBOUNDED:
            raise _refused(f"more than {MOST_UNBOUNDED} open-ended repetitions")
        self._at = written.end() if written and char == "{" else self._at + 1
        if self._pattern[self._at : self._at + 1] == "?":
            self._at += 1

    def _is_many(self, char: str, written: re.Match[str] | None) -> bool:
        if char != "{" or written is None:
            return char in "*+"
        most = written[3] if written[2] else written[1]
        return not most or len(most) > 3 or int(most) > SMALL_REPETITION

    def _end_of_class(self) -> int:
        at = self._at + 1
        at += self._pattern[at : at + 1] == "^"
        at += self._pattern[at : at + 1] == "]"
        while at < len(self._pattern) and self._pattern[at] != "]":
            at += 2 if self._pattern[at] == "\\" else 1
        return at + 1


def _refused(what: str) -> InvalidRequest:
    return InvalidRequest(f"regular expressions with {what} are not taken")
