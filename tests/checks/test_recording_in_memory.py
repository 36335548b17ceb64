"""What the recording of tests holds and keeps is what coverage.py and testmon would have said anew."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from coverage import CoverageData
from hypothesis import HealthCheck, given, settings
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


@dataclass(frozen=True, slots=True)
class Probe:
    """What is used of the folder."""

    arcs: ModuleType
    extending: ModuleType
    parsed: ModuleType


@pytest.fixture(scope="module")
def probe() -> Iterator[Probe]:
    """Give the modules that run inside of a project's session, imported here."""
    names = ("arcs", "extending", "parsed")
    sys.path.insert(0, str(_PROBE))
    try:
        yield Probe(*(importlib.import_module(name) for name in names))
    finally:
        sys.path.remove(str(_PROBE))
        for name in names:
            sys.modules.pop(name, None)


@given(flushes=st.lists(_FLUSH))
def test_arcs_in_memory_answer_as_coverage_s_database_does(
    probe: Probe, flushes: list[tuple[str, dict[str, set[tuple[int, int]]]]]
) -> None:
    ours, theirs = probe.arcs.Arcs(), CoverageData(no_disk=True)
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
def test_a_fingerprint_is_the_one_that_testmon_would_have_made(probe: Probe, lines: set[int]) -> None:
    module = process_code.Module(source_code=_SOURCE)
    assert probe.extending.fingerprint(module, lines) == process_code.create_fingerprint(module, lines)
    assert probe.extending.fingerprint(module, lines) == process_code.create_fingerprint(module, lines)


EXTS = ("py", "html")
_STATEMENT = st.sampled_from(
    [
        "import os.path",
        "from . import a",
        "from ..b import c as d",
        "from x import *",
        "y = 1",
        "def f(:",
    ]
)
_MODULE = st.lists(_STATEMENT, max_size=4).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(_MODULE, max_size=3), now=st.lists(_MODULE, max_size=3))
def test_what_was_parsed_in_an_earlier_session_is_what_parsing_says_today(
    probe: Probe,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    before: list[str],
    now: list[str],
) -> None:
    kept = tmp_path / "parsed.json"
    kept.unlink(missing_ok=True)

    def session(sources: list[str]) -> list[tuple[list[object], list[str]]]:
        with monkeypatch.context() as patch:
            patch.setattr(process_code.Module, "blocks", process_code.Module.blocks)  # put back after
            parsed = probe.parsed.Parsed(kept)
            parsed.know_blocks()
            modules = [process_code.Module(source_code=one, ext=ext) for one in sources for ext in EXTS]
            said = [
                (list(module.blocks), list(parsed.imports(module, "p.q.r", "p.q")))
                for module in modules
            ]
            parsed.write()
        return said

    session(before)
    again = session(now)
    kept.unlink()

    assert again == session(now)
    anew = [process_code.Module(source_code=one, ext=ext).blocks for one in now for ext in EXTS]
    assert [blocks for blocks, _ in again] == anew
