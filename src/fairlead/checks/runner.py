"""Running the checks of a plan: side by side, from what is kept where possible, new against old."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fairlead.changes.git import Repository
from fairlead.changes.model import Change
from fairlead.checks.changed import ChangedLines
from fairlead.checks.comparison import base_paths, renames
from fairlead.checks.fingerprints import identify, mark_new, merge
from fairlead.checks.kept import digest
from fairlead.checks.looks import Looker, Request, Seen
from fairlead.checks.model import (
    Check,
    CheckResult,
    Finding,
    NotEvaluated,
    Outcome,
    Scope,
    ToolUse,
)
from fairlead.checks.preparation import Ground, Survey, prepare
from fairlead.checks.progress import InTurn, Progress, Silence
from fairlead.checks.shared import Shared
from fairlead.checks.tools import Tool
from fairlead.checks.views import Layout, Trees
from fairlead.checks.workers import work_off
from fairlead.environments.model import Environment, Terms
from fairlead.isolation import refusal
from fairlead.store.results import Results
from fairlead.store.scratch import memory_folder

_SILENCE = Silence()
_TERMS = Terms()


def run_checks(
    requests: Sequence[Request],
    *,
    change: Change,
    repository: Repository,
    survey: Survey,
    results: Results,
    scratch: Path,
    environ: Mapping[str, str],
    fetch_tools: bool = True,
    terms: Terms = _TERMS,
    state: Path | None = None,
    fail_fast: Collection[str] = (),
    cores: int | None = None,
    progress: Progress = _SILENCE,
    stop: threading.Event | None = None,
) -> tuple[CheckResult, ...]:
    """Run the checks and return their results, in the order of the requests.

    The head is evaluated first; the base only when something was found, for where nothing is, nothing
    can be new. Both come from ``results`` as far as earlier runs left them. Trees are written to
    memory or below ``scratch``, a folder inside no repository, and removed before this returns. At
    most ``cores`` checks run at once (as many as this process may use), those that took longest last
    time first. ``environ`` is ours: of it, tools see only what is allowed. ``terms`` are those on which
    checks of scope ``project`` execute code; ``state`` is a folder in which checks may keep files of
    their own between runs. Once one of the checks in ``fail_fast`` has failed, those that haven't begun
    are skipped.

    Raises KeyboardInterrupt when interrupted or when ``stop`` is set from outside; by then every
    program has been ended and every tree removed. A defect in a check is raised too.
    """
    ended = stop or threading.Event()
    with memory_folder(environ) as memory, Trees(repository, scratch / "trees", memory) as trees:
        ground = prepare(
            requests,
            change=change,
            repository=repository,
            survey=survey,
            results=results,
            environ=environ,
            fetch_tools=fetch_tools,
            terms=terms,
        )
        run = _Run(
            looker=Looker(
                change=change,
                trees=trees,
                results=results,
                stop=ended,
                environments=ground.environments,
                shared={
                    layout.name: Shared(scratch / "shared" / layout.name) for layout in ground.sides.all
                },
                state=state,
                changed=ChangedLines(repository, change),
            ),
            ground=ground,
            told=InTurn(progress),
            fail_fast=fail_fast,
        )
        jobs = [_Job(request=request) for request in requests]
        to_do = [job for job in jobs if not run.answer_from_kept(job)]
        run.work_off(to_do, cores or available_cores())
        run.repeat_what_read_altered_trees(to_do)
        run.keep(to_do)
        return tuple(job.result for job in jobs if job.result)


def available_cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True, kw_only=True)
class _Job:
    """A request on its way to a result.

    ``seen`` are the looks that it took; ``seconds`` those without what fetching a tool took, for that
    says nothing of the next run.
    """

    request: Request
    result: CheckResult | None = None
    seen: tuple[Seen, ...] = ()
    seconds: float = 0.0


class _MustRun(Exception):
    """Nothing kept answers this: a tool has to run."""


class _Run:
    """One run: what all of its jobs share."""

    def __init__(
        self, *, looker: Looker, ground: Ground, told: InTurn, fail_fast: Collection[str]
    ) -> None:
        self._looker, self._ground, self._told = looker, ground, told
        self._fail_fast, self._failed = fail_fast, ""

    def answer_from_kept(self, job: _Job) -> bool:
        """Give the job its result if that takes no tool, and say whether it did."""
        started = time.monotonic()
        request = job.request
        if request.check.scope is Scope.FILES and not request.paths:
            job.result = _skipped(request, "the change has no file that it looks at")
        elif (
            request.check.scope is Scope.PROJECT
            and not self._ground.environments.trees["head"].projects
        ):
            job.result = _skipped(request, "the tree has no Python project")
        elif request.check.scope is Scope.PROJECT and self._ground.environments.to_make("head"):
            return False
        elif request.check.scope is not Scope.CHANGE:
            tool = self._ground.choose(request.check)
            if isinstance(tool, NotEvaluated):
                job.result = _not_evaluated(request, tool, time.monotonic() - started)
            else:
                try:
                    self._evaluate(job, tool, started, begin=_refuse)
                except _MustRun:
                    return False
        if job.result:
            self._told.finished(job.result)
        return job.result is not None

    def work_off(self, jobs: Sequence[_Job], cores: int) -> None:
        """Give every job its result, at most ``cores`` at once."""
        if not jobs:
            return
        expected = self._expected(jobs)
        # What nobody knows the time of may be the longest. The catalogue goes from quick tools to slow
        # ones, so among those its end begins.
        order = sorted(range(len(jobs)), key=lambda at: (-(expected[_name(jobs[at])] or 1e9), -at))
        pending = [jobs[at] for at in order]
        self._told.planned({_name(job): expected[_name(job)] for job in pending})
        by_name = {_name(job): job for job in pending}
        work_off(
            pending,
            self._do,
            threads=cores,
            stop=self._looker.stop,
            waits_for=lambda job: [by_name[name] for name in job.request.needs if name in by_name],
        )

    def repeat_what_read_altered_trees(self, jobs: Sequence[_Job]) -> None:
        """Throw away every result that was read from a tree which a check altered, and look again.

        Each of these checks then has a tree of its own, so that the one that writes shows itself.
        """
        altered = self._looker.trees.altered()
        for job in jobs:
            if any(seen.read in altered for seen in job.seen):
                self._told.started(_name(job), "again: the tree was altered while it was read")
                self._do(job, alone=True)

    def keep(self, jobs: Sequence[_Job]) -> None:
        """Keep what was found and how long it took, for the runs to come."""
        values: dict[str, bytes] = {}
        for job in jobs:
            for seen in job.seen:
                values.update(seen.to_keep)
            if job.result and job.result.outcome in {Outcome.PASSED, Outcome.FAILED}:
                values[_seconds_key(job)] = f"{job.seconds:.3f}".encode()
        self._looker.results.put(values)

    def _expected(self, jobs: Sequence[_Job]) -> dict[str, float | None]:
        keys = {_name(job): _seconds_key(job) for job in jobs}
        known = self._looker.results.get(keys.values())
        return {name: float(known[key]) if key in known else None for name, key in keys.items()}

    def _do(self, job: _Job, *, alone: bool = False) -> None:
        """Give the job its result, with whatever tools that takes."""
        started = time.monotonic()
        name, job.seen = _name(job), ()
        if self._failed:
            why = f"{self._failed} failed, and the policy has the rest skipped then (fail_fast)"
            job.result = _skipped(job.request, why)
            self._told.finished(job.result)
            return
        if job.request.check.scope is Scope.PROJECT:
            sources = self._ground.environments.to_make("head")
            if sources:
                self._told.started(name, f"making an environment from {sources[0]}")
            self._ground.environments.provide("head", self._looker.stop.is_set)
        tool = self._ground.choose(job.request.check)
        if isinstance(tool, Tool) and tool.folder:
            self._told.started(name, f"fetching {tool.use.name} {tool.use.version}")
            tool = self._ground.toolbox.provide(tool, self._looker.stop.is_set)
        if isinstance(tool, NotEvaluated):
            job.result = _not_evaluated(job.request, tool, time.monotonic() - started)
        else:
            ready = time.monotonic()
            self._evaluate(job, tool, started, begin=self._told.started, alone=alone)
            job.seconds = time.monotonic() - ready
        if job.result:
            self._told.finished(job.result)

    def _evaluate(
        self,
        job: _Job,
        tool: Tool,
        started: float,
        *,
        begin: Callable[[str, str], None],
        alone: bool = False,
    ) -> None:
        """Look at the head, at the base when something was found, and compare like with like."""
        request, check = job.request, job.request.check
        touched = check.name in self._ground.touch.phrases and check.scope is not Scope.CHANGE
        uses = self._ground.uses(check, tool, touched=touched)
        notes = self._first_notes(check, tool, touched=touched)
        evidence, failures = "", list[NotEvaluated]()
        seen: list[Seen] = []
        found: tuple[Finding, ...] = ()

        def look(
            layout: Layout,
            use: ToolUse,
            paths: Sequence[str],
            doing: str,
            asked: Sequence[Finding] = (),
        ) -> Seen:
            one = self._looker.look(
                request,
                replace(tool, use=use),
                layout,
                paths,
                begin=lambda: begin(check.name, doing),
                hear=partial(self._told.said, check.name),
                alone=alone,
                asked=asked,
            )
            seen.append(one)
            return one

        for (head, base), use in zip(self._ground.sides.pairs(touched=touched), uses, strict=True):
            # A file that steers a tool may be missing under the other side's steering.
            paths = tuple(path for path in request.paths if path in head.listing)
            looked = look(head, use, paths, f"{use.name} {use.version}").evaluation
            if isinstance(looked, NotEvaluated):
                failures.append(looked)
            else:
                evidence = evidence or looked.evidence
            marked = identify(check.name, looked.findings)
            if marked and request.compared and check.scope is not Scope.CHANGE:
                paths = tuple(
                    path
                    for path in base_paths(request, marked, self._looker.change)
                    if path in base.listing
                )
                doing = f"{use.name} {use.version} on the base"
                before = look(base, use, paths, doing, marked).evaluation
                if isinstance(before, NotEvaluated):
                    notes.append(
                        f"findings count as new where the base could not be evaluated: {before.cause}"
                    )
                known = identify(check.name, before.findings, renames(self._looker.change))
                marked = mark_new(marked, known, self._looker.changed)
            found = merge(found, marked)
        found = request.settle(found)
        if check.name in self._fail_fast and any(one.counts for one in found):
            self._failed = self._failed or check.name
        job.seen = tuple(seen)
        job.result = CheckResult(
            check=check.name,
            outcome=_outcome(found, failures),
            seconds=time.monotonic() - started,
            cached=all(one.cached for one in seen),
            findings=tuple(sorted(found, key=lambda finding: not finding.new)),
            because=failures[0].cause if failures else "",
            fix=failures[0].fix if failures else "",
            tools=uses,
            notes=tuple(dict.fromkeys(notes)),
            evidence=evidence,
            cpu_seconds=sum(one.cpu_seconds for one in seen),
            disturbance="; ".join(one.disturbance for one in seen if one.disturbance),
        )

    def _first_notes(self, check: Check, tool: Tool, *, touched: bool) -> list[str]:
        """Return what is to be said of a result before there is one."""
        notes = [tool.note] if tool.note else []
        if check.scope is Scope.PROJECT:
            if why := refusal():
                notes.append(f"what was executed was not isolated from this machine: {why}")
            there = self._ground.environments.provide("head")
            notes += [note for one in there if isinstance(one, Environment) for note in one.notes]
        if touched:
            phrases = ", ".join(self._ground.touch.phrases[check.name])
            notes.append(
                f"the change alters what steers this check ({phrases}): "
                "judged under the base's configuration and under the change's"
            )
        return notes


def _refuse(check: str, doing: str) -> None:
    raise _MustRun


def _name(job: _Job) -> str:
    return job.request.check.name


def _seconds_key(job: _Job) -> str:
    return digest("seconds", _name(job))


def _outcome(found: Sequence[Finding], failures: Sequence[NotEvaluated]) -> Outcome:
    """Return ``failed`` for a new finding that counts, whatever else is unknown; else that counts."""
    if any(one.counts for one in found):
        return Outcome.FAILED
    return Outcome.NOT_EVALUATED if failures else Outcome.PASSED


def _skipped(request: Request, because: str) -> CheckResult:
    return CheckResult(
        check=request.check.name,
        outcome=Outcome.SKIPPED,
        seconds=0.0,
        cached=False,
        because=because,
    )


def _not_evaluated(request: Request, why: NotEvaluated, seconds: float) -> CheckResult:
    return CheckResult(
        check=request.check.name,
        outcome=Outcome.NOT_EVALUATED,
        seconds=seconds,
        cached=False,
        because=why.cause,
        fix=why.fix,
    )
