from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.model import Change, FileChange, Nature, Range, Size, Status
from fairlead.checks.codeowners import compile_pattern, read_owners
from fairlead.checks.deployment import (
    DeploymentCheck,
    DeploymentInputs,
    DeploymentRules,
    judge,
    read_deployment_rules,
    trailer_values,
)
from fairlead.checks.freezes import Freeze, WeeklyFreeze, read_freeze
from fairlead.checks.model import Evaluated, NotEvaluated, ToolUse, View
from fairlead.errors import FairleadError
from fairlead.processes import Completed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
APPROVALS = DeploymentRules(approvals=True)


def change(*paths: str, title: str = "", message: str = "", moved_from: str | None = None) -> Change:
    files = tuple(
        FileChange(
            path=path,
            old_path=moved_from,
            status=Status.RENAMED if moved_from else Status.MODIFIED,
            old_mode=0o100644,
            mode=0o100644,
            old_blob="1" * 40,
            blob="2" * 40,
            added=1,
            deleted=0,
            binary=False,
            nature=Nature.SOURCE,
            because="test",
        )
        for path in paths
    )
    between = Range(
        base_tree="3" * 40,
        head_tree="4" * 40,
        base=None,
        head=None,
        label="test",
        title=title,
        message=message,
    )
    return Change(range=between, files=files, natures=(), size=Size.XS, counted=1)


def inputs(owners: str | None = "* @ana\n", *approvers: str, **others: object) -> DeploymentInputs:
    given = DeploymentInputs(now=NOW, owners=owners, approvers=approvers)
    return replace(given, **others)


def rules_of(evaluation: object) -> list[str]:
    assert isinstance(evaluation, Evaluated | NotEvaluated)
    return [finding.rule for finding in evaluation.findings]


# patterns


@pytest.mark.parametrize(
    ("pattern", "owned", "free"),
    [
        ("*", ["a.py", "a/b/c.py", ".github/x"], []),
        ("*.js", ["a.js", "x/y/a.js"], ["a.jsx", "js"]),
        ("/build/logs/", ["build/logs/a", "build/logs/x/a"], ["x/build/logs/a", "build/logs"]),
        ("docs/*", ["docs/a.md"], ["docs/x/a.md", "x/docs/a.md"]),
        ("apps/", ["apps/a", "x/apps/a", "apps/x/y"], ["apps", "myapps/a"]),
        ("/docs/", ["docs/a", "docs/x/a"], ["x/docs/a"]),
        ("/scripts", ["scripts", "scripts/a", "scripts/x/a"], ["x/scripts/a", "scripts2/a"]),
        ("**/logs", ["logs/a", "build/logs/a", "x/y/logs/a"], ["build/log"]),
        ("src/**/test.py", ["src/test.py", "src/a/b/test.py"], ["test.py", "x/src/test.py"]),
        ("src/**", ["src/a", "src/a/b"], ["srcs/a", "x/src/a"]),
        ("/a?c.py", ["abc.py"], ["a/c.py", "ac.py"]),
        (r"my\ docs/", ["my docs/a"], ["my/docs/a"]),
        ("a.b", ["a.b"], ["axb"]),
    ],
)
def test_patterns_match_as_on_github(pattern: str, owned: list[str], free: list[str]) -> None:
    compiled = compile_pattern(pattern)

    assert [path for path in owned if not compiled.fullmatch(path)] == []
    assert [path for path in free if compiled.fullmatch(path)] == []


@given(st.lists(st.sampled_from(["a", "b", "c.py"]), min_size=1, max_size=4).map("/".join))
def test_a_path_written_out_matches_itself_and_what_is_below_it(path: str) -> None:
    compiled = compile_pattern("/" + path)

    assert compiled.fullmatch(path)
    assert compiled.fullmatch(path + "/below")
    assert not compiled.fullmatch("above/" + path)
    assert not compiled.fullmatch(path + "x")


def test_the_last_matching_line_holds_and_may_lift_ownership() -> None:
    owners = read_owners("* @ana\n/docs/ @ben # writes them\n/docs/free/\n")

    assert [rule.owners for rule in owners.of("a.py")] == [("@ana",)]
    assert [rule.owners for rule in owners.of("docs/a.md")] == [("@ben",)]
    assert owners.of("docs/free/a.md") == ()


def test_lines_that_are_no_rule_are_skipped_and_told() -> None:
    owners = read_owners("!a @ana\n[ab].py @ana\n\\#x @ana\n*.py ana\n# said\n\n* @ben\n")

    assert owners.skipped == (1, 2, 3, 4)
    assert [rule.owners for rule in owners.of("a.py")] == [("@ben",)]


def test_each_section_is_judged_for_itself() -> None:
    text = "* @all\n[Docs][2] @ben @cid @dan\n*.md\n^[Style]\n*.md @eve\n"

    one = judge(change("a.md"), APPROVALS, inputs(text, "all", "ben"))
    two = judge(change("a.md"), APPROVALS, inputs(text, "all", "ben", "dan"))

    assert [finding.what for finding in one.findings] == [
        "a.md needs approval by 2 of @ben, @cid, @dan (section Docs); approved by all, ben"
    ]
    assert two.findings == ()


# approvals


def test_everything_is_off_until_the_policy_sets_it(tmp_path: Path) -> None:
    evaluation = judge(change("a.py"), DeploymentRules(), DeploymentInputs(now=NOW))

    assert isinstance(evaluation, Evaluated)
    assert evaluation.findings == ()
    assert "asks for no approval" in evaluation.evidence


@pytest.mark.parametrize("approver", ["ana", "@ana", "ANA", " @Ana "])
def test_an_owners_approval_is_enough_however_it_is_written(approver: str) -> None:
    evaluation = judge(change("a.py"), APPROVALS, inputs("* @ana @ben\n", approver))

    assert isinstance(evaluation, Evaluated)
    assert evaluation.findings == ()


def test_a_mail_address_can_own() -> None:
    evaluation = judge(change("a.py"), APPROVALS, inputs("* Ana@Example.org\n", "ana@example.org"))

    assert evaluation.findings == ()


def test_approval_by_somebody_else_is_none() -> None:
    evaluation = judge(change("a.py", "b.py"), APPROVALS, inputs("* @ana\n", "ben"))

    (finding,) = evaluation.findings
    assert finding.what == "a.py, b.py needs approval by one of @ana; approved by ben"
    assert finding.fix == "ask for a review: @ana"


def test_each_owned_part_of_a_change_needs_its_own_approval() -> None:
    owners = "/a/ @ana\n/b/ @ben\n"

    evaluation = judge(change("a/x", "b/x", "c/x"), APPROVALS, inputs(owners, "ana"))

    assert [finding.path for finding in evaluation.findings] == ["b/x"]


def test_moving_a_file_away_needs_the_owner_of_where_it_was() -> None:
    read = change("free/x", moved_from="kept/x")

    evaluation = judge(read, APPROVALS, inputs("/kept/ @ana\n", "ben"))

    assert rules_of(evaluation) == ["approval-missing"]


@pytest.mark.parametrize("author", [("ana",), ("@ANA",), ("ana@example.org", "ana")])
def test_the_authors_own_approval_never_counts(author: tuple[str, ...]) -> None:
    evaluation = judge(change("a.py"), APPROVALS, inputs("* @ana\n", "ana", author=author))

    (finding,) = evaluation.findings
    assert "the author's own approval does not count" in finding.what
    assert "nobody but the author owns it" in finding.fix


def test_an_author_in_the_team_cannot_approve_for_it() -> None:
    members = {"@org/core": frozenset({"ana", "ben"})}
    owners = "* @org/core\n"

    own = judge(change("a.py"), APPROVALS, inputs(owners, "ana", author=("ana",), members=members))
    other = judge(change("a.py"), APPROVALS, inputs(owners, "ben", author=("ana",), members=members))

    assert rules_of(own) == ["approval-missing"]
    assert isinstance(other, Evaluated)
    assert other.findings == ()


def test_a_team_whose_members_nobody_knows_leaves_it_open() -> None:
    evaluation = judge(change("a.py"), APPROVALS, inputs("* @org/core\n", "ben"))

    assert isinstance(evaluation, NotEvaluated)
    assert "@org/core" in evaluation.cause
    assert judge(change("a.py"), APPROVALS, inputs("* @org/core\n", "@org/core")).findings == ()
    assert rules_of(judge(change("a.py"), APPROVALS, inputs("* @org/core\n"))) == ["approval-missing"]


def test_approvals_that_nobody_gave_are_not_evaluated() -> None:
    evaluation = judge(change("a.py"), APPROVALS, inputs("* @ana\n", approvers=None))

    assert isinstance(evaluation, NotEvaluated)
    assert "@ana" in evaluation.cause
    assert "--approved-by" in evaluation.fix


def test_a_change_that_nobody_owns_needs_no_approval() -> None:
    evaluation = judge(change("a.py"), APPROVALS, inputs("/docs/ @ana\n", approvers=None))

    assert isinstance(evaluation, Evaluated)
    assert evaluation.findings == ()


def test_approvals_without_a_codeowners_in_the_base_are_not_evaluated() -> None:
    assert isinstance(judge(change("a.py"), APPROVALS, inputs(None, "ana")), NotEvaluated)


# tickets

TICKET = DeploymentRules(ticket=r"\b[A-Z]+-\d+\b")


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("OPS-12 Move retries", "OPS-12 Move retries\n"),
        ("Move retries", "Move retries\n\nWhy.\n\nTicket: OPS-12\nSigned-off-by: Ana <a@b.org>\n"),
    ],
)
def test_a_ticket_stands_in_the_title_or_in_a_trailer(title: str, message: str) -> None:
    evaluation = judge(change("a.py", title=title, message=message), TICKET, inputs())

    assert isinstance(evaluation, Evaluated)
    assert evaluation.findings == ()


def test_a_ticket_elsewhere_in_the_message_does_not_count() -> None:
    message = "Move retries\n\nUnlike OPS-11: this.\n\nThe end of it.\n"

    evaluation = judge(change("a.py", title="Move retries", message=message), TICKET, inputs())

    assert rules_of(evaluation) == ["ticket-missing"]


def test_the_change_requests_title_goes_before_the_commits() -> None:
    evaluation = judge(change("a.py", title="Move"), TICKET, inputs(title="OPS-1 Move"))

    assert evaluation.findings == ()


def test_without_title_and_message_the_ticket_is_not_evaluated() -> None:
    assert isinstance(judge(change("a.py"), TICKET, inputs()), NotEvaluated)


def test_a_title_alone_has_no_trailers() -> None:
    assert trailer_values("Fix: OPS-1") == ()


# freezes

FREEZE = Freeze(reason="year's end", start=NOW, end=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("minutes", "frozen"), [(-1, False), (0, True), (59, True), (60, False), (61, False)]
)
def test_a_freeze_holds_from_its_start_up_to_its_end(minutes: int, frozen: bool) -> None:
    rules = DeploymentRules(freezes=(FREEZE,))

    evaluation = judge(change("a.py"), rules, inputs(now=NOW + timedelta(minutes=minutes)))

    assert rules_of(evaluation) == ["freeze"] * frozen


@given(st.integers(-14 * 60, 14 * 60), st.integers(-120, 120))
def test_the_clocks_own_time_zone_does_not_matter(offset: int, minutes: int) -> None:
    moment = NOW + timedelta(minutes=minutes)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=offset)))

    assert FREEZE.ending(moment) == FREEZE.ending(elsewhere)


WEEKLY = {"reason": "weekend", "days": ["fri"], "from": "16:00", "until": "08:00", "zone": "UTC"}


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [
        ("2026-11-27T15:59+00:00", False),
        ("2026-11-27T16:00+00:00", True),
        ("2026-11-28T07:59+00:00", True),
        ("2026-11-28T08:00+00:00", False),
        ("2026-11-26T20:00+00:00", False),
        ("2026-11-27T17:00+02:00", False),
    ],
)
def test_a_weekly_freeze_may_run_past_midnight(moment: str, frozen: bool) -> None:
    ending = read_freeze(WEEKLY).ending(datetime.fromisoformat(moment))

    assert (ending is not None) is frozen


@pytest.mark.parametrize("until", ["24:00", "00:00"])
def test_a_weekly_freeze_may_last_a_whole_day(until: str) -> None:
    freeze = read_freeze({**WEEKLY, "from": "00:00", "until": until})

    frozen = [
        freeze.ending(datetime(2026, 11, day, hour, tzinfo=UTC)) is not None
        for day, hour in ((26, 23), (27, 0), (27, 23), (28, 0))
    ]

    assert frozen == [False, True, True, False]


def test_a_weekly_freeze_goes_by_the_clocks_of_its_zone() -> None:
    summer = timezone(timedelta(hours=2))
    freeze = WeeklyFreeze(
        reason="night",
        days=frozenset(range(7)),
        begins=datetime(2026, 1, 1, 22, 0).time(),  # noqa: DTZ001 - a time of day
        ends=datetime(2026, 1, 1, 0, 0).time(),  # noqa: DTZ001
        zone=summer,
    )

    assert freeze.ending(datetime(2026, 7, 1, 20, 0, tzinfo=UTC)) == datetime(2026, 7, 2, tzinfo=summer)
    assert freeze.ending(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "entry",
    [
        "friday",
        {"start": NOW, "end": NOW + timedelta(1)},
        {"reason": "x", "start": NOW, "end": NOW},
        {"reason": "x", "start": NOW.replace(tzinfo=None), "end": NOW},
        {"reason": "x", "start": "soon", "end": NOW},
        {"reason": "x", "start": NOW, "end": NOW + timedelta(1), "zone": "UTC"},
        {**WEEKLY, "days": ["freitag"]},
        {**WEEKLY, "days": []},
        {**WEEKLY, "from": "4pm"},
        {**WEEKLY, "zone": "Atlantis/Capital"},
    ],
)
def test_an_odd_window_is_refused_with_an_example(entry: object) -> None:
    with pytest.raises(FairleadError) as raised:
        read_freeze(entry)

    assert "2026-12-19T18:00:00+01:00" in raised.value.fix


# the check as a whole


def evaluate(settings: dict[str, object], given: DeploymentInputs) -> object:
    tool = ToolUse(name="", version="", origin="", configuration="", command=())
    view = View(
        folder=Path(),
        scratch=Path(),
        paths=(),
        side="head",
        change=change("a.py", title="Move"),
        tool=tool,
        settings=settings,
    )

    def run(
        argv: Sequence[str],
        *,
        cwd: Path,
        extra_env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Completed:
        raise AssertionError("this check runs no program")

    return DeploymentCheck(inputs=given).evaluate(view, run)


def test_the_check_reads_its_rules_from_the_policys_settings() -> None:
    settings: dict[str, object] = {
        "approvals": True,
        "ticket": "[A-Z]+-[0-9]+",
        "freeze": [{"reason": "now", "start": NOW, "end": NOW + timedelta(1)}],
    }

    evaluation = evaluate(settings, inputs("* @ana\n", "ben"))

    assert rules_of(evaluation) == ["approval-missing", "ticket-missing", "freeze"]


def test_what_was_found_is_kept_when_something_else_cannot_be_known() -> None:
    settings: dict[str, object] = {"approvals": True, "ticket": "[A-Z]+-[0-9]+"}

    evaluation = evaluate(settings, inputs("* @ana\n", approvers=None))

    assert isinstance(evaluation, NotEvaluated)
    assert rules_of(evaluation) == ["ticket-missing"]


@pytest.mark.parametrize(
    "settings",
    [{"approvals": "yes"}, {"ticket": "("}, {"ticket": 3}, {"freeze": "now"}, {"freeze": [3]}],
)
def test_settings_of_no_meaning_are_not_evaluated(settings: dict[str, object]) -> None:
    assert isinstance(evaluate(settings, inputs("* @ana\n", "ana")), NotEvaluated)


def test_the_defaults_ask_for_nothing() -> None:
    assert read_deployment_rules({}) == DeploymentRules()
