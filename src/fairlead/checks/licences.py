"""Licences: what the packages of the project's environment are licensed under, against the policy.

pip-licenses is pointed at the project's interpreter; by itself it would list the packages that it was
installed beside. The policy names allowed and denied licences as SPDX identifiers. What nobody can
tell is not allowed. Only what the project asks for is looked at, not what else is installed beside it,
and only what the change brings counts: the same licence of the same package in the base is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.changes.model import FileChange, Nature
from fairlead.checks import reports
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.rules.explanations import explain
from fairlead.environments.model import Environment, folded
from fairlead.errors import FairleadError

SETTINGS: Mapping[str, type] = {"allowed": list, "denied": list, "known": dict, "ignore": list}
"""The settings of this check in a policy."""

_UNKNOWN = "UNKNOWN"
_SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "academic free license (afl)": "AFL-3.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "boost software license 1.0 (bsl-1.0)": "BSL-1.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "gnu affero general public license v3": "AGPL-3.0-only",
    "gnu affero general public license v3 or later (agplv3+)": "AGPL-3.0-or-later",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mit no attribution license (mit-0)": "MIT-0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "new bsd license": "BSD-3-Clause",
    "python software foundation license": "PSF-2.0",
    "simplified bsd license": "BSD-2-Clause",
    "the mit license": "MIT",
    "the mit license (mit)": "MIT",
    "the unlicense (unlicense)": "Unlicense",
    "universal permissive license (upl)": "UPL-1.0",
    "zero-clause bsd (0bsd)": "0BSD",
    "zope public license": "ZPL-2.1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the policy says: SPDX identifiers, and for packages that don't tell, what theirs is.

    Without ``allowed`` everything is that isn't denied. ``known`` is by folded name of the package;
    ``ignore`` are packages that aren't looked at.
    """

    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Licences:
    """``pip-licenses`` on the interpreter of each project.

    It is known to have evaluated when pip-licenses ends with 0, its report can be read, and it lists
    as many packages as the environment's folders hold.
    """

    name: str = "licences"
    title: str = "licences of what is installed that the policy doesn't allow"
    tool: str = "pip-licenses"
    scope: Scope = Scope.PROJECT
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        """Files that say what the project depends on."""
        return file.nature is Nature.DEPENDENCIES

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return the packages whose licence isn't allowed, project by project, by name."""
        return reports.evaluation(_evaluate, view, run)


def read_licence_rules(settings: Mapping[str, object]) -> Rules:
    """Return what a policy's settings say; raises FairleadError for what is no licence."""
    known = settings.get("known", {})
    return Rules(
        allowed=_identifiers(settings.get("allowed", []), "allowed"),
        denied=_identifiers(settings.get("denied", []), "denied"),
        known={
            folded(name): _expression(text, "known")
            for name, text in (known.items() if isinstance(known, dict) else ())
        },
        ignore=frozenset(folded(name) for name in _strings(settings.get("ignore", []), "ignore")),
    )


def spdx_of(expression: str, metadata: str, classifiers: str) -> str:
    """Return the licence of a package as an SPDX expression, ``""`` when nobody can tell.

    The expression of newer metadata counts first, then the older field, then the classifiers: of
    several of these all have to hold, for they don't say which may be chosen.
    """
    for text in (expression, metadata):
        if text and text != _UNKNOWN and (found := _canonical(text)):
            return found
    named = [each.strip() for each in classifiers.split(";") if each.strip() not in {"", _UNKNOWN}]
    found_all = [_canonical(each) for each in named]
    if not named or not all(found_all):
        return ""
    return " AND ".join(f"({each})" if " " in each else each for each in dict.fromkeys(found_all))


def permits(expression: str, rules: Rules) -> bool:
    """Whether the rules allow an SPDX expression: of ``OR`` one side, of ``AND`` both.

    Neither licence nor exception of ``WITH`` counts alone: the whole has to be named, unless the
    licence is allowed without the exception, which only ever adds permissions.
    """
    return _permitted(_parsed(expression), rules)


def _evaluate(view: View, run: Run) -> Evaluated:
    rules = read_licence_rules(view.settings)
    findings: list[Finding] = []
    seen: list[str] = []
    for environment in view.environments:
        packages = _packages(environment, view, run)
        seen.append(f"{len(packages)} packages of {environment.origin}")
        for package in packages:
            name = folded(reports.text(package["Name"]))
            asked = environment.belonging is None or name in environment.belonging
            if asked and name not in rules.ignore and name != environment.project.name:
                findings += _judged(package, environment, rules)
    return Evaluated(findings=tuple(findings), evidence=f"pip-licenses listed {', '.join(seen)}")


def _packages(environment: Environment, view: View, run: Run) -> list[dict[str, Any]]:
    argv = [*view.tool.command, f"--python={environment.python}", "--from=all", "--format=json"]
    done = run([*argv, "--with-system", "--order=name"], cwd=view.scratch)
    reports.finished(done, tool="pip-licenses", codes=(0,))
    found = reports.parsed(done.stdout, tool="pip-licenses")
    if not isinstance(found, list) or not found:
        raise FairleadError(
            f"pip-licenses lists no package of {environment.origin}",
            fix="bring the environment up to date: uv sync",
        )
    return found


def _judged(package: Mapping[str, Any], environment: Environment, rules: Rules) -> list[Finding]:
    """Return the finding on a package, if there is one."""
    with reports.reading("pip-licenses"):
        name, version = reports.text(package["Name"]), reports.text(package["Version"])
        texts = [
            reports.text(package[f"License-{part}"])
            for part in ("Expression", "Metadata", "Classifier")
        ]
    licence = rules.known.get(folded(name)) or spdx_of(*texts)
    if not licence:
        stated = next((text for text in texts if text != _UNKNOWN), "")
        what = (
            f"{name} {version} says {_short(stated)!r}" if stated else f"{name} {version} says nothing"
        )
        strict = bool(rules.allowed or rules.denied)
        return [
            _finding(
                "licence-unknown",
                environment,
                what=f"{what} of its licence that could be told for sure",
                context=f"{folded(name)} {_short(stated)}",
                fix=f"look it up, and say so in the policy: [checks.licences] known = "
                f'{{ "{folded(name)}" = "SPDX" }}',
                severity=Severity.ERROR if strict else Severity.NOTE,
            )
        ]
    if permits(licence, rules):
        return []
    denied = _named(licence) & rules.denied
    return [
        _finding(
            "licence-denied" if denied else "licence-not-allowed",
            environment,
            what=f"{name} {version} is licensed under {licence}, which the policy "
            + ("denies" if denied else "does not allow"),
            context=f"{folded(name)} {licence}",
            fix=f"do without {name}, or have {licence} allowed by those who answer for it",
            severity=Severity.ERROR,
        )
    ]


def _finding(
    rule: str, environment: Environment, *, what: str, context: str, fix: str, severity: Severity
) -> Finding:
    explanation = explain(rule)
    return Finding(
        rule=rule,
        severity=severity,
        path=environment.project.manifest,
        line=0,
        what=what,
        why=explanation.why if explanation else "",
        fix=fix,
        context=context,
    )


def _canonical(text: str) -> str:
    """Return a text as an SPDX expression, ``""`` when it is none and no known spelling of one."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return _SPELLINGS.get(" ".join(text.lower().split()), "")


def _parsed(expression: str) -> Any:
    from license_expression import ExpressionError, ExpressionParseError, get_spdx_licensing

    try:
        return get_spdx_licensing().parse(expression)
    except (ExpressionError, ExpressionParseError) as error:
        raise FairleadError(
            f"{expression!r} is no SPDX expression: {error}", fix="see https://spdx.org/licenses/"
        ) from error


def _permitted(node: Any, rules: Rules) -> bool:
    from license_expression import AND, OR, LicenseWithExceptionSymbol

    if isinstance(node, OR):
        return any(_permitted(part, rules) for part in node.args)
    if isinstance(node, AND):
        return all(_permitted(part, rules) for part in node.args)
    names = {str(node)}
    if isinstance(node, LicenseWithExceptionSymbol):
        names.add(str(node.license_symbol))
    if names & rules.denied:
        return False
    return not rules.allowed or bool(names & rules.allowed)


def _named(expression: str) -> frozenset[str]:
    from license_expression import get_spdx_licensing

    return frozenset(str(key) for key in get_spdx_licensing().license_keys(expression))


def _identifiers(values: object, key: str) -> frozenset[str]:
    return frozenset(_expression(text, key) for text in _strings(values, key))


def _expression(text: object, key: str) -> str:
    found = _canonical(text) if isinstance(text, str) else ""
    if not found:
        raise FairleadError(
            f"{text!r} is no SPDX identifier", fix=f'name one, such as {key} = ["MIT", "Apache-2.0"]'
        )
    return found


def _strings(values: object, key: str) -> Collection[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise FairleadError(f"{key} is not a list of strings", fix=f'{key} = ["MIT"]')
    return values


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}…"
