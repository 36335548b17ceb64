"""Where a repository is, and the private git folder through which its objects are read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.processes import Completed, run, undisturbed

ALWAYS = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
}
"""Variables for every git: no prompts, no pager, nothing fetched, nothing replaced, plain words."""

_OPTIONS = (
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
)
_OF_THE_USER = (
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
)
_TIMEOUT = 300.0
ANSWER_LIMIT = 1 << 30
"""Bytes: what git may write in one call unless the caller says otherwise."""

_ATTRIBUTES = "* !diff -text -filter -ident !eol -working-tree-encoding -export-ignore -export-subst\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a repository has its parts; ``top`` is its work tree, or its git folder without one."""

    top: Path
    git_dir: Path
    common_dir: Path
    bare: bool
    object_format: str


def run_git(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    max_output: int = ANSWER_LIMIT,
) -> Completed:
    """Run git in ``folder`` without its owner's hooks and monitors; again, if it was killed.

    What is asked of it here may be asked twice: it reads, or writes objects, which have their content's
    name.
    """
    return undisturbed(
        lambda: run(
            ("git", *_OPTIONS, *words),
            cwd=folder,
            env=environment,
            timeout=_TIMEOUT,
            stdin=stdin,
            max_output=max_output,
        )
    )


def settings_of_the_user(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which the user configures git itself, ``safe.directory`` among it."""
    return {
        name: value
        for name, value in environ.items()
        if name in _OF_THE_USER or name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))
    }


def discover(folder: Path, environment: Mapping[str, str], environ: Mapping[str, str]) -> Place:
    """Find the repository around ``folder``; where there is none, the one that GIT_DIR names."""
    words = (
        "rev-parse",
        "--is-inside-work-tree",
        "--absolute-git-dir",
        "--git-common-dir",
        "--show-object-format",
        "--show-cdup",
    )
    done = run_git(words, folder, environment)
    if done.code != 0 and environ.get("GIT_DIR"):
        named = {name: environ[name] for name in ("GIT_DIR", "GIT_WORK_TREE") if name in environ}
        done = run_git(words, folder, {**environment, **named})
    if done.code != 0:
        raise _refusal(done, folder)
    if len(done.stdout.splitlines()) > len(words) - 1:
        raise FairleadError(
            f"{str(folder)!r} has a line break in its path, which git cannot write unambiguously",
            fix="rename the folder",
        )
    inside, git_dir, common_dir, object_format, *up = os.fsdecode(done.stdout).split("\n")
    work_tree = inside == "true"
    return Place(
        top=(folder / up[0]).resolve() if work_tree else Path(git_dir),
        git_dir=Path(git_dir),
        common_dir=(folder / common_dir).resolve(),
        bare=not work_tree,
        object_format=object_format,
    )


def is_hook_of(environ: Mapping[str, str], git_dir: Path) -> bool:
    """Whether ``environ`` is what git gives to a hook of this very repository."""
    named = environ.get("GIT_DIR")
    if named is None:
        return "GIT_INDEX_FILE" in environ and Path(environ["GIT_INDEX_FILE"]).resolve().is_relative_to(
            git_dir
        )
    return Path(named).resolve() == git_dir.resolve()


def lent_stores(environ: Mapping[str, str], top: Path) -> list[Path]:
    """Return the object folders that a hook's environment adds: the quarantine and its alternates."""
    named = [environ.get("GIT_OBJECT_DIRECTORY", "")]
    named += environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "").split(os.pathsep)
    return [top / name for name in named if name and not name.startswith('"')]


def make_private(folder: Path, object_format: str, stores: Sequence[Path]) -> Path:
    """Make a git folder that owns nothing and reads objects from ``stores``; return it, absolute."""
    private = folder.absolute()
    (private / "objects" / "info").mkdir(parents=True)
    (private / "refs").mkdir()
    (private / "info").mkdir()
    version, extension = (
        ("0", "")
        if object_format == "sha1"
        else ("1", f"[extensions]\n\tobjectformat = {object_format}\n")
    )
    core = f"repositoryformatversion = {version}\n\tbare = true\n\tprotectNTFS = false"
    (private / "HEAD").write_text("ref: refs/heads/none\n")
    (private / "config").write_text(f"[core]\n\t{core}\n{extension}")
    (private / "info" / "attributes").write_text(_ATTRIBUTES)
    lines = b"".join(_quoted(os.fsencode(store.absolute())) + b"\n" for store in stores)
    (private / "objects" / "info" / "alternates").write_bytes(lines)
    return private


def _quoted(path: bytes) -> bytes:
    """Write a path as git reads it in a list of alternates: in quotes, whatever its bytes are."""
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'


def _refusal(done: Completed, folder: Path) -> FairleadError:
    said = done.stderr.decode("utf-8", "replace")
    if done.failure is not None:
        return FairleadError(
            f"git could not be started: {done.failure}", fix="install git 2.30 or newer"
        )
    if "dubious ownership" in said:
        return FairleadError(
            f"git refuses {folder}: it belongs to another user",
            fix=f"git config --global --add safe.directory {folder.resolve()}",
        )
    if "not a git repository" in said:
        return FairleadError(
            f"{folder} is not in a git repository", fix="git init, or name one: --repo DIR"
        )
    first = said.strip().splitlines()[0] if said.strip() else f"exit status {done.code}"
    return FairleadError(
        f"git cannot read the repository at {folder}: {first.removeprefix('fatal: ')}",
        fix=f"git -C {folder} status shows what is wrong with it",
    )
