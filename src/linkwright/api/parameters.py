"""Path and query of a request against the contract: connexion's own check builds a validator for each request."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from linkwright.errors import InvalidRequest


class Parameters:
    """Filters are no parameters of the contract, so only its whole numbers are looked at; no text may hold a NUL."""

    def __init__(self, parameters: Iterable[Mapping[str, Any]]) -> None:
        self._whole = {p["name"]: p["schema"] for p in parameters if p["schema"].get("type") == "integer"}

    def validate(self, scope: Mapping[str, Any]) -> None:
        """Raises InvalidRequest."""
        query = scope["query_string"]
        if "\0" in scope["path"] or b"%00" in query:
            raise InvalidRequest("A NUL character cannot stand in an address.")
        if not self._whole or not query:
            return
        for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            if name in self._whole:
                _refuse_outside(name, text.strip().strip('"'), self._whole[name])


def _refuse_outside(name: str, text: str, schema: Mapping[str, Any]) -> None:
    least, most = schema.get("minimum", 0), schema.get("maximum", 10**9)
    if not (text.isascii() and text.isdigit() and len(text) < 11 and least <= int(text) <= most):
        raise InvalidRequest(f"a whole number from {least} to {most} is expected, {text[:40]!r} is given", name)
