"""Versions and names by the rules of their ecosystem: PEP 440 and PEP 503, SemVer 2.0.0."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from fairlead.vulnerabilities.model import Ecosystem

_SEMVER = re.compile(
    r"v?(?P<core>\d+(?:\.\d+){0,2})(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII
)


class UnorderedError(ValueError):
    """A version that its ecosystem's rules cannot order."""


@lru_cache(maxsize=1 << 16)
def order(ecosystem: Ecosystem, version: str) -> Any:
    """Return a key that sorts ``version`` among those of its ecosystem; raises UnorderedError.

    A local part (``1.0+cu118``) and build metadata are left out: it is the public version that an
    advisory speaks of. Where SemVer's minor or patch are missing they are 0, as OSV writes ``0``.
    """
    if ecosystem is Ecosystem.PYPI:
        try:
            return Version(Version(version).public)
        except ValueError as error:  # InvalidVersion, and numbers of thousands of digits
            raise UnorderedError(f"{version[:80]!r} is not a version by PEP 440") from error
    found = _SEMVER.fullmatch(version.strip())
    if not found or len(version) > 256:
        raise UnorderedError(f"{version[:80]!r} is not a version by SemVer")
    core = [int(part) for part in found["core"].split(".")]
    core += [0] * (3 - len(core))
    # A release comes after its pre-releases; numbers before words, fewer fields before more (rule 11).
    fields = tuple(
        (0, int(field), "") if field.isdigit() else (1, 0, field)
        for field in (found["pre"] or "").split(".")
        if field
    )
    return (*core, not fields, fields)


def normal_name(ecosystem: Ecosystem, name: str) -> str:
    """Return the name that the ecosystem takes ``name`` for (PEP 503 on PyPI, as written elsewhere)."""
    return canonicalize_name(name) if ecosystem is Ecosystem.PYPI else name


def is_prerelease(ecosystem: Ecosystem, version: str) -> bool:
    """Return whether ``version`` comes before a release; raises UnorderedError."""
    key = order(ecosystem, version)
    return key.is_prerelease if isinstance(key, Version) else not key[3]
