"""Logs on standard error: JSON with the names of the Elastic Common Schema, or lines for people.

One line a request, with its id; a run's lines have the run's. Libraries' lines come out the same way.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from structlog.types import Processor

from fairlead import __version__

ECS = "8.17"

NAMES = {
    "event": "message",
    "level": "log.level",
    "logger": "log.logger",
    "request_id": "http.request.id",
    "method": "http.request.method",
    "path": "url.path",
    "status": "http.response.status_code",
    "client": "client.address",
    "caller": "user.name",
    "agent": "user_agent.original",
    "run": "fairlead.run.id",
    "route": "fairlead.route",
    "trace_id": "trace.id",
}
"""What Fairlead's code says, and how the schema names it; anything else goes below ``labels``."""

_KEPT = frozenset({"@timestamp", "event.duration", "error.type", "error.message", "error.stack_trace"})


def configure_logs(stream: TextIO | None = None, *, people: bool | None = None) -> None:
    """Send all log lines of this process to a stream, standard error by default.

    ``people`` has them written for people, and only those that say that something is wrong; by default
    that is so on a terminal.
    """
    out = stream or sys.stderr
    readable = out.isatty() if people is None else people
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
    ]
    last: list[Processor] = (
        [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=False,
                exception_formatter=structlog.dev.plain_traceback,  # values are nobody's business
            ),
            _harmless_line,
        ]
        if readable
        else [_as_ecs, structlog.processors.JSONRenderer(ensure_ascii=True)]
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if readable else logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "sqlalchemy"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _as_ecs(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Rename what a line says to the schema's names."""
    error = event.pop("exc_info", None)
    line: dict[str, Any] = {
        "@timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ecs.version": ECS,
        "service.name": "fairlead",
        "service.version": __version__,
    }
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple) and error[0] is not None:
        error = error[1]
    if isinstance(error, BaseException):
        line["error.type"] = type(error).__name__
        line["error.message"] = str(error)
        line["error.stack_trace"] = "".join(traceback.format_exception(error))
    labels = {}
    for name, value in event.items():
        if name in NAMES:
            line[NAMES[name]] = value
        elif name == "seconds":
            line["event.duration"] = int(value * 1_000_000_000)
        elif name in _KEPT:
            line[name] = value
        else:
            labels[name] = value if isinstance(value, str | int | float | bool) else repr(value)
    if labels:
        line["labels"] = labels
    return line


def _harmless_line(logger: object, method: str, line: Any) -> str:
    """Show control characters, which a path or a tool may hold, as escapes."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in line
    )
