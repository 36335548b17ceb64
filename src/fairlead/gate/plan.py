"""The plan: every check of the catalogue, whether it runs, and because of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairlead.changes.model import Change, FileChange, Proof, Size, Status
from fairlead.checks.model import Check, Scope
from fairlead.gate.policy import CheckPolicy, Policy

PROOF_WORDS: Mapping[Proof, tuple[str, str]] = {
    Proof.SAME_SYNTAX_TREE: ("parses to the same tree", "parse to the same trees"),
    Proof.SAME_JSON_TOKENS: ("holds the same JSON tokens", "hold the same JSON tokens"),
    Proof.SAME_YAML_EVENTS: ("holds the same YAML events", "hold the same YAML events"),
    Proof.SAME_TOML_TOKENS: ("holds the same TOML tokens", "hold the same TOML tokens"),
    Proof.MOVED_DOCUMENT: ("is a document that moved", "are documents that moved"),
}
"""What each proof says of a file and of several, as the end of a sentence."""

_SIZES = tuple(Size)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheck:
    """One line of the plan.

    ``files`` are those the check is to look at, in the change's order; empty when it doesn't run.
    ``steered_by`` names what the change touches of the check's configuration, so that it runs under
    the base's and the head's.
    """

    check: str
    run: bool
    because: str
    files: tuple[FileChange, ...] = ()
    steered_by: tuple[str, ...] = ()


def plan_checks(
    change: Change,
    catalogue: Iterable[Check],
    *,
    policy: Policy,
    steering: Mapping[str, tuple[str, ...]] | None = None,
    everything: bool = False,
) -> tuple[PlannedCheck, ...]:
    """Decide, for every check in the catalogue's order, whether it runs and why.

    ``steering`` names, by check, what the change touches of its configuration. A check that is turned
    off never runs; otherwise a touched configuration or a comment that silences it always makes it
    run, and only then do natures, proofs and size speak. A stricter policy never runs less. With
    ``everything`` those three don't speak: what can look at the change and isn't turned off runs.
    """
    touched = steering or {}
    return tuple(
        _plan_one(change, check, policy.of(check.name), touched.get(check.name, ()), everything)
        for check in catalogue
    )


def _plan_one(
    change: Change,
    check: Check,
    policy: CheckPolicy,
    steered_by: tuple[str, ...],
    everything: bool,
) -> PlannedCheck:
    def skip(because: str) -> PlannedCheck:
        return PlannedCheck(check=check.name, run=False, because=because)

    def run(because: str, files: Iterable[FileChange]) -> PlannedCheck:
        return PlannedCheck(
            check=check.name, run=True, because=because, files=tuple(files), steered_by=steered_by
        )

    if not policy.enabled:
        off = f"the policy turns it off (line {policy.line})" if policy.line else "off by default"
        return skip(off)
    if not change.files:
        return skip("the change is empty")
    wanted = [file for file in change.files if check.wants(file)]
    silenced = [found for found in change.suppressions if found.check == check.name]
    if steered_by:
        return run(f"the change touches what steers it: {listed(steered_by)}", wanted)
    if silenced:
        first = silenced[0]
        more = f" and {len(silenced) - 1} more" if len(silenced) > 1 else ""
        verb = "steers" if first.added else "steered"
        return run(f"a comment {verb} it: {first.path}:{first.line}{more}", wanted)
    if not wanted:
        return skip(f"no file of its kind among {describe_natures(change.files)}")
    if everything:
        return run("all checks were asked for", wanted)
    meant = [file for file in wanted if file.nature in policy.on]
    if not meant:
        return skip(f"the policy has it pass over {describe_natures(wanted)}")
    # What was something else in the base, generated for one, may not have been looked at there.
    live = [file for file in meant if not (policy.skip_inert and file.inert and not file.old_nature)]
    if not live:
        return skip(describe_proofs(meant))
    if check.scope is Scope.FILES and all(file.status is Status.DELETED for file in live):
        return skip("the change only deletes files of its kind")
    if _SIZES.index(change.size) < _SIZES.index(policy.from_size):
        return skip(f"the change is {change.size} and the policy has it run from {policy.from_size}")
    return run(describe_natures(live), live)


def describe_natures(files: Sequence[FileChange]) -> str:
    """Return how many files there are of each nature, most first: ``2 source, 1 tests file``."""
    if not files:
        return "no files"
    counts = Counter(str(file.nature) for file in files).most_common()
    words = ", ".join(f"{count} {nature}" for nature, count in counts)
    return f"{words} file" + ("" if len(files) == 1 else "s")


def describe_proofs(files: Sequence[FileChange]) -> str:
    """Return one sentence on why these files, all of them inert, need no look."""
    by_proof: dict[Proof, list[str]] = {}
    for file in files:
        if file.inert:
            by_proof.setdefault(file.inert, []).append(file.path)
    sentences = [
        f"{listed(paths)} {PROOF_WORDS[proof][len(paths) > 1]}" for proof, paths in by_proof.items()
    ]
    return "; ".join(sentences)


def listed(names: Sequence[str], *, most: int = 2) -> str:
    """Return the first few names and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
