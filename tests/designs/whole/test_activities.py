"""Activities that contradict each other, the design or the calendar: told, and never a crash or a wrong date."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linkwright.designs.answers import Answer, ItemAnswer
from linkwright.designs.facts import CpeFact, CrewPool, OperatorFacts
from linkwright.designs.requirement import Requirement, Rollout, Span, Work
from linkwright.designs.whole.activities import Bounds, drafts
from linkwright.operations.model import CourseFact, SkillNeed, StaffFact
from linkwright.plan.model import Activity, After, Plan
from tests.builders import a_network, a_requirement, an_access
from tests.designs.answering import a_designer, codes, item_of, labels, some_facts

MONDAY = datetime(2027, 5, 3, 8, 0, tzinfo=UTC)


def asked(*requirements: Requirement, sites: tuple[str, ...] = ("site-1",), **network: Any) -> Answer:
    model = a_network().cpe[0].model
    stock = network.pop("stock", None)
    facts = some_facts(
        *sites, facts=a_network(**({"cpe": (CpeFact(model=model, **stock),)} if stock else {}) | network)
    )
    facts.access = tuple(replace(one, lead_days=5) for one in facts.access)
    designer = a_designer(facts)
    designer._now = lambda: MONDAY
    return designer.answer(requirements)


def answered(*works: Work, network: dict[str, Any] | None = None, **changes: Any) -> ItemAnswer:
    wanted = a_requirement(**{"needed_by": date(2027, 9, 1), "bespoke_activities": works} | changes)
    return item_of(asked(wanted, **(network or {})))


def steps_of(answer: ItemAnswer) -> dict[str, tuple[date, date]]:
    return {step.id: (step.start, step.end) for step in plan_of_item(answer).steps}


def plan_of_item(answer: ItemAnswer) -> Plan:
    assert answer.solution is not None, labels(answer)
    assert answer.solution.plan is not None
    return answer.solution.plan


def several(count: int, **changes: Any) -> tuple[Requirement, ...]:
    plain = a_requirement(needed_by=None, **changes)
    place = plain.place
    assert place is not None
    return tuple(replace(plain, ref=f"i{n:02}", place=replace(place, id=f"s{n:02}")) for n in range(count))


def names(count: int) -> tuple[str, ...]:
    return tuple(f"s{n:02}" for n in range(count))


def whole_plan(answer: Answer) -> Plan:
    assert answer.whole is not None
    assert answer.whole.plan is not None
    return answer.whole.plan


def test_a_place_can_have_two_installations() -> None:
    steps = steps_of(
        answered(
            Work(id="mast", kind="installation", days=2),
            Work(id="indoor", kind="installation", days=1, after=(After(activity="mast"),)),
        )
    )
    assert "installation" not in steps
    assert steps["indoor"][0] > steps["mast"][1]


def test_the_one_that_is_named_is_the_installation_of_the_design() -> None:
    steps = steps_of(answered(Work(id="mast", kind="installation", days=2), Work(id="installation", days=4)))
    assert (steps["mast"], steps["installation"]) == (
        (date(2027, 5, 10), date(2027, 5, 11)),
        (date(2027, 5, 10), date(2027, 5, 13)),
    )


def test_what_comes_after_nothing_that_there_is_is_asked_about() -> None:
    answer = answered(Work(id="crane", days=1, nrc_minor=0, after=(After(activity="road closed"),)))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-INF-01"])
    assert "road closed" in labels(answer)


@pytest.mark.parametrize("days", [None, 3])
def test_a_reference_to_no_activity_of_the_inventory_is_asked_about(days: int | None) -> None:
    answer = answered(Work(id="crane", days=days, nrc_minor=0, reference="helicopter"))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-INF-01"])
    assert "helicopter" in labels(answer)


@pytest.mark.parametrize("name", ["permit", "delivery:of-another-design", "capacity", "logistics"])
def test_what_only_this_design_has_not_is_waited_for_by_nobody(name: str) -> None:
    assert answered(Work(id="crane", days=1, after=(After(activity=name),))).result == "qualified"


@pytest.mark.parametrize("kind", ["installation", "configuration", "test", "quality"])
def test_what_is_said_to_come_at_the_end_is_not_waited_for_before(kind: str) -> None:
    steps = steps_of(
        answered(
            Work(id="installation", days=1),
            Work(id="configuration", days=1, after=(After(activity="installation"),)),
            Work(id="test", days=1),
            Work(id="visit", days=2, nrc_minor=0, after=(After(activity=kind),)),
        )
    )
    assert steps["visit"][0] > steps[kind][1] if kind != "quality" else steps["visit"][0] >= steps[kind][1]
    assert steps["installation"][1] < steps["configuration"][0]
    assert steps["configuration"][1] < steps["test"][0]
    assert steps["handover"][0] > max(steps["visit"][1], steps["test"][1])


def test_no_installation_waits_for_what_comes_after_installations() -> None:
    works = (Work(id="mast", kind="installation", days=2), Work(id="installation", days=4))
    visit = Work(id="visit", days=2, nrc_minor=0, after=(After(activity="installation"),))
    steps = steps_of(answered(*works, visit))
    assert steps["mast"][0] == steps["installation"][0]
    assert steps["visit"][0] > steps["installation"][1]


def test_a_freeze_stops_an_installation_that_nobody_has_estimated() -> None:
    freeze = (Span(start=date(2027, 5, 3), end=date(2027, 5, 28)),)
    steps = steps_of(answered(change_freeze=freeze))
    assert steps["installation"][0] == date(2027, 5, 31)


def test_nobody_installs_on_other_days_than_those_of_the_place() -> None:
    opened = (Span(start=date(2027, 6, 14), end=date(2027, 6, 15)),)
    assert steps_of(answered(site_access=opened))["installation"][0] == date(2027, 6, 14)


@pytest.mark.parametrize(
    "days",
    [
        (Span(start=date(2027, 6, 12), end=date(2027, 6, 13)),),
        (Span(start=date(2020, 6, 12), end=date(2020, 6, 30)),),
        (Span(start=date(2027, 6, 30), end=date(2027, 6, 1)),),
    ],
)
def test_access_days_without_a_working_day_are_told(days: tuple[Span, ...]) -> None:
    answer = answered(site_access=days)
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-TIM-02"])
    assert "would be feasible" in labels(answer)


def test_a_freeze_of_all_days_is_told() -> None:
    answer = answered(change_freeze=(Span(start=date(2020, 1, 1), end=date(2020, 12, 31), yearly=True),))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-TIM-03"])
    assert "would be feasible without it" in labels(answer)


def test_what_ends_behind_the_last_day_has_no_date() -> None:
    chain = tuple(
        Work(id=f"x{n}", days=2600, nrc_minor=0, after=(After(activity=f"x{n - 1}"),) if n else ()) for n in range(2)
    )
    answer = answered(*chain, needed_by=None)
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-TIM-01"])
    assert "would end 2,586 working days after 2037-05-08" in labels(answer)


@pytest.mark.parametrize("work", [{"days": -1}, {"days": 5, "least_days": 9}, {"days": 10**9}])
def test_figures_that_cannot_be_are_told(work: dict[str, Any]) -> None:
    answer = answered(Work(id="x", nrc_minor=0, **work))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-INF-01"])


@pytest.mark.parametrize("name", ["delivery:", "1/installation", "a/b/c", "pilot", "", "x" * 5000, "ship\u202e\x00"])
def test_no_name_is_too_strange(name: str) -> None:
    assert answered(Work(id=name, name="x", days=1)).result == "qualified"
    assert answered(Work(id=name, name="x", days=1, each=False)).result in ("qualified", "unqualified")


def test_an_item_for_which_everything_is_done_with_others_has_their_plan() -> None:
    everything = tuple(Work(id=name, days=1, each=False) for name in ("installation", "handover"))
    wanted = several(2, activities=everything)
    answer = asked(*wanted, sites=names(2))
    assert [one.result for one in answer.items] == ["qualified", "qualified"]


def test_what_is_done_once_takes_as_long_as_any_item_says() -> None:
    one, other = several(2)
    answer = asked(
        replace(one, bespoke_activities=(Work(id="gate", days=2, each=False),)),
        replace(other, bespoke_activities=(Work(id="gate", days=9, each=False),)),
        sites=names(2),
    )
    (gate,) = [step for step in whole_plan(answer).steps if step.id == "gate"]
    assert gate.days == 9


def test_an_absent_crew_is_no_date() -> None:
    nobody = OperatorFacts(pools=(CrewPool(id="crews", skill="climb", crews=0),))
    answer = answered(Work(id="mast", days=1, skill="climb"), network={"operator": nobody})
    assert answer.result == "unqualified"
    assert "crews" in labels(answer)


def test_the_pieces_that_there_are_go_to_those_who_come_first() -> None:
    answer = asked(*several(5), sites=names(5), stock={"stock": 2})
    assert [one.result for one in answer.items].count("qualified") == 2


def test_a_pilot_comes_first_even_where_it_takes_no_days_of_its_own() -> None:
    bundle = Requirement(ref="all", bundles=(), rollout=Rollout(pilot_items=2))
    install = (Work(id="installation", days=3),)
    waves = whole_plan(asked(bundle, *several(4, activities=install), sites=names(4))).waves
    assert [(wave.items, wave.pilot) for wave in waves] == [(2, True), (2, False)]
    assert waves[1].start > waves[0].end


def test_a_pilot_of_more_than_there_are_is_all_of_them() -> None:
    bundle = Requirement(ref="all", bundles=(), rollout=Rollout(pilot_items=9, pilot_days=4))
    waves = whole_plan(asked(bundle, *several(3), sites=names(3))).waves
    assert [(wave.items, wave.pilot) for wave in waves] == [(3, True)]


def test_a_wave_begins_when_the_one_before_it_is_installed() -> None:
    bundle = Requirement(ref="all", bundles=(), rollout=Rollout(pilot_items=1, pilot_days=2, wave_items=2))
    install = (Work(id="installation", days=2),)
    waves = whole_plan(asked(bundle, *several(6, activities=install), sites=names(6))).waves
    assert [(wave.number, wave.items, wave.start, wave.end) for wave in waves] == [
        (0, 1, date(2027, 5, 10), date(2027, 5, 11)),
        (1, 2, date(2027, 5, 12), date(2027, 5, 13)),
        (2, 2, date(2027, 5, 14), date(2027, 5, 17)),
        (3, 1, date(2027, 5, 18), date(2027, 5, 19)),
    ]


def skilled(*needs: SkillNeed, **changes: Any) -> OperatorFacts:
    course = CourseFact(id="c", name="Course", skill="it:5", days=4, seats=5, nrc_minor=0)
    return replace(OperatorFacts(needs=needs, courses=(course,)), **changes)


def test_a_skill_may_have_any_name_and_is_waited_for() -> None:
    operator = skilled(SkillNeed(id="n", team="noc", skill="it:5", people=1))
    late = replace(operator.courses[0], available_from=date(2027, 6, 1))
    answer = answered(network={"operator": replace(operator, courses=(late,))})
    assert answer.solution is not None
    assert answer.solution.ready == date(2027, 6, 7)


def test_a_course_that_comes_too_late_is_the_reason_with_its_date() -> None:
    operator = skilled(SkillNeed(id="n", team="noc", skill="it:5", people=1))
    late = replace(operator.courses[0], available_from=date(2027, 6, 1))
    network = {"operator": replace(operator, courses=(late,))}
    answer = answered(needed_by=date(2027, 6, 1), network=network)
    assert (answer.result, codes(answer)) == ("alternate", ["SD-SKL-01"])
    assert "needed by 2027-06-07" in labels(answer)
    assert answered(needed_by=date(2027, 6, 7), network=network).result == "qualified"


def test_a_course_that_never_ends_teaches_nobody() -> None:
    operator = skilled(SkillNeed(id="n", team="noc", skill="it:5", people=1))
    endless = replace(operator.courses[0], days=99_999)
    answer = answered(network={"operator": replace(operator, courses=(endless,))})
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-SKL-01"])


def test_what_one_team_cannot_is_no_matter_of_items_that_another_runs() -> None:
    operator = OperatorFacts(
        staff=(StaffFact(team="noc", skill="it", people=3),),
        needs=(
            SkillNeed(id="a", team="noc", skill="it", people=1, specification="cfs"),
            SkillNeed(id="b", team="field", skill="it", people=1, technology="microwave"),
        ),
    )
    wanted = several(2)
    facts = some_facts(*names(2), facts=a_network(operator=operator))
    facts.access = (an_access(id="f", place="s00"), an_access(id="m", place="s01", technology="microwave"))
    answer = a_designer(facts).answer(wanted)
    assert [one.result for one in answer.items] == ["qualified", "unqualified"]
    assert codes(answer.items[1]) == ["SD-SKL-01"]


@pytest.mark.parametrize("day", [date(2027, 5, 1), date(2027, 5, 3), date(2026, 1, 1)])
def test_a_date_that_is_past_or_today_is_offered_the_first_that_can_be(day: date) -> None:
    answer = answered(needed_by=day)
    assert answer.result == "alternate"
    assert answer.proposals[0].offered == "2027-05-10"


def test_a_date_on_a_weekend_is_kept_on_the_friday_before() -> None:
    assert answered(Work(id="installation", days=4), needed_by=date(2027, 5, 16)).result == "qualified"
    assert answered(Work(id="installation", days=5), needed_by=date(2027, 5, 16)).result == "alternate"
    assert answered(Work(id="installation", days=5), needed_by=date(2027, 5, 17)).result == "qualified"


def test_many_items_that_can_never_be_done_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import linkwright.designs.whole.planning as planning

    calls: list[int] = []
    real = planning.schedule
    monkeypatch.setattr(planning, "schedule", lambda *a, **k: calls.append(1) or real(*a, **k))  # type: ignore[func-returns-value]
    shut = (Span(start=date(2027, 6, 12), end=date(2027, 6, 13)),)
    wanted = several(20, site_access=shut)
    answer = asked(*wanted[:18], *(replace(one, site_access=None) for one in wanted[18:]), sites=names(20))
    assert [one.result for one in answer.items].count("qualified") == 2
    # one without the 18, one with them, two to explain each of the 18
    assert len(calls) <= 2 + 2 * 18


def test_who_is_late_for_the_crews_of_others_is_not_told_of_a_freeze() -> None:
    """Each alone would be installed on 10 May, long before the freeze."""
    freeze = (Span(start=date(2027, 7, 1), end=date(2027, 7, 30)),)
    one_crew = OperatorFacts(pools=(CrewPool(id="crews", skill="install", crews=1),))
    install = (Work(id="installation", days=1, skill="install"),)
    wanted = several(2, activities=install, change_freeze=freeze)
    answer = asked(*(replace(one, needed_by=date(2027, 5, 11)) for one in wanted), sites=names(2), operator=one_crew)
    assert sorted(one.result or "" for one in answer.items) == ["alternate", "qualified"]
    (late,) = [one for one in answer.items if one.result == "alternate"]
    assert codes(late) == ["SD-TIM-01"]
    assert "Beside the other items" in labels(late)
    assert "freeze" not in labels(late)


def test_what_follows_from_the_design_is_in_the_plan_and_takes_no_time_that_nobody_states() -> None:
    plan = plan_of_item(answered())
    ready = max(step.ready for step in plan.steps if step.kind == "delivery")
    drawn = {step.kind: step for step in plan.steps}
    kinds = ("allocation", "installation", "configuration", "test", "quality", "handover")
    assert {kind: drawn[kind].days for kind in kinds} == dict.fromkeys(kinds, 0)
    assert {drawn[kind].start for kind in kinds[1:]} == {ready}
    assert "configuration" in drawn["test"].after
    assert {"quality", "test"} <= set(drawn["handover"].after)
    assert plan.ready == ready


def test_work_of_the_catalogue_is_the_one_that_follows_from_the_design() -> None:
    plan = plan_of_item(answered(Work(id="F", kind="test", days=2), Work(id="address-plan", kind="allocation", days=9)))
    drawn = {step.kind: step for step in plan.steps}
    assert [step.kind for step in plan.steps].count("test") == 1
    assert (drawn["test"].id, drawn["test"].days) == ("F", 2)
    assert drawn["installation"].start >= drawn["allocation"].ready
    assert plan.critical_path[0] == "address-plan"


@pytest.mark.parametrize("kind", ["allocation", "configuration", "test", "quality"])
def test_who_names_work_says_how_long_it_takes(kind: Any) -> None:
    assert codes(answered(Work(id=kind, kind=kind))) == ["SD-INF-01"]


def test_the_configuration_that_nobody_speaks_of_waits_for_no_freeze() -> None:
    freeze = {"change_freeze": (Span(start=date(2027, 5, 11), end=date(2027, 5, 31)),)}
    installed = Work(id="installation", days=1)
    free = plan_of_item(answered(installed, **freeze))
    assert free.ready == date(2027, 5, 11)
    frozen = plan_of_item(answered(installed, Work(id="configuration", days=0), **freeze))
    assert frozen.ready == date(2027, 6, 1)


def test_survey_and_permits_are_the_beginning_of_the_lead_time_of_their_access() -> None:
    facts = some_facts("site-1")
    facts.access = tuple(replace(one, lead_days=20, survey_days=3, permit_days=10) for one in facts.access)
    designer = a_designer(facts)
    designer._now = lambda: MONDAY
    plan = plan_of_item(item_of(designer.answer([a_requirement(needed_by=date(2027, 9, 1))])))
    drawn = {step.kind: step for step in plan.steps}
    assert [drawn[kind].days for kind in ("survey", "permit", "build")] == [3, 10, 7]
    assert drawn["permit"].start == drawn["survey"].ready
    assert drawn["build"].start == drawn["permit"].ready
    assert {"survey", "permit", "build"} <= {step.kind for step in plan.steps if step.critical}


def test_two_accesses_do_not_wait_for_the_permits_of_each_other() -> None:
    two = drafts(
        "i",
        [
            Activity(id="permit:near", name="", kind="permit", days=3),
            Activity(id="delivery:near", name="", kind="build", days=3),
            Activity(id="permit:far", name="", kind="permit", days=30),
            Activity(id="delivery:far", name="", kind="build", days=3),
        ],
        (),
        Bounds(),
        None,
    )
    waits = {one.id: [after.activity for after in one.after] for one in two.own}
    assert waits["i/delivery:near"] == ["i/permit:near"]
    assert waits["i/delivery:far"] == ["i/permit:far"]
