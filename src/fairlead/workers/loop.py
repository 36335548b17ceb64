"""What a worker of the embedded kind does all day."""

from __future__ import annotations

from fairlead.workers.carrying import Worker, carry_out, take_one

IDLE = 1.0
"""Seconds after which a worker looks into the ledger although nobody woke it."""


def work_off(worker: Worker) -> None:
    """Carry out one run after the other, in the ledger's order, until asked to halt."""
    while not worker.halt.is_set():
        claimed = take_one(worker)
        if claimed is None:
            worker.tether.wait(IDLE)
        else:
            carry_out(worker, claimed)
