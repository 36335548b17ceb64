"""Builds small repositories with the real git: author, dates, configuration pinned, so ids repeat."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

Content = str | bytes | None
"""What a file holds; ``None`` removes it."""

_FIRST_SECOND = 1_767_225_600  # 2026-01-01T00:00:00Z


class RepositoryBuilder:
    """A repository in ``folder`` that grows commit by commit.

    Paths are strings as Python decodes file names (``surrogateescape``), so that any bytes can be one.
    Each commit is a minute later than the one before; the branch is ``main``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._commits = 0

    @classmethod
    def create(
        cls, folder: Path, *, object_format: str = "sha1", bare: bool = False
    ) -> RepositoryBuilder:
        """Make an empty repository in ``folder``, which is created."""
        folder.mkdir(parents=True, exist_ok=True)
        builder = cls(folder)
        options = ["--bare"] if bare else []
        builder.git(
            "init", "-q", "-b", "main", f"--object-format={object_format}", "--template=", *options
        )
        return builder

    def git(
        self,
        *words: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> str:
        """Run git here and return what it wrote, without the last newline; a failure is an error."""
        done = subprocess.run(
            ["git", *words],
            cwd=cwd or self.folder,
            input=stdin,
            capture_output=True,
            env={**self.environment(), **(env or {})},
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"git {' '.join(words)}: {os.fsdecode(done.stderr)}")
        return os.fsdecode(done.stdout).removesuffix("\n")

    def environment(self) -> dict[str, str]:
        """Return the variables that git is run with: no configuration but the repository's own."""
        when = f"{_FIRST_SECOND + 60 * self._commits} +0000"
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_COMMITTER_DATE": when,
            "GIT_ALLOW_PROTOCOL": "file",
        }

    def write(self, path: str, content: str | bytes, *, executable: bool = False) -> Path:
        """Write a file into the work tree; text becomes UTF-8."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        target.chmod(0o755 if executable else 0o644)
        return target

    def remove(self, path: str) -> None:
        """Remove a file or a folder from the work tree."""
        target = self.folder / path
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink()

    def rename(self, old: str, new: str) -> None:
        """Move a file or a folder in the work tree."""
        target = self.folder / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / old).rename(target)

    def symlink(self, path: str, target: str) -> None:
        """Put a symbolic link into the work tree."""
        link = self.folder / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)

    def submodule(self, path: str, commit: str = "1" * 40) -> None:
        """Put a submodule's entry into the index, with nothing behind it."""
        (self.folder / path).mkdir(parents=True, exist_ok=True)
        self.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")

    def apply(self, files: Mapping[str, Content]) -> None:
        """Write and remove files in the work tree."""
        for path, content in files.items():
            if content is None:
                self.remove(path)
            else:
                self.write(path, content)

    def stage(self, files: Mapping[str, Content] | None = None) -> None:
        """Apply ``files`` and put all of the work tree into the index."""
        self.apply(files or {})
        self.git("add", "-A")

    def commit(
        self,
        files: Mapping[str, Content] | None = None,
        *,
        over: Mapping[str, Content] | None = None,
        message: str = "A change",
    ) -> str:
        """Commit all of the work tree, ``files`` applied, and return the commit's id.

        With ``over``, that is committed first, so that the returned commit's parent holds it.
        """
        if over is not None:
            self.commit(over, message="Before it")
        self.stage(files)
        self._commits += 1
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.head

    def branch(self, name: str) -> None:
        """Start a branch at HEAD and go there."""
        self.git("checkout", "-q", "-b", name)

    def checkout(self, name: str) -> None:
        """Go to a branch or commit."""
        self.git("checkout", "-q", name)

    def merge(self, name: str) -> str:
        """Merge a branch with a merge commit and return its id."""
        self._commits += 1
        self.git("merge", "-q", "--no-ff", "--no-verify", "-m", f"Merge {name}", name)
        return self.head

    @property
    def head(self) -> str:
        """The id of HEAD's commit."""
        return self.git("rev-parse", "HEAD")

    def tree(self, revision: str = "HEAD") -> str:
        """Return the id of a revision's tree."""
        return self.git("rev-parse", f"{revision}^{{tree}}")

    def clone(self, folder: Path, *options: str) -> RepositoryBuilder:
        """Clone this repository over the file protocol, so that depth and filters count."""
        self.git("clone", "-q", *options, self.folder.resolve().as_uri(), str(folder))
        return RepositoryBuilder(folder)
