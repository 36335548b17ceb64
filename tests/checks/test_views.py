"""Trees under two configurations, and trees that a check alters although it may only read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import Bench, Sample, new, old, ruff, words
from builder import RepositoryBuilder
from fairlead.checks.custom import custom_check
from fairlead.checks.model import Evaluated, Evaluation, Outcome, Run, Scope, View
from fairlead.checks.views import difference, sign
from fairlead.store import scratch
from survivors import ended

BAD = "import os\n"
STRICT = "[tool.ruff.lint]\nselect = ['F']\n"


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def reader(name: str) -> Sample:
    return Sample(does=words, name=name, tool="")


# Two configurations


def test_an_exclude_that_the_change_adds_does_not_hide_the_changes_own_finding(
    bench: Bench,
) -> None:
    bench.repository.commit(
        {"a.py": BAD, "pyproject.toml": f"[tool.ruff]\nexclude = ['a.py']\n{STRICT}"},
        over={"a.py": "", "pyproject.toml": STRICT},
    )

    (result,) = bench.run(Sample())

    assert (result.outcome, new(result)) == (Outcome.FAILED, [("a.py", 1, "F401")])
    assert any("pyproject.toml [tool.ruff]" in note for note in result.notes)
    assert [tool.configuration for tool in result.tools] == [
        "pyproject.toml [tool.ruff], as the change has it",
        "pyproject.toml [tool.ruff], as the base has it",
    ]


def test_a_rule_that_the_change_turns_on_counts_for_what_the_change_adds_alone(
    bench: Bench,
) -> None:
    bench.repository.commit(
        {"a.py": f"{BAD}import sys\n", "ruff.toml": "lint.select = ['F']\n"},
        over={"a.py": BAD, "ruff.toml": "lint.select = ['W']\n"},
    )

    (result,) = bench.run(Sample())

    assert new(result) == [("a.py", 2, "F401")]
    assert old(result) == [("a.py", 1, "F401")]


def test_a_rule_that_the_change_turns_off_still_counts(bench: Bench) -> None:
    bench.repository.commit(
        {"a.py": BAD, "deep/ruff.toml": None, "ruff.toml": "lint.select = ['W']\n"},
        over={"a.py": "", "deep/ruff.toml": "", "ruff.toml": "lint.select = ['F']\n"},
    )

    (result,) = bench.run(Sample())

    assert new(result) == [("a.py", 1, "F401")]


def test_a_configuration_that_the_change_breaks_is_not_evaluated(bench: Bench) -> None:
    bench.repository.commit(
        {"a.py": "x = 1\n", "ruff.toml": "lint.select = 'no list'\n"}, over={"ruff.toml": ""}
    )

    (result,) = bench.run(Sample())

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "ruff" in result.because


def test_a_new_finding_under_the_bases_configuration_counts_though_the_changes_is_broken(
    bench: Bench,
) -> None:
    bench.repository.commit(
        {"a.py": BAD, "ruff.toml": "lint.select = 'no list'\n"},
        over={"a.py": "", "ruff.toml": "lint.select = ['F']\n"},
    )

    (result,) = bench.run(Sample())

    assert (result.outcome, new(result)) == (Outcome.FAILED, [("a.py", 1, "F401")])
    assert result.because


def test_a_check_whose_steering_is_untouched_looks_once(bench: Bench) -> None:
    looked: list[str] = []

    def look(view: View, run: Run) -> Evaluation:
        looked.append(view.side)
        return Evaluated(findings=(), evidence="looked")

    bench.repository.commit({"a.py": "2\n", ".bandit": "x"}, over={"a.py": "1\n"})
    sast = Sample(does=look, name="sast", tool="", configuration=(".bandit",))
    other = Sample(does=look, name="other", tool="", configuration=("other.ini",))

    bench.run(other)
    assert looked == ["head"]
    bench.run(other, sast)
    assert looked == ["head", "head", "head"]


def test_both_looks_are_kept(bench: Bench) -> None:
    bench.repository.commit(
        {"a.py": BAD, "ruff.toml": "exclude = ['a.py']\n"}, over={"a.py": "", "ruff.toml": ""}
    )
    (first,) = bench.run(Sample(), Sample(does=ruff, name="tree", scope=Scope.TREE))[:1]

    (second, tree) = bench.run(Sample(), Sample(does=ruff, name="tree", scope=Scope.TREE))

    assert second.cached
    assert tree.cached
    assert second.findings == first.findings


# Trees that are altered


def fixing(view: View, run: Run) -> Evaluation:
    """Do what ruff does where a project sets fix = true."""
    for path in view.paths:
        (view.folder / path).write_text("fixed\n")
    return Evaluated(findings=(), evidence="fixed")


def caching(view: View, run: Run) -> Evaluation:
    (view.folder / ".cache").mkdir(exist_ok=True)
    (view.folder / ".cache" / "x").write_text("")
    return words(view, run)


def restoring(view: View, run: Run) -> Evaluation:
    path = view.folder / view.paths[0]
    kept, status = path.read_bytes(), path.stat()
    path.write_bytes(b"fine\n")
    path.write_bytes(kept)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return words(view, run)


@pytest.mark.parametrize("culprit", [fixing, caching, restoring])
def test_a_check_that_alters_its_tree_is_named_and_the_others_are_right(
    bench: Bench, culprit: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)  # without the first guard, file modes
    bench.cores = 1
    bench.repository.commit({"a.py": "bad!\n"}, over={"b.py": "1\n"})
    wrong = Sample(does=culprit, name="wrong", tool="")  # ty: ignore[invalid-argument-type]

    (first, altered, last) = bench.run(reader("first"), wrong, reader("last"))

    assert new(first) == new(last) == [("a.py", 1, "shout")]
    assert (first.outcome, last.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert altered.outcome is Outcome.NOT_EVALUATED
    assert "altered the tree" in altered.because
    assert ("a.py" if culprit is not caching else ".cache") in altered.because


def test_nothing_that_was_read_from_an_altered_tree_is_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bench.cores = 1
    bench.repository.commit({"a.py": "bad!\n"})
    bench.run(Sample(does=fixing, name="wrong", tool=""), reader("right"))

    (result,) = bench.run(reader("right"))

    assert new(result) == [("a.py", 1, "shout")]


def test_the_trees_of_all_but_root_cannot_be_written_to(tmp_path: Path) -> None:
    program = (
        "import os, resource, shutil, sqlite3, sys, tempfile, tomllib\n"
        "from pathlib import Path\n"
        "from bench import Bench, Sample\n"
        "from builder import RepositoryBuilder\n"
        "from fairlead.checks.model import Evaluated\n"
        "def look(view, run):\n"
        "    for attempt in ('a.py', 'new', 'deep/x.py', 'deep/new'):\n"
        "        try: (view.folder / attempt).write_text('x')\n"
        "        except PermissionError: print('refused', attempt)\n"
        "    print((view.folder / 'run.sh').stat().st_mode & 0o777 == 0o555)\n"
        "    return Evaluated(findings=(), evidence='looked')\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    repository = RepositoryBuilder.create(Path(folder, 'r'))\n"
        "    repository.write('run.sh', '', executable=True)\n"
        "    repository.commit({'a.py': '1', 'deep/x.py': '1'})\n"
        "    (result,) = Bench(repository, Path(folder, 's')).run(Sample(does=look, tool=''))\n"
        "    print(result.outcome)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )

    assert done.stdout.splitlines() == [
        *(f"refused {path}" for path in ("a.py", "new", "deep/x.py", "deep/new")),
        "True",
        "passed",
    ], done.stderr


def test_a_custom_check_has_a_tree_of_its_own_and_may_write_there(bench: Bench) -> None:
    bench.cores = 1
    bench.repository.commit({"a.py": "bad!\n"})
    vandal = custom_check(
        "vandal",
        command=[
            sys.executable,
            "-c",
            "open('a.py', 'w').write(''); open('x.py', 'w'); print('ok: 1')",
        ],
        reads=["*.py"],
        format="regex",
        pattern="^ok: (?P<message>.*)$",
    )

    (custom, result) = bench.run(vandal, reader("right"))

    assert custom.outcome is Outcome.PASSED, custom.because
    assert len(custom.findings) == 1
    assert new(result) == [("a.py", 1, "shout")]


def test_the_users_tree_is_never_touched(bench: Bench) -> None:
    bench.repository.commit({"a.py": BAD, "ruff.toml": "fix = true\nlint.select = ['F']\n"})
    before = sign(bench.repository.folder)

    def fix(view: View, run: Run) -> Evaluation:
        run([*view.tool.command, "check", "--fix", "."], cwd=view.folder)
        return words(view, run)

    bench.run(Sample(does=fix))

    assert difference(before, sign(bench.repository.folder)) == ()


def test_a_tool_sees_no_home_of_the_user_and_only_what_is_allowed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    seen: dict[str, str] = {}

    def look(view: View, run: Run) -> Evaluation:
        done = run(["env"], cwd=view.folder)
        seen.update(dict(line.split("=", 1) for line in done.stdout.decode().splitlines()))
        seen["scratch"] = str(view.scratch)
        return Evaluated(findings=(), evidence="looked")

    bench.repository.commit({"a.py": "1\n"})

    bench.run(Sample(does=look, tool=""))

    assert "TOKEN" not in seen
    assert seen["HOME"] == seen["XDG_CONFIG_HOME"] == seen["TMPDIR"] == seen["scratch"]


def where_a_tree_lies(bench: Bench) -> Path:
    """Return the folder of the tree that a check of a new change is given."""
    seen: list[Path] = []

    def look(view: View, run: Run) -> Evaluation:
        seen.append(view.folder)
        return Evaluated(findings=(), evidence="looked")

    bench.repository.commit({"a.py": f"{bench.runs}\n"})
    bench.run(Sample(does=look, tool=""))
    return seen[0]


def test_trees_lie_in_memory_when_there_is_some_to_spare_and_leave_it(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(scratch, "MEMORY", memory)
    monkeypatch.setattr(scratch, "_LEAST", 1)
    bench.environ = {"TMPDIR": ""}

    folder = where_a_tree_lies(bench)

    assert folder.is_relative_to(memory)
    assert list(memory.iterdir()) == []


@pytest.mark.parametrize("why", ["too little is free", "the user names another folder", "no room"])
def test_trees_lie_on_the_disk_otherwise(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "_LEAST", 1 << 60 if why.startswith("too") else 1)
    monkeypatch.setattr(scratch, "_SHARE", 1 << 60 if why == "no room" else 8)
    bench.environ = {} if why.startswith("the user") else {"TMPDIR": ""}

    folder = where_a_tree_lies(bench)

    assert folder.is_relative_to(bench.folder)


def test_a_tree_that_is_larger_than_what_is_spare_lies_on_the_disk(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "_spare_memory", lambda environ: 20_000)
    bench.repository.commit({"big": "x" * 20_000})

    large = where_a_tree_lies(bench)
    bench.repository.commit({"big": None})
    small = where_a_tree_lies(bench)

    assert large.is_relative_to(bench.folder)
    assert not small.is_relative_to(bench.folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_program_and_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from bench import Bench, Sample, words\n"
        "from builder import RepositoryBuilder\n"
        "from fairlead.signals import interrupted_by_signals\n"
        "from fairlead.store.scratch import scratch_folder\n"
        "def wait(view, run):\n"
        "    run(['sh', '-c', 'sleep 60 & echo $$ $! > ' + sys.argv[1] + '/pids; mv '\n"
        "         + sys.argv[1] + '/pids ' + sys.argv[1] + '/begun; wait'], cwd=view.folder)\n"
        "repository = RepositoryBuilder.create(Path(sys.argv[1], 'r'))\n"
        "repository.commit({'a.py': '1'})\n"
        "try:\n"
        "    with interrupted_by_signals(), scratch_folder({'TMPDIR': sys.argv[1]}) as folder:\n"
        "        Bench(repository, folder).run(Sample(does=wait, tool=''))\n"
        "except KeyboardInterrupt as error: print(type(error).__name__)\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
    )
    begun = tmp_path / "begun"
    while not begun.exists():
        assert running.poll() is None
    running.send_signal(number)
    said, _ = running.communicate(timeout=30)

    expected = b"KeyboardInterrupt" if number == signal.SIGINT else b"Terminated"
    assert said.strip() == expected
    for pid in begun.read_text().split():
        assert ended(int(pid))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["begun", "r"]
