"""Findings as they are kept between runs, and the keys under which that may be done."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from fairlead import __version__
from fairlead.checks.model import OURS, Check, Finding, Scope, Severity
from fairlead.checks.steering import steering_files
from fairlead.checks.tools import Tool
from fairlead.checks.views import Layout


def keys(
    check: Check,
    tool: Tool,
    settings: Mapping[str, object],
    stamp: str,
    layout: Layout,
    paths: Iterable[str],
) -> dict[str, str]:
    """Return the key of each path's result; by ``""`` the whole tree's, in scopes tree and project.

    A key stands for all that the result depends on: our own code, the tool and its configuration, the
    check's settings, and the file with the names of its tree's files, or the tree (``stamp`` stands for
    the environments). In scope ``change`` nothing may be kept, and there are none.
    """
    if check.scope is Scope.CHANGE:
        return {}
    steering = steering_files(check.configuration, layout.listing)
    common = digest(
        __version__,
        code_digest(),
        check.name,
        tool.use.name,
        tool.use.version,
        *tool.use.command,
        str(tool.use.origin == OURS),
        tool.stamp,
        json.dumps(settings, sort_keys=True, default=repr),
        stamp,
        layout.steering_digest,
        *(f"{path} {layout.listing[path]}" for path in steering),
    )
    if check.scope in {Scope.TREE, Scope.PROJECT}:
        return {"": digest(common, layout.content_digest)}
    return {path: digest(common, layout.names_digest, path, layout.listing[path]) for path in paths}


def digest(*words: str) -> str:
    """Return what stands for these words in this order."""
    hashed = hashlib.blake2b(digest_size=20)
    for word in words:
        raw = word.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % len(raw))
        hashed.update(raw)
    return hashed.hexdigest()


@functools.cache
def code_digest() -> str:
    """Return what stands for the code of all checks: what they find depends on it too."""
    hashed = hashlib.blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".toml", ".json"}:
            hashed.update(path.read_bytes())
    return hashed.hexdigest()


def encode(findings: Iterable[Finding]) -> bytes:
    """Return findings as they are kept: what a tool said, without what comparing made of it."""
    return json.dumps(
        [
            (
                *(found.rule, found.severity.value, found.path, found.line),
                *(found.what, found.why, found.fix, found.context),
                *(found.measure, found.url, found.blocking, found.apart, found.shown),
            )
            for found in findings
        ]
    ).encode("ascii")


def decode(kept: bytes) -> tuple[Finding, ...]:
    """Return the findings that ``encode`` wrote."""
    return tuple(
        Finding(
            rule=rule,
            severity=Severity(severity),
            path=path,
            line=line,
            what=what,
            why=why,
            fix=fix,
            context=context,
            measure=measure,
            url=url,
            blocking=blocking,
            apart=apart,
            shown=tuple(shown),
        )
        for rule, severity, path, line, what, why, fix, context, *rest in json.loads(kept)
        for measure, url, blocking, apart, shown in (rest,)
    )
