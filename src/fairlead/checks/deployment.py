"""The check of what must be in place before a change goes out: approvals, no freeze, a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fairlead.changes.model import Change, FileChange
from fairlead.checks.codeowners import OwnerRule, read_owners
from fairlead.checks.freezes import Freeze, WeeklyFreeze, read_freeze
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    NotEvaluated,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.errors import FairleadError

_TRAILER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\s*:\s*(?P<value>\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRules:
    """What the policy asks for; each is off until it is set. ``ticket`` is a regular expression."""

    approvals: bool = False
    ticket: str = ""
    freezes: tuple[Freeze | WeeklyFreeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentInputs:
    """What is known beside the change: the clock, the people, and the base's CODEOWNERS.

    ``approvers`` are names (with or without ``@``), mail addresses or teams; ``None`` when nobody said
    who approved, which is not the same as nobody. ``author`` holds every known name of the author.
    ``members`` are the people of a team, by its name such as ``@org/team``. ``owners`` is the text of
    the base's CODEOWNERS, ``None`` when the base has none, and ``owners_path`` where it stands.
    ``title`` is the change request's, ``""`` for the head commit's subject.
    """

    now: datetime
    approvers: tuple[str, ...] | None = None
    author: tuple[str, ...] = ()
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: str | None = None
    owners_path: str = "CODEOWNERS"
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentCheck:
    """Asks what the policy asks for; it knows that it evaluated since each answer is computed here."""

    inputs: DeploymentInputs
    name: str = "deployment"
    title: str = "approvals, freeze windows, tickets"
    tool: str = ""
    scope: Scope = Scope.CHANGE
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        """Want every file: any of them may have an owner, and a freeze holds for all."""
        return True

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Judge the change by the policy's settings; findings come in the order of the settings."""
        try:
            return judge(view.change, read_deployment_rules(view.settings), self.inputs)
        except FairleadError as error:
            return NotEvaluated(cause=error.cause, fix=error.fix)


def read_deployment_rules(settings: Mapping[str, object]) -> DeploymentRules:
    """Return the rules that a policy's settings hold; raises FairleadError for an odd value."""
    approvals, ticket = settings.get("approvals", False), settings.get("ticket", "")
    freezes = settings.get("freeze", ())
    if not isinstance(approvals, bool):
        raise FairleadError(f"approvals is {approvals!r}", fix="set it to true or false")
    if not isinstance(ticket, str):
        raise FairleadError(f"ticket is {ticket!r}", fix="set it to a regular expression")
    try:
        re.compile(ticket)
    except re.error as error:
        raise FairleadError(f"ticket is not a regular expression: {error}", fix="correct it") from error
    if not isinstance(freezes, list | tuple):
        raise FairleadError("freeze is no list", fix="write [[checks.deployment.freeze]]")
    return DeploymentRules(
        approvals=approvals, ticket=ticket, freezes=tuple(read_freeze(each) for each in freezes)
    )


def judge(change: Change, rules: DeploymentRules, inputs: DeploymentInputs) -> Evaluation:
    """Say what of the asked is missing; ``NotEvaluated`` when one of the answers cannot be known.

    What was found beside that is kept in it. A freeze window's end no longer belongs to it.
    """
    findings: list[Finding] = []
    unknown: list[NotEvaluated] = []
    said: list[str] = []
    for asked, look in (
        (rules.approvals, _approvals),
        (rules.ticket, _ticket),
        (rules.freezes, _freezes),
    ):
        if asked:
            answer = look(change, rules, inputs)
            findings += answer.findings
            if isinstance(answer, NotEvaluated):
                unknown.append(answer)
            else:
                said.append(answer.evidence)
    if unknown:
        return NotEvaluated(
            cause="; ".join(answer.cause for answer in unknown),
            fix="; ".join(answer.fix for answer in unknown),
            findings=tuple(findings),
        )
    evidence = "; ".join(said) or "the policy asks for no approval, no ticket and no freeze window"
    return Evaluated(findings=tuple(findings), evidence=evidence)


def _approvals(change: Change, rules: DeploymentRules, inputs: DeploymentInputs) -> Evaluation:
    if inputs.owners is None:
        return NotEvaluated(
            cause="approval by owners is required, and the base has no CODEOWNERS",
            fix="add CODEOWNERS to the base, or set approvals = false in [checks.deployment]",
        )
    owners = read_owners(inputs.owners)
    owned: dict[OwnerRule, list[str]] = {}
    for path in _paths(change):
        for rule in owners.of(path):
            if rule.section.needed:
                owned.setdefault(rule, []).append(path)
    skipped = f", {len(owners.skipped)} lines of it skipped as no rule" if owners.skipped else ""
    evidence = f"{len(owned)} rules of the base's {inputs.owners_path} own files of the change{skipped}"
    if not owned:
        return Evaluated(findings=(), evidence=evidence)
    if inputs.approvers is None:
        needed = _listed(dict.fromkeys(owner for rule in owned for owner in rule.owners))
        return NotEvaluated(
            cause=f"approval by owners is required ({needed}), and nobody said who approved",
            fix="fairlead check --approved-by NAME  for each who did, or --approved-by '' for nobody",
        )
    findings = []
    unknown: list[str] = []
    for rule, paths in owned.items():
        counted = _counted(rule, inputs)
        if len(counted) >= rule.section.needed:
            continue
        known = _people(inputs.members)
        teams = [owner for owner in rule.owners if "/" in owner and _person(owner) not in known]
        if teams and _people(inputs.approvers) - _people(inputs.author):
            unknown += teams
        else:
            findings.append(_missing_approval(rule, paths, inputs))
    if unknown:
        teams = _listed(dict.fromkeys(unknown))
        return NotEvaluated(
            cause=f"who belongs to {teams} is not known, so an approval may or may not count",
            fix="name the team itself where one of its members approved: --approved-by @ORG/TEAM",
            findings=tuple(findings),
        )
    return Evaluated(findings=tuple(findings), evidence=evidence)


def _counted(rule: OwnerRule, inputs: DeploymentInputs) -> set[str]:
    """Return the approvals that count for a rule: by its owners, or by members of its teams.

    The author's own never counts, under whatever name.
    """
    approved = _people(inputs.approvers or ()) - _people(inputs.author)
    entitled = _people(rule.owners)
    for team, people in inputs.members.items():
        if _person(team) in entitled:
            entitled |= _people(people)
    return approved & entitled


def _missing_approval(rule: OwnerRule, paths: Sequence[str], inputs: DeploymentInputs) -> Finding:
    needed = rule.section.needed
    others = [owner for owner in rule.owners if _person(owner) not in _people(inputs.author)]
    part = f" (section {rule.section.name})" if rule.section.name else ""
    whom = f"{'one' if needed == 1 else needed} of {_listed(rule.owners)}"
    if others:
        fix = f"ask for a review: {_listed(others)}"
    else:
        fix = f"nobody but the author owns it: add another owner in line {rule.line} of the base's "
        fix += inputs.owners_path
    return Finding(
        rule="approval-missing",
        severity=Severity.ERROR,
        path=paths[0],
        line=0,
        what=f"{_listed(paths)} needs approval by {whom}{part}; {_who_approved(inputs)}",
        why=f"line {rule.line} of the base's {inputs.owners_path} names who answers for it",
        fix=fix,
        context=" ".join((rule.section.name, *rule.owners)).strip(),
    )


def _who_approved(inputs: DeploymentInputs) -> str:
    approvers = inputs.approvers or ()
    if _people(approvers) & _people(inputs.author):
        return f"approved by {_listed(approvers)}, and the author's own approval does not count"
    return f"approved by {_listed(approvers)}" if _people(approvers) else "approved by nobody"


def _ticket(change: Change, rules: DeploymentRules, inputs: DeploymentInputs) -> Evaluation:
    title = inputs.title or change.range.title
    if not title and not change.range.message.strip():
        return NotEvaluated(
            cause="a ticket is required, and the change has neither title nor message yet",
            fix="commit it, or give the title: fairlead check --title TEXT",
        )
    trailers = trailer_values(change.range.message)
    if any(re.search(rules.ticket, text) for text in (title, *trailers)):
        return Evaluated(findings=(), evidence="the ticket stands in the title or a trailer")
    finding = Finding(
        rule="ticket-missing",
        severity=Severity.ERROR,
        path="",
        line=0,
        what=f"neither the title ({title[:80]!r}) nor a trailer names a ticket like {rules.ticket}",
        why="whoever is called at night finds the reason for a change by its ticket",
        fix="git commit --amend --trailer 'Ticket: …', or name the ticket in the title",
        context="ticket",
    )
    return Evaluated(findings=(finding,), evidence="looked in the title and the trailers")


def trailer_values(message: str) -> tuple[str, ...]:
    """Return the values of a commit message's trailers: ``Key: value`` lines of its last paragraph.

    The first paragraph is the title and holds none (git-interpret-trailers).
    """
    _, *others = re.split(r"\n\s*\n", message.strip())
    if not others:
        return ()
    found = (_TRAILER.fullmatch(line.strip()) for line in others[-1].splitlines())
    return tuple(trailer["value"] for trailer in found if trailer)


def _freezes(change: Change, rules: DeploymentRules, inputs: DeploymentInputs) -> Evaluation:
    if inputs.now.tzinfo is None:
        raise FairleadError("the clock has no time zone", fix="give the time with one")
    findings = [
        Finding(
            rule="freeze",
            severity=Severity.ERROR,
            path="",
            line=0,
            what=f"nothing goes out now: {freeze.reason}",
            why=f"the policy has a freeze window until {end:%Y-%m-%d %H:%M %Z}",
            fix=f"run it after {end.isoformat(timespec='minutes')}, or have an exception approved",
            context=freeze.reason,
        )
        for freeze in rules.freezes
        if (end := freeze.ending(inputs.now)) is not None
    ]
    looked = (
        f"looked at {len(rules.freezes)} freeze windows at {inputs.now.isoformat(timespec='minutes')}"
    )
    return Evaluated(findings=tuple(findings), evidence=looked)


def _paths(change: Change) -> Iterable[str]:
    """Yield every path that the change touches; a move needs the owners of both its ends."""
    for file in change.files:
        yield file.path
        if file.old_path is not None and file.old_path != file.path:
            yield file.old_path


def _people(names: Iterable[str]) -> set[str]:
    return {_person(name) for name in names if name.strip()}


def _person(name: str) -> str:
    """Return a name for comparing: code hosts ignore case, and people leave the ``@`` away."""
    return name.strip().removeprefix("@").casefold()


def _listed(names: Iterable[str], most: int = 3) -> str:
    every = [name for name in names if name.strip()]
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest
