"""A replay on real repositories with real tools: what it says, keeps, misses, and leaves behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.command import Answer, Command
from builder import RepositoryBuilder
from fairlead.app.replay_report import replay_schema
from survivors import ended

CODE = 'def greet(name: str) -> str:\n    """Return a greeting."""\n    return f"hello {name}"\n'
POLICY = """\
[checks]
secrets = false
dependencies = false
vulnerabilities = false

[[custom]]
name = "marks"
command = ["python3", "marks.py"]
reads = ["*.py"]
format = "regex"
pattern = '^(?P<path>[^:]+):(?P<line>\\d+): (?P<message>.*)$'
proof = "looked"
"""
MARKS = """\
import pathlib
import sys

for place in sorted(pathlib.Path().rglob("*.py")):
    for number, line in enumerate(place.read_text().splitlines(), 1):
        if line.startswith("# TO" "DO"):
            print(f"{place}:{number}: {line}")
print("looked")
"""


def history(repository: RepositoryBuilder, policy: str = "") -> dict[str, str]:
    """Commit a document, a comment, and code; return the ids."""
    first = {"app.py": CODE, "README.md": "# App\n", "marks.py": MARKS}
    repository.commit({**first, "fairlead.toml": policy} if policy else first)
    return {
        "document": repository.commit({"README.md": "# The app\n"}),
        "comment": repository.commit({"app.py": f"{CODE}# one\n"}),
        "code": repository.commit({"app.py": CODE.replace("hello", "good day,")}),
    }


def replayed(fairlead: Command, *words: str) -> dict[str, Any]:
    answer = fairlead("replay", *words, "--format", "json")
    assert answer.code == 0, answer.err
    jsonschema.validate(answer.json, json.loads(replay_schema()))
    return answer.json


def group(document: dict[str, Any], by: str, name: str) -> dict[str, Any]:
    return next(one for one in document["groups"] if (one["by"], one["name"]) == (by, name))


def refused(answer: Answer) -> str:
    assert answer.code == 2, answer
    assert "\n     fix: " in answer.err
    assert answer.out == ""
    return answer.err


def test_the_schema_is_one_and_the_command_prints_it(fairlead: Command) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(replay_schema()))

    assert fairlead("schema", "replay").out == replay_schema()


def test_changes_are_planned_gated_and_compared_with_everything(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    ids = history(repository)

    document = replayed(fairlead)

    kinds = {one["head"]: one["kind"] for one in document["changes"]}
    assert kinds == {ids["document"]: "documentation", ids["comment"]: "inert", ids["code"]: "source"}
    assert document["sample"] == {**document["sample"], "measured": 3, "reused": 0}
    low = group(document, "low risk", "documentation and inert")
    assert low["sampled"] == low["changes"] == 2
    assert low["skipped"] > group(document, "kind", "source")["skipped"]
    assert low["delay"]["low"] is None  # all were measured, nothing is estimated
    of_document = next(one for one in document["changes"] if one["kind"] == "documentation")
    assert set(of_document["measured"]["planned"]["checks"]) == {"secrets"}
    assert {"lint", "sast", "secrets"} <= set(of_document["measured"]["everything"]["checks"])


def test_more_changes_than_are_sampled_are_estimated_and_it_is_said(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    history(repository)

    some = group(replayed(fairlead, "--sample", "2"), "all", "all changes")
    none = replayed(fairlead, "--sample", "0")
    text = fairlead("replay", "--sample", "2", env={"COLUMNS": "120"}).out

    assert some["sampled"] == 2
    assert some["delay"]["low"] <= some["delay"]["high"]
    assert none["groups"][0]["delay"] is None
    assert "~" in text
    assert "Figures marked ~ are estimates" in text
    assert "Nothing was measured" in fairlead("replay", "--sample", "0").out


def test_a_second_replay_measures_nothing_and_a_fresh_one_does(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    history(repository)

    first, second = replayed(fairlead), replayed(fairlead)
    fresh = replayed(fairlead, "--fresh")

    assert [one["sample"]["reused"] for one in (first, second, fresh)] == [0, 3, 0]
    assert second["groups"] == first["groups"]


def test_what_skipping_missed_is_named_with_the_reason_for_the_skip(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    history(repository, POLICY)
    commit = repository.commit({"app.py": f"{CODE}# TODO mend this\n"}, over={"app.py": CODE})

    document = replayed(fairlead, "--last", "2")
    text = fairlead("replay", "--last", "2").out

    (found,) = document["misses"]["found"]
    assert (found["head"], found["check"], found["path"]) == (commit, "marks", "app.py")
    assert "parses to the same tree" in found["because"]
    assert document["misses"]["hits"] == 1
    assert "missed something in 1 of" in text
    assert "TODO mend this" in text


def test_what_was_there_before_was_not_missed(repository: RepositoryBuilder, fairlead: Command) -> None:
    repository.commit({"app.py": f"# TODO\n{CODE}", "marks.py": MARKS, "fairlead.toml": POLICY})
    repository.commit({"README.md": "# App\n"})
    repository.rename("app.py", "other.py")
    repository.commit()

    document = replayed(fairlead)

    assert document["misses"]["found"] == []
    assert document["misses"]["tried"] == 2
    assert document["misses"]["at_most"] == pytest.approx(1 - 0.05**0.5)


def test_what_everything_cannot_evaluate_is_said_to_be_unknown(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    policy = f'{POLICY}\n[[custom]]\nname = "gone"\ncommand = "no-such-tool"\nreads = ["*.py"]\n'
    history(repository, policy + 'format = "sarif"\n')

    document = replayed(fairlead)

    unknown = {one["check"]: one for one in document["misses"]["unknown"]}
    assert unknown["gone"]["changes"] == 2  # the code's change runs it
    assert "? gone" in fairlead("replay").out


def test_a_policy_in_a_file_decides_in_place_of_the_repositorys(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    history(repository)
    file = tmp_path / "draft.toml"
    file.write_text("[checks.lint]\nskip_inert = true\n[checks]\nsecrets = false\n")

    draft = replayed(fairlead, "--policy", str(file), "--sample", "0")
    own = replayed(fairlead, "--sample", "0")

    assert draft["policy"] == str(file)
    skipped = [
        next(c for c in one["changes"] if c["kind"] == "inert")["skipped"] for one in (draft, own)
    ]
    assert ["lint" in one for one in skipped] == [True, False]
    assert "secrets" not in {one["check"] for one in draft["checks"]}


def test_what_asks_for_the_moment_is_not_replayed_and_that_is_said(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    history(repository, "[checks.deployment]\napprovals = true\n")

    document = replayed(fairlead, "--sample", "0")

    assert any("deployment isn't replayed" in note for note in document["notes"])
    assert "deployment" not in {one["check"] for one in document["checks"]}


@pytest.mark.parametrize("columns", [60, 120])
def test_a_replay_fits_its_width_and_has_no_colour_in_a_pipe(
    repository: RepositoryBuilder, fairlead: Command, columns: int
) -> None:
    history(repository)

    text = fairlead("replay", "--all", env={"COLUMNS": str(columns)}).out

    assert text.startswith("Documentation and inert changes wait ")
    assert max(len(line) for line in text.splitlines()) <= columns
    assert "\x1b" not in text
    for words in ("all changes", "source", "same-syntax-tree", "XS", "by skip", "95 % confidence"):
        assert words in " ".join(text.split())


def test_a_shallow_clone_says_how_much_of_it_was_replayed(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    history(repository)
    shallow = repository.clone(tmp_path / "shallow", "--depth=3")
    command = Command(repository=shallow, cache=tmp_path / "cache")

    document = replayed(command, "--sample", "0")

    assert len(document["changes"]) == 2
    assert any("git fetch --unshallow" in note for note in document["notes"])


def test_a_bare_repository_is_replayed(repository: RepositoryBuilder, tmp_path: Path) -> None:
    history(repository)
    bare = repository.clone(tmp_path / "bare", "--bare")

    document = replayed(Command(repository=bare, cache=tmp_path / "cache"), "--sample", "1")

    assert document["sample"]["measured"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--policy", "none.toml"), "none.toml can't be read: No such file"),
        (("--policy", "wrong.toml"), "wrong.toml:1"),
        (("--policy", "pyproject.toml"), "has no [tool.fairlead]"),
        (("--since", "yesterday"), "is no date"),
        (("--since", "2031-01-01"), "has no change since 2031-01-01"),
        (("--last", "0"), "--last is 0"),
        (("--sample", "-1"), "--sample is -1"),
        (("--branch", "nain"), "did you mean main"),
        (("A..B", "--branch", "main"), "contradict each other"),
        (("main~3",), "is the first commit"),
    ],
)
def test_a_wrong_call_gets_its_cause_and_what_to_do(
    repository: RepositoryBuilder, fairlead: Command, words: tuple[str, ...], said: str
) -> None:
    history(repository)
    repository.write("wrong.toml", "lint = 3\n")
    repository.write("pyproject.toml", "[project]\n")

    assert said in refused(fairlead("replay", *words))


def test_an_unreadable_policy_at_the_end_of_history_is_named_with_its_line(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    history(repository, "[checks]\nlnt = false\n")

    assert "fairlead.toml:2: checks.lnt" in refused(fairlead("replay"))


def slow(mark: Path) -> str:
    """Return a policy with a check that never ends where a file named ``slow.py`` is in the tree."""
    code = (
        "import os, pathlib, time\n"
        "if pathlib.Path('slow.py').exists():\n"
        f"    pathlib.Path({str(mark)!r}).write_text(str(os.getpid()) + ' ')\n"
        "    time.sleep(120)\n"
        "print('looked')\n"
    )
    command = json.dumps([sys.executable, "-c", code])
    return (
        "[checks]\nsecrets = false\ndependencies = false\n"
        f'[[custom]]\nname = "slow"\ncommand = {command}\nreads = ["*.py"]\nformat = "regex"\n'
        "pattern = '^(?P<path>[^:]+):(?P<line>\\d+): (?P<message>.*)$'\nproof = 'looked'\n"
    )


def number_in(mark: Path) -> int:
    for _ in range(6000):
        if mark.exists() and mark.read_text().endswith(" "):
            return int(mark.read_text())
        time.sleep(0.01)
    raise AssertionError("the check never began")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_shows_what_it_learned_and_the_next_replay_goes_on_from_there(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path, number: signal.Signals
) -> None:
    mark, temporary = tmp_path / "mark", tmp_path / "temporary"
    temporary.mkdir()
    repository.commit({"app.py": CODE, "fairlead.toml": slow(mark)})
    repository.commit({"slow.py": CODE})
    repository.commit({"slow.py": None, "app.py": f"{CODE}\n\nprint(greet('you'))\n"})
    repository.commit({"app.py": CODE})
    run = subprocess.Popen(
        fairlead.words("replay"),
        cwd=repository.folder,
        env={**fairlead.environment, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    tool = number_in(mark)  # the newest change has been measured by now: they are gated in its order

    run.send_signal(number)
    said, complained = run.communicate(timeout=60)

    assert run.returncode == 128 + number
    assert said.startswith("? Interrupted: 3 of 3 changes planned, 1 of 3 measured.")
    assert "fairlead: interrupted; nothing was left behind" in complained
    assert ended(tool)
    assert list(temporary.iterdir()) == []
    mark.unlink()
    again = subprocess.Popen(
        fairlead.words("replay", "--format", "json"),
        cwd=repository.folder,
        env=fairlead.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    number_in(mark)
    again.send_signal(signal.SIGINT)
    said, _ = again.communicate(timeout=60)
    assert json.loads(said)["complete"] is False
    assert json.loads(said)["sample"]["reused"] == 1


def test_a_replay_writes_nothing_into_the_work_tree_or_the_index(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    history(repository)
    repository.write("untracked.py", "import os\n")
    before = repository.git("status", "--porcelain")

    answer = fairlead("replay", "--output", str(tmp_path / "out.txt"))

    assert answer.out == ""
    assert repository.git("status", "--porcelain") == before
    assert (tmp_path / "out.txt").read_text().startswith("Documentation and inert changes wait ")
