"""What planning saves and misses over the changes that repositories have had.

    python benchmarks/gate/replays.py --last 300 --sample 10 flask=/path/to/flask other=/path/to/other

`fairlead replay` in a clone of each repository (sharing objects), with the environment that its lock
names and nothing measured before. Printed are Markdown tables: by kind of change and by risk, each
check's times, and what the planned checks missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ground import FAIRLEAD, clone_of, machine


def main() -> None:
    """Replay every repository that is named and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--last", type=int, default=300, metavar="N", help="how many changes (300)")
    parser.add_argument("--sample", type=int, default=10, metavar="K", help="how many are gated (10)")
    parser.add_argument("--install", default="", help="for `uv pip install` where there is no uv.lock")
    arguments = parser.parse_args()
    replayed: dict[str, Mapping[str, Any]] = {}
    for named in arguments.repositories:
        name, _, path = named.partition("=")
        with clone_of(path, arguments.install) as clone:
            replayed[name] = replay(clone, arguments.last, arguments.sample)
    print(f"{machine()}, fairlead replay --last {arguments.last} --sample {arguments.sample}\n")
    for lines in (groups(replayed), checks(replayed), misses(replayed)):
        print("\n".join(lines), end="\n\n")


def replay(clone: Path, last: int, sample: int) -> Mapping[str, Any]:
    """Return what a replay says, as JSON values; its progress goes to standard error."""
    words = [*FAIRLEAD, "replay", "--last", f"{last}", "--sample", f"{sample}", "--format", "json"]
    done = subprocess.run(words, cwd=clone, env=os.environ, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}")
    return json.loads(done.stdout)


def groups(replayed: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """Yield the table of savings; ``~`` marks what is partly estimated."""
    yield (
        "| repository | changes | share | gated | checks skipped | wait: all → planned s | less (95 %) "
        "| by skipping alone | CPU: all → planned s | less |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for name, document in replayed.items():
        for group in document["groups"]:
            delay, cpu = group["delay"], group["cpu"]
            if group["by"] in {"nature", "proof", "size"} or delay is None:
                continue
            of = group["name"] + (" risk" if group["by"] == "risk" else "")
            mark = "" if group["sampled"] == group["changes"] else "~"
            skipped = f"{group['skipped']:.1f} of {group['enabled']}"
            cells = [
                name,
                f"**{of}**" if group["by"] in {"all", "low risk"} else of,
                f"{group['changes']} ({100 * group['share']:.0f} %)",
                f"{group['sampled']}",
                skipped,
                f"{mark}{delay['everything']:.2f} → {delay['planned']:.2f}",
                less(delay),
                f"{100 * delay['by_skipping']:.0f} %",
                f"{mark}{cpu['everything']:.2f} → {cpu['planned']:.2f}",
                less(cpu),
            ]
            yield f"| {' | '.join(cells)} |"


def checks(replayed: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """Yield the table of each check's times: medians of the gated changes, with n."""
    yield "| repository | check | runs in | as planned s (n) | everything s (n) | not evaluated |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, document in replayed.items():
        for check in document["checks"]:
            share = check["run"] / (check["run"] + check["skipped"])
            cells = [
                name,
                check["check"],
                f"{100 * share:.0f} %",
                times(check["planned"]),
                times(check["everything"]),
                f"{check['not_evaluated']}",
            ]
            yield f"| {' | '.join(cells)} |"


def misses(replayed: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """Yield a line on what each repository's planned checks missed, and one for each miss."""
    for name, document in replayed.items():
        said = document["misses"]
        error = document["estimate_error"]
        off = "" if error is None else f"; estimates were off by {100 * error:.0f} % in the middle case"
        yield (
            f"{name}: missed something in {said['hits']} of {said['tried']} gated changes, at most "
            f"{100 * said['at_most']:.0f} % at 95 % confidence{off}."
        )
        for one in said["found"]:
            place = f"{one['path']}:{one['line']}"
            yield f"- {one['head'][:9]} {one['check']} {place} {one['what']} ({one['because']})"
        for one in said["unknown"]:
            yield f"- {one['check']}: not known for {one['changes']} changes ({one['cause']})"


def less(saving: Mapping[str, Any]) -> str:
    """Return the share saved, with its interval where there is one."""
    middle = f"{100 * saving['less']:.0f} %"
    if saving["low"] is None:
        return middle
    return f"{middle} ({100 * saving['low']:.0f}–{100 * saving['high']:.0f})"


def times(found: Mapping[str, Any] | None) -> str:
    """Return a median with its n."""
    return "–" if found is None else f"{found['seconds']:.2f} ({found['n']})"


if __name__ == "__main__":
    sys.exit(main())
