"""The best way to give each slot at most one item and each item to at most one slot.

Shortest augmenting paths with potentials, in the formulation of R. Jonker and A. Volgenant, *A Shortest
Augmenting Path Algorithm for Dense and Sparse Linear Assignment Problems* (Computing 38, 1987). The
result is optimal; time is at most the slots squared times slots and items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def assign(values: Sequence[Sequence[float]]) -> tuple[int | None, ...]:
    """Return for each slot the item that it gets, so that the sum of values is the highest possible.

    ``values[slot][item]`` above 0 is what that pair is worth; at 0 or below it is never made. A slot
    gets ``None`` when leaving it empty is part of the best whole. Equal wholes are decided by order.
    """
    slots = len(values)
    items = len(values[0]) if values else 0
    ceiling = 1.0 + max((max(row, default=0.0) for row in values), default=0.0)
    costs = [
        [ceiling - value if value > 0 else math.inf for value in row]
        # left empty; the last slot's column comes first, so that it gives way where wholes are equal
        + [ceiling if other == slot else math.inf for other in reversed(range(slots))]
        for slot, row in enumerate(values)
    ]
    owner = _solve(costs, slots, items + slots)
    given: list[int | None] = [None] * slots
    for item, slot in enumerate(owner[:items]):
        if slot is not None:
            given[slot] = item
    return tuple(given)


def _solve(costs: Sequence[Sequence[float]], rows: int, columns: int) -> list[int | None]:
    """Return for each column the row that has it, at the lowest whole cost; every row gets one."""
    of_row = [0.0] * rows
    of_column = [0.0] * columns
    owner: list[int | None] = [None] * columns
    for start in range(rows):
        distance = [math.inf] * columns
        came_from: list[int | None] = [None] * columns
        done = [False] * columns
        row, at, reached = start, None, 0.0
        while True:
            for column in range(columns):
                if done[column] or costs[row][column] == math.inf:
                    continue
                step = reached + costs[row][column] - of_row[row] - of_column[column]
                if step < distance[column]:
                    distance[column], came_from[column] = step, at
            at = min(
                (column for column in range(columns) if not done[column]),
                key=lambda column: distance[column],
            )
            reached = distance[at]
            done[at] = True
            holder = owner[at]
            if holder is None:
                break
            row = holder
        for column in range(columns):
            if done[column]:
                holder = owner[column]
                if holder is not None:
                    of_row[holder] += reached - distance[column]
                of_column[column] -= reached - distance[column]
        of_row[start] += reached
        while (before := came_from[at]) is not None:
            owner[at] = owner[before]
            at = before
        owner[at] = start
    return owner
