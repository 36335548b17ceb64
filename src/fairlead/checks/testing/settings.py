"""What a policy may say of the tests and of coverage, and what it may not."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

from fairlead.errors import FairleadError

SELECT = ("affected", "all")
"""Which tests run: those that the change can affect, or all of them."""

FAIL_UNDER = 80
"""The share of changed lines, in percent, that tests execute unless the policy says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteSettings:
    """``[checks.tests]``: ``command`` is empty where pytest runs them, as is ``report`` then."""

    select: str = "affected"
    repeat: bool = True
    command: tuple[str, ...] = ()
    report: str = ""


def read_suite_settings(settings: Mapping[str, object]) -> SuiteSettings:
    """Return what the policy says of tests; raises FairleadError for what can't be meant."""
    select = settings.get("select", SELECT[0])
    if select not in SELECT:
        raise FairleadError(
            f"{select!r} is no choice of tests", fix=f"select = one of {', '.join(SELECT)}"
        )
    command = _words(settings.get("command", ()))
    report = str(settings.get("report", ""))
    place = PurePosixPath(report)
    if report and (place.is_absolute() or ".." in place.parts):
        raise FairleadError(
            f"the report {report!r} lies outside of the project", fix="name a file that is inside"
        )
    return SuiteSettings(
        select=str(select),
        repeat=bool(settings.get("repeat", True)),
        command=command,
        report=report,
    )


def require_pair(settings: Mapping[str, object]) -> None:
    """Raise FairleadError when there is a command without a report, or a report without a command."""
    command, report = settings.get("command"), settings.get("report")
    if command and not report:
        raise FairleadError("command and report go together", fix='report = "junit.xml"')
    if report and not command:
        raise FairleadError(
            "command and report go together",
            fix='command = "python -m xmlrunner --output-file junit.xml"',
        )


def read_fail_under(settings: Mapping[str, object]) -> float:
    """Return the share of changed lines that tests must execute; raises FairleadError for no share."""
    value = settings.get("fail_under", FAIL_UNDER)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 100:
        raise FairleadError(f"{value!r} is no percentage", fix="fail_under = a number from 0 to 100")
    return float(value)


def _words(command: object) -> tuple[str, ...]:
    try:
        words = shlex.split(command) if isinstance(command, str) else tuple(cast("list[str]", command))
    except ValueError as error:
        raise FairleadError(
            f"the command can't be split into words ({error})", fix="mend its quotes"
        ) from error
    if not all(isinstance(word, str) and word for word in words):
        raise FairleadError("the command is no list of words", fix='command = ["tox", "-e", "py"]')
    return tuple(words)
