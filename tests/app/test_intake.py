"""What a repository's refs show becomes changes, each once, and what is new is queued with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.platform import Platform
from fairlead.app.watching import Watcher
from fairlead.errors import FairleadError
from fairlead.measurements.asking import Question, answer
from fairlead.measurements.observations import AT_INTAKE, Metric
from fairlead.records.board import Sought, read_board
from fairlead.records.changes import revisions_of
from fairlead.records.model import BoardLine, Repository
from fairlead.records.repositories import repository_of
from fairlead.settings import Settings
from fairlead.store import tables
from fairlead.store.database import Database

AT = 1_800_000_000.0


@pytest.fixture
def platform(database: Database, address: str, tmp_path: Path) -> Platform:
    return Platform(
        settings=Settings(state=tmp_path / "state", store=address),
        database=database,
        environ=os.environ,
        clock=lambda: AT,
    )


def follow(database: Database, repository: RepositoryBuilder) -> Repository:
    return intake.add_folder(database, repository.folder, at=AT, environ=os.environ)


def lines(database: Database, sought: Sought | None = None) -> tuple[BoardLine, ...]:
    with database.read() as connection:
        return read_board(connection, sought or Sought()).lines


def queued(database: Database) -> list[str]:
    """Return the head commits of the runs that wait, in the order in which they were queued."""
    run, revision = tables.run, tables.revision
    query = sa.select(revision.c.head).join(run, run.c.revision_id == revision.c.id).order_by(run.c.id)
    with database.read() as connection:
        return list(connection.execute(query).scalars())


def test_commits_and_branches_become_changes_the_newest_first(
    database: Database, repository: RepositoryBuilder
) -> None:
    repository.commit({"a.py": "a = 1\n"}, message="Begin")
    repository.commit({"a.py": "a = 2\n"}, message="Go on")
    repository.branch("feature")
    repository.commit({"b.py": "b = 1\n"}, message="Add b")

    intake.take_in(database, follow(database, repository), environ=os.environ)

    assert [(line.title, line.kind, line.state) for line in lines(database)] == [
        ("Add b", "branch", "open"),
        ("Go on", "commit", "merged"),
        ("Begin", "commit", "merged"),
    ]


def test_of_a_new_repository_only_the_latest_change_is_queued(
    database: Database, repository: RepositoryBuilder
) -> None:
    repository.commit({"a.py": "a = 1\n"})
    latest = repository.commit({"a.py": "a = 2\n"})

    intake.take_in(database, follow(database, repository), environ=os.environ)

    assert queued(database) == [latest]


def test_of_commits_in_one_second_the_child_is_the_latest(
    database: Database, repository: RepositoryBuilder
) -> None:
    repository.commit({"a.md": "a\n"}, message="Begin")
    when = repository.git("log", "-1", "--format=%cI")
    repository.write("a.md", "b\n")
    repository.git("commit", "-qam", "Go on", env={"GIT_COMMITTER_DATE": when})

    intake.take_in(database, follow(database, repository), environ=os.environ)

    assert [line.title for line in lines(database)] == ["Go on", "Begin"]
    assert queued(database) == [repository.head]


def test_what_comes_later_is_queued_once(platform: Platform, repository: RepositoryBuilder) -> None:
    first = repository.commit({"a.py": "a = 1\n"})
    watcher = Watcher(platform=platform)
    follow(platform.database, repository)
    watcher.look()
    second = repository.commit({"a.py": "a = 2\n"})

    watcher.look()
    watcher.look()
    Watcher(platform=platform).look()  # another process, which has seen nothing

    assert queued(platform.database) == [first, second]


def test_a_branch_that_moves_is_the_same_change_with_another_revision(
    platform: Platform, repository: RepositoryBuilder
) -> None:
    repository.commit({"a.py": "a = 1\n"})
    repository.branch("feature")
    repository.commit({"b.py": "b = 1\n"})
    follow(platform.database, repository)
    watcher = Watcher(platform=platform)
    watcher.look()
    repository.commit({"b.py": "b = 2\n"}, message="Mend b")

    watcher.look()

    [line] = lines(platform.database, Sought(words="feature"))
    assert (line.number, line.title) == (2, "Mend b")
    with platform.database.read() as connection:
        assert [one.number for one in revisions_of(connection, line.change_id)] == [2, 1]


def test_every_change_is_read_also_those_that_an_earlier_process_left(
    platform: Platform, repository: RepositoryBuilder
) -> None:
    repository.commit({"README.md": "Hello\n"})
    repository.commit({"a.py": "a = 1\n"})
    intake.take_in(platform.database, follow(platform.database, repository), environ=os.environ)

    Watcher(platform=platform).look()

    assert [(line.nature, line.size) for line in lines(platform.database)] == [
        ("source", "XS"),
        ("documentation", "XS"),
    ]


def test_each_plan_is_observed_with_the_change_that_it_is_of_and_one_that_fails_too(
    platform: Platform, repository: RepositoryBuilder
) -> None:
    repository.commit({"README.md": "Hello\n"})
    repository.commit({"a.py": "a = 1\n", "fairlead.toml": "nonsense ="})
    repository.commit({"a.py": "a = 2\n"})
    followed = follow(platform.database, repository)
    intake.take_in(platform.database, followed, environ=os.environ)

    for _ in range(2):
        Watcher(platform=platform).look()

    table = tables.observation
    with platform.database.read() as connection:
        rows = connection.execute(sa.select(table).where(table.c.metric == "plan")).all()
        median = answer(
            connection,
            Question(metric=Metric.PLAN, condition=AT_INTAKE, outcome="planned"),
            source="here",
        )
    planned = [row for row in rows if row.outcome == "planned"]
    assert {row.outcome for row in rows} == {"planned", "unreadable"}
    assert [(row.nature, row.at, row.repository_id) for row in planned] == [
        ("source", AT, followed.id),
        ("documentation", AT, followed.id),
    ]
    assert all(row.value > 0 and row.condition == AT_INTAKE for row in rows)
    assert median is not None
    assert (median.n, median.condition) == (2, "ended planned, when it came in")


def test_a_repository_that_went_away_says_so_and_the_others_go_on(
    platform: Platform, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    other = RepositoryBuilder.create(tmp_path / "other")
    for one in (repository, other):
        one.commit({"a.py": "a = 1\n"})
        follow(platform.database, one)
    repository.folder.rename(tmp_path / "away")

    Watcher(platform=platform).look()

    with platform.database.read() as connection:
        gone = repository_of(connection, "repository")
        there = repository_of(connection, "other")
    assert "there is no folder" in gone.trouble
    assert there.trouble == ""
    assert [line.repository for line in lines(platform.database)] == ["other"]


def test_a_repository_that_came_back_is_in_no_trouble_any_more(
    platform: Platform, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"a.py": "a = 1\n"})
    follow(platform.database, repository)
    watcher = Watcher(platform=platform)
    repository.folder.rename(tmp_path / "away")
    watcher.look()
    (tmp_path / "away").rename(repository.folder)

    watcher.look()

    with platform.database.read() as connection:
        assert repository_of(connection, "repository").trouble == ""
    assert len(lines(platform.database)) == 1


def test_the_same_repository_by_another_path_is_no_second(
    database: Database, repository: RepositoryBuilder
) -> None:
    repository.commit({"lib/a.py": "a = 1\n"})

    one = follow(database, repository)
    again = intake.add_folder(database, repository.folder / "lib", at=AT, environ=os.environ)

    assert one == again


def test_two_repositories_of_one_name_are_told_apart(database: Database, tmp_path: Path) -> None:
    names = []
    for folder in ("one/lab", "two/lab"):
        built = RepositoryBuilder.create(tmp_path / folder)
        built.commit({"a.py": "a = 1\n"})
        names.append(follow(database, built).name)

    assert names == ["lab", "lab-2"]


def test_a_folder_that_is_in_no_repository_is_refused_with_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(FairleadError) as raised:
        intake.add_folder(database, tmp_path, at=AT, environ=os.environ)

    assert raised.value.fix


def test_names_with_markup_and_odd_bytes_stay_text(
    database: Database, repository: RepositoryBuilder
) -> None:
    repository.commit({"a.py": "a = 1\n"})
    repository.branch("x<script>alert(1)</script>")
    repository.commit({"b.py": "b = 1\n"}, message="\x1b[31mred\x1b[0m <b>bold</b>")

    intake.take_in(database, follow(database, repository), environ=os.environ)

    newest = lines(database)[0]
    assert newest.key == "branch x<script>alert(1)</script>"
    assert newest.title == "\x1b[31mred\x1b[0m <b>bold</b>"


def test_a_submitted_range_is_a_change_with_a_run(
    database: Database, repository: RepositoryBuilder
) -> None:
    base = repository.commit({"a.py": "a = 1\n"})
    head = repository.commit({"a.py": "a = 2\n"}, message="Mend a")

    submitted = intake.submit_range(
        database, repository.folder, revisions=f"{base}..{head}", at=AT, environ=os.environ
    )

    [line] = lines(database)
    assert (line.change_id, line.run_id, line.title) == (
        submitted.change_id,
        submitted.run_id,
        "Mend a",
    )
    assert queued(database) == [head]


def test_a_branch_that_is_submitted_is_the_change_that_its_ref_is(
    platform: Platform, repository: RepositoryBuilder
) -> None:
    repository.commit({"a.py": "a = 1\n"})
    repository.branch("feature")
    repository.commit({"b.py": "b = 1\n"})
    follow(platform.database, repository)
    Watcher(platform=platform).look()

    submitted = intake.submit_range(
        platform.database, repository.folder, revisions=None, at=AT, environ={"HOME": "/"}
    )

    [line] = lines(platform.database, Sought(words="feature"))
    assert line.change_id == submitted.change_id
    assert line.number == 1
