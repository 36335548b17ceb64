"""Whatever the command is given, it says what it saw and what to do, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.command import Answer, Command
from builder import RepositoryBuilder
from fairlead.gate.policy import DEFAULT_CHECKS

CLEAN = 'def greet(name: str) -> str:\n    """Return a greeting."""\n    return f"hello {name}"\n'
SHELL = "import subprocess\n\n\ndef run(cmd):\n    return subprocess.call(cmd, shell=True)\n"
FAST = "[checks]\nsecrets = false\nsast = false\ncomplexity = false\ndependencies = false\n"


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def refused(answer: Answer) -> str:
    """Return what an error says, once it is known to have cause, fix and exit code."""
    assert answer.code == 2, answer
    assert answer.err.startswith("fairlead: "), answer.err
    assert "\n     fix: " in answer.err
    assert answer.out == ""
    return answer.err


@pytest.mark.parametrize("command", ["check", "plan", "init", "baseline"])
def test_a_folder_without_repository_is_refused(command: str, tmp_path: Path, temporary: Path) -> None:
    folder = RepositoryBuilder(tmp_path)
    fairlead = Command(repository=folder, cache=tmp_path / "cache")

    answer = fairlead(command, env={"TMPDIR": str(temporary), "GIT_CEILING_DIRECTORIES": "/"})

    assert "is not in a git repository" in refused(answer)
    assert leftovers(temporary) == []


def test_a_bare_repository_is_planned_and_checked(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN})
    bare = repository.clone(tmp_path / "bare", "--bare")
    fairlead = Command(repository=bare, cache=tmp_path / "cache")

    planned, checked, staged = fairlead("plan"), fairlead.check(), fairlead("check", "--staged")

    assert planned.code == 0
    assert "sast" in planned.out
    assert checked.code == 1
    assert "needs a work tree" in refused(staged)


def test_a_clone_that_is_cut_off_says_how_to_deepen_it(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN})
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")

    answer = Command(repository=shallow, cache=tmp_path / "cache")("check")

    assert "git fetch --deepen" in refused(answer)


@pytest.mark.parametrize("revision", ["nowhere", "HEAD..nowhere", "--upload-pack=touch", "a\nb", ""])
def test_what_names_no_commit_is_refused(
    revision: str, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": CLEAN})

    refused(fairlead("check", "--", revision))


def test_a_repository_without_commits_gates_what_is_staged(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.stage({"run.py": SHELL})

    assert "no commit yet" in refused(fairlead("check"))
    assert fairlead.check("--staged").code == 1


def test_an_empty_change_passes_without_a_check(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": CLEAN})

    answer = fairlead.check("HEAD..HEAD")

    assert answer.code == 0
    assert [result["outcome"] for result in answer.json["results"]] == ["skipped"] * len(DEFAULT_CHECKS)


def test_a_root_and_a_merge_of_three_are_compared_with_what_came_before(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    root = repository.commit({"run.py": SHELL})
    for name in ("one", "two"):
        repository.checkout("main")
        repository.branch(name)
        repository.commit({f"{name}.md": f"{name}\n"})
    repository.checkout("main")
    repository.git("merge", "-q", "--no-ff", "-m", "Three", "one", "two")

    first, merge = fairlead.check(root), fairlead.check("HEAD")

    assert first.code == 1
    assert merge.code == 0
    assert {file["path"] for file in merge.json["change"]["files"]} == {"one.md", "two.md"}


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_a_partial_clone_names_what_is_missing_and_the_way_to_it_leads_there(
    left_out: str, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"lab/run.py": CLEAN.replace("hello", "good day")}, over={"lab/run.py": CLEAN})
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = repository.clone(tmp_path / "partial", f"--filter={left_out}", "--no-checkout")
    fairlead = Command(repository=partial, cache=tmp_path / "cache")

    before = fairlead("check", "HEAD")
    partial.git("fetch", "-q", "--refetch", "--no-filter")
    after = fairlead("check", "HEAD")

    assert "isn't in this clone" in refused(before)
    assert "git fetch --refetch --no-filter" in before.err
    assert after.code == 0, after


def test_a_difference_of_a_hundred_thousand_lines_is_read_whole(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    many = "".join(f"x{number} = {number}\n" for number in range(100_000))
    repository.commit({"table.py": f"{many}import os\n"}, over={"table.py": "", "fairlead.toml": FAST})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert answer.json["change"]["files"][0]["added"] == 100_001
    assert "E402" in answer.new_rules("lint") or "F401" in answer.new_rules("lint")


def test_a_file_beyond_the_limit_is_said_not_to_have_been_read(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"notes.md": b"word\n" * 10_200_000}, over={"fairlead.toml": FAST})

    answer = fairlead.check("HEAD")

    assert answer.code == 0
    assert "beyond 50 MB for a file" in answer.json["change"]["notes"][0]


@pytest.mark.parametrize(
    "policy",
    [
        'mode = "lenient"\n',
        "mode =",
        b"\xff\xfe\x00",
        "a = " + "[" * 5000,
        f"a = {'9' * 5000}\n",
        "[checks.lint]\ntimeout = nan\n",
        "[checks.nonsense]\nenabled = true\n",
        '[[custom]]\nname = "../x"\ncommand = "x"\nreads = ["*"]\nformat = "sarif"\n',
    ],
)
def test_a_policy_that_cannot_be_read_is_named_and_nothing_runs(
    policy: str | bytes, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN, "fairlead.toml": policy})

    assert "fairlead.toml" in refused(fairlead("check", "HEAD"))


def test_a_policy_behind_a_link_is_not_taken_for_none(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.symlink("fairlead.toml", "elsewhere.toml")
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN, "elsewhere.toml": 'mode = "report"\n'})

    assert "is a symbolic link or too large" in refused(fairlead("check", "HEAD"))


def test_a_change_that_turns_the_policy_into_a_link_is_blocked(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"fairlead.toml": "", "other.toml": ""})
    repository.remove("fairlead.toml")
    repository.symlink("fairlead.toml", "other.toml")
    repository.commit()

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert answer.new_rules("policy") == ["invalid-policy"]


def test_a_damaged_baseline_excuses_nothing_and_is_said(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN, "fairlead-baseline.json": "["})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert "fairlead-baseline.json of the base can't be read" in answer.json["notes"][0]


@pytest.mark.parametrize(
    ("program", "cause"),
    [
        ("#!/nonexistent\n", "could not be started"),
        ("#!/bin/sh\nkill -SEGV $$\n", "ended by signal 11"),
        ("#!/bin/sh\nexec >&- 2>&- <&-\nsleep 60\n", "ran longer than 1 s"),
        ("#!/bin/sh\nhead -c 9000 /dev/urandom\n", "ruff"),
        ("#!/bin/sh\necho '[]'\n", "does not say that it looked"),
    ],
)
def test_a_tool_that_does_not_do_its_work_is_not_evaluated(
    program: str, cause: str, repository: RepositoryBuilder, fairlead: Command, temporary: Path
) -> None:
    times = "".join(f"[checks.{check}]\ntimeout = 1\n" for check in ("lint", "format"))
    quiet = "[checks]\nsecrets = false\nsast = false\ncomplexity = false\ndependencies = false\n"
    repository.commit(
        {"run.py": CLEAN + "\n"},
        over={"run.py": CLEAN, "fairlead.toml": quiet + times, ".gitignore": ".venv\n"},
    )
    repository.write(".venv/pyvenv.cfg", "")
    repository.write(".venv/lib/python3.11/site-packages/ruff-99.0.dist-info/METADATA", "")
    repository.write(".venv/bin/ruff", program, executable=True)

    answer = fairlead("check", "HEAD", "--format", "json", env={"TMPDIR": str(temporary)})

    assert answer.code == 2
    assert answer.json["verdict"]["outcome"] == "not_evaluated"
    assert cause in answer.result("lint")["because"]
    assert answer.result("lint")["fix"]
    assert leftovers(temporary) == []


def test_without_room_for_the_tree_nothing_is_evaluated_and_nothing_left(
    repository: RepositoryBuilder, fairlead: Command, temporary: Path
) -> None:
    repository.commit({"run.py": SHELL, "data.bin": os.urandom(600_000)}, over={"run.py": CLEAN})

    # A limit on the size of files is a full disk that needs no mount.
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 500; exec "$@"', "sh", *fairlead.words("check", "HEAD", "--all")],
        cwd=repository.folder,
        env={**fairlead.environment, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("? Not evaluated")
    assert leftovers(temporary) == []
    assert repository.git("status", "--porcelain") == ""


def test_a_temporary_folder_that_is_not_there_is_named(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    repository.commit({"run.py": CLEAN})

    answer = fairlead("check", "HEAD", env={"TMPDIR": str(tmp_path / "gone")})

    assert "TMPDIR=DIR" in refused(answer)


ODD_PATHS = ["a\nb.py", 'a"b.py', "-x.py", "--config=x.py", "\x1b[31m.py", "\udcff.py", "*.py", "é.py"]


def test_any_bytes_may_be_a_path(repository: RepositoryBuilder, fairlead: Command) -> None:
    repository.commit(dict.fromkeys(ODD_PATHS, SHELL), over={"a.md": "a\n"})

    answer, text = fairlead.check("HEAD"), fairlead("check", "HEAD", "--all")

    assert answer.code == text.code == 1
    assert len({found["path"] for found in answer.result("sast")["findings"]}) == len(ODD_PATHS)
    assert "\x1b" not in text.out


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "utf-8:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_any_locale_will_do(
    variables: dict[str, str], repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"é\udcff.py": SHELL}, over={"a.md": "a\n", "fairlead.toml": FAST})

    text = fairlead("plan", "HEAD", "--all", env=variables)
    answer = fairlead("check", "HEAD", "--format", "json", env=variables)

    assert text.code == answer.code == 0, text.err
    assert answer.json["change"]["files"][0]["path"] == "é\\xff.py"


def run_in_shell(fairlead: Command, tail: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$@" {tail}', "bash", *fairlead.words("check", "HEAD")],
        cwd=fairlead.repository.folder,
        env=fairlead.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("tail", "code"), [("> /dev/full", 2), (">&-", 1), ("2>&-", 1), ("<&- >&- 2>&-", 1)]
)
def test_the_exit_code_is_right_wherever_the_words_go(
    tail: str, code: int, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"fairlead.toml": "mode = 3\n"}, over={"run.py": CLEAN})

    done = run_in_shell(fairlead, tail)

    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error_to_print(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.md": "a\n"})

    done = run_in_shell(fairlead, "| true")

    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_report_is_written_into_a_pipe_and_does_not_replace_it(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    repository.commit({"run.md": "a\n"})
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()

    answer = fairlead("check", "HEAD", "--format", "json", "--output", str(pipe))
    reader.join()

    assert answer.code == 0
    assert json.loads(read[0])["verdict"]["outcome"] == "pass"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("place", [".", "gone/report.json"])
def test_a_report_that_cannot_be_written_is_an_error(
    place: str, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.md": "a\n"})

    assert "can't be written" in refused(fairlead("check", "HEAD", "--output", place))


def test_a_defect_of_our_own_is_not_taken_for_a_blocked_change(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from fairlead.app.cli import main, plan\n"
        "plan.run = lambda arguments: 1 // 0\n"
        "sys.exit(main.run(['plan']))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "ZeroDivisionError" in done.stderr
    assert "a defect in fairlead" in done.stderr


@pytest.mark.parametrize(
    "event", ["{", "[" * 100_000, '{"before": "--upload-pack=x"}', '{"merge_group": {"base_sha": "1"}}']
)
def test_an_event_of_ci_that_leads_nowhere_is_refused(
    event: str, repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    head = repository.commit({"run.py": CLEAN})
    place = tmp_path / "event.json"
    place.write_text(event)
    said = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": head, "GITHUB_EVENT_PATH": str(place)}

    refused(fairlead("check", env=said))
