"""Starts pytest in the project's own interpreter, with plugins that write down what happens there.

This folder is copied beside a check's scratch files and this file started as a program; it may import
the standard library, pytest, coverage and testmon, and nothing of Fairlead. What it is told to do is in
the JSON file that its first argument names; the other arguments are pytest's.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys


def main(argv):
    """Run pytest as told in a child, have it say where it is when time runs out, end as it ends.

    The child is asked for its stacks by a signal and writes them itself: a thread that reads frames
    which another executes can crash the interpreter (github.com/python/cpython/issues/140815), and
    Python 3.12 warns of every fork beside a thread. A crash in the last moments counts as time over.
    """
    with open(argv[0], encoding="utf-8") as file:
        told = json.load(file)
    if not hasattr(signal, "sigtimedwait"):
        return session_of(told, argv)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        return session_of(told, argv)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the child's to answer
    asked = signal.sigtimedwait({signal.SIGCHLD}, max(told["seconds"], 0.0)) is None
    if asked:
        os.kill(child, ASKING)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        return os.WEXITSTATUS(status)
    if asked:
        signal.pause()
    ended_by = os.WTERMSIG(status)
    if signal.getsignal(ended_by) is not signal.SIG_DFL:
        signal.signal(ended_by, signal.SIG_DFL)
    os.kill(os.getpid(), ended_by)
    return 1


ASKING = getattr(signal, "SIGRTMAX", signal.SIGUSR2)
"""The signal on which the child writes its stacks down: one that no suite uses."""


def session_of(told, argv):
    """Run pytest as told and return its exit status."""
    sys.argv = ["pytest", *argv[1:]]
    sys.path[0:0] = told["overlay"]
    import pytest  # what this folder is on the path for is imported before the tests are
    import session

    journal = session.Journal(told["journal"])
    tree = os.path.realpath(told["tree"])
    plugins: list[object] = [session.Reporter(journal, tree), session.Orderly(told["only"], tree)]
    recorder = None
    if told["overlay"]:
        import recording

        recorder = recording.Recorder(told, tree, journal)
        plugins += recorder.plugins
    sys.path[len(told["overlay"])] = os.getcwd()  # as python -m pytest has it
    with open(told["stacks"], "w") as stacks:
        faulthandler.register(ASKING, file=stacks)
        status = int(pytest.main(argv[1:], plugins=plugins))
        faulthandler.unregister(ASKING)
    if recorder:
        recorder.finish(whole=status in (0, 1, 5))
    journal.write("ended", status=status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
