"""What partners are asked for: a backup that is smaller than the other legs by itself, with its own bandwidth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from linkwright.design.ask import never
from linkwright.designs.asking import asked_about, smaller_backup
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.ports import Meanwhile
from linkwright.designs.requirement import Place, Requirement, Spot
from linkwright.wire.characteristics import read_characteristics
from linkwright.wire.v4.design_words import asked_words
from linkwright.wire.v4.outward import write_partner_check
from tests.builders import a_place, a_requirement, an_access
from tests.designs.answering import a_designer, answer_to, codes, item_of, labels, offering, some_facts
from tests.fakes import FakeFacts

WIDE = {"down": 100, "up": 20, "unit": "Mbit/s"}
BACKUP: dict[str, Any] = {"bandwidth_mbps": 100, "backup": "mobile", "backup_mbps": 10}


@dataclass
class Asked:
    """A partner that keeps what it was asked, and offers fibre of 100 Mbit/s and radio of exactly what is wanted."""

    questions: list[tuple[Requirement, Place]] = field(default_factory=list)

    def ask(
        self,
        questions: Sequence[tuple[Requirement, Place]],
        *,
        stop: Callable[[], bool],
        heard: Meanwhile | None = None,
    ) -> tuple[PartnerAnswer, ...]:
        assert not stop()
        self.questions += questions
        return tuple(self._answer(number, *question) for number, question in enumerate(questions))

    def _answer(self, number: int, wanted: Requirement, place: Place) -> PartnerAnswer:
        technology = "fibre" if wanted.technology_allowed is None else wanted.technology_allowed[0]
        mbps = wanted.bandwidth_mbps or 100
        offer = an_access(
            id=f"north:{number}",
            place=place.id,
            partner="north",
            quote=str(number),
            technology=technology,
            bandwidth_mbps=mbps,
        )
        return PartnerAnswer(partner="north", ref=wanted.ref, asked="offered", offer=offer)


def told(requirement: Requirement | None) -> dict[str, Any]:
    assert requirement is not None
    (item,) = write_partner_check([(requirement, a_place())])["serviceQualificationItem"]
    return dict(read_characteristics(item["service"]["serviceCharacteristic"]))


def test_a_partner_is_told_the_bandwidth_of_the_backup_whatever_the_customer_wrote_for_the_service() -> None:
    wanted = a_requirement(**BACKUP, characteristics={"bandwidth": WIDE, "backupBandwidth": 10, "encryption": "aes"})
    words = told(smaller_backup(wanted))
    assert words["bandwidth"] == {"down": 10, "up": 10, "unit": "Mbit/s"}
    assert words["technologyAllowed"] == ["5g", "4g", "lte"]
    assert words["encryption"] == "aes"
    assert told(wanted)["bandwidth"] == WIDE


@pytest.mark.parametrize(
    "wishes",
    [
        {"backup": None, "backup_mbps": 10},
        {"backup": "none", "backup_mbps": 10},
        {"backup": "any", "backup_mbps": 100},
        {"backup": "mobile", "backup_mbps": 10, "technology_allowed": ("fibre",)},
    ],
)
def test_nothing_more_is_asked_where_the_backup_is_like_the_other_legs_or_cannot_be(wishes: dict[str, Any]) -> None:
    assert smaller_backup(a_requirement(**{"bandwidth_mbps": 100} | wishes)) is None


def test_a_backup_of_which_no_bandwidth_is_wanted_is_asked_for_without_one() -> None:
    wanted = a_requirement(**BACKUP | {"backup_mbps": None, "up_mbps": 20})
    words = told(smaller_backup(wanted))
    assert "bandwidth" not in words
    assert words["technologyAllowed"] == ["5g", "4g", "lte"]


def test_lists_of_technologies_bind_the_backup_too() -> None:
    of_any = a_requirement(**BACKUP | {"backup": "any"}, technology_allowed=("fibre", "lte"))
    assert told(smaller_backup(of_any))["technologyAllowed"] == ["fibre", "lte"]
    of_kind = a_requirement(**BACKUP, technology_allowed=("fibre", "lte"))
    assert told(smaller_backup(of_kind))["technologyAllowed"] == ["lte"]


def test_answers_for_the_backup_belong_to_its_item_and_say_so() -> None:
    market = Asked()
    items = [(a_requirement(ref=ref, **BACKUP), a_place()) for ref in ("1", "1 (backup)")]
    found = asked_about(items, market, never)
    assert [wanted.bandwidth_mbps for wanted, _ in market.questions] == [100, 100, 10, 10]
    assert {ref: [answer.role for answer in answers] for ref, answers in found.items()} == {
        "1": ["primary", "backup"],
        "1 (backup)": ["primary", "backup"],
    }
    assert all(answer.ref == ref for ref, answers in found.items() for answer in answers)
    words = asked_words(found["1"], "EUR")
    assert [one.get("role") for one in words] == [None, "backup"]


def test_a_backup_is_asked_for_at_both_ends() -> None:
    market = Asked()
    place = Place(id="site-1", name="Site 1", ids=("site-1",), far=Spot(id="site-2", name="Site 2", ids=("site-2",)))
    asked_about([(a_requirement(**BACKUP), place)], market, never)
    assert [(spot.id, wanted.bandwidth_mbps) for wanted, spot in market.questions] == [
        ("site-1", 100),
        ("site-2", 100),
        ("site-1", 10),
        ("site-2", 10),
    ]


def test_a_partner_provides_the_backup_that_it_was_asked_for() -> None:
    facts: FakeFacts = some_facts()
    facts.ask = Asked().ask  # type: ignore[method-assign]
    item = item_of(a_designer(facts).answer([a_requirement(**BACKUP)]))
    assert item.solution is not None, labels(item)
    assert [(leg.technology, leg.supplier, leg.mbps) for leg in item.solution.legs][-1] == ("5g", "north", 10)
    assert [answer.role for answer in item.asked] == ["primary", "backup"]


def test_of_an_offer_that_cannot_be_used_nobody_says_that_the_partner_was_not_asked() -> None:
    told = "its offer cannot be used: prices in USD cannot be compared with ours"
    answer = PartnerAnswer(partner="north", ref="1", asked="failed", text=told, took_s=0.2)
    item = item_of(answer_to(some_facts(access=(), answers=(answer,)), a_requirement()))
    assert "SD-PTR-03" in codes(item)
    assert told in labels(item)
    assert "could not be asked" not in labels(item)


def test_an_offer_in_another_currency_is_one_whose_price_is_missing() -> None:
    foreign = {"unpriced": ("nrc", "mrc"), "stated_in": "USD", "wanted_in": "EUR", "nrc_minor": 0, "mrc_minor": 0}
    item = item_of(answer_to(some_facts(access=(), answers=(offering("north", **foreign),)), a_requirement()))
    assert "SD-INF-01" in codes(item)
    assert not [code for code in codes(item) if code.startswith("SD-PTR")]
    assert "price in USD, EUR wanted" in labels(item)
    (told,) = asked_words(item.asked, "EUR")
    assert (told["answer"], told["missingPrices"]) == ("offered", ["oneTimeCost", "recurringCost"])
    assert "leadTimeDays" in told


def test_what_one_partner_does_not_say_of_both_of_its_offers_is_told_once() -> None:
    offers = [offering("north", unpriced=("mrc",)), offering("north", unpriced=("mrc",), technology="5g")]
    second = replace(offers[1], role="backup", offer=replace(offers[1].offer or an_access(), id="north:other"))
    item = item_of(answer_to(some_facts(access=(), answers=(offers[0], second)), a_requirement()))
    assert codes(item).count("SD-INF-01") == 1
    assert "north:other (5g)" in labels(item)
