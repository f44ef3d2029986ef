"""Specifications of the catalogue: which can be designed, with which defaults, and why the others cannot."""

from typing import Any

import pytest

from linkwright.wire.v4.catalogue import read_specification

Json = Any


def a_default(value: Json, **more: Json) -> Json:
    return {"value": value, "isDefault": True, **more}


def a_word(name: str, *values: Json, least: int = 0) -> Json:
    return {"name": name, "minCardinality": least, "characteristicValueSpecification": list(values)}


PATTERN = a_word("designPattern", a_default("siteToHub"))


def a_document(*words: Json, **more: Json) -> Json:
    return {"id": "cfs", "name": "Site", "lifecycleStatus": "Active", "specCharacteristic": list(words), **more}


def test_an_active_specification_with_a_pattern_that_we_know_can_be_designed() -> None:
    read = read_specification(a_document(PATTERN))
    assert (read.id, read.name, read.designable, read.why_not) == ("cfs", "Site", True, "")


def test_what_is_default_is_designed_and_what_has_none_may_be_mandatory() -> None:
    read = read_specification(
        a_document(
            PATTERN,
            a_word("latencyMaxMs", {"value": 10}, a_default(30)),
            a_word("bandwidth", a_default(1, unitOfMeasure="Gbit/s"), least=1),
            a_word("availabilityTarget", least=1),
            a_word("termMonths", {"value": 12}),
            a_word("colour", least=1),
            a_word("destination", a_default("hub-1"), a_default("hub-2")),
        )
    )
    assert (read.defaults.round_trip_ms, read.defaults.bandwidth_mbps) == (30.0, 1000)
    assert read.defaults.destinations == ("hub-1", "hub-2")
    assert read.defaults.term_months is None
    assert read.mandatory == {"availability"}


@pytest.mark.parametrize("value", [{"value": "siteToHub"}, {"value": "siteToHub", "@type": "Text"}])
def test_a_value_may_be_written_as_an_object_of_its_own(value: Json) -> None:
    assert read_specification(a_document(a_word("designPattern", a_default(value)))).designable


@pytest.mark.parametrize("status", ["active", "ACTIVE"])
def test_the_status_counts_in_any_case(status: str) -> None:
    assert read_specification(a_document(PATTERN, lifecycleStatus=status)).designable


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (a_document(PATTERN, lifecycleStatus="Retired"), "is Retired instead of Active"),
        (a_document(PATTERN, lifecycleStatus=None), "is without a lifecycle status instead of Active"),
        (
            a_document(),
            "has no default for designPattern among those that can be designed (anyToAny, pointToPoint, siteToHub)",
        ),
        (a_document(a_word("designPattern", {"value": "siteToHub"})), "has no default for designPattern"),
        (a_document(a_word("designPattern", a_default("ring"))), "has no default for designPattern"),
        (a_document(a_word("designPattern", a_default(["siteToHub"]))), "has no default for designPattern"),
        (a_document(a_word("designPattern", a_default("ring"), a_default("siteToHub"))), "has no default"),
        (a_document(PATTERN, a_word("latencyMaxMs", a_default("quick"))), "has a default that is not understood"),
    ],
)
def test_a_specification_that_cannot_be_designed_says_why(document: Json, reason: str) -> None:
    read = read_specification(document)
    assert not read.designable
    assert read.why_not.startswith(reason)


def test_a_sparse_document_is_no_failure() -> None:
    read = read_specification({"id": 7})
    assert (read.id, read.name, read.designable) == ("7", "7", False)
    assert not read_specification({"id": "x", "specCharacteristic": [None, "x", {}, {"name": 3}]}).designable
