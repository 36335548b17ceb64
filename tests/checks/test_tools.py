"""Which program is used: the project's, the pinned one, ours; and what is said when it isn't theirs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from fairlead.checks import tools
from fairlead.checks.model import NotEvaluated
from fairlead.checks.pins import Pin
from fairlead.checks.tools import Tool, Toolbox, project_environments
from fairlead.environments import shelf

VERSION = "0.0.1"
SOURCE = "uv.lock"


@pytest.fixture
def index(tmp_path: Path) -> dict[str, str]:
    """Return variables by which uv finds one wheel, ruff 0.0.1, in a folder and asks no network."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    info = f"ruff-{VERSION}.dist-info"
    with zipfile.ZipFile(wheels / f"ruff-{VERSION}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("sample.py", "def main():\n    print('the pinned one')\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: ruff\nVersion: {VERSION}\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\nruff = sample:main\n")
        wheel.writestr(f"{info}/RECORD", "")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "UV_OFFLINE": "1",
        "UV_NO_CONFIG": "1",
        "UV_FIND_LINKS": str(wheels),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
    }


def box(tmp_path: Path, environ: dict[str, str], **more: object) -> Toolbox:
    values: dict[str, object] = {
        "pins": {"ruff": Pin(version=VERSION, source=SOURCE)},
        "environments": (),
        "folder": tmp_path / "tools",
        "fetch": True,
        "environ": environ,
    }
    return Toolbox(**{**values, **more})  # ty: ignore[invalid-argument-type]


def environment(folder: Path, version: str, name: str = "ruff") -> Path:
    """Make what looks like a virtual environment with one tool."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("")
    (folder / "bin" / name).write_text("#!/bin/sh\n")
    (folder / "bin" / name).chmod(0o755)
    (folder / "lib/python3.11/site-packages" / f"{name}-{version}.dist-info").mkdir(parents=True)
    return folder


def chosen(tool: Tool | NotEvaluated) -> Tool:
    assert isinstance(tool, Tool), tool
    return tool


def test_the_projects_environment_is_used_when_nothing_is_pinned(tmp_path: Path) -> None:
    own = environment(tmp_path / ".venv", "9.9")

    tool = chosen(box(tmp_path, {}, pins={}, environments=(own,)).choose("ruff"))

    assert (tool.use.version, tool.use.origin) == ("9.9", "the project's .venv")
    assert tool.use.command == (str(own / "bin/ruff"),)


def test_a_program_that_is_named_otherwise_than_its_distribution_is_the_projects_too(
    tmp_path: Path,
) -> None:
    own = environment(tmp_path / ".venv", "9.9", name="build")
    (own / "bin/build").rename(own / "bin/pyproject-build")

    tool = chosen(box(tmp_path, {}, pins={}, environments=(own,)).choose("build"))

    assert tool.use.command == (str(own / "bin/pyproject-build"),)
    assert (tool.use.name, tool.use.version) == ("build", "9.9")


def test_the_projects_environment_is_used_when_it_has_the_pinned_version(tmp_path: Path) -> None:
    own = environment(tmp_path / ".venv", VERSION)

    tool = chosen(box(tmp_path, {}, environments=(own,)).choose("ruff"))

    assert tool.use.origin == "the project's .venv"


def test_the_projects_environment_is_passed_over_when_another_version_is_pinned(
    tmp_path: Path,
) -> None:
    own = environment(tmp_path / ".venv", "9.9")

    tool = chosen(box(tmp_path, {}, environments=(own,)).choose("ruff"))

    assert (tool.use.version, tool.use.origin) == (VERSION, "pinned by uv.lock")


def test_an_environment_into_which_something_was_installed_stands_for_another_tool(
    tmp_path: Path,
) -> None:
    own = environment(tmp_path / ".venv", "9.9")
    tools_of = box(tmp_path, {}, pins={}, environments=(own,))
    before = chosen(tools_of.choose("ruff")).stamp

    (own / "lib/python3.11/site-packages/ruff_plugin").mkdir()

    assert chosen(tools_of.choose("ruff")).stamp != before


def test_ours_is_used_when_nothing_is_pinned_and_the_project_has_none(tmp_path: Path) -> None:
    tool = chosen(box(tmp_path, {}, pins={}).choose("ruff"))

    done = subprocess.run([*tool.use.command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == tool.use.version
    assert (tool.use.origin, tool.note) == ("comes with fairlead", "")


def test_ours_is_used_without_fetching_when_it_is_the_pinned_version(tmp_path: Path) -> None:
    ours = chosen(box(tmp_path, {}, pins={}).choose("ruff"))
    pins = {"ruff": Pin(version=ours.use.version, source=SOURCE)}

    tool = chosen(box(tmp_path, {}, pins=pins).choose("ruff"))

    assert tool == ours


def test_the_pinned_version_is_fetched_once_and_is_a_working_program(
    tmp_path: Path, index: dict[str, str]
) -> None:
    tools_of = box(tmp_path, index)
    first = chosen(tools_of.choose("ruff"))
    assert first.folder

    provided = chosen(tools_of.provide(first))

    assert provided.folder is None
    assert chosen(box(tmp_path, {}, fetch=False).choose("ruff")) == provided
    done = subprocess.run(provided.use.command, capture_output=True, check=True)
    assert done.stdout == b"the pinned one\n"
    assert (provided.use, provided.stamp) == (first.use, first.stamp), "what is kept would not be found"


def test_runs_that_want_one_version_at_once_all_get_it(tmp_path: Path, index: dict[str, str]) -> None:
    tools_of = box(tmp_path, index)
    tool = chosen(tools_of.choose("ruff"))
    seen: list[Tool | NotEvaluated] = []
    threads = [threading.Thread(target=lambda: seen.append(tools_of.provide(tool))) for _ in range(3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [chosen(one).use.origin for one in seen] == ["pinned by uv.lock"] * 3


def test_an_installation_that_was_cut_short_is_done_again(
    tmp_path: Path, index: dict[str, str]
) -> None:
    half = tmp_path / "tools" / f"ruff-{VERSION}"
    (half / "bin").mkdir(parents=True)
    (half / "bin" / "ruff").write_text("half a progr")

    tool = chosen(box(tmp_path, index).provide(chosen(box(tmp_path, index).choose("ruff"))))

    assert subprocess.run(tool.use.command, capture_output=True, check=True).stdout


def test_a_version_that_cannot_be_had_is_replaced_by_ours_and_this_is_said(
    tmp_path: Path, index: dict[str, str]
) -> None:
    tools_of = box(tmp_path, index, pins={"ruff": Pin(version="0.0.2", source=SOURCE)})

    tool = chosen(tools_of.provide(chosen(tools_of.choose("ruff"))))

    assert "in place of ruff 0.0.2, which uv.lock pins" in tool.use.origin
    assert "0.0.2" in tool.note
    assert "uv pip install 'ruff==0.0.2'" in tool.note
    assert not (tmp_path / "tools/ruff-0.0.2").exists()


def test_a_failure_is_remembered_for_an_hour(
    tmp_path: Path, index: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools_of = box(tmp_path, index, pins={"ruff": Pin(version="0.0.2", source=SOURCE)})
    tools_of.provide(chosen(tools_of.choose("ruff")))

    soon = chosen(tools_of.choose("ruff"))
    monkeypatch.setattr(shelf, "RETRY_AFTER", -1.0)
    later = chosen(tools_of.choose("ruff"))

    assert (soon.folder, later.folder) == (None, tmp_path / "tools/ruff-0.0.2")
    assert "in place of" in soon.use.origin


def test_policy_can_forbid_fetching_and_this_is_said(tmp_path: Path) -> None:
    tool = chosen(box(tmp_path, {}, fetch=False).choose("ruff"))

    assert "policy forbids fetching" in tool.note
    assert "in place of ruff 0.0.1, which uv.lock pins" in tool.use.origin


def test_a_version_that_the_configuration_demands_is_not_replaced(tmp_path: Path) -> None:
    pins = {"ruff": Pin(version=VERSION, source="ruff.toml (required-version)", demanded=True)}

    answer = box(tmp_path, {}, fetch=False, pins=pins).choose("ruff")

    assert isinstance(answer, NotEvaluated)
    assert "ruff.toml (required-version)" in answer.cause
    assert answer.fix


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, index: dict[str, str]
) -> None:
    (tmp_path / "tools").write_text("a file is in the way")
    tools_of = box(tmp_path, index)

    tool = chosen(tools_of.provide(chosen(tools_of.choose("ruff"))))

    assert "in place of" in tool.use.origin


def test_a_tool_that_nobody_has_is_not_evaluated(tmp_path: Path) -> None:
    answer = box(tmp_path, {}, pins={}).choose("no-such-tool")

    assert isinstance(answer, NotEvaluated)
    assert answer.fix == f"{sys.executable} -m pip install no-such-tool"


def test_only_the_versions_that_were_fetched_last_stay(
    tmp_path: Path, index: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "_KEPT_VERSIONS", 2)
    for age, version in enumerate(("1.0", "2.0", "3.0"), start=1):
        folder = environment(tmp_path / "tools" / f"ruff-{version}", version)
        (folder / "bin/python").write_text("")
        (folder / ".fairlead-installed").write_text("")
        os.utime(folder / ".fairlead-installed", (age, age))
    tools_of = box(tmp_path, index)

    tools_of.provide(chosen(tools_of.choose("ruff")))

    names = {path.name for path in (tmp_path / "tools").iterdir() if not path.name.startswith(".")}
    assert names == {f"ruff-{VERSION}", "ruff-3.0"}


def test_environments_are_those_in_the_work_tree_that_no_commit_holds(tmp_path: Path) -> None:
    for name in (".venv", "venv", "deep/env"):
        environment(tmp_path / name, "1.0")
    active = {"VIRTUAL_ENV": str(tmp_path / "deep/env")}

    assert project_environments(tmp_path, active, ["a.py", "venv.py"]) == (
        tmp_path / ".venv",
        tmp_path / "venv",
        tmp_path / "deep/env",
    )
    assert project_environments(tmp_path, {}, [".venv/bin/ruff"]) == (tmp_path / "venv",)
    assert project_environments(tmp_path, {}, [".venv", "venv/pyvenv.cfg"]) == ()


def test_an_active_environment_outside_of_the_work_tree_is_not_the_projects(tmp_path: Path) -> None:
    environment(tmp_path / "elsewhere", "1.0")
    (tmp_path / "work").mkdir()

    found = project_environments(tmp_path / "work", {"VIRTUAL_ENV": str(tmp_path / "elsewhere")}, [])

    assert found == ()


def test_without_a_work_tree_there_is_no_environment() -> None:
    assert project_environments(None, {"VIRTUAL_ENV": "/"}, []) == ()
