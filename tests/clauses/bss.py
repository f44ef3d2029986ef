"""What a BSS does in these tests: it asks, orders, looks and reads documents, under a key of its own."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.api.answers import Exchange, check_exchange
from tests.journeys.processes import ORDERING, QUALIFICATION, until

Json = Any
CHECKS, ORDERS = f"{QUALIFICATION}/checkServiceQualification", f"{ORDERING}/serviceOrder"
TODAY = datetime.now(UTC).date()


def _weekdays(first: date, free: Collection[date] = ()) -> list[date]:
    days = (first + timedelta(days=n) for n in range(800))
    return [day for day in days if day.weekday() < 5 and day not in free]


HOLIDAY = _weekdays(TODAY)[10]
"""The only one of this operator; it lies in the lead time of every access."""
WORKING = _weekdays(TODAY, {HOLIDAY})
"""Day n of a plan that begins today, counted here by hand."""


def on(working_day: int) -> str:
    return WORKING[working_day].isoformat()


def working_days_between(first: str, last: str) -> int:
    """So many working days from the one to the other, both included."""
    return sum(date.fromisoformat(first) <= day <= date.fromisoformat(last) for day in WORKING)


def euro(amount: float) -> Json:
    return {"unit": "EUR", "value": amount}


def cents(money: Json) -> int:
    assert money["unit"] == "EUR"
    return round(money["value"] * 100)


def words(service: Json) -> dict[str, Json]:
    return {one["name"]: one["value"] for one in service.get("serviceCharacteristic", ())}


def codes(item: Json) -> dict[str, str]:
    """Reasons of a check's item: code to label."""
    return {one["code"]: one["label"] for one in item.get("eligibilityUnavailabilityReason", ())}


def price_named(item: Json) -> float:
    """The price a month with which a rejected case would be accepted, as its reason says."""
    label = codes(item)["SD-FIN-01"]
    return float(label.partition("a price of at least EUR ")[2].partition(" a month")[0].replace(",", ""))


@dataclass(frozen=True, kw_only=True)
class Bss:
    url: str
    key: str

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._sent("GET", path, headers)

    def post(self, path: str, body: Json, expected: int = 201) -> Json:
        answer = self._sent("POST", path, {}, body)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def patch(self, path: str, change: Json) -> requests.Response:
        return self._sent("PATCH", path, {}, change)

    def check(self, *items: Json, **more: Json) -> Json:
        """The answer, once there is one."""
        body = {"provideAlternative": True, "provideUnavailabilityReason": True, **more}
        made = self.post(CHECKS, {**body, "serviceQualificationItem": list(items)})

        def answered() -> Json:
            found = self.get(f"{CHECKS}/{made['id']}").json()
            return found if found["state"] in ("done", "terminatedWithError") else None

        return until("the check is answered", answered)

    def answer_for(self, item: Json) -> Json:
        """Of a check about this item alone."""
        (found,) = self.check(item)["serviceQualificationItem"]
        return found

    def order(self, order_id: str) -> Json:
        return self.get(f"{ORDERS}/{order_id}").json()

    def order_when(self, what: str, order_id: str, is_so: Callable[[Json], Any]) -> Json:
        def there() -> Json:
            found = self.order(order_id)
            return found if is_so(found) else None

        return until(what, there)

    def order_in(self, order_id: str, *states: str) -> Json:
        return self.order_when(f"the order is {states}", order_id, lambda found: found["state"] in states)

    def document(self, service: Json) -> "Document":
        """The design document that a service refers to, in all of its forms."""
        (reference,) = [one for one in service["relatedEntity"] if one.get("role") == "serviceDesign"]
        assert reference["@referredType"] == "Document"
        path = urlsplit(reference["href"]).path
        return Document(
            json=self.get(path).json(),
            markdown=self.get(path, Accept="text/markdown").text,
            html=self.get(path, Accept="text/html").text,
        )

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: Json = None) -> requests.Response:
        """Every answer is held against the contract."""
        mine = {"X-API-Key": self.key, **headers}
        answer = requests.request(method, f"{self.url}{path}", json=body, headers=mine, timeout=60)
        check_exchange(
            Exchange(
                method=method,
                path=urlsplit(answer.url).path,
                selective=False,
                status=answer.status_code,
                content_type=answer.headers.get("content-type"),
                content=answer.content,
            )
        )
        return answer


@dataclass(frozen=True, kw_only=True)
class Document:
    json: Json
    markdown: str
    html: str

    def section(self, clause: str) -> str:
        """All sections that answer a clause, as Markdown; they have to be in the page too."""
        found = [part for part in self.markdown.split("\n## ")[1:] if clause in _clauses(part)]
        assert found, f"no section answers {clause}"
        for part in found:
            title = part.partition("\n")[0].partition(". ")[2].partition(" (")[0]
            assert title in self.html, title
        return "\n".join(found)

    def payloads(self) -> list[tuple[str, Json]]:
        """What stands in the page of each body that will be sent, and under which words."""
        page = self.html.replace("<wbr/>", "")
        found = re.findall("<details><summary>(.*?)</summary><pre>(.*?)</pre></details>", page, flags=re.DOTALL)
        return [(unescape(words), json.loads(unescape(told))) for words, told in found]

    def trace(self) -> dict[str, str]:
        """Clause to where it is answered, from the table at the end."""
        table = self.markdown.rpartition("Clause by clause")[2]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "| C" in line]
        return {row[0]: row[2] for row in rows if row[0][1:].isdigit()}


def _clauses(section: str) -> list[str]:
    heading = section.partition("\n")[0]
    return heading.rpartition("(")[2].rstrip(")").split(", ") if heading.endswith(")") else []
