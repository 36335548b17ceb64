"""The ``fairlead`` command."""

import os
import sys


def main() -> int:
    """Run the command line and return its exit code; ``--version`` alone loads nothing else."""
    if sys.argv[1:] == ["--version"]:
        from fairlead import __version__

        sys.stdout.write(f"fairlead {__version__}\n")
        return 0
    if sys.getfilesystemencoding() != "utf-8":
        # Git's paths are bytes, for which every room below counts on UTF-8 with surrogates.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606
    try:
        from fairlead.app.cli.main import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules were loaded: nothing has begun
        return 130


if __name__ == "__main__":
    sys.exit(main())
