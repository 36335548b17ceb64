from __future__ import annotations

import pytest

from builder import RepositoryBuilder
from fairlead.changes.attributes import Attributes
from fairlead.changes.model import FileChange, Nature
from fairlead.changes.nature import Judgement, Subject, classify
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change

DOCUMENTATION, TESTS, SOURCE = Nature.DOCUMENTATION, Nature.TESTS, Nature.SOURCE
CONFIGURATION, DEPENDENCIES = Nature.CONFIGURATION, Nature.DEPENDENCIES
INFRASTRUCTURE, DATA, GENERATED, VENDORED = (
    Nature.INFRASTRUCTURE,
    Nature.DATA,
    Nature.GENERATED,
    Nature.VENDORED,
)


NOTHING_SAID = Attributes()
SAME = b"the same as the other side"


def judge(
    path: str,
    content: bytes | None = b"",
    *,
    old: bytes | None = SAME,
    new: bytes | None = SAME,
    mode: int = 0o100644,
    binary: bool = False,
    attributes: Attributes = NOTHING_SAID,
) -> Judgement:
    sides = [content if side is SAME else side for side in (old, new)]
    subject = Subject(path=path, mode=mode, old=sides[0], new=sides[1], binary=binary)
    return classify(subject, attributes)


@pytest.mark.parametrize(
    ("path", "nature"),
    [
        ("README.md", DOCUMENTATION),
        ("docs/guide/start.rst", DOCUMENTATION),
        ("docs/images/flow.png", DOCUMENTATION),
        ("CHANGES", DOCUMENTATION),
        ("LICENSE", DOCUMENTATION),
        ("LICENSE-APACHE.txt", DOCUMENTATION),
        ("src/pkg/README.md", DOCUMENTATION),
        (".github/CONTRIBUTING.md", DOCUMENTATION),
        ("changelog.d/12.feature.rst", DOCUMENTATION),
        ("tests/test_app.py", TESTS),
        ("src/pkg/tests/test_app.py", TESTS),
        ("pkg/test_app.py", TESTS),
        ("conftest.py", TESTS),
        ("testing/code.py", TESTS),
        ("web/app.test.tsx", TESTS),
        ("pkg/app_test.go", TESTS),
        ("src/test/java/AppTest.java", TESTS),
        ("tests/data/app.json", TESTS),
        ("tests/fixtures/Dockerfile", TESTS),
        ("tests/fixtures/uv.lock", TESTS),
        ("tests/README.txt", TESTS),
        ("src/app.py", SOURCE),
        ("src/flask/testing.py", SOURCE),
        ("django/test/client.py", SOURCE),
        ("saleor/account/tasks.py", SOURCE),
        ("docs/examples/run.py", SOURCE),
        ("src/pkg/templates/mail.txt", SOURCE),
        ("src/pkg/templates/page.md", SOURCE),
        ("style.css", SOURCE),
        ("schema.graphql", SOURCE),
        ("what.isthis", SOURCE),
        ("bin/tool", SOURCE),
        ("contest.py", SOURCE),
        ("src/security.py", SOURCE),
        ("news.py", SOURCE),
        ("install.sh", SOURCE),
        ("bin/install", SOURCE),
        ("ab_tests/split.py", SOURCE),
        ("lib/ansible/cli.py", SOURCE),
        ("src/charts/bar.py", SOURCE),
        ("src/kubernetes/client.py", SOURCE),
        ("integration/api.py", SOURCE),
        ("docs/agents.md", DOCUMENTATION),
        ("LICENSE-MIT", DOCUMENTATION),
        ("integration_tests/app.py", TESTS),
        ("src/attest_x.py", SOURCE),
        ("pyproject.toml", CONFIGURATION),
        ("setup.cfg", CONFIGURATION),
        ("tox.ini", CONFIGURATION),
        (".pre-commit-config.yaml", CONFIGURATION),
        (".gitattributes", CONFIGURATION),
        (".bandit", CONFIGURATION),
        (".secrets.baseline", CONFIGURATION),
        ("docs/conf.py", CONFIGURATION),
        ("mkdocs.yml", CONFIGURATION),
        ("Makefile", CONFIGURATION),
        ("noxfile.py", CONFIGURATION),
        ("tsconfig.json", CONFIGURATION),
        ("CODEOWNERS", CONFIGURATION),
        (".github/dependabot.yml", CONFIGURATION),
        ("AGENTS.md", CONFIGURATION),
        ("src/pkg/AGENTS.md", CONFIGURATION),
        ("CLAUDE.md", CONFIGURATION),
        ("GEMINI.md", CONFIGURATION),
        (".claude/skills/x/SKILL.md", CONFIGURATION),
        ("skills/x/SKILL.md", CONFIGURATION),
        (".cursor/rules/style.mdc", CONFIGURATION),
        (".cursorrules", CONFIGURATION),
        (".github/copilot-instructions.md", CONFIGURATION),
        (".github/instructions/x.instructions.md", CONFIGURATION),
        (".github/ISSUE_TEMPLATE/bug.md", CONFIGURATION),
        (".github/pull_request_template.md", CONFIGURATION),
        (".github/workflows/triage.md", CONFIGURATION),
        ("src/prompts/answer.md", CONFIGURATION),
        (".changeset/big-cats.md", CONFIGURATION),
        ("requirements.txt", DEPENDENCIES),
        ("requirements-dev.in", DEPENDENCIES),
        ("requirements/tests.txt", DEPENDENCIES),
        ("dev-requirements.txt", DEPENDENCIES),
        ("setup.py", DEPENDENCIES),
        ("uv.lock", DEPENDENCIES),
        ("web/package-lock.json", DEPENDENCIES),
        ("go.mod", DEPENDENCIES),
        ("Cargo.toml", DEPENDENCIES),
        (".gitmodules", DEPENDENCIES),
        ("Dockerfile", INFRASTRUCTURE),
        ("docker/api.Dockerfile", INFRASTRUCTURE),
        ("compose.prod.yaml", INFRASTRUCTURE),
        (".github/workflows/test.yml", INFRASTRUCTURE),
        (".github/actions/setup/action.yml", INFRASTRUCTURE),
        (".gitlab-ci.yml", INFRASTRUCTURE),
        ("Jenkinsfile", INFRASTRUCTURE),
        ("infra/main.tf", INFRASTRUCTURE),
        ("charts/app/templates/x.yaml", INFRASTRUCTURE),
        ("k8s/app.yaml", INFRASTRUCTURE),
        ("src/pkg/words.json", DATA),
        ("locale/de/messages.po", DATA),
        ("static/logo.png", DATA),
        ("data/table.csv", DATA),
        ("pkg/robots.txt", DATA),
        ("api_pb2.py", GENERATED),
        ("static/app.min.js", GENERATED),
        ("static/app.js.map", GENERATED),
        ("tests/__snapshots__/test_x.ambr", GENERATED),
        ("tests/cassettes/test_x.yaml", GENERATED),
        ("vendor/lib.py", VENDORED),
        ("src/pkg/_vendor/six.py", VENDORED),
        ("node_modules/x/index.js", VENDORED),
        ("static/jquery-3.7.1.js", VENDORED),
    ],
)
def test_a_path_tells_what_a_file_is_for(path: str, nature: Nature) -> None:
    found = judge(path)

    assert (found.nature, bool(found.because)) == (nature, True)


def test_lock_files_and_compiled_requirements_are_dependencies_whose_lines_do_not_count() -> None:
    compiled = b"# This file was autogenerated by uv via the following command:\n#    uv pip compile\n"

    assert judge("poetry.lock").uncounted == "lock file"
    assert judge("requirements.txt", compiled).uncounted == "lock file"
    assert judge("requirements.txt", b"flask\n").uncounted == ""
    assert judge("requirements.txt", None, new=compiled, old=b"flask\n").uncounted == ""


@pytest.mark.parametrize(
    "line",
    [
        b"# @generated by a tool",
        b"// Code generated by protoc-gen-go. DO NOT EDIT.",
        b"/* This file was automatically generated by x. */",
        b"# This file is autogenerated, do not edit",
        b"# DO NOT EDIT: generated from schema.yaml",
    ],
)
def test_a_file_whose_first_lines_say_it_is_generated_is(line: bytes) -> None:
    found = judge("src/api.py", b"#!/usr/bin/env python\n" + line + b"\nx = 1\n")

    assert (found.nature, found.uncounted) == (GENERATED, "generated")


@pytest.mark.parametrize(
    "content",
    [
        b"# Generated by Django 4.2 on 2026-01-01\nx = 1\n",
        b"x = 1\n# @generated\n",
        b"# how generated files are told apart\nx = 1\n",
        b"x = '@generated'\n",
    ],
)
def test_words_elsewhere_do_not_make_a_file_generated(content: bytes) -> None:
    assert judge("src/migrations/0001_x.py", content).nature is SOURCE


def test_a_change_cannot_make_its_own_file_generated() -> None:
    assert judge("src/a.py", old=b"x = 1\n", new=b"# @generated\nx = 2\n").nature is SOURCE


def test_minified_scripts_are_known_by_their_long_lines() -> None:
    assert judge("static/app.js", b"var a=1;" * 1000).nature is GENERATED
    assert judge("static/app.js", b"var a = 1;\n" * 1000).nature is SOURCE


def test_front_matter_that_says_what_an_agent_may_do_is_configuration() -> None:
    agent = b"---\nname: x\ntools: [bash]\n---\nDo it.\n"
    page = b"---\ntitle: x\ndate: 2026-01-01\n---\nRead it.\n"

    assert judge("docs/x.md", agent).nature is CONFIGURATION
    assert judge("docs/x.md", old=page, new=agent).nature is CONFIGURATION
    assert judge("docs/x.md", page).nature is DOCUMENTATION


@pytest.mark.parametrize(
    ("path", "old", "new", "nature"),
    [
        (
            "pyproject.toml",
            b"[project]\ndependencies=['a']\n",
            b"[project]\ndependencies=['b']\n",
            DEPENDENCIES,
        ),
        (
            "pyproject.toml",
            b"[dependency-groups]\nd=['a']\n",
            b"[dependency-groups]\nd=['b']\n",
            DEPENDENCIES,
        ),
        ("pyproject.toml", b"[build-system]\nrequires=['a']\n", b"", DEPENDENCIES),
        ("pyproject.toml", b"[tool.poetry.dependencies]\na='1'\n", b"", DEPENDENCIES),
        ("pyproject.toml", b"[tool.ruff]\nfix=true\n", b"[tool.ruff]\nfix=false\n", CONFIGURATION),
        ("pyproject.toml", b"[project]\nversion='1'\n", b"[project]\nversion='2'\n", CONFIGURATION),
        ("pyproject.toml", b"[project]\n", b"[project\n", DEPENDENCIES),
        ("pyproject.toml", None, b"[tool.ruff]\n", DEPENDENCIES),
        (
            "setup.cfg",
            b"[options]\ninstall_requires=\n a\n",
            b"[options]\ninstall_requires=\n b\n",
            DEPENDENCIES,
        ),
        ("setup.cfg", b"[flake8]\nmax=1\n", b"[flake8]\nmax=2\n", CONFIGURATION),
        ("package.json", b'{"devDependencies":{"a":"1"}}', b"{}", DEPENDENCIES),
        ("package.json", b'{"scripts":{"a":"1"}}', b"{}", CONFIGURATION),
        ("package.json", b"[]", b"{}", DEPENDENCIES),
        ("package.json", b'{"engines":{"a":1}}', b'{"engines":{"a":1.0}}', DEPENDENCIES),
    ],
)
def test_a_manifest_is_about_dependencies_when_what_it_says_of_them_differs(
    path: str, old: bytes | None, new: bytes | None, nature: Nature
) -> None:
    assert judge(path, old=old, new=new).nature is nature


def test_what_a_file_without_suffix_is_its_interpreter_tells() -> None:
    assert judge("scripts/run", b"#!/usr/bin/env python3\n").because == "it is python"


def test_a_binary_file_that_nothing_else_tells_of_is_data() -> None:
    assert judge("blob", None, binary=True).nature is DATA


def test_a_module_called_setup_is_source_and_a_build_script_is_not() -> None:
    assert judge("src/pkg/setup.py", b"def setup_app():\n    ...\n").nature is SOURCE
    assert judge("plugins/x/setup.py", b"from setuptools import setup\n").nature is DEPENDENCIES


def test_a_submodule_is_a_dependency() -> None:
    assert judge("lib", None, mode=0o160000).nature is DEPENDENCIES


def test_the_bases_attributes_win_over_paths_but_not_over_what_steers() -> None:
    yes, no = Attributes(generated=True), Attributes(generated=False, vendored=False)

    assert judge("src/a.py", attributes=yes).nature is GENERATED
    assert judge("src/a.py", attributes=Attributes(vendored=True)).nature is VENDORED
    assert judge("src/a.py", attributes=Attributes(documentation=True)).nature is DOCUMENTATION
    assert judge("vendor/a_pb2.py", attributes=no).nature is SOURCE
    assert judge("README.md", attributes=Attributes(documentation=False)).nature is SOURCE
    assert judge("AGENTS.md", attributes=Attributes(documentation=True)).nature is CONFIGURATION
    workflow = judge(".github/workflows/x.lock.yml", attributes=yes)
    assert (workflow.nature, workflow.uncounted) == (INFRASTRUCTURE, "generated")


def files_of(repository: RepositoryBuilder, opened) -> dict[str, FileChange]:
    found = opened(repository)
    return {file.path: file for file in read_change(found, resolve(found, environ={})).files}


def test_attributes_are_the_bases_and_never_the_heads(repository: RepositoryBuilder, opened) -> None:
    base = {
        ".gitattributes": "[attr]made linguist-generated\n*.gen.py made\n",
        "pkg/.gitattributes": "/ours.py linguist-vendored=true\nnot.gen.py -linguist-generated\n",
        "a.py": "x = 1\n",
    }
    head = {
        ".gitattributes": base[".gitattributes"] + "*.py linguist-generated\n",
        "a.py": "x = 2\n",
        "b.gen.py": "x = 1\n",
        "pkg/deep/c.gen.py": "x = 2\n",
        "pkg/ours.py": "x = 3\n",
        "pkg/deep/ours.py": "x = 4\n",
        "pkg/not.gen.py": "x = 5\n",
        "\udcff.gen.py": "x = 6\n",
    }
    repository.commit(head, over=base)

    natures = {path: file.nature for path, file in files_of(repository, opened).items()}

    assert natures == {
        ".gitattributes": CONFIGURATION,
        "a.py": SOURCE,
        "b.gen.py": GENERATED,
        "pkg/deep/c.gen.py": GENERATED,
        "pkg/deep/ours.py": SOURCE,
        "pkg/not.gen.py": SOURCE,
        "pkg/ours.py": VENDORED,
        "\udcff.gen.py": GENERATED,
    }
