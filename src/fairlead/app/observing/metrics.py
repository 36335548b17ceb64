"""Metrics for Prometheus: requests, runs by state, the queue, event streams, the outbox."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from fairlead import __version__
from fairlead.store import tables
from fairlead.store.database import Database
from fairlead.store.outbox import last_number
from fairlead.workers.ledger import count_queued
from fairlead.workers.model import RunState

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """What one server counts; nothing of it is shared with another in the same process.

    Labels are routes, methods and statuses, of which there are few; never an address or a name.
    """

    def __init__(self, database: Database) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "fairlead_http_request_duration_seconds",
            "How long requests took, by route, method and status.",
            ("route", "method", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._going_on = Gauge(
            "fairlead_http_requests_in_progress",
            "Requests that are being answered, event streams among them.",
            registry=self._registry,
        )
        self.streams = Gauge(
            "fairlead_event_streams", "Clients that follow events.", registry=self._registry
        )
        self.cut_off = Gauge(
            "fairlead_event_streams_cut_off",
            "Clients that were cut off because they didn't read, since the start.",
            registry=self._registry,
        )
        built = Gauge(
            "fairlead_build_info", "Which Fairlead this is.", ("version",), registry=self._registry
        )
        built.labels(__version__).set(1)
        self._registry.register(_Stored(database))

    @contextlib.contextmanager
    def going_on(self) -> Generator[None]:
        """Count a request as long as it is answered."""
        self._going_on.inc()
        try:
            yield
        finally:
            self._going_on.dec()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        known = method if method in _METHODS else "(other)"
        self._requests.labels(route, known, str(status)).observe(seconds)

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format; reads the store."""
        return generate_latest(self._registry)


class _Stored(Collector):
    """What the store knows, read when it is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        run = tables.run
        with self._database.read() as connection:
            counted = sa.select(run.c.state, sa.func.count()).group_by(run.c.state)
            states: dict[str, int] = dict(connection.execute(counted).all())
            queued, number = count_queued(connection), last_number(connection)
        runs = GaugeMetricFamily("fairlead_runs", "Runs in the store, by state.", labels=("state",))
        for state in RunState:
            runs.add_metric((str(state),), states.get(state, 0))
        yield runs
        yield GaugeMetricFamily("fairlead_queue_depth", "Runs that wait for a worker.", value=queued)
        yield GaugeMetricFamily(
            "fairlead_outbox_number", "The number of the newest event.", value=number
        )
