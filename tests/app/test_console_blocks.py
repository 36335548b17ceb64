"""Every `fairlead` command that a document shows runs as shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from app.command import Command
from app.test_up import platform_up
from builder import RepositoryBuilder

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("how-to/*.md"))]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(page: Path) -> list[str]:
    lines = (line for block in BLOCK.findall(page.read_text("utf-8")) for line in block.splitlines())
    return [
        line.removeprefix("$ ").partition("#")[0].strip() for line in lines if line.startswith("$ ")
    ]


SHOWN = [
    pytest.param(command, id=f"{page.name}: {command}")
    for page in PAGES
    for command in commands(page)
    if command.startswith("fairlead ") and shlex.split(command)[1] != "up"
]
SERVERS = [
    pytest.param(command, id=f"{page.name}: {command}")
    for page in PAGES
    for command in commands(page)
    if command.startswith("fairlead up")
]


@pytest.mark.parametrize("command", SERVERS)
def test_a_platform_that_a_document_starts_comes_up(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path, command: str
) -> None:
    repository.commit({"README.md": "one\n"})

    with platform_up(fairlead, tmp_path / "state", *shlex.split(command)[2:]) as up:
        up.until(lambda lines: bool(lines))


@pytest.mark.parametrize("command", SHOWN)
def test_a_command_in_a_document_runs(
    repository: RepositoryBuilder, fairlead: Command, command: str
) -> None:
    repository.commit({"README.md": "one\n"})
    repository.commit({"README.md": "two\n"})
    repository.branch("work")
    repository.commit({"README.md": "three\n"})

    answer = fairlead(*shlex.split(command)[1:])

    assert answer.code == 0, answer.err


def test_the_documents_show_commands() -> None:
    assert len(SHOWN) >= 4
    assert SERVERS


@pytest.mark.parametrize("target", ["run", "test"])
def test_the_two_commands_of_the_readme_are_the_makefiles(target: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert f"$ make {target} " in readme
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((ROOT / "docs").glob("**/*.md"))], ids=lambda page: page.name
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
