"""Starts pytest in the project's own interpreter, with plugins that write down what happens there.

This folder is copied beside a check's scratch files and this file started as a program; it may import
the standard library, pytest, coverage and testmon, and nothing of Fairlead. What it is told to do is in
the JSON file that its first argument names; the other arguments are pytest's.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys


def main(argv):
    """Run pytest as told and return its exit status."""
    with open(argv[0], encoding="utf-8") as file:
        told = json.load(file)
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
        faulthandler.dump_traceback_later(told["stacks_every"], repeat=True, file=stacks)
        status = int(pytest.main(argv[1:], plugins=plugins))
        faulthandler.cancel_dump_traceback_later()
    if recorder:
        recorder.finish(whole=status in (0, 1, 5))
    journal.write("ended", status=status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
