"""Advisories and locks: what a change brings in, what was there, and what can't be told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from app.command import Command
from builder import RepositoryBuilder

NOTHING_EXECUTED = "[checks]\ntypes = false\ntests = false\ncoverage = false\n"
"""A policy for trees that have neither tests nor an environment."""

SAFE, UNSAFE = "requests==2.32.0\n", "requests==2.19.0\n"


def import_advisories(fairlead: Command, *, days_old: int = 0) -> None:
    modified = datetime.now(UTC) - timedelta(days=days_old)
    record = {
        "id": "PYSEC-0000-1",
        "modified": modified.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": "Credentials are sent to another host.",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "requests"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.20.0"}]}],
            }
        ],
    }
    file = fairlead.repository.folder.parent / "advisories.jsonl"
    file.write_text(json.dumps(record) + "\n")
    imported = fairlead("advisories", "import", str(file))
    assert imported.code == 0, imported.err


def test_without_advisories_a_changed_lock_is_not_evaluated(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit({"requirements.txt": SAFE})

    answer = fairlead.check("HEAD")

    assert answer.code == 2
    assert answer.json["verdict"]["outcome"] == "not_evaluated"
    assert "fairlead advisories import" in answer.result("vulnerabilities")["fix"]


def test_stale_advisories_are_as_good_as_none(repository: RepositoryBuilder, fairlead: Command) -> None:
    import_advisories(fairlead, days_old=30)
    repository.commit({"requirements.txt": SAFE})

    answer = fairlead.check("HEAD")

    assert answer.code == 2
    assert "30 days old" in answer.result("vulnerabilities")["because"]


def test_a_vulnerable_version_that_the_change_brings_in_blocks_and_names_the_fixed_one(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    import_advisories(fairlead)
    repository.commit({"requirements.txt": SAFE})
    repository.commit({"requirements.txt": UNSAFE})

    answer = fairlead.check("HEAD")

    assert answer.code == 1
    assert answer.new_rules("vulnerabilities") == ["PYSEC-0000-1"]
    assert "2.20.0" in answer.result("vulnerabilities")["findings"][0]["fix"]


def test_an_advisory_on_an_untouched_lock_is_reported_apart(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit(
        {"requirements.txt": UNSAFE, "app.py": "x = 1\n", "fairlead.toml": NOTHING_EXECUTED}
    )
    repository.commit({"app.py": "x = 2\n"})
    import_advisories(fairlead)

    answer = fairlead.check("HEAD")

    (finding,) = answer.result("vulnerabilities")["findings"]
    assert answer.code == 0
    assert (finding["new"], finding["blocking"]) == (False, False)
    assert "not its doing" in finding["apart"]
    assert "PYSEC-0000-1" in fairlead("check", "HEAD").out


def test_a_policy_may_let_an_advisory_on_an_untouched_lock_block(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    policy = '[checks.vulnerabilities]\nnew_advisories = "block"\n'
    repository.commit({"requirements.txt": UNSAFE, "app.py": "x = 1\n", "fairlead.toml": policy})
    repository.commit({"app.py": "x = 2\n"})
    import_advisories(fairlead)

    assert fairlead.check("HEAD").code == 1


def test_stale_advisories_do_not_hold_up_a_change_that_touches_no_lock(
    repository: RepositoryBuilder, fairlead: Command
) -> None:
    repository.commit(
        {"requirements.txt": UNSAFE, "app.py": "x = 1\n", "fairlead.toml": NOTHING_EXECUTED}
    )
    repository.commit({"app.py": "x = 2\n"})
    import_advisories(fairlead, days_old=30)

    assert fairlead.check("HEAD").code == 0
