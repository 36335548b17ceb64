"""``fairlead init``: write a commented policy that fits the repository."""

from __future__ import annotations

import argparse
import os

from fairlead.app.cli.arguments import add_repository_argument
from fairlead.changes.git import Repository
from fairlead.errors import FairleadError
from fairlead.gate.fitting import Facts, fit_policy, gather_facts
from fairlead.store.folder import write_whole
from fairlead.store.scratch import scratch_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """Add --repo, --print and --force."""
    parser.description = (
        "Write a fairlead.toml in which every key is explained and set to what the repository shows.\n"
        "The gate works without it; the file is for those who want to say something else."
    )
    parser.epilog = (
        "examples:\n"
        "  fairlead init                 write fairlead.toml at the repository's top\n"
        "  fairlead init --print         only show it"
    )
    add_repository_argument(parser)
    parser.add_argument("--print", action="store_true", dest="show", help="print it, write nothing")
    parser.add_argument("--force", action="store_true", help="replace a fairlead.toml that is there")


def run(arguments: argparse.Namespace) -> int:
    """Write or print the policy."""
    with scratch_folder(os.environ) as scratch:
        repository = Repository.open(arguments.repo, scratch=scratch)
        text = fit_policy(_facts(repository))
    if arguments.show:
        print(text, end="")
        return 0
    if repository.bare:
        raise FairleadError(
            "a bare repository has no work tree to write into",
            fix="fairlead init --print > fairlead.toml, and commit it from a clone",
        )
    target = repository.folder / "fairlead.toml"
    if target.exists() and not arguments.force:
        raise FairleadError(
            f"{target} is there already",
            fix="fairlead init --print shows a new one; fairlead init --force replaces it",
        )
    write_whole(target, text.encode())
    print(f"wrote {target}\nit holds for changes whose base has it: commit it on the default branch")
    return 0


def _facts(repository: Repository) -> Facts:
    tree = repository.attempt("rev-parse", "--verify", "--quiet", "HEAD^{tree}")
    if tree.code != 0:
        return gather_facts((), lambda path: "")
    name = tree.stdout.decode().strip()
    paths = [entry.path for entry in repository.entries(name)]
    return gather_facts(
        paths, lambda path: (repository.read(name, path) or b"").decode("utf-8", "replace")
    )
