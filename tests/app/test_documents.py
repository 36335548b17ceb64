"""The documents say what the program does: every key, every command, the reference as generated."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.app.cli.main import COMMANDS
from fairlead.app.cli.reference import reference
from fairlead.gate import reading
from fairlead.gate.declared import ENVIRONMENT_KEYS
from fairlead.gate.policy import DEFAULT_CHECKS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_command_reference_is_what_the_commands_say() -> None:
    page = (DOCS / "reference" / "cli.md").read_text("utf-8")

    assert page == reference(), "run: fairlead reference > docs/reference/cli.md"


@pytest.mark.parametrize(
    "key", [*reading.TOP_KEYS, *reading.CHECK_KEYS, *reading.CUSTOM_KEYS, *ENVIRONMENT_KEYS]
)
def test_every_key_of_a_policy_is_documented(key: str) -> None:
    assert f"`{key}`" in (DOCS / "reference" / "policy.md").read_text("utf-8") or key in {
        "checks",
        "custom",
    }


@pytest.mark.parametrize("check", DEFAULT_CHECKS)
def test_every_check_is_documented(check: str) -> None:
    assert f"`{check}`" in (DOCS / "reference" / "policy.md").read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_with_an_example_or_a_description(name: str) -> None:
    assert f"## fairlead {name}" in reference()
