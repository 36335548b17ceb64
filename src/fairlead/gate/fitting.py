"""Writing a first policy for a repository: every key explained, set to what the repository shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fairlead.checks.codeowners import OWNERS_PATHS
from fairlead.checks.kinds import is_test

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a tree shows of the project: how many Python files, which tools, locks, owners and kin.

    ``tests`` is whether there is a test. ``formatter`` is ``ruff``, ``black`` or ``""``; ``locks`` are
    paths of files that pin versions; ``other`` are the manifests of other languages (``package.json``,
    ``go.mod``, …).
    """

    python_files: int
    formatter: str
    workflows: bool
    tests: bool
    locks: tuple[str, ...]
    codeowners: str
    other: tuple[str, ...]


def gather_facts(paths: Sequence[str], read: Callable[[str], str]) -> Facts:
    """Return what the tree's paths show; ``read`` gives a file's text, ``""`` where there is none."""
    names = set(paths)
    pyproject = read("pyproject.toml") if "pyproject.toml" in names else ""
    hooks = read(".pre-commit-config.yaml") if ".pre-commit-config.yaml" in names else ""
    formatter = ""
    if "[tool.black]" in pyproject or "psf/black" in hooks or "id: black" in hooks:
        formatter = "black"
    elif "[tool.ruff" in pyproject or "ruff-format" in hooks or names & {"ruff.toml", ".ruff.toml"}:
        formatter = "ruff"
    return Facts(
        python_files=sum(path.endswith((".py", ".pyi")) for path in paths),
        formatter=formatter,
        tests=any(is_test(path) for path in paths if path.endswith(".py")),
        workflows=any(path.startswith(".github/workflows/") for path in paths),
        locks=tuple(path for path in paths if _is_lock(path)),
        codeowners=next((name for name in OWNERS_PATHS if name in names), ""),
        other=tuple(
            name for name in ("package.json", "go.mod", "Cargo.toml", "pom.xml") if name in names
        ),
    )


def fit_policy(facts: Facts) -> str:
    """Return the text of a commented ``fairlead.toml`` for a project with these facts."""
    return "\n".join(
        [
            *_HEAD,
            *_formatting(facts),
            *_checks(facts),
            *_executing(facts),
            *_vulnerabilities(facts),
            *_licences(),
            *_deployment(facts),
            *_custom(facts),
        ]
    )


def _is_lock(path: str) -> bool:
    name = PurePosixPath(path).name
    return name in LOCKS or (name.startswith("requirements") and name.endswith(".txt"))


_HEAD = (
    "# The policy of the gate: which checks look at which changes, and what blocks.",
    "# It is read from the base of a change, never from the change itself.",
    "# Everything here is optional; what is commented out shows the default.",
    "",
    '# "enforce" blocks on new findings; "report" says the same and blocks nothing.',
    '# Start with "report" where a team is to get used to it.',
    'mode = "enforce"',
    "",
    "# A tool version that the project pins wins over the one that comes with fairlead. Where it isn't",
    "# installed it is fetched from the package index once; false forbids that.",
    "# fetch_tools = true",
    "# A project without an environment gets one, made from its lock; false forbids that.",
    "# fetch_environments = true",
    "# true: execute any change isolated, or not at all, as that of somebody unknown",
    "# untrusted = false",
    "# true: skip what hasn't begun when a check fails that blocks",
    "# fail_fast = false",
    "",
    "# What the project's code is executed with; without it: .venv, else what the tree locks.",
    "# [environment]",
    '# python = ".venv"              # an interpreter, or the folder of an environment',
    "# requirements = []             # or files to make one from",
    "# groups = []                   # and dependency groups",
    "# extras = []                   # and extras",
    "# from_source = []              # distributions without wheels that may be built",
    "# variables = {}                # set for what is executed",
    "# files = []                    # ignored files that it needs, from the work tree",
    '# services = []                 # "localhost:5432": must answer',
    "# readable = []                 # more folders that isolated programs may read",
    "",
)


def _checks(facts: Facts) -> tuple[str, ...]:
    lines = [
        "# Any check takes these keys; `fairlead explain checks` lists the checks.",
        "[checks.complexity]",
        "# enabled = true               # false, or `checks.complexity = false`, turns it off",
        '# on = ["source", "configuration", "infrastructure"]   # natures of the files it looks at',
        "# skip_inert = true            # pass over files whose change is proved to alter nothing",
        '# from_size = "XS"             # run from this size of change upwards: XS S M L XL',
        "# timeout = 60                 # seconds",
        "# environment = []             # names of variables its tool may see beside the usual ones",
        "blocks = true                  # false: report its findings, but let the change pass",
        "",
    ]
    if not facts.workflows:
        lines += [
            "# [checks.workflows]           # no workflow stands here today",
            "# enabled = true",
            "",
        ]
    return tuple(lines)


def _executing(facts: Facts) -> tuple[str, ...]:
    off = () if facts.tests else ("enabled = false                # no tests stand here today",)
    return (
        "# These run the project's own code, isolated, with its own environment (.venv).",
        "# [checks.types]",
        '# engine = "mypy"              # "pyrefly" is a faster one; it comes with fairlead[pyrefly]',
        "# paths = []                   # what is checked; empty: what mypy's configuration says",
        "[checks.tests]",
        *off,
        '# select = "affected"          # "all": every test, whatever changed',
        "# repeat = true                # run what failed again, to tell flaky from broken",
        "# timeout = 600                # seconds",
        '# command = "tox -e py"        # another runner than pytest, and the JUnit file it writes',
        '# report = "junit.xml"',
        "[checks.coverage]",
        *off,
        "# fail_under = 80              # percent of the changed lines that tests are to execute",
        "",
    )


def _formatting(facts: Facts) -> tuple[str, ...]:
    if facts.formatter == "black":
        return (
            "# This project formats with black, whose layout differs from ruff's in places.",
            "[checks.format]",
            "enabled = false",
            "",
        )
    return ()


def _vulnerabilities(facts: Facts) -> tuple[str, ...]:
    locks = ", ".join(facts.locks[:3]) + (" and others" if len(facts.locks) > 3 else "")
    seen = (
        f"# Locked versions are read from {locks}."
        if facts.locks
        else "# No lock file stands here today."
    )
    return (
        seen,
        "# Without advisories this check is not evaluated: fairlead advisories import FILE",
        "[checks.vulnerabilities]",
        f"enabled = {'true' if facts.locks else 'false'}",
        "# max_age_days = 7             # an older snapshot counts as missing",
        '# new_advisories = "report"    # "block": also stop for an advisory the change did not cause',
        "",
    )


def _licences() -> tuple[str, ...]:
    return (
        "# Licences of what the project depends on, as SPDX identifiers. What nobody can tell isn't",
        "# allowed once one of these is set.",
        "# [checks.licences]",
        '# allowed = ["MIT", "BSD-3-Clause", "Apache-2.0"]',
        "# denied = []",
        '# known = {}                   # { "package" = "MIT" } where its metadata doesn\'t say',
        "# ignore = []                  # names of packages",
        "",
    )


def _deployment(facts: Facts) -> tuple[str, ...]:
    owners = (
        f"from {facts.codeowners} of the base"
        if facts.codeowners
        else "no CODEOWNERS stands here today"
    )
    return (
        "# What must be in place before a change goes out. Each is off until it is set.",
        "# [checks.deployment]",
        f"# approvals = true             # an owner of each file has approved: {owners}",
        "# ticket = '[A-Z]+-[0-9]+'     # the title or a trailer names a ticket like this",
        "# [[checks.deployment.freeze]]",
        '# reason = "year\'s end"',
        "# start = 2026-12-19T18:00:00+01:00",
        "# end = 2027-01-04T08:00:00+01:00",
        "",
    )


_EXAMPLES = {
    "package.json": ("eslint", "npx eslint --format json-sarif .", '["*.js", "*.ts", "*.tsx"]'),
    "go.mod": ("golangci", "golangci-lint run --output.sarif.path stdout", '["*.go"]'),
    "Cargo.toml": ("clippy", "clippy-to-sarif", '["*.rs"]'),
    "pom.xml": ("spotbugs", "mvn -q spotbugs:sarif", '["*.java"]'),
}


def _custom(facts: Facts) -> tuple[str, ...]:
    name, command, reads = _EXAMPLES[facts.other[0]] if facts.other else _EXAMPLES["package.json"]
    return (
        "# A command of your own is a check too, whatever its language. Its output is read as",
        '# "sarif", "junit", "codequality" (GitLab) or by a "regex" with named groups.',
        "# [[custom]]",
        f'# name = "{name}"',
        f'# command = "{command}"',
        f"# reads = {reads}",
        '# format = "sarif"',
        '# output = ""                  # the file it writes; empty: its standard output',
        "# exit_codes = [0, 1]          # with these exit codes it says that it looked",
        "# format \"regex\" needs a pattern: '^(?P<path>[^:]+):(?P<line>[0-9]+): (?P<message>.+)$'",
        "# and as proof a second one, for what the command prints once it has looked.",
        "",
    )
