"""``fairlead measurements observed``: what the platform itself has measured of runs and checks."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.errors import FairleadError
from fairlead.measurements.statistics import parse_statistic

if TYPE_CHECKING:  # loading a database's driver takes longer than the other verbs
    from fairlead.measurements.asking import Question
    from fairlead.measurements.model import Measurement

METRICS = ("wait", "plan", "check", "run", "verdict")
_CONDITIONS = ("targeted", "all checks", "from an earlier run", "when it came in")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `measurements observed` takes."""
    parser.add_argument(
        "metric",
        choices=METRICS,
        help="wait: from queued to begun; plan, check, run: how long each took; verdict: from queued "
        "to decided",
    )
    parser.add_argument("--statistic", default="median", help="mean, p90, max, count, … (median)")
    parser.add_argument(
        "--window",
        action="append",
        default=[],
        metavar="WHEN",
        help="2026-10, a date, or START/END, in UTC; again for a second one to set beside it",
    )
    inert = parser.add_mutually_exclusive_group()
    inert.add_argument("--inert", action="store_const", const=True, help="only changes proved inert")
    inert.add_argument(
        "--not-inert", dest="inert", action="store_const", const=False, help="only others"
    )
    parser.add_argument(
        "--nature", default="", help="only changes that are mostly this: documentation, …"
    )
    parser.add_argument("--check", default="", help="only this check")
    parser.add_argument("--outcome", default="", help="only what ended so: passed, blocked, failed, …")
    parser.add_argument("--repository", default="", help="only this repository, by its name")
    parser.add_argument(
        "--condition",
        default="",
        choices=("", *_CONDITIONS),
        metavar="WORDS",
        help=f"one of: {', '.join(_CONDITIONS)}",
    )
    parser.add_argument(
        "--keep", action="store_true", help="import the answers, so that a story can be bound to them"
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="the platform's folder")
    parser.add_argument(
        "--store",
        default="",
        metavar="ADDRESS",
        help="its database (default: $FAIRLEAD_STORE, or there)",
    )


def observed(arguments: argparse.Namespace) -> tuple[Measurement, ...]:
    """Return the answers, one for each window; raises FairleadError where nothing was observed."""
    from fairlead.app.platform_wiring import platform_settings
    from fairlead.measurements.asking import answer
    from fairlead.store.database import open_database
    from fairlead.store.migrations import newest_version, version_of

    settings = platform_settings(os.environ, state=arguments.state, store=arguments.store)
    place = settings.store.split("@")[-1].removeprefix("sqlite:///")
    if settings.store.startswith("sqlite:///") and not Path(place).exists():
        raise FairleadError(
            f"no platform has kept anything at {place}", fix="fairlead up, or name it with --store"
        )
    database = open_database(settings.store)
    try:
        if version_of(database) != newest_version():
            raise FairleadError(
                f"{place} is not a store of this version", fix="fairlead up brings it to date"
            )
        found = []
        for question in _questions(arguments):
            with database.read() as connection:
                measurement = answer(connection, question, source=f"observed by fairlead, {place}")
            if measurement is None:
                when = f" in {question.window}" if question.window else ""
                raise FairleadError(
                    f"nothing of that kind was observed{when}",
                    fix="ask for less at once, or for another window; --statistic count counts",
                )
            found.append(measurement)
    finally:
        database.close()
    return tuple(found)


def _questions(arguments: argparse.Namespace) -> list[Question]:
    from fairlead.measurements.asking import Question, read_window
    from fairlead.measurements.observations import Metric

    windows = []
    for text in arguments.window:
        try:
            windows.append(read_window(text))
        except ValueError as error:
            raise FairleadError(
                f"--window {text!r} cannot be read ({error})",
                fix="write a month as 2026-10, a date as 2026-10-05, a window as START/END",
            ) from error
    return [
        Question(
            metric=Metric(arguments.metric),
            statistic=parse_statistic(arguments.statistic),
            window=window,
            repository=arguments.repository,
            nature=arguments.nature,
            inert=arguments.inert,
            check=arguments.check,
            outcome=arguments.outcome,
            condition=arguments.condition,
        )
        for window in windows or [None]
    ]
