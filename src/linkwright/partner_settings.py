"""What is configured for one partner: the table `[partners.NAME]` of linkwright.toml, and its token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import ceil
from pathlib import Path
from typing import Any, get_args

from linkwright.designs.footprints import Area, Footprint
from linkwright.setting_tables import refuse_unknown
from linkwright.wire.v4.dialect import Bandwidth, Dates, Dialect

PATHS: Mapping[str, str] = {
    "qualification_path": "tmf-api/serviceQualificationManagement/v4",
    "ordering_path": "tmf-api/serviceOrdering/v4",
    "catalogue_path": "tmf-api/serviceCatalogManagement/v4",
}
AT_ONCE = 16
_CHOICES: Mapping[str, tuple[str, ...]] = {"bandwidth": get_args(Bandwidth), "dates": get_args(Dates)}
_IN_A_HEADER = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_SECONDS = ("answer_within_s", "connect_timeout_s", "read_timeout_s", "breaker_pause_s", "reuse_s", "catalogue_s")
_NUMBERS = (*_SECONDS, "max_orders", "at_once", "items_per_check", "max_per_s", "breaker_failures")
_WIDTHS = {"circles": 3, "boxes": 4}


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A partner that offers TMF645 and TMF641 below `url`. `max_orders`: orders that it takes in one design.

    `max_per_s`: HTTP requests that all processes on one database make there in any second, whatever they are for.
    `at_once`: checks that are open there at the same time, of `items_per_check` questions at most. After
    `breaker_failures` questions in a row without answer it is left alone for `breaker_pause_s`. Its answers are used
    again for `reuse_s` at most (0: never). `connect_timeout_s` and `read_timeout_s` are those of all systems where they
    are missing. `catalogue_s`: so long what its own catalogue offers counts instead of the specifications that are
    declared.

    `headers` go with every request, and `token` in the one that is `token_header`. `event_secret`: its events are taken
    only if they prove that it knows this, beside whatever its caller is asked for. `idempotent`: a second POST with the
    same Idempotency-Key makes no second order there.
    """

    name: str
    url: str
    max_orders: int | None = None
    answer_within_s: float = 10.0
    connect_timeout_s: float | None = None
    read_timeout_s: float | None = None
    at_once: int | None = None
    items_per_check: int = 50
    max_per_s: float | None = None
    breaker_failures: int = 5
    breaker_pause_s: float = 30.0
    reuse_s: float = 86_400.0
    catalogue_s: float | None = None
    footprint: Footprint = field(default_factory=Footprint)
    dialect: Dialect = field(default_factory=Dialect)
    paths: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str | None = field(default=None, repr=False)
    token_header: str = "Authorization"  # noqa: S105 - the name of a header
    event_secret: str | None = field(default=None, repr=False)
    idempotent: bool = False

    def __post_init__(self) -> None:
        for said in (*self.headers.values(), *([] if self.token is None else [self.token])):
            if not _IN_A_HEADER.fullmatch(said):
                raise ValueError(
                    f"partners.{self.name}: a token or header is empty, or cannot be sent as it is written"
                )
        if self.event_secret is not None and not (self.event_secret and self.event_secret.isascii()):
            raise ValueError(f"partners.{self.name}: event_secret is empty, or not written in ASCII")
        for name in ("max_per_s", "answer_within_s", "connect_timeout_s", "read_timeout_s", "catalogue_s"):
            given = getattr(self, name)
            if given is not None and given <= 0:
                raise ValueError(f"partners.{self.name}.{name}: more than nothing is needed")
        for name in ("checks_at_once", "items_per_check", "breaker_failures"):
            if getattr(self, name) < 1:
                raise ValueError(f"partners.{self.name}.{name.removeprefix('checks_')}: one is needed at least")

    @property
    def checks_at_once(self) -> int:
        """Where it is not said: as many as help, without making a small request wait behind those of a large one."""
        if self.at_once is not None:
            return self.at_once
        return AT_ONCE if self.max_per_s is None else min(max(2 * ceil(self.max_per_s), 2), AT_ONCE)

    @property
    def all_headers(self) -> Mapping[str, str]:
        if self.token is None:
            return self.headers
        said = f"Bearer {self.token}" if self.token_header.lower() == "authorization" else self.token
        return {**self.headers, self.token_header: said}


def partner_of(name: str, table: Mapping[str, Any], environment: Mapping[str, str]) -> Partner:
    """A partner from its table.

    Raises:
        ValueError: an unknown name, or a value of the wrong kind; the text names it.
    """
    where, given = f"partners.{name}", dict(table)
    dialect = dict(given.pop("dialect", {}))
    paths = {standard: str(dialect.pop(word)).strip("/") for word, standard in PATHS.items() if word in dialect}
    values: dict[str, Any] = {
        "footprint": Footprint(
            areas=tuple(_area(f"{where}.area", area) for area in given.pop("area", ())),
            specifications=frozenset(given.pop("specifications", ())),
            technologies=frozenset(given.pop("technologies", ())),
        ),
        "dialect": _dialect(f"{where}.dialect", dialect),
        "paths": paths,
        "token": _token(name, given.pop("token_file", None), environment),
    }
    refuse_unknown(where, given, {f.name for f in fields(Partner)} - values.keys() - {"name"})
    for number in _NUMBERS:
        if type(given.get(number, 0)) not in (int, float):
            raise ValueError(f"{where}.{number}: a number is expected")
    return Partner(name=name, **given, **values)


def _area(where: str, table: Mapping[str, Any]) -> Area:
    refuse_unknown(where, table, {f.name for f in fields(Area)})
    values: dict[str, Any] = {
        name: tuple(tuple(one) if isinstance(one, list) else one for one in listed) for name, listed in table.items()
    }
    for name, width in _WIDTHS.items():
        if any(not isinstance(shape, tuple) or len(shape) != width for shape in values.get(name, ())):
            raise ValueError(f"{where}.{name}: lists of {width} numbers are expected")
    return Area(**values)


def _dialect(where: str, table: Mapping[str, Any]) -> Dialect:
    refuse_unknown(where, table, {f.name for f in fields(Dialect)})
    for name, words in _CHOICES.items():
        if table.get(name, words[0]) not in words:
            raise ValueError(f"{where}.{name}: {table[name]!r} is not among {', '.join(words)}")
    try:
        return Dialect(**table)
    except ValueError as error:
        raise ValueError(f"{where}.{error}") from error


def _token(name: str, file: str | None, environment: Mapping[str, str]) -> str | None:
    """The environment's own, else what is in the file that it names, else in the one that the table names."""
    variable = f"LINKWRIGHT_PARTNER_{name.upper().replace('-', '_')}_TOKEN"
    if token := environment.get(variable):
        return token
    named = environment.get(f"{variable}_FILE") or file
    if named is None:
        return None
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"partners.{name}: the file of its token cannot be read: {error.strerror}") from error
