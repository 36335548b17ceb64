"""What ``fairlead doctor`` looks at: is all here that a platform needs, of the right version."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
import sqlalchemy.exc

from fairlead.app.holding import running_at
from fairlead.errors import FairleadError
from fairlead.processes import clean_environment, run
from fairlead.settings import Settings
from fairlead.store.database import open_database
from fairlead.store.migrations import newest_version, version_of

_ROOM = 1 << 30
_GIT = (2, 25)
_SQLITE = (3, 35)
_TOOLS = ("ruff", "bandit", "complexipy", "deptry", "detect-secrets", "zizmor", "uv")
_SECONDS = 20.0


class Health(StrEnum):
    """How an examination ended: ``worse`` works without, ``broken`` doesn't."""

    GOOD = "good"
    WORSE = "worse"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that was looked at: what was seen, and what to do where it isn't good."""

    what: str
    health: Health
    seen: str
    fix: str = ""


def examine(settings: Settings) -> Iterator[Examined]:
    """Look at one thing after the other; nothing is changed, and nothing raises."""
    yield _python()
    yield _git()
    for tool in _TOOLS:
        yield _tool(tool)
    yield _state(settings.state)
    yield _store(settings)
    if settings.broker:
        yield _broker(settings.broker)
    yield _isolation()
    yield _platform(settings.state)
    if settings.worksheet is not None:
        yield _worksheet(settings.worksheet)


def _python() -> Examined:
    return _good("python", f"{'.'.join(map(str, sys.version_info[:3]))}, {sys.executable}")


def _git() -> Examined:
    said = _version(["git", "--version"])
    found = re.search(r"(\d+)\.(\d+)", said or "")
    if not found:
        return _broken("git", "isn't on the path", "apt-get install git, or brew install git")
    if (int(found[1]), int(found[2])) < _GIT:
        return _broken("git", said or "", "install git 2.25 or newer")
    return _good("git", said or "")


def _tool(name: str) -> Examined:
    place = Path(sys.executable).parent / name
    if not os.access(place, os.X_OK):
        return _broken(name, "isn't beside fairlead", f"{sys.executable} -m pip install {name}")
    said = _version([str(place), "--version"])
    if said is None:
        again = f"{sys.executable} -m pip install --force-reinstall {name}"
        return _broken(name, "doesn't start", again)
    return _good(name, said)


def _state(folder: Path) -> Examined:
    place = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        return _broken("state", f"{place} can't be written", "fairlead up --state DIR, one of yours")
    room = shutil.disk_usage(place).free
    seen = f"{folder}, {room / 1e9:.0f} GB free"
    if room < _ROOM:
        return Examined(
            what="state", health=Health.WORSE, seen=seen, fix="make room: runs write whole trees"
        )
    return _good("state", seen)


def _store(settings: Settings) -> Examined:
    shown = _shown(settings.store)
    if settings.store.startswith("sqlite"):
        if sqlite3.sqlite_version_info < _SQLITE:
            return _broken(
                "store", f"SQLite {sqlite3.sqlite_version} is too old", "use a Python with SQLite 3.35"
            )
        if not Path(sa.make_url(settings.store).database or "").exists():
            return _good("store", f"{shown}: not there yet, fairlead up makes it")
    try:
        database = open_database(settings.store)
    except FairleadError as error:
        return _broken("store", error.cause, error.fix)
    try:
        at, wanted = version_of(database), newest_version()
        if settings.store.startswith("sqlite"):
            with database.read() as connection:
                damage = connection.exec_driver_sql("pragma quick_check").scalar()
            if damage != "ok":
                return _broken("store", f"{shown}: {damage}", "fairlead backup --restore FILE")
    except FairleadError as error:
        return _broken("store", error.cause, error.fix)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        return _broken(
            "store",
            f"{shown}: {str(error).splitlines()[0]}",
            "start the database, or mend its address: --store, FAIRLEAD_STORE",
        )
    finally:
        database.close()
    if at == wanted:
        return _good("store", f"{shown}, tables at {at}")
    seen = f"{shown}: its tables are at {at or 'nothing'}, this Fairlead needs {wanted}"
    return Examined(what="store", health=Health.WORSE, seen=seen, fix="fairlead up brings them to date")


def _broker(address: str) -> Examined:
    try:
        import redis
    except ImportError:
        return _broken("broker", "the driver is missing", "pip install 'fairlead[distributed]'")
    shown = _shown(address)
    try:
        server = redis.Redis.from_url(address, socket_timeout=5, socket_connect_timeout=5)
        about = server.info("server")
        server.close()
    except (redis.RedisError, ValueError) as error:
        return _broken("broker", f"{shown}: {error}", "start Redis, or mend FAIRLEAD_BROKER")
    return _good("broker", f"{shown}, Redis {about['redis_version']}")


def _isolation() -> Examined:
    words = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "true"]
    done = run(words, cwd=Path("/"), env=clean_environment(), timeout=_SECONDS)
    if done.code == 0:
        return _good("isolation", "bubblewrap works")
    why = done.failure or done.stderr.decode("utf-8", "replace").strip() or f"ended with {done.code}"
    return Examined(
        what="isolation",
        health=Health.WORSE,
        seen=f"bubblewrap doesn't work: {why}",
        fix="apt-get install bubblewrap; until then changes that aren't trusted run no code",
    )


def _platform(state: Path) -> Examined:
    address = running_at(state)
    return _good("platform", f"is up at {address}" if address else "is not up: fairlead up starts it")


def _worksheet(folder: Path) -> Examined:
    from fairlead.worksheet.folder import find_folder

    try:
        return _good("worksheet", str(find_folder(folder)))
    except FairleadError as error:
        return _broken("worksheet", error.cause, error.fix)


def _version(words: list[str]) -> str | None:
    done = run(words, cwd=Path("/"), env=clean_environment(), timeout=_SECONDS)
    said = done.stdout.decode("utf-8", "replace").strip().splitlines()
    return said[0] if done.code == 0 and said else None


def _shown(address: str) -> str:
    """Return an address without what is secret in it."""
    return re.sub(r"//[^@/]*@", "//", address)


def _good(what: str, seen: str) -> Examined:
    return Examined(what=what, health=Health.GOOD, seen=seen)


def _broken(what: str, seen: str, fix: str) -> Examined:
    return Examined(what=what, health=Health.BROKEN, seen=seen, fix=fix)
