"""The numbers in the addresses of pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

LARGEST = 2**63 - 1
"""The largest number that a store gives to anything."""

Number = Annotated[int, Path(ge=1, le=LARGEST)]
