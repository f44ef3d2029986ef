"""Whole numbers that no parser of ours can keep are refused; digits elsewhere are none of it."""

import tracemalloc
from typing import Any

import orjson
import pytest
from connexion.exceptions import BadRequestProblem

from linkwright.api import bodies
from tests.counting import lines_run

from .answers import error
from .world import ORDERS, Client, an_order_body

Json = Any
ORDER = f"{ORDERS}/serviceOrder"
KEPT = ("18446744073709551615", "-9223372036854775808", "9999999999999999999", "1")


@pytest.mark.parametrize("number", ["18446744073709551616", "-9223372036854775809", "9" * 60, "-" + "1" * 300])
@pytest.mark.parametrize(
    "around", ['{"own":%s}', "[1, %s]", '{"a\\\\":%s}', '["x\\\\\\"", %s]', '["%%", [{"a":\n%s\n}]]']
)
def test_a_whole_number_beyond_64_bits_is_refused_and_named(client: Client, number: str, around: str) -> None:
    body = orjson.dumps(an_order_body(own="?")).replace(b'"?"', (around % number).encode())
    told = error(client.send("POST", ORDER, body), 400, number[:40], "text")
    assert len(told["message"]) < 250


@pytest.mark.parametrize(
    "value",
    [
        *KEPT,
        '"18446744073709551616"',
        '"a\\"18446744073709551616"',
        '{"18446744073709551616":"\\\\"}',
        "0.18446744073709551616",
        "18446744073709551616.5",
        "18446744073709551616e1",
        "1e-00000000000000000000005",
        "1e+00000000000000000000005",
    ],
)
def test_every_other_number_and_text_is_what_it_was(value: str) -> None:
    assert bodies.parsed(b"[%s, 5]" % value.encode()) == [orjson.loads(value), 5]


def test_an_ordinary_body_is_not_looked_through() -> None:
    body = orjson.dumps([{"id": str(n), "at": "2026-01-01T00:00:00.000000Z", "n": 10**17} for n in range(1000)])
    assert lines_run(lambda: bodies.parsed(body), bodies) < 20


@pytest.mark.parametrize("many", [b"1," * 2_000_000, b"{}," * 1_000_000, b"[]," * 1_000_000])
def test_a_body_of_very_many_values_is_refused_before_it_is_parsed(many: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(BadRequestProblem, match="more than 2000000 commas"):
        bodies.parsed(b"[%s1]" % many)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most_bytes < 3 * len(many)


def test_very_many_values_are_taken() -> None:
    assert len(bodies.parsed(b"[%s1]" % (b"1," * 1_999_999))) == 2_000_000


@pytest.mark.parametrize("many", [{"note": [{}] * 50_000}, {"serviceOrderItem": [{}] * 5_000}])
def test_of_many_mistakes_the_first_is_told_without_making_the_others(client: Client, many: Json) -> None:
    tracemalloc.start()
    told = error(client.post(ORDER, an_order_body(**many)), 400, f"{next(iter(many))}[0]")
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ";" not in told["message"]
    assert most_bytes < 60_000_000
