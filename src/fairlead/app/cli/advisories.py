"""``fairlead advisories``: import a snapshot of known vulnerabilities, show the one that is here."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.errors import FairleadError

if TYPE_CHECKING:
    from fairlead.vulnerabilities.model import Snapshot

_TEXT = """\
Fairlead looks locked versions up in advisories that lie on this machine; it fetches none itself.

sources
  all.zip        an export of OSV, one for each ecosystem:
                 https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip (also npm, crates.io)
  FILE.jsonl     one OSV record a line; FILE.jsonl.gz as well
  FOLDER         one OSV record a file, JSON or YAML, such as a clone of pypa/advisory-database

An import replaces what was there, in one step; name all sources at once to have several ecosystems.

examples
  fairlead advisories import all.zip
  fairlead advisories import PyPI.zip npm.zip
  fairlead advisories show
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two subcommands, import and show."""
    parser.epilog = _TEXT
    commands = parser.add_subparsers(dest="action", required=True, metavar="{import,show}")
    into = argparse.ArgumentParser(add_help=False)
    into.add_argument(
        "--into",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="where the advisories lie (default: fairlead/advisories in the user's cache folder)",
    )
    into.add_argument("--format", choices=("text", "json"), default="text", help="how to say it")
    taking_in = commands.add_parser(
        "import",
        parents=[into],
        help="take advisories in, in place of those here",
        description="Take advisories in from a zip, JSON lines or a folder, in place of those here.",
        epilog=_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    taking_in.add_argument(
        "source", nargs="+", type=Path, metavar="SOURCE", help="zip, JSONL or folder"
    )
    commands.add_parser(
        "show",
        parents=[into],
        help="say which advisories are here and how old they are",
        description="Say which advisories are here and how old they are.",
    )


def run(arguments: argparse.Namespace) -> int:
    """Import or show, and return 0; raises FairleadError when there is nothing to show or import."""
    from fairlead.store.folder import user_cache
    from fairlead.vulnerabilities.snapshot import IMPORT, import_snapshot, read_snapshot

    folder = arguments.into or user_cache(os.environ) / "advisories"
    now = datetime.now(UTC)
    if arguments.action == "import":
        snapshot = import_snapshot(*arguments.source, into=folder, now=now)
    else:
        found = read_snapshot(folder)
        if found is None:
            raise FairleadError(f"there are no advisories in {folder}", fix=IMPORT)
        snapshot = found
    print(
        _as_json(snapshot, folder, now)
        if arguments.format == "json"
        else _as_text(snapshot, folder, now)
    )
    return 0


def _as_text(snapshot: Snapshot, folder: Path, now: datetime) -> str:
    kept = ", ".join(f"{count} for {name}" for name, count in snapshot.advisories.items())
    lines = [
        f"{sum(snapshot.advisories.values())} advisories ({kept})",
        f"  newest    {snapshot.newest:%Y-%m-%d %H:%M} UTC, {snapshot.age(now).days} days old",
        f"  imported  {snapshot.imported:%Y-%m-%d %H:%M} UTC",
        f"  left out  {snapshot.withdrawn} withdrawn, {snapshot.unsupported} for other ecosystems, "
        f"{snapshot.corrupt} corrupt",
        *(f"            {example}" for example in snapshot.examples),
        f"  in        {folder}",
    ]
    return "\n".join(lines)


def _as_json(snapshot: Snapshot, folder: Path, now: datetime) -> str:
    return json.dumps(
        {
            "folder": str(folder),
            "identity": snapshot.identity,
            "newest": snapshot.newest.isoformat(),
            "age_days": snapshot.age(now).days,
            "imported": snapshot.imported.isoformat(),
            "advisories": snapshot.advisories,
            "left_out": {
                "withdrawn": snapshot.withdrawn,
                "unsupported": snapshot.unsupported,
                "corrupt": snapshot.corrupt,
            },
            "examples": snapshot.examples,
        },
        indent=2,
    )
