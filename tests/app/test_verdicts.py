"""Verdicts on changes of real repositories, by the command line, with the real tools."""

from __future__ import annotations

import json

import jsonschema
import pytest

from app.command import Command
from builder import RepositoryBuilder
from fairlead.app.report import schema

CLEAN = 'def greet(name: str) -> str:\n    """Return a greeting."""\n    return f"hello {name}"\n'
SHELL = "import subprocess\n\n\ndef run(cmd):\n    return subprocess.call(cmd, shell=True)\n"


def test_a_change_of_documentation_runs_the_secrets_check_alone(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"README.md": "# Hello\n"})
    repository.commit({"README.md": "# Hello\n\nWorld.\n"})

    answer = fairlead.check("HEAD")

    assert answer.code == 0
    assert answer.json["verdict"]["outcome"] == "pass"
    assert [line["check"] for line in answer.json["plan"] if line["run"]] == ["secrets"]
    assert answer.json["change"]["natures"] == ["documentation"]


def test_the_json_is_what_the_published_schema_says(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": CLEAN, "README.md": "# Lab\n"})
    repository.commit({"lab/run.py": SHELL, "README.md": "# Labs\n", "data.bin": b"\0\xff"})

    answer = fairlead.check("HEAD")

    jsonschema.validate(answer.json, json.loads(schema()))
    assert json.loads(fairlead("schema").out) == json.loads(schema())


def test_a_new_finding_blocks_and_says_what_why_and_how_to_mend_it(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": CLEAN})
    repository.commit({"lab/run.py": SHELL})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert answer.json["verdict"]["outcome"] == "blocked"
    assert "B602" in answer.new_rules("sast")
    finding = next(one for one in answer.result("sast")["findings"] if one["rule"] == "B602")
    assert (finding["path"], finding["line"], finding["new"]) == ("lab/run.py", 5, True)
    assert finding["what"]
    assert finding["why"]
    assert finding["fix"]


def test_an_old_finding_that_moved_is_counted_and_does_not_block(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": SHELL})
    repository.commit({"lab/run.py": '"""Run things."""\n\n' + SHELL})

    answer = fairlead.check("HEAD")

    assert answer.code == 0, answer.out
    assert answer.result("sast")["outcome"] == "passed"
    assert [found["new"] for found in answer.result("sast")["findings"]] == [False, False]


def test_an_old_finding_in_a_renamed_file_stays_old(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": SHELL + "\n\nLIMIT = 3\n"})
    repository.rename("lab/run.py", "lab/start.py")
    repository.commit({"lab/start.py": SHELL + "\n\nLIMIT = 4\n"})

    answer = fairlead.check("HEAD")

    assert answer.json["change"]["files"][0]["old_path"] == "lab/run.py"
    assert answer.new_rules("sast") == []


def test_one_more_of_an_old_finding_is_new(repository: RepositoryBuilder, fairlead: Command) -> None:
    repository.commit({"lab/run.py": SHELL})
    again = "\n\ndef run_again(cmd):\n    return subprocess.call(cmd, shell=True)\n"
    repository.commit({"lab/run.py": SHELL + again})

    answer = fairlead.check("HEAD")

    assert answer.new_rules("sast") == ["B602"]


def test_an_exclude_added_beside_a_finding_does_not_hide_it(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"pyproject.toml": "[tool.ruff]\nline-length = 100\n", "lab/run.py": CLEAN})
    repository.commit(
        {
            "pyproject.toml": '[tool.ruff]\nline-length = 100\nexclude = ["lab"]\n',
            "lab/run.py": "import os\n" + CLEAN,
        }
    )

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert "F401" in answer.new_rules("lint")
    assert answer.plan("lint")["steered_by"] == ["pyproject.toml [tool.ruff]"]


def test_code_that_no_longer_runs_on_an_old_python_is_judged_for_the_newer_ones_alone(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    modern = "[tool.ruff]\nlint.select = ['E', 'UP']\n[project]\nname = 'x'\nrequires-python = '>={}'\n"
    old = "from typing import List\n\n\ndef first(items: List[int]) -> int:\n    return items[0]\n"
    repository.commit({"pyproject.toml": modern.format("3.8"), "lab/run.py": old})
    matching = "\n\ndef kind(of):\n    match of:\n        case int():\n            return 1\n"
    repository.commit({"pyproject.toml": modern.format("3.11"), "lab/run.py": old + matching})

    answer = fairlead.check("HEAD")

    assert answer.new_rules("lint") == []
    assert answer.result("lint")["outcome"] == "passed"
    assert answer.plan("lint")["steered_by"] == ["pyproject.toml [project.requires-python]"]


def test_a_stricter_rule_in_the_head_does_not_blame_the_change_for_old_code(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    old = "def f(a = []):\n    return a\n"
    repository.commit({"pyproject.toml": '[tool.ruff]\nlint.select = ["F"]\n', "lab/run.py": old})
    repository.commit(
        {
            "pyproject.toml": '[tool.ruff]\nlint.select = ["F", "B"]\n',
            "lab/run.py": old + "\n\ndef g():\n    return 1\n",
        }
    )

    assert fairlead.check("HEAD").new_rules("lint") == []


def test_an_inert_change_skips_what_reads_code_and_names_its_proof(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": SHELL})
    repository.commit({"lab/run.py": "# Run what a caller says.\n" + SHELL})

    answer = fairlead.check("HEAD")

    assert answer.json["change"]["files"][0]["inert"] == "same-syntax-tree"
    assert answer.plan("sast") == {
        "check": "sast",
        "run": False,
        "because": "lab/run.py parses to the same tree",
        "steered_by": [],
    }
    assert answer.plan("lint")["run"]


def test_a_comment_that_silences_a_check_makes_it_run_and_is_named(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": SHELL})
    repository.commit({"lab/run.py": SHELL.replace("shell=True)", "shell=True)  # nosec")})

    answer = fairlead.check("HEAD")

    assert answer.json["change"]["files"][0]["inert"] is None
    assert answer.plan("sast")["because"] == "a comment steers it: lab/run.py:5"
    assert "# nosec" in fairlead("check", "HEAD").out


def test_the_policy_is_read_from_the_base_and_never_from_the_head(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": CLEAN})
    repository.commit({"lab/run.py": SHELL, "fairlead.toml": "checks.sast = false\n"})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert any("judged by the base's" in note for note in answer.json["notes"])


def test_report_mode_says_the_same_and_blocks_nothing(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": CLEAN, "fairlead.toml": 'mode = "report"\n'})
    repository.commit({"lab/run.py": SHELL})

    answer = fairlead.check("HEAD")

    assert answer.code == 0
    assert answer.json["verdict"]["outcome"] == "pass"
    assert answer.json["verdict"]["unenforced"] == "blocked"
    assert "B602" in answer.new_rules("sast")


def test_a_head_whose_policy_cannot_be_read_is_blocked_before_it_stops_everyone(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"README.md": "x\n"})
    repository.commit({"fairlead.toml": '\nmode = "strict"\n'})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert "fairlead.toml:2: mode" in answer.result("policy")["findings"][0]["what"]


def test_a_base_whose_policy_cannot_be_read_stops_all_but_the_change_that_mends_it(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"fairlead.toml": 'mode = "strict"\n'})
    repository.commit({"README.md": "x\n"})

    stopped = fairlead("check", "HEAD")
    repository.commit({"fairlead.toml": 'mode = "report"\n'})
    mended = fairlead.check("HEAD")

    assert stopped.code == 2
    assert "fairlead.toml:1: mode" in stopped.err
    assert mended.code == 0
    assert any("this change mends it" in note for note in mended.json["notes"])


def test_a_recorded_baseline_lets_what_it_holds_pass(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": SHELL, "README.md": "x\n"})
    recorded = fairlead("baseline")
    repository.remove("lab/run.py")
    repository.commit()
    repository.commit({"lab/run.py": SHELL})

    answer = fairlead.check("HEAD")

    assert recorded.code == 0, recorded.err
    assert answer.code == 0, answer.out
    assert [found["new"] for found in answer.result("sast")["findings"]] == [False, False]


def test_a_second_run_finds_everything_in_the_cache(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": CLEAN})
    repository.commit({"lab/run.py": SHELL})

    first, second = fairlead.check("HEAD"), fairlead.check("HEAD")

    assert not first.result("sast")["cached"]
    assert all(result["cached"] for result in second.json["results"] if result["seconds"])
    for one, other in zip(first.json["results"], second.json["results"], strict=True):
        assert one["findings"] == other["findings"]


def test_fresh_leaves_the_cache_aside(repository: RepositoryBuilder, fairlead: Command) -> None:
    repository.commit({"lab/run.py": CLEAN})
    fairlead.check("HEAD")

    assert not fairlead.check("HEAD", "--fresh").result("sast")["cached"]


@pytest.mark.parametrize("how", ["--staged", "--worktree", "--patch"])
def test_what_is_not_committed_yet_can_be_gated(
    repository: RepositoryBuilder, fairlead: Command, how: str
) -> None:
    repository.commit({"lab/run.py": CLEAN})
    repository.write("lab/run.py", SHELL)
    words = [how]
    if how == "--staged":
        repository.git("add", "-A")
    if how == "--patch":
        patch = repository.git("diff") + "\n"
        repository.git("checkout", "-q", "--", ".")
        repository.write("../change.patch", patch)
        words.append("../change.patch")

    answer = fairlead.check(*words)

    assert answer.code == 1, answer.err
    assert answer.json["change"]["head"] is None
    assert "B602" in answer.new_rules("sast")


def test_a_patch_may_come_from_standard_input(repository: RepositoryBuilder, fairlead: Command) -> None:
    repository.commit({"lab/run.py": CLEAN})
    repository.write("lab/run.py", SHELL)
    patch = repository.git("diff") + "\n"
    repository.git("checkout", "-q", "--", ".")

    answer = fairlead("check", "--patch", "-", "--format", "json", stdin=patch)

    assert answer.code == 1, answer.err


def test_nothing_in_the_users_tree_or_index_is_touched(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    messy = "import os,sys\nx=1\n"
    eager = "[tool.ruff]\nfix = true\nunsafe-fixes = true\n"
    repository.commit({"pyproject.toml": eager, "a.py": messy})
    repository.write("b.py", messy)
    before = sorted(repository.folder.rglob("*"))
    index = (repository.folder / ".git" / "index").read_bytes()

    answer = fairlead.check("--worktree")

    after = [path for path in sorted(repository.folder.rglob("*")) if "fairlead" not in path.parts]
    assert answer.code == 1
    assert after == before
    assert (repository.folder / "a.py").read_text() == messy
    assert (repository.folder / "b.py").read_text() == messy
    assert (repository.folder / ".git" / "index").read_bytes() == index


def test_deployment_rules_hold_once_the_policy_sets_them(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    policy = "[checks.deployment]\napprovals = true\nticket = 'ABC-[0-9]+'\n"
    repository.commit({"CODEOWNERS": "* @maria\n", "fairlead.toml": policy, "README.md": "x\n"})
    repository.commit({"README.md": "y\n"}, message="ABC-1: say y")

    unknown = fairlead.check("HEAD")
    nobody = fairlead.check("HEAD", "--approved-by", "")
    herself = fairlead.check("HEAD", "--approved-by", "maria", "--author", "maria")
    approved = fairlead.check("HEAD", "--approved-by", "maria", "--author", "jo")

    assert [unknown.code, nobody.code, herself.code, approved.code] == [2, 1, 1, 0]


def test_the_text_says_the_answer_first_and_the_json_exits_alike(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": CLEAN})
    repository.commit({"lab/run.py": SHELL})

    answer = fairlead("check", "HEAD")

    assert answer.code == 1
    assert answer.out.startswith("✗ Blocked: ")
    assert "risk " in answer.out
    assert "no bound" in answer.out


def test_a_report_can_be_written_into_a_file(repository: RepositoryBuilder, fairlead: Command) -> None:
    repository.commit({"README.md": "x\n"})

    answer = fairlead("check", "HEAD", "--format", "json", "--output", "verdict.json")

    assert answer.out == ""
    document = json.loads((repository.folder / "verdict.json").read_text())
    assert document["verdict"]["outcome"] == "pass"


def test_a_bumped_action_is_not_blamed_for_what_was_wrong_with_its_step_before(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    workflow = (
        "on: push\npermissions: {{}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@{} # v{}\n"
    )
    repository.commit({".github/workflows/a.yml": workflow.format("a" * 40, 4)})
    repository.commit({".github/workflows/a.yml": workflow.format("b" * 40, 5)})

    answer = fairlead.check("HEAD")

    rules = [finding["rule"] for finding in answer.result("workflows")["findings"]]
    assert "artipacked" in rules
    assert answer.new_rules("workflows") == []


def test_a_new_workflow_named_like_a_tools_configuration_is_looked_at(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"README.md": "x\n"})
    workflow = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: make}]\n"
    repository.commit({".github/workflows/zizmor.yaml": workflow})

    answer = fairlead.check("HEAD")

    assert answer.result("workflows")["outcome"] in {"passed", "failed"}
    assert answer.plan("workflows")["steered_by"] == []


def tangled(name: str, depth: int) -> str:
    lines = [f"def {name}(x):"]
    lines += ["    " * (level + 1) + f"if x > {level}:" for level in range(depth)]
    return "\n".join([*lines, "    " * (depth + 1) + "return x", "    return None"]) + "\n"


def test_a_function_that_becomes_hard_to_follow_blocks(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": tangled("start", 3)})
    repository.commit({"lab/run.py": tangled("start", 7)})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert answer.result("complexity")["outcome"] == "failed"


def test_a_function_that_was_hard_to_follow_before_and_grows_is_reported(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": tangled("start", 7)})
    repository.commit({"lab/run.py": tangled("start", 8)})

    answer = fairlead.check("HEAD")

    (finding,) = answer.result("complexity")["findings"]
    assert answer.result("complexity")["outcome"] == "passed"
    assert "this change made it worse" in finding["apart"]
    assert "this change made it worse" in fairlead("check", "HEAD").out


def test_one_more_file_that_imports_what_was_undeclared_before_is_not_blamed(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    project = "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['jinja2']\n"
    repository.commit({"pyproject.toml": project, "shop/a.py": "import jinja2\nimport celery\n"})
    repository.commit({"shop/b.py": "import celery\nimport kombu\n"})

    answer = fairlead.check("HEAD")

    findings = answer.result("dependencies")["findings"]
    assert [(found["path"], found["what"].split()[0], found["new"]) for found in findings] == [
        ("shop/b.py", "kombu", True),
        ("shop/a.py", "celery", False),
        ("shop/b.py", "celery", False),
    ]
