"""Tokens by command, and a platform that is reached from elsewhere."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from app.command import Command
from fairlead.app.security.tokens import PREFIX
from servers import bearer, opened, running


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_a_token_is_made_shown_once_listed_and_revoked(fairlead: Command, state: Path) -> None:
    made = fairlead("token", "create", "maria", "--scope", "submit", "--state", str(state))
    listed = fairlead("token", "list", "--state", str(state))
    revoked = fairlead("token", "revoke", "maria", "--state", str(state))
    after = fairlead("token", "list", "--state", str(state))

    assert (made.code, made.out.startswith(PREFIX), len(made.out.split())) == (0, True, 1)
    assert listed.out.split() == ["maria", "submit", "doesn't", "end", "never", "used"]
    assert made.out.strip() not in listed.out
    assert "opens nothing any more" in revoked.out
    assert "revoked" in after.out


def test_a_token_of_the_command_opens_a_served_platform(fairlead: Command, state: Path) -> None:
    word = fairlead("token", "create", "ci", "--days", "1", "--state", str(state)).out.strip()
    with opened(state, names=("127.0.0.1",)) as platform, running(platform) as server:
        right = httpx2.get(f"{server.address}/api/v1/changes", headers=bearer(word))
        nobody = httpx2.get(f"{server.address}/api/v1/changes")

    assert (right.status_code, nobody.status_code) == (200, 401)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["create", ""], "is no name"),
        (["create", "a\x1b[31m"], "is no name"),
        (["create", "a", "--days", "0"], "--days is 0"),
        (["revoke", "nobody"], "no token named 'nobody'"),
    ],
)
def test_a_mistake_says_what_to_do(
    fairlead: Command, state: Path, words: list[str], cause: str
) -> None:
    answer = fairlead("token", *words, "--state", str(state))

    assert answer.code == 2
    assert cause in answer.err
    assert "fix:" in answer.err
    assert "\x1b" not in answer.err


def test_a_name_is_given_once(fairlead: Command, state: Path) -> None:
    fairlead("token", "create", "ci", "--state", str(state))

    again = fairlead("token", "create", "ci", "--state", str(state))

    assert again.code == 2
    assert "already" in again.err


@pytest.mark.parametrize("words", [["--host", "0.0.0.0"], ["--name", "fairlead.example.org"]])
def test_up_refuses_to_be_reached_from_elsewhere_without_a_token(
    fairlead: Command, state: Path, words: list[str]
) -> None:
    answer = fairlead("up", "--port", "0", "--state", str(state), *words)

    assert answer.code == 2
    assert "only when there is a token" in answer.err
    assert "fairlead token create" in answer.err
