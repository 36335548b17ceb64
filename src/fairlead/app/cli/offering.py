"""Saying where pages are, and offering to open them in a browser."""

from __future__ import annotations

import sys
import threading
import webbrowser


def offer(what: str, address: str, *, at_once: bool) -> None:
    """Say on standard error that ``what`` is up at an address; open it at once, or when Enter is hit.

    Enter is offered at a terminal alone.
    """
    print(f"{what} is up at {address}", file=sys.stderr, flush=True)
    if at_once:
        webbrowser.open(address)
    elif sys.stdin is not None and sys.stdin.isatty():
        print("Enter opens it in your browser, Ctrl-C ends it.", file=sys.stderr, flush=True)
        threading.Thread(target=_open_on_enter, args=(address,), daemon=True).start()


def _open_on_enter(address: str) -> None:
    for _ in sys.stdin:
        webbrowser.open(address)
