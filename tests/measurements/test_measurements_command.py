import json
from pathlib import Path

import pytest

from fairlead.app.cli.main import run

CSV = """\
metric,statistic,value,unit,n,window,condition
search latency,avg,8,s,500,2026-03-01/2026-03-07,peak hours
search latency,avg,400,ms,512,2026-05-01/2026-05-07,peak hours
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "latency.csv"
    path.write_text(CSV)
    return path


def test_importing_twice_says_that_nothing_is_new(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = run(["measurements", "import", str(table)])
    said_first = capsys.readouterr().out
    second = run(["measurements", "import", str(table)])
    said_second = capsys.readouterr().out

    assert (first, second) == (0, 0)
    assert "Imported 2 measurements" in said_first
    assert "search latency: mean 8 s (n 500)" in said_first
    assert "Nothing new: all 2 measurements" in said_second


def test_an_import_says_what_the_source_left_open(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text("metric,value\ncpu,90\n")

    run(["measurements", "import", str(table)])

    assert "not said by the source: n (1 of 1), window (1 of 1), condition" in capsys.readouterr().out


def test_a_list_as_json_gives_what_show_takes(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["measurements", "import", str(table), "--folder", "here"])
    capsys.readouterr()

    run(["measurements", "list", "--folder", "here", "--metric", "SEARCH", "--format", "json"])
    listed = json.loads(capsys.readouterr().out)
    run(["measurements", "show", listed[1]["id"][:7], "--folder", "here"])
    shown = capsys.readouterr().out

    assert [one["value"] for one in listed] == [8, 400]
    assert shown.startswith("search latency: mean 400 ms (n 512)\n")
    assert "2026-05-01 to 2026-05-07" in shown


def test_a_narrow_terminal_gets_lines_that_fit(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    run(["measurements", "import", str(table)])
    capsys.readouterr()

    run(["measurements", "list"])

    assert max(map(len, capsys.readouterr().out.splitlines()[2:])) <= 60


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["import", "none.csv"], "none.csv cannot be read"),
        (["import", "latency.csv", "--window", "spring"], "--window cannot be read"),
        (["import", "http://localhost:9"], "without a query"),
        (
            ["import", "http://localhost:9", "--query", "up", "--start", "2026-01-01"],
            "the window is not clear",
        ),
        (["import", "http://localhost:9", "--query", "up", "--step", "0"], "--step is not above zero"),
        (["show", "abc"], "no measurement has an id"),
    ],
)
def test_a_wrong_call_says_what_to_do(
    table: Path, capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    code = run(["measurements", *argv])

    error = capsys.readouterr().err
    assert code == 2
    assert said in error
    assert "fix: " in error


def test_what_a_terminal_would_obey_is_not_sent_to_it(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text("metric,value,host\ncpu\x1b[2J,90,\x9b31m\n")

    run(["measurements", "import", str(table)])
    run(["measurements", "list"])
    listed = capsys.readouterr().out
    run(["measurements", "show", listed.split("\n\n")[1].split()[0]])

    out = listed + capsys.readouterr().out
    assert "cpu" in out
    assert not any(sign in out for sign in "\x1b\x9b")
