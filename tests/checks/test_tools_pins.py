"""What projects write down of the version of a tool that they have chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.checks.pins import Pin, is_pin_file, newer_pins, read_pins

HOOK = (
    "  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: {}\n    hooks: [{{id: ruff}}]\n"
)
PRE_COMMIT = ".pre-commit-config.yaml"
LOCK = '[[package]]\nname = "{}"\nversion = "{}"\nsource = {{ {} = "x" }}\n\n'


def pin(tool: str, **files: str) -> Pin | None:
    contents = {path: text.encode() for path, text in files.items()}
    return read_pins(contents, [tool]).get(tool)


@pytest.mark.parametrize(
    ("path", "text", "version"),
    [
        ("uv.lock", LOCK.format("ruff", "0.15.9", "registry"), "0.15.9"),
        ("uv.lock", LOCK.format("ruff-lsp", "0.1.0", "registry"), None),
        ("uv.lock", LOCK.format("ruff", "0.15.9", "editable"), None),
        (
            "uv.lock",
            LOCK.format("ruff", "1.0", "registry") + LOCK.format("ruff", "2.0", "registry"),
            None,
        ),
        ("poetry.lock", '[[package]]\nname = "ruff"\nversion = "0.9.1"\ndescription = ""\n', "0.9.1"),
        ("requirements.txt", "flask==3\nruff==0.9.1\n", "0.9.1"),
        ("requirements-dev.txt", "Ruff[x] == 0.9.1 ; python_version > '3' # why\n", "0.9.1"),
        ("requirements/lint.txt", "ruff==0.9.1 \\\n    --hash=sha256:aa\n", "0.9.1"),
        ("requirements.txt", "ruff>=0.9.1\n# ruff==0.8\nruff-lsp==1.0\n", None),
        ("requirements.txt", "ruff==0.9.*\n", None),
        ("pyproject.toml", "[dependency-groups]\nlint = ['ruff==0.9.1']\n", "0.9.1"),
        (
            "pyproject.toml",
            "[dependency-groups]\n# lint = ['ruff==0.9.1']\nlint = ['ruff~=0.9']\n",
            None,
        ),
        (PRE_COMMIT, "repos:\n" + HOOK.format("v0.15.9"), "0.15.9"),
        (PRE_COMMIT, "repos:\n" + HOOK.format("'v0.15.9'  # a note"), "0.15.9"),
        (PRE_COMMIT, "repos:\n" + HOOK.format("c60c980e561e  # frozen: v0.15.9"), "0.15.9"),
        (PRE_COMMIT, "repos:\n" + HOOK.format("c60c980e561e"), None),
        (PRE_COMMIT, "repos:\n" + HOOK.format("main"), None),
        (PRE_COMMIT, "repos:\n- {repo: x}\n- repo: local\n  rev: v1.0\n", None),
        (PRE_COMMIT, "\x00: [", None),
    ],
)
def test_each_kind_of_file_pins_in_its_own_way(path: str, text: str, version: str | None) -> None:
    found = pin("ruff", **{path: text})

    assert found == (Pin(version=version, source=path) if version else None)


@pytest.mark.parametrize(
    ("repo", "tool"),
    [
        ("https://github.com/PyCQA/bandit", "bandit"),
        ("https://github.com/fpgmaas/deptry.git", "deptry"),
        ("https://github.com/Yelp/detect-secrets", "detect-secrets"),
        ("https://github.com/zizmorcore/zizmor-pre-commit", "zizmor"),
        ("https://github.com/rohaquinator/complexipy-pre-commit/", "complexipy"),
    ],
)
def test_hooks_of_every_tool_are_known_by_their_repository(repo: str, tool: str) -> None:
    text = f"repos:\n- rev: v1.2.3\n  repo: {repo}\n  hooks:\n  - id: x\n- repo: other\n  rev: v9\n"

    assert pin(tool, **{PRE_COMMIT: text}) == Pin(version="1.2.3", source=PRE_COMMIT)


@pytest.mark.parametrize("stated", ["0.15.9", "==0.15.9", "== 0.15.9"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[tool.ruff]\nrequired-version = '{}'\n"),
        ("ruff.toml", "required-version = '{}'\n"),
    ],
)
def test_what_ruffs_configuration_demands_is_demanded(path: str, text: str, stated: str) -> None:
    found = pin(
        "ruff", **{path: text.format(stated), "uv.lock": LOCK.format("ruff", "1.0", "registry")}
    )

    assert found == Pin(version="0.15.9", source=f"{path} (required-version)", demanded=True)


@pytest.mark.parametrize(
    "text",
    [
        "[tool.ruff]\nrequired-version = '>=0.15'\n",
        "[tool.black]\nrequired-version = '24.1.0'\n",
        "[tool]\nruff = 'required-version'\n",
        "[tool.ruff\nrequired-version = '0.15.9'\n",
    ],
)
def test_what_demands_no_single_version_of_ruff_pins_nothing(text: str) -> None:
    assert pin("ruff", **{"pyproject.toml": text}) is None


def test_a_lock_counts_before_a_hook() -> None:
    found = pin(
        "ruff",
        **{PRE_COMMIT: HOOK.format("v0.1.0"), "uv.lock": LOCK.format("ruff", "0.2.0", "registry")},
    )

    assert found == Pin(version="0.2.0", source="uv.lock")


def test_requirement_files_that_contradict_each_other_pin_nothing() -> None:
    files = {"requirements.txt": "ruff==1.0\n", "requirements-dev.txt": "ruff==2.0\n"}

    assert pin("ruff", **files) is None


def test_only_files_at_the_top_pin() -> None:
    paths = ["uv.lock", "requirements/dev.txt", "a/uv.lock", "docs/requirements.txt", "requirements.in"]

    assert [path for path in paths if is_pin_file(path)] == ["uv.lock", "requirements/dev.txt"]


@given(
    path=st.sampled_from(["uv.lock", "poetry.lock", "requirements.txt", PRE_COMMIT, "pyproject.toml"]),
    content=st.binary(max_size=200),
)
def test_no_content_makes_reading_fail(path: str, content: bytes) -> None:
    pins = read_pins({path: content + b" required-version"}, ["ruff", "bandit"])

    assert all(one.version[0].isdigit() for one in pins.values())


def test_a_change_that_takes_up_a_newer_version_is_judged_by_that_one() -> None:
    base = {"ruff": Pin(version="0.9.10", source="uv.lock")}
    head = {"ruff": Pin(version="0.10.0", source="uv.lock")}

    chosen = newer_pins(base, head)

    assert chosen == {"ruff": Pin(version="0.10.0", source="uv.lock of the change")}


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"ruff": Pin(version="0.9.9", source="uv.lock")},
        {"ruff": Pin(version="0.9.10", source="poetry.lock")},
        {"bandit": Pin(version="1.9.4", source="uv.lock")},
    ],
)
def test_a_pin_that_goes_back_or_away_or_comes_anew_is_not_followed(head: dict[str, Pin]) -> None:
    base = {"ruff": Pin(version="0.9.10", source="uv.lock")}

    assert newer_pins(base, head) == base
