"""Licences: what is installed in the project's environment, held against what the policy allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Bench, new, old
from builder import RepositoryBuilder
from fairlead.checks.licences import Licences, Rules, permits, read_licence_rules, spdx_of
from fairlead.checks.looks import Request
from fairlead.checks.model import Outcome
from fairlead.environments.model import Terms
from fairlead.errors import FairleadError
from projects import SampleProject, pyproject

MIT_ONLY = Rules(allowed=frozenset({"MIT", "Apache-2.0"}))


@pytest.mark.parametrize(
    ("expression", "metadata", "classifiers", "licence"),
    [
        ("MIT", "UNKNOWN", "UNKNOWN", "MIT"),
        ("mit or apache-2.0", "GPL", "UNKNOWN", "MIT OR Apache-2.0"),
        ("UNKNOWN", "BSD 3-Clause License", "BSD License", "BSD-3-Clause"),
        ("UNKNOWN", "see LICENSE", "MIT License", "MIT"),
        ("UNKNOWN", "UNKNOWN", "MIT License; Apache Software License", "MIT AND Apache-2.0"),
        ("UNKNOWN", "UNKNOWN", "BSD License", ""),
        ("UNKNOWN", "UNKNOWN", "UNKNOWN", ""),
        ("", "", "", ""),
    ],
)
def test_a_licence_is_told_by_the_newest_field_that_says_one_for_sure(
    expression: str, metadata: str, classifiers: str, licence: str
) -> None:
    assert spdx_of(expression, metadata, classifiers) == licence


@pytest.mark.parametrize(
    ("expression", "permitted"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("LicenseRef-ours", False),
    ],
)
def test_of_a_choice_one_licence_has_to_be_allowed_and_of_a_sum_all(
    expression: str, permitted: bool
) -> None:
    assert permits(expression, MIT_ONLY) is permitted


def test_what_is_denied_is_denied_though_nothing_else_is_said() -> None:
    rules = Rules(denied=frozenset({"GPL-3.0-only"}))

    assert permits("BSD-3-Clause", rules)
    assert not permits("GPL-3.0-only", rules)
    assert permits("GPL-3.0-only OR MIT", rules)


NAMES = st.sampled_from(["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0-only", "MPL-2.0"])
TREES = st.recursive(
    NAMES,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
        lambda three: f"({three[0]} {three[1]} {three[2]})"
    ),
    max_leaves=8,
)


@given(TREES, st.sets(NAMES), NAMES)
def test_allowing_more_never_permits_less(expression: str, allowed: set[str], more: str) -> None:
    few, many = Rules(allowed=frozenset(allowed)), Rules(allowed=frozenset({*allowed, more}))

    assert not (allowed and permits(expression, few)) or permits(expression, many)


@pytest.mark.parametrize(
    "settings",
    [
        {"allowed": ["MIT", "Emaitee"]},
        {"denied": "GPL"},
        {"known": {"one": 1}},
        {"known": {"one": "?"}},
    ],
)
def test_a_policy_that_names_no_licence_is_refused_with_an_example(settings: dict[str, object]) -> None:
    with pytest.raises(FairleadError) as caught:
        read_licence_rules(settings)

    assert caught.value.fix


@pytest.fixture
def project(repository: RepositoryBuilder) -> SampleProject:
    """Return a project with an environment, whose change adds a dependency."""
    repository.write(".gitignore", ".venv\n")
    repository.commit(
        {"pyproject.toml": pyproject(more='dependencies = ["packaging", "iniconfig"]\n')},
        over={
            "pyproject.toml": pyproject(more='dependencies = ["iniconfig"]\n'),
            "src/sample/__init__.py": "",
        },
    )
    made = SampleProject(repository)
    made.make_environment()
    return made


@pytest.mark.usefixtures("project")
def test_only_what_the_change_brings_is_new(repository: RepositoryBuilder, tmp_path: Path) -> None:
    bench = Bench(repository, tmp_path / "state", terms=Terms(create=False))
    settings = {"denied": ["MIT", "Apache-2.0", "BSD-2-Clause"]}

    (result,) = bench.run(Request(check=Licences(), settings=settings))

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("pyproject.toml", 0, "licence-denied")]
    assert result.findings[0].what.startswith("packaging ")
    assert old(result) == [("pyproject.toml", 0, "licence-denied")]
    assert "packages of the project's .venv" in result.evidence


def test_a_licence_that_nobody_can_tell_is_not_allowed_until_the_policy_says_what_it_is(
    project: SampleProject, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    for metadata in project.environment.glob("lib/*/site-packages/packaging-*.dist-info/METADATA"):
        lines = metadata.read_text().splitlines(keepends=True)
        told = ("License-Expression:", "License:", "Classifier: License")
        content = "".join(line for line in lines if not line.startswith(told))
        metadata.unlink()  # the file is shared with the installer's cache
        metadata.write_text(content)
    bench = Bench(repository, tmp_path / "state", terms=Terms(create=False))
    allowed: dict[str, object] = {"allowed": ["MIT"]}

    (unknown,) = bench.run(Request(check=Licences(), settings=allowed))
    (known,) = bench.run(Request(check=Licences(), settings={**allowed, "known": {"packaging": "MIT"}}))
    (lax,) = bench.run(Request(check=Licences()))

    assert new(unknown) == [("pyproject.toml", 0, "licence-unknown")]
    assert "packaging" in unknown.findings[0].what
    assert known.outcome is Outcome.PASSED, known.findings
    assert (lax.outcome, lax.findings[0].severity.value) == (Outcome.PASSED, "note")
