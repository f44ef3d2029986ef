"""Bodies that a stranger could send, made from the schemas of a contract: minimal, maximal, and broken in one place.

Works on the schemas of our own files (OpenAPI 3) and on those of the published ones (Swagger 2) alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from .facts import Document

Json = Any
MOMENT = "2037-03-01T09:30:00.25+02:00"
"""Not as we would write it: whoever echoes it has kept it."""
NUMBERS = count(1)
"""Every text in every body is another one."""
ANYTHING = {"any": [1.5, "two", None, {"three": True}]}
UNKNOWN = "ourOwnAttribute"
WRONG = {"string": 5, "boolean": "yes", "integer": "five", "number": "five", "array": {"not": "a list"}, "object": "x"}
MOST_NESTED = 2
"""How often a type may lie in itself."""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A body with one mistake. `place` is schema and attribute, `path` and `words` are what a refusal names."""

    place: str
    mistake: str
    path: str
    words: tuple[str, ...]
    body: Json

    def __str__(self) -> str:
        return f"{self.mistake} at {self.path or 'the body'} ({self.place})"


@dataclass(frozen=True)
class Bodies:
    """Bodies of one contract."""

    document: Document

    def minimal(self, schema: str) -> Json:
        """Only what is required, recursively."""
        return self._minimal({"$ref": schema}, "body")

    def maximal(self, schema: str, *, unknown: bool = True) -> Json:
        """Every attribute of every type, and one that no contract knows in each object."""
        return self._maximal({"$ref": schema}, "body", {}, unknown)

    def broken(self, schema: str) -> Iterator[Broken]:
        """One body for each way to break each constraint that is met on the way down, each type once."""
        waiting = [(schema, "", self.minimal(schema), ())]
        seen = {schema}
        while waiting:
            name, path, root, steps = waiting.pop(0)
            for attribute, given in self._properties(name).items():
                inner = self._followed(given)
                yield from self._misfits(name, attribute, given, path, root, steps)
                below = _name(inner.get("items", {})) if inner.get("type") == "array" else _name(given)
                if below and below not in seen and "properties" in self._schemas[below]:
                    seen.add(below)
                    grown, here = _with(root, steps, attribute, self._minimal(given, attribute, one=True))
                    deeper = (*steps, attribute, 0) if inner.get("type") == "array" else (*steps, attribute)
                    waiting.append((below, _path(deeper), grown, deeper))
                    assert here is not None
            for attribute in self._schemas[name].get("required", ()):
                less = _without(root, steps, attribute)
                yield Broken(
                    place=f"{name} {attribute}", mistake="missing", path=path, words=(f'"{attribute}"',), body=less
                )

    def _misfits(
        self, name: str, attribute: str, given: Json, path: str, root: Json, steps: tuple[str | int, ...]
    ) -> Iterator[Broken]:
        schema = self._followed(given)
        here = _path((*steps, attribute))
        wrong: list[tuple[str, Json]] = []
        if schema.get("type") in WRONG:
            wrong.append(("wrong type", WRONG[schema["type"]]))
        if schema.get("type") == "array" and (kind := self._followed(schema["items"]).get("type")):
            wrong.append(("wrong type inside", [WRONG[kind]]))
        if "enum" in schema:
            wrong.append(("outside the enumeration", "outside"))
        if schema.get("minItems"):
            wrong.append(("too few", []))
        if schema.get("format") == "date-time":
            wrong += [("no date-time", "soon"), ("no such day", "2037-02-30T09:30:00Z")]
        for mistake, value in wrong:
            body, _ = _with(root, steps, attribute, value)
            yield Broken(place=f"{name} {attribute}", mistake=mistake, path=here, words=(), body=body)

    @property
    def _schemas(self) -> Mapping[str, Document]:
        found: Mapping[str, Document] = self.document.get("definitions") or self.document["components"]["schemas"]
        return found

    def _properties(self, name: str) -> Mapping[str, Json]:
        found: Mapping[str, Json] = self._schemas[name].get("properties", {})
        return found

    def _followed(self, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self._schemas[_name(schema)]
        return schema

    def _minimal(self, given: Json, name: str, *, one: bool = False) -> Json:
        """`one`: a list has an element, whether it must have or not."""
        schema = self._followed(given)
        if schema.get("type") == "array":
            least = max(schema.get("minItems", 0), int(one))
            return [self._minimal(schema["items"], name) for _ in range(least)]
        if "properties" in schema or schema.get("type") == "object":
            properties = schema.get("properties", {})
            return {
                attribute: self._minimal(properties.get(attribute, {"type": "string"}), attribute)
                for attribute in schema.get("required", ())
            }
        return self._scalar(schema, name)

    def _maximal(self, given: Json, name: str, depths: Mapping[str, int], unknown: bool) -> Json:
        schema, type_name = self._followed(given), _name(given)
        if schema.get("type") == "array":
            if depths.get(_name(schema["items"]), 0) >= MOST_NESTED:
                return [self._minimal(schema["items"], name)]
            return [self._maximal(schema["items"], name, depths, unknown)]
        if "properties" not in schema:
            return self._scalar(schema, name)
        if depths.get(type_name, 0) >= MOST_NESTED:
            return self._minimal(given, name)
        deeper = {**depths, type_name: depths.get(type_name, 0) + 1}
        undeclared = {attribute: {"type": "string"} for attribute in schema.get("required", ())}
        whole = {
            attribute: self._maximal(part, attribute, deeper, unknown)
            for attribute, part in {**undeclared, **schema["properties"]}.items()
        }
        if type_name == "ServiceOrderItemRef":  # the two names of one thing
            whole["id"] = whole["itemId"]
        return {**whole, UNKNOWN: ANYTHING} if unknown else whole

    def _scalar(self, schema: Json, name: str) -> Json:
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            return next(NUMBERS)
        if kind is None:
            return ANYTHING
        if schema.get("format") == "date-time":
            return MOMENT
        return f"{name} é {next(NUMBERS)}"


def _name(schema: Json) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _path(steps: tuple[str | int, ...]) -> str:
    """As a refusal writes it."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return written.removeprefix(".")


def _with(root: Json, steps: tuple[str | int, ...], name: str, value: Json) -> tuple[Json, Json]:
    """A copy of the body in which the object at the end of the steps has another value, and that object."""
    if not steps:
        changed = {**root, name: value}
        return changed, changed
    first, rest = steps[0], steps[1:]
    inner, target = _with(root[first], rest, name, value)
    copy = list(root) if isinstance(root, list) else dict(root)
    copy[first] = inner  # type: ignore[call-overload]
    return copy, target


def _without(root: Json, steps: tuple[str | int, ...], name: str) -> Json:
    changed, target = _with(root, steps, name, None)
    del target[name]
    return changed
