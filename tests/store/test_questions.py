from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from linkwright.designs.answers import Answer, ItemAnswer, Proposal, Totals
from linkwright.errors import Conflict, NotFound, Repeated, StaleVersion
from linkwright.orders.model import QualificationRef
from linkwright.posting import Post
from linkwright.qualifications.model import Question
from linkwright.store.audit import trail
from linkwright.store.database import Database
from linkwright.store.designs import NO_ITEM, WHOLE, SqlDesigns
from linkwright.store.documents import SqlDocuments
from linkwright.store.old_questions import OldQuestions
from linkwright.wire.design_document import read_design, read_whole
from linkwright.wire.filters import parse_query
from linkwright.wire.large_json import MANY
from linkwright.wire.v4.qualification import write_question
from tests.builders import NOW, a_question, a_requirement, a_solution
from tests.documents.samples import a_whole, totals_with
from tests.store.worlds import BASE_URL, World

API, CHECK, ITEM = "serviceQualificationManagement", "checkServiceQualification", "serviceQualificationItem"
OFFERED = a_solution()
PROPOSED = a_solution(design_id="design-2")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def an_answer(*items: ItemAnswer) -> Answer:
    return Answer(items=items, totals=None, valid_until=None, computed_at=NOW)


def answered(question: Question, *items: ItemAnswer) -> Question:
    return replace(question, state="done", done_at=NOW, answer=an_answer(*items))


def test_a_question_is_found_again_as_it_was_stored(world: World) -> None:
    asked = a_question(external_id="theirs-1", requester="bss")
    world.questions.write(lambda tx: tx.add(asked))

    found = world.questions.read(lambda tx: tx.question("check", "check-1"))

    assert (found.id, found.kind, found.state, found.version) == ("check-1", "check", "accepted", 1)
    assert (found.external_id, found.requester) == ("theirs-1", "bss")
    with pytest.raises(NotFound):
        world.questions.read(lambda tx: tx.question("query", "check-1"))
    assert world.events() == ["CheckServiceQualificationCreateEvent"]


def test_a_question_that_is_known_is_read_again_only_once_another_version_is_stored(world: World) -> None:
    world.questions.write(lambda tx: tx.add(a_question()))
    known = world.questions.read(lambda tx: tx.question("check", "check-1"))

    assert world.questions.read(lambda tx: tx.question("check", "check-1", known)) is known
    begun = world.questions.write(
        lambda tx: tx.save(replace(tx.question("check", "check-1", known), state="inProgress"), "stateChanged")
    )
    assert world.questions.read(lambda tx: tx.question("check", "check-1", known)).state == "inProgress"
    assert world.questions.read(lambda tx: tx.question("check", "check-1", begun)) is begun
    world.questions.write(lambda tx: tx.remove(begun))
    with pytest.raises(NotFound):
        world.questions.read(lambda tx: tx.question("check", "check-1", begun))


def test_a_query_is_kept_apart_from_a_check(world: World) -> None:
    world.questions.write(lambda tx: tx.add(a_question(kind="query", id="query-1")))

    assert world.questions.read(lambda tx: tx.question("query", "query-1")).kind == "query"
    assert world.events() == ["QueryServiceQualificationCreateEvent"]


def test_saving_gives_the_next_version_and_an_event(world: World) -> None:
    world.questions.write(lambda tx: tx.add(a_question()))
    read = world.questions.read(lambda tx: tx.question("check", "check-1"))

    saved = world.questions.write(lambda tx: tx.save(replace(read, state="inProgress"), "stateChanged"))

    assert saved.version == 2
    assert world.events()[-1] == "CheckServiceQualificationStateChangeEvent"
    with pytest.raises(StaleVersion):
        world.questions.write(lambda tx: tx.save(read, "stateChanged"))


def test_a_question_that_comes_with_its_answer_tells_its_whole_way(world: World, database: Database) -> None:
    asked = a_question()
    begun = asked.moved("inProgress")
    item = ItemAnswer(ref="1", result="qualified", solution=OFFERED)

    def store(tx: Any) -> Question:
        tx.put_designs([OFFERED], "bss")
        return tx.add(asked, begun, answered(begun, item))

    stored = world.questions.write(store)

    assert (stored.state, stored.version) == ("done", 3)
    assert world.questions.read(lambda tx: tx.question("check", "check-1")).version == 3
    assert world.events() == [
        "CheckServiceQualificationCreateEvent",
        "CheckServiceQualificationStateChangeEvent",
        "CheckServiceQualificationStateChangeEvent",
    ]
    told = [orjson.loads(body)["event"]["checkServiceQualification"] for body in world.event_bodies()]
    assert [one["state"] for one in told] == ["accepted", "inProgress", "done"]
    assert [entry.version for entry in trail(database, "check-1")] == [1, 2, 3]
    assert _commit(world) == OFFERED


def test_many_items_are_stored_found_and_told_like_few(world: World, database: Database) -> None:
    requirements = tuple(a_requirement(ref=str(number)) for number in range(MANY))
    read = world.questions.write(lambda tx: tx.add(a_question(requirements=requirements, body={"note": "theirs"})))
    listener = world.subscriptions.add(API, "http://cb", f"event.{CHECK}.{ITEM}.qualificationResult=alternate").id
    other = world.subscriptions.add(API, "http://cb", f"event.{CHECK}.{ITEM}.qualificationResult=unqualified").id
    items = [ItemAnswer(ref=one.ref, result="qualified", solution=OFFERED) for one in requirements[1:]]
    answer = replace(
        an_answer(ItemAnswer(ref="0", result="alternate"), *items),
        totals=Totals(
            qualified=MANY - 1,
            alternate=1,
            unqualified=0,
            nrc_minor=1,
            mrc_minor=2,
            currency="EUR",
            ready=OFFERED.ready,
            gap=0.0,
        ),
    )
    ended = replace(read, state="done", done_at=NOW, answer=answer)

    def store(tx: Any) -> tuple[Question, Question]:
        return tx.save(ended, "stateChanged"), tx.question("check", "check-1")

    saved, again = world.questions.write(store)

    assert (again.state, again.version, len(again.requirements)) == ("done", 2, MANY)
    written = orjson.dumps(write_question(saved, BASE_URL))
    documents = SqlDocuments(database)
    stored = documents.get("checkServiceQualification", "check-1")
    assert stored is not None
    assert stored.body == written
    assert world.event_bodies()[-1].endswith(b'"event":{"checkServiceQualification":' + written + b"}}")
    assert [len(world.outbox.head(one, 9)) for one in (listener, other)] == [1, 0]
    for result, total in (("alternate", 1), ("unqualified", 0)):
        query = parse_query(f"{ITEM}.qualificationResult={result}", known=lambda _: True)
        assert documents.page("checkServiceQualification", query).total == total


def test_a_repeated_question_is_known_before_it_is_stored(world: World) -> None:
    post = Post(keys=("externalId:7",), digest="a")
    asked = a_question(post=post)
    world.questions.read(lambda tx: tx.refuse_repeated(asked))
    world.questions.write(lambda tx: tx.add(asked))

    with pytest.raises(Repeated) as repeated:
        world.questions.read(lambda tx: tx.refuse_repeated(replace(asked, id="check-2")))
    assert repeated.value.resource_id == "check-1"
    with pytest.raises(Conflict):
        world.questions.read(lambda tx: tx.refuse_repeated(replace(asked, post=replace(post, digest="b"))))


def _commit(world: World, proposal: str | None = None) -> Any:
    ref = QualificationRef(check_id="check-1", item_id="1", proposal_id=proposal)
    return world.orders.read(lambda tx: tx.qualified(ref))


def test_an_order_finds_the_design_of_an_item_and_of_a_proposal(world: World) -> None:
    proposal = Proposal(id="p-1", dimension="date", wanted=None, offered=None, solution=PROPOSED)
    item = ItemAnswer(ref="1", result="qualified", solution=OFFERED, proposals=(proposal,))

    def answer(tx: Any) -> None:
        tx.add(a_question())
        tx.put_designs([OFFERED, PROPOSED], "bss")
        tx.save(answered(tx.question("check", "check-1"), item), "stateChanged")

    world.questions.write(answer)

    assert _commit(world) == OFFERED
    assert _commit(world, "p-1") == PROPOSED
    assert _commit(world, "p-2") is None


def test_a_check_that_is_answered_at_once_can_be_committed(world: World) -> None:
    item = ItemAnswer(ref="1", result="qualified", solution=OFFERED)
    world.questions.write(lambda tx: (tx.put_designs([OFFERED], "bss"), tx.add(answered(a_question(), item))))

    assert _commit(world) == OFFERED


def test_a_new_answer_takes_back_what_the_old_one_offered(world: World) -> None:
    offered = ItemAnswer(ref="1", result="qualified", solution=OFFERED)
    world.questions.write(lambda tx: (tx.put_designs([OFFERED], "bss"), tx.add(answered(a_question(), offered))))

    refused = ItemAnswer(ref="1", result="unqualified")
    world.questions.write(lambda tx: tx.save(answered(tx.question("check", "check-1"), refused), "stateChanged"))

    assert _commit(world) is None


def test_a_change_without_an_answer_keeps_what_was_offered(world: World) -> None:
    item = ItemAnswer(ref="1", result="qualified", solution=OFFERED)
    world.questions.write(lambda tx: (tx.put_designs([OFFERED], "bss"), tx.add(answered(a_question(), item))))

    world.questions.write(
        lambda tx: tx.save(tx.question("check", "check-1"), "attributeChanged", field_path="description")
    )

    assert _commit(world) == OFFERED


def test_a_removed_question_is_gone_with_what_it_offered(world: World) -> None:
    item = ItemAnswer(ref="1", result="qualified", solution=OFFERED)
    world.questions.write(lambda tx: (tx.put_designs([OFFERED], "bss"), tx.add(answered(a_question(), item))))

    world.questions.write(lambda tx: tx.remove(tx.question("check", "check-1")))

    with pytest.raises(NotFound):
        world.questions.read(lambda tx: tx.question("check", "check-1"))
    assert _commit(world) is None
    assert world.events()[-1] == "CheckServiceQualificationDeleteEvent"
    assert world.orders.read(lambda tx: tx.design("design-1")) == OFFERED


def test_only_the_version_that_was_read_is_removed(world: World) -> None:
    world.questions.write(lambda tx: tx.add(a_question()))
    read = world.questions.read(lambda tx: tx.question("check", "check-1"))
    world.questions.write(lambda tx: tx.save(read, "stateChanged"))

    with pytest.raises(StaleVersion):
        world.questions.write(lambda tx: tx.remove(read))


def test_work_of_a_question_is_woken_and_settled_like_that_of_an_order(world: World) -> None:
    world.questions.write(lambda tx: (tx.add(a_question()), tx.wake("check", "check-1", NOW)))
    assert [row.key for row in world.books.due(NOW, 10)] == ["check-1"]
    assert world.questions.read(lambda tx: tx.attempts("check", "check-1")) == (1, 0)

    world.questions.write(lambda tx: tx.settle("check", "check-1", 1, None))

    assert world.books.due(NOW, 10) == []


def test_a_design_is_kept_once_and_shown_to_whom_it_was_made_for(world: World) -> None:
    shelf = SqlDesigns(world.database)
    assert shelf.document("design-1") is None
    changed = replace(OFFERED, requirement=a_requirement(ref="other"))
    world.questions.write(lambda tx: (tx.put_designs([OFFERED], "bss"), tx.put_designs([changed], "bss")))

    found = shelf.document("design-1", "bss")
    assert found is not None
    assert read_design(orjson.loads(found)) == OFFERED
    assert shelf.document("design-1") == found
    assert shelf.document("design-1", "somebody else") is None


def test_the_design_of_all_items_is_kept_beside_those_of_each(world: World) -> None:
    whole = a_whole()
    totals = totals_with(whole)
    item = ItemAnswer(ref="1", result="qualified", solution=OFFERED)
    question = answered(a_question(), item)
    assert question.answer is not None
    question = replace(question, answer=replace(question.answer, totals=totals))

    world.questions.write(lambda tx: (tx.put_designs([OFFERED, whole], "bss"), tx.add(question)))

    found = SqlDesigns(world.database).document("whole-1", "bss")
    assert found is not None
    assert read_whole(orjson.loads(found)) == whole
    assert SqlDesigns(world.database).document("whole-1", "somebody else") is None
    assert _commit(world) == OFFERED
    assert world.orders.read(lambda tx: tx.design("whole-1")) is None
    nobodys = QualificationRef(check_id="check-1", item_id=NO_ITEM, proposal_id=WHOLE)
    assert world.orders.read(lambda tx: tx.qualified(nobodys)) is None

    changed = replace(whole, nrc_minor=7)
    world.questions.write(lambda tx: tx.put_designs([changed], "bss"))
    assert SqlDesigns(world.database).document("whole-1", "bss") == found


def test_the_designs_of_all_bundles_go_with_their_check_by_age(world: World) -> None:
    answer = replace(
        an_answer(), totals=totals_with(a_whole()), further={"rest": totals_with(a_whole(design_id="w-2"))}
    )
    world.questions.write(
        lambda tx: (tx.put_designs(answer.wholes, "bss"), tx.add(replace(answered(a_question()), answer=answer)))
    )
    shelf = SqlDesigns(world.database)
    assert None not in (shelf.document("whole-1", "bss"), shelf.document("w-2", "bss"))

    cleaner = OldQuestions(world.database, now=lambda: NOW)
    while cleaner.remove(NOW + timedelta(days=400)):
        pass

    assert (shelf.document("whole-1"), shelf.document("w-2")) == (None, None)


def test_the_design_of_all_items_goes_with_its_check_by_age(world: World) -> None:
    whole = a_whole()
    totals = totals_with(whole)
    question = replace(answered(a_question()), answer=replace(an_answer(), totals=totals))
    world.questions.write(lambda tx: (tx.put_designs([whole], "bss"), tx.add(question)))

    cleaner = OldQuestions(world.database, now=lambda: NOW)
    while cleaner.remove(NOW + timedelta(days=400)):
        pass

    assert SqlDesigns(world.database).document("whole-1") is None
