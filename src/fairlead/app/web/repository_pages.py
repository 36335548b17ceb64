"""Repositories, the policy of each, and what another policy would have done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from fairlead.app.clones.copies import Copies
from fairlead.app.clones.registering import add_source
from fairlead.app.intake import take_in
from fairlead.app.platform import Platform
from fairlead.app.previewing import Preview, preview, read_text
from fairlead.app.web.board_pages import STANDINGS
from fairlead.app.web.numbers import Number
from fairlead.app.web.rendering import page
from fairlead.changes.git import Repository as GitRepository
from fairlead.changes.ranges import default_branch
from fairlead.errors import FairleadError
from fairlead.gate.policy_check import POLICY_FILES
from fairlead.gate.reading import read_policy
from fairlead.records.board import count_standings_by_repository
from fairlead.records.model import Repository
from fairlead.records.repositories import list_repositories, repository_of
from fairlead.store.scratch import scratch_folder

CHANGES = 100
"""How many of the last changes a preview looks at."""

_NEWEST = 2**62
_SO_FAR = TypeAdapter(Preview)
_LONGEST = 900_000
_SPOILT = FairleadError(
    "what was found so far can't be read any more", fix="try the policy again, from the start"
)


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The policy of a branch as it is written: in which file, and its text; ``""`` for defaults.

    ``trouble`` is why it can't be read.
    """

    file: str = ""
    text: str = ""
    trouble: str = ""


def routes(platform: Platform, copies: Copies, *, admin: Callable[..., object]) -> APIRouter:
    """Return the routes below ``/repositories``; ``admin`` lets only those through who may add one."""
    router = APIRouter(include_in_schema=False)

    def shown(source: str = "", cause: str = "", fix: str = "", status: int = 200) -> HTMLResponse:
        with platform.database.read() as connection:
            known = list_repositories(connection)
            standings = count_standings_by_repository(connection)
        return page(
            "repositories.html",
            status=status,
            here="repositories",
            repositories=known,
            standings={number: _in_order(counts) for number, counts in standings.items()},
            source=source,
            cause=cause,
            fix=fix,
        )

    def one(
        number: int,
        tried: str | None = None,
        found: Preview | None = None,
        cause: str = "",
        fix: str = "",
        status: int = 200,
    ) -> HTMLResponse:
        with platform.database.read() as connection:
            repository = repository_of(connection, number)
            standings = count_standings_by_repository(connection).get(number, {})
        policy = read_policy_text(platform, repository)
        return page(
            "repository.html",
            status=status,
            here="repositories",
            repository=repository,
            standings=_in_order(standings),
            policy=policy,
            tried=policy.text if tried is None else tried,
            found=found,
            most=CHANGES,
            seconds=platform.settings.preview_seconds,
            going_on=_going_on(tried, found),
            cause=cause,
            fix=fix,
        )

    @router.get("/repositories")
    def repositories() -> HTMLResponse:
        return shown()

    @router.post("/repositories", dependencies=[Depends(admin)])
    def add(source: Annotated[str, Form(max_length=2000)]) -> Response:
        try:
            repository = add_source(platform, copies, source.strip())
            take_in(platform.database, repository, environ=platform.environ, clock=platform.clock)
        except FairleadError as error:
            return shown(source, error.cause, error.fix, status=422)
        platform.notice()
        return RedirectResponse(f"/repositories/{repository.id}", status_code=303)

    @router.get("/repositories/{number}")
    def repository(number: Number) -> HTMLResponse:
        return one(number)

    @router.post("/repositories/{number}/look")
    def look(number: Number) -> Response:
        with platform.database.read() as connection:
            known = repository_of(connection, number)
        try:
            copies.fetch(known.source, Path(known.folder))
            take_in(platform.database, known, environ=platform.environ, clock=platform.clock)
        except FairleadError as error:
            return one(number, cause=error.cause, fix=error.fix, status=422)
        platform.notice()
        return RedirectResponse(f"/repositories/{number}", status_code=303)

    @router.post("/repositories/{number}/preview")
    def try_policy(
        number: Number,
        policy: Annotated[str, Form(max_length=200_000)] = "",
        so_far: Annotated[str, Form(max_length=_LONGEST)] = "",
    ) -> Response:
        with platform.database.read() as connection:
            known = repository_of(connection, number)
        policy = policy.replace("\r\n", "\n")  # as browsers send the ends of lines
        try:
            wanted, seen = read_text(policy), _read_so_far(so_far)
        except FairleadError as error:
            return one(number, policy, cause=error.cause, fix=error.fix, status=422)
        found = preview(
            platform,
            wanted,
            repository=known.name,
            below=_NEWEST if seen is None or seen.next is None else seen.next,
            limit=CHANGES - (len(seen.changes) if seen else 0),
            seconds=platform.settings.preview_seconds,
        )
        return one(number, policy, seen.followed_by(found) if seen else found)

    return router


def _read_so_far(said: str) -> Preview | None:
    """Return what a page that goes on had found; raises FairleadError for what no page of ours sent."""
    if not said:
        return None
    try:
        found = _SO_FAR.validate_json(said)
    except ValidationError as error:
        raise _SPOILT from error
    if found.next is None or len(found.changes) >= CHANGES:
        raise _SPOILT
    return found


def _going_on(policy: str | None, found: Preview | None) -> Mapping[str, str]:
    """Return the fields of a form that goes on from there, none where there is nothing left to do."""
    if policy is None or found is None or found.next is None or len(found.changes) >= CHANGES:
        return {}
    return {"policy": policy, "so_far": _SO_FAR.dump_json(found).decode()}


def _in_order(standings: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the states that changes stand in, in the order that boards have, with how many do."""
    return [(name, standings[name]) for name in STANDINGS if name in standings]


def read_policy_text(platform: Platform, repository: Repository) -> PolicyText:
    """Return the policy that the head of a repository's default branch holds, as it is written."""
    try:
        with scratch_folder(platform.environ) as scratch:
            git = GitRepository.open(Path(repository.folder), scratch=scratch, environ=platform.environ)
            _, head = default_branch(git)
            for file in POLICY_FILES:
                content = git.read(head.tree, file)
                text = "" if content is None else content.decode("utf-8", "replace")
                if text and read_policy(text, file=file, source=file) is not None:
                    return PolicyText(file, text)
    except FairleadError as error:
        return PolicyText(trouble=f"{error.cause}; {error.fix}")
    return PolicyText()
