"""Copies of repositories that lie elsewhere: bare, bounded in time and size, brought up to date."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fairlead.app.clones.addresses import Remote, Resolve, is_remote, read_remote, resolve_name
from fairlead.errors import FairleadError
from fairlead.processes import Completed, clean_environment, run
from fairlead.store.scratch import remove

TIMEOUT = 300.0
"""Seconds that a first copy may take."""

FETCH_TIMEOUT = 60.0
"""Seconds that bringing it up to date may take: the other repositories wait meanwhile."""

MOST_BYTES = 2 << 30
"""Bytes that a copy may have on the disk."""

FETCH_EVERY = 60.0
"""Seconds between two fetches of the same repository."""

_MEASURE_EVERY = 0.5
_HEADS = "+refs/heads/*:refs/heads/*"

_SETTINGS = (
    "protocol.version=2",
    "http.followRedirects=false",  # a redirect, or an alternate, could lead inside
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
    "transfer.bundleURI=false",
    "credential.helper=",
    "core.hooksPath=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
)


@dataclass(slots=True, kw_only=True)
class Copies:
    """The folder in which copies are made, and what may be asked for them.

    A copy that is there already may lie elsewhere: another server of the platform has made it.
    ``private`` names the hosts of the user's own network that may be asked, by ssh too. Of ``environ``
    git sees what every program does, and ``GIT_SSL_CAINFO``, which names the certificates to trust.
    """

    folder: Path
    environ: Mapping[str, str]
    private: Collection[str] = ()
    resolve: Resolve = resolve_name
    timeout: float = TIMEOUT
    most_bytes: int = MOST_BYTES
    clock: Callable[[], float] = time.monotonic
    _fetched: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, source: str) -> tuple[Remote, Path]:
        """Copy what lies at an address; return the address as it may be stored, and the copy's folder.

        A copy that is there is brought up to date instead. Raises FairleadError for an address that
        isn't asked, and when the copy can't be made within its bounds; then nothing is left behind.
        """
        remote = self._remote(source)
        place = self.place(remote.url)
        with self._lock:
            if place.exists():
                self._fetch(remote, place)
                return remote, place
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self.folder / f".{place.name}.{os.urandom(4).hex()}"
            words = ("clone", "--quiet", "--bare", "--no-tags", "--template=", "--", remote.url, fresh)
            try:
                self._git(remote, fresh, *words)
                self._name_default_branch(remote, fresh)
                fresh.rename(place)
            finally:
                remove(fresh)
            self._fetched[remote.url] = self.clock()
        return remote, place

    def bring_up(self, source: str, copy: Path) -> None:
        """Bring a copy up to date, if it is one and wasn't in the last minute; raises FairleadError."""
        if not is_remote(source):
            return
        with self._lock:
            last = self._fetched.get(source)
            if last is not None and self.clock() - last < FETCH_EVERY:
                return
            self._fetched[source] = self.clock()  # one that fails isn't tried more often
            self._fetch(self._remote(source), copy)

    def fetch(self, source: str, copy: Path) -> None:
        """Bring a copy up to date now, if it is one; raises FairleadError when it can't be."""
        if is_remote(source):
            with self._lock:
                self._fetched[source] = self.clock()
                self._fetch(self._remote(source), copy)

    def discard(self, source: str, copy: Path) -> None:
        """Remove the copy of what lies at an address, if there is one."""
        if is_remote(source):
            with self._lock:
                self._fetched.pop(source, None)
                remove(copy)

    def place(self, url: str) -> Path:
        """Return the folder of an address' copy."""
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}.git"

    def _remote(self, source: str) -> Remote:
        return read_remote(source, private=self.private, resolve=self.resolve)

    def _fetch(self, remote: Remote, place: Path) -> None:
        if not place.exists():
            raise FairleadError(
                f"the copy of {remote.url} isn't here: {place}",
                fix="share its folder with this machine, at this path, or serve from one machine alone",
            )
        words = ("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--")
        limit = min(self.timeout, FETCH_TIMEOUT)
        self._git(remote, place, f"--git-dir={place}", *words, remote.url, _HEADS, timeout=limit)

    def _name_default_branch(self, remote: Remote, fresh: Path) -> None:
        """Have the copy say which branch its origin has for the default one, as clones do."""
        done = self._git(remote, fresh, f"--git-dir={fresh}", "symbolic-ref", "HEAD")
        branch = done.stdout.decode("utf-8", "replace").strip()
        words = ("symbolic-ref", "refs/remotes/origin/HEAD", branch)
        self._git(remote, fresh, f"--git-dir={fresh}", *words)

    def _git(
        self, remote: Remote, measured: Path, *words: str | Path, timeout: float | None = None
    ) -> Completed:
        settings = [*_SETTINGS, *_pins(remote)]
        watch = _Size(measured, self.most_bytes)
        done = run(
            ["git", *(word for one in settings for word in ("-c", one)), *words],
            cwd=measured.parent,
            env=self._environment(remote, home=measured.parent),
            timeout=timeout or self.timeout,
            max_output=1 << 20,
            stop=watch.too_large,
        )
        if watch.exceeded:
            limit = f"{self.most_bytes >> 20} MiB"
            raise FairleadError(
                f"the repository at {remote.url} is larger than {limit}",
                fix="clone it by hand and add the folder: fairlead repository add PATH",
            )
        if done.timed_out:
            raise FairleadError(
                f"{remote.url} wasn't copied within {timeout or self.timeout:.0f} s",
                fix="try again later, or clone it by hand: fairlead repository add PATH",
            )
        if done.code != 0:
            said = (done.failure or done.stderr.decode("utf-8", "replace")).strip().splitlines()
            last = _plain(said[-1]) if said else f"exit code {done.code}"
            raise FairleadError(
                f"git can't read {remote.url}: {last}",
                fix="see that the address is right and can be read without a password",
            )
        return done

    def _environment(self, remote: Remote, *, home: Path) -> dict[str, str]:
        kept = clean_environment()
        if remote.scheme == "https":
            kept["HOME"] = str(home)  # no .netrc, no configuration, no cookies of the user's
        said = {name: self.environ[name] for name in ("GIT_SSL_CAINFO",) if name in self.environ}
        if remote.scheme == "ssh":
            said["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes"
            if "SSH_AUTH_SOCK" in self.environ:
                said["SSH_AUTH_SOCK"] = self.environ["SSH_AUTH_SOCK"]
        return {
            **kept,
            **said,
            "LC_ALL": "C",
            "GIT_ALLOW_PROTOCOL": remote.scheme,
            "GIT_ASKPASS": "true",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }


@dataclass(slots=True)
class _Size:
    """Looks every half second whether a folder has grown too large."""

    folder: Path
    most: int
    exceeded: bool = False
    _looked: float = 0.0

    def too_large(self) -> bool:
        now = time.monotonic()
        if not self.exceeded and now - self._looked >= _MEASURE_EVERY:
            self.exceeded = _bytes_in(self.folder) > self.most
            self._looked = time.monotonic()
        return self.exceeded


def _bytes_in(folder: Path) -> int:
    total = 0
    for top, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(top, name)).st_size  # noqa: PTH118, ten times as fast
            except OSError:  # git moves its files about
                continue
    return total


def _pins(remote: Remote) -> list[str]:
    """Return the setting that has git connect to the addresses that were looked at."""
    if remote.scheme != "https" or remote.host in remote.pinned:
        return []
    addresses = ",".join(f"[{one}]" if ":" in one else one for one in remote.pinned)
    return [f"http.curloptResolve={remote.host}:{remote.port}:{addresses}"]


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:300]
