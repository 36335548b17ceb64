"""Measures what a session executes, and has testmon record which test executed what.

Testmon measures with coverage.py and would pause a measurement that runs around it: lines that tests
execute then count as never executed. Here both come from one measurement. Testmon's own is made to
record branches, and its data are kept before it erases them; what runs outside of tests, above all the
import of modules, is measured around it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import sysconfig

import choosing
import pytest
from coverage import Coverage, CoverageData
from coverage.exceptions import CoverageException, NoDataError

_CORE = "ctrace" if importlib.util.find_spec("coverage.tracer") else "pytrace"
"""How coverage.py is to look on: by tracing, for its newer way can't tell one test from the next."""


class Recorder:
    """What one session records; ``plugins`` are to be given to pytest, ``finish`` called after it."""

    def __init__(self, told, tree, journal):
        self._told, self._tree = told, tree
        self._kept = CoverageData(basename=told["measured"])
        self._around = self._coverage()
        self._record = None
        if told["record"]:
            self._record = choosing.Record(told, tree, journal, self._coverage, self._keep)
        self._tracer = None
        self._disturbing = ""
        self.plugins = [self, *(self._record.plugins if self._record else [])]
        self._around.start()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        """Remember what measures."""
        self._tracer = sys.gettrace()
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        """Put the measurement back that a test has taken away, as debuggers do, and note which."""
        if sys.gettrace() is None:
            self._disturbing = self._disturbing or item.nodeid
            sys.settrace(self._tracer)
        yield

    def finish(self, *, whole):
        """Write what was measured; and, after a ``whole`` session, what the next choice needs."""
        self._around.stop()
        around = self._around.get_data()
        self._keep({file: around.arcs(file) or [] for file in around.measured_files()})
        self._kept.write()
        if self._record:
            files = filter(os.path.isfile, around.measured_files())
            at_import = {file: around.lines(file) or [] for file in files}
            self._record.finish(at_import, whole=whole and not self._disturbing)
        if self._told["changed"]:
            self._report()

    def _coverage(self):
        omit = {os.path.join(path, "*") for path in sysconfig.get_paths().values()}
        found = Coverage(
            data_file=None,
            config_file=False,
            branch=True,
            include=[os.path.join(self._tree, "*")],
            omit=sorted(omit),
        )
        found._warn_no_data = False
        with contextlib.suppress(
            CoverageException
        ):  # versions that don't know it have no other default
            found.set_option("run:core", _CORE)
        return found

    def _keep(self, found):
        self._kept.add_arcs(found)

    def _report(self):
        """Write coverage.py's report of the changed files, under the project's configuration."""
        os.chdir(self._told["start"])
        answer = {"files": {}, "left_out": [], "problem": "", "disturbing": self._disturbing}
        try:
            found = Coverage(data_file=self._told["measured"], config_file=True)
            # Names are looked up as they were measured, whatever the project wants in its own files.
            found.set_option("run:relative_files", False)
            found.set_option("paths", {})
            found.set_option("report:omit", _both(found, "omit"))
            found.set_option("report:include", _both(found, "include"))
            found.load()
            sources = _sources(found)
            for path in sorted(self._told["changed"]):
                self._report_one(found, path, sources, answer)
        except Exception as error:  # whatever stops coverage.py, it isn't known what was covered
            answer["problem"] = f"{type(error).__name__}: {error}"
        with open(self._told["report"], "w", encoding="utf-8") as file:
            json.dump(answer, file)

    def _report_one(self, found, path, sources, answer):
        place = os.path.join(self._tree, path)
        written = self._told["report"] + ".one"
        start = os.path.relpath(self._told["start"], self._tree)
        if not (_is_measured(path, start, sources) if sources else _is_part(path, self._told["parts"])):
            answer["left_out"].append(path)
            return
        try:
            found.json_report(morfs=[place], outfile=written)
        except NoDataError:  # the configuration leaves the file out
            answer["left_out"].append(path)
            return
        with open(written, encoding="utf-8") as file:
            (answer["files"][path],) = json.load(file)["files"].values()


def _both(found, name):
    """Return what the project leaves out when it measures and what when it reports, as one list."""
    return [
        *(found.get_option(f"run:{name}") or []),
        *(found.get_option(f"report:{name}") or []),
    ] or None


def _sources(found):
    names = ("source", "source_pkgs", "source_dirs")
    return [entry for name in names for entry in found.get_option(f"run:{name}") or []]


def _is_part(path, parts):
    """Whether a path is a module or lies in a package that the project brings."""
    return not parts or any(path == f"{part}.py" or path.startswith(f"{part}/") for part in parts)


def _is_measured(path, start, sources):
    """Whether a path lies in one of the folders or packages that the project measures."""
    for source in sources:
        folder = os.path.normpath(os.path.join(start, source))
        if os.path.isdir(source) and (folder == "." or path.startswith(folder + "/")):
            return True
        if "/{}/".format(source.replace(".", "/")) in f"/{path[:-3]}/":
            return True
    return False
