"""Running other programs: with a time limit, a process group, bounded output, a clean environment."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PASSED_ON = (
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

_CHUNK = 1 << 16
_GRACE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What a program left behind.

    ``code`` is its exit status, negative the signal that ended it; ``None`` when it could not be
    started (``failure`` says why). ``seconds`` is wall time. ``timed_out`` and ``truncated`` say that
    we ended it for running, or stopped reading it for writing, beyond its limit.
    """

    argv: tuple[str, ...]
    code: int | None
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False
    failure: str | None = None


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
) -> Completed:
    """Run a program to its end and return what it left; never raises for what the program does.

    ``timeout`` is in seconds, ``max_output`` in bytes for each of the two streams. The program leads
    its own process group; at the limit, when ``stop`` answers true, or when this call is interrupted,
    the whole group is ended (SIGTERM, two seconds later SIGKILL), and again once the program is gone,
    so that children it left behind end too.
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
        stdout, stderr, timed_out, truncated = _converse(
            process, stdin, started + timeout, max_output, stop
        )
    finally:
        _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
    return Completed(
        argv=words,
        code=process.returncode,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - started,
        timed_out=timed_out,
        truncated=truncated,
    )


def _converse(
    process: subprocess.Popen[bytes],
    stdin: bytes,
    deadline: float,
    max_output: int,
    stop: Callable[[], bool],
) -> tuple[bytes, bytes, bool, bool]:
    """Feed and read the program until both its streams close or its limit is reached."""
    if not (process.stdin and process.stdout and process.stderr):
        raise ValueError("the program was started without pipes")
    read: dict[int, bytearray] = {
        process.stdout.fileno(): bytearray(),
        process.stderr.fileno(): bytearray(),
    }
    out, err = read
    feed = process.stdin.fileno()
    os.set_blocking(feed, False)
    timed_out = truncated = False
    pending = memoryview(stdin)
    with selectors.DefaultSelector() as waiting:
        for descriptor in read:
            waiting.register(descriptor, selectors.EVENT_READ)
        if pending:
            waiting.register(feed, selectors.EVENT_WRITE)
        else:
            process.stdin.close()
        open_streams = set(read)
        while open_streams and not truncated:
            if time.monotonic() >= deadline or stop():
                timed_out = time.monotonic() >= deadline
                break
            for key, _ in waiting.select(min(0.2, max(0.0, deadline - time.monotonic()))):
                if key.fd == feed:
                    pending = _feed(feed, pending)
                    if not pending:
                        waiting.unregister(feed)
                        process.stdin.close()
                    continue
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    waiting.unregister(key.fd)
                    open_streams.discard(key.fd)
                    continue
                read[key.fd] += chunk[: max_output - len(read[key.fd])]
                truncated = truncated or len(read[key.fd]) >= max_output
            if process.poll() is not None and not waiting.select(0):
                break  # a child that outlived the program still holds the pipes: don't wait for it
        if not (timed_out or truncated or stop()):
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                timed_out = True
    return bytes(read[out]), bytes(read[err]), timed_out, truncated


def _feed(descriptor: int, pending: memoryview) -> memoryview:
    try:
        return pending[os.write(descriptor, pending[:_CHUNK]) :]
    except BlockingIOError:
        return pending
    except BrokenPipeError:
        return memoryview(b"")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program's whole group, gently first if the program itself is still there."""
    if process.poll() is None:
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return
