"""A BSS: asks, subscribes, orders and listens, over HTTP and through the standard APIs alone."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import requests
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Json = Any
ORDERING = "/tmf-api/serviceOrdering/v4"
QUALIFICATION = "/tmf-api/serviceQualificationManagement/v4"
FINAL = frozenset({"completed", "partial", "failed", "cancelled", "rejected"})
MILESTONES = (
    "requirementAccepted",
    "designComplete",
    "resourcesHeld",
    "partnerOrdersPlaced",
    "PONR",
    "parametersAllocated",
    "downstreamOrdersIssued",
    "readyForService",
)
CUSTOMER = {"id": "nordwind", "name": "Nordwind Logistik GmbH", "role": "customer", "@referredType": "Organization"}
WAIT_S = 120.0
LOOK_AGAIN_S = 2.0


class Player:
    """Talks to one linkwright; `events` holds every notification that its hub delivered, in order of arrival."""

    def __init__(self, base_url: str, callback: str, inbox: "queue.Queue[Json]") -> None:
        self._base_url, self._inbox, self.events = base_url, inbox, list[Json]()
        for api in (ORDERING, QUALIFICATION):
            self._post(f"{api}/hub", {"callback": callback})

    @classmethod
    @contextmanager
    def listening(cls, base_url: str) -> Iterator["Player"]:
        """A player with a listener of its own, which ends with the block."""
        inbox: queue.Queue[Json] = queue.Queue()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _listener(inbox))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield cls(base_url, f"http://127.0.0.1:{server.server_port}/events", inbox)
        finally:
            server.shutdown()
            server.server_close()

    def check(self, body: Json, console: Console) -> Json:
        """Post a feasibility check and wait for its answer."""
        asked = self._post(f"{QUALIFICATION}/checkServiceQualification", body)
        with _progress(console) as progress:
            bar = progress.add_task("feasibility check", total=2)
            for document in self._versions(asked["href"]):
                progress.update(bar, completed=1 if document["state"] in ("accepted", "inProgress") else 2)
                progress.update(bar, description=f"feasibility check: {document['state']}")
                if document["state"] in ("done", "terminatedWithError"):
                    return document
        raise TimeoutError(f"no answer within {WAIT_S:g} s: {asked['href']}")

    def order(self, body: Json, console: Console) -> Json:
        """Post an order and follow it until it is final."""
        placed = self._post(f"{ORDERING}/serviceOrder", body)
        with _progress(console) as progress:
            bar = progress.add_task("service order", total=len(MILESTONES))
            for document in self._versions(placed["href"]):
                reached = [milestone["name"] for milestone in document.get("milestone", [])]
                last = f", {reached[-1]}" if reached else ""
                progress.update(bar, completed=len(reached), description=f"service order: {document['state']}{last}")
                if document["state"] in FINAL:
                    return document
        raise TimeoutError(f"the order did not end within {WAIT_S:g} s: {placed['href']}")

    def _versions(self, href: str) -> Iterator[Json]:
        """The resource now and after every notification; without one, every few seconds."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            yield requests.get(href, timeout=10).json()
            try:
                self.events.append(self._inbox.get(timeout=LOOK_AGAIN_S))
            except queue.Empty:
                continue
            while not self._inbox.empty():
                self.events.append(self._inbox.get())

    def _post(self, path: str, body: Json) -> Json:
        answer = requests.post(f"{self._base_url}{path}", json=body, timeout=30)
        if answer.status_code not in (200, 201):
            raise RuntimeError(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json()


def _listener(inbox: "queue.Queue[Json]") -> type[BaseHTTPRequestHandler]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            inbox.put(orjson.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the progress bar has the terminal."""

    return Listener


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description:<52}"), BarColumn(), TimeElapsedColumn(), console=console
    )


def site_requirements(today: date) -> Json:
    """Three sites of one customer, each with its own trouble."""
    return {
        "description": "Three sites of Nordwind Logistik: headquarters with two diverse legs, a plant, a depot.",
        "externalId": "nordwind-rollout",
        "instantSyncQualification": False,
        "provideAlternative": True,
        "provideUnavailabilityReason": True,
        "relatedParty": [CUSTOMER],
        "serviceQualificationItem": [
            _site(
                "hq",
                "nordwind-hq",
                today,
                120,
                mbps=1000,
                availability=99.99,
                latency=30,
                accessDiversity="duct",
                priceOneTime=_euro(6000),
                priceRecurring=_euro(3900),
                bespokeActivities=HQ_WORK,
            ),
            _site("plant", "nordwind-plant", today, 45, mbps=200, availability=99.9, latency=30),
            _site("depot", "nordwind-depot", today, 60, mbps=100, availability=99.5, latency=40),
        ],
    }


HQ_WORK = [
    {"id": "survey", "kind": "survey", "name": "Survey of the server room", "days": 2, "owner": "field operations"},
    {"id": "installation", "name": "Installation", "days": 1, "skill": "install", "after": ["survey", "delivery"]},
    {"id": "test", "name": "Failover test with the customer", "days": 1, "owner": "service assurance"},
]


def _euro(value: float) -> Json:
    return {"unit": "EUR", "value": value}


def _site(
    item: str, site: str, today: date, days: int, *, mbps: int, availability: float, latency: int, **more: Json
) -> Json:
    wanted: dict[str, Json] = {
        "bandwidth": {"down": mbps, "up": mbps, "unit": "Mbit/s"},
        "availabilityTarget": availability,
        "latencyMaxMs": latency,
        "neededBy": (today + timedelta(days=days)).isoformat(),
        **more,
    }
    return {
        "id": item,
        "service": {
            "serviceSpecification": {"id": "cfs-vpn-site", "@type": "ServiceSpecificationRef"},
            "place": [{"id": site, "role": "installation", "@type": "PlaceRef", "@referredType": "GeographicSite"}],
            "serviceCharacteristic": [{"name": name, "value": value} for name, value in wanted.items()],
        },
    }


def order_from(check: Json) -> Json:
    """Order what is qualified, by reference to the check."""
    qualified = [item for item in check["serviceQualificationItem"] if item["qualificationResult"] == "qualified"]
    return {
        "description": "The part of the roll-out that can be done as required.",
        "externalId": "nordwind-rollout-1",
        "category": "bespoke",
        "relatedParty": [{**CUSTOMER, "@type": "RelatedParty"}],
        "externalReference": [
            {
                "id": f"{check['id']}/{item['id']}",
                "name": "feasibility check",
                "externalReferenceType": "serviceQualification",
            }
            for item in qualified
        ],
        "serviceOrderItem": [
            {
                "id": item["id"],
                "action": "add",
                "service": {k: item["service"][k] for k in _ORDERED if k in item["service"]},
            }
            for item in qualified
        ],
    }


_ORDERED = ("serviceSpecification", "place", "serviceCharacteristic")
