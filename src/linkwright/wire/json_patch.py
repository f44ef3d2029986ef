"""RFC 6902 on plain JSON: the six operations, each on what the ones before it made."""

import copy
import re
from collections.abc import Callable, Mapping, MutableMapping

from linkwright.errors import Conflict, InvalidRequest
from linkwright.wire.json import Json, same

MOST_OPERATIONS = 1000
MOST_COPIED = 1_000_000
"""Values and characters that all copies of one patch may make together: copies of copies grow fast."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def apply_json_patch(document: Json, patch: Json) -> Json:
    """The patched document. Raises InvalidRequest with the operation that fails, Conflict for a `test` that does."""
    if not isinstance(patch, list) or not all(isinstance(one, Mapping) for one in patch):
        raise InvalidRequest("a list of operations is expected")
    if len(patch) > MOST_OPERATIONS:
        raise InvalidRequest(f"at most {MOST_OPERATIONS} operations are taken")
    patched = _Patched(document)
    for position, operation in enumerate(patch):
        name = operation.get("op")
        run = patched.operations.get(name) if isinstance(name, str) else None
        try:
            if run is None:
                raise InvalidRequest(f"there is no operation {name!r}")
            run(operation)
        except InvalidRequest as error:
            raise InvalidRequest(str(error), f"[{position}]") from error
        except RecursionError as error:
            raise InvalidRequest("what it makes is nested too deep", f"[{position}]") from error
    return patched.document


class _Patched:
    def __init__(self, document: Json) -> None:
        self.document = copy.deepcopy(document)
        self._copied = 0
        self.operations: Mapping[str, Callable[[Mapping[str, Json]], None]] = {
            "add": lambda o: self._add(_pointer(o, "path"), copy.deepcopy(_value(o))),
            "remove": lambda o: self._remove(_pointer(o, "path")),
            "replace": lambda o: self._replace(_pointer(o, "path"), copy.deepcopy(_value(o))),
            "move": self._move,
            "copy": self._copy,
            "test": self._test,
        }

    def _add(self, steps: list[str], value: Json) -> None:
        if not steps:
            self.document = value
            return
        parent, last = self._at(steps[:-1]), steps[-1]
        if isinstance(parent, list):
            parent.insert(len(parent) if last == "-" else _index(last, len(parent)), value)
        else:
            _object(parent, last)[last] = value

    def _remove(self, steps: list[str]) -> None:
        if not steps:
            raise InvalidRequest("the whole document cannot be removed")
        self._at(steps)
        parent, last = self._at(steps[:-1]), steps[-1]
        if isinstance(parent, list):
            del parent[_index(last, len(parent) - 1)]
        else:
            del _object(parent, last)[last]

    def _replace(self, steps: list[str], value: Json) -> None:
        self._at(steps)
        if not steps:
            self.document = value
            return
        parent, last = self._at(steps[:-1]), steps[-1]
        if isinstance(parent, list):
            parent[_index(last, len(parent) - 1)] = value
        else:
            parent[last] = value

    def _move(self, operation: Mapping[str, Json]) -> None:
        source, target = _pointer(operation, "from"), _pointer(operation, "path")
        if source == target:
            self._at(source)
            return
        if target[: len(source)] == source:
            raise InvalidRequest("a value cannot be moved into itself")
        value = self._at(source)
        self._remove(source)
        self._add(target, value)

    def _copy(self, operation: Mapping[str, Json]) -> None:
        value = self._at(_pointer(operation, "from"))
        self._copied += _size(value)
        if self._copied > MOST_COPIED:
            raise InvalidRequest("the copies grow too large")
        self._add(_pointer(operation, "path"), copy.deepcopy(value))

    def _test(self, operation: Mapping[str, Json]) -> None:
        if not same(self._at(_pointer(operation, "path")), _value(operation)):
            raise Conflict(f"The test of {operation['path']!r} does not hold.")

    def _at(self, steps: list[str]) -> Json:
        value = self.document
        for step in steps:
            if isinstance(value, list):
                value = value[_index(step, len(value) - 1)]
            else:
                found = _object(value, step)
                if step not in found:
                    raise InvalidRequest(f"there is no {step!r} at this place")
                value = found[step]
        return value


def _object(value: Json, step: str) -> MutableMapping[str, Json]:
    if not isinstance(value, MutableMapping):
        raise InvalidRequest(f"there is no object that could have {step!r}")
    return value


def _index(step: str, most: int) -> int:
    if not _INDEX.fullmatch(step) or int(step) > most:
        raise InvalidRequest(f"{step!r} is no position in the list")
    return int(step)


def _pointer(operation: Mapping[str, Json], name: str) -> list[str]:
    """The steps of an RFC 6901 pointer."""
    written = operation.get(name)
    if not isinstance(written, str) or (written and not written.startswith("/")) or re.search(r"~(?![01])", written):
        raise InvalidRequest(f"{name} is no JSON pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in written.split("/")[1:]]


def _value(operation: Mapping[str, Json]) -> Json:
    if "value" not in operation:
        raise InvalidRequest("value is missing")
    return operation["value"]


def _size(value: Json) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(len(name) + _size(part) for name, part in value.items())
    if isinstance(value, list):
        return 1 + sum(_size(part) for part in value)
    return 1 + len(value) if isinstance(value, str) else 1
