"""Where background runs are put together: the one place that knows their engines.

Addresses are handed to worker processes in the environment, for they may hold passwords, and a command
line is everybody's to read.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from fairlead.errors import FairleadError
from fairlead.settings import Settings
from fairlead.store.database import Database, open_database
from fairlead.store.migrations import newest_version, version_of
from fairlead.workers.carrying import USUAL, Clock, Terms, Worker
from fairlead.workers.crew import NAME, Crew
from fairlead.workers.engines.pool import Pool
from fairlead.workers.keeping import Engine, Keeper, give_up
from fairlead.workers.tether import tether

if TYPE_CHECKING:
    from celery import Celery

STORE, BROKER = "FAIRLEAD_STORE", "FAIRLEAD_BROKER"

_REDIS = ("redis://", "rediss://", "redis+socket://")


def keeper_of(
    settings: Settings,
    database: Database,
    *,
    environ: Mapping[str, str],
    terms: Terms = USUAL,
    workers_here: bool = True,
) -> Keeper:
    """Return what keeps a platform's background runs going, with its engine.

    Without a broker that is worker processes of our own. With one, tickets to Celery workers, and
    those workers too with ``workers_here``, as ``fairlead worker`` has them on each of its machines.
    Raises FairleadError when Celery is wanted and isn't installed, or nobody would work.
    """
    crew = _crew(settings, database, environ, terms) if workers_here else None
    engine: Engine
    if settings.broker:
        app = _celery(settings.broker, terms)
        from fairlead.workers.engines.celery import Tickets

        engine = Tickets(app, crew=crew)
    elif crew is not None:
        engine = Pool(crew)
    else:
        raise FairleadError(
            "with neither workers nor a broker nobody would carry out runs",
            fix="give it a worker, or name a broker that workers elsewhere use",
        )
    return Keeper(database, engine)


def worker_of(
    environ: Mapping[str, str], *, cores: int, terms: Terms, clock: Clock = time.time
) -> Worker:
    """Return the worker that this process is to be; raises FairleadError when its store isn't ready."""
    from fairlead.app.background import GateWork

    database = open_database(environ[STORE])
    if version_of(database) != newest_version():
        raise FairleadError(
            "the store's tables are not those of this Fairlead",
            fix="run the same version everywhere; fairlead up brings the tables to date",
        )
    return Worker(
        name=environ[NAME],
        database=database,
        work=GateWork(database=database, environ=environ, cores=cores, clock=clock),
        terms=terms,
        clock=clock,
        tether=tether(environ),
    )


def take_tickets(broker: str, worker: Worker) -> int:
    """Have this process take tickets from Redis until it is told to end; return its exit code."""
    app = _celery(broker, worker.terms)
    from fairlead.workers.engines.celery import work_off_tickets

    return work_off_tickets(app, worker)


def cores_for(workers: int) -> int:
    """Return how many checks each of so many workers may run at once."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, there // workers)


def _crew(settings: Settings, database: Database, environ: Mapping[str, str], terms: Terms) -> Crew:
    command = (
        *(sys.executable, "-m", "fairlead.app.working"),
        *("--cores", str(cores_for(settings.workers))),
        *("--limit", f"{terms.limit:g}", "--lease", f"{terms.lease:g}"),
    )
    given = {**environ, STORE: settings.store, BROKER: settings.broker}
    return Crew(
        command, size=settings.workers, environ=given, gone=partial(give_up, database, time.time)
    )


def _celery(broker: str, terms: Terms) -> Celery:
    if not broker.startswith(_REDIS):
        raise FairleadError(
            f"{broker.split('@')[-1]!r} is not the address of a broker",
            fix="name a Redis: redis://HOST:6379/0, rediss:// with TLS",
        )
    try:
        from fairlead.workers.engines.celery import celery_app
    except ImportError as error:
        raise FairleadError(
            f"a broker is named and {error.name} isn't installed",
            fix="pip install 'fairlead[distributed]'",
        ) from error
    return celery_app(broker, terms)
