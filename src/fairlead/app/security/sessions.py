"""Sessions of browsers: a random word in a cookie, of which the store keeps the digest alone.

The store that all servers of a platform share knows them, so that whichever is asked knows who asks. A
session names the token that it was begun with and ends with it, by signing out, or after two weeks.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from fairlead.app.security import tokens
from fairlead.app.security.tokens import Token, digest
from fairlead.store.database import Database
from fairlead.store.tables import session as table

LASTS = 14 * 24 * 3600
"""Seconds that a session lasts."""

_BYTES = 32
_LENGTH = len(secrets.token_urlsafe(_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Begins, knows and ends the sessions of a store; ``clock`` gives seconds since 1970."""

    database: Database
    clock: Callable[[], float]

    def begin(self, token: int) -> str:
        """Return the word of a new session, for the cookie; sessions that are over are forgotten."""
        word, now = secrets.token_urlsafe(_BYTES), self.clock()
        with self.database.write() as unit:
            unit.connection.execute(table.delete().where(table.c.begun_at < now - LASTS))
            unit.connection.execute(
                table.insert(), {"digest": digest(word), "token_id": token, "begun_at": now}
            )
        return word

    def token_of(self, word: str) -> Token | None:
        """Return the token that a session was begun with; ``None`` for what opens nothing any more."""
        if len(word) != _LENGTH:
            return None
        now = self.clock()
        return tokens.of_session(self.database, digest(word), begun_after=now - LASTS, at=now)

    def end(self, word: str) -> None:
        """Let a session open nothing from now on, on any server."""
        with self.database.write() as unit:
            unit.connection.execute(table.delete().where(table.c.digest == digest(word)))
