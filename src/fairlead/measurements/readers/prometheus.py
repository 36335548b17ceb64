"""A Prometheus server that the user names: one query now, at a moment, or over a window.

Speaks the HTTP API v1 (https://prometheus.io/docs/prometheus/latest/querying/api/), which Thanos,
Mimir and VictoriaMetrics answer as well. Only the named address is spoken to: a redirect to another
host is refused, and so is an address that isn't http or https.
"""

from __future__ import annotations

import base64
import json
import math
import statistics
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPMessage
from typing import IO

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement, Window
from fairlead.measurements.records import Given, read_record
from fairlead.measurements.statistics import VALUE, parse_statistic

LIMIT = 64 << 20
"""How many bytes of an answer are read."""

SECONDS = 30.0
"""How long an answer may take."""

REDUCTIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "median": statistics.median,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
}
"""What the points of a window can be summed up by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to ask: an expression; a window with its step in seconds and its reduction, or a moment.

    Without a window the expression is evaluated once, at ``moment`` (``None``: now by the server's
    clock). With one, the points of each series are reduced to one figure by ``over``.
    """

    expression: str
    moment: str | None = None
    window: Window | None = None
    step: float = 60.0
    over: str = "median"


def read_prometheus(address: str, query: Query, *, given: Given) -> tuple[Measurement, ...]:
    """Return one measurement for each series that the server answers with, in its order.

    Over a window, ``n`` counts the points and the statistic names both steps (``median of p95``).
    Points that aren't numbers are left out. Raises FairleadError when the server cannot be reached,
    refuses the query, or knows no series for it.
    """
    base, authorization = _split(address)
    if query.window:
        path, asked = "query_range", {"start": query.window.start, "end": query.window.end}
        asked = {name: _as_time(said) for name, said in asked.items()} | {"step": f"{query.step:g}"}
    else:
        path, asked = "query", {"time": _as_time(query.moment)} if query.moment else {}
    asked = {"query": query.expression, **asked}
    data = _ask(f"{base}/api/v1/{path}", asked, authorization)
    series = data.get("result")
    kind = data.get("resultType")
    if kind == "scalar":
        series = [{"metric": {}, "value": series}]
    if kind not in {"scalar", "vector", "matrix"} or not isinstance(series, list):
        raise FairleadError(
            f"the query gives a {kind}, not numbers", fix="ask for a number, a vector or a range"
        )
    try:
        found = [one for item in series if (one := _measurement(base, query, item, given))]
    except (ValueError, TypeError, AttributeError) as error:
        raise _not_prometheus(base) from error
    if not found:
        raise FairleadError(
            f"{base} has no figures for {query.expression}",
            fix="try the query on its own page first, or widen --start and --end",
        )
    return tuple(found)


def _measurement(
    base: str, query: Query, item: Mapping[str, object], given: Given
) -> Measurement | None:
    points = item.get("values") if query.window else [item.get("value")]
    pairs = [(float(at), float(value)) for at, value in points] if isinstance(points, list) else []
    numbers = [(at, value) for at, value in pairs if math.isfinite(value)]
    if not numbers:
        return None
    labels = {str(name): value for name, value in _mapping(item.get("metric")).items()}
    name = str(labels.pop("__name__", ""))
    statistic = parse_statistic(given.statistic)
    value = numbers[0][1]
    if query.window:
        value = REDUCTIONS[query.over]([number for _, number in numbers])
        statistic = query.over if statistic == VALUE else f"{query.over} of {statistic}"
    return read_record(
        {
            "metric": given.metric or name or query.expression,
            "statistic": statistic,
            "value": value,
            "unit": given.unit,
            "n": len(numbers) if query.window else None,
            "start": _moment(numbers[0][0]),
            "end": _moment(numbers[-1][0]),
            "condition": given.condition,
            "source": f"{base} {query.expression}",
            "labels": labels,
        }
    )


def _split(address: str) -> tuple[str, str]:
    """Part the address from a name and password in it, which are sent but never written down."""
    parts = urllib.parse.urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise FairleadError(
            f"{address!r} is not an address of a Prometheus server", fix="name it: http://HOST:9090"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = f"{host}:{port}" if port else host
    authorization = ""
    if parts.username is not None:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    path = parts.path.rstrip("/").removesuffix("/api/v1")
    return f"{parts.scheme}://{place}{path}", authorization


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the host that the user named."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the request to follow; raises FairleadError for another host."""
        if urllib.parse.urlsplit(newurl).netloc != urllib.parse.urlsplit(req.full_url).netloc:
            raise FairleadError(
                f"{req.host} redirects to another address: {newurl}",
                fix="name that address yourself if it is the right one",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _ask(url: str, asked: Mapping[str, str], authorization: str) -> Mapping[str, object]:
    request = urllib.request.Request(  # noqa: S310 - _split lets http and https through alone
        f"{url}?{urllib.parse.urlencode(asked)}",
        headers={"Accept": "application/json"}
        | ({"Authorization": authorization} if authorization else {}),
    )
    try:
        with urllib.request.build_opener(_SameHost).open(request, timeout=SECONDS) as answer:
            body = answer.read(LIMIT + 1)
    except urllib.error.HTTPError as error:
        with error:
            body = error.read(LIMIT)
        said = _said(body) or f"{error.code} {error.reason}"
        fix = "put the name and password into the address" if error.code == 401 else "mend the query"
        raise FairleadError(f"{url} answers: {said}", fix=fix) from error
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", None) or error
        raise FairleadError(
            f"{url} cannot be reached ({reason})", fix="check the address and that it is running"
        ) from error
    if len(body) > LIMIT:
        raise FairleadError(
            f"{url} answers with more than {LIMIT >> 20} MiB",
            fix="use a longer --step, or sum() the series",
        )
    try:
        answer_of = json.loads(body)
        if answer_of["status"] != "success":
            raise KeyError(_said(body))
        return _mapping(answer_of["data"])
    except (ValueError, KeyError, TypeError) as error:
        raise _not_prometheus(url) from error


def _not_prometheus(address: str) -> FairleadError:
    return FairleadError(
        f"{address} doesn't answer as Prometheus does",
        fix="name the server's root, such as http://HOST:9090",
    )


def _said(body: bytes) -> str:
    try:
        said = str(_mapping(json.loads(body)).get("error") or "")
    except ValueError:
        return ""
    return "".join(sign for sign in said[:300] if sign.isprintable())


def _mapping(said: object) -> Mapping[str, object]:
    return said if isinstance(said, Mapping) else {}


def _as_time(instant: str) -> str:
    """Return what the API takes as a time: a date alone becomes its midnight in UTC."""
    return f"{instant}T00:00:00Z" if len(instant) == len("2026-03-01") else instant


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")
