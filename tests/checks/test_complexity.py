"""The complexity check: complexipy without its files, and a measure for each function."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.checks.complexity import Complexity
from fairlead.checks.model import Severity
from views import evaluated, findings, not_evaluated, write

COMPLEXITY = Complexity()


def nested(depth: int, name: str = "f") -> str:
    """Return a function whose cognitive complexity is 1 + 2 + … + ``depth``."""
    lines = [f"def {name}(x):"]
    lines += [f"{'    ' * level}if x > {level}:" for level in range(1, depth + 1)]
    return "\n".join([*lines, "    " * (depth + 1) + "return 1", ""])


def test_a_function_above_the_limit_is_a_finding_with_its_measure(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"a.py": "x = 1\n\n\n" + nested(6), "b.py": nested(5)})

    (finding,) = evaluated(COMPLEXITY, tree).findings

    assert (finding.path, finding.line, finding.rule) == ("a.py", 4, "cognitive-complexity")
    assert (finding.measure, finding.context) == (21.0, "f")
    assert finding.severity is Severity.WARNING
    assert "the limit is 15" in finding.what


def test_a_method_is_named_with_its_class(tmp_path: Path) -> None:
    body = "".join(f"    {line}\n" for line in nested(6).splitlines())
    tree = write(tmp_path / "tree", {"a.py": f"class A:\n{body}"})

    (finding,) = evaluated(COMPLEXITY, tree).findings

    assert finding.context == "A::f"
    assert finding.what.startswith("A.f ")


def test_the_fix_names_lines_and_what_they_would_save(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"a.py": nested(6)})

    (finding,) = evaluated(COMPLEXITY, tree).findings

    assert finding.fix.startswith("lines ")
    assert "saves" in finding.fix


@pytest.mark.parametrize("file", ["complexipy.toml", ".complexipy.toml", "pyproject.toml"])
def test_the_projects_limit_and_exclusions_win(tmp_path: Path, file: str) -> None:
    section = "[tool.complexipy]\n" if file == "pyproject.toml" else ""
    options = f'{section}max-complexity-allowed = 5\nexclude = ["old", "gen_*.py"]\n'
    tree = write(
        tmp_path / "tree",
        {file: options, "a.py": nested(3), "old/a.py": nested(6), "gen_a.py": nested(6)},
    )

    assert findings(COMPLEXITY, tree) == [("a.py", "cognitive-complexity")]


def test_a_comment_that_ignores_a_function_is_heeded(tmp_path: Path) -> None:
    source = nested(6).replace(":\n", ":  # complexipy: ignore\n", 1)
    tree = write(tmp_path / "tree", {"a.py": source})

    assert findings(COMPLEXITY, tree) == []


@pytest.mark.parametrize("content", [b"def f(:\n", b"x = '\xff'\n"])
def test_a_file_that_cannot_be_parsed_is_never_passed_over(tmp_path: Path, content: bytes) -> None:
    tree = write(tmp_path / "tree", {"a.py": content, "b.py": nested(6)})

    assert findings(COMPLEXITY, tree) == [("a.py", "unparsed"), ("b.py", "cognitive-complexity")]


@pytest.mark.parametrize("name", ["-x.py", "a b.py", "a\nb.py", "a%20b.py", "ünï.py", "lsp"])
def test_odd_names_reach_complexipy_and_come_back(tmp_path: Path, name: str) -> None:
    script = "#!/usr/bin/env python3\n" + nested(6)
    tree = write(tmp_path / "tree", {name: script})
    (tree / name).chmod(0o755)

    assert findings(COMPLEXITY, tree) == [(name, "cognitive-complexity")]


def test_a_name_that_is_not_utf8_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"caf\udce9.py": nested(6)})

    assert "not UTF-8" in not_evaluated(COMPLEXITY, tree).cause


@pytest.mark.parametrize(
    "options", ["max-complexity-allowed = 'x'", "max-complexity-allowed = -1", "exclude = 3", "= ="]
)
def test_an_invalid_configuration_is_not_evaluated(tmp_path: Path, options: str) -> None:
    tree = write(tmp_path / "tree", {"complexipy.toml": options, "a.py": nested(6)})

    assert not_evaluated(COMPLEXITY, tree).fix
