"""``fairlead token``: who may reach a platform from elsewhere."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from fairlead.app.cli.platform_arguments import add_platform_arguments, platform_of
from fairlead.app.cli.printable import printable
from fairlead.app.platform import Platform
from fairlead.app.security.tokens import Scope, Token, create, list_tokens, revoke
from fairlead.errors import FairleadError

_EXAMPLES = """\
examples:
  fairlead token create maria --scope submit --days 90
  fairlead token list
  fairlead token revoke maria

Beyond a loopback address every request shows one: Authorization: Bearer TOKEN, or by signing in with it
in a browser. read lets its bearer see, submit queue and change too, admin add and remove repositories.
A token is shown once; what is kept can't be turned back into it. Revoking ends its sessions at once.
"""

_DAY = 24 * 3600.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs create, list and revoke."""
    parser.epilog = _EXAMPLES
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="create|list|revoke")
    creating = verbs.add_parser("create", help="make a token and show it, this once")
    creating.add_argument("name", help="who or what uses it")
    creating.add_argument(
        "--scope",
        choices=[str(scope) for scope in Scope],
        default=str(Scope.READ),
        help="what it is good for (default: read); each has what comes before it",
    )
    creating.add_argument("--days", type=int, metavar="N", help="let it end after N days")
    listing = verbs.add_parser("list", help="list the tokens that were given, newest first")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    revoking = verbs.add_parser("revoke", help="let a token open nothing any more")
    revoking.add_argument("name", help="its name, as the list has it")
    for verb in (creating, listing, revoking):
        add_platform_arguments(verb)


def run(arguments: argparse.Namespace) -> int:
    """Do the verb; 0 when it was done."""
    platform = platform_of(arguments)
    try:
        if arguments.verb == "create":
            _create(platform, arguments.name, Scope(arguments.scope), arguments.days)
        elif arguments.verb == "list":
            _list(platform, arguments.format)
        else:
            with platform.database.write() as unit:
                token = revoke(unit, arguments.name, platform.clock())
            print(printable(f"{token.name} opens nothing any more"))
    finally:
        platform.database.close()
    return 0


def _create(platform: Platform, name: str, scope: Scope, days: int | None) -> None:
    if days is not None and not 1 <= days <= 3650:
        raise FairleadError(f"--days is {days}", fix="give 1 to 3650, or leave it out")
    now = platform.clock()
    ends = None if days is None else now + days * _DAY
    with platform.database.write() as unit:
        _, word = create(unit, name=name, scope=scope, at=now, expires_at=ends)
    print(word)


def _list(platform: Platform, form: str) -> None:
    with platform.database.read() as connection:
        tokens = list_tokens(connection)
    now = platform.clock()
    if form == "json":
        print(json.dumps([_document(token, now) for token in tokens], indent=1))
        return
    if not tokens:
        print("No token was given yet: fairlead token create NAME --scope read|submit|admin")
    width = max((len(token.name) for token in tokens), default=0)
    for token in tokens:
        used = f"last used {_day(token.used_at)}" if token.used_at else "never used"
        words = (f"{token.name:<{width}}", f"{_widest(token):<6}", _standing(token, now), used)
        print(printable("  ".join(words)))


def _document(token: Token, now: float) -> dict[str, object]:
    return {
        "name": token.name,
        "scope": _widest(token),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "revoked_at": token.revoked_at,
        "valid": token.valid(now),
    }


def _widest(token: Token) -> str:
    return next(str(scope) for scope in reversed(Scope) if scope in token.scopes)


def _standing(token: Token, now: float) -> str:
    if token.revoked_at is not None:
        return f"revoked {_day(token.revoked_at)}"
    if token.expires_at is None:
        return "doesn't end"
    return f"{'ended' if token.expires_at <= now else 'ends'} {_day(token.expires_at)}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
