"""A replay: the changes that a repository has had, planned anew, and a sample of them really gated."""

from __future__ import annotations

import platform
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fairlead.app.flow import (
    Asked,
    Planned,
    known_findings,
    plan_range,
    plan_whole_tree,
    policy_of,
    run_plan,
)
from fairlead.app.replay_report import ReplayReport, Unread
from fairlead.changes.commits import find_commits
from fairlead.changes.diff import changed_lines
from fairlead.changes.git import Repository
from fairlead.changes.history import Past, Wanted, past_changes
from fairlead.changes.model import Range
from fairlead.changes.ranges import between
from fairlead.checks.fingerprints import identify, mark_new
from fairlead.checks.model import CheckResult, Finding, Outcome
from fairlead.checks.progress import Progress, Silence
from fairlead.checks.runner import available_cores
from fairlead.errors import FairleadError
from fairlead.gate.policy import Policy, amend
from fairlead.gate.reading import read_policy
from fairlead.replay import keeping
from fairlead.replay.estimate import estimate, model_error
from fairlead.replay.model import Gating, Measured, Missed, Step, Timing, kind_of
from fairlead.replay.sample import choose
from fairlead.risk.model import History
from fairlead.risk.size import score
from fairlead.store.folder import open_state
from fairlead.store.results import Results
from fairlead.store.scratch import remove, scratch_folder

_OF_THE_MOMENT = ("deployment",)
"""Checks that ask for approvals and the clock, which nobody knows of a change long past."""

Tell = Callable[[str, int, int], None]
"""Hears what is being done: a phrase, how many steps of it are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayAsked:
    """What the caller wants replayed.

    ``policy`` is a file to plan by in place of what the head of history has. ``sample`` is how many
    changes are gated; 0 measures nothing. ``fresh`` measures again what an earlier replay measured.
    """

    folder: Path
    wanted: Wanted = field(default_factory=Wanted)
    policy: Path | None = None
    sample: int = 12
    fresh: bool = False
    cores: int | None = None


def replay(asked: ReplayAsked, *, environ: Mapping[str, str], tell: Tell) -> ReplayReport:
    """Plan the changes of the past, gate a sample of them, and say what planning saves and misses.

    An interruption ends it, and what was learned until then is returned. Raises FairleadError when
    there is nothing to replay or the policy can't be read.
    """
    started = time.monotonic()
    with scratch_folder(environ) as scratch:
        repository = Repository.open(asked.folder, scratch=scratch, environ=environ)
        past = past_changes(repository, asked.wanted)
        policy, notes = _policy(asked, repository, past)
        state = open_state(repository.common_dir, environ)
        run = _Replay(
            asked=Asked(folder=asked.folder, cores=asked.cores),
            repository=repository,
            policy=policy,
            environ=environ,
            scratch=scratch,
            cores=asked.cores or available_cores(),
            tell=tell,
        )
        kept = Results(state.path)
        interrupted = None
        try:
            run.plan(past.ranges)
            run.measure(asked.sample, kept, fresh=asked.fresh)
        except KeyboardInterrupt as interrupt:
            interrupted = interrupt
        finally:
            kept.close()
    if not run.steps and not interrupted:
        raise FairleadError(
            f"none of {len(past.ranges)} changes could be read: {run.unread[0].cause}",
            fix="fairlead plan COMMIT says what is wrong with one of them",
        )
    return ReplayReport(
        past=past,
        policy=policy.source,
        cores=run.cores,
        steps=tuple(run.steps),
        asked=len(past.ranges),
        sample=min(asked.sample, len(run.steps)),
        measured=run.measured,
        reused=run.reused,
        unread=tuple(run.unread),
        groups=estimate(run.steps, run.measured, cores=run.cores) if run.steps else (),
        error=model_error(run.steps, run.measured, cores=run.cores),
        notes=tuple(note for note in (*notes, state.note, kept.note) if note),
        seconds=time.monotonic() - started,
        interrupted=interrupted,
    )


def _policy(asked: ReplayAsked, repository: Repository, past: Past) -> tuple[Policy, tuple[str, ...]]:
    """Return the policy to plan by, without what can't be replayed, and what that leaves to say."""
    policy = (
        _policy_of_file(asked.policy)
        if asked.policy
        else policy_of(repository, past.head.tree, f"{past.head.id[:10]}")
    )
    notes = []
    for name in _OF_THE_MOMENT:
        if policy.of(name).enabled:
            policy = amend(policy, name, enabled=False)
            notes.append(f"{name} isn't replayed: it asks for approvals and the clock of that day")
    wanted = asked.wanted.last
    if past.cut_off and len(past.ranges) < wanted:
        notes.append(
            f"of {wanted} changes {len(past.ranges)} are here: history is cut off before "
            f"{past.ranges[-1].label}; git fetch --unshallow brings the rest"
        )
    return policy, tuple(notes)


def _policy_of_file(path: Path) -> Policy:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise FairleadError(
            f"the policy {path} can't be read: {reason}", fix="name a fairlead.toml: --policy FILE"
        ) from error
    policy = read_policy(text, file=path.name, source=str(path))
    if policy is None:
        raise FairleadError(
            f"{path} has no [tool.fairlead] and so no policy", fix="name a fairlead.toml: --policy FILE"
        )
    return policy


@dataclass(slots=True, kw_only=True)
class _Replay:
    """A replay as it goes on, and what it has learned so far."""

    asked: Asked
    repository: Repository
    policy: Policy
    environ: Mapping[str, str]
    scratch: Path
    cores: int
    tell: Tell
    steps: list[Step] = field(default_factory=list)
    ranges: dict[str, Range] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    measured: dict[str, Measured] = field(default_factory=dict)
    reused: int = 0

    def plan(self, ranges: Sequence[Range]) -> None:
        """Plan every change; one that can't be read is kept apart."""
        for done, change_range in enumerate(ranges):
            self.tell("reading changes", done, len(ranges))
            head = change_range.head or ""
            try:
                planned = plan_range(
                    self.asked, self.repository, change_range, self.policy, (), self.environ
                )
            except FairleadError as error:
                self.unread.append(Unread(head=head, cause=error.cause))
                continue
            self.steps.append(_step(planned))
            self.ranges[head] = change_range

    def measure(self, size: int, kept: Results, *, fresh: bool) -> None:
        """Gate a sample, but for those that an earlier replay has gated; each is kept at once."""
        ground = f"{platform.node()} {platform.machine()} {platform.python_version()}"
        keys = {
            step.head: keeping.key(step, self.policy, cores=self.cores, ground=ground)
            for step in choose(self.steps, size)
        }
        known = {} if fresh else kept.get(keys.values())
        for head, key in keys.items():
            if one := keeping.decode(known.get(key, b"")):
                self.measured[head] = one
        self.reused = len(self.measured)
        todo = [step for step in self.steps if step.head in keys and step.head not in self.measured]
        for done, step in enumerate(todo):
            try:
                one = self._gate(step, lambda what, at=done: self.tell(what, at, len(todo)))
            except FairleadError as error:
                self.unread.append(Unread(head=step.head, cause=error.cause))
                continue
            self.measured[step.head] = one
            kept.put({keys[step.head]: keeping.encode(one)})

    def _gate(self, step: Step, say: Callable[[str], None]) -> Measured:
        """Gate the base's tree, the change as planned with that known, and the head's tree anew.

        The first is what earlier gatings would have left, and tells what is old in the third.
        """
        name, change_range = step.head[:10], self.ranges[step.head]
        folder = self.scratch / "state"
        folder.mkdir()
        warm = Results(folder)
        try:
            say(f"{name}: the base")
            base, _ = self._whole(step.base, warm, folder, _Saying(say, f"{name}: the base"))
            say(f"{name}: as planned")
            began, used = time.monotonic(), _processor_time()
            planned = plan_range(
                self.asked, self.repository, change_range, self.policy, (), self.environ
            )
            results = self._run(planned, warm, folder, _Saying(say, f"{name}: as planned"))
            narrow = Gating(
                checks=_timings(results),
                seconds=time.monotonic() - began,
                cpu_seconds=_processor_time() - used,
            )
        finally:
            warm.close()
            remove(folder)
        say(f"{name}: everything")
        head, seconds = self._whole(step.head, Results(None), None, _Saying(say, f"{name}: everything"))
        timings = _timings(head)
        missed, unknown = self._missed(step, planned, results, head, base)
        return Measured(
            head=step.head,
            planned=narrow,
            everything=Gating(
                checks=timings,
                seconds=seconds,
                cpu_seconds=sum(timing.cpu_seconds for timing in timings.values()),
            ),
            missed=missed,
            open=unknown,
            at=datetime.now(UTC).date().isoformat(),
        )

    def _whole(
        self, commit: str, results: Results, state: Path | None, progress: Progress
    ) -> tuple[tuple[CheckResult, ...], float]:
        """Gate all files of a commit; return the results and how long the checks took together."""
        found = find_commits(self.repository, [commit])[commit]
        whole = between(self.repository, None, found, f"all files of {commit[:10]}")
        planned = plan_whole_tree(self.asked, self.repository, whole, self.policy, self.environ)
        began = time.monotonic()
        ran = self._run(planned, results, state, progress)
        return ran, time.monotonic() - began

    def _run(
        self, planned: Planned, results: Results, state: Path | None, progress: Progress
    ) -> tuple[CheckResult, ...]:
        """Run what is planned in a folder of its own, so that no gating finds what another left."""
        folder = self.scratch / "run"
        folder.mkdir()
        try:
            return run_plan(
                planned,
                self.asked,
                self.repository,
                results,
                folder,
                self.environ,
                progress,
                None,
                state=state,
            )
        finally:
            remove(folder)

    def _missed(
        self,
        step: Step,
        planned: Planned,
        results: Sequence[CheckResult],
        head: Sequence[CheckResult],
        base: Sequence[CheckResult],
    ) -> tuple[tuple[Missed, ...], dict[str, str]]:
        """Return what is new in the head's tree and not in the results, and what can't be told."""
        change = planned.change
        said = {result.check: result for result in results}
        before = {result.check: result for result in base}
        renames = {file.old_path: file.path for file in change.files if file.old_path is not None}
        known, _ = known_findings(self.repository, change.range)
        missed: list[Missed] = []
        unknown: dict[str, str] = {}
        for result in head:
            name = result.check
            old = before[name]
            if Outcome.NOT_EVALUATED in {result.outcome, old.outcome}:
                side = result if result.outcome is Outcome.NOT_EVALUATED else old
                unknown[name] = side.because
                continue
            found = mark_new(
                identify(name, result.findings),
                identify(name, old.findings, renames),
                lambda: changed_lines(self.repository, change.range, change.files),
            )
            seen = {one.fingerprint for one in said[name].findings} | known
            if said[name].outcome is not Outcome.NOT_EVALUATED:
                because = step.because.get(name, "it ran, and did not look there")
                missed += [
                    _miss(name, one, because)
                    for one in found
                    if one.counts and one.fingerprint not in seen
                ]
        return tuple(missed), unknown


class _Saying:
    """A progress that says what is being waited for, after a phrase of its own."""

    def __init__(self, say: Callable[[str], None], phrase: str) -> None:
        self._say, self._phrase = say, phrase

    planned = Silence.planned
    said = Silence.said

    def started(self, check: str, doing: str) -> None:
        """Say that a check begins on something."""
        self._say(f"{self._phrase}, {check} ({doing})")

    def finished(self, result: CheckResult) -> None:
        """Say nothing: the next to start tells enough."""


def _step(planned: Planned) -> Step:
    change = planned.change
    enabled = [line for line in planned.plan if planned.policy.of(line.check).enabled]
    return Step(
        base=change.range.base or "",
        head=change.range.head or "",
        title=change.range.title,
        kind=kind_of(change),
        natures=change.natures,
        proofs=tuple(sorted({file.inert for file in change.files if file.inert})),
        size=change.size,
        band=score(change, History()).band,
        files=len(change.files),
        run=tuple(line.check for line in enabled if line.run),
        skipped=tuple(line.check for line in enabled if not line.run),
        because={line.check: line.because for line in enabled if not line.run},
    )


def _timings(results: Sequence[CheckResult]) -> dict[str, Timing]:
    return {
        result.check: Timing(
            seconds=result.seconds, cpu_seconds=result.cpu_seconds, outcome=str(result.outcome)
        )
        for result in results
        if result.outcome is not Outcome.SKIPPED
    }


def _miss(check: str, finding: Finding, because: str) -> Missed:
    return Missed(
        check=check,
        rule=finding.rule,
        path=finding.path,
        line=finding.line,
        what=finding.what,
        because=because,
    )


def _processor_time() -> float:
    """Return the processor time of this process and of all programs that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
