"""One look of one check at one tree: what is kept from earlier, and a tool for the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fairlead.changes.model import Change, Nature
from fairlead.checks import kept
from fairlead.checks.custom import CustomCheck
from fairlead.checks.execution import cell_of, obstacle
from fairlead.checks.fingerprints import Lines
from fairlead.checks.model import (
    Check,
    Evaluated,
    Evaluation,
    Finding,
    NotEvaluated,
    Scope,
    View,
)
from fairlead.checks.running import Running
from fairlead.checks.shared import Shared
from fairlead.checks.tools import Tool
from fairlead.checks.views import Layout, Trees, difference, sign
from fairlead.environments.brought import bring
from fairlead.environments.choice import Environments
from fairlead.environments.model import Environment, Unavailable
from fairlead.errors import FairleadError
from fairlead.isolation import Cell, refusal
from fairlead.processes import Hear
from fairlead.store.results import Results

DEFAULT_TIMEOUT = 60.0
"""Seconds that a static check's look at one tree may take."""


Settle = Callable[[Sequence[Finding]], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A check that is to run, as the plan and the policy say.

    ``paths`` are the head's files that it is to look at, in scope ``files``; the other scopes have no
    use for them; ``natures`` are those of the files that it looks at. ``settings`` reach the check as
    they are and are part of what results are kept by, as is ``stamp``: it stands for whatever else the
    result depends on, such as the age of a snapshot.
    ``settle`` is given the head's findings once new ones and old ones are told apart, and says what
    becomes of them. ``needs`` names checks that are to end before it begins, where they run at all: it
    uses what they leave in the view's ``shared``. ``timeout`` is in seconds for a look at one tree.
    ``environment`` names the variables of ours that its tool may see. Unless ``compared``, the base
    isn't looked at: all that is found is new.
    """

    check: Check
    paths: tuple[str, ...] = ()
    natures: frozenset[Nature] = frozenset(Nature)
    settings: Mapping[str, object] = field(default_factory=dict)
    stamp: str = ""
    settle: Settle = tuple
    needs: tuple[str, ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    environment: tuple[str, ...] = ()
    compared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a look.

    ``cached`` is true when no tool ran. ``to_keep`` are results to keep once the tree is known to be
    as it was written; ``read`` is the shared tree that was read, ``""`` when none was.
    ``cpu_seconds`` is the processor time of the tool and of our thread. ``disturbance`` says which
    program was ended by somebody else.
    """

    evaluation: Evaluation
    cached: bool
    to_keep: Mapping[str, bytes] = field(default_factory=dict)
    read: str = ""
    cpu_seconds: float = 0.0
    disturbance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """What every look of a run has in common. ``stop`` ends the programs that run."""

    change: Change
    trees: Trees
    results: Results
    stop: threading.Event
    environments: Environments
    shared: Mapping[str, Shared]
    state: Path | None = None
    changed: Callable[[], Lines] = dict

    def kept(
        self,
        request: Request,
        tool: Tool,
        layout: Layout,
        paths: Sequence[str],
        asked: Sequence[Finding] = (),
    ) -> dict[str, tuple[Finding, ...]]:
        """Return the findings that earlier runs left, by path; the whole tree's by ``""``."""
        stamp = self._stamp(request, layout, asked)
        keys = kept.keys(request.check, tool, request.settings, stamp, layout, paths)
        found = self.results.get(keys.values())
        return {path: kept.decode(found[key]) for path, key in keys.items() if key in found}

    def look(
        self,
        request: Request,
        tool: Tool,
        layout: Layout,
        paths: Sequence[str],
        *,
        begin: Callable[[], None],
        hear: Hear,
        alone: bool = False,
        asked: Sequence[Finding] = (),
    ) -> Seen:
        """Evaluate the check on a tree, the tool being given only what nothing is kept of.

        ``begin`` is called before a tool runs, ``hear`` with what one that isn't ours writes. A custom
        check's tree is always a copy of its own, which it may alter. With ``alone`` every check's is,
        and one of ours that alters it is not evaluated.
        ``asked`` are the findings of the head of which the base is asked whether it has them too.
        """
        known = self.kept(request, tool, layout, paths, asked)
        wanted = [path for path in paths if path not in known]
        if "" in known or (request.check.scope is Scope.FILES and not wanted):
            found = known.get("") or tuple(one for path in paths for one in known.get(path, ()))
            return Seen(evaluation=Evaluated(findings=found, evidence="kept from earlier"), cached=True)
        begin()
        try:
            return self._evaluate(
                request, tool, layout, paths, known, hear=hear, alone=alone, asked=asked
            )
        except FairleadError as error:
            return Seen(evaluation=NotEvaluated(cause=error.cause, fix=error.fix), cached=False)

    def _evaluate(
        self,
        request: Request,
        tool: Tool,
        layout: Layout,
        paths: Sequence[str],
        known: Mapping[str, tuple[Finding, ...]],
        *,
        hear: Hear,
        alone: bool,
        asked: Sequence[Finding],
    ) -> Seen:
        check = request.check
        foreign = _is_foreign(check)
        environments, missing = self._environments(check, layout.side)
        hindered = obstacle(self.environments.terms, environments) if foreign else None
        hindered = hindered or (None if environments else missing)
        if hindered:
            return Seen(evaluation=hindered, cached=False)
        shared = not (foreign or alone or check.scope is Scope.CHANGE)
        folder = self._folder(check, layout, environments, shared=shared)
        before = sign(folder) if alone and not foreign else {}
        wanted = tuple(path for path in paths if path not in known)
        view = View(
            folder=folder,
            scratch=self.trees.empty(f"{check.name} scratch"),
            paths=layout.files if check.scope in {Scope.TREE, Scope.PROJECT} else wanted,
            side=layout.side,
            change=self.change,
            tool=tool.use,
            settings=request.settings,
            environments=environments,
            shared=self.shared[layout.name],
            state=self._state(),
            timeout=request.timeout,
            changed=self.changed,
            asked=tuple(asked),
        )
        untrusted = foreign and self.environments.terms.untrusted
        running = Running(
            view,
            timeout=request.timeout,
            allow=() if untrusted else request.environment,
            stop=self.stop,
            foreign=foreign,
            own_home=not isinstance(check, CustomCheck),  # the user's own commands keep theirs
            cell=self._cell(check, view) if foreign else None,
            hear=hear if foreign else None,  # our tools write reports, which nobody reads like that
        )
        began = time.thread_time()
        knows = False
        try:
            evaluation = check.evaluate(view, running)
        except FairleadError as error:
            evaluation, knows = NotEvaluated(cause=error.cause, fix=error.fix), True
        cpu_seconds = time.thread_time() - began + running.cpu_seconds
        knows = knows or (check.scope is Scope.PROJECT and isinstance(evaluation, NotEvaluated))
        if not knows or running.was_greedy:  # else the check knows more of why
            evaluation = running.trouble() or evaluation
        if missing:
            evaluation = replace(missing, findings=evaluation.findings)
        if before and (altered := difference(before, sign(folder))):
            evaluation = _altered(tool, altered)
        read = layout.name if shared else ""
        if isinstance(evaluation, NotEvaluated):
            return Seen(
                evaluation=evaluation,
                cached=False,
                read=read,
                cpu_seconds=cpu_seconds,
                disturbance=running.disturbance,
            )
        stamped = replace(request, stamp=self._stamp(request, layout, asked))
        findings, to_keep = _sorted_out(stamped, tool, layout, paths, wanted, known, evaluation)
        return Seen(
            evaluation=Evaluated(findings=findings, evidence=evaluation.evidence),
            cached=False,
            to_keep={} if running.disturbance else to_keep,
            read=read,
            cpu_seconds=cpu_seconds,
            disturbance=running.disturbance,
        )

    def _folder(
        self, check: Check, layout: Layout, environments: Sequence[Environment], *, shared: bool
    ) -> Path:
        """Return the folder that a check looks at, with what its environments bring along."""
        if check.scope is Scope.CHANGE:
            return self.trees.empty(check.name)
        if shared:
            return self.trees.shared(layout)
        folder = self.trees.own(layout, f"{check.name} {layout.name}")
        for environment in environments:
            if self.environments.work_tree:
                bring(self.environments.work_tree, environment.brought, folder)
        return folder

    def _cell(self, check: Check, view: View) -> Cell | None:
        """Return the cell that a check's programs are isolated in, ``None`` where they are not."""
        own = isinstance(check, CustomCheck)
        if refusal() or (own and not self.environments.terms.untrusted):
            return None
        return cell_of(
            view.environments,
            command=check.command if isinstance(check, CustomCheck) else view.tool.command,
            writable=(view.folder, view.scratch, view.shared.folder),
        )

    def _stamp(self, request: Request, layout: Layout, asked: Sequence[Finding]) -> str:
        """Return what stands for all that a result depends on beside the tree and the tool."""
        if request.check.scope is not Scope.PROJECT:
            return request.stamp
        questions = sorted(f"{one.rule} {one.context}" for one in asked)
        base = self.change.range.base_tree  # which lines have changed depends on it
        return f"{request.stamp} {base} {self.environments.stamp(layout.side)} {questions}"

    def _state(self) -> Path | None:
        """Return where checks may keep files; what an untrusted change made is not kept."""
        return None if self.environments.terms.untrusted else self.state

    def _environments(
        self, check: Check, side: str
    ) -> tuple[tuple[Environment, ...], NotEvaluated | None]:
        """Return the environments that a check can have for a side, and why it can't have others."""
        if check.scope is not Scope.PROJECT:
            return (), None
        found = self.environments.provide(side, self.stop.is_set)
        there = tuple(one for one in found if isinstance(one, Environment))
        gone = [one for one in found if isinstance(one, Unavailable)]
        if not gone:
            return there, None
        return there, NotEvaluated(cause="; ".join(one.cause for one in gone), fix=gone[0].fix)


def _sorted_out(
    request: Request,
    tool: Tool,
    layout: Layout,
    paths: Sequence[str],
    wanted: Sequence[str],
    known: Mapping[str, tuple[Finding, ...]],
    evaluation: Evaluated,
) -> tuple[tuple[Finding, ...], dict[str, bytes]]:
    """Return all findings in the order of the paths, and what is to be kept of the new ones."""
    check = request.check
    if check.scope is Scope.CHANGE:
        return evaluation.findings, {}
    if check.scope in {Scope.TREE, Scope.PROJECT}:
        all_keys = kept.keys(check, tool, request.settings, request.stamp, layout, ())
        return evaluation.findings, {all_keys[""]: kept.encode(evaluation.findings)}
    by_path: dict[str, list[Finding]] = {path: [] for path in wanted}
    for finding in evaluation.findings:
        by_path.setdefault(finding.path, []).append(finding)
    strange = [one for path in by_path if path not in wanted for one in by_path[path]]
    ordered = [one for path in paths for one in (*known.get(path, ()), *by_path.get(path, ()))]
    if strange:  # it can't be told which file's content these depend on
        return (*ordered, *strange), {}
    new = kept.keys(check, tool, request.settings, request.stamp, layout, wanted)
    return tuple(ordered), {key: kept.encode(by_path[path]) for path, key in new.items()}


def _is_foreign(check: Check) -> bool:
    """Whether a check runs what isn't ours: the project's code, or a command of the policy."""
    return check.scope is Scope.PROJECT or isinstance(check, CustomCheck)


def _altered(tool: Tool, paths: Sequence[str]) -> NotEvaluated:
    shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    return NotEvaluated(
        cause=f"{tool.use.name} {tool.use.version} altered the tree that it was to read: {shown}",
        fix=f"turn off what makes {tool.use.name} write (its fix option, its caches), or pin another "
        "version of it",
    )
