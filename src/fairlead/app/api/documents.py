"""Documents that are stored as they were made: plans and verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import Response


def document(stored: Mapping[str, object], *, media_type: str = "application/json") -> Response:
    """Return a document as it is; in ASCII, so that what it tells of can't act on a terminal."""
    return Response(json.dumps(stored, separators=(",", ":")), media_type=media_type)
