from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.changes.model import Change, FileChange, Nature, Range, Size, Status
from fairlead.checks.model import Evaluated, Evaluation, Finding, NotEvaluated, Severity, ToolUse, View
from fairlead.checks.vulnerabilities import (
    UNPINNED,
    VulnerabilityCheck,
    VulnerabilityRules,
    lock_paths,
    read_rules,
    tell_apart,
)
from fairlead.errors import FairleadError
from fairlead.processes import Completed
from fairlead.vulnerabilities.snapshot import FILE, import_snapshot

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOOL = ToolUse(name="", version="", origin="", configuration="", command=())
RANGE = Range(base_tree="3" * 40, head_tree="4" * 40, base=None, head=None, label="test")
CHANGE = Change(range=RANGE, files=(), natures=(), size=Size.XS, counted=0)


def record(id_: str, fixed: str, name: str = "idna", **others: object) -> dict[str, object]:
    package = {"ecosystem": "PyPI", "name": name}
    span = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
    return {
        "id": id_,
        "modified": "2026-11-20T00:00:00Z",
        "affected": [{"package": package, "ranges": [span]}],
        **others,
    }


RECORDS = [
    record(
        "PYSEC-2026-1",
        "3.7",
        aliases=["CVE-2026-1"],
        summary="Long names take for ever.",
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
    )
]


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    return snapshot(tmp_path / "advisories", RECORDS)


def snapshot(folder: Path, records: list[dict[str, object]]) -> Path:
    folder.mkdir(exist_ok=True)
    source = folder / "records.jsonl"
    source.write_text("".join(json.dumps(each) + "\n" for each in records))
    import_snapshot(source, into=folder, now=NOW)
    return folder


def look(
    tmp_path: Path,
    files: Mapping[str, str],
    advisories: Path,
    settings: Mapping[str, object] | None = None,
    now: datetime = NOW,
) -> Evaluation:
    tree = tmp_path / f"tree-{len(list(tmp_path.iterdir()))}"
    tree.mkdir()
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    view = View(
        folder=tree,
        scratch=tmp_path,
        paths=tuple(files),
        side="head",
        change=CHANGE,
        tool=TOOL,
        settings=settings or {},
    )

    def run(
        argv: Sequence[str],
        *,
        cwd: Path,
        extra_env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Completed:
        raise AssertionError("this check runs no program")

    return VulnerabilityCheck(advisories=advisories, now=now).evaluate(view, run)


def uv_lock(*packages: tuple[str, str]) -> str:
    entries = (f'[[package]]\nname = "{name}"\nversion = "{version}"\n' for name, version in packages)
    return "version = 1\n" + "".join(entries)


def test_a_vulnerable_version_is_found_with_where_why_and_how_to_mend_it(
    tmp_path: Path, advisories: Path
) -> None:
    evaluation = look(
        tmp_path, {"api/uv.lock": uv_lock(("flask", "3.0"), ("idna", "2.10"))}, advisories
    )

    assert isinstance(evaluation, Evaluated)
    assert evaluation.findings == (
        Finding(
            rule="CVE-2026-1",
            severity=Severity.ERROR,
            path="api/uv.lock",
            line=5,
            what="idna 2.10: CVE-2026-1 (severity high, CVSS 7.5)",
            why="Long names take for ever. (also known as PYSEC-2026-1)",
            fix="uv lock --upgrade-package 'idna==3.7'",
            context="idna CVE-2026-1",
            measure=1.0,
            url="https://osv.dev/vulnerability/CVE-2026-1",
        ),
    )
    assert evaluation.evidence == (
        "looked 2 locked versions of 1 lock up in 1 advisories; "
        "the newest advisory is of 2026-11-20, 3 days old"
    )


@pytest.mark.parametrize(
    ("path", "text", "fix"),
    [
        ("requirements.txt", "idna==2.10\n", "idna==3.7"),
        (
            "poetry.lock",
            uv_lock(("idna", "2.10")) + '[metadata]\nlock-version = "2.1"\n',
            "poetry update idna",
        ),
        ("Pipfile.lock", '{"default": {"idna": {"version": "==2.10"}}}', "pipenv upgrade 'idna>=3.7'"),
    ],
)
def test_the_fix_is_in_the_words_of_the_locks_own_tool(
    tmp_path: Path, advisories: Path, path: str, text: str, fix: str
) -> None:
    evaluation = look(tmp_path, {path: text}, advisories)

    assert [finding.fix.startswith(fix) for finding in evaluation.findings] == [True]


def test_an_advisory_without_a_fixed_version_says_so(tmp_path: Path) -> None:
    unfixed = record("PYSEC-1", "9")
    unfixed["affected"] = [{"package": {"ecosystem": "PyPI", "name": "idna"}, "versions": ["2.10"]}]

    evaluation = look(
        tmp_path, {"uv.lock": uv_lock(("idna", "2.10"))}, snapshot(tmp_path / "a", [unfixed])
    )

    assert evaluation.findings[0].fix.startswith("no fixed version of idna above 2.10 is known")
    assert evaluation.findings[0].severity is Severity.ERROR


def test_several_locked_versions_of_a_package_are_one_finding_that_measures_them(
    tmp_path: Path, advisories: Path
) -> None:
    evaluation = look(tmp_path, {"uv.lock": uv_lock(("idna", "2.10"), ("idna", "3.0"))}, advisories)

    (finding,) = evaluation.findings
    assert (finding.context, finding.measure) == ("idna CVE-2026-1", 2.0)
    assert finding.what.startswith("idna 2.10, 3.0: ")


def test_upgrading_to_a_version_that_is_still_vulnerable_keeps_the_context(
    tmp_path: Path, advisories: Path
) -> None:
    base, head = (
        look(tmp_path, {"uv.lock": uv_lock(("idna", version))}, advisories)
        for version in ("2.10", "3.0")
    )

    assert [finding.context for finding in base.findings] == [
        finding.context for finding in head.findings
    ]


# what could not be evaluated


def test_without_advisories_nothing_is_evaluated(tmp_path: Path) -> None:
    evaluation = look(tmp_path, {"uv.lock": uv_lock(("idna", "3.7"))}, tmp_path / "none")

    assert evaluation == NotEvaluated(
        cause="no advisories have been imported on this machine", fix="fairlead advisories import FILE"
    )


@pytest.mark.parametrize(
    ("days", "allowed", "evaluated"), [(9, 7, True), (10, 7, True), (11, 7, False), (11, 8, True)]
)
def test_advisories_older_than_the_policy_allows_are_not_used(
    tmp_path: Path, advisories: Path, days: int, allowed: int, evaluated: bool
) -> None:
    now = datetime(2026, 11, 17, tzinfo=UTC) + timedelta(days=days)

    evaluation = look(
        tmp_path, {"uv.lock": uv_lock(("idna", "3.7"))}, advisories, {"max_age_days": allowed}, now
    )

    assert isinstance(evaluation, Evaluated) is evaluated
    if isinstance(evaluation, NotEvaluated):
        assert evaluation.cause.startswith("the newest advisory is of 2026-11-20, 8 days old")
        assert evaluation.fix.startswith("fairlead advisories import FILE")


def test_damaged_advisories_are_not_used(tmp_path: Path, advisories: Path) -> None:
    (advisories / FILE).write_bytes(b"garbage" * 1000)

    assert isinstance(look(tmp_path, {"uv.lock": uv_lock(("idna", "3.7"))}, advisories), NotEvaluated)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"requirements.txt": "idna==3.7\nflask\n"}, "requirements.txt: line 2 has no pinned version"),
        ({"requirements.txt": "flask\n"}, "requirements.txt: line 1 has no pinned version"),
        ({"uv.lock": "version = 9\n"}, "uv.lock: its layout is 9"),
        ({"web/yarn.lock": ""}, "web/yarn.lock: locks of this kind cannot be read yet"),
        ({"requirements.txt": "-r gone.txt\nidna==3.7\n"}, "gone.txt: it cannot be read"),
        ({"requirements.txt": "idna===2004d-x\n"}, "undecided: idna 2004d-x"),
        (
            {
                "package-lock.json": '{"lockfileVersion": 3, "packages": '
                '{"node_modules/a": {"version": "1.0.0"}}}'
            },
            "package-lock.json: no npm advisories have been imported",
        ),
    ],
)
def test_what_was_not_looked_up_is_never_a_pass(
    tmp_path: Path, advisories: Path, files: dict[str, str], said: str
) -> None:
    evaluation = look(tmp_path, files, advisories)

    assert isinstance(evaluation, NotEvaluated)
    assert said in evaluation.cause
    assert "pin what is named there" in evaluation.fix


def test_findings_are_kept_beside_a_lock_that_cannot_be_read(tmp_path: Path, advisories: Path) -> None:
    files = {"uv.lock": uv_lock(("idna", "2.10")), "yarn.lock": ""}

    evaluation = look(tmp_path, files, advisories)

    assert isinstance(evaluation, NotEvaluated)
    assert [finding.rule for finding in evaluation.findings] == ["CVE-2026-1"]


def test_a_file_that_pins_nothing_is_told_beside_a_lock_that_was_read(
    tmp_path: Path, advisories: Path
) -> None:
    files = {"uv.lock": uv_lock(("idna", "3.7")), "docs/requirements.txt": "sphinx>=7\nfuro\n"}

    evaluation = look(tmp_path, files, advisories)

    assert isinstance(evaluation, Evaluated)
    (finding,) = evaluation.findings
    assert (finding.rule, finding.path, finding.blocking) == (UNPINNED, "docs/requirements.txt", False)
    assert "line 1 has no pinned version: sphinx>=7 and 1 more" in finding.what


def test_the_policy_can_leave_locks_out(tmp_path: Path, advisories: Path) -> None:
    files = {"uv.lock": uv_lock(("idna", "3.7")), "tests/data/uv.lock": "broken", "yarn.lock": ""}

    evaluation = look(tmp_path, files, advisories, {"exclude": ["tests/", "/yarn.lock"]})

    assert isinstance(evaluation, Evaluated)
    assert lock_paths(tmp_path / "nothing") == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"max_age_days": "7"},
        {"max_age_days": -1},
        {"new_advisories": "warn"},
        {"exclude": "docs"},
        {"exclude": [1]},
    ],
)
def test_settings_of_no_meaning_are_not_evaluated(
    tmp_path: Path, advisories: Path, settings: dict[str, object]
) -> None:
    assert isinstance(look(tmp_path, {}, advisories, settings), NotEvaluated)
    with pytest.raises(FairleadError):
        read_rules(settings)


# new advisories on old locks


def test_an_advisory_that_the_base_has_too_is_told_apart_and_blocks_only_by_policy(
    tmp_path: Path, advisories: Path
) -> None:
    files = {"uv.lock": uv_lock(("idna", "2.10")), "docs/requirements.txt": "sphinx\n"}
    here, note = look(tmp_path, files, advisories).findings
    introduced, old = here, replace(here, new=False)
    found = (introduced, old, replace(note, new=False))

    reported = tell_apart(found, VulnerabilityRules())
    blocked = tell_apart(found, VulnerabilityRules(new_advisories="block"))

    assert [(each.new, each.blocking) for each in reported] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    assert [(each.new, each.blocking) for each in blocked] == [
        (True, True),
        (True, True),
        (False, False),
    ]
    assert reported[0] == introduced
    assert reported[1].apart == blocked[1].apart != ""


def test_a_kept_result_depends_on_the_advisories_and_on_whether_they_are_too_old(
    tmp_path: Path, advisories: Path
) -> None:
    other = snapshot(tmp_path / "other", [*RECORDS, record("PYSEC-2026-2", "3.8")])
    checks = [
        VulnerabilityCheck(advisories=folder, now=now)
        for folder, now in (
            (advisories, NOW),
            (advisories, NOW + timedelta(days=1)),
            (advisories, NOW + timedelta(days=30)),
            (other, NOW),
            (tmp_path / "none", NOW),
        )
    ]

    keys = [check.dependence({}) for check in checks]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


# which files it wants


@pytest.mark.parametrize(
    ("path", "old_path", "wanted"),
    [("uv.lock", None, True), ("a.py", None, False), ("old.txt", "requirements.txt", True)],
)
def test_it_wants_locks_on_either_side(path: str, old_path: str | None, wanted: bool) -> None:
    file = FileChange(
        path=path,
        old_path=old_path,
        status=Status.MODIFIED,
        old_mode=0o100644,
        mode=0o100644,
        old_blob="1" * 40,
        blob="2" * 40,
        added=1,
        deleted=0,
        binary=False,
        nature=Nature.DEPENDENCIES,
        because="test",
    )

    assert VulnerabilityCheck(advisories=Path(), now=NOW).wants(file) is wanted
