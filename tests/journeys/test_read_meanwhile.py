"""Items of a check that is still being answered, read over HTTP while a partner keeps it waiting."""

from collections.abc import Mapping
from pathlib import Path

from tests.journeys.processes import (
    QUALIFICATION,
    Json,
    Linkwright,
    Listener,
    clear_faults,
    is_holding,
    mock_world,
    set_faults,
    until,
)
from tests.journeys.requests_of import a_check, an_item, at_an_address, characteristics, the_depot, the_headquarters
from tests.journeys.warm import Forge

CHECKS = f"{QUALIFICATION}/checkServiceQualification"
LATE = "partner-north"
BUNDLE: Json = {"id": "all", "service": {"isBundle": True}}


def _server(folder: Path, world: Mapping[str, str], forge: Forge) -> Linkwright:
    """The late partner is asked about the headquarters only; the other one about everything."""
    own = {name: url for name, url in world.items() if not name.startswith("partner-")}
    late = f'[partners.{LATE}]\nurl = "{world[LATE]}"\nanswer_within_s = 120.0\narea = [{{places = ["nordwind-hq"]}}]'
    other = f'[partners.partner-metro]\nurl = "{world["partner-metro"]}"'
    return Linkwright(folder, own, late, other, forge=forge)


def _items(check: Json) -> dict[str, Json]:
    return {item["id"]: item for item in check["serviceQualificationItem"]}


def _states(items: Mapping[str, Json]) -> dict[str, str]:
    return {name: item["state"] for name, item in items.items()}


def test_what_nothing_can_change_any_more_is_read_while_a_partner_is_late_and_stays_through_a_kill(
    tmp_path: Path, listener: Listener, forge: Forge
) -> None:
    nowhere, address = an_item("nowhere", "no-such-site", 60, 100), at_an_address("leipzig", "addr-leipzig-2")
    with mock_world(tmp_path, forge=forge) as world, _server(tmp_path, world, forge).running(world) as server:
        server.post(f"{QUALIFICATION}/hub", {"callback": listener.url})
        set_faults(world, LATE, {"hold": "before", "operations": ["createCheckServiceQualification"]})
        check = server.post(CHECKS, a_check(BUNDLE, the_headquarters(), the_depot(), address, nowhere))
        path = f"{CHECKS}/{check['id']}"

        def read() -> dict[str, Json]:
            found = server.get(path)
            assert found["state"] in ("accepted", "inProgress")
            assert "qualificationResult" not in found
            return _items(found)

        until("two are final", lambda: list(_states(read()).values()).count("done") == 2)
        known = until("of one the partners are known", lambda: _asked(early := read(), "leipzig") and early)
        assert _states(known) == {
            "all": "inProgress",
            "hq": "inProgress",
            "depot": "done",
            "leipzig": "inProgress",
            "nowhere": "done",
        }
        for name, code in (("depot", "SD-ACC-01"), ("nowhere", "SD-GEO-01")):
            assert known[name]["qualificationResult"] == "unqualified"
            assert code in [reason["code"] for reason in known[name]["eligibilityUnavailabilityReason"]]
        assert "qualificationResult" not in known["leipzig"]
        assert {one["party"]: one["answer"] for one in _asked(known, "leipzig")} == {
            LATE: "noCoverage",
            "partner-metro": "offered",
        }
        assert _asked(known, "hq") == []
        assert characteristics(known["all"]["service"])["design.answeredItems"] == 2

        server.kill()
        server.start()
        until("the late partner is asked again", lambda: is_holding(world, LATE))
        assert read() == known
        clear_faults(world, LATE)
        ended = server.check_done(check)
        told = [event for event in listener.events if event["event"].get("checkServiceQualification", {}).get("id")]
    items = _items(ended)
    assert ended["qualificationResult"] == "unqualified"
    assert set(_states(items).values()) == {"done"}
    assert (items["depot"], items["nowhere"]) == (known["depot"], known["nowhere"])
    assert items["leipzig"]["qualificationResult"] == items["hq"]["qualificationResult"] == "qualified"
    counts = characteristics(items["all"]["service"])
    assert (counts["design.qualifiedItems"], counts["design.unqualifiedItems"]) == (2, 2)
    assert "design.answeredItems" not in counts
    early = {event["eventId"] for event in told if "AttributeValueChange" in event["eventType"]}
    assert len(early) == 1


def _asked(items: Mapping[str, Json], name: str) -> list[Json]:
    found: list[Json] = characteristics(items[name]["service"]).get("partner.asked", [])
    return found
