"""Whether a session of tests says anything of the tree: each way of being cut short, told apart."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from fairlead.checks.model import Finding, NotEvaluated
from fairlead.checks.testing.runs import Ran
from fairlead.processes import Completed

_LAST_WORDS = 4


def cut_short(ran: Ran, found: Sequence[Finding], *, timeout: float) -> NotEvaluated | None:
    """Return why a session says nothing of the whole tree, with what it found; ``None`` if it does."""
    session = ran.session
    cause, fix = "", "run the tests by hand to see it: python -m pytest"
    if ran.completed.code is None:
        cause = f"the project's Python could not be started: {ran.completed.failure}"
        fix = "make the environment again: uv sync"
    elif ran.completed.timed_out:
        cause, fix = _out_of_time(ran, timeout)
    elif not session.pytest:
        cause = f"pytest did not start{_said(ran.completed)}"
    elif session.trouble:
        cause = session.trouble
    elif not session.whole and session.running:
        cause = f"{_ended(ran.completed)} while {session.running} ran"
        fix = f"mend that test, or what it calls: python -X faulthandler -m pytest {session.running!r}"
    elif not session.whole:
        cause = f"{_ended(ran.completed)} {_when(ran)}{_said(ran.completed)}"
    elif session.status == 1 and not session.uncollected and not any(t.failed for t in session.tests):
        cause = "pytest ended with 1, though no test failed: a plugin or a conftest.py made it so"
    elif not session.ran and not session.recorded:
        cause, fix = _nothing_ran(ran)
    if not cause:
        return None
    return NotEvaluated(cause=cause, fix=fix, findings=tuple(found))


def evidence(ran: Ran) -> str:
    """Return how it is known that the tests ran."""
    session = ran.session
    skipped = len(session.tests) - session.ran
    words = f"pytest {session.pytest} ran {session.ran} tests to their end"
    if session.recorded:
        known = max(session.recorded, session.ran)
        words += f", those of {known} that the change can affect"
    elif session.deselected:
        words += f" and left out {session.deselected}, as the project configures it"
    if skipped:
        words += f"; {skipped} were skipped"
    return "; ".join(filter(None, (words, ran.origins, *ran.notes)))


def _out_of_time(ran: Ran, timeout: float) -> tuple[str, str]:
    at = f"; it was at {ran.hanging}" if ran.hanging else ""
    done = f" {len(ran.session.tests)} tests had ended by then." if ran.session.tests else ""
    if ran.session.running:
        return (
            f"{ran.session.running} had not ended when the {timeout:g} s that the tests may take were "
            f"over{at}.{done}".removesuffix("."),
            "see whether it hangs; if it only takes long, set timeout under [checks.tests]",
        )
    return (
        f"the tests were not collected when the {timeout:g} s that they may take were over{at}",
        "look at what is done while tests are collected, or set timeout under [checks.tests]",
    )


def _nothing_ran(ran: Ran) -> tuple[str, str]:
    session = ran.session
    where = f" (configured by {session.configuration})" if session.configuration else ""
    if session.uncollected:
        return "no test ran, since none of their files can be collected", "mend what stops them"
    if session.tests:
        return (
            f"all {len(session.tests)} tests were skipped{where}",
            "see what they are skipped for: python -m pytest -rs",
        )
    if session.deselected:
        return f"all {session.deselected} tests are left out by the project's configuration{where}", (
            "look at addopts: -k and -m leave tests out"
        )
    return f"pytest found no tests{where}", (
        "add tests, say in testpaths where they are, or turn the check off: checks.tests = false"
    )


def _ended(done: Completed) -> str:
    if done.code is not None and done.code < 0:
        number = -done.code
        names = {one.value: one.name for one in signal.Signals}
        return f"the interpreter was ended by signal {number} ({names.get(number, 'unknown')})"
    return f"the interpreter ended by itself with {done.code}"


def _when(ran: Ran) -> str:
    if ran.session.tests:
        return f"after {ran.session.tests[-1].id}"
    return "before the first test ran"


def _said(done: Completed) -> str:
    """Return the last lines that were written, on either stream, as the end of a sentence."""
    text = (done.stderr or done.stdout).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = " / ".join(lines[-_LAST_WORDS:])
    return f": {said[-400:]}" if said else ""
