"""The arguments with which a command says which platform it is about."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from fairlead.app.platform import Platform
from fairlead.app.platform_wiring import open_platform, platform_settings


def add_platform_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --state and --store."""
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="where the platform keeps its own files (default: fairlead in the user's data folder)",
    )
    parser.add_argument(
        "--store",
        default="",
        metavar="ADDRESS",
        help="its database: postgresql://… (default: $FAIRLEAD_STORE, else a file in --state)",
    )


def platform_of(arguments: argparse.Namespace) -> Platform:
    """Open the platform that the arguments name; raises FairleadError when it cannot be."""
    settings = platform_settings(os.environ, state=arguments.state, store=arguments.store)
    return open_platform(settings, environ=os.environ)
