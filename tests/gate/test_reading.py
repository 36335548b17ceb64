"""Policies are read whole, and every mistake is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.model import Nature, Size
from fairlead.environments.model import Declared
from fairlead.errors import FairleadError
from fairlead.gate.policy import DEFAULT_CHECKS, Mode, Policy
from fairlead.gate.reading import read_policy


def read(text: str, file: str = "fairlead.toml") -> Policy:
    policy = read_policy(text, file=file, source="the base")
    assert policy is not None
    return policy


def mistakes(text: str, file: str = "fairlead.toml") -> str:
    with pytest.raises(FairleadError) as caught:
        read_policy(text, file=file, source="the base")
    return caught.value.cause


def test_an_empty_policy_is_the_defaults() -> None:
    policy = read("")

    assert policy.mode is Mode.ENFORCE
    assert policy.checks == DEFAULT_CHECKS


def test_what_is_said_of_a_check_replaces_that_alone() -> None:
    policy = read('[checks.sast]\non = ["source"]\nfrom_size = "M"\ntimeout = 5\n')

    assert policy.of("sast").on == frozenset({Nature.SOURCE})
    assert policy.of("sast").from_size is Size.M
    assert policy.of("sast").timeout == 5
    assert policy.of("sast").skip_inert is DEFAULT_CHECKS["sast"].skip_inert
    assert policy.of("lint") == DEFAULT_CHECKS["lint"]


def test_false_in_a_checks_place_turns_it_off() -> None:
    assert not read("checks.lint = false").of("lint").enabled


def test_what_a_project_declares_of_its_environment_goes_before_what_holds_for_all() -> None:
    policy = read("""
fetch_environments = false
untrusted = true
fail_fast = true
[environment]
groups = ["tests"]
variables = { MODE = "testing" }
[environment.projects."services/billing"]
python = ".venv"
services = ["localhost:5432", "/run/postgresql/.s.PGSQL.5432"]
""")

    assert (policy.fetch_environments, policy.untrusted, policy.fail_fast) == (False, True, True)
    assert policy.environments[""] == Declared(groups=("tests",), variables={"MODE": "testing"})
    assert policy.environments["services/billing"] == Declared(
        python=".venv",
        groups=("tests",),
        variables={"MODE": "testing"},
        services=("localhost:5432", "/run/postgresql/.s.PGSQL.5432"),
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('services = ["localhost"]', "neither HOST:PORT nor a socket's path"),
        ('files = ["../secret"]', "lies outside of the repository"),
        ('requirements = ["/etc/passwd"]', "lies outside of the repository"),
        ('readable = ["here"]', "is not an absolute path"),
        ("variables = { A = 1 }", "must give each name a string"),
        ("pyton = 1", "did you mean python?"),
        ('projects = { a = "b" }', "must be a table"),
    ],
)
def test_a_mistake_in_an_environment_is_named_with_its_line(line: str, says: str) -> None:
    said = mistakes(f"[environment]\n{line}\n")

    assert "fairlead.toml:2: environment" in said
    assert says in said


def test_a_licence_that_is_none_is_a_mistake_of_the_policy() -> None:
    assert "'Emaitee' is no SPDX identifier" in mistakes('[checks.licences]\nallowed = ["Emaitee"]\n')


def test_a_policy_may_stand_in_pyproject() -> None:
    text = '[project]\nname = "x"\n\n[tool.fairlead]\nmode = "report"\n'

    assert read(text, "pyproject.toml").mode is Mode.REPORT


def test_a_pyproject_without_our_table_has_no_policy() -> None:
    assert read_policy('[project]\nname = "x"\n', file="pyproject.toml", source="the base") is None


def test_a_custom_check_is_read_with_its_command_split_into_words() -> None:
    policy = read('[[custom]]\nname = "eslint"\ncommand = "npx eslint \'a b\'"\nreads = ["*.js"]\n')

    assert policy.custom[0].command == ("npx", "eslint", "a b")
    assert policy.of("eslint").enabled


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('mood = "report"', 1, "did you mean mode?"),
        ('\n\nmode = "strict"', 3, "'strict' is none of enforce, report"),
        ('[checks.lint]\non = ["sauce"]', 2, "'sauce' is none of"),
        ("[checks.lint]\n\ntimeout = 0", 3, "not a number of seconds"),
        ("[checks.lint]\ntimeout = true", 2, "must be a number"),
        ("[checks.lnt]\nenabled = true", 1, "did you mean lint?"),
        ("[checks]\nlint = 3", 2, "must be a table, or false"),
        ("[checks.lint]\nskip_inertt = true", 2, "did you mean skip_inert?"),
        ('[checks.lint]\nenvironment = "PATH"', 2, "must be a list of strings"),
        ("[checks.deployment]\nticket = '['", 2, "is not a regular expression"),
        ('[checks.vulnerabilities]\nnew_advisories = "stop"', 2, '"report" or "block"'),
        ('[[custom]]\nname = "a"\ncommand = "x"\n[[custom]]\nname = "a"\ncommand = "x"', 5, "already"),
        ('[[custom]]\nname = "lint"\ncommand = "x"', 2, "already"),
        ('[[custom]]\nname = "ok"\ncommand = 3', 3, "must be a list of strings"),
        ('[[custom]]\nname = "ok"\ncommand = "x"\nformat = "regex"\npattern = "x"', 5, "groups"),
        ("custom = 3", 1, "write [[custom]]"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, says: str) -> None:
    cause = mistakes(text)

    assert f"fairlead.toml:{line}: " in cause
    assert says in cause


def test_a_mistake_in_pyproject_points_at_its_line_there() -> None:
    cause = mistakes('[project]\nname = "x"\n[tool.fairlead]\nmode = 3\n', "pyproject.toml")

    assert "pyproject.toml:4: mode" in cause


def test_all_mistakes_are_named_at_once() -> None:
    cause = mistakes('mode = 3\n[checks.lint]\ntimeout = "long"\n')

    assert cause.count("fairlead.toml:") == 2


def test_what_is_not_toml_says_where() -> None:
    assert "line 2" in mistakes("mode = 'enforce'\nmode ==\n")


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["on", "timeout", "enabled", "name", "lint"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def as_toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value % 2**63)
        case list():
            return "[" + ", ".join(as_toml(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
        case _:
            return '"' + "".join(c for c in str(value) if c.isalnum()) + '"'


@given(
    st.dictionaries(
        st.sampled_from(["mode", "fetch_tools", "environment", "checks", "custom", "x"]), json_like
    )
)
def test_any_values_are_either_read_or_refused_with_a_fix(document: dict[str, object]) -> None:
    text = "\n".join(f"{key} = {as_toml(value)}" for key, value in document.items())

    error, policy = attempt(text)

    if error is None:
        assert policy is not None
        assert set(policy.checks) >= set(DEFAULT_CHECKS)
    else:
        assert "fairlead.toml:" in error.cause
        assert error.fix


def attempt(text: str) -> tuple[FairleadError | None, Policy | None]:
    try:
        return None, read_policy(text, file="fairlead.toml", source="the base")
    except FairleadError as error:
        return error, None


def test_what_a_check_that_executes_code_is_told_is_kept_for_it() -> None:
    policy = read(
        '[checks.types]\nengine = "pyrefly"\npaths = ["src"]\n'
        '[checks.tests]\nselect = "all"\ncommand = "tox -e py"\nreport = "junit.xml"\n'
        "[checks.coverage]\nfail_under = 92.5\n"
    )

    assert policy.of("types").settings == {"engine": "pyrefly", "paths": ["src"]}
    assert policy.of("tests").settings["command"] == "tox -e py"
    assert policy.of("coverage").settings == {"fail_under": 92.5}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('[checks.types]\nengine = "pytype"\n', "fairlead.toml:2: checks.types.engine: 'pytype' is no"),
        ('[checks.types]\npaths = ["../x"]\n', "checks.types.paths: '../x' is no path inside"),
        ('[checks.tests]\nselect = "some"\n', "checks.tests.select: 'some' is no choice of tests"),
        ('[checks.tests]\ncommand = "tox"\n', "checks.tests: command and report go together"),
        ('[checks.tests]\nreport = "j.xml"\n', "checks.tests: command and report go together"),
        ('[checks.tests]\ncommand = "\'"\nreport = "a"\n', "can't be split into words"),
        (
            '[checks.tests]\nreport = "/j.xml"\n',
            "checks.tests.report: the report '/j.xml' lies outside",
        ),
        ("[checks.coverage]\nfail_under = 101\n", "checks.coverage.fail_under: 101 is no percentage"),
        ("[checks.coverage]\nfail_under = true\n", "checks.coverage.fail_under: must be a number"),
    ],
)
def test_what_can_t_be_meant_for_types_tests_and_coverage_is_named(text: str, mistake: str) -> None:
    assert mistake in mistakes(text)
