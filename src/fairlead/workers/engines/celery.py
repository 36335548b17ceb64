"""The distributed engine: Celery on Redis carries tickets, and the ledger says for which run.

A ticket means "take the run whose turn it is" and names none. So a ticket that is delivered twice, late
or never does no harm: a second one finds nothing to claim, and the keeper writes new ones for what
waits. Nothing that has to be right is kept in Redis.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from amqp.exceptions import AMQPError
from celery import Celery, signals
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from fairlead.workers.carrying import Terms, Worker, carry_out, take_one
from fairlead.workers.crew import Crew
from fairlead.workers.keeping import Health

_log = logging.getLogger("fairlead.workers")

QUEUE = "fairlead"
TASK = "fairlead.take"

_MARGIN = 300
"""Seconds by which a ticket stays invisible longer than its run may take."""

_MOST_AT_ONCE = 100
_UNREACHABLE = (AMQPError, KombuError, RedisError, OSError)


def celery_app(broker: str, terms: Terms) -> Celery:
    """Return the Celery application of a platform; nothing is connected yet."""
    app = Celery("fairlead", broker=broker, set_as_current=False)
    longest = terms.limit + terms.grace
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_time_limit=longest,  # the leash enforces it: pools of threads don't
        task_serializer="json",
        accept_content=["json"],
        broker_transport_options={
            "visibility_timeout": longest + _MARGIN,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 15,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
    )
    return app


class Tickets:
    """The engine as a platform sees it: it writes tickets, and workers take them.

    Those are elsewhere, beside a ``crew`` of its own where it is given one. Redis may come later than
    this: the keeper writes what is missing then.
    """

    def __init__(self, app: Celery, *, crew: Crew | None = None) -> None:
        self._app, self._crew = app, crew

    def start(self) -> None:
        """Start the crew."""
        if self._crew is not None:
            self._crew.start()

    def wake(self, waiting: int) -> None:
        """See that as many tickets lie in the queue as runs wait, a hundred at a time."""
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
                channel = connection.default_channel
                self._app.amqp.queues[QUEUE](channel).declare()
                lying = channel.queue_declare(QUEUE).message_count
                with self._app.amqp.Producer(channel) as producer:
                    for _ in range(min(waiting - lying, _MOST_AT_ONCE)):
                        self._app.send_task(TASK, producer=producer, retry=False)
        except _UNREACHABLE as error:
            _log.warning("no ticket could be written to Redis, it will be tried again: %s", error)

    def health(self) -> Health:
        """Say whether Redis answers, and how many workers do within a second."""
        try:
            with self._app.connection_for_read() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
                answers = self._app.control.ping(timeout=1.0, connection=connection) or []
        except _UNREACHABLE as error:
            return Health(
                ok=False,
                words=f"Redis can't be reached ({error}); runs wait in the ledger",
                fix="start Redis, or correct its address; runs that wait are then carried out",
            )
        if not answers:
            return Health(
                ok=False,
                words="Redis answers, but no worker does",
                fix="start one: fairlead worker --store ADDRESS --broker ADDRESS",
                workers=0,
            )
        return Health(ok=True, words=f"{len(answers)} workers answer", workers=len(answers))

    def stop(self, *, patience: float) -> None:
        """Let go of Redis, and have the crew hand back its runs and end; others go on."""
        if self._crew is not None:
            self._crew.stop(patience=patience)
        self._app.close()


def work_off_tickets(app: Celery, worker: Worker, *, ready: Callable[[], None] = lambda: None) -> int:
    """Take tickets until asked to end; return the exit code.

    One at a time, in a thread, so that the connection to Redis is served meanwhile. When Redis goes
    away with a run going on, Celery may end this process: its crew starts another.
    """

    @app.task(name=TASK)
    def take() -> None:
        claimed = None if worker.halt.is_set() else take_one(worker)
        if claimed is not None:
            carry_out(worker, claimed)

    def halt(**_: object) -> None:
        worker.halt.set()

    def begun(**_: object) -> None:
        ready()

    signals.worker_shutting_down.connect(halt)
    signals.worker_shutdown.connect(halt)
    signals.worker_ready.connect(begun)
    process = app.Worker(
        pool="threads",
        concurrency=1,
        hostname=f"fairlead@{worker.name}",
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    process.start()
    return process.exitcode or 0
