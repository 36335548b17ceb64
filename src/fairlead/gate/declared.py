"""Reading what a policy declares of the environments in which project code is executed."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.environments.model import Declared
from fairlead.gate.lines import Place
from fairlead.gate.values import Problems, known, typed, words

ENVIRONMENT_KEYS = (
    "python",
    "requirements",
    "groups",
    "extras",
    "from_source",
    "variables",
    "files",
    "services",
    "readable",
)
_LISTS = ("requirements", "groups", "extras", "from_source", "files", "services", "readable")


def read_environments(document: Mapping[str, object], problems: Problems) -> dict[str, Declared]:
    """Return what is declared for each project, by its folder; ``""`` is what holds for the others.

    A project's own table says what differs from that.
    """
    table = typed((), document, "environment", dict, {}, problems)
    known(("environment",), table, (*ENVIRONMENT_KEYS, "projects"), problems)
    general = _declared(("environment",), table, Declared(), problems)
    found = {"": general}
    projects = typed(("environment",), table, "projects", dict, {}, problems)
    for folder, own in projects.items():
        at: Place = ("environment", "projects", folder)
        if not isinstance(own, dict):
            problems.add(at, "must be a table")
            continue
        known(at, own, ENVIRONMENT_KEYS, problems)
        found[folder.strip("/")] = _declared(at, own, general, problems)
    return found


def _declared(
    at: Place, table: Mapping[str, object], default: Declared, problems: Problems
) -> Declared:
    lists = {key: words(at, table, key, getattr(default, key), problems) for key in _LISTS}
    for key in ("requirements", "files"):
        for path in lists[key]:
            if path.startswith("/") or ".." in path.split("/"):
                problems.add((*at, key), f"{path!r} lies outside of the repository")
    for path in lists["readable"]:
        if not path.startswith("/"):
            problems.add((*at, "readable"), f"{path!r} is not an absolute path")
    for service in lists["services"]:
        if not _is_address(service):
            problems.add((*at, "services"), f"{service!r} is neither HOST:PORT nor a socket's path")
    variables = typed(at, table, "variables", dict, dict(default.variables), problems)
    if not all(isinstance(value, str) for value in variables.values()):
        problems.add((*at, "variables"), 'must give each name a string: { NAME = "value" }')
        variables = {}
    return Declared(
        python=typed(at, table, "python", str, default.python, problems),
        variables=variables,
        **lists,
    )


def _is_address(service: str) -> bool:
    host, _, port = service.rpartition(":")
    return service.startswith("/") or (bool(host) and port.isdigit() and 0 < int(port) < 65536)
