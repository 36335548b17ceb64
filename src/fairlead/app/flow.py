"""The way of a change, straight through: read, score, plan, run, decide."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fairlead.app.report import Report
from fairlead.app.wiring import People, all_checks, deployment_inputs, request
from fairlead.changes.automation import comes_from_elsewhere
from fairlead.changes.git import Repository, is_file, is_symlink
from fairlead.changes.model import Change, Range
from fairlead.changes.ranges import everything, resolve
from fairlead.changes.read import read_change
from fairlead.checks.model import Check, CheckResult, Outcome
from fairlead.checks.preparation import Survey, survey
from fairlead.checks.progress import Progress, Silence
from fairlead.checks.runner import run_checks
from fairlead.environments.model import Terms
from fairlead.errors import FairleadError
from fairlead.gate.baseline import FILE as BASELINE
from fairlead.gate.baseline import apply_baseline, read_baseline
from fairlead.gate.decide import decide
from fairlead.gate.plan import PlannedCheck, plan_checks
from fairlead.gate.policy import DEFAULT_POLICY, Policy
from fairlead.gate.policy_check import POLICY_FILES
from fairlead.gate.reading import read_policy
from fairlead.risk.model import History
from fairlead.risk.size import score
from fairlead.store.folder import open_state
from fairlead.store.results import Results
from fairlead.store.scratch import scratch_folder
from fairlead.vulnerabilities.locks.names import is_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller wants gated: which change of which repository, and who stands behind it.

    ``fresh`` leaves aside what earlier runs found. ``everything`` has every check run that can look at
    the change. ``untrusted`` is whether it may come from someone who isn't to run code here; a CI run
    says so itself of a request from a fork. ``cores`` is how many checks may run at once, ``None`` for
    as many as this process has.
    """

    folder: Path
    revisions: str | None = None
    staged: bool = False
    worktree: bool = False
    patch: Path | bytes | None = None
    people: People = field(default_factory=People)
    fresh: bool = False
    everything: bool = False
    untrusted: bool = False
    cores: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A change as far as the plan: everything that is known before a check runs.

    ``compared`` is false where there is no base to compare with: all that is found is new then.
    """

    change: Change
    policy: Policy
    checks: tuple[Check, ...]
    survey: Survey
    plan: tuple[PlannedCheck, ...]
    notes: tuple[str, ...]
    compared: bool = True


def plan_change(asked: Asked, *, environ: Mapping[str, str], policy: Policy | None = None) -> Report:
    """Read a change, score it and plan its checks; run none.

    ``policy`` is planned by instead of the base's, to see what it would do. Raises FairleadError when
    the change or the base's policy can't be read.
    """
    started = time.monotonic()
    with scratch_folder(environ) as scratch:
        repository = Repository.open(asked.folder, scratch=scratch, environ=environ)
        planned = _plan(asked, repository, environ, policy)
    return _report(planned, (), started)


def gate_change(
    asked: Asked,
    *,
    environ: Mapping[str, str],
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """Read a change, score it, plan its checks, run them and decide.

    Raises FairleadError when the change or the base's policy can't be read; KeyboardInterrupt when
    interrupted or when ``stop`` is set. Either way nothing is left running or lying about.
    """
    started = time.monotonic()
    with scratch_folder(environ) as scratch:
        repository = Repository.open(asked.folder, scratch=scratch, environ=environ)
        state = open_state(repository.common_dir, environ)
        planned = _plan(asked, repository, environ)
        kept = Results(None if asked.fresh else state.path)
        try:
            results = run_plan(
                planned,
                asked,
                repository,
                kept,
                scratch,
                environ,
                progress,
                stop,
                state=None if asked.fresh else state.path,
            )
        finally:
            kept.close()
        known, damage = known_findings(repository, planned.change.range)
        notes = tuple(note for note in (state.note, kept.note, damage) if note)
    return _report(planned, apply_baseline(results, known), started, notes)


def gate_whole_tree(
    asked: Asked, *, environ: Mapping[str, str], progress: Progress | None = None
) -> tuple[Path | None, Report]:
    """Gate all files of HEAD as if they were new, under HEAD's own policy.

    Returns the top of the work tree, ``None`` in a bare repository, and the report. Raises as
    ``gate_change`` does.
    """
    started = time.monotonic()
    with scratch_folder(environ) as scratch:
        repository = Repository.open(asked.folder, scratch=scratch, environ=environ)
        whole = everything(repository)
        policy = policy_of(repository, whole.head_tree, "HEAD")
        planned = plan_whole_tree(asked, repository, whole, policy, environ)
        state = open_state(repository.common_dir, environ)
        kept = Results(state.path)
        try:
            results = run_plan(
                planned, asked, repository, kept, scratch, environ, progress, None, state=state.path
            )
        finally:
            kept.close()
    folder = None if repository.bare else repository.folder
    return folder, _report(planned, results, started)


def _plan(
    asked: Asked,
    repository: Repository,
    environ: Mapping[str, str],
    instead: Policy | None = None,
) -> Planned:
    change_range = resolve(
        repository,
        revisions=asked.revisions,
        staged=asked.staged,
        worktree=asked.worktree,
        patch=asked.patch,
        environ=environ,
    )
    policy, notes = (instead, ()) if instead else _policy(repository, change_range)
    return plan_range(asked, repository, change_range, policy, notes, environ)


def plan_range(
    asked: Asked,
    repository: Repository,
    change_range: Range,
    policy: Policy,
    notes: tuple[str, ...],
    environ: Mapping[str, str],
) -> Planned:
    """Read a range and plan its checks under ``policy``, whoever's that is; ``notes`` are handed on."""
    change = read_change(repository, change_range)
    checks = _catalogue(asked, repository, change_range, policy, environ)
    surveyed = survey(checks, change=change, repository=repository)
    plan = plan_checks(
        change,
        checks,
        policy=policy,
        steering=surveyed.touch.phrases,
        everything=asked.everything,
    )
    return Planned(change=change, policy=policy, checks=checks, survey=surveyed, plan=plan, notes=notes)


def plan_whole_tree(
    asked: Asked, repository: Repository, whole: Range, policy: Policy, environ: Mapping[str, str]
) -> Planned:
    """Plan every check that ``policy`` has on all files of a tree, with nothing to compare it with.

    ``whole`` leads from the empty tree to that one. No file of it counts as touched by a change.
    """
    change = read_change(repository, whole)
    checks = _catalogue(asked, repository, whole, policy, environ)
    return Planned(
        change=change,
        policy=policy,
        checks=checks,
        survey=survey(checks, change=replace(change, files=()), repository=repository),
        plan=plan_checks(change, checks, policy=policy),
        notes=(),
        compared=False,
    )


def _catalogue(
    asked: Asked,
    repository: Repository,
    change_range: Range,
    policy: Policy,
    environ: Mapping[str, str],
) -> tuple[Check, ...]:
    inputs = deployment_inputs(
        repository, change_range.base_tree, asked.people, policy=policy, now=datetime.now(UTC)
    )
    return all_checks(
        policy,
        inputs=inputs,
        has_locks=lambda: any(
            is_lock(entry.path) for entry in repository.entries(change_range.head_tree)
        ),
        environ=environ,
    )


def policy_of(repository: Repository, tree: str, side: str) -> Policy:
    """Return the policy that a tree holds, the defaults where it has none; ``side`` names the tree.

    Raises FairleadError when it can't be read.
    """
    return _first_policy(_policy_texts(repository, (tree,))[0], side)


def _policy(repository: Repository, change_range: Range) -> tuple[Policy, tuple[str, ...]]:
    """Return the base's policy, and what there is to say of it.

    A base whose policy can't be read stops every change but the one that mends it.
    """
    base, head = _policy_texts(repository, (change_range.base_tree, change_range.head_tree))
    try:
        policy = _first_policy(base, "the base")
    except FairleadError:
        if head == base:
            raise
        _first_policy(head, "the head")
        return DEFAULT_POLICY, (
            "the base's policy can't be read and this change mends it: the defaults decide on it",
        )
    notes = ()
    if head != base and _sections(head) != _sections(base):
        notes = ("the change alters the policy: it is judged by the base's, and the next one by this",)
    return policy, notes


def _policy_texts(repository: Repository, trees: Iterable[str]) -> list[dict[str, str | None]]:
    """Return the files of each tree that may hold a policy; ``None`` for a link and what is too large.

    A folder of that name is no policy.
    """
    found = [repository.find(tree, POLICY_FILES) for tree in trees]
    files = [entry for entries in found for entry in entries.values() if is_file(entry.mode)]
    contents = repository.blobs(entry.id for entry in files)
    return [
        {
            path: _text(contents.get(entry.id))
            for path, entry in entries.items()
            if is_file(entry.mode) or is_symlink(entry.mode)
        }
        for entries in found
    ]


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "replace")


def _first_policy(texts: Mapping[str, str | None], side: str) -> Policy:
    for file in POLICY_FILES:
        if file in texts:
            text = texts[file]
            if text is None:
                raise FairleadError(
                    f"{file} of {side} is a symbolic link or too large: it is not read",
                    fix=f"make it a file, or put a fairlead.toml beside it: {POLICY_FILES[0]} holds",
                )
            policy = read_policy(text, file=file, source=f"{file} of {side}")
            if policy is not None:
                return policy
    return DEFAULT_POLICY


def _sections(texts: Mapping[str, str | None]) -> object:
    """Return what tells one policy from another, whatever else their files hold."""
    try:
        policy = _first_policy(texts, "either side")
    except FairleadError as error:
        return error.cause
    return policy


def run_plan(
    planned: Planned,
    asked: Asked,
    repository: Repository,
    kept: Results,
    scratch: Path,
    environ: Mapping[str, str],
    progress: Progress | None,
    stop: threading.Event | None,
    *,
    state: Path | None,
) -> tuple[CheckResult, ...]:
    """Run what is planned and return a result for every line of the plan, in its order."""
    by_name = {check.name: check for check in planned.checks}
    requests = [request(by_name[line.check], line, planned.policy) for line in planned.plan if line.run]
    ran = run_checks(
        [replace(one, compared=planned.compared) for one in requests],
        change=planned.change,
        repository=repository,
        survey=planned.survey,
        results=kept,
        scratch=scratch,
        environ=environ,
        fetch_tools=planned.policy.fetch_tools,
        state=state,
        terms=_terms(planned.policy, asked, environ),
        fail_fast=[line.check for line in planned.plan if planned.policy.of(line.check).blocks]
        if planned.policy.fail_fast
        else (),
        cores=asked.cores,
        progress=progress or Silence(),
        stop=stop,
    )
    results = {result.check: result for result in ran}
    return tuple(results.get(line.check) or _skipped(line) for line in planned.plan)


def _terms(policy: Policy, asked: Asked, environ: Mapping[str, str]) -> Terms:
    """Return on which terms the change's code is executed: any doubt of its author counts."""
    return Terms(
        declared=policy.environments,
        create=policy.fetch_environments,
        untrusted=asked.untrusted or policy.untrusted or comes_from_elsewhere(environ),
    )


def _skipped(line: PlannedCheck) -> CheckResult:
    return CheckResult(
        check=line.check,
        outcome=Outcome.SKIPPED,
        seconds=0.0,
        cached=False,
        because=line.because,
    )


def known_findings(repository: Repository, change_range: Range) -> tuple[frozenset[str], str]:
    """Return what the base's baseline holds, and a note when it can't be read: then it holds nothing.

    That is the stricter way, and it lets the change pass that mends the file.
    """
    text = repository.read(change_range.base_tree, BASELINE)
    if text is None:
        return frozenset(), ""
    try:
        return read_baseline(text.decode("utf-8", "replace")), ""
    except FairleadError as error:
        return frozenset(), f"{error.cause}; nothing counts as recorded. {error.fix}"


def _report(
    planned: Planned,
    results: tuple[CheckResult, ...],
    started: float,
    notes: Iterable[str] = (),
) -> Report:
    verdict = decide(results, policy=planned.policy) if results else None
    return Report(
        change=planned.change,
        risk=score(planned.change, History()),
        policy=planned.policy,
        plan=planned.plan,
        results=results,
        verdict=verdict,
        seconds=time.monotonic() - started,
        notes=(*planned.notes, *notes),
    )
