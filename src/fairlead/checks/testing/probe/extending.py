"""Our parts of testmon: a measurement of branches, held in memory, and a choice that is added to.

What testmon writes down stays what its own parts would have written; the next session reads it.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_left

import arcs
from testmon import process_code, pytest_testmon, testmon_core


def extend(record, coverage, keep):
    """Put the parts of a ``choosing.Record`` into testmon; the version of testmon is ours to choose.

    ``coverage`` makes a measurement, ``keep`` is given its arcs by file before they are erased.
    """
    collector, data = testmon_core.TestmonCollector, testmon_core.TestmonData
    determine = data.determine_stable

    def setup_coverage(this, subprocess=False):
        this.cov = coverage()
        arcs.hold_in_memory(this.cov)
        record.begin(this)
        this.start_cov()

    def get_nodes_files_lines(this, dont_include):
        measured = this.cov.get_data()
        keep(measured.arcs_by_file())
        found = record.charge(_by_test(measured, this.rootdir))
        for name in ("", dont_include):
            found.pop(name, None)
        this.batched_test_names.discard(dont_include)
        for test in this.batched_test_names:
            found.setdefault(test, {}).setdefault(test.partition("::")[0], {1})
        return found, {}

    def determine_stable(this):
        determine(this)
        record.choose(this)

    for owner, name, made in (
        (collector, "setup_coverage", setup_coverage),
        (collector, "get_nodes_files_lines", get_nodes_files_lines),
        (data, "determine_stable", determine_stable),
        (testmon_core, "create_fingerprint", fingerprint),
        # The tree lies in no repository: each file is read.
        (process_code, "get_files_shas", lambda directory: {}),
        # The project's order stays: suites rely on theirs, knowingly or not.
        (pytest_testmon, "sort_items_by_duration", lambda items, durations: None),
    ):
        setattr(owner, name, made)


def _by_test(measured, root):
    """Return the lines by context and Python file, the files named as they are from ``root``.

    What else is executed (templates that are compiled under their own name, modules in an archive)
    counts as data, which has all tests run when it changes.
    """
    relative = {}
    found = {}
    for context, files in measured.lines_by_context().items():
        for file in files:
            if file not in relative:
                is_source = file.endswith(".py") and os.path.isfile(file)
                relative[file] = os.path.relpath(file, root).replace(os.sep, "/") if is_source else ""
        found[context] = {relative[file]: lines for file, lines in files.items() if relative[file]}
    return found


def fingerprint(module, lines):
    """Return the checksums of the blocks that hold one of the lines, in the order of their beginnings.

    That is what testmon's own returns, which computes each checksum again for every test.
    """
    if not hasattr(module, "in_order"):
        blocks = sorted(module.blocks, key=lambda block: block.start)
        sums = testmon_core.methods_to_checksums([block.code for block in blocks])
        module.in_order = [
            (block.start, block.end, one) for block, one in zip(blocks, sums, strict=True)
        ]
    ordered = [*sorted(lines), sys.maxsize]
    return [one for start, end, one in module.in_order if ordered[bisect_left(ordered, start)] <= end]
