"""What the recording of tests holds in memory is what coverage.py and testmon would have held."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from coverage import CoverageData
from hypothesis import given
from hypothesis import strategies as st
from testmon import process_code

import fairlead.checks.testing

_PROBE = Path(fairlead.checks.testing.__file__).with_name("probe")
_LINE = st.integers(1, 40)
_ARC = st.tuples(st.one_of(_LINE, _LINE.map(lambda line: -line)), _LINE)
_FLUSH = st.tuples(
    st.sampled_from(["", "tests/a.py::one", "tests/a.py::two", "fixture 1"]),
    st.dictionaries(st.sampled_from(["/tree/a.py", "/tree/b.py"]), st.sets(_ARC, min_size=1)),
)


@pytest.fixture(scope="module")
def probe() -> Iterator[tuple[ModuleType, ModuleType]]:
    """Give the modules that run inside of a project's session, imported here."""
    sys.path.insert(0, str(_PROBE))
    try:
        import arcs  # ty: ignore[import-not-found]
        import extending  # ty: ignore[import-not-found]

        yield arcs, extending
    finally:
        sys.path.remove(str(_PROBE))
        for name in ("arcs", "extending"):
            sys.modules.pop(name, None)


@given(flushes=st.lists(_FLUSH))
def test_arcs_in_memory_answer_as_coverage_s_database_does(
    probe: tuple[ModuleType, ModuleType], flushes: list[tuple[str, dict[str, set[tuple[int, int]]]]]
) -> None:
    ours, theirs = probe[0].Arcs(), CoverageData(no_disk=True)
    for context, found in flushes:
        ours.set_context(context)
        theirs.set_context(context)
        ours.add_arcs(found)
        theirs.add_arcs(found)
    by_context: dict[str, dict[str, set[int]]] = {}
    for file in theirs.measured_files():
        for line, contexts in theirs.contexts_by_lineno(file).items():
            for context in contexts:
                by_context.setdefault(context, {}).setdefault(file, set()).add(line)
    assert {name: files for name, files in ours.lines_by_context().items() if files} == by_context
    assert ours.arcs_by_file() == {
        file: set(theirs.arcs(file) or ()) for file in theirs.measured_files()
    }
    ours.erase()
    assert ours.lines_by_context() == {} == ours.arcs_by_file()


_SOURCE = '''"""A module."""

import os

LIMIT = 3


def first(a):
    def inner(b):
        return b + a

    return inner(os.getpid())


class Thing:
    """A class."""

    size = 1

    def grow(self):
        self.size += LIMIT
        return self

    def shrink(self): return 0


async def last():
    return [one for one in range(LIMIT)]
'''


@given(lines=st.sets(st.integers(1, 35)))
def test_a_fingerprint_is_the_one_that_testmon_would_have_made(
    probe: tuple[ModuleType, ModuleType], lines: set[int]
) -> None:
    module = process_code.Module(source_code=_SOURCE)
    assert probe[1].fingerprint(module, lines) == process_code.create_fingerprint(module, lines)
    assert probe[1].fingerprint(module, lines) == process_code.create_fingerprint(module, lines)
