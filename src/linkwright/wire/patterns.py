"""Regular expressions that others send, matched in a time that grows with the text and never with its repetitions.

Python's own engine backtracks: `(a|a)(a|a)…b` or `a?a?…b` keep it busy for years. The engine behind the body validator
runs over the text once, whatever the expression; what it would have to backtrack for, it refuses.
"""

from functools import lru_cache

import jsonschema_rs

from linkwright.errors import InvalidRequest

MOST_LENGTH = 200
LOOKED_AT = 500
"""Characters of a value that are searched."""
MOST_COMPILED = 100_000
"""Bytes that one expression may need: counted repetitions of counted repetitions grow fast."""
MOST_REMEMBERED = 200_000
"""Bytes that one expression may keep of what it has matched; it forgets when it has more."""

_LINEAR = jsonschema_rs.RegexOptions(size_limit=MOST_COMPILED, dfa_size_limit=MOST_REMEMBERED)


@lru_cache(maxsize=64)
def compiled(pattern: str) -> jsonschema_rs.Draft202012Validator:
    """A validator that holds for every text in which the pattern is found.

    Raises:
        InvalidRequest: it is longer than 200 characters, is no regular expression, needs lookaround or backreferences,
            or grows too large.
    """
    if len(pattern) > MOST_LENGTH:
        raise InvalidRequest(f"the regular expression is longer than {MOST_LENGTH} characters")
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_LINEAR)
    except ValueError as error:
        raise InvalidRequest(
            f"{pattern!r} is no regular expression that is taken here: it is malformed, repeats too much, or needs "
            "lookaround or backreferences"
        ) from error


def found(pattern: str, value: str) -> bool:
    """True if the pattern is found in the first `LOOKED_AT` characters of the value."""
    return compiled(pattern).is_valid(value[:LOOKED_AT])
