"""The secrets check: nothing unread, nothing rewritten, nothing foreign run, no secret told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.checks.model import Severity
from fairlead.checks.secrets import BASELINE, Secrets
from views import evaluated, file_change, findings, not_evaluated, write

SECRETS = Secrets()
KEY = "AKIA" + "QYLPMN5HN7WZ3KXT"
LINE = f'aws = "{KEY}"\n'


def baseline(**parts: object) -> str:
    """Return a baseline that knows one detector, with ``parts`` in their places."""
    plugins = [{"name": "AWSKeyDetector"}]
    return json.dumps(
        {"version": "1.5.0", "plugins_used": plugins, "filters_used": [], "results": {}} | parts
    )


def test_a_key_is_an_error_and_its_text_is_told_nowhere(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"app.py": f"x = 1\n{LINE}"})

    evaluation = evaluated(SECRETS, tree)

    (finding,) = evaluation.findings
    assert (finding.path, finding.line, finding.rule) == ("app.py", 2, "aws-access-key")
    assert finding.severity is Severity.ERROR
    assert "deactivate" in finding.fix
    assert KEY not in repr(evaluation)


def test_the_same_secret_has_the_same_identity_on_another_line(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "tree", {"app.py": LINE})
    two = write(tmp_path / "two" / "tree", {"app.py": f"\n\n{LINE}"})

    (before,), (after,) = evaluated(SECRETS, one).findings, evaluated(SECRETS, two).findings

    assert before.context == after.context


def test_a_table_padded_with_blanks_is_narrowed_and_its_lines_stay_where_they_are(
    tmp_path: Path,
) -> None:
    row = "a" + " " * 300 + "b"
    indented = " " * 40 + "- c"
    tree = write(tmp_path / "tree", {"table.txt": f"{row}\n{indented}\n{row}{LINE}"})

    (finding,) = evaluated(SECRETS, tree).findings

    (copy,) = tmp_path.rglob("copies/table.txt")
    assert finding.line == 3
    assert copy.read_text().splitlines()[1] == indented
    assert max(map(len, copy.read_text().splitlines())) < 100


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig"])
def test_a_file_in_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    tree = write(tmp_path / "tree", {"app.py": f'name = "é"\n{LINE}'.encode(encoding)})

    assert findings(SECRETS, tree) == [("app.py", "aws-access-key")]


@pytest.mark.parametrize(
    "name", ["-x.py", "a b.py", "a\nb.py", "caf\udce9.py", "--all-files", "fairlead-canary", "d/.env"]
)
def test_odd_names_reach_the_tool_and_come_back(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {name: LINE})

    assert findings(SECRETS, tree) == [(name, "aws-access-key")]


@pytest.mark.parametrize("name", ["notes.prefs", "deploy/swagger.py", "a.png", "archive.zip"])
def test_text_under_a_name_that_the_tool_passes_over_is_read(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {name: LINE})

    assert findings(SECRETS, tree) == [(name, "aws-access-key")]


def test_what_the_baseline_knows_is_left_out_and_the_baseline_is_not_rewritten(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain" / "tree", {"app.py": LINE})
    (finding,) = evaluated(SECRETS, plain).findings
    entry = {"type": "AWS Access Key", "hashed_secret": finding.context, "line_number": 9}
    recorded = baseline(results={"app.py": [entry]})
    tree = write(tmp_path / "tree", {"app.py": LINE, "new.py": LINE, BASELINE: recorded})

    assert findings(SECRETS, tree) == [("new.py", "aws-access-key")]
    assert (tree / BASELINE).read_text() == recorded


def test_the_baselines_choice_of_detectors_and_files_wins(tmp_path: Path) -> None:
    excluded = {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^(old|fair)"]}
    tree = write(
        tmp_path / "tree",
        {
            BASELINE: baseline(filters_used=[excluded]),
            "app.py": f'{LINE}password = "hunter2hunter2"\n-----BEGIN {"RSA PRIVATE KEY"}-----\n',
            "old/app.py": LINE,
        },
    )

    evaluation = evaluated(SECRETS, tree)

    assert [(one.path, one.rule) for one in evaluation.findings] == [("app.py", "aws-access-key")]
    assert "excludes the others" in evaluation.evidence


def test_the_projects_own_detectors_are_not_run_and_that_is_said(tmp_path: Path) -> None:
    trap = "import pathlib\npathlib.Path(__file__).with_name('ran').write_text('')\n"
    tree = write(tmp_path / "tree", {"trap.py": trap})
    here = f"file://{tree}/trap.py"
    plugins = [{"name": "AWSKeyDetector"}, {"name": "Trap", "path": here}]
    filters = [{"path": f"{here}::skip"}, {"path": "trap.skip"}]
    write(tree, {BASELINE: baseline(plugins_used=plugins, filters_used=filters), "app.py": LINE})

    evaluation = evaluated(SECRETS, tree)

    assert [one.path for one in evaluation.findings] == ["app.py"]
    assert "3 detectors or filters of the project's own code were not run" in evaluation.evidence
    assert not (tree / "ran").exists()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version": "1.5.0"}', baseline(filters_used=[{"path": 3}])]
)
def test_an_invalid_baseline_is_not_evaluated(tmp_path: Path, text: str) -> None:
    tree = write(tmp_path / "tree", {BASELINE: text, "app.py": LINE})

    assert BASELINE in not_evaluated(SECRETS, tree).cause


def test_a_baseline_that_hides_every_line_is_not_evaluated(tmp_path: Path) -> None:
    hide = {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["."]}
    tree = write(tmp_path / "tree", {BASELINE: baseline(filters_used=[hide]), "app.py": LINE})

    assert "laid out" in not_evaluated(SECRETS, tree).cause


def test_guesses_in_tests_documents_and_digests_are_notes_until_a_baseline_is_recorded(
    tmp_path: Path,
) -> None:
    guess = 'password = "hunter2hunter2"\n'
    files = {
        "app.py": guess,
        "tests/test_app.py": guess,
        "docs/a.md": guess,
        "emails.py": 'PASSWORD_RESET = "password_reset"\n',
        "hooks.yaml": "rev: ecb714ae922b795bea18be9056224dbe75841195\n",
    }
    plain = write(tmp_path / "plain" / "tree", files)
    adopted = write(
        tmp_path / "adopted" / "tree",
        files | {BASELINE: baseline(plugins_used=[{"name": "KeywordDetector"}])},
    )

    severities = {one.path: one.severity for one in evaluated(SECRETS, plain).findings}

    assert severities == {
        "app.py": Severity.WARNING,
        "docs/a.md": Severity.NOTE,
        "emails.py": Severity.NOTE,
        "hooks.yaml": Severity.NOTE,
        "tests/test_app.py": Severity.NOTE,
    }
    assert {one.severity for one in evaluated(SECRETS, adopted).findings} == {Severity.WARNING}


def test_an_allowlisting_comment_is_heeded(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"app.py": LINE.rstrip() + "  # pragma: allowlist secret\n"})

    assert findings(SECRETS, tree) == []


@pytest.mark.parametrize("name", ["uv.lock", "go.sum", "a/package-lock.json", "SHA.sha256", BASELINE])
def test_lock_files_and_checksums_are_not_wanted(name: str) -> None:
    assert not SECRETS.wants(file_change(name))
    assert SECRETS.wants(file_change("config/settings.yaml"))
