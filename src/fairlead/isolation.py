"""Keeping a program that nobody vouches for away from all that isn't its own, by bubblewrap.

Inside, the system is read-only and what isn't named isn't there: no home, no checkout, no sockets of
services, no other process, no network. Whatever is started there ends with the program, also what has
left its group or made a session of its own, for the namespace of processes ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fairlead.processes import Completed, Hear, clean_environment, run, undisturbed

MARK = "FAIRLEAD_RUN"
"""The variable that tells what a run without isolation has started."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_ETC = (
    *("alternatives", "bash.bashrc", "ca-certificates", "ca-certificates.conf", "debian_version"),
    *("fonts", "group", "gtk-3.0", "inputrc", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *("locale.alias", "locale.conf", "localtime", "mime.types", "nsswitch.conf", "os-release"),
    *("passwd", "pki/ca-trust/extracted", "pki/tls/certs", "profile", "protocols", "python3"),
    *("services", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone"),
)
_NAMES = ("hosts", "host.conf", "resolv.conf", "gai.conf")
_OUTSIDE = {"PATH": os.defpath}  # inside, its first process shows what bubblewrap itself was given
_PROBE_TIMEOUT = 10.0
_WATCH_EVERY = 0.05
_MOST_DISK = 8 << 30
_MOST_TASKS = 4096
# Bubblewrap doesn't wait for what it starts, so that nobody outside learns of its processor time. A
# shell inside does; what that would say of signals is not the program's, and goes nowhere.
_TIMED = 'exec 3>&2 2>/dev/null; ("$@") 2>&3 3>&-; code=$?; times >/proc/self/fd/{}; exit $code'
_TIMES = re.compile(rb"\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$")
_LONGEST = 200
_SIGNALLED = 128
_LAST_SIGNAL = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much an isolated program may take.

    ``memory`` bounds what one process may write to, ``file`` one file, both in bytes; ``processes``
    how many there may be at once (the system enforces that for others than root); ``seconds`` is the
    time of one process on a processor.
    """

    memory: int = 4 << 30
    file: int = 1 << 30
    processes: int = 1024
    seconds: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What an isolated program may reach: folders to read, folders to write, and the network or not."""

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    network: bool = False
    bounds: Bounds = Bounds()


def run_isolated(
    argv: Iterable[str | os.PathLike[str]],
    *,
    cell: Cell,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    max_output: int = 64 << 20,
    stop: Callable[[], bool] = lambda: False,
    hear: Hear | None = None,
) -> Completed:
    """Run a program in a cell, else as ``processes.run`` does; ``argv`` comes back as it was given.

    ``refusal`` is to have said that isolation works here.
    """
    words = tuple(os.fspath(word) for word in argv)
    arguments = _arguments(cell, cwd, env)
    with contextlib.ExitStack() as open_files:
        descriptor, times = (_in_memory(open_files, name) for name in ("arguments", "times"))
        os.write(descriptor, b"\0".join(os.fsencode(word) for word in arguments))
        os.lseek(descriptor, 0, os.SEEK_SET)
        timed = ("/bin/sh", "-c", _TIMED.format(times), "sh")
        done = run(
            ("bwrap", "--args", f"{descriptor}", *timed, *_limits(cell.bounds), *words),
            cwd=Path("/"),
            env=_OUTSIDE,
            timeout=timeout,
            stdin=stdin,
            max_output=max_output,
            stop=stop,
            pass_fds=(descriptor, times),
            hear=hear,
        )
        cpu_seconds = done.cpu_seconds + _processor_time(os.pread(times, _LONGEST, 0))
    return replace(_as_without(done, words), cpu_seconds=cpu_seconds)


def _in_memory(open_files: contextlib.ExitStack, name: str) -> int:
    """Return the descriptor, of two digits at least, of a file in memory that is closed in the end."""
    made = os.memfd_create(name)
    try:
        descriptor = fcntl.fcntl(made, fcntl.F_DUPFD_CLOEXEC, 10)
    finally:
        os.close(made)
    open_files.callback(os.close, descriptor)
    return descriptor


def _processor_time(times: bytes) -> float:
    """Return the seconds that the shell's ``times`` tells of its children; 0.0 when it told nothing.

    The program could write there too, and then deceives nobody but the reader of a duration.
    """
    told = _TIMES.search(times)
    if told is None:
        return 0.0
    minutes, seconds, more_minutes, more_seconds = (float(number) for number in told.groups())
    return 60 * (minutes + more_minutes) + seconds + more_seconds


class Watch:
    """Says when a program takes so much that this machine would suffer.

    It looks at what is free on the machine, in memory, on the disk that ``folder`` lies on, and in the
    table of processes: whoever takes it, too little is left. ``why`` is ``""`` while there is enough.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._disk, self._memory, self._tasks = _disk(folder), _memory(), _tasks()
        self._next = 0.0
        self.why = ""

    def __call__(self) -> bool:
        """Whether the program is to be ended."""
        if self.why or time.monotonic() < self._next:
            return bool(self.why)
        self._next = time.monotonic() + _WATCH_EVERY
        if _disk(self._folder) < max(self._disk - _MOST_DISK, self._disk // 8):
            self.why = "filled the disk"
        elif 0 < _memory() < self._memory // 12:
            self.why = "filled the memory"
        elif _tasks() > self._tasks + _MOST_TASKS:
            self.why = f"started more than {_MOST_TASKS} processes and threads"
        return bool(self.why)


def end_marked(mark: str) -> None:
    """End every process whose environment has this ``NAME=value``: what left its program's group.

    Only what runs without isolation needs that, and what has changed its environment escapes it.
    """
    wanted = mark.encode()
    for _ in range(3):  # one may be starting another while it is looked for
        found = [entry for entry in Path("/proc").glob("[0-9]*") if _has(entry / "environ", wanted)]
        for entry in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(entry.name), signal.SIGKILL)
        if not found:
            return


def _has(file: Path, wanted: bytes) -> bool:
    try:
        return wanted in file.read_bytes().split(b"\0")
    except OSError:
        return False


def _disk(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def _memory() -> int:
    """Return how many bytes of memory are available; 0 where nobody says."""
    try:
        words = Path("/proc/meminfo").read_text().partition("MemAvailable:")[2].split()
        return int(words[0]) << 10
    except (OSError, IndexError, ValueError):
        return 0


def _tasks() -> int:
    """Return how many processes and threads there are; 0 where nobody says."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    except (OSError, IndexError, ValueError):
        return 0


@functools.cache
def refusal() -> str:
    """Return why programs can't be isolated here, ``""`` when they can: one is, to see.

    That bubblewrap is installed says little: in many containers the system refuses it what it needs.
    """
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    if shutil.which("prlimit") is None:
        return "prlimit, of util-linux, is not installed"
    done = undisturbed(
        lambda: run_isolated(
            ("true",), cell=Cell(), cwd=Path("/"), env=clean_environment(), timeout=_PROBE_TIMEOUT
        )
    )
    if done.code == 0:
        return ""
    said = done.failure or done.stderr.decode("utf-8", "replace").strip() or f"code {done.code}"
    return f"bubblewrap does not work here: {said[:200]}"


def _arguments(cell: Cell, cwd: Path, env: Mapping[str, str]) -> Iterator[str]:
    # As root, too: without the dropped capabilities root could mount the system for writing again.
    yield from ("--cap-drop", "ALL", "--unshare-all", "--clearenv", "--die-with-parent")
    yield from ("--new-session", "--hostname", "isolated")
    if cell.network:
        yield "--share-net"
    for name, value in env.items():
        yield from ("--setenv", name, value)
    for place in _SYSTEM:
        if Path(place).is_symlink():  # /bin is usr/bin on most systems
            yield from ("--symlink", str(Path(place).readlink()), place)
        else:
            yield from ("--ro-bind-try", place, place)
    for name in (*_ETC, *(_NAMES if cell.network else ("hosts",))):
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    yield from ("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/run")  # noqa: S108  # nosec B108 - inside
    yield from ("--dir", "/var/tmp", "--symlink", "/run", "/var/run")  # noqa: S108  # nosec B108 - inside
    places = [*((place, "--ro-bind") for place in _spelt(cell.readable))]
    places += [(place, "--bind") for place in _spelt(cell.writable)]
    for place, way in sorted(places, key=lambda entry: len(entry[0].parts)):
        yield from (way, str(place), str(place))
    yield from ("--remount-ro", "/", "--chdir", str(cwd))


def _spelt(places: Iterable[Path]) -> dict[Path, None]:
    """Return the places that are there, as they are named and as they are when links are followed."""
    there = [place for place in places if place.exists()]
    return dict.fromkeys(
        each for place in there for each in (place, place.resolve()) if not _is_system(each)
    )


def _is_system(place: Path) -> bool:
    return any(place.is_relative_to(folder) for folder in _SYSTEM)


def _limits(bounds: Bounds) -> tuple[str, ...]:
    # Inside, so that the processes that count are those inside. Address space is not bounded: what is
    # only reserved, as many runtimes do, costs nothing.
    return (
        "prlimit",
        "--core=0",
        f"--data={bounds.memory}",
        f"--fsize={bounds.file}",
        f"--nproc={bounds.processes}",
        f"--cpu={bounds.seconds}",
        "--",
    )


def _as_without(done: Completed, words: tuple[str, ...]) -> Completed:
    """Return what would have been left without isolation: bubblewrap gives 128 and the signal."""
    code = done.code
    if code is not None and _SIGNALLED < code <= _SIGNALLED + _LAST_SIGNAL:
        code = _SIGNALLED - code
    return replace(done, argv=words, code=code)
