"""Which commits a CI run is about, by the variables that GitHub and GitLab set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.changes.commits import Commit, find_commits
from fairlead.changes.git import Repository
from fairlead.errors import FairleadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a CI run says it is about.

    ``base`` are revisions to try, in order. ``exact`` means that the base's tree itself is compared,
    not where the histories meet. ``forced`` allows a base that history no longer has. ``new_branch``
    says there is no base.
    """

    source: str
    head: str
    base: tuple[str, ...]
    exact: bool = False
    forced: bool = False
    new_branch: bool = False


def announced(repository: Repository, environ: Mapping[str, str]) -> Announced | None:
    """Return what the CI run is about; ``None`` outside CI, or when it is about another repository."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return _github(repository, environ)
    if environ.get("GITLAB_CI") == "true":
        return _gitlab(repository, environ)
    return None


def comes_from_elsewhere(environ: Mapping[str, str]) -> bool:
    """Whether the CI run is for a request from another repository, a fork, say: anyone can make one."""
    if environ.get("GITHUB_ACTIONS") == "true":
        pull = _mapping(_event(environ).get("pull_request"))
        names = [
            _text(_mapping(_mapping(pull.get(side)).get("repo")).get("full_name"))
            for side in ("head", "base")
        ]
        return bool(pull) and (not names[0] or names[0] != names[1])  # a fork may be gone by now
    if environ.get("GITLAB_CI") == "true":
        source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "")
        return bool(source) and source != environ.get("CI_MERGE_REQUEST_PROJECT_ID")
    return False


def _github(repository: Repository, environ: Mapping[str, str]) -> Announced | None:
    """Read GitHub's event (docs.github.com, "Webhook events and payloads" and "Variables")."""
    event = _event(environ)
    pull = _mapping(event.get("pull_request"))
    head_sha = _text(_mapping(pull.get("head")).get("sha"))
    known = find_commits(
        repository, [name for name in ("HEAD", environ.get("GITHUB_SHA", ""), head_sha) if name]
    )
    if "HEAD" not in known or len(known) == 1:
        return None
    if pull:
        return _pull_request(environ, pull, head_sha, known)
    group = _mapping(event.get("merge_group"))
    if base := _text(group.get("base_sha")):
        return Announced(source="GitHub's merge queue", head="HEAD", base=(base,), exact=True)
    if before := _text(event.get("before")):
        return _pushed("GitHub's push", before)
    return None


def _pull_request(
    environ: Mapping[str, str],
    pull: Mapping[str, object],
    head_sha: str,
    known: Mapping[str, Commit],
) -> Announced:
    source = "GitHub's pull request"
    head = known["HEAD"]
    if len(head.parents) == 2 and head.parents[1] == head_sha:
        # The merge that GitHub makes to try the request: its first parent is the branch as it is now,
        # newer than the event's base, which would add other people's changes.
        return Announced(source=source, head="HEAD", base=(head.parents[0],), exact=True)
    checked_out = "HEAD"
    if head_sha and environ.get("GITHUB_EVENT_NAME") == "pull_request_target" and head.id != head_sha:
        if head_sha not in known:
            raise FairleadError(
                f"the pull request's head {head_sha} isn't in this clone, only the branch it is for",
                fix=f"git fetch origin {head_sha}",
            )
        checked_out = head_sha
    target = environ.get("GITHUB_BASE_REF") or _text(_mapping(pull.get("base")).get("ref"))
    names = (
        f"refs/remotes/origin/{target}" if target else "",
        _text(_mapping(pull.get("base")).get("sha")),
    )
    return _against(source, checked_out, names)


def _gitlab(repository: Repository, environ: Mapping[str, str]) -> Announced | None:
    """Read GitLab's predefined variables (docs.gitlab.com, "Predefined CI/CD variables reference")."""
    sha = environ.get("CI_COMMIT_SHA", "")
    if not sha or sha not in find_commits(repository, [sha]):
        return None
    if merged_onto := environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"):
        return Announced(source="GitLab's merged result", head=sha, base=(merged_onto,), exact=True)
    target = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
    names = (
        environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
        f"refs/remotes/origin/{target}" if target else "",
    )
    if any(names):
        return _against("GitLab's merge request", sha, names)
    before = environ.get("CI_COMMIT_BEFORE_SHA", "")
    return _pushed("GitLab's push", before, head=sha) if before else None


def _against(source: str, head: str, names: tuple[str, ...]) -> Announced:
    base = tuple(name for name in names if name)
    if not base:
        raise FairleadError(f"{source} names no base", fix="name a range: fairlead check A..B")
    return Announced(source=source, head=head, base=base)


def _pushed(source: str, before: str, *, head: str = "HEAD") -> Announced:
    if not before.strip("0"):
        return Announced(source=source, head=head, base=(), new_branch=True)
    return Announced(source=source, head=head, base=(before,), forced=True)


def _event(environ: Mapping[str, str]) -> Mapping[str, object]:
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        return _mapping(json.loads(Path(path).read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise FairleadError(
            f"GITHUB_EVENT_PATH names {path}, which cannot be read: {error}",
            fix="name a range: fairlead check A..B",
        ) from error


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
