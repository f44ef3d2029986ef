"""A scenario's file as a plain tree: read, repeated where it says so, and changed for a twin."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

Tree = Any
FILES = ("scenario.yaml", "scenario.json")
REPEAT = "repeat"
_NUMBER = re.compile(r"\{n(?::0(\d))?\}")
_STEP = re.compile(r"([\w-]+)(?:\(([^()]*)\))?(?:\[(\d+)\])?")
_KEYS = ("id", "name")


class BadScenario(ValueError):
    """What cannot be used; the text says where."""


class _Loader(yaml.SafeLoader):
    """YAML of which days, times and words such as `no` stay text, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in listed if tag.endswith((":null", ":merge"))]
    for letter, listed in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789")
)


def read_tree(folder: Path) -> Tree:
    """The file of a folder, or a file that is named itself.

    Raises:
        BadScenario: there is none, or it cannot be read.
    """
    file = folder if folder.is_file() else next((folder / name for name in FILES if (folder / name).is_file()), None)
    if file is None:
        raise BadScenario(f"{folder}: there is neither {' nor '.join(FILES)}")
    return read_file(file)


def read_file(file: Path) -> Tree:
    """YAML, which JSON is, too."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - it is a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadScenario(f"{file}: {error}") from error


def repeated(tree: Tree) -> Tree:
    """Every member of a list that has `repeat: {from, to}` so many times, with `{n}` in its texts replaced.

    `{n:04}` is the number with leading zeros; a text that is nothing but `{n}` becomes the number itself.
    """
    if isinstance(tree, Mapping):
        return {name: repeated(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [one for member in tree for one in _copies(member)]
    return tree


def _copies(member: Tree) -> Iterator[Tree]:
    if not (isinstance(member, Mapping) and REPEAT in member):
        yield repeated(member)
        return
    bounds = member[REPEAT]
    if not (isinstance(bounds, Mapping) and bounds.keys() == {"from", "to"} and _are_whole(bounds.values())):
        raise BadScenario(f"repeat: {bounds!r} is not {{from: number, to: number}}")
    rest = {name: value for name, value in member.items() if name != REPEAT}
    for number in range(bounds["from"], bounds["to"] + 1):
        yield repeated(_numbered(rest, number))


def _are_whole(values: Any) -> bool:
    return all(type(value) is int for value in values)


def _numbered(tree: Tree, number: int) -> Tree:
    if isinstance(tree, Mapping):
        return {_said(name, number): _numbered(value, number) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_numbered(value, number) for value in tree]
    if tree == "{n}":
        return number
    return _said(tree, number) if isinstance(tree, str) else tree


def _said(text: str, number: int) -> str:
    return _NUMBER.sub(lambda found: f"{number:0{found[1] or 1}}", text)


# Changes


def changed(tree: Tree, changes: Sequence[Mapping[str, Tree]]) -> Tree:
    """A copy with each change made: `{remove: PATH}`, `{set: PATH, to: value}` or `{add: PATH, value: value}`.

    A path is made of names with dots between; `name(ID)` is the member of a list with this id (or name), `*` in it any
    text, `name[2]` the second one. `add` puts one more at the end of a list.

    Raises:
        BadScenario: a change that is none, or a path that leads nowhere.
    """
    whole = deepcopy(tree)
    for change in changes:
        do, path = _change_of(change)
        slots = list(_slots(whole, path))
        if not slots:
            raise BadScenario(f"{path}: there is nothing like that to be changed")
        for holder, key in reversed(slots):
            do(holder, key)
    return whole


def _change_of(change: Mapping[str, Tree]) -> tuple[Callable[[Any, Any], None], str]:
    kinds: Mapping[frozenset[str], str] = {
        frozenset({"remove"}): "remove",
        frozenset({"set", "to"}): "set",
        frozenset({"add", "value"}): "add",
    }
    kind = kinds.get(frozenset(change))
    if kind is None:
        raise BadScenario(f"{dict(change)}: a change has `remove`, `set` and `to`, or `add` and `value`")

    def do(holder: Any, key: Any) -> None:
        if kind == "remove":
            del holder[key]
        elif kind == "set":
            holder[key] = deepcopy(change["to"])
        else:
            _list_at(holder, key, change[kind]).append(deepcopy(change["value"]))

    return do, str(change[kind])


def _list_at(holder: Any, key: Any, path: str) -> list[Tree]:
    """A list that is not there yet begins empty."""
    found = holder.setdefault(key, []) if isinstance(holder, dict) else holder[key]
    if not isinstance(found, list):
        raise BadScenario(f"{path}: that is no list")
    return found


def _slots(tree: Tree, path: str) -> Iterator[tuple[Any, Any]]:
    """(what holds it, its name or number there) of everything that a path leads to."""
    steps = _steps(path)
    places: list[tuple[Any, Any]] = [({"": tree}, "")]
    for position, (name, wanted, index) in enumerate(steps):
        is_last = position == len(steps) - 1
        places = [
            slot
            for holder, key in places
            for slot in _below(holder[key], name, wanted, index, may_be_new=is_last and wanted is None and not index)
        ]
    yield from places


def _steps(path: str) -> list[tuple[str, str | None, str | None]]:
    steps: list[tuple[str, str | None, str | None]] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None or (found.end() < len(path) and path[found.end()] != "."):
            raise BadScenario(f"{path}: this is no path")
        steps.append((found[1], found[2], found[3]))
        at = found.end() + 1
    return steps


def _below(
    holder: Any, name: str, wanted: str | None, index: str | None, *, may_be_new: bool
) -> Iterator[tuple[Any, Any]]:
    if not isinstance(holder, dict) or (name not in holder and not may_be_new):
        return
    if wanted is None and index is None:
        yield holder, name
        return
    listed = holder[name]
    if not isinstance(listed, list):
        return
    if index is not None:
        if 0 < int(index) <= len(listed):
            yield listed, int(index) - 1
        return
    for number, member in enumerate(listed):
        if isinstance(member, dict) and any(fnmatchcase(str(member.get(key, "")), wanted or "") for key in _KEYS):
            yield listed, number
