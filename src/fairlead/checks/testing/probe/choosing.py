"""Lets testmon choose the tests that a change can affect, and adds what testmon doesn't see.

Testmon knows which functions each test executed, and chooses the tests of those that changed. Each of
these let a broken change pass, and is added here:

- What runs while a module is imported (a constant, a table that a function builds): modules are
  imported before the tests begin. A test depends on the import of everything that its module, its
  conftests and the modules which it executes import, directly or not.
- What a fixture of a wide scope executes: testmon charges the first test that asks for it. Here all
  tests are charged that run while the fixture lives.
- Files outside of pytest's root folder.
- Other processes that a test starts: what they execute isn't seen, so that such a test depends on every
  Python file.
- Python files that no session has imported, read as data or run as scripts: all tests may depend on
  them.

What is left are values that one test computes and another uses without a fixture (a cache in a module):
the second is not known to depend on how they are computed.

For the coverage of changed lines, the tests are chosen too that execute the functions which hold them:
the tests of a change may have run in an earlier session.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from array import array
from collections import defaultdict
from typing import Any

import extending
import parsed
import pytest
from testmon import pytest_testmon, testmon_core

_FIXTURE = "fixture "
_MODULE = "<module>"
_STARTS = {
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
}
_NOTHING = {"imports": {}, "at_import": {}, "python": {}, "spawning": []}


class Record:
    """What is known of the dependencies of tests, before a session and after it.

    ``plugins`` are testmon, extended, and what it needs to know of fixtures. ``coverage`` makes a
    measurement, ``keep`` is given its data before they are erased.
    """

    def __init__(self, told, tree, journal, coverage, keep):
        self._told, self._tree, self._journal = told, tree, journal
        self._graph = _read(told["graph"])
        self._parsed = parsed.Parsed(told["parsed"])
        self._parsed.know_blocks()
        self._collector: Any = None
        self._data: Any = None
        self._names = []
        self._lines_of = {}
        self._spawning = set()
        self.running = ""
        self.alive = {}
        self.used = defaultdict(set)
        self.plugins = [pytest_testmon, _Fixtures(self)]
        extending.extend(self, coverage, keep)
        sys.addaudithook(self._hear)

    def _hear(self, event, details):
        if event in _STARTS:
            self._spawning.add(self._names[-1] if self._names else self.running)

    def begin(self, collector):
        """Take note of what measures the tests."""
        self._collector = collector

    @contextlib.contextmanager
    def under(self, name):
        """Measure what runs meanwhile under a name of its own instead of the test's."""
        measured = self._collector.cov if self._collector else None
        if measured is None:
            yield
            return
        self._names.append(name)
        measured.switch_context(name)
        try:
            yield
        finally:
            self._names.pop()
            measured.switch_context(self._names[-1] if self._names else self._collector._test_name)

    def charge(self, found):
        """Return the lines by test and file, those of the fixtures that were alive among them."""
        for name in [name for name in found if name.startswith(_FIXTURE)]:
            kept = self._lines_of.setdefault(name, {})
            for file, lines in found.pop(name).items():
                kept.setdefault(file, set()).update(lines)
        for test, files in found.items():
            for name in self.used[test]:
                for file, lines in self._lines_of.get(name, {}).items():
                    files.setdefault(file, set()).update(lines)
        return found

    def choose(self, data):
        """Add to the tests that testmon holds for affected those that it doesn't see."""
        self._data = data
        tests = _dependencies(data)
        chosen = self._by_import(tests) | self._by_other_ways(tests) | self._by_changed_lines(tests)
        data.unstable_test_names |= chosen
        data.unstable_files |= {_home(test) for test in chosen}
        data.stable_test_names = set(tests) - data.unstable_test_names
        data.stable_files = set(data.all_files) - data.unstable_files
        self._journal.write("chosen", recorded=len(tests))

    def finish(self, at_import, *, whole):
        """Close testmon's file; write what is imported by what, if the session was a ``whole`` one."""
        if self._data is None:
            return
        self._data.db.con.close()
        if whole:
            imports, blocks = self._imported(at_import)
            for file, known in self._graph["imports"].items():
                if self._checksums(file):  # not seen in this session, and still there
                    imports.setdefault(file, known)
            for file, known in self._graph["at_import"].items():
                still = set(known) & self._checksums(file)
                if still:
                    blocks[file] = sorted(still | set(blocks.get(file, ())))
            with open(self._told["graph"], "w", encoding="utf-8") as file:
                json.dump(
                    {
                        "imports": imports,
                        "at_import": blocks,
                        "python": self._told["python"],
                        "spawning": self._spawners(),
                    },
                    file,
                )
            self._parsed.write()

    def _spawners(self):
        """Return the tests that start other processes, or use a fixture that does."""
        self._spawning.discard("")
        ran = {test for test, names in self.used.items() if names & self._spawning} | self._spawning
        return sorted(ran | (set(self._graph["spawning"]) - set(self.used)))

    def _by_import(self, tests):
        """Return the tests that depend on a module which does something else when it is imported."""
        changed = [
            file
            for file, blocks in self._graph["at_import"].items()
            if not set(blocks) <= self._checksums(file)
        ]
        importers = defaultdict(set)
        for file, imported in self._graph["imports"].items():
            for other in imported:
                importers[other].add(file)
        begun = {_home(test) for test in tests} | {file for files in tests.values() for file in files}
        chosen = set()
        for file in changed:
            reached = _closure(file, importers)
            folders = [
                os.path.dirname(one) for one in reached if os.path.basename(one) == "conftest.py"
            ]
            if not folders and not reached & begun:  # loaded in some way that nothing here shows
                return set(tests)
            chosen |= {
                test
                for test, files in tests.items()
                if _home(test) in reached
                or not reached.isdisjoint(files)
                or any(_lies_in(_home(test), folder) for folder in folders)
            }
        return chosen

    def _by_other_ways(self, tests):
        """Return the tests that a changed file may reach without being imported where it is seen."""
        known, now = self._graph["python"], self._told["python"]
        changed = [path for path, digest in known.items() if now.get(path) != digest]
        files = [self._relative(os.path.join(self._tree, path)) for path in changed]
        homes = {_home(test) for test in tests}
        if any(file not in self._graph["imports"] and file not in homes for file in files):
            return set(tests)
        return set(tests) & set(self._graph["spawning"]) if changed else set()

    def _by_changed_lines(self, tests):
        """Return the tests that execute a function which holds a changed line."""
        chosen = set()
        for path, lines in self._told["changed"].items():
            file = self._relative(os.path.join(self._tree, path))
            module = self._data.source_tree.get_file(file)
            if module is None:
                continue
            wanted, imports = set(), False
            for line in lines:
                holding = [
                    block
                    for block in module.blocks
                    if block.name != _MODULE and block.start <= line <= block.end
                ]
                if holding:
                    inner = min(holding, key=lambda block: block.end - block.start)
                    wanted.update(testmon_core.methods_to_checksums([inner.code]))
                imports = imports or not holding
            chosen |= {test for test, files in tests.items() if wanted & files.get(file, set())}
            if imports:  # any test that has the module imported will do
                chosen |= set(sorted(test for test, files in tests.items() if file in files)[:1])
        return chosen

    def _checksums(self, file):
        module = self._data.source_tree.get_file(file)
        return set(module.checksums) if module else set()

    def _imported(self, at_import):
        """Return what each of the tree's modules imports, and which of its blocks ran at import."""
        names, modules = {}, []
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            if not path or not path.endswith(".py") or not os.path.isfile(path):
                continue  # what lies in an archive is no file, and data to the next choice
            path = os.path.realpath(path)
            if _lies_in(path, self._tree):
                names[name] = self._relative(path)
                modules.append((name, module, path))
        imports, blocks = defaultdict(set), {}
        for name, module, path in modules:
            file = names[name]
            found = self._data.source_tree.get_file(file)
            if found is None:
                continue
            package = getattr(module, "__package__", None) or ""
            wanted = self._parsed.imports(found, name, package)
            imports[file].update(names[one] for one in wanted if one in names)
            first = min((block.start for block in found.blocks), default=1)
            lines = {first, *at_import.get(path, ())}
            blocks[file] = extending.fingerprint(found, lines)
        return {file: sorted(others - {file}) for file, others in imports.items()}, blocks

    def _relative(self, path):
        return os.path.relpath(path, self._data.rootdir).replace(os.sep, "/")


class _Fixtures:
    """A pytest plugin that measures fixtures of a wide scope, and notes which tests use them."""

    def __init__(self, record):
        self._record, self._count = record, 0

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        """Measure a wide fixture under a name of its own."""
        if fixturedef.scope == "function":
            yield
            return
        self._count += 1
        name = f"{_FIXTURE}{self._count}"
        self._record.alive[id(fixturedef)] = name
        with self._record.under(name):
            yield

    def pytest_fixture_post_finalizer(self, fixturedef):
        """Forget a fixture that is torn down."""
        self._record.alive.pop(id(fixturedef), None)

    def pytest_runtest_logstart(self, nodeid, location):
        """Note which test runs."""
        self._record.running = nodeid

    def pytest_runtest_logfinish(self, nodeid, location):
        """Note that none does."""
        self._record.running = ""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """Note what is alive while a test runs."""
        self._record.used[item.nodeid].update(self._record.alive.values())
        yield


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return _NOTHING


def _dependencies(data):
    """Return the checksums of the blocks that each recorded test executed, by test and file."""
    tests = {test: {} for test in data.all_tests}
    rows = data.db.con.execute(
        "SELECT te.test_name, f.filename, f.method_checksums "
        "FROM test_execution te JOIN test_execution_file_fp x ON x.test_execution_id = te.id "
        "JOIN file_fp f ON f.id = x.fingerprint_id "
        "WHERE te.environment_id = ?",
        [data.exec_id],
    )
    for test, file, raw in rows:
        blocks = array("i")
        blocks.frombytes(raw)
        tests.setdefault(test, {}).setdefault(file, set()).update(blocks)
    return tests


def _closure(start, edges):
    """Return everything that can be reached from a node, itself among it."""
    reached, pending = {start}, [start]
    while pending:
        for other in edges.get(pending.pop(), ()):
            if other not in reached:
                reached.add(other)
                pending.append(other)
    return reached


def _home(test):
    return test.partition("::")[0]


def _lies_in(path, folder):
    return not folder or path == folder or path.startswith(folder + "/")
