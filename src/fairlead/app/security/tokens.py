"""Tokens: made once, shown once, kept as a digest alone.

A token is 256 random bits. That many can't be guessed or tried out, whatever a digest costs, so that
plain SHA-256 is the right one here; what slows guessing at passwords would only slow every request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.store.database import Database, Unit
from fairlead.store.tables import session
from fairlead.store.tables import token as table

PREFIX = "fairlead_"
"""What every token begins with, so that those who scan for leaked secrets know one."""

_BYTES = 32
_LONGEST_NAME = 80
_NOTE_USE_EVERY = 60.0


class Scope(StrEnum):
    """What a token is good for; each has what comes before it."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"

    @property
    def included(self) -> frozenset[Scope]:
        """The scopes that come with it, itself among them."""
        scopes = list(Scope)
        return frozenset(scopes[: scopes.index(self) + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token; times are seconds since 1970. The token itself isn't kept."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created_at: float
    expires_at: float | None
    used_at: float | None
    revoked_at: float | None

    def valid(self, at: float) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def create(
    unit: Unit, *, name: str, scope: Scope, at: float, expires_at: float | None = None
) -> tuple[Token, str]:
    """Make a token and return what is kept with the token itself, which nobody can show again.

    Raises FairleadError for a name that is taken, empty, longer than 80 characters or not printable.
    """
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise FairleadError(
            f"{name!r} is no name for a token",
            fix="name who or what uses it in 1 to 80 printable characters: ci-of-payments",
        )
    if unit.connection.execute(sa.select(table.c.id).where(table.c.name == name)).scalar() is not None:
        raise FairleadError(
            f"there is a token named {name!r} already, or there was",
            fix="choose another name; fairlead token list shows those that were given",
        )
    word = PREFIX + secrets.token_urlsafe(_BYTES)
    row = unit.connection.execute(
        table.insert().returning(table),
        {
            "name": name,
            "digest": digest(word),
            "scopes": str(scope),
            "created_at": at,
            "expires_at": expires_at,
        },
    ).one()
    return _token(row), word


def list_tokens(connection: sa.Connection) -> tuple[Token, ...]:
    """Return every token that was ever given, newest first."""
    return tuple(map(_token, connection.execute(sa.select(table).order_by(table.c.id.desc()))))


def revoke(unit: Unit, name: str, at: float) -> Token:
    """Let a token open nothing from now on; raises FairleadError when there is none of that name."""
    row = unit.connection.execute(
        table.update()
        .where(table.c.name == name)
        .values(revoked_at=sa.func.coalesce(table.c.revoked_at, at))
        .returning(table)
    ).one_or_none()
    if row is None:
        raise FairleadError(
            f"there is no token named {name!r}", fix="fairlead token list shows those that there are"
        )
    return _token(row)


def any_valid(connection: sa.Connection, at: float) -> bool:
    """Return whether some token opens something at this time."""
    return any(one.valid(at) for one in list_tokens(connection))


def identify(database: Database, word: str, at: float) -> Token | None:
    """Return the token that a caller showed, ``None`` for one that opens nothing."""
    if not word.startswith(PREFIX):
        return None
    shown = digest(word)
    with database.read() as connection:
        row = connection.execute(sa.select(table).where(table.c.digest == shown)).one_or_none()
    # The index compares digests, of which a caller can't choose even the first byte; the last
    # comparison takes the same time for every answer all the same.
    if row is None or not hmac.compare_digest(row.digest, shown):
        return None
    return _used(database, _token(row), at)


def of_session(
    database: Database, session_digest: str, *, begun_after: float, at: float
) -> Token | None:
    """Return the token that a session was begun with, ``None`` when it opens nothing any more."""
    query = (
        sa.select(table)
        .join(session, session.c.token_id == table.c.id)
        .where(session.c.digest == session_digest, session.c.begun_at > begun_after)
    )
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _used(database, _token(row), at)


def digest(word: str) -> str:
    """Return what is kept of a random word: of a token, of a session."""
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()


def _used(database: Database, token: Token, at: float) -> Token | None:
    if not token.valid(at):
        return None
    if token.used_at is None or at - token.used_at > _NOTE_USE_EVERY:
        with database.write() as unit:
            unit.connection.execute(table.update().where(table.c.id == token.id).values(used_at=at))
    return token


def _token(row: sa.Row) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        scopes=_expanded(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )


def _expanded(names: Iterable[str]) -> frozenset[Scope]:
    return frozenset(scope for name in names for scope in Scope(name).included)
