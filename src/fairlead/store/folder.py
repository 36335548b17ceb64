"""Where state lies: beside the repository's objects, else in the user's cache folder, else nowhere."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LAYOUT = 1
"""The number of the way in which files lie in a state folder; another layout gets another folder."""

_MARK = f"fairlead state, layout {LAYOUT}\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFolder:
    """A folder that keeps what one repository's runs leave for the next.

    ``path`` is ``None`` when nothing can be kept; ``note`` then says why, and is a sentence too when
    the folder is not the usual one. It is ``""`` otherwise.
    """

    path: Path | None
    note: str = ""


def user_cache(environ: Mapping[str, str]) -> Path:
    """Return the user's cache folder for Fairlead, by the XDG base directory rules; may not exist."""
    given = environ.get("XDG_CACHE_HOME", "")
    if given.startswith("/"):  # the rules say that a relative one is to be ignored
        return Path(given) / "fairlead"
    return Path(environ.get("HOME") or "~").expanduser() / ".cache" / "fairlead"


def user_data(environ: Mapping[str, str]) -> Path:
    """Return the user's data folder for Fairlead, by the XDG base directory rules; may not exist."""
    given = environ.get("XDG_DATA_HOME", "")
    if given.startswith("/"):
        return Path(given) / "fairlead"
    return Path(environ.get("HOME") or "~").expanduser() / ".local" / "share" / "fairlead"


def open_state(common_folder: Path, environ: Mapping[str, str]) -> StateFolder:
    """Return the state folder of the repository whose common git folder this is, ready to be written.

    It is ``fairlead/LAYOUT`` there; where that cannot be written, a folder in the user's cache named
    after the repository. One that another program or an accident has spoilt is put aside, removed, and
    begun anew. Several runs may call this at once. Nothing raises: without a folder there is no state.
    """
    inside = common_folder / "fairlead" / str(LAYOUT)
    refusal = _prepare(inside)
    if refusal is None:
        return StateFolder(path=inside)
    key = hashlib.sha256(os.fsencode(common_folder.resolve())).hexdigest()[:16]
    outside = user_cache(environ) / "repositories" / key / str(LAYOUT)
    second = _prepare(outside)
    if second is None:
        return StateFolder(
            path=outside,
            note=f"state is kept in {outside}, for {inside} cannot be written ({refusal})",
        )
    return StateFolder(
        path=None,
        note=f"nothing is kept for the next run: {inside} cannot be written ({refusal}), "
        f"nor can {outside} ({second})",
    )


def _prepare(folder: Path) -> str | None:
    """Make the folder usable; return ``None``, or why it is not."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = folder / "layout"
        if _read(mark) != _MARK:
            # Another run may be preparing the same folder: what it is writing begins with a dot, and
            # whatever it has written beside its mark came after the mark.
            strange = any(not path.name.startswith(".") for path in folder.iterdir())
            if strange and _read(mark) != _MARK:
                put_aside(folder)
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(mark, _MARK)
        if not os.access(folder, os.W_OK | os.X_OK):
            return "permission denied"
    except OSError as error:
        return error.strerror or str(error)
    return None


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` all at once: a reader sees the old file or the new, never a part.

    Raises OSError, and then leaves what was there.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def put_aside(path: Path) -> None:
    """Take a spoilt file or folder out of the way in one step, then remove it as far as it goes."""
    aside = path.with_name(f".{path.name}.aside.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return  # another run was faster
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
