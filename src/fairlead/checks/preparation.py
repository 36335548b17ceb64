"""What has to be known before the first check runs: trees, pins, tools, and what the change touches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from fairlead import __version__
from fairlead.changes.git import Repository, encode_path
from fairlead.changes.model import Change, FileChange
from fairlead.checks.custom import CustomCheck, tool_of
from fairlead.checks.kept import digest
from fairlead.checks.looks import Request
from fairlead.checks.model import Check, NotEvaluated, Scope, ToolUse
from fairlead.checks.pins import Pin, is_pin_file, newer_pins, read_pins
from fairlead.checks.steering import Listing, Touch, describe, find_touch, steering_files
from fairlead.checks.tools import Tool, Toolbox, project_environments
from fairlead.checks.views import Contents, Sides, lay_out_sides, listing_of
from fairlead.environments.choice import Environments, Tree
from fairlead.environments.created import Maker
from fairlead.environments.model import Environment, Terms
from fairlead.environments.projects import concerned, find_projects, is_manifest
from fairlead.store.folder import user_cache
from fairlead.store.results import Results

_MODULES = {"pip-licenses": "piplicenses"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a run stands on.

    ``configurations`` name whose words steer each check's tool, in the head and in the base.
    """

    sides: Sides
    touch: Touch
    toolbox: Toolbox
    configurations: Mapping[str, tuple[str, str]]
    environments: Environments

    def choose(self, check: Check) -> Tool | NotEvaluated:
        """Return the tool of a check; one that runs no program is its own.

        A check that executes the project's code uses what the environment has, if that is there.
        """
        if isinstance(check, CustomCheck):
            return tool_of(check, self.toolbox.environ)
        if check.scope is Scope.PROJECT and (own := self._in_environment(check.tool)):
            return own
        if check.tool:
            return self.toolbox.choose(check.tool)
        use = ToolUse(
            name=check.name,
            version=__version__,
            origin="part of fairlead",
            configuration="",
            command=(),
        )
        return Tool(use=use, stamp="")

    def _in_environment(self, tool: str) -> Tool | None:
        for environment in self.environments.provide("head"):
            version = environment.version_of(tool) if isinstance(environment, Environment) else None
            if version and isinstance(environment, Environment):
                use = ToolUse(
                    name=tool,
                    version=version,
                    origin=environment.origin,
                    configuration="",
                    command=(str(environment.python), "-m", _MODULES.get(tool, tool)),
                )
                return Tool(use=use, stamp=environment.stamp)
        return None

    def uses(self, check: Check, tool: Tool, *, touched: bool) -> tuple[ToolUse, ...]:
        """Return the uses of a tool in the order of the head's looks, each with its configuration."""
        if isinstance(check, CustomCheck):
            return (tool.use,)
        head, base = self.configurations[check.name]
        if not touched:
            return (replace(tool.use, configuration=head),)
        return (
            replace(tool.use, configuration=f"{head}, as the change has it"),
            replace(tool.use, configuration=f"{base}, as the base has it"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Both trees' files, what the change touches of each check's configuration, and what was read."""

    head: Listing
    base: Listing
    touch: Touch
    contents: Contents


def survey(checks: Iterable[Check], *, change: Change, repository: Repository) -> Survey:
    """Look at the two trees once, for the plan and for the run."""
    head = listing_of(repository, change.range.head_tree)
    base = base_listing(head, change.files)
    steering = {check.name: check.configuration for check in checks}
    specs = {spec for configuration in steering.values() for spec in configuration}
    contents = Contents(repository)
    for listing in (head, base):
        contents.expect(listing, steering_files(specs, listing))
        contents.expect(listing, filter(is_pin_file, listing))
    touch = find_touch(steering, base, head, contents.read)
    return Survey(head=head, base=base, touch=touch, contents=contents)


def prepare(
    requests: Sequence[Request],
    *,
    change: Change,
    repository: Repository,
    survey: Survey,
    results: Results,
    environ: Mapping[str, str],
    fetch_tools: bool,
    terms: Terms,
) -> Ground:
    """Read what all checks need to know; of two runs over the same trees the second reads no file."""
    head, base, contents = survey.head, survey.base, survey.contents
    sides = lay_out_sides(change.range.base_tree, base, change.range.head_tree, head, survey.touch)
    tools = sorted({request.check.tool for request in requests} - {""})
    return Ground(
        environments=_environments(requests, change, repository, survey, environ, terms),
        sides=sides,
        touch=survey.touch,
        toolbox=Toolbox(
            pins=newer_pins(
                _pins(tools, contents, base, results), _pins(tools, contents, head, results)
            ),
            environments=project_environments(
                None if repository.bare else repository.folder, environ, (*head, *base)
            ),
            folder=user_cache(environ) / "tools",
            fetch=fetch_tools,
            environ=environ,
        ),
        configurations={
            request.check.name: (
                _description(request.check.configuration, contents, head, results),
                _description(request.check.configuration, contents, base, results),
            )
            for request in requests
        },
    )


def _environments(
    requests: Sequence[Request],
    change: Change,
    repository: Repository,
    survey: Survey,
    environ: Mapping[str, str],
    terms: Terms,
) -> Environments:
    """Return the environments of what the change concerns; no file is read where none is needed."""
    wanted = any(request.check.scope is Scope.PROJECT for request in requests)
    paths = [path for file in change.files for path in (file.path, file.old_path) if path]
    sides = {"head": survey.head, "base": survey.base}
    if wanted:
        for listing in sides.values():
            survey.contents.expect(listing, filter(is_manifest, listing))
    trees: dict[str, Tree] = {}
    for side, listing in sides.items():
        projects = find_projects(listing, survey.contents.read) if wanted else ()
        trees[side] = Tree(listing=listing, projects=projects, concerned=concerned(projects, paths))
    return Environments(
        trees=trees,
        read=survey.contents.read,
        work_tree=None if repository.bare else repository.folder,
        environ=environ,
        terms=terms,
        tagged=lambda: _tagged(repository, change.range.head or change.range.base or "HEAD"),
        maker=Maker(folder=user_cache(environ) / "environments", environ=environ),
    )


def _tagged(repository: Repository, commit: str) -> str:
    """Return the version that the latest tag of a commit's history names, ``""`` without one."""
    done = repository.attempt("describe", "--tags", "--abbrev=0", "--match", "*[0-9].[0-9]*", commit)
    found = re.search(r"\d+(?:\.\d+)+(?:[-._]?(?:a|b|rc|post|dev)[-._]?\d*)*", done.stdout.decode())
    return found[0] if found and done.code == 0 else ""


def base_listing(head: Listing, files: Sequence[FileChange]) -> Listing:
    """Return the base's files, in git's order: the head's with the change undone."""
    listing = dict(head)
    for file in files:
        if file.blob:
            listing.pop(file.path, None)
    for file in files:
        if file.old_blob:
            listing[file.old_path or file.path] = f"{file.old_mode:o} {file.old_blob}"
    return dict(sorted(listing.items(), key=lambda item: encode_path(item[0])))


def _pins(
    tools: Sequence[str], contents: Contents, listing: Listing, results: Results
) -> dict[str, Pin]:
    paths = [path for path in listing if is_pin_file(path)]
    key = digest("pins", __version__, *tools, *(f"{path} {listing[path]}" for path in paths))
    known = results.get([key]).get(key)
    if known is not None:
        return {tool: Pin(**pin) for tool, pin in json.loads(known).items()}
    pins = read_pins(contents.read(listing, paths), tools)
    results.put({key: json.dumps({tool: asdict(pin) for tool, pin in pins.items()}).encode()})
    return pins


def _description(
    configuration: tuple[str, ...], contents: Contents, listing: Listing, results: Results
) -> str:
    paths = steering_files(configuration, listing)
    if not paths:
        return "defaults"
    words = (f"{path} {listing[path]}" for path in paths)
    key = digest("configuration", __version__, *configuration, *words)
    known = results.get([key]).get(key)
    if known is not None:
        return known.decode("utf-8", "surrogatepass")
    phrase = describe(configuration, listing, contents.read)
    results.put({key: phrase.encode("utf-8", "surrogatepass")})
    return phrase
