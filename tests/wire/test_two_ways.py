"""Bandwidth in both directions, and prices that are not stated, between characteristics and what they say."""

from dataclasses import replace
from typing import Any

import pytest

from linkwright.designs.facts import AccessFact
from linkwright.designs.requirement import Requirement
from linkwright.wire.requirements import defaults_from, requirement
from linkwright.wire.v4.design_words import asked_words
from linkwright.wire.v4.offers import read_offer, write_offer
from linkwright.wire.wishes import wishes
from tests.builders import an_access
from tests.designs.answering import offering

ASYMMETRIC = {"down": 100, "up": 20, "unit": "Mbit/s"}
OFFER = {
    "technology": "leo",
    "bandwidthMbps": ASYMMETRIC,
    "availability": 0.99,
    "delayMs": 20,
    "nrc": {"unit": "EUR", "value": 90},
    "mrc": {"unit": "EUR", "value": 110.5},
    "leadTimeDays": 5,
    "handoverPop": "west",
}


def read(words: dict[str, Any]) -> AccessFact:
    return read_offer(words, partner="sat", place_id="site-1", quote="q/1", currency="EUR")


def said(value: Any) -> Requirement:
    service = {"serviceCharacteristic": [{"name": "bandwidth", "value": value}]}
    return requirement("1", service, needed_by=None, bundles=None)


@pytest.mark.parametrize(
    ("value", "ways"),
    [
        (ASYMMETRIC, (100, 20)),
        ({"down": 20, "up": 100, "unit": "Mbit/s"}, (20, 100)),
        ({"down": 1, "up": "200", "unit": "Gbit/s"}, (1000, 200_000)),
        ({"down": 100, "up": 100, "unit": "Mbit/s"}, (100, None)),
        (100, (100, None)),
    ],
)
def test_a_wish_is_read_in_both_directions_and_written_so(value: Any, ways: tuple[int, int | None]) -> None:
    wanted = said(value)
    assert (wanted.bandwidth_mbps, wanted.up_mbps, wanted.misread) == (*ways, ())
    down, up = ways
    assert wishes(wanted)["bandwidth"] == {"down": down, "up": down if up is None else up, "unit": "Mbit/s"}


def test_what_is_not_understood_fills_neither_direction() -> None:
    wanted = said({"down": "much", "up": 20})
    assert (wanted.bandwidth_mbps, wanted.up_mbps, len(wanted.misread)) == (None, None, 1)


def test_a_default_upstream_is_not_put_beside_a_bandwidth_that_somebody_states() -> None:
    spec = [{"name": "bandwidth", "characteristicValueSpecification": [{"value": ASYMMETRIC, "isDefault": True}]}]
    defaults, _ = defaults_from(spec)
    assert (defaults.bandwidth_mbps, defaults.up_mbps) == (100, 20)
    stated = Requirement(ref="1", bandwidth_mbps=50).completed_by(defaults)
    silent = Requirement(ref="1").completed_by(defaults)
    assert (stated.bandwidth_mbps, stated.up_mbps) == (50, None)
    assert (silent.bandwidth_mbps, silent.up_mbps) == (100, 20)
    assert stated.standard == defaults


def test_an_offer_keeps_both_directions() -> None:
    offer = read(OFFER)
    assert (offer.bandwidth_mbps, offer.up_mbps, offer.unpriced) == (100, 20, ())
    assert write_offer(offer, "EUR")["offer.bandwidthMbps"] == ASYMMETRIC
    assert write_offer(replace(offer, up_mbps=None), "EUR")["offer.bandwidthMbps"] == 100


@pytest.mark.parametrize("missing", [("nrc",), ("mrc",), ("nrc", "mrc")])
def test_a_price_that_is_not_stated_is_noted_and_not_told_as_nothing(missing: tuple[str, ...]) -> None:
    offer = read({name: value for name, value in OFFER.items() if name not in missing})
    assert offer.unpriced == missing
    told = write_offer(offer, "EUR")
    assert [name for name in missing if f"offer.{name}" in told] == []
    assert {"offer.nrc", "offer.mrc"} - told.keys() == {f"offer.{name}" for name in missing}
    answer = replace(offering("sat"), offer=offer)
    (words,) = asked_words([answer], "EUR")
    names = {"nrc": "oneTimeCost", "mrc": "recurringCost"}
    assert words["missingPrices"] == [names[name] for name in missing]
    assert not {names[name] for name in missing} & words.keys()


def test_what_is_told_of_a_full_price_names_nothing_missing() -> None:
    (words,) = asked_words([replace(offering("sat"), offer=an_access())], "EUR")
    assert "missingPrices" not in words


def test_a_price_in_another_currency_is_still_no_price() -> None:
    offer = read(
        {**{name: value for name, value in OFFER.items() if name != "nrc"}, "mrc": {"unit": "USD", "value": 1}}
    )
    assert (offer.unpriced, offer.nrc_minor, offer.mrc_minor) == (("nrc", "mrc"), 0, 0)
    (words,) = asked_words([replace(offering("sat"), offer=offer)], "EUR")
    assert words["missingPrices"] == ["oneTimeCost", "recurringCost"]
