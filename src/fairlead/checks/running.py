"""Running the programs of a check: within its limits, isolated or watched, and told how they ended."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from fairlead.checks.model import NotEvaluated, View
from fairlead.checks.workers import Stopped
from fairlead.isolation import MARK, Cell, Watch, end_marked, run_isolated
from fairlead.processes import Completed, Hear, clean_environment, run


class Running:
    """Runs the programs of a check's look in its limits, and remembers how they ended.

    ``timeout`` is in seconds for all of them together; ``allow`` names the variables of ours that they
    may see. With ``own_home``, as in a ``cell``, their home is an empty folder, so that no
    configuration of the user's takes part. What ``foreign`` programs take of this machine is watched,
    and what they leave running is ended; ``hear`` is told what they write.
    """

    def __init__(
        self,
        view: View,
        *,
        timeout: float,
        allow: Iterable[str],
        stop: threading.Event,
        foreign: bool = False,
        own_home: bool = True,
        cell: Cell | None = None,
        hear: Hear | None = None,
    ) -> None:
        self._deadline = time.monotonic() + timeout
        self._timeout, self._stop, self._hear = timeout, stop, hear
        self._ended: list[Completed] = []
        self._watch = Watch(view.scratch) if foreign else None
        self._mark = os.urandom(12).hex() if foreign and not cell else ""
        self._run = partial(run_isolated, cell=cell) if cell else run
        places = _home(view.scratch) if own_home or cell else {}
        self._env = clean_environment(
            {
                **places,
                "GIT_CEILING_DIRECTORIES": str(view.folder.parent),
                "NO_COLOR": "1",
                # Python's caches would be written beside what is read.
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONNOUSERSITE": "1",
                "TMPDIR": "/tmp" if cell else str(view.scratch),  # noqa: S108  # nosec B108 - the cell's own
                **({MARK: self._mark} if self._mark else {}),
            },
            allow=allow,
        )

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        extra_env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Completed:
        """Run a program to its end, as ``Run`` says; raises Stopped when the run is being ended."""
        if self._stop.is_set():
            raise Stopped
        done = self._run(
            argv,
            cwd=cwd,
            env={**self._env, **(extra_env or {})},
            timeout=self._deadline - time.monotonic(),
            stdin=stdin,
            stop=self._is_to_end,
            hear=self._hear,
        )
        if self._mark:
            end_marked(f"{MARK}={self._mark}")
        if self._stop.is_set():
            raise Stopped
        self._ended.append(done)
        return done

    def _is_to_end(self) -> bool:
        return self._stop.is_set() or (self._watch is not None and self._watch())

    @property
    def cpu_seconds(self) -> float:
        """The processor time of all programs so far."""
        return sum(done.cpu_seconds for done in self._ended)

    @property
    def was_greedy(self) -> bool:
        """Whether a program was ended for what it took of the machine."""
        return bool(self._watch and self._watch.why)

    @property
    def disturbance(self) -> str:
        """What somebody else has ended, which says nothing of the change; ``""`` for nothing."""
        disturbed = [(done.argv[0], done.disturbance) for done in self._ended if done.disturbance]
        return "; ".join(f"{Path(name).name} was ended by {which.name}" for name, which in disturbed)

    def trouble(self) -> NotEvaluated | None:
        """Return why nothing can be said, whatever the check thinks: a program was cut short."""
        if self._watch and self._watch.why:
            return NotEvaluated(
                cause=f"what the check ran was ended, for it {self._watch.why}",
                fix="look at what it does with so much, or run the gate where there is more",
            )
        for done in self._ended:
            program = Path(done.argv[0]).name if done.argv else "the program"
            if done.code is None:
                return NotEvaluated(
                    cause=f"{program} could not be started: {done.failure}",
                    fix=f"install {program}, or turn the check off",
                )
            if done.timed_out:
                return NotEvaluated(
                    cause=f"{program} ran longer than {self._timeout:g} s and was ended",
                    fix="give the check more time in the policy, or look at why it takes so long",
                )
            if done.truncated:
                return NotEvaluated(
                    cause=f"{program} wrote more than is read, and was ended",
                    fix=f"run {program} by hand to see what it writes",
                )
            if done.code < 0:
                return NotEvaluated(
                    cause=f"{program} was ended by signal {-done.code}",
                    fix=f"run {program} by hand; if it ends so there too, report it to its makers",
                )
        return None


def _home(scratch: Path) -> dict[str, str]:
    names = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    return dict.fromkeys(names, str(scratch))
