"""What a monitor is told: counted where it happens, and read from the store when somebody asks."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from linkwright.api.ports import Figures
from linkwright.errors import LinkwrightError

REQUEST_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
CALL_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
DESIGN_S = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 20.0, 60.0, 120.0)

log = structlog.get_logger(__name__)


class Monitor:
    """Metrics of one process. Labels are bounded: names of configuration, operations, outcomes, some listeners."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._histogram(
            "linkwright_http_request_seconds", "Requests by operation and status", ("operation", "status"), REQUEST_S
        )
        self._calls = self._histogram(
            "linkwright_outward_seconds", "Calls to other systems", ("system", "method", "outcome"), CALL_S
        )
        self._partners = self._histogram(
            "linkwright_partner_answer_seconds", "What partners said to a check", ("partner", "answer"), CALL_S
        )
        self._designs = self._histogram("linkwright_design_seconds", "Solving of design problems", (), DESIGN_S)

    def request(self, operation: str, status: str, seconds: float) -> None:
        self._requests.labels(operation, status).observe(seconds)

    def call(self, system: str, method: str, outcome: str, seconds: float) -> None:
        self._calls.labels(system, method, outcome).observe(seconds)

    def answer(self, partner: str, answer: str, seconds: float) -> None:
        self._partners.labels(partner, answer).observe(seconds)

    def design(self, seconds: float) -> None:
        self._designs.observe(seconds)

    def watch(
        self,
        figures: Callable[[], Figures],
        *,
        now: Callable[[], datetime],
        sweeps: Callable[[], int],
        taken_over: Callable[[], int],
        lost: Callable[[], int],
    ) -> None:
        """Ask the store, too, whenever somebody asks us."""
        self._registry.register(_Stored(figures, now, sweeps, taken_over, lost))

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def _histogram(self, name: str, told: str, labels: Sequence[str], buckets: Sequence[float]) -> Histogram:
        return Histogram(name, f"{told}.", labels, buckets=buckets, registry=self._registry)


class _Stored(Collector):
    def __init__(
        self,
        figures: Callable[[], Figures],
        now: Callable[[], datetime],
        sweeps: Callable[[], int],
        taken_over: Callable[[], int],
        lost: Callable[[], int],
    ) -> None:
        self._figures, self._now = figures, now
        self._sweeps, self._taken_over, self._lost = sweeps, taken_over, lost

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked of the store at the registration."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield _counter("linkwright_sweeps", "Times that this process looked for what is due", self._sweeps())
        yield _counter("linkwright_takeovers", "Runs of dead processes that this one took over", self._taken_over())
        yield _counter("linkwright_exchanges_lost", "Reads of other systems that are not in the trail", self._lost())
        try:
            found = self._figures()
        except LinkwrightError as error:  # what is counted in this process is told all the same
            log.warning("no figures from the store", error=str(error))
            yield _gauge("linkwright_store_answers", "Whether the store could be asked", [((), 0)])
            return
        yield _gauge("linkwright_store_answers", "Whether the store could be asked", [((), 1)])
        yield from self._told(found)

    def _told(self, found: Figures) -> Iterator[Metric]:
        yield from _of_runs(found, self._now())
        yield from _of_listeners(found, self._now())
        held = [(labels, float(number)) for labels, number in found.holds.items()]
        yield _gauge("linkwright_open_holds", "Reservations of orders and checks", held, ("purpose", "state"))
        yield _gauge("linkwright_orders", "Open orders by state", _by_name(found.orders), ("state",))
        yield _gauge("linkwright_resources", "Visible resources by kind", _by_name(found.resources), ("kind",))


Samples = Sequence[tuple[tuple[str, ...], float]]


def _by_name(numbers: dict[str, int]) -> Samples:
    return [((name,), number) for name, number in numbers.items()]


def _of_runs(found: Figures, now: datetime) -> Iterator[Metric]:
    many = [((due.kind,), float(due.many)) for due in found.due]
    age = [((due.kind,), _age_s(due.oldest_at, now)) for due in found.due]
    yield _gauge("linkwright_due_runs", "Runs whose time has come", many, ("kind",))
    yield _gauge("linkwright_due_age_seconds", "How long the oldest of them is due", age, ("kind",))


def _of_listeners(found: Figures, now: datetime) -> Iterator[Metric]:
    of = ("subscription",)
    waiting = [((queue.subscription_id,), float(queue.waiting)) for queue in found.queues]
    dead = [((queue.subscription_id,), float(queue.dead)) for queue in found.queues]
    age = [((queue.subscription_id,), _age_s(queue.oldest_at, now)) for queue in found.queues]
    suspended = [((queue.subscription_id,), float(queue.suspended)) for queue in found.queues]
    yield _gauge("linkwright_outbox_waiting", "Events that wait for a listener", waiting, of)
    yield _gauge("linkwright_outbox_dead", "Events that were given up", dead, of)
    yield _gauge("linkwright_outbox_age_seconds", "Age of the oldest event that waits", age, of)
    yield _gauge("linkwright_subscription_suspended", "1 where an operator has to replay", suspended, of)
    yield _gauge("linkwright_subscriptions_suspended", "All suspended subscriptions", [((), found.suspended)])


def _age_s(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0


def _gauge(name: str, told: str, samples: Samples, labels: Sequence[str] = ()) -> Metric:
    family = GaugeMetricFamily(name, f"{told}.", labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _counter(name: str, told: str, number: int) -> Metric:
    family = CounterMetricFamily(name, f"{told}.")
    family.add_metric((), number)
    return family
