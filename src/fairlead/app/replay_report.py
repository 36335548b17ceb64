"""A replay as one value, and as the JSON that ``replay.schema.json`` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files

from fairlead import __version__
from fairlead.app.report import readable
from fairlead.changes.history import Past
from fairlead.replay.estimate import Group
from fairlead.replay.model import Measured, Missed, Step
from fairlead.replay.tally import Misses, tally_checks, tally_misses

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A change that could not be planned, or not be gated, and why."""

    head: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What a replay learned.

    ``steps`` are the changes that were planned, newest first, of ``asked`` that were to be; ``sample``
    how many of them were to be gated, and ``measured`` those that were, by head; ``reused`` of them are
    an earlier replay's. ``groups`` begin with all changes. ``error`` is the median share by which an
    estimated wait differs from a measured one. ``interrupted`` is what ended it before all was done.
    """

    past: Past
    policy: str
    cores: int
    steps: tuple[Step, ...]
    asked: int
    sample: int
    measured: Mapping[str, Measured]
    reused: int
    unread: tuple[Unread, ...]
    groups: tuple[Group, ...]
    error: float | None
    notes: tuple[str, ...]
    seconds: float
    interrupted: KeyboardInterrupt | None = None


def replay_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of ``replay_json``'s answer, as text."""
    return files("fairlead.app").joinpath("replay.schema.json").read_text("utf-8")


def replay_json(report: ReplayReport) -> dict[str, object]:
    """Return the report as JSON values; changes newest first, the other lists in the report's order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "fairlead": __version__,
        "complete": report.interrupted is None,
        "head": report.past.head.id,
        "asked": report.asked,
        "cut_off": report.past.cut_off,
        "policy": readable(report.policy),
        "cores": report.cores,
        "sample": {
            "asked": report.sample,
            "measured": len(report.measured),
            "reused": report.reused,
            "days": sorted({one.at for one in report.measured.values()}),
        },
        "groups": [asdict(group) for group in report.groups],
        "checks": [asdict(tally) for tally in tally_checks(report.steps, report.measured)],
        "misses": _misses(tally_misses(report.steps, report.measured)),
        "estimate_error": report.error,
        "changes": [_step(step, report.measured.get(step.head)) for step in report.steps],
        "unread": [{"head": one.head, "cause": readable(one.cause)} for one in report.unread],
        "notes": [readable(note) for note in report.notes],
        "seconds": round(report.seconds, 3),
    }


def _misses(misses: Misses) -> Mapping[str, object]:
    return {
        "tried": misses.tried,
        "hits": misses.hits,
        "at_most": misses.at_most,
        "confidence": misses.confidence,
        "found": [{"head": head, **_missed(one)} for head, one in misses.found],
        "unknown": [
            {"check": check, "changes": number, "cause": readable(cause)}
            for check, (number, cause) in misses.unknown.items()
        ],
    }


def _missed(missed: Missed) -> Mapping[str, object]:
    words = asdict(missed)
    return {name: readable(said) if isinstance(said, str) else said for name, said in words.items()}


def _step(step: Step, measured: Measured | None) -> Mapping[str, object]:
    return {
        "base": step.base,
        "head": step.head,
        "title": readable(step.title),
        "kind": str(step.kind),
        "natures": [str(nature) for nature in step.natures],
        "proofs": [str(proof) for proof in step.proofs],
        "size": str(step.size),
        "risk": str(step.band),
        "files": step.files,
        "run": list(step.run),
        "skipped": {check: readable(step.because[check]) for check in step.skipped},
        "measured": None
        if measured is None
        else {
            "at": measured.at,
            "planned": asdict(measured.planned),
            "everything": asdict(measured.everything),
        },
    }
