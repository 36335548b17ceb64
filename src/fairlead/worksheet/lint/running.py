"""Runs the rules over a story, and keeps apart what its author has switched off."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.worksheet.lint.model import (
    Finding,
    Rule,
    Silenced,
    Spotted,
    Surroundings,
    Verdict,
    Weight,
)
from fairlead.worksheet.lint.prose import prepare
from fairlead.worksheet.lint.rules import BY_CODE, RULES, SWITCH_OFF
from fairlead.worksheet.model import Story, SwitchedOff


def lint_story(story: Story, around: Surroundings) -> Verdict:
    """Return what the rules say of a story, in the order of its text.

    A rule that the story's front matter switches off with a reason (``lint: {WS309: why}``) is kept
    apart; a switch-off without a reason, or of a code that doesn't exist, is a finding itself.
    """
    telling = prepare(story)
    reasons = {off.code: off.reason for off in story.switched_off if off.reason and off.code in BY_CODE}
    findings: list[Finding] = list(_switch_offs(story))
    silenced: list[Silenced] = []
    for rule in RULES:
        for spot in rule.look(telling, around):
            finding = _finding(story, rule, spot)
            if rule.code in reasons:
                silenced.append(Silenced(finding=finding, reason=reasons[rule.code]))
            else:
                findings.append(finding)
    findings.sort(key=lambda one: (one.line, one.column, one.code))
    return Verdict(story=story, findings=tuple(findings), silenced=tuple(silenced))


def _switch_offs(story: Story) -> Iterator[Finding]:
    for off in story.switched_off:
        if off.code not in BY_CODE:
            what = f"lint switches off {off.code}, and there is no such rule"
            how = "fairlead worksheet explain lists the codes"
        elif not off.reason:
            what = f"lint switches off {off.code} without a reason, so it stays on"
            how = f"write the reason: `{off.code}: why it is right here`"
        else:
            continue
        yield _switch_off_finding(story, off, what, how)


def _switch_off_finding(story: Story, off: SwitchedOff, what: str, how: str) -> Finding:
    lines = story.raw.decode("utf-8", "replace").splitlines()
    line = next((at for at, text in enumerate(lines, 1) if off.code.casefold() in text.casefold()), 1)
    return Finding(
        code=SWITCH_OFF,
        name="switch-off",
        weight=Weight.WARNING,
        story=story.id,
        path=story.path,
        section="",
        line=line,
        column=1,
        end_line=line,
        end_column=1,
        excerpt=off.code,
        what=what,
        why="a rule that is off for no reason is forgotten",
        how=how,
    )


def _finding(story: Story, rule: Rule, spot: Spotted) -> Finding:
    text = spot.passage.text if spot.passage else ""
    first = spot.passage.line if spot.passage else min((one.line for one in story.sections), default=1)
    line, column = _place(text, spot.start, first)
    end_line, end_column = _place(text, spot.end, first)
    return Finding(
        code=rule.code,
        name=rule.name,
        weight=rule.weight,
        story=story.id,
        path=story.path,
        section=spot.passage.name if spot.passage else "",
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        excerpt=" ".join(text[spot.start : spot.end].split()),
        what=spot.what,
        why=rule.why,
        how=spot.how or rule.how,
    )


def _place(text: str, offset: int, first: int) -> tuple[int, int]:
    before = text[:offset]
    return first + before.count("\n"), offset - before.rfind("\n")
