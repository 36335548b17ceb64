import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.app.cli.main import run
from fairlead.app.cli.worksheet import SUBCOMMANDS
from fairlead.worksheet.lint.rules import RULES

LAYOUTS = Path(__file__).parent / "layouts"


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["worksheet", "init"]) == 0
    capsys.readouterr()
    return tmp_path / "worksheet"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something wanted the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("offline")
def test_the_users_path_from_import_to_export_needs_no_network(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = LAYOUTS / "worksheet.md"

    assert run(["worksheet", "import", str(document), "--likely", "care"]) == 0
    told = capsys.readouterr().out
    assert run(["worksheet", "packs", "add", "leadership-principles"]) == 0
    assert run(["worksheet", "packs"]) == 0
    assert run(["worksheet", "lint"]) == 1
    linted = capsys.readouterr().out
    assert run(["worksheet", "export", "-o", "back.md"]) == 0

    assert told.startswith("Imported worksheet.md: 3 principles, 3 questions, 3 prompts, 3 stories.")
    assert "likely: care" in told
    assert "the-review.md" in linted
    assert (sheet.parent / "back.md").read_bytes() == document.read_bytes()


@pytest.mark.usefixtures("sheet")
def test_importing_again_says_so_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(["worksheet", "import", str(LAYOUTS / "letters.txt")])
    capsys.readouterr()

    assert run(["worksheet", "import", str(LAYOUTS / "letters.txt")]) == 0

    assert "Imported before" in capsys.readouterr().out


def test_a_lone_file_is_linted_without_a_worksheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.md"
    file.write_text(
        "**Situation:** Slow.\n\n**Task:** Mend.\n\n**Action:** I did.\n\n**Result:** Good.\n"
    )

    code = run(["worksheet", "lint", str(file), "--format", "json"])

    data = json.loads(capsys.readouterr().out)
    assert code == 1
    lines = {one["name"]: one["line"] for one in data["stories"][0]["findings"]}
    assert lines == {"scale": 1, "no-number": 7}


def test_a_story_that_cannot_be_read_is_never_a_pass(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sheet / "stories/broken.md").write_text("---\nid: [\n---\n")

    code = run(["worksheet", "lint"])

    told = capsys.readouterr().out
    assert code == 2
    assert "1 file could not be read" in told
    assert "stories/broken.md:" in told


def test_an_empty_worksheet_says_that_nothing_was_looked_at(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["worksheet", "lint"]) == 0

    assert capsys.readouterr().out.startswith("Nothing was looked at")


def test_lint_changes_no_file(sheet: Path) -> None:
    run(["worksheet", "import", str(LAYOUTS / "bold-labels.md")])
    before = {path: path.read_bytes() for path in sheet.rglob("*") if path.is_file()}

    run(["worksheet", "lint"])

    assert {path: path.read_bytes() for path in sheet.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("sheet")
@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (["worksheet", "lnt"], "did you mean lint?"),
        (["worksheet"], "--help"),
        (["worksheet", "lint", "nobody"], "name a file"),
        (["worksheet", "lint", "--select", "WS999"], "explain"),
        (["worksheet", "explain", "WS999"], "explain lists them"),
        (["worksheet", "import", "missing.md"], "name a file"),
        (["worksheet", "export"], "fairlead worksheet import FILE"),
        (["worksheet", "packs", "add"], "engineering-competencies"),
    ],
)
def test_a_wrong_call_ends_with_what_to_type(
    words: list[str], fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(words)

    told = capsys.readouterr().err
    assert code == 2
    assert fix in told
    assert "Traceback" not in told


def test_every_rule_is_in_the_list_and_explained_by_code_and_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["worksheet", "explain"]) == 0
    assert run(["worksheet", "explain", "arithmetic"]) == 0
    assert run(["worksheet", "explain", "ws304"]) == 0

    told = capsys.readouterr().out
    assert told.count("WS304 arithmetic") == 2


def test_every_rule_and_every_command_is_documented() -> None:
    docs = Path(__file__).parents[2] / "docs/worksheet"
    text = "\n".join(path.read_text(encoding="utf-8") for path in docs.glob("*.md"))

    assert [rule.code for rule in RULES if f"### {rule.code} {rule.name}" not in text] == []
    assert [rule.code for rule in RULES if rule.how not in text or rule.why not in text] == []
    assert [name for name in SUBCOMMANDS if f"fairlead worksheet {name}" not in text] == []


def test_a_rule_that_is_switched_off_in_the_file_is_said_to_be(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sheet / "stories/a.md").write_text(
        "---\nid: a\nlint:\n  WS101: told in two parts\n---\n\n## Situation\n\nOur 12 people waited.\n"
    )

    assert run(["worksheet", "lint", "a"]) == 0

    assert "off: WS101 (told in two parts)" in capsys.readouterr().out


def test_starting_lint_loads_neither_the_importer_nor_the_gate() -> None:
    program = (
        "import sys; from fairlead.app.cli.worksheet import subparser_of; subparser_of('lint');"
        "print([name for name in sys.modules if name.split('.')[0] in {'scipy', 'rich', 'subprocess'}"
        " or name.startswith(('fairlead.worksheet.documents', 'fairlead.checks', 'fairlead.gate'))])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_pages_of_a_worksheet_alone_load_neither_a_store_nor_the_gate() -> None:
    program = (
        "import sys; import fairlead.app.worksheet_server, fairlead.app.web.worksheet.desk;"
        "from fairlead.app.cli.worksheet import subparser_of; subparser_of('open');"
        "print([name for name in sys.modules if name in {'sqlalchemy', 'alembic', 'celery', 'psycopg'}"
        " or name.startswith(('fairlead.checks', 'fairlead.gate', 'fairlead.store.database'))])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_ten_megabytes_are_answered_and_not_swallowed(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sheet / "stories/long.md").write_bytes(b"## Result\n\n" + b"word " * 2_100_000)
    (sheet.parent / "long.txt").write_bytes(b"S: a\nT: b\nA: c\nR: " + b"word " * 2_100_000)

    linted = run(["worksheet", "lint"])
    imported = run(["worksheet", "import", str(sheet.parent / "long.txt")])

    told = capsys.readouterr()
    assert (linted, imported) == (2, 2)
    assert "10.0 MB is too long for a story" in told.out
    assert "too long for a story" in told.err
    assert [path.name for path in (sheet / "stories").iterdir()] == ["long.md"]


def test_html_and_scripts_in_a_story_stay_text(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = "## Situation\n\n<script>alert(1)</script> Our 12 people waited.\n"
    (sheet / "stories/a.md").write_text(story)

    run(["worksheet", "lint", "--format", "json"])

    json.loads(capsys.readouterr().out)
    assert (sheet / "stories/a.md").read_text() == story


def test_the_gates_explain_knows_the_lints_codes_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "ws304"]) == 0

    assert capsys.readouterr().out.startswith("WS304 arithmetic (error)")
