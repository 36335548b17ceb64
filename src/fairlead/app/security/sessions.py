"""Sessions of browsers: a signed cookie that names a token, and the word that proves a form is ours.

The cookie holds a token's number, never the token, and is checked against the store at every request:
whoever revokes the token ends its sessions.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from fairlead.errors import FairleadError

LASTS = 14 * 24 * 3600
"""Seconds that a session lasts."""

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """A browser's session: the number of the token that it was begun with, and a word of its own."""

    token: int
    word: str


class Sessions:
    """Signs and reads sessions with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._signer = URLSafeTimedSerializer(
            key, salt="fairlead-session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def begin(self, token: int) -> str:
        """Return the cookie of a new session."""
        return self._signer.dumps([token, secrets.token_urlsafe(12)])

    def read(self, cookie: str) -> Session | None:
        """Return the session that a cookie holds, ``None`` for a forged, spoilt or old one."""
        try:
            token, word = self._signer.loads(cookie, max_age=LASTS)
        except (BadData, ValueError, TypeError):
            return None
        return Session(token, word) if isinstance(token, int) and isinstance(word, str) else None

    def form_token(self, word: str) -> str:
        """Return what a form has to hold in the session with this word, ``""`` without a session."""
        return hmac.new(self._key, b"form " + word.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, shown: str, word: str) -> bool:
        """Return whether a form held what it has to, in the same time for every answer."""
        return hmac.compare_digest(shown.encode("utf-8", "replace"), self.form_token(word).encode())


def signing_key(state: Path) -> bytes:
    """Return the key that sessions are signed with, made at the first time; for its owner alone.

    Several servers of one platform need the same: they share the folder. Raises FairleadError when it
    can't be read or made.
    """
    path = state / "keys" / "sessions"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            made = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(made, path)  # the first of several that start at once wins
            finally:
                made.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise FairleadError(
            f"the key of sessions at {path} can't be read: {error.strerror}",
            fix="let the user that runs fairlead own the state folder, or name another with --state",
        ) from error
    if len(key) < _KEY_BYTES:
        raise FairleadError(
            f"the key of sessions at {path} is damaged",
            fix=f"remove it: rm {path}; everybody signs in again",
        )
    return key
