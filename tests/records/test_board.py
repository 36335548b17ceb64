"""The board's lines, on both stores: the newest of each change, found by all that one can ask."""

from __future__ import annotations

import pytest

from fairlead.errors import FairleadError
from fairlead.records import changes
from fairlead.records.board import Sought, Standings, count_standings, read_board
from fairlead.records.model import Kind
from fairlead.records.repositories import remove
from fairlead.records.showing import NotHere, show_change
from fairlead.store.database import Database, Unit
from fairlead.store.outbox import last_number
from fairlead.workers import ledger
from fairlead.workers.model import RunState
from stores import add_repository


def submit(unit: Unit, repository: int, key: str, head: str, at: float, title: str = "Work") -> int:
    """Submit a change and return its revision."""
    revision, _ = changes.submit(
        unit,
        repository_id=repository,
        key=key,
        kind=Kind.BRANCH,
        base="b",
        head=head,
        title=title,
        author="Ada",
        at=at,
    )
    return revision.id


def run(unit: Unit, repository: int, revision: int, outcome: RunState, at: float) -> int:
    """Have a run of a revision end so, and return it."""
    number = ledger.enqueue(unit, revision_id=revision, repository_id=repository, at=at)
    claimed = ledger.claim(unit, worker="w", at=at, lease_seconds=60)
    assert claimed is not None
    assert claimed.run_id == number
    ledger.finish(unit, claimed, outcome=outcome, at=at + 1)
    return number


def test_a_line_is_of_the_newest_revision_and_its_newest_run(database: Database) -> None:
    with database.write() as unit:
        repository = add_repository(unit)
        first = submit(unit, repository, "branch a", "1", 10.0)
        run(unit, repository, first, RunState.BLOCKED, 11.0)
        again = run(unit, repository, first, RunState.PASSED, 12.0)

    with database.read() as connection:
        (line,) = read_board(connection).lines
    assert (line.number, line.run_id, line.run_state) == (1, again, "passed")

    with database.write() as unit:
        submit(unit, repository, "branch a", "2", 20.0)

    with database.read() as connection:
        (line,) = read_board(connection).lines
    assert (line.number, line.run_id, line.run_state) == (2, None, "")

    with database.write() as unit:
        run(unit, repository, first, RunState.BLOCKED, 21.0)  # of the older one

    with database.read() as connection:
        (line,) = read_board(connection).lines
    assert (line.number, line.run_id) == (2, None)


def test_changes_are_found_by_standing_words_and_repository(database: Database) -> None:
    with database.write() as unit:
        lab, shop = add_repository(unit, "lab"), add_repository(unit, "shop")
        passed = submit(unit, lab, "branch a", "1", 1.0, "Retry 100 % of calls")
        blocked = submit(unit, shop, "branch b", "1", 2.0, "Drop the RETRY")
        submit(unit, shop, "branch c", "1", 3.0, "Name it")
        run(unit, lab, passed, RunState.PASSED, 5.0)
        run(unit, shop, blocked, RunState.BLOCKED, 6.0)
        waiting = submit(unit, shop, "branch d", "1", 4.0, "Wait")
        ledger.enqueue(unit, revision_id=waiting, repository_id=shop, at=7.0)

    def keys(**sought: str) -> str:
        with database.read() as connection:
            lines = read_board(connection, Sought(**sought)).lines
        return "".join(line.key[-1] for line in lines)

    assert keys() == "dcba"
    assert keys(standing="passed") == keys(standing="pass") == "a"
    assert keys(standing="blocked") == "b"
    assert keys(standing="queued") == "d"
    assert keys(standing="none") == "c"
    assert keys(words="retry") == "ba"
    assert keys(words="retry drop") == "b"
    assert keys(words="100 %") == "a"
    assert keys(words="_") == ""
    assert keys(repository="shop") == "dcb"
    assert keys(repository="nowhere") == ""
    with database.read() as connection:
        assert count_standings(connection) == {"passed": 1, "blocked": 1, "queued": 1, "none": 1}


def test_counts_that_were_kept_follow_every_step_of_a_run(database: Database) -> None:
    standings = Standings()

    def counts() -> dict[str, int]:
        with database.read() as connection:
            kept = standings.at(connection, last_number(connection))
            assert kept == count_standings(connection)
        return dict(kept)

    assert counts() == {}
    with database.write() as unit:
        repository = add_repository(unit)
        first = submit(unit, repository, "branch a", "1", 1.0)
    assert counts() == {"none": 1}
    with database.write() as unit:
        number = ledger.enqueue(unit, revision_id=first, repository_id=repository, at=2.0)
    assert counts() == {"queued": 1}
    with database.write() as unit:
        claimed = ledger.claim(unit, worker="w", at=3.0, lease_seconds=60)
    assert counts() == {"running": 1}
    with database.write() as unit:
        ledger.sweep(unit, 100.0)
    assert counts() == {"queued": 1}
    with database.write() as unit:
        ledger.ask_cancel(unit, number, 101.0)
    assert counts() == {"cancelled": 1}
    with database.write() as unit:
        remove(unit, repository, at=102.0)
    assert claimed is not None
    assert counts() == {}


def test_pages_of_a_board_hold_every_change_once_also_those_of_one_moment(database: Database) -> None:
    with database.write() as unit:
        repository = add_repository(unit)
        for number in range(23):
            submit(unit, repository, f"branch {number}", "1", float(number // 5))

    seen, after = [], ""
    with database.read() as connection:
        while True:
            page = read_board(connection, limit=4, after=after)
            seen += [line.change_id for line in page.lines]
            if page.next is None:
                break
            after = page.next

    assert len(seen) == len(set(seen)) == 23
    with database.read() as connection, pytest.raises(FairleadError, match="is no cursor"):
        read_board(connection, after="what")


def test_what_is_not_here_is_said_not_to_be_here(database: Database) -> None:
    with database.read() as connection:
        with pytest.raises(NotHere, match="no change 7"):
            show_change(connection, 7)
        with pytest.raises(NotHere, match="no revision 2 of change 7"):
            show_change(connection, 7, number=2)
