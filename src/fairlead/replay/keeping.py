"""Measured changes as they are kept between replays, and what they are kept by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from fairlead import __version__
from fairlead.checks.kept import code_digest, digest
from fairlead.gate.policy import Policy
from fairlead.replay.model import Gating, Measured, Missed, Step, Timing


def key(step: Step, policy: Policy, *, cores: int, ground: str) -> str:
    """Return what a measured change is kept by: the change, the policy, our code, the cores.

    ``ground`` stands for the machine and its Python. Comments, the order of a policy's keys and where
    it was read from take no part.
    """
    checks = {name: replace(said, line=0) for name, said in policy.checks.items()}
    words = asdict(replace(policy, source="", checks=checks))
    return digest(
        "replay",
        __version__,
        code_digest(),
        json.dumps(words, sort_keys=True, default=_plain),
        step.base,
        step.head,
        *step.run,
        str(cores),
        ground,
    )


def encode(measured: Measured) -> bytes:
    """Return a measured change as it is kept."""
    return json.dumps(asdict(measured)).encode("ascii")


def decode(kept: bytes) -> Measured | None:
    """Return the measured change that ``encode`` wrote, ``None`` for anything else."""
    try:
        document = json.loads(kept)
        return Measured(
            head=document["head"],
            planned=_gating(**document["planned"]),
            everything=_gating(**document["everything"]),
            missed=tuple(Missed(**one) for one in document["missed"]),
            open=document["open"],
            at=document["at"],
        )
    except (ValueError, KeyError, TypeError):
        return None


def _gating(checks: Mapping[str, Any], seconds: float, cpu_seconds: float) -> Gating:
    return Gating(
        checks={name: Timing(**timing) for name, timing in checks.items()},
        seconds=seconds,
        cpu_seconds=cpu_seconds,
    )


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, (set, frozenset)) else repr(value)
