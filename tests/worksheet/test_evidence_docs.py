"""The commands on the pages about coverage, planning, evidence and outputs are run as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from fairlead.app.cli.main import run
from fairlead.measurements.log import add_to_log, read_log
from fairlead.measurements.readers.file import read_file
from worksheet.making_stories import write_folder

DOCS = Path(__file__).parents[2] / "docs" / "worksheet"
PAGES = ("coverage", "planning", "evidence", "outputs")
SEARCH = """---
principles: [dive-deep]
---
## Situation
An outage: nobody knew the cause.
## Result
Searches went from 8 seconds to 400 milliseconds; 85 % liked it.
"""
LOOP = "interviewers: [{name: Ana, principles: [Ownership]}]\n"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    return [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    table = next(block for block in blocks("evidence", "text") if block.startswith("metric,"))
    return write_folder(
        tmp_path,
        {"stories/search-latency.md": SEARCH, "loop.yaml": LOOP, "latency.csv": table},
    )


@pytest.mark.parametrize("command", commands())
def test_every_command_on_the_pages_runs(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    add_to_log(folder / "measurements.jsonl", read_file(folder / "latency.csv"))
    ids = [one.id for one in read_log(folder / "measurements.jsonl")]
    words = shlex.split(command.replace("a76c7d", ids[0]).replace("32d22a", ids[1]))

    code = run(words[1:])

    assert words[0] == "fairlead"
    assert code in {0, 1}, capsys.readouterr().err


def test_the_loop_on_the_page_can_be_read(folder: Path) -> None:
    from fairlead.worksheet.folder import load
    from fairlead.worksheet.loop_file import read_loop

    loop = next(block for block in blocks("planning", "yaml") if "interviewers" in block)
    known = loop.replace("Earn Trust", "Frugality").replace("old-story", "search-latency")
    (folder / "loop.yaml").write_text(known)

    assert len(read_loop(folder / "loop.yaml", load(folder)).interviewers) == 2
