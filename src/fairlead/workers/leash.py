"""The leash of a worker: a small process above it that ends whatever the worker leaves behind.

Checks start tools, tools start tools, each in a session of its own; when the worker between is killed
they would go on for ever. The leash starts the worker and is the process that all of its orphans fall
to (PR_SET_CHILD_SUBREAPER, Linux), so that it finds them whatever sessions, groups or environments
they have. It ends them

- when the worker has ended, however it did;
- when a run is over, those that the run left behind;
- together with the worker, when the run goes beyond its hard limit, or whoever holds the leash is gone.

Should the leash itself be killed, the kernel ends the worker (PR_SET_PDEATHSIG), and ``strays`` finds
the rest by the mark that all of them carry in their environment.

    supervisor ── pipe ── leash ── socket ── worker ── checks' tools ── …

``python -m fairlead.workers.leash COMMAND…`` loads nothing but the standard library. From the worker
it takes the lines ``begin SECONDS`` and ``end`` (answered by ``ended``); what it reads from standard
input it hands to the worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from functools import partial

from fairlead.workers.processes import descendants, mark_of

SOCKET = "FAIRLEAD_LEASH_SOCKET"
"""The variable that holds the number of the worker's end of the socket."""

MARK = "FAIRLEAD_LEASH"
"""The variable that a worker and all that comes from it carry; its value names the leash."""

_CHILD_SUBREAPER, _PARENT_DEATH_SIGNAL = 36, 1
_UNKILLABLE = 5.0
_FAREWELL = 20.0
"""Seconds that the worker has to hand its run back when nobody holds the leash any more."""


class _Leash:
    """One worker on its leash."""

    def __init__(self, command: list[str]) -> None:
        self._code: int | None = None
        self._deadline: float | None = None
        self._asked = False  # before signals are heard: one may come while the worker starts
        self._pending = b""
        _control(_CHILD_SUBREAPER, 1)
        self._here, there = socket.socketpair()
        self._woken, wake = socket.socketpair()
        for end in (self._here, self._woken, wake):
            end.setblocking(False)
        self._wake = wake
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, self._hear)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the holder's to hear
        environment = {**os.environ, SOCKET: str(there.fileno()), MARK: mark_of(os.getpid())}
        self._worker = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            pass_fds=[there.fileno()],
            env=environment,
            preexec_fn=partial(_die_with_parent, os.getpid()),  # there is one thread here
        )
        there.close()

    def hold(self) -> int:
        """Keep the worker until it ends; return its exit code once nothing of it is left."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._here, selectors.EVENT_READ, self._from_worker)
            waiting.register(self._woken, selectors.EVENT_READ, self._from_signals)
            waiting.register(sys.stdin.fileno(), selectors.EVENT_READ, self._from_holder)
            while self._code is None:
                left = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
                for key, _ in waiting.select(left):
                    if not key.data():
                        waiting.unregister(key.fileobj)
                if self._deadline is not None and time.monotonic() >= self._deadline:
                    self._deadline = None
                    self._worker.kill()
                self._reap()
        self._end_all()
        return self._code

    def _from_worker(self) -> bool:
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            said = self._here.recv(1 << 12)
            if not said:
                return False
            *lines, self._pending = (self._pending + said).split(b"\n")
            for line in lines:
                self._obey(line.split())
        return True

    def _obey(self, words: list[bytes]) -> None:
        if words[:1] == [b"begin"]:
            self._deadline = time.monotonic() + float(words[1])
        elif words == [b"end"]:
            self._deadline = None
            self._end_all(but=self._worker.pid)
            with contextlib.suppress(OSError):
                self._here.setblocking(True)  # the worker reads until it has this
                self._here.sendall(b"ended\n")
                self._here.setblocking(False)

    def _from_signals(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(1 << 10):
                pass
        if self._asked:
            self._asked = False
            self._worker.terminate()
            with contextlib.suppress(OSError):
                self._here.send(b"wake\n")  # one that idles hears a signal only when it wakes
        return True

    def _from_holder(self) -> bool:
        said = os.read(sys.stdin.fileno(), 1 << 12)
        if said:
            with contextlib.suppress(OSError):
                self._here.send(said)
            return True
        self._worker.terminate()
        self._deadline = time.monotonic() + _FAREWELL
        return False

    def _hear(self, number: int, frame: object) -> None:
        self._asked = self._asked or number == signal.SIGTERM

    def _reap(self) -> None:
        """Take the exit codes of the worker and of orphans that ended by themselves."""
        if self._code is None:
            self._code = self._worker.poll()
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self._worker.pid:
                    self._code = os.waitstatus_to_exitcode(status)

    def _end_all(self, but: int | None = None) -> None:
        """End every descendant, except one with all that is its; again until none is found.

        What even SIGKILL doesn't end at once, in a call to a disk that hangs, isn't waited for.
        """
        until = time.monotonic() + _UNKILLABLE
        while (found := descendants(os.getpid(), but=but)) and time.monotonic() < until:
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._reap()
            time.sleep(0.005)


def _control(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _die_with_parent(parent: int) -> None:
    _control(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before we asked
        os._exit(1)


if __name__ == "__main__":
    raise SystemExit(_Leash(sys.argv[1:]).hold() & 0xFF)
