"""Pytest plugins that write down, line by line, what happens in a session.

Like all beside it this runs in the project's own interpreter, and may import nothing of Fairlead.
"""

from __future__ import annotations

import json
import os
import sys

import pytest

_MOST = 12_000
"""How many characters of one failure's text are written down."""

_SECTION = 4_000
"""How many characters of one captured stream are written down, from its end."""


class Journal:
    """The file of events: one JSON object a line, on the disk as soon as it is written.

    A process that dies leaves every line that it wrote.
    """

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._process = os.getpid()

    def write(self, event, **details):
        """Write an event; what a forked child of a test would say is left out."""
        if os.getpid() == self._process:
            line = json.dumps({"event": event, **details}) + "\n"
            os.write(self._file, line.encode("ascii"))


class Reporter:
    """A pytest plugin that writes down what is collected, what begins, and how each phase ends."""

    def __init__(self, journal, tree):
        self._journal, self._tree, self._root = journal, tree, tree
        self._start = os.getcwd()
        self._deselected = 0

    def pytest_configure(self, config):
        """Say where pytest takes its root and its configuration from."""
        self._root = str(config.rootpath)
        self._journal.write(
            "configured",
            pytest=pytest.__version__,
            python=".".join(str(part) for part in sys.version_info[:3]),
            root=self._relative(str(config.rootpath)),
            configuration=self._relative(str(config.inipath)) if config.inipath else "",
        )

    def pytest_collectreport(self, report):
        """Say what could not be collected, and why."""
        if report.failed:
            self._journal.write(
                "uncollected",
                id=report.nodeid,
                path=self._path(report),
                text=_shortened(report.longreprtext),
            )

    def pytest_deselected(self, items):
        """Count what a selection leaves out."""
        self._deselected += len(items)

    def pytest_collection_finish(self, session):
        """Say how many tests are to run."""
        self._journal.write("collected", tests=len(session.items), deselected=self._deselected)

    def pytest_runtest_logstart(self, nodeid, location):
        """Say which test begins, so that it is known when it never ends."""
        self._journal.write("began", id=nodeid)

    def pytest_runtest_logreport(self, report):
        """Say how a phase of a test ended."""
        place, line = self._place(report)
        details = {}
        if report.failed:
            details = {
                "text": _shortened(report.longreprtext),
                "message": _message(report),
                "sections": [(name, text[-_SECTION:]) for name, text in report.sections],
            }
        self._journal.write(
            "phase",
            id=report.nodeid,
            when=report.when,
            outcome=report.outcome,
            expected=hasattr(report, "wasxfail"),
            seconds=report.duration,
            path=place,
            line=line,
            **details,
        )

    def pytest_sessionfinish(self, session, exitstatus):
        """Say that the session came to its own end."""
        self._journal.write(
            "finished",
            status=int(exitstatus),
            stopped=str(session.shouldstop or session.shouldfail or ""),
        )

    def pytest_keyboard_interrupt(self, excinfo):
        """Say that the session was stopped from inside, by Ctrl-C or ``pytest.exit``."""
        self._journal.write("interrupted", why=str(excinfo.value) or excinfo.typename)

    def pytest_internalerror(self, excrepr, excinfo):
        """Say that pytest or a plugin failed, not a test."""
        at = excinfo.traceback[-1]
        why = f"{excinfo.typename}: {excinfo.value}"[:600]
        self._journal.write("internal", why=f"{why}, at {at.path}:{at.lineno + 1}")

    def _path(self, report):
        return self._relative(os.path.join(self._start, str(report.fspath or "")))

    def _place(self, report):
        """Return the test's file and the last line of it that a failure went through."""
        path, line, _ = report.location
        whole = os.path.normpath(os.path.join(self._root, path))
        entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
        for entry in entries:
            found = getattr(entry, "reprfileloc", None)
            if found and os.path.normpath(os.path.join(self._here(), found.path)) == whole:
                line = found.lineno - 1
        return self._relative(whole), (line or 0) + 1

    def _here(self):
        """Return the folder that pytest's paths begin from; a test may have removed it by now."""
        try:
            return os.getcwd()
        except OSError:
            return self._start

    def _relative(self, path):
        return os.path.relpath(path, self._tree).replace(os.sep, "/")


class Orderly:
    """A pytest plugin that runs the tests which were asked for, and keeps others from interfering.

    Tests run one by one in this process, for what they execute is recorded here; a project's own
    measuring of coverage would take the place of ours.
    """

    def __init__(self, only, tree):
        self._only, self._tree = set(only), tree

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self, early_config, parser, args):
        """Turn pytest-cov off before it starts."""
        known = early_config.known_args_namespace
        for name, value in (("cov_source", []), ("no_cov", True)):
            if hasattr(known, name):
                setattr(known, name, value)
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config):
        """Turn pytest-xdist's workers off before they are started."""
        for name, value in (("numprocesses", 0), ("dist", "no"), ("tx", []), ("no_cov", True)):
            if hasattr(config.option, name):
                setattr(config.option, name, value)
        if not hasattr(
            config.option, "lf"
        ):  # testmon asks for it, and pytest's cache may be turned off
            config.option.lf = False
        yield

    def pytest_collection_modifyitems(self, session, config, items):
        """Leave out all but those that were asked for, where any were."""
        if self._only:
            root = str(config.rootpath)
            wanted = [item for item in items if self._name(item.nodeid, root) in self._only]
            items[:] = wanted

    def _name(self, nodeid, root):
        path, _, name = nodeid.partition("::")
        return os.path.relpath(os.path.join(root, path), self._tree).replace(os.sep, "/") + "::" + name


def _message(report):
    """Return the last line of what was raised: the assertion, in pytest's words."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext
    return text.strip()[:2_000]


def _shortened(text):
    """Return a text with its middle left out where it is long: the end says what was raised."""
    if len(text) <= _MOST:
        return text
    return text[: _MOST // 3] + "\n[...]\n" + text[-2 * _MOST // 3 :]
