"""Making a new worksheet: its files, its own git repository, and its place inside another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.processes import Completed, clean_environment, run
from fairlead.worksheet.folder import CONFIDENTIAL, FORMAT, MARK, PACKS, STORIES
from fairlead.worksheet.writing import read_if_there, write_file

_SETTINGS = f"""\
# What marks this folder as a worksheet, and how its stories are timed.
format: {FORMAT}

# Words a minute, slow and fast: read one story aloud against a clock to learn yours.
pace: [120, 150]

# Minutes for each part. Uncomment to change them.
# budgets:
# - {{sections: [situation, task], minutes: [1, 2]}}
# - {{sections: [action], minutes: [5, 6]}}
# - {{sections: [result, lesson], minutes: [1, 2]}}
# - {{sections: [extra details], minutes: [2, 3]}}
"""

_CONFIDENTIAL = """\
# Names that must not leave: clients, products, people. One a line; lint points at them in
# stories, and exports black them out.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What making a worksheet did: files written, and notes on git, each a sentence."""

    files: tuple[str, ...]
    notes: tuple[str, ...]


def make_folder(folder: Path) -> Made:
    """Make a worksheet in ``folder``, adding only what isn't there; twice changes nothing.

    The folder becomes a git repository of its own (nothing is committed). Inside another repository
    it is excluded from that one through its ``info/exclude``, which is never shared. Where git is
    missing the folder is made without it, and a note says so. Raises FairleadError when the folder
    can't be written or the path is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise FairleadError(f"{folder} is a file", fix="name another folder")
    folder = folder.resolve()
    written = []
    for name, text in ((MARK, _SETTINGS), (CONFIDENTIAL, _CONFIDENTIAL)):
        if read_if_there(folder / name) is None:
            write_file(folder / name, text.encode())
            written.append(name)
    try:
        for name in (STORIES, PACKS):
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise FairleadError(
            f"{folder} cannot be written: {error.strerror}", fix=f"make {folder} writable"
        ) from error
    return Made(files=tuple(written), notes=_under_git(folder))


def _under_git(folder: Path) -> tuple[str, ...]:
    if (folder / ".git").exists():
        return ()
    outer = _git(folder, "rev-parse", "--show-toplevel", "--git-path", "info/exclude")
    if outer.code is None:
        return ("git was not found, so the folder has no history; run git init there to add one",)
    made = _git(folder, "init", "--quiet")
    if made.code != 0:
        seen = made.stderr.decode(errors="replace").strip()
        return (f"git init failed, so the folder has no history: {seen}",)
    notes = ["it is a git repository of its own; nothing is committed yet"]
    if outer.code == 0:
        top, exclude = outer.stdout.decode("utf-8", "surrogateescape").splitlines()[:2]
        notes.append(_exclude(Path(top), folder, folder / exclude))
    return tuple(notes)


def _exclude(top: Path, folder: Path, exclude: Path) -> str:
    path = folder.relative_to(top.resolve()).as_posix()
    line = "/" + re.sub(r"([\\*?\[])", r"\\\1", path) + "/"  # git reads these as patterns
    before = read_if_there(exclude)
    text = (before or b"").decode("utf-8", "surrogateescape")
    if line not in text.splitlines():
        gap = "" if not text or text.endswith("\n") else "\n"
        data = f"{text}{gap}{line}\n".encode("utf-8", "surrogateescape")
        write_file(exclude, data, expected=before)
    return f"the repository around it ({top}) leaves it out, by its own info/exclude"


def _git(folder: Path, *words: str) -> Completed:
    return run(["git", *words], cwd=folder, env=clean_environment({"LC_ALL": "C"}), timeout=30)
