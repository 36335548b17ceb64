"""``fairlead worksheet open``: the pages of a worksheet, alone and on this machine only."""

from __future__ import annotations

import argparse
from pathlib import Path

from fairlead.app.cli.offering import offer
from fairlead.signals import ended_in_order
from fairlead.worksheet.folder import find_folder, load

PORT = 7434

_EXAMPLES = """\
examples:
  fairlead worksheet open
  fairlead worksheet open ~/stories --open
  fairlead worksheet open --port 0

The pages are served to this machine alone; nothing that is in them leaves it. Ctrl-C ends it.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the folder, and where it is shown."""
    parser.add_argument(
        "directory",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="the worksheet (default: this folder, one above it, or ./worksheet)",
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port to listen on (default: {PORT}), 0 for any"
    )
    parser.add_argument("--open", action="store_true", help="open the address in a browser at once")
    parser.epilog = _EXAMPLES


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; 0 when that came about by Ctrl-C or SIGTERM."""
    folder = (arguments.directory or find_folder(Path.cwd())).resolve()
    load(folder)
    from fairlead.app.listening import Server, bound_socket
    from fairlead.app.web.worksheet.desk import Desk
    from fairlead.app.worksheet_server import build
    from fairlead.settings import Settings

    with bound_socket("127.0.0.1", arguments.port) as socket:
        settings = Settings(state=folder, store="", port=socket.getsockname()[1], worksheet=folder)
        app = build(Desk(folder=folder), settings)
        address = f"{settings.address}/worksheet"
        server = Server(app, lambda: offer("The worksheet", address, at_once=arguments.open))
        with ended_in_order(server.end):
            server.run(sockets=[socket])
    return 0
