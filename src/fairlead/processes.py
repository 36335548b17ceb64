"""Running other programs: with a time limit, a process group, bounded output, a clean environment."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

PASSED_ON = (
    "FAIRLEAD_LEASH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "TZ",
    "USER",
)
"""Names of the environment variables that every program gets; all others are withheld."""

Hear = Callable[[bytes], object]
"""What is told of output, a piece at a time; a piece may end in the middle of a sign."""

_CHUNK = 1 << 16
_GRACE = 2.0
_DRAIN = 0.2
_LOOK_EVERY = 0.05
_LOOK_OFTEN = 0.002
_SENT = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, signal.SIGTERM)
_OF_A_SHELL = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What a program left behind.

    ``code`` is its exit status, negative the signal that ended it; ``None`` when it could not be
    started (``failure`` says why). ``seconds`` is wall time, ``cpu_seconds`` the processor time of the
    program and of those children that it waited for. ``timed_out`` and ``truncated`` say that we ended
    it for running, or stopped reading it for writing, beyond its limit; ``stopped`` that we ended it
    because the caller's ``stop`` said so.
    """

    argv: tuple[str, ...]
    code: int | None
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False
    failure: str | None = None
    cpu_seconds: float = 0.0
    stopped: bool = False

    @property
    def disturbance(self) -> signal.Signals | None:
        """The signal by which somebody else ended the program, ``None`` when nobody did.

        Only signals count that are sent, by people, service managers, the kernel that wants memory; a
        program that crashes gets others. A shell tells of its command's by 128 and the number.
        """
        if self.code is None or self.timed_out or self.truncated or self.stopped:
            return None
        return next((one for one in _SENT if self.code in {-one, _OF_A_SHELL + one}), None)


def clean_environment(
    extra: Mapping[str, str] | None = None, *, allow: Iterable[str] = ()
) -> dict[str, str]:
    """Return what a program may see: ``PASSED_ON``, what ``allow`` names, then ``extra``."""
    kept = {name: os.environ[name] for name in (*PASSED_ON, *allow) if name in os.environ}
    return {**kept, **(extra or {})}


def run(
    argv: Iterable[str | os.PathLike[str]],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    max_output: int = 64 << 20,
    stop: Callable[[], bool] = lambda: False,
    pass_fds: Collection[int] = (),
    hear: Hear | None = None,
) -> Completed:
    """Run a program to its end and return what it left; never raises for what the program does.

    ``timeout`` is in seconds, ``max_output`` in bytes for each of the two streams. The program leads
    its own process group; at the limit, when ``stop`` answers true, or when this call is interrupted,
    the whole group is ended (SIGTERM, two seconds later SIGKILL), and again once the program is gone,
    so that children it left behind end too. ``pass_fds`` are descriptors of ours that it inherits.
    ``hear`` is given what it writes, to either stream, as it comes.
    """
    words = tuple(os.fspath(word) for word in argv)
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
        )
    except (OSError, ValueError) as error:
        return Completed(
            argv=words,
            code=None,
            stdout=b"",
            stderr=b"",
            seconds=time.monotonic() - started,
            failure=str(error),
        )
    try:
        streams = _Streams(process, stdin, max_output, hear)
        cut = _converse(process, streams, started + timeout, stop)
        stdout, stderr = streams.result()
    finally:
        cpu_seconds = _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
    return Completed(
        argv=words,
        code=process.returncode,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - started,
        timed_out=cut is _Cut.LATE,
        truncated=streams.truncated,
        cpu_seconds=cpu_seconds,
        stopped=cut is _Cut.STOPPED,
    )


def undisturbed(attempt: Callable[[], Completed]) -> Completed:
    """Return what an attempt left, or what a second one did when somebody else ended the first.

    For programs that may be run again, whatever the first did until then.
    """
    done = attempt()
    return done if done.disturbance is None else attempt()


class _Cut(Enum):
    """Why a program isn't let run to its end."""

    NOT = auto()
    LATE = auto()
    STOPPED = auto()


def _converse(
    process: subprocess.Popen[bytes],
    streams: _Streams,
    deadline: float,
    stop: Callable[[], bool],
) -> _Cut:
    """Feed and read the program until it is gone or a limit is reached; say which."""
    while not _gone(process):
        left = deadline - time.monotonic()
        if left <= 0:
            return _Cut.LATE
        if streams.truncated:
            return _Cut.NOT
        if stop():
            return _Cut.STOPPED
        # The end of a stream wakes us; the end of a program that has closed them does not.
        streams.serve(min(left, _LOOK_EVERY if streams.open else _LOOK_OFTEN))
    # A child that outlived the program may still hold the pipes, even write: it isn't waited for.
    until = time.monotonic() + _DRAIN
    while streams.open and not streams.truncated and time.monotonic() < until and streams.serve(0):
        pass
    return _Cut.NOT


class _Streams:
    """The three pipes of a running program, of which two are read up to a limit."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        stdin: bytes,
        max_output: int,
        hear: Hear | None,
    ) -> None:
        if not (process.stdin and process.stdout and process.stderr):
            raise ValueError("the program was started without pipes")
        self._stdin, self._pending = process.stdin, memoryview(stdin)
        self._out, self._err = process.stdout.fileno(), process.stderr.fileno()
        self._read = {self._out: bytearray(), self._err: bytearray()}
        self._max_output, self._hear = max_output, hear
        self._waiting = selectors.DefaultSelector()
        self.open = set(self._read)
        self.truncated = False
        for descriptor in self._read:
            self._waiting.register(descriptor, selectors.EVENT_READ)
        if stdin:
            os.set_blocking(self._stdin.fileno(), False)
            self._waiting.register(self._stdin.fileno(), selectors.EVENT_WRITE)
        else:
            self._stdin.close()

    def serve(self, seconds: float) -> bool:
        """Wait at most ``seconds`` for the pipes, move what can be moved, and say whether any could."""
        ready = self._waiting.select(seconds)
        for key, _ in ready:
            if key.fd in self._read:
                self._take(key.fd)
            else:
                self._give()
        return bool(ready)

    def result(self) -> tuple[bytes, bytes]:
        """Return what was read of standard output and standard error, and let go of the pipes."""
        self._waiting.close()
        return bytes(self._read[self._out]), bytes(self._read[self._err])

    def _take(self, descriptor: int) -> None:
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            self._waiting.unregister(descriptor)
            self.open.discard(descriptor)
            return
        kept = self._read[descriptor]
        room = self._max_output - len(kept)
        kept += chunk[:room]
        if self._hear:
            self._hear(chunk[:room])
        self.truncated = self.truncated or len(chunk) > room

    def _give(self) -> None:
        try:
            self._pending = self._pending[os.write(self._stdin.fileno(), self._pending[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._pending = memoryview(b"")
        if not self._pending:
            self._waiting.unregister(self._stdin.fileno())
            self._stdin.close()


def _gone(process: subprocess.Popen[bytes]) -> bool:
    """Whether the program has ended.

    Where the system can tell without reaping it, it stays a zombie: until then nobody else can get its
    number, so that ending its group afterwards cannot hit a stranger.
    """
    if process.returncode is not None:
        return True
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: subprocess.Popen[bytes]) -> float:
    """End the program's whole group, gently first if the program itself is still there.

    Returns the processor time that it used, in seconds.
    """
    try:
        if not _gone(process):
            _signal_group(process.pid, signal.SIGTERM)
            until = time.monotonic() + _GRACE
            while not _gone(process) and time.monotonic() < until:
                time.sleep(_LOOK_OFTEN)
    finally:  # also when a second Ctrl-C cuts the wait short
        _signal_group(process.pid, signal.SIGKILL)
        cpu_seconds = _reap(process)
    return cpu_seconds


def _reap(process: subprocess.Popen[bytes]) -> float:
    """Wait for the program and return the processor time that it used, 0.0 where nobody knows it."""
    if process.returncode is None:
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except ChildProcessError:  # somebody else has waited for it
            process.wait()
            return 0.0
        process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime
    return 0.0


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return
