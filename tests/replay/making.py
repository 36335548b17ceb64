"""Small replays: steps and measured changes with everything that a test doesn't speak of left plain."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.changes.model import Nature, Size
from fairlead.replay.model import Gating, Kind, Measured, Missed, Step, Timing
from fairlead.risk.model import Band

CHECKS = ("lint", "types", "tests")


def step(head: str, *run: str, kind: Kind = Kind.SOURCE, size: Size = Size.S) -> Step:
    skipped = tuple(name for name in CHECKS if name not in run)
    return Step(
        base="0" * 40,
        head=head,
        title="a change",
        kind=kind,
        natures=(Nature.SOURCE,),
        proofs=(),
        size=size,
        band=Band.LOW,
        files=1,
        run=run,
        skipped=skipped,
        because=dict.fromkeys(skipped, "no file of its kind"),
    )


def gating(seconds: Mapping[str, float], beside: float = 0.0, cores: int = 2) -> Gating:
    from fairlead.replay.estimate import critical_path

    return Gating(
        checks={
            name: Timing(seconds=each, cpu_seconds=each, outcome="passed")
            for name, each in seconds.items()
        },
        seconds=beside + critical_path(seconds.values(), cores),
        cpu_seconds=beside + sum(seconds.values()),
    )


def measured(
    head: str,
    planned: Gating,
    everything: Gating,
    *missed: Missed,
    open: Mapping[str, str] | None = None,
) -> Measured:
    return Measured(
        head=head,
        planned=planned,
        everything=everything,
        missed=missed,
        open=open or {},
        at="2026-03-01",
    )


def miss(check: str = "tests") -> Missed:
    return Missed(
        check=check, rule="R1", path="a.py", line=1, what="something", because="it is only a comment"
    )
