"""What has to hold before a check executes code that a change brings, and what that code may reach."""

from __future__ import annotations

import contextlib
import os
import shutil
import site
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from fairlead.checks.model import NotEvaluated
from fairlead.environments.found import links_of
from fairlead.environments.model import Environment, Terms
from fairlead.isolation import Cell, refusal

_PATIENCE = 2.0


def obstacle(terms: Terms, environments: Sequence[Environment] = ()) -> NotEvaluated | None:
    """Return why nothing may be executed now, ``None`` when it may.

    What an untrusted change brings runs isolated or not at all, and never with the network; and a
    service that a project's tests ask for has to be there.
    """
    if terms.untrusted and (why := refusal()):
        return NotEvaluated(
            cause=f"the change is untrusted, and what it would execute can't be isolated: {why}",
            fix="install bubblewrap where the system lets it work (docs/security.md), or have someone "
            "who is trusted look at the change and run the gate without --untrusted",
        )
    services = dict.fromkeys(each for one in environments for each in one.declared.services)
    if services and terms.untrusted:
        return NotEvaluated(
            cause=f"the change is untrusted, and would need the network for {', '.join(services)}",
            fix="have someone who is trusted look at it and run the gate without --untrusted",
        )
    for service in services:
        if not _answers(service):
            return NotEvaluated(
                cause=f"{service}, which [environment] services names, does not answer",
                fix=f"start what listens at {service}, or take it out of services in fairlead.toml",
            )
    return None


def cell_of(
    environments: Sequence[Environment], *, command: Sequence[str] = (), writable: Iterable[Path]
) -> Cell:
    """Return the cell in which a check runs programs of these environments, and our own.

    ``command`` is one of the policy's own, which must be found, too. The network is there for projects
    whose tests need a service, and for no others.
    """
    readable = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, site.getsitepackages())]
    readable += links_of(Path(sys.executable))
    if command and (found := shutil.which(command[0])):
        readable += [Path(found).parent, Path(found).resolve().parent]
    if command[:1] and os.access(command[0], os.X_OK):
        readable.append(Path(command[0]).parent.parent)
    network = False
    for environment in environments:
        readable += [environment.prefix, environment.home.parent, *environment.packages]
        readable += [*links_of(environment.python), *environment.builders]
        readable += map(Path, environment.declared.readable)
        sockets = [Path(each).parent for each in environment.declared.services if each[:1] == "/"]
        readable += sockets
        network = network or len(sockets) < len(environment.declared.services)
    return Cell(readable=tuple(dict.fromkeys(readable)), writable=tuple(writable), network=network)


def _answers(service: str) -> bool:
    import socket  # few projects have services

    with contextlib.suppress(OSError, ValueError):
        if service.startswith("/"):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_PATIENCE)
                connection.connect(service)
            return True
        host, _, port = service.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=_PATIENCE):
            return True
    return False
