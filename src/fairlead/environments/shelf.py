"""Folders in the user's cache that are filled once, whole or not at all, by one run at a time."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.processes import PASSED_ON, Completed
from fairlead.store.folder import write_whole

RETRY_AFTER = 3600.0
"""Seconds after which what could not be had is asked for again."""

_NETWORK = (
    *("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NETRC", "NO_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("all_proxy", "https_proxy", "http_proxy", "no_proxy"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Virtual environments below ``folder``, by name; ``keep`` is how many of a kind stay.

    Filling one may take ``patience`` seconds, and waiting for another run that does as long.
    """

    folder: Path
    keep: int
    patience: float

    def is_whole(self, name: str) -> bool:
        """Whether it was filled to its end, and the Python that it was made with is still there."""
        place = self.folder / name
        return _mark(place).is_file() and (place / "bin" / "python").exists()

    def reason(self, name: str) -> str:
        """Return why it could not be filled within the last hour, ``""`` when nobody tried in vain."""
        note = self._failure(name)
        try:
            if time.time() - note.stat().st_mtime < RETRY_AFTER:
                return note.read_text(errors="replace") or "it could not be installed lately"
        except OSError:
            return ""
        return ""

    def fill(
        self,
        name: str,
        make: Callable[[Path], str | None],
        *,
        kind: str,
        stop: Callable[[], bool] = lambda: False,
    ) -> str | None:
        """Fill it unless it is whole; return ``None``, or why that could not be done.

        ``make`` is given the folder, which isn't there yet, and returns why it failed. Runs that want
        the same one at once wait for one of them. A failure is remembered for an hour, so that being
        offline costs time once. ``kind`` is a pattern of the names of which ``keep`` stay, the latest.
        """
        place = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(place.with_name(f".{name}.lock"), stop, self.patience):
                if self.is_whole(name):
                    return None
                shutil.rmtree(place, ignore_errors=True)
                why = make(place)
                if why is None:
                    write_whole(_mark(place), b"")
                    self._prune(kind)
                    return None
                shutil.rmtree(place, ignore_errors=True)
                if not stop():
                    write_whole(self._failure(name), why.encode())
        except OSError as error:
            return f"{self.folder}: {error.strerror or error}"
        return why

    def _failure(self, name: str) -> Path:
        return self.folder / f".{name}.failed"

    def _prune(self, kind: str) -> None:
        """Keep those that were filled last, so that the cache folder stays small."""
        whole = [place for place in self.folder.glob(kind) if self.is_whole(place.name)]
        whole.sort(key=lambda place: _mark(place).stat().st_mtime, reverse=True)
        for place in whole[self.keep :]:
            _mark(place).unlink(missing_ok=True)
            shutil.rmtree(place, ignore_errors=True)


def uv_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what uv may read of ours: how to reach an index, and where its cache lies."""
    uvs = [key for key in environ if key.startswith("UV_")]
    return {key: environ[key] for key in (*PASSED_ON, *_NETWORK, *uvs) if key in environ}


def said(done: Completed) -> str:
    """Return what uv said of its failure, in one line."""
    if done.failure:
        return done.failure
    if done.timed_out:
        return f"uv took longer than {done.seconds:.0f} s"
    lines = [line.strip(" ×╰─▶│├") for line in done.stderr.decode(errors="replace").splitlines()]
    return "; ".join(line for line in lines if line)[:400] or f"uv ended with {done.code}"


def _mark(place: Path) -> Path:
    return place / ".fairlead-installed"


@contextlib.contextmanager
def _locked(path: Path, stop: Callable[[], bool], patience: float) -> Generator[None]:
    """Hold a lock that ends with its process; raises OSError when it can't be had in time."""
    until = time.monotonic() + patience
    with path.open("wb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if stop() or time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                break
        yield
