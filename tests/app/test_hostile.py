"""A repository that means harm: nothing of it runs, nothing of it hides, and it can't end the gate."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from app.command import Command
from builder import Content, RepositoryBuilder

CLEAN = 'def greet(name: str) -> str:\n    """Return a greeting."""\n    return f"hello {name}"\n'
SHELL = "import subprocess\n\n\ndef run(cmd):\n    return subprocess.call(cmd, shell=True)\n"
KEY = f"aws_key = 'AKIA{'QYLPMN5HNMWZ3KXT'}'\n"
DEEP = "[" * 3000

PROGRAMS = (
    *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.alternateRefsCommand"),
    *("diff.external", "diff.evil.command", "diff.evil.textconv", "merge.evil.driver", "gpg.program"),
    *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "uploadpack.packObjectsHook"),
)
"""Settings of git whose value is a program."""


@pytest.fixture
def trap(repository: RepositoryBuilder, tmp_path: Path) -> Path:
    """Set every trap that git's configuration knows, and return the file that betrays a spring."""
    sprung, program = tmp_path / "sprung", tmp_path / "evil"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {sprung}\ncat\n')
    program.chmod(0o755)
    repository.commit(
        {"run.py": CLEAN, "a.md": "a\n", ".gitattributes": "*.py filter=evil diff=evil\n"}
    )
    repository.commit({"run.py": SHELL})
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        repository.write(f".git/hooks/{hook}", program.read_bytes(), executable=True)
    for name in PROGRAMS:
        repository.git("config", name, str(program))
    for name in ("diff-tree", "cat-file", "rev-parse", "ls-tree"):
        repository.git("config", f"alias.{name}", f"!{program}")
    return sprung


@pytest.mark.parametrize("words", [("HEAD",), ("--staged",), ("--worktree",)])
def test_no_program_of_the_repositorys_configuration_runs(
    words: tuple[str, ...], trap: Path, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.write("more.py", SHELL)
    index = (repository.folder / ".git/index").read_bytes()

    answer = fairlead.check(*words)

    assert answer.code == (0 if words == ("--staged",) else 1), answer
    assert not trap.exists(), trap.read_text()
    assert (repository.folder / ".git/index").read_bytes() == index


def test_no_module_of_the_change_takes_the_place_of_a_tools_own(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    names = ("sitecustomize", "usercustomize", "json", "re", "yaml", "ruff", "bandit", "complexipy")
    modules: dict[str, Content] = {
        f"{name}.py": f"open({str(sprung)!r}, 'w')\n" for name in (*names, "conftest", "tomllib")
    }
    packages: dict[str, Content] = {
        f"{name}/__init__.py": modules["json.py"] for name in ("detect_secrets", "deptry", "stevedore")
    }
    repository.commit({**modules, **packages, "run.py": SHELL}, over={"run.py": CLEAN})

    answer = fairlead.check("HEAD")

    assert "B602" in answer.new_rules("sast")
    assert {result["outcome"] for result in answer.json["results"]} <= {"passed", "failed", "skipped"}
    assert not sprung.exists()


def test_a_secrets_baseline_with_code_of_the_change_is_not_run_and_hides_nothing(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    baseline = {
        "version": "1.5.0",
        "plugins_used": [{"name": "Evil", "path": "file://evil.py"}],
        "filters_used": [{"path": "file://evil.py::is_fine"}],
        "results": {},
    }
    repository.commit(
        {
            "evil.py": f"open({str(sprung)!r}, 'w')\n",
            ".secrets.baseline": json.dumps(baseline),
            "keys.txt": KEY,
        },
        over={"a.md": "a\n"},
    )

    answer = fairlead.check("HEAD")

    assert "aws-access-key" in answer.new_rules("secrets")
    assert not sprung.exists()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".bandit", "[bandit]\nskips = B602\nexclude = run.py\n"),
        ("bandit.yaml", "skips: [B602]\n"),
        ("pyproject.toml", '[tool.bandit]\nskips = ["B602"]\n'),
        (
            ".gitattributes",
            "* linguist-generated linguist-vendored binary -diff\n",
        ),
        ("fairlead.toml", "[checks]\nsast = false\n"),
        ("fairlead-baseline.json", '{"version": 1, "findings": []}'),
    ],
)
def test_what_the_change_adds_to_hide_its_finding_does_not(
    path: str, content: str, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": SHELL, path: content}, over={"run.py": CLEAN})

    assert "B602" in fairlead.check("HEAD").new_rules("sast")


@pytest.mark.parametrize("path", ["run.txt", "docs/run.md", "vendor/run.py", "run.sh"])
def test_code_that_was_passed_over_is_new_once_a_rename_makes_it_source(
    path: str, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({path: SHELL})
    repository.rename(path, "lab.py")
    repository.commit()

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert "B602" in answer.new_rules("sast")


def test_code_that_was_marked_as_generated_is_new_once_the_mark_is_gone(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    code = "import os\n\n\n" + CLEAN
    repository.commit({"lab.py": code}, over={"lab.py": "# @generated\n" + code})

    answer = fairlead.check("HEAD")

    assert answer.new_rules("lint") == ["F401"]
    assert answer.plan("complexity")["run"]


def test_a_finding_that_was_known_stays_known_through_a_rename_within_the_source(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"lab/run.py": SHELL})
    repository.rename("lab/run.py", "bench/run.py")
    repository.commit()

    assert fairlead.check("HEAD").code == 0


def test_documents_nested_without_end_do_not_end_the_gate(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    flat = {"x.json": "[]\n", "x.yaml": "[]\n", "package.json": "{}\n", "x.toml": "a = 1\n"}
    deep = {name: f"a = {DEEP}" if name.endswith(".toml") else DEEP for name in flat}
    steering = {
        "pyproject.toml": f"a = {DEEP}",
        "ruff.toml": f"a = {DEEP}",
        "complexipy.toml": f"a = {DEEP}",
        "bandit.yaml": DEEP,
        ".secrets.baseline": DEEP,
        ".github/workflows/x.yml": f"on: push\njobs: {DEEP}",
    }
    repository.commit({"run.py": SHELL, **deep, **steering}, over={"run.py": CLEAN, **flat})

    answer = fairlead.check("HEAD")

    # Under the base's configuration, which is sound, what the change adds is found all the same.
    assert answer.code == 1
    assert "B602" in answer.new_rules("sast")
    assert answer.new_rules("policy") == ["invalid-policy"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("tool = 3\n", 2),
        ("[tool]\nruff = 1\nbandit = 2\ncomplexipy = 3\ndeptry = 4\n", 1),
        ("project = 1\n", 1),
    ],
)
def test_a_pyproject_of_another_shape_does_not_end_the_gate(
    document: str, code: int, repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": SHELL, "pyproject.toml": document}, over={"run.py": CLEAN})

    answer = fairlead.check("HEAD")

    assert answer.code == code
    assert answer.result("sast")["outcome"] in {"failed", "not_evaluated"}


def test_links_that_lead_out_of_the_tree_are_not_followed(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text('exclude = ["*"]\n')
    repository.commit({"run.py": CLEAN})
    repository.symlink("ruff.toml", str(outside))
    repository.symlink("pyproject.toml", "/etc/passwd")
    repository.symlink("notes.md", "/etc/passwd")
    repository.commit({"run.py": "import os\n" + CLEAN})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert "F401" in answer.new_rules("lint")
    assert "root:" not in answer.out


def custom(command: list[str], *, more: str = "") -> str:
    return (
        f'[[custom]]\nname = "mine"\ncommand = {json.dumps(command)}\nreads = ["*"]\n'
        "format = \"regex\"\npattern = '^(?P<path>[^:]+):(?P<line>[0-9]+): (?P<message>.+)$'\n"
        f"proof = 'done'\n{more}"
    )


@pytest.mark.parametrize(
    "deed",
    [
        "import shutil, pathlib; [shutil.rmtree(p) if p.is_dir() else p.unlink() for p in "
        "pathlib.Path().iterdir()]",
        "import os\nfor _ in range(1500): os.mkdir('d'); os.chdir('d')",
        "import os; os.makedirs('d/e'); os.chmod('d', 0)",
        "import os; assert 'TOKEN' not in os.environ, 1",
    ],
)
def test_what_a_custom_check_does_to_its_tree_is_its_own_affair(
    deed: str, repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    policy = custom([sys.executable, "-c", f"{deed}\nprint('done')"])
    repository.commit({"a.md": "b\n"}, over={"a.md": "a\n", "fairlead.toml": policy})

    answer = fairlead("check", "HEAD", "--format", "json", env={"TMPDIR": str(temporary), "TOKEN": "t"})

    assert answer.code == 0, answer
    assert answer.result("mine")["outcome"] == "passed"
    assert list(temporary.iterdir()) == []
    assert repository.git("status", "--porcelain") == ""


def test_a_custom_check_that_writes_without_end_is_not_evaluated(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    policy = custom(["head", "-c", "1000000000", "/dev/zero"])
    repository.commit({"a.md": "b\n"}, over={"a.md": "a\n", "fairlead.toml": policy})

    answer = fairlead.check("HEAD")

    assert answer.code == 2
    assert "wrote more than is read" in answer.result("mine")["because"]


def test_characters_that_steer_a_terminal_are_not_passed_on(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    policy = custom(["printf", "a.md:1: \\033[31mred\\007\\n$(cat a.md)\\ndone\\n"])
    repository.commit({"b.md": "b\n"}, over={"fairlead.toml": policy})

    answer = fairlead("check", "HEAD", "--all")

    assert not {"\x1b", "\x07"} & set(answer.out)


def test_half_a_character_in_a_report_is_printed_all_the_same(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    finding = {
        "description": "\ud800",
        "check_name": "\ud800",
        "fingerprint": "1",
        "severity": "major",
        "location": {"path": "a.md", "lines": {"begin": 1}},
    }
    print_it = f"print({json.dumps([finding])!r} if open('a.md').read() == 'b\\n' else '[]')"
    policy = (
        f'[[custom]]\nname = "mine"\ncommand = {json.dumps([sys.executable, "-c", print_it])}\n'
        'reads = ["*"]\nformat = "codequality"\n'
    )
    repository.commit({"a.md": "b\n"}, over={"a.md": "a\n", "fairlead.toml": policy})

    answer, text = fairlead.check("HEAD"), fairlead("check", "HEAD")

    assert answer.code == text.code == 1, answer
    assert answer.new_rules("mine") == ["\\ud800"]


HOOK = """#!/bin/sh
{read}
{words} > {out} 2>&1
code=$?
echo $code > {code}
exit $code
"""


def hook(fairlead: Command, place: Path, *words: str, read: str = "", result: Path) -> None:
    """Make a hook of the command line; it writes its exit code to ``result``."""
    line = " ".join(f'"{word}"' for word in fairlead.words(*words))
    place.parent.mkdir(exist_ok=True)
    place.write_text(HOOK.format(read=read, words=line, out=f"{result}.out", code=result))
    place.chmod(0o755)


def test_a_commit_hook_gates_the_index_that_the_commit_is_made_of(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    repository.commit({"run.py": CLEAN, "other.md": "a\n"})
    code = tmp_path / "code"
    hook(fairlead, repository.folder / ".git/hooks/pre-commit", "check", "--staged", result=code)
    repository.write("run.py", SHELL)
    repository.write("other.md", "b\n")

    repository.git("commit", "-q", "-m", "A document alone", "other.md")
    first = code.read_text()
    with pytest.raises(AssertionError):
        repository.git("commit", "-q", "-a", "-m", "All of it")

    assert (first, code.read_text()) == ("0\n", "1\n")


def test_a_receiving_hook_gates_what_is_pushed_inside_its_quarantine(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path
) -> None:
    server = RepositoryBuilder.create(tmp_path / "server", bare=True)
    code = tmp_path / "code"
    hook(
        fairlead,
        server.folder / "hooks/pre-receive",
        *("check", "$old..$new"),
        read="read old new ref",
        result=code,
    )
    repository.commit({"run.py": CLEAN})

    repository.git("push", "-q", str(server.folder), "main")
    first = code.read_text()
    repository.commit({"run.py": SHELL})
    with pytest.raises(AssertionError):
        repository.git("push", "-q", str(server.folder), "main")

    assert (first, code.read_text()) == ("0\n", "1\n")
    assert "B602" in Path(f"{code}.out").read_text()


def test_source_that_is_not_text_is_said_not_to_have_been_looked_at(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"run.py": b"PK\x03\x04\0\0", "logo.png": b"\x89PNG\0"}, over={"a.md": "a\n"})

    answer = fairlead.check("HEAD")

    assert answer.json["change"]["notes"] == ["run.py is not text: its content was not looked at"]
