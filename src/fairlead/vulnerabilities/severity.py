"""How severe an advisory is: CVSS 3 base scores, and the words that databases use."""

from __future__ import annotations

from fairlead.vulnerabilities.model import Level

_METRICS: dict[str, dict[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}
_WORDS = {
    "CRITICAL": Level.CRITICAL,
    "HIGH": Level.HIGH,
    "MODERATE": Level.MEDIUM,
    "MEDIUM": Level.MEDIUM,
    "LOW": Level.LOW,
}


def base_score(vector: str) -> float | None:
    """Return the base score of a CVSS 3.0 or 3.1 vector, 0.0 to 10.0; ``None`` for anything else.

    By the formulas of FIRST, Common Vulnerability Scoring System v3.1, section 7.1. CVSS 4 needs
    tables of expert votes and is left to the word that the database gives.
    """
    if not vector.startswith(("CVSS:3.0/", "CVSS:3.1/")):
        return None
    given = dict(part.split(":", 1) for part in vector.split("/")[1:] if ":" in part)
    try:
        weight = {metric: values[given[metric]] for metric, values in _METRICS.items()}
        changed = {"U": False, "C": True}[given["S"]]
        privileges = _PRIVILEGES[given["S"]][given["PR"]]
    except KeyError:
        return None
    lost = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    if impact <= 0:
        return 0.0
    exploitability = 8.22 * weight["AV"] * weight["AC"] * privileges * weight["UI"]
    return _round_up(min(10.0, (1.08 if changed else 1.0) * (impact + exploitability)))


def level_of(score: float | None, word: str) -> Level:
    """Return the level of a base score, else of the word a database gives, else unknown."""
    if score is None:
        return _WORDS.get(word.upper(), Level.UNKNOWN)
    for limit, level in ((9.0, Level.CRITICAL), (7.0, Level.HIGH), (4.0, Level.MEDIUM)):
        if score >= limit:
            return level
    return Level.LOW


def _round_up(value: float) -> float:
    """Round up to one decimal the way CVSS 3.1, appendix A, prescribes for binary floats."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10
