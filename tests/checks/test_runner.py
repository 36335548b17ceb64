"""Running checks on real repositories: what is looked at, what is new, and what is kept."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bench import Bench, Sample, finding, new, old, words
from builder import RepositoryBuilder
from fairlead.changes.git import Repository
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.checks.kept import digest
from fairlead.checks.looks import Request
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    NotEvaluated,
    Outcome,
    Run,
    Scope,
    View,
)
from fairlead.checks.preparation import base_listing
from fairlead.checks.views import listing_of
from fairlead.errors import FairleadError
from fairlead.store.results import FILE, Results


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def shouting(name: str = "words", scope: Scope = Scope.FILES) -> Sample:
    return Sample(does=words, name=name, tool="", scope=scope)


def never(view: View, run: Run) -> Evaluation:
    raise AssertionError("looked")


def test_what_the_change_adds_is_new_and_what_was_there_is_old(bench: Bench) -> None:
    config = {"ruff.toml": "lint.select = ['F']\n"}
    bench.repository.commit(
        {"a.py": "import sys\n\nimport os\n"}, over={"a.py": "import os\n", **config}
    )

    (result,) = bench.run(Sample())

    assert result.outcome is Outcome.FAILED
    assert new(result) == [("a.py", 1, "F401")]
    assert old(result) == [("a.py", 3, "F401")]
    assert (result.tools[0].origin, result.tools[0].configuration) == (
        "comes with fairlead",
        "ruff.toml",
    )
    assert result.evidence == "ruff printed a list"


def test_a_change_without_findings_passes_and_its_base_is_not_looked_at(bench: Bench) -> None:
    bench.repository.commit({"a.py": "x = 1\n"}, over={"a.py": "import os\n"})

    (result,) = bench.run(Sample())

    assert result.outcome is Outcome.PASSED
    assert [doing for _, doing in bench.progress.heard] == [
        f"ruff {result.tools[0].version}",
        "passed",
    ]


def test_what_is_not_compared_is_all_new_and_its_base_is_not_looked_at(bench: Bench) -> None:
    bench.repository.commit({"a.py": "x = 1  # !\ny = 2  # !\n"}, over={"a.py": "x = 1  # !\n"})

    (result,) = bench.run(Request(check=shouting(), compared=False))

    assert len(new(result)) == 2
    assert not any("base" in doing for _, doing in bench.progress.heard)


def test_a_check_says_how_much_processor_time_its_tool_took(bench: Bench) -> None:
    bench.repository.commit({"a.py": "x = 1\n"})

    (ran,), (kept,) = bench.run(Sample()), bench.run(Sample())

    assert ran.cpu_seconds > 0
    assert kept.cpu_seconds == 0


def test_old_findings_alone_pass(bench: Bench) -> None:
    bench.repository.commit({"a.py": "\n\nbad!\n"}, over={"a.py": "bad!\n"})

    (result,) = bench.run(shouting())

    assert (result.outcome, old(result)) == (Outcome.PASSED, [("a.py", 3, "shout")])


def test_only_changed_files_are_looked_at_in_scope_files(bench: Bench) -> None:
    bench.repository.commit({"a.py": "ok\n"}, over={"a.py": "1\n", "b.py": "bad!\n"})

    (files, tree) = bench.run(shouting("files"), shouting("tree", Scope.TREE))

    assert files.findings == ()
    assert old(tree) == [("b.py", 1, "shout")]


def test_the_added_one_of_equal_findings_is_the_new_one(bench: Bench) -> None:
    bench.repository.commit({"a.py": "bad!\n1\nbad!\n2\n"}, over={"a.py": "1\nbad!\n2\n"})

    (result,) = bench.run(shouting())

    assert (new(result), old(result)) == ([("a.py", 1, "shout")], [("a.py", 3, "shout")])


@pytest.mark.parametrize("scope", [Scope.FILES, Scope.TREE])
def test_findings_follow_a_renamed_file(bench: Bench, scope: Scope) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    bench.repository.commit(
        {"old.py": None, "new.py": f"bad!\n{text}worse!\n"}, over={"old.py": f"bad!\n{text}"}
    )

    (result,) = bench.run(shouting(scope=scope))

    assert (new(result), old(result)) == ([("new.py", 32, "shout")], [("new.py", 1, "shout")])


def test_a_finding_in_an_added_file_is_new(bench: Bench) -> None:
    bench.repository.commit({"b.py": "bad!\n"}, over={"a.py": "bad!\n"})

    (result,) = bench.run(shouting())

    assert new(result) == [("b.py", 1, "shout")]


def test_a_root_commit_has_no_base_and_all_is_new(bench: Bench) -> None:
    bench.repository.commit({"a.py": "bad!\n"})

    (files, tree) = bench.run(shouting("files"), shouting("tree", Scope.TREE))

    assert new(files) == new(tree) == [("a.py", 1, "shout")]


def test_a_link_that_became_a_file_is_compared_with_nothing(bench: Bench) -> None:
    bench.repository.commit({"b.py": "bad!\n"})
    bench.repository.symlink("a.py", "b.py")
    bench.repository.commit()
    bench.repository.remove("a.py")
    bench.repository.commit({"a.py": "bad!\n"})

    (result,) = bench.run(shouting())

    assert new(result) == [("a.py", 1, "shout")]


def test_a_check_without_a_file_to_look_at_is_skipped(bench: Bench) -> None:
    bench.repository.commit({"README": "bad!\n"})

    (result,) = bench.run(Sample(does=never))

    assert result.outcome is Outcome.SKIPPED
    assert result.because
    assert result.fix == ""


def test_a_check_of_the_change_gets_an_empty_folder_and_no_base(bench: Bench) -> None:
    seen: list[list[str]] = []

    def look(view: View, run: Run) -> Evaluation:
        seen.append([path.name for path in view.folder.iterdir()])
        return Evaluated(findings=(), evidence="asked")

    bench.repository.commit({"README": "x\n"})
    check = Sample(does=look, scope=Scope.CHANGE, tool="")

    results = [*bench.run(check), *bench.run(check)]

    assert seen == [[], []]
    assert [(one.outcome, one.cached) for one in results] == [(Outcome.PASSED, False)] * 2


def test_results_come_in_the_order_of_the_requests(bench: Bench) -> None:
    bench.repository.commit({"a.py": "ok\n"})
    names = [f"check {number}" for number in range(9)]

    results = bench.run(*(shouting(name) for name in names))

    assert [result.check for result in results] == names


# What is kept


def test_a_second_run_looks_at_nothing_and_says_the_same(bench: Bench) -> None:
    bench.repository.commit({"a.py": "bad!\nworse!\n"}, over={"a.py": "bad!\n"})
    checks = [shouting("files"), shouting("tree", Scope.TREE), Sample()]
    first = bench.run(*checks)

    second = bench.run(*checks)

    assert [result.cached for result in (*first, *second)] == [False] * 3 + [True] * 3
    for one, other in zip(first, second, strict=True):
        assert one.findings == other.findings
        assert one.outcome is other.outcome
        assert one.tools == other.tools
    assert not [doing for _, doing in bench.progress.heard if doing not in list(Outcome)]


def test_only_files_that_nothing_is_kept_of_are_given_to_the_tool(bench: Bench) -> None:
    looked: list[tuple[str, tuple[str, ...]]] = []

    def look(view: View, run: Run) -> Evaluation:
        looked.append((view.side, view.paths))
        return words(view, run)

    check = Sample(does=look, tool="")
    bench.repository.commit({"a.py": "1\n", "b.py": "1\n", "c.py": "1\n"})
    bench.repository.commit({"a.py": "bad!\n", "b.py": "bad!\n"})
    bench.run(check)

    bench.repository.commit({"b.py": "bad!\nworse!\n", "c.py": "bad!\n"})
    (result,) = bench.run(check, revisions="HEAD~2..HEAD")

    assert looked == [
        ("head", ("a.py", "b.py")),
        ("base", ("a.py", "b.py")),
        ("head", ("b.py", "c.py")),
        ("base", ("c.py",)),
    ]
    assert [path for path, _, _ in new(result)] == ["a.py", "b.py", "b.py", "c.py"]


def test_what_was_the_head_is_known_when_it_is_the_base(bench: Bench) -> None:
    bench.repository.commit({"a.py": "bad!\n"})
    bench.run(shouting("files"), shouting("tree", Scope.TREE))
    bench.repository.commit({"a.py": "bad!\nworse!\n"})

    bench.run(shouting("files"), shouting("tree", Scope.TREE))

    assert not [doing for _, doing in bench.progress.heard if doing.endswith("on the base")]


def test_the_base_is_what_the_head_is_with_the_change_undone(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.symlink("link", "a")
    repository.submodule("module")
    repository.commit({"a": "1\n" * 9, "b/c": "2\n", "b.x": "", "e\udcff": "", "z": "9\n" * 9})
    repository.rename("a", "moved")
    repository.remove("link")
    repository.write("b.x", "", executable=True)
    repository.commit({"link": "now a file\n", "b/c": None, "new": "x", "z": None, "a": "9\n" * 9})

    opened = Repository.open(repository.folder, scratch=tmp_path, environ={})
    change = read_change(opened, resolve(opened, revisions="HEAD", environ={}))
    undone = base_listing(listing_of(opened, change.range.head_tree), change.files)

    assert list(undone.items()) == list(listing_of(opened, change.range.base_tree).items())


def test_other_settings_or_another_stamp_are_other_results(bench: Bench) -> None:
    bench.repository.commit({"a.py": "1\n"})
    bench.run(shouting())

    (settings,) = bench.run(Request(check=shouting(), settings={"limit": 9}))
    (stamp,) = bench.run(Request(check=shouting(), stamp="a newer snapshot"))

    assert not settings.cached
    assert not stamp.cached


@pytest.mark.parametrize(
    "path", ["ruff.toml", "deep/ruff.toml", "shared/any.toml", "setup.cfg", "tox.ini"]
)
def test_what_may_steer_a_tool_is_part_of_what_results_are_kept_by(bench: Bench, path: str) -> None:
    first = bench.repository.commit({"README": "1\n"})
    bench.repository.commit({"a.py": "1\n", path: ""})
    bench.run(shouting(), revisions=f"{first}..HEAD")
    bench.repository.commit({path: "# 2\n"})

    (result,) = bench.run(shouting(), revisions=f"{first}..HEAD")

    assert not result.cached


def test_what_cannot_steer_a_tool_is_no_part_of_it(bench: Bench) -> None:
    first = bench.repository.commit({"README": "1\n"})
    bench.repository.commit({"a.py": "1\n"})
    bench.run(shouting(), revisions=f"{first}..HEAD")
    bench.repository.commit({"README": "2\n"})

    (result,) = bench.run(shouting(), revisions=f"{first}..HEAD")

    assert result.cached


def test_what_could_not_be_evaluated_is_not_kept(bench: Bench) -> None:
    answers: list[Evaluation] = [
        NotEvaluated(cause="no luck", fix="again"),
        Evaluated(findings=(), evidence="looked"),
    ]
    check = Sample(does=lambda view, run: answers.pop(0), tool="")
    bench.repository.commit({"a.py": "1\n"})

    results = [*bench.run(check), *bench.run(check)]

    assert [(result.outcome, result.because, result.fix) for result in results] == [
        (Outcome.NOT_EVALUATED, "no luck", "again"),
        (Outcome.PASSED, "", ""),
    ]


def test_findings_that_belong_to_no_file_are_not_kept(bench: Bench) -> None:
    def look(view: View, run: Run) -> Evaluation:
        return Evaluated(findings=(finding(view, "other", 1),), evidence="looked")

    bench.repository.commit({"a.py": "1\n"}, over={"other": "x\n"})
    check = Sample(does=look, tool="")
    bench.run(check)

    (result,) = bench.run(check)

    assert not result.cached
    assert len(result.findings) == 1


def test_a_spoilt_store_costs_time_and_nothing_else(bench: Bench) -> None:
    bench.repository.commit({"a.py": "bad!\n"})
    (first,) = bench.run(shouting())
    (bench.folder / FILE).write_bytes(b"garbage")

    (second,) = bench.run(shouting())

    assert (second.outcome, second.cached) == (first.outcome, False)
    assert second.findings == first.findings


def test_how_long_a_check_took_is_expected_of_it_next_time(bench: Bench) -> None:
    bench.repository.commit({"a.py": "1\n"})
    bench.run(shouting("quick"))
    assert bench.progress.expected == {"quick": None}

    bench.repository.commit({"a.py": "2\n"})
    bench.run(shouting("quick"))

    assert (bench.progress.expected["quick"] or 0) > 0


def test_the_check_that_took_longest_begins(bench: Bench) -> None:
    bench.cores = 1
    bench.repository.commit({"a.py": "1\n"})
    bench.folder.mkdir(parents=True, exist_ok=True)
    known = Results(bench.folder)
    known.put({digest("seconds", "quick"): b"0.1", digest("seconds", "slow"): b"9.0"})
    known.close()

    bench.run(shouting("quick"), shouting("slow"))

    assert bench.progress.expected == {"slow": 9.0, "quick": 0.1}
    assert [check for check, _ in bench.progress.heard] == ["slow", "slow", "quick", "quick"]


def test_of_checks_that_never_ran_the_last_of_the_plan_begin(bench: Bench) -> None:
    bench.cores = 1
    bench.repository.commit({"a.py": "1\n"})

    bench.run(shouting("lint"), shouting("secrets"), shouting("dependencies", Scope.TREE))

    assert list(bench.progress.expected) == ["dependencies", "secrets", "lint"]


def test_a_check_begins_when_those_that_it_needs_have_ended(bench: Bench) -> None:
    bench.repository.commit({"a.py": "1\n"})
    ended: list[str] = []

    def slow(view: View, run: Run) -> Evaluation:
        time.sleep(0.2)
        ended.append("build")
        return Evaluated(findings=(), evidence="built")

    def after(view: View, run: Run) -> Evaluation:
        return Evaluated(findings=(), evidence=f"after {ended}")

    needing = Request(check=Sample(does=after, name="tests", tool=""), needs=("build", "nowhere"))
    _, _, result = bench.run(Sample(does=slow, name="build", tool=""), shouting("lint"), needing)

    assert result.evidence == "after ['build']"


def test_checks_that_need_each_other_still_run(bench: Bench) -> None:
    bench.repository.commit({"a.py": "1\n"})
    one = Request(check=shouting("one"), needs=("two",))
    two = Request(check=shouting("two"), needs=("one",))

    results = bench.run(one, two)

    assert [result.outcome for result in results] == [Outcome.PASSED, Outcome.PASSED]


def test_work_that_checks_share_is_done_once_for_a_tree(bench: Bench) -> None:
    bench.repository.commit({"a.py": "1\n"})
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    def share(view: View, run: Run) -> Evaluation:
        return Evaluated(findings=(), evidence=f"run {view.shared.once('tests', make)}")

    results = bench.run(*(Sample(does=share, name=name, tool="") for name in ("tests", "coverage")))

    assert [result.evidence for result in results] == ["run 1", "run 1"]


def test_with_fail_fast_the_rest_is_skipped_once_a_check_that_blocks_has_failed(bench: Bench) -> None:
    bench.repository.commit({"a.py": "bad!\n"})
    bench.cores, bench.fail_fast = 1, ("lint",)

    results = bench.run(shouting("lint"), Request(check=shouting("tests"), needs=("lint",)))

    assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.SKIPPED]
    assert results[1].because == "lint failed, and the policy has the rest skipped then (fail_fast)"


# What cannot be said


def test_when_the_base_cannot_be_evaluated_all_is_new_and_that_is_said(bench: Bench) -> None:
    def look(view: View, run: Run) -> Evaluation:
        if view.side == "base":
            return NotEvaluated(cause="the base is broken", fix="")
        return words(view, run)

    bench.repository.commit({"a.py": "bad!\n1\n"}, over={"a.py": "bad!\n"})

    (result,) = bench.run(Sample(does=look, tool=""))

    assert result.outcome is Outcome.FAILED
    assert new(result) == [("a.py", 1, "shout")]
    assert any("the base is broken" in note for note in result.notes)


PROGRAMS = {
    "could not be started": "",
    "ended by signal 11": "#!/bin/sh\nkill -SEGV $$\n",
    "longer than 1 s": "#!/bin/sh\nsleep 60\n",
    "more than is read": "#!/bin/sh\nyes\n",
}


@pytest.mark.parametrize("cause", PROGRAMS)
def test_a_program_that_was_cut_short_is_never_a_pass_whatever_the_check_says(
    bench: Bench, cause: str, tmp_path: Path
) -> None:
    program = tmp_path / "tool"
    if PROGRAMS[cause]:
        program.write_text(PROGRAMS[cause])
        program.chmod(0o755)

    def trust(view: View, run: Run) -> Evaluation:
        run([str(program)], cwd=view.folder)
        return Evaluated(findings=(), evidence="blind trust")

    bench.repository.commit({"a.py": "1\n"})

    (result,) = bench.run(Request(check=Sample(does=trust, tool=""), timeout=1))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert cause in result.because
    assert result.fix


def test_a_program_that_somebody_else_ended_is_named_and_nothing_of_it_is_kept(bench: Bench) -> None:
    looks = []

    def partial(view: View, run: Run) -> Evaluation:
        looks.append(view.side)
        done = run(["sh", "-c", "[ $0 -gt 1 ] || kill -KILL $$", str(len(looks))], cwd=view.folder)
        if done.code:
            raise FairleadError("its report is cut off", fix="look at it")
        return Evaluated(findings=(), evidence="it said so")

    bench.repository.commit({"a.py": "1\n"})

    (first,), (second,) = (bench.run(Sample(does=partial, tool="")) for _ in range(2))

    assert (first.outcome, first.disturbance) == (Outcome.NOT_EVALUATED, "sh was ended by SIGKILL")
    assert (second.outcome, second.disturbance) == (Outcome.PASSED, "")


def test_an_expected_failure_inside_a_check_is_not_evaluated(bench: Bench) -> None:
    def fail(view: View, run: Run) -> Evaluation:
        raise FairleadError("the snapshot is gone", fix="fetch it")

    bench.repository.commit({"a.py": "1\n"})

    (result,) = bench.run(Sample(does=fail, tool=""))

    assert (result.outcome, result.because, result.fix) == (
        Outcome.NOT_EVALUATED,
        "the snapshot is gone",
        "fetch it",
    )


def test_a_defect_in_a_check_is_raised_once_all_programs_have_ended(bench: Bench) -> None:
    def fail(view: View, run: Run) -> Evaluation:
        raise ZeroDivisionError

    def wait(view: View, run: Run) -> Evaluation:
        run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=view.folder)
        raise AssertionError("the run was not stopped")

    bench.repository.commit({"a.py": "1\n"})

    with pytest.raises(ZeroDivisionError):
        bench.run(Sample(does=wait, name="wait", tool=""), Sample(does=fail, name="fail", tool=""))


def test_a_tool_that_nobody_has_is_not_evaluated_with_what_to_install(bench: Bench) -> None:
    bench.repository.commit({"a.py": "1\n"})

    (result,) = bench.run(Sample(tool="no-such-tool"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "no-such-tool" in result.because
    assert "pip install no-such-tool" in result.fix


def test_a_disk_without_room_for_the_tree_is_not_evaluated(bench: Bench, tmp_path: Path) -> None:
    bench.repository.commit({"a.py": "1\n"})
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from bench import Bench, Sample, words\n"
        "from builder import RepositoryBuilder\n"
        "bench = Bench(RepositoryBuilder(Path(sys.argv[1])), Path(sys.argv[2]))\n"
        "bench.repository.commit({'big.bin': b'x' * 300_000, 'a.py': '2'})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "(result,) = bench.run(Sample(does=words, tool=''))\n"
        "print(result.outcome, result.because, result.fix)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(bench.repository.folder), str(tmp_path / "s")],
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("not_evaluated"), done.stdout
    assert len(done.stdout) > 40


# Being stopped


def test_a_stop_from_outside_ends_all_programs_and_leaves_nothing(bench: Bench) -> None:
    begun = threading.Barrier(3)

    def wait(view: View, run: Run) -> Evaluation:
        begun.wait(20)
        run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=view.folder)
        raise AssertionError("the run was not stopped")

    def stop() -> None:
        begun.wait(20)
        bench.stop.set()

    bench.repository.commit({"a.py": "1\n"})
    stopper = threading.Thread(target=stop)
    stopper.start()

    with pytest.raises(KeyboardInterrupt):
        bench.run(Sample(does=wait, name="one", tool=""), Sample(does=wait, name="two", tool=""))
    stopper.join()
