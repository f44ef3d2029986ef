"""A roll-out whose server is killed midway: the same answer, and nothing is there twice."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

from mocks.scenario.look import items_of
from tests.journeys.processes import QUALIFICATION, Listener, holds, until
from tests.journeys.warm import Forge
from tests.scenarios.stage import Stage, stage, unmet

Json = Any
ROLL_OUT, SMALL, ORDERED = "s3", "small", "ordered"


def test_a_roll_out_that_is_killed_midway_has_the_same_answer(tmp_path: Path, forge: Forge) -> None:
    first, second = tmp_path / "whole", tmp_path / "killed"
    for folder in (first, second):
        folder.mkdir()
    with stage(first, forge, ROLL_OUT, SMALL) as whole:
        assert unmet(whole.player.play()) == []
        undisturbed = whole.player.found("check")
    heard = Listener()
    try:
        with stage(second, forge, ROLL_OUT, SMALL) as killed:
            killed.server.post(f"{QUALIFICATION}/hub", {"callback": heard.url})
            disturbed, early = answered_and_read(killed)
            until("the end was told", lambda: told(heard, disturbed["id"]))
            time.sleep(1)
            ends = told(heard, disturbed["id"])
            held = holds(killed.urls)
    finally:
        heard.close()
    assert outcome(disturbed) == outcome(undisturbed)
    assert len(early) == 2
    assert early == [item for item in items_of(disturbed) if item["id"] in {one["id"] for one in early}]
    assert len({event["eventId"] for event in ends}) == 1, "the end is one event, however often it was delivered"
    assert held == [], "nobody asked for a hold"


def test_an_order_that_is_killed_midway_comes_out_as_expected_and_is_placed_once(tmp_path: Path, forge: Forge) -> None:
    with stage(tmp_path, forge, ROLL_OUT, ORDERED) as played:
        steps = played.loaded.steps
        bought = 1 + next(n for n, step in enumerate(steps) if step.order is not None)
        for step in steps[:bought]:
            list(played.player.do(step))
        until("some are ordered", lambda: len(partner_orders(played)) >= 5, within_s=120)
        played.server.kill()
        played.server.start()
        held = next(n for n, step in enumerate(steps) if step.name == "held")
        assert unmet(outcome for step in steps[bought : held + 1] for outcome in played.player.do(step)) == []
        keys = Counter(order["externalId"] for order in partner_orders(played))
        kept = Counter(key for hold in holds(played.urls) for key in keys_of(hold))
        assert unmet(outcome for step in steps[held + 1 :] for outcome in played.player.do(step)) == []
    assert keys
    assert kept
    assert set(keys.values()) == set(kept.values()) == {1}


def partner_orders(staged: Stage) -> list[Json]:
    return [
        order
        for name in staged.loaded.scenario.partners
        for order in staged.player.found(f"partner({name})")["serviceOrder"]
    ]


def keys_of(hold: Json) -> list[str]:
    return [entity["id"] for entity in hold["relatedEntity"] if entity["role"] == "externalId"]


def answered_and_read(staged: Stage, kill_after: int = 10) -> tuple[Json, list[Json]]:
    """The check once it is done, and the items that were final when the server was killed: its partner has had so many
    questions then, and others are still to come."""
    steps = staged.loaded.steps
    asked = next(step for step in steps if step.check is not None)
    waited = next(step for step in steps if step.wait is not None)
    list(staged.player.do(asked))
    until("some were asked", lambda: questions(staged) >= kill_after)
    early = until("some are final", lambda: final(staged))
    staged.server.kill()
    staged.server.start()
    list(staged.player.do(waited))
    return staged.player.found("check"), early


def final(staged: Stage) -> list[Json]:
    check = staged.player.found("check")
    assert check["state"] != "done", "the end came before anybody read a single item"
    return [item for item in items_of(check) if item["state"] == "done"]


def questions(staged: Stage) -> int:
    return int(staged.player.found("partner(partner-a).questions"))


def told(heard: Listener, check_id: str) -> list[Json]:
    return [
        event
        for event in heard.events
        if event["eventType"] == "CheckServiceQualificationStateChangeEvent"
        and event["event"]["checkServiceQualification"]["id"] == check_id
        and event["event"]["checkServiceQualification"]["state"] == "done"
    ]


def outcome(check: Json) -> tuple[Counter[str], list[tuple[str, str, list[str], Json]]]:
    """The result of each item with its reasons and what it costs and when it is ready, without ids and times."""
    told_again = ("plan.readyForServiceDate", "commercial.oneTimeCost", "commercial.recurringCost", "partner.chosen")
    rows = []
    for item in items_of(check):
        said = {one["name"]: one["value"] for one in item["service"].get("serviceCharacteristic", [])}
        codes = [reason["code"] for reason in item.get("eligibilityUnavailabilityReason", [])]
        figures = [said.get(name) for name in told_again]
        rows.append((item["id"], item.get("qualificationResult", ""), codes, figures))
    return Counter(row[1] for row in rows), rows
