"""Reading what tools leave behind: doubt is never dropped."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fairlead.checks import reports
from fairlead.checks.catalogue import single_tool_checks
from fairlead.checks.model import Check, Evaluated, Finding, NotEvaluated, Severity
from fairlead.errors import FairleadError
from fairlead.processes import Completed
from views import Runs, view_of, write

names = st.binary(min_size=1, max_size=60).filter(lambda raw: b"\0" not in raw).map(os.fsdecode)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(paths=st.lists(names, max_size=40), limit=st.integers(1, 500))
def test_batches_hold_every_path_once_in_order_and_fit(paths: list[str], limit: int) -> None:
    parts = list(reports.batches(paths, limit=limit))

    assert [path for part in parts for path in part] == paths
    assert all(parts)
    for part in parts:
        assert len(part) == 1 or sum(len(os.fsencode(path)) for path in part) <= limit


@given(paths=st.lists(names, unique=True, max_size=20))
def test_a_printed_name_leads_to_one_path_or_to_none(paths: list[str]) -> None:
    try:
        printed = reports.by_printed_name(paths, tool="x")
    except FairleadError:
        assert len({reports.lossy(path) for path in paths}) < len(paths)
    else:
        assert sorted(printed.values()) == sorted(paths)


@given(path=names)
def test_a_shown_path_stays_on_one_line(path: str) -> None:
    assert reports.shown(path).isprintable()


@pytest.mark.parametrize("check", single_tool_checks(), ids=lambda check: check.name)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=values)
@example(value=[{}])
@example(value={"results": [], "errors": [], "metrics": {}})
def test_no_report_of_another_shape_is_a_pass(check: Check, value: object, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"app.py": "x = 1\n", "pyproject.toml": "[project]\nname = 'x'\n"})
    write(tree, {".github/workflows/ci.yml": "name: x\n"})

    class Prints:
        """Ends well and prints ``value``, with whatever a tool says when it looked at nothing."""

        def __call__(self, argv: object, **_: object) -> Completed:
            raw = json.dumps(value).encode()
            return Completed(argv=(), code=0, stdout=raw, stderr=b"", seconds=0.0)

    scratch = tmp_path / str(len(list(tmp_path.iterdir())))
    evaluation = check.evaluate(view_of(check, tree, scratch), Prints())

    assert isinstance(evaluation, NotEvaluated)


def test_a_finding_about_a_file_that_was_not_given_is_not_dropped(tmp_path: Path) -> None:
    check = single_tool_checks()[0]
    tree = write(tmp_path / "tree", {"a.py": "", "b.py": ""})
    view = view_of(check, tree, tmp_path / "scratch", paths=["a.py"])
    stray = Finding(
        rule="X", severity=Severity.ERROR, path="b.py", line=1, what="x", why="x", fix="x", context="x"
    )

    with pytest.raises(FairleadError, match=r"b\.py, which it was not given"):
        reports.ordered([stray], view, tool="x")


def test_a_program_that_writes_without_end_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"a.py": "x = 1\n"})
    tool = write(tmp_path, {"tool": "#!/bin/sh\nyes '[]'\n"}) / "tool"
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    check = single_tool_checks()[0]

    evaluation = check.evaluate(
        view_of(check, tree, tmp_path / "scratch", command=(str(tool),)), Runs(timeout=5)
    )

    assert not isinstance(evaluation, Evaluated)
