"""``fairlead repository``: which repositories a platform follows."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

from fairlead.app import intake
from fairlead.app.cli.platform_arguments import add_platform_arguments, platform_of
from fairlead.app.cli.printable import printable
from fairlead.app.clones.addresses import is_remote
from fairlead.app.clones.registering import add_remote, copies_of
from fairlead.app.platform import Platform
from fairlead.records.repositories import list_repositories, remove, repository_of

_EXAMPLES = """\
examples:
  fairlead repository add .
  fairlead repository add ../api ../web
  fairlead repository add https://git.example.org/payments.git
  fairlead repository list
  fairlead repository remove web

A repository that is followed has its branches looked at every two seconds while the platform is up;
what is new is read, planned and run. Nothing is written to it.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs add, list and remove."""
    parser.epilog = _EXAMPLES
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list|remove")
    adding = verbs.add_parser("add", help="follow a repository")
    adding.add_argument(
        "source", nargs="+", help="a folder in a repository, or https://HOST/PATH to copy it from"
    )
    listing = verbs.add_parser("list", help="list what is followed")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    removing = verbs.add_parser("remove", help="forget a repository and what was recorded of it")
    removing.add_argument("name", help="its name, as the list has it")
    for verb in (adding, listing, removing):
        add_platform_arguments(verb)


def run(arguments: argparse.Namespace) -> int:
    """Do the verb; 0 when it was done."""
    platform = platform_of(arguments)
    try:
        if arguments.verb == "add":
            for source in arguments.source:
                _add(platform, source)
        elif arguments.verb == "list":
            _list(platform, arguments.format)
        else:
            _remove(platform, arguments.name)
    finally:
        platform.database.close()
    return 0


def _add(platform: Platform, source: str) -> None:
    if is_remote(source):
        repository = add_remote(platform, copies_of(platform), source)
    else:
        repository = intake.add_folder(
            platform.database, Path(source), at=time.time(), environ=platform.environ
        )
    print(printable(f"{repository.name} is followed: {repository.folder}"))


def _list(platform: Platform, form: str) -> None:
    with platform.database.read() as connection:
        repositories = list_repositories(connection)
    if form == "json":
        print(json.dumps([asdict(one) for one in repositories], indent=1))
        return
    if not repositories:
        print("No repository is followed yet: fairlead repository add PATH")
    width = max((len(one.name) for one in repositories), default=0)
    for one in repositories:
        trouble = f"  trouble: {one.trouble}" if one.trouble else ""
        print(printable(f"{one.name:<{width}}  {one.default_branch}  {one.source}{trouble}"))


def _remove(platform: Platform, name: str) -> None:
    with platform.database.write() as unit:
        repository = repository_of(unit.connection, name)
        remove(unit, repository.id, at=time.time())
    copies_of(platform).discard(repository.source, Path(repository.folder))
    print(printable(f"{repository.name} is forgotten; the repository itself was not touched"))
