"""``fairlead up``: start the platform."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
from pathlib import Path

from fairlead.app import intake
from fairlead.app.cli.offering import offer
from fairlead.app.cli.platform_arguments import add_platform_arguments
from fairlead.app.cli.printable import printable
from fairlead.app.holding import holding
from fairlead.app.listening import bound_socket
from fairlead.app.observing.logs import configure_logs
from fairlead.app.platform import Platform
from fairlead.app.platform_wiring import open_platform, platform_settings
from fairlead.app.serving import serve
from fairlead.errors import FairleadError
from fairlead.records.repositories import list_repositories
from fairlead.worksheet.folder import find_folder, load

_EXAMPLES = """\
examples:
  fairlead up                                   the repository around you, on http://127.0.0.1:7433
  fairlead up --worksheet ~/stories             with the pages of a worksheet
  fairlead up --port 0                          on any free port
  fairlead up --store postgresql://fairlead@db/fairlead --broker redis://queue/0 --workers 0

Ctrl-C ends it: runs that go on are handed back and taken up by the next start. A second one, a
second or more later, doesn't wait for that.
"""

_NAMED = 3
"""How many repositories are named when it comes up; the board has all."""

_ENDING = "ending: what runs is handed back; Ctrl-C again ends at once"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `up` takes."""
    parser.description = (
        "Start the platform here: a store, background runs, an API and pages, in one process.\n"
        "The repository that it is started in is followed: its recent changes are read, the latest\n"
        "is run, and whatever its branches bring from now on."
    )
    parser.epilog = _EXAMPLES
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    parser.add_argument(
        "--port", type=int, default=7433, help="port to listen on (default: 7433), 0 for any"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="runs at once in processes of its own (default: 1; each uses all cores), 0 for none",
    )
    parser.add_argument(
        "--broker",
        default="",
        metavar="ADDRESS",
        help="redis://… where `fairlead worker` processes take the runs (default: $FAIRLEAD_BROKER)",
    )
    parser.add_argument(
        "--worksheet",
        type=Path,
        metavar="DIR",
        help="a worksheet to show beside (default: one found here)",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="a name that it is reached by, behind a proxy for example; a token is needed then",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy on another machine, or its network: it is believed who asks, and that by https",
    )
    parser.add_argument(
        "--git-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a git server of your own network that may be copied from (default: $FAIRLEAD_GIT_HOSTS)",
    )
    parser.add_argument(
        "--no-watch", action="store_true", help="follow no branches; another server does"
    )
    parser.add_argument("--open", action="store_true", help="open the address in a browser at once")
    add_platform_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; 0 when that came about by Ctrl-C or SIGTERM."""
    if arguments.workers < 0:
        raise FairleadError(f"--workers is {arguments.workers}", fix="give 0 or more")
    with bound_socket(arguments.host, arguments.port) as socket:
        settings = platform_settings(
            os.environ,
            state=arguments.state,
            store=arguments.store,
            host=arguments.host,
            port=socket.getsockname()[1],
            broker=arguments.broker,
            workers=arguments.workers,
            worksheet=_worksheet(arguments.worksheet),
            names=tuple(arguments.name),
            proxies=tuple(map(_network, arguments.proxy)),
            git_hosts=tuple(arguments.git_host),
        )
        configure_logs()
        with holding(settings.state, settings.address):
            platform = open_platform(settings, environ=os.environ, serving=True)
            try:
                _follow_what_is_here(platform)
                serve(
                    platform,
                    socket,
                    watch=not arguments.no_watch,
                    ready=lambda: offer("Fairlead", settings.address, at_once=arguments.open),
                    ending=lambda: print(_ENDING, file=sys.stderr),
                )
            finally:
                platform.database.close()
    return 0


def _follow_what_is_here(platform: Platform) -> None:
    """Register the repository of the folder that this was started in, if it is one."""
    try:
        repository = intake.add_folder(
            platform.database, Path.cwd(), at=platform.clock(), environ=platform.environ
        )
    except FairleadError as error:
        _say_what_is_followed(platform, error)
    else:
        print(printable(f"following {repository.name}, {repository.folder}"), file=sys.stderr)


def _say_what_is_followed(platform: Platform, not_here: FairleadError) -> None:
    """Name the repositories that were added before, or how to add the first one."""
    with platform.database.read() as connection:
        names = [one.name for one in list_repositories(connection)]
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        print(printable(f"following {', '.join(names[:_NAMED])}{more}"), file=sys.stderr)
        return
    print(printable(f"no repository is followed yet: {not_here.cause}"), file=sys.stderr)
    print("     add one: fairlead repository add PATH", file=sys.stderr)


def _network(said: str) -> str:
    """Return an address or network as it is written; raises FairleadError for what is neither."""
    try:
        return str(ipaddress.ip_network(said))
    except ValueError as error:
        raise FairleadError(
            f"--proxy {said!r} is neither an address nor a network",
            fix="name the proxy's own address: --proxy 10.0.0.4, or a network: --proxy 10.0.0.0/28",
        ) from error


def _worksheet(named: Path | None) -> Path | None:
    """Return the worksheet that was named, or is found where this was started; None for none.

    Raises FairleadError for a folder that was named and is no worksheet.
    """
    if named is not None:
        load(named)
        return named
    try:
        return find_folder(Path.cwd())
    except FairleadError:
        return None
