"""Plays a scenario's steps as the customer's system: over HTTP, and through the standard APIs alone."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from mocks.clock import set_clock_file
from mocks.scenario.actions import Cancel, Change, Check, Order, Steer, Step, Wait
from mocks.scenario.bodies import cancel_body, change_body, check_body, new_order_body, order_body
from mocks.scenario.expectations import Expectation, Outcome, outcome
from mocks.scenario.load import Loaded
from mocks.scenario.look import MISSING, BadPath, Missing, look
from mocks.scenario.tree import BadScenario

Json = Any
ORDERING = "/tmf-api/serviceOrdering/v4"
QUALIFICATION = "/tmf-api/serviceQualificationManagement/v4"
ANSWERED = ("done", "terminatedWithError")
ENDED = ("completed", "partial", "failed", "cancelled", "rejected")
PAUSE_S = 0.2
SECOND_S = 1.0
TAKEN_WITHIN_S, BEGUN_WITHIN_S = 60.0, 10.0
GROWTH, LONGEST_PAUSE_S = 1.4, 2.0
ROOTS = ("check", "order", "cancel", "pool", "partner", "step", "check_seconds")


class Late(Exception):
    """Something was not so within its time."""


STOPS = (Late, BadScenario, BadPath, requests.RequestException)
"""After these the next step cannot be done either."""


class Player:
    """One run of a scenario against one linkwright and its mocks (`urls`, by name).

    What is posted carries an `Idempotency-Key` and is posted again where nobody answers, so that the server may go down
    and come back meanwhile.
    """

    def __init__(self, loaded: Loaded, base_url: str, urls: Mapping[str, str], clock_file: Path) -> None:
        self._loaded, self._base_url, self._urls, self._clock_file = loaded, base_url.rstrip("/"), urls, clock_file
        self._hrefs: dict[str, str] = {}
        self._session = requests.Session()
        self._check_s: float | None = None

    def play(self, *, before: Callable[[Step], None] = lambda _: None) -> Iterator[Outcome]:
        """All steps in their order, and what came of each expectation; a step that cannot be done is the last one.

        `before` is called before each step.
        """
        for number, step in enumerate(self._loaded.steps, start=1):
            name = step.name or f"{number} {step.action}"
            before(step)
            try:
                yield from self.do(step, name)
            except STOPS as error:
                yield Outcome(step=name, of=step.action, expected="can be done", came=str(error), ok=False)
                return

    def do(self, step: Step, name: str = "") -> Iterator[Outcome]:
        """One step by itself.

        Raises:
            Late: an answer, or a state that is waited for, does not come.
            BadScenario: it cannot be done.
        """
        name = name or step.name or step.action
        if step.clock is not None:
            self.set_clock(step.clock)
            time.sleep(step.settle_s)
        elif step.check is not None:
            self._check(step.check, name)
        elif step.order is not None:
            self._order(step.order, name)
        elif step.change is not None:
            self._change(step.change)
        elif step.wait is not None:
            self._wait(step.wait)
        elif step.steer is not None:
            self._steer(step.steer)
        elif step.cancel is not None:
            self._cancel(step.cancel, name)
        else:
            yield from self._expect(step.expect or [], name, step.within_s)

    def set_clock(self, at: datetime) -> None:
        set_clock_file(self._clock_file, at)

    # What is posted

    def _check(self, check: Check, name: str) -> None:
        began = time.monotonic()
        body = check_body(check, self._loaded.folder)
        self._post("check", name, f"{QUALIFICATION}/checkServiceQualification", body)
        if check.wait:
            self._until("check", ANSWERED, check.within_s)
            self._check_s = time.monotonic() - began

    def _order(self, order: Order, name: str) -> None:
        self._post("order", name, f"{ORDERING}/serviceOrder", self._order_body(order))
        if order.until:
            self._until("order", tuple(order.until), order.within_s)

    def _order_body(self, order: Order) -> Json:
        if order.items:
            return new_order_body(order)
        return order_body(order, self._get(self._href(order.of or "check")), self._get)

    def _change(self, change: Change) -> None:
        href = self._href(change.of)
        answer = self._tried("PATCH", href, change_body(change, self._get(href)))
        if answer is None or answer.status_code != change.answer:
            came = "no answer" if answer is None else f"{answer.status_code} {answer.text}"
            raise BadScenario(f"{change.of}: {came}, not {change.answer}")

    def _cancel(self, cancel: Cancel, name: str) -> None:
        body = cancel_body(cancel, self._get(self._href(cancel.of)))
        self._post("cancel", name, f"{ORDERING}/cancelServiceOrder", body)
        self._until("cancel", ANSWERED, cancel.within_s)

    def _post(self, kind: str, name: str, path: str, body: Json) -> None:
        end = time.monotonic() + TAKEN_WITHIN_S
        while True:
            answer = self._tried("POST", f"{self._base_url}{path}", body, f"{self._loaded.scenario.name}-{name}")
            if answer is not None and answer.status_code < 500:
                break
            if time.monotonic() > end:
                raise Late(f"nobody took {name} within {TAKEN_WITHIN_S:g} s")
            time.sleep(PAUSE_S)
        if answer.status_code not in (200, 201):
            raise BadScenario(f"{name}: {answer.status_code} {answer.text}")
        self._hrefs[kind] = self._hrefs[f"step({name})"] = answer.json()["href"]

    def _tried(self, method: str, url: str, body: Json = None, key: str | None = None) -> requests.Response | None:
        headers = {} if key is None else {"Idempotency-Key": key}
        try:
            return self._session.request(method, url, json=body, headers=headers, timeout=60)
        except requests.RequestException:
            return None

    # What is waited for

    def _wait(self, wait: Wait) -> None:
        states = tuple(wait.until) or (ENDED if wait.for_ == "order" else ANSWERED)
        self._until(wait.for_, states, wait.within_s)

    def _until(self, what: str, states: tuple[str, ...], within_s: float) -> None:
        href, state, pauses = self._href(what), "", growing_pauses()
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            answer = self._tried("GET", f"{href}?fields=state")
            if answer is not None and answer.status_code == 200:
                state = answer.json()["state"]
            if state in states:
                return
            time.sleep(next(pauses))
        raise Late(f"{what} is {state or 'not to be read'}, not {' or '.join(states)}, after {within_s:g} s")

    def _href(self, name: str) -> str:
        href = self._hrefs.get(name) or self._hrefs.get(f"step({name})")
        if href is None:
            raise BadScenario(f"{name}: nothing of this kind was posted")
        return href

    def _get(self, href: str) -> Json:
        answer = self._tried("GET", href)
        if answer is None or answer.status_code != 200:
            raise BadScenario(f"{href}: {'no answer' if answer is None else answer.status_code}")
        return answer.json()

    # What is expected

    def _expect(self, expectations: list[Expectation], name: str, within_s: float) -> Iterator[Outcome]:
        """What is not so yet may be so a little later, as long as something runs."""
        end, pauses = time.monotonic() + within_s, growing_pauses()
        while True:
            found = self._look(expectations)
            outcomes = [outcome(name, one, value) for one, value in zip(expectations, found, strict=True)]
            if all(one.ok for one in outcomes) or not self._runs() or time.monotonic() > end:
                break
            time.sleep(next(pauses))
        yield from outcomes

    def found(self, path: str) -> Json:
        """What a path leads to at this moment."""
        return self._found(path, self._get)

    def _look(self, expectations: list[Expectation]) -> list[Json]:
        seen: dict[str, Json] = {}

        def fetch(href: str) -> Json:
            if href not in seen:
                seen[href] = self._get(href)
            return seen[href]

        return [self._found(one.of, fetch) for one in expectations]

    def _found(self, path: str, fetch: Callable[[str], Json]) -> Json:
        root, _, rest = path.partition(".")
        word = root.partition("(")[0]
        if word not in ROOTS:
            root, word, rest = "check", "check", path
        value = self._root(root, word, fetch)
        return look(value, rest, fetch) if rest and not isinstance(value, Missing) else value

    def _root(self, root: str, word: str, fetch: Callable[[str], Json]) -> Json:
        if word == "check_seconds":
            return MISSING if self._check_s is None else self._check_s
        if word == "pool":
            return fetch(f"{self._urls['pool']}/mock-control/state")
        if word == "partner":
            return self._partner(root.removeprefix("partner(").removesuffix(")"), fetch)
        return fetch(self._href(root))

    def _partner(self, name: str, fetch: Callable[[str], Json]) -> Json:
        """What a partner has, with its `requests` and how many of them came in any second at most."""
        if name not in self._urls:
            raise BadScenario(f"there is no partner {name}")
        base = f"{self._urls[name]}/mock-control"
        calls = fetch(f"{base}/calls")
        moments = sorted(datetime.fromisoformat(call["at"]).timestamp() for call in calls)
        asked = [call for call in calls if call["path"].endswith("/checkServiceQualification")]
        return {
            **fetch(f"{base}/state"),
            "requests": len(calls),
            "questions": len([call for call in asked if call["status"] in (200, 201)]),
            "refusedForRate": len([call for call in calls if call["status"] == 429]),
            "seconds": moments[-1] - moments[0] if moments else 0.0,
            "mostPerSecond": most_in_a_second(moments),
        }

    def _runs(self) -> bool:
        """Whether anything may still change."""
        for kind, ends in (("check", ANSWERED), ("order", ENDED)):
            if kind in self._hrefs:
                answer = self._tried("GET", f"{self._hrefs[kind]}?fields=state")
                if answer is None or answer.status_code != 200 or answer.json()["state"] not in ends:
                    return True
        return False

    def _steer(self, steer: Steer) -> None:
        base = f"{self._urls[steer.system]}/mock-control"
        if steer.faults is not None:
            self._told(steer.system, "PUT", f"{base}/faults", steer.faults)
            return
        order = self._begun(base, steer)
        given = {"slipDays": steer.slip_days, "jeopardy": steer.jeopardy, "state": steer.state, "reason": steer.reason}
        wish = {name: value for name, value in given.items() if value is not None}
        self._told(steer.system, "PATCH", f"{base}/orders/{order['id']}", wish)

    def _told(self, system: str, method: str, url: str, wish: Json) -> None:
        answer = self._tried(method, url, wish)
        if answer is None or answer.status_code >= 300:
            raise BadScenario(f"{system}: {'no answer' if answer is None else answer.text}")

    def _begun(self, base: str, steer: Steer) -> Json:
        """The order, once whoever has it has begun it: only then it has dates that can move."""
        end = time.monotonic() + BEGUN_WITHIN_S
        while True:
            state = self._get(f"{base}/state")
            orders = state.get("serviceOrder") or state.get("resourceOrder") or []
            if len(orders) < steer.order:
                raise BadScenario(f"{steer.system} has {len(orders)} orders, not {steer.order}")
            order = orders[steer.order - 1]
            if order["state"] != "acknowledged" or time.monotonic() > end:
                return order
            time.sleep(PAUSE_S)


def growing_pauses() -> Iterator[float]:
    """What takes long is large, too: whoever looks at it all the time keeps it from going on."""
    pause = PAUSE_S
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE_S)


def most_in_a_second(moments: list[float]) -> int:
    """The most of these sorted moments that lie within one second."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - SECOND_S:
            first += 1
        most = max(most, last - first + 1)
    return most
