"""What ``explain`` teaches about a rule."""

from __future__ import annotations

import dataclasses

import pytest

from fairlead.checks.catalogue import executing_checks, single_tool_checks
from fairlead.checks.rules.explanations import explain, rules


@pytest.mark.parametrize("rule", rules())
def test_every_known_rule_is_taught_whole(rule: str) -> None:
    explanation = explain(rule)

    assert explanation is not None
    assert explanation.rule == rule
    for part in dataclasses.asdict(explanation).values():
        assert part.strip()
        assert "{rule}" not in part
    assert explanation.url.startswith("https://")


def test_every_check_of_the_catalogue_teaches_some_rules() -> None:
    taught = {explanation.check for rule in rules() if (explanation := explain(rule))}

    assert taught == {check.name for check in (*single_tool_checks(), *executing_checks())}
    assert len(rules()) >= 40


@pytest.mark.parametrize(
    ("rule", "check", "words"),
    [
        ("PERF401", "lint", "less time"),
        ("PLR2004", "lint", "pylint"),
        ("C416", "lint", "shorter and faster"),
        ("C901", "lint", "ways through it"),
        ("B017", "lint", "usually not what was meant"),
        ("B613", "sast", "known kind of attack"),
        ("DEP006", "dependencies", "come apart"),
        ("twilio-api-key", "secrets", "history"),
        ("impostor-commit", "workflows", "way into"),
    ],
)
def test_a_rule_without_a_text_of_its_own_gets_its_familys(rule: str, check: str, words: str) -> None:
    explanation = explain(rule)

    assert explanation is not None
    assert (explanation.rule, explanation.check) == (rule, check)
    assert words in explanation.why
    assert "{rule}" not in explanation.suppress


def test_a_rule_is_found_in_any_case_and_an_unknown_one_is_not() -> None:
    assert explain("f401") == explain("F401")
    assert explain("Template-Injection") == explain("template-injection")
    assert explain("no such rule") is None
    assert explain("") is None
