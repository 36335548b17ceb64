"""What a measurement collects, held in memory: lines by test, arcs of all tests together.

Coverage.py writes into a database whenever the context changes, which is once a test and twice a wide
fixture; with short tests a tenth of the whole time went there. This takes the database's place in a
measurement that is only read here.
"""

from __future__ import annotations

from array import array
from collections import defaultdict


class Arcs:
    """Executed arcs: pairs of line numbers, of which a negative one stands for an entry or an exit.

    Lines are held as packed numbers, since a batch of tests may have many that all execute the same.
    """

    def __init__(self):
        self._context = ""
        self._lines = defaultdict(dict)
        self._arcs = defaultdict(set)

    def set_context(self, context):
        """Hold what comes under another name from here on, and return the one before."""
        before, self._context = self._context, context or ""
        return before

    def add_arcs(self, arcs):
        """Add arcs by file to the current context."""
        held = self._lines[self._context]
        for file, pairs in arcs.items():
            self._arcs[file].update(pairs)
            lines = {line for pair in pairs for line in pair if line > 0}
            if lines:
                held.setdefault(file, array("I")).extend(lines)

    def add_file_tracers(self, tracers):
        """Take no note of who traces a file: no plug-in takes part here."""

    def lines_by_context(self):
        """Return the executed lines, by context and file."""
        return {
            context: {file: set(lines) for file, lines in files.items()}
            for context, files in self._lines.items()
        }

    def arcs_by_file(self):
        """Return the executed arcs by file, of all contexts together."""
        return self._arcs

    def erase(self, parallel=False):
        """Forget what was executed, but not under which name to hold what comes."""
        self._lines.clear()
        self._arcs.clear()


def hold_in_memory(measurement):
    """Have a measurement hold what it collects in ``Arcs``, where it hasn't begun to."""
    arcs = Arcs()

    def take_ours(suffix):
        measurement._data = arcs

    measurement._init_data = take_ours
