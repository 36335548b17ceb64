"""Secrets: passwords, keys and tokens in the changed files, as detect-secrets knows them.

Three things about the tool decide how it is called. It leaves out, without a word, a file that is not
UTF-8 and one whose name it takes for a picture, an archive or a lock; it reports nothing at all when
its detectors did not load; and with ``--baseline`` it rewrites the baseline and loads whatever Python
file that names as a detector. So the changed files are copied into the scratch folder as UTF-8, under
names that it reads, beside a canary that it must find, and of the project's baseline it gets a copy
without foreign code. What it prints on its error stream is never quoted: secrets are there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.kinds import is_test, is_text_file
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.rules.explanations import explain
from fairlead.errors import FairleadError

BASELINE = ".secrets.baseline"

_URL = "https://github.com/Yelp/detect-secrets#readme"
_ENVIRONMENT = {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "COLUMNS": "200"}
_EXCLUDE_FILE = "detect_secrets.filters.regex.should_exclude_file"
_VERIFY = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"

_SILENT_FILTERS = ("is_swagger_file", "is_lock_file")
"""Filters that pass whole files over by their names, unless the project's baseline asks for them."""

_TAKEN_FOR_BINARY = re.compile(
    r".*\.(7z|bin|bmp|bz2|class|dmg|doc|eot|exe|gif|gz|ico|iml|ipr|iws|jar|jpe?g|mo|pdf|png|prefs|psd"
    r"|rar|realm|s7z|tar|tiff?|ttf|webp|woff|xlsx?|zip)",
    re.DOTALL,
)
"""Suffixes that the tool passes over in every case; a text under such a name is copied to another."""

_CANARY = "fairlead-canary"
_CANARY_TYPES = {"Private Key": "PrivateKeyDetector", "AWS Access Key": "AWSKeyDetector"}
_CANARY_TEXT = f"-----BEGIN {'RSA PRIVATE KEY'}-----\naws_key = 'AKIA{'QYLPMN5HNMWZ3KXT'}'\n"

_GUESSES = re.compile(r".*High Entropy String|Secret Keyword|Basic Auth Credentials")
"""Types that are found by shape or by the name of a variable, not by a provider's own form."""

_NARROW_GAP = b" " * 8
_GAP = re.compile(rb"(?<=[^ \t\r\n])[ \t]{9,}")
"""A gap so wide that no password has it inside; what it becomes in the copy."""

_DIGEST = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})(?![0-9a-fA-F])")
_QUOTED = re.compile(r"""["']([^"']*)["']""")
_WORDS = re.compile(r"[A-Za-z]+(?:[-_ .:/][A-Za-z]+)*")
_DOCUMENTS = {".md", ".rst", ".txt", ".adoc"}

_LEFT_OUT_NAMES = {"go.sum", "package-lock.json", "packages.lock.json", "npm-shrinkwrap.json"}
_LEFT_OUT_NAMES |= {"pnpm-lock.yaml", "Package.resolved", "Cartfile.resolved", BASELINE}
_LEFT_OUT_SUFFIXES = {".lock", ".sum", ".map", ".svg", ".css", ".sha256", ".sha512", ".md5"}

_FILES_A_CORE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """``detect-secrets scan``, without asking providers whether a secret is live.

    It is known to have evaluated when the tool ends with 0, its report can be read and names the
    canary that was put beside the files, each of which is a readable copy in UTF-8. Findings that the
    project's ``.secrets.baseline`` lists are known to it and left out. A finding carries the tool's
    hash of the secret, never the secret.
    """

    name: str = "secrets"
    title: str = "passwords, keys and tokens"
    tool: str = "detect-secrets"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = (BASELINE,)

    def wants(self, file: FileChange) -> bool:
        """Any text but lock files, checksums and other hashes that a program wrote."""
        place = PurePosixPath(file.path)
        return (
            is_text_file(file)
            and place.name not in _LEFT_OUT_NAMES
            and place.suffix.lower() not in _LEFT_OUT_SUFFIXES
        )

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return one finding for each secret of each file, in the order of the paths and lines."""
        return reports.evaluation(_evaluate, view, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Baseline:
    """What the project's baseline says: settings for the tool, known secrets, files to leave out.

    ``foreign`` counts the detectors and filters that are the project's own code, which is not run;
    ``added`` are the types that only the canary needs.
    """

    settings: Mapping[str, Any]
    known: frozenset[tuple[str, str, str]]
    excluded: tuple[re.Pattern[str], ...]
    foreign: int
    added: frozenset[str]


def _evaluate(view: View, run: Run) -> Evaluated:
    reports.require_files(view)
    baseline = _baseline(view.folder)
    paths = [path for path in view.paths if not _is_excluded(path, baseline)]
    copies = view.scratch / "copies"
    for path in paths:
        _copy(view.folder / path, copies / _copied(path))
    sources = reports.Sources(view)
    found: list[Finding] = []
    for number, part in enumerate(reports.batches(paths)):
        results = _scan(view, run, part, baseline, view.scratch / str(number))
        with reports.reading("detect-secrets"):
            found += _findings(results, part, baseline, sources)
    return Evaluated(
        findings=reports.ordered(found, view, tool="detect-secrets"),
        evidence=_evidence(len(paths), len(view.paths), baseline),
    )


def _evidence(scanned: int, asked: int, baseline: _Baseline | None) -> str:
    said = f"detect-secrets was given {scanned} of {asked} files"
    if scanned:
        said += " and found the canary among them"
    if scanned < asked:
        said += f"; {BASELINE} excludes the others"
    if baseline and baseline.foreign:
        said += f"; {baseline.foreign} detectors or filters of the project's own code were not run"
    return said


def _baseline(folder: Path) -> _Baseline | None:
    place = folder / BASELINE
    if not place.is_file():
        return None
    with reports.reading(BASELINE):
        document = json.loads(place.read_bytes())
        plugins = [plugin for plugin in document["plugins_used"] if "path" not in plugin]
        filters = list(document.get("filters_used", []))
        trusted = [one for one in filters if one["path"].startswith("detect_secrets.filters.")]
        names = {plugin["name"] for plugin in plugins}
        added = {kind: name for kind, name in _CANARY_TYPES.items() if name not in names}
        settings = {
            **{key: document[key] for key in ("version", "generated_at") if key in document},
            "plugins_used": [*plugins, *({"name": name} for name in added.values())],
            "results": {},
        }
        if "filters_used" in document:
            settings["filters_used"] = [
                _within(folder, one) for one in trusted if one["path"] not in (_EXCLUDE_FILE, _VERIFY)
            ]
        return _Baseline(
            settings=settings,
            known=frozenset(
                (path, entry["type"], entry["hashed_secret"])
                for path, entries in document.get("results", {}).items()
                for entry in entries
            ),
            excluded=tuple(_exclusions(document, trusted)),
            foreign=len(document["plugins_used"]) - len(plugins) + len(filters) - len(trusted),
            added=frozenset(added),
        )


def _exclusions(
    document: Mapping[str, Any], filters: Sequence[Mapping[str, Any]]
) -> list[re.Pattern[str]]:
    """Return the patterns of files to leave out: of today's form, and of versions before 1.0."""
    patterns = [one["pattern"] for one in filters if one["path"] == _EXCLUDE_FILE]
    old = document.get("exclude") or {}
    patterns += [old["files"]] if old.get("files") else []
    flat = [word for entry in patterns for word in ([entry] if isinstance(entry, str) else entry)]
    try:
        return [re.compile(word) for word in flat]
    except re.error as error:
        raise ValueError(f"a pattern of files to exclude is not one: {error}") from error


def _within(folder: Path, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a filter whose word list or model, if it has one, is named by its whole path."""
    return {
        key: str(folder / value) if key in ("file_name", "model") and isinstance(value, str) else value
        for key, value in entry.items()
    }


def _is_excluded(path: str, baseline: _Baseline | None) -> bool:
    return baseline is not None and any(pattern.search(path) for pattern in baseline.excluded)


def _copied(path: str) -> str:
    """Return the name of a file's copy."""
    return f"{path}.fairlead.txt" if _TAKEN_FOR_BINARY.fullmatch(path) else path


def _copy(source: Path, target: Path) -> None:
    """Copy a file as UTF-8; bytes that are no UTF-8 are read as Latin-1, which has no invalid ones.

    Wide gaps within lines are narrowed: a table in plain text, padded to hundreds of columns, keeps the
    tool's patterns busy for minutes otherwise. Indentation stays, for YAML is read by it.
    """
    raw = source.read_bytes()
    try:
        raw.decode()
    except UnicodeDecodeError:
        raw = raw.decode("latin-1").encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(_GAP.sub(_NARROW_GAP, raw))


def _cores(names: Collection[str]) -> str:
    """Return how many processes the scan is worth: it is the slowest check of many files."""
    return str(max(1, min(os.cpu_count() or 1, len(names) // _FILES_A_CORE)))


def _scan(view: View, run: Run, part: Sequence[str], baseline: _Baseline | None, place: Path) -> Any:
    """Let the tool look at the copies of ``part`` and the canary, and return its results by path."""
    place.mkdir()
    copies = view.scratch / "copies"
    canary = _CANARY
    while (copies / canary).exists():
        canary += "-"
    (copies / canary).write_text(_CANARY_TEXT)
    names = {_copied(path): path for path in part}
    words = ["scan", "--no-verify"]
    for name in () if baseline else _SILENT_FILTERS:
        words += ["--disable-filter", f"detect_secrets.filters.heuristic.{name}"]
    if baseline:
        (place / BASELINE).write_text(json.dumps(baseline.settings))
        words += ["--baseline", str(place / BASELINE)]
    completed = run(
        [
            *view.tool.command,
            "--cores",
            _cores(names),
            *words,
            "--",
            canary,
            *(f"./{name}" for name in names),
        ],
        cwd=copies,
        extra_env=_ENVIRONMENT,
    )
    (copies / canary).unlink()
    reports.finished(completed, tool="detect-secrets", codes=(0,), quote=False)
    raw = (place / BASELINE).read_bytes() if baseline else completed.stdout
    report = reports.parsed(raw, tool="detect-secrets")
    with reports.reading("detect-secrets"):
        results = dict(report["results"])
        if results.pop(canary, None) is None:
            raise FairleadError(
                "detect-secrets did not find the secret that was laid out for it",
                fix=f"see that {BASELINE} does not exclude everything, and that detect-secrets runs",
            )
        return {names[name]: entries for name, entries in results.items()}


def _findings(
    results: Mapping[str, Any],
    part: Sequence[str],
    baseline: _Baseline | None,
    sources: reports.Sources,
) -> list[Finding]:
    findings = []
    for path in part:
        for entry in results.get(path, []):
            kind = reports.text(entry["type"])
            digest = reports.text(entry["hashed_secret"])
            line = reports.whole(entry["line_number"])
            if baseline and (kind in baseline.added or (path, kind, digest) in baseline.known):
                continue
            harmless = baseline is None and _seems_harmless(kind, path, sources.line(path, line))
            findings.append(_finding(path, kind, digest, line, harmless=harmless))
    return findings


def _seems_harmless(kind: str, path: str, line: str) -> bool:
    """Whether a finding would mostly annoy a project that has not recorded a baseline.

    That is a guess in a test or a document, a number of the size of a commit id or a digest, a text of
    plain words (``PASSWORD_RESET = "password_reset"``), and every address.
    """
    if kind.startswith("Public IP"):
        return True
    if not _GUESSES.fullmatch(kind):
        return False
    document = PurePosixPath(path).suffix.lower() in _DOCUMENTS
    digest = kind.startswith("Hex") and _DIGEST.search(line) is not None
    quoted = _QUOTED.findall(line) if kind == "Secret Keyword" else []
    words = bool(quoted) and all(_WORDS.fullmatch(text) for text in quoted)
    return digest or words or document or is_test(path) or "swagger" in path


def _finding(path: str, kind: str, digest: str, line: int, *, harmless: bool) -> Finding:
    rule = slug(kind)
    guess = _GUESSES.fullmatch(kind) is not None
    known = explain(rule)
    severity = Severity.WARNING if guess else Severity.ERROR
    seen = "may hold a secret, by its shape" if guess else "holds what has the form of a secret"
    return Finding(
        rule=rule,
        severity=Severity.NOTE if harmless else severity,
        path=path,
        line=line,
        what=f"this line {seen}: {kind}",
        why=known.why if known else "",
        fix=known.fix if known else "",
        context=digest,
        url=_URL,
    )


def slug(kind: str) -> str:
    """Return the rule for one of detect-secrets' types: ``aws-access-key`` for ``AWS Access Key``."""
    return re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")
