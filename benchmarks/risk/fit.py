"""Fit the score by size and spread, and say how well it does on commits that came later.

    FAIRLEAD_JIT_DATA=FOLDER uv run --group bench python benchmarks/risk/fit.py [--write]

FOLDER holds one ``PROJECT.csv.gz`` for each project, as in the replication package of Zeng et al.,
ISSTA 2021. Prints the tables of ``README.md``; ``--write`` replaces the coefficients that ship.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import brier_score_loss, roc_auc_score

COLUMNS = {
    "subsystems": "ns",
    "folders": "nd",
    "files": "nf",
    "entropy": "entrophy",  # the data set spells it so
    "lines added": "la",
    "lines deleted": "ld",
}
TARGET = Path(__file__).parents[2] / "src/fairlead/risk/size.json"
SOURCE = {
    "data": "LApredict replication package (Zeng et al., ISSTA 2021), six projects, MIT licence",
    "repository": "ZZR0/ISSTA21-JIT-DP",
    "commit": "5fbf45bb",
    "label": "the commit induced a defect, by SZZ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """Commits of several projects; row i of every array is one commit."""

    project: np.ndarray
    date: np.ndarray
    measures: np.ndarray
    bug: np.ndarray

    def at(self, rows: np.ndarray) -> Commits:
        """Return the commits of ``rows``, in that order."""
        return Commits(
            project=self.project[rows],
            date=self.date[rows],
            measures=self.measures[rows],
            bug=self.bug[rows],
        )


def read(folder: Path) -> Commits:
    """Return all commits in ``folder``, projects by name, each as its file orders them."""
    project, date, measures, bug = [], [], [], []
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                project.append(path.name.removesuffix(".csv.gz"))
                date.append(int(row["date"]))
                measures.append([float(row[column]) for column in COLUMNS.values()])
                bug.append(int(row["bug"]))
    if not project:
        sys.exit(
            f"no *.csv.gz in {folder}: set FAIRLEAD_JIT_DATA or --data to the folder that has them"
        )
    return Commits(
        project=np.array(project),
        date=np.array(date),
        measures=np.array(measures),
        bug=np.array(bug),
    )


def split(commits: Commits) -> tuple[Commits, Commits, Commits]:
    """Return each project's first 60 %, next 20 % and last 20 % by date, pooled over the projects."""
    parts: tuple[list[np.ndarray], ...] = ([], [], [])
    for name in np.unique(commits.project):
        rows = np.flatnonzero(commits.project == name)
        rows = rows[np.argsort(commits.date[rows], kind="stable")]
        first, second = int(0.6 * len(rows)), int(0.8 * len(rows))
        for part, chosen in zip(parts, np.split(rows, [first, second]), strict=True):
            part.append(chosen)
    train, validation, test = (commits.at(np.concatenate(part)) for part in parts)
    return train, validation, test


def fit(commits: Commits, *, free: bool = False) -> tuple[float, np.ndarray]:
    """Return intercept and weights of ln(1 + measure) that make the labels likeliest.

    Weights are held at or above 0 unless ``free``.
    """
    inputs = np.log1p(commits.measures)
    # The optimiser works on standardised measures; the weights that come back are for the plain ones.
    centre, spread = inputs.mean(axis=0), inputs.std(axis=0)
    design = np.column_stack([np.ones(len(inputs)), (inputs - centre) / spread])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = design @ weights
        likely = 1 / (1 + np.exp(-odds))
        mean = float(np.mean(np.logaddexp(0, odds) - commits.bug * odds))
        return mean, design.T @ (likely - commits.bug) / len(commits.bug)

    bounds = [(None, None)] + [(None if free else 0, None)] * inputs.shape[1]
    start = np.zeros(design.shape[1])
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    weights = found.x[1:] / spread
    return float(found.x[0] - weights @ centre), weights


def predict(commits: Commits, intercept: float, weights: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return each commit's probability, as ``fairlead.risk.size.score`` computes it."""
    inputs = np.log1p(np.minimum(commits.measures, limits))
    return 1 / (1 + np.exp(-(intercept + inputs @ weights)))


def report(name: str, bug: np.ndarray, value: np.ndarray) -> str:
    """Return a table row: n, rate of defects, mean score, AUC, Brier score and a constant's."""
    constant = bug.mean() * (1 - bug.mean())
    return (
        f"| {name} | {len(bug):,} | {bug.mean():.3f} | {value.mean():.3f} "
        f"| {roc_auc_score(bug, value):.3f} | {brier_score_loss(bug, value):.3f} | {constant:.3f} |"
    )


def main() -> None:
    """Fit on the first 80 %, report on the last 20 %, write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given = os.environ.get("FAIRLEAD_JIT_DATA")
    parser.add_argument("--data", type=Path, default=given, required=not given, metavar="FOLDER")
    parser.add_argument("--write", action="store_true", help=f"replace {TARGET.name}")
    arguments = parser.parse_args()
    commits = read(arguments.data)
    train, validation, test = split(commits)
    added = list(COLUMNS).index("lines added")

    print("Choice of the model, on the validation part (fitted on the first 60 %)\n")
    print("| model | AUC |\n| --- | --- |")
    for name, free in (("weights at or above 0 (chosen)", False), ("free weights", True)):
        _, weights = fit(train, free=free)
        value = np.log1p(validation.measures) @ weights
        print(f"| {name} | {roc_auc_score(validation.bug, value):.3f} |")
    print(f"| lines added alone | {roc_auc_score(validation.bug, validation.measures[:, added]):.3f} |")

    known = Commits(
        **{
            field: np.concatenate([getattr(train, field), getattr(validation, field)])
            for field in Commits.__slots__
        }
    )
    intercept, weights = fit(known)
    intercept, weights = round(intercept, 6), np.round(weights, 6)
    limits = np.round(known.measures.max(axis=0), 6)
    rate = float(known.bug.mean())
    bands = {"medium": round(rate, 2), "high": round(1.5 * rate, 2)}
    value = predict(test, intercept, weights, limits)

    print("\nOn the last 20 % of each project (fitted on the first 80 %)\n")
    print("| commits | n | defects | mean score | AUC | Brier | Brier of a constant |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(report("all", test.bug, value))
    for name in np.unique(test.project):
        rows = test.project == name
        print(report(str(name), test.bug[rows], value[rows]))
    print(f"\nlines added alone: AUC {roc_auc_score(test.bug, test.measures[:, added]):.3f}")

    print("\n| tenth by score | mean score | defects | n |\n| --- | --- | --- | --- |")
    for number, rows in enumerate(np.array_split(np.argsort(value, kind="stable"), 10), start=1):
        print(f"| {number} | {value[rows].mean():.3f} | {test.bug[rows].mean():.3f} | {len(rows):,} |")

    print("\n| band | from | share | defects |\n| --- | --- | --- | --- |")
    edges = [0.0, bands["medium"], bands["high"], 1.0]
    for name, low, high in zip(("low", "medium", "high"), edges, edges[1:], strict=False):
        rows = (value >= low) & (value < high)
        print(f"| {name} | {low:.2f} | {rows.mean():.2f} | {test.bug[rows].mean():.3f} |")

    fitted = {
        "provenance": {
            **SOURCE,
            "method": "logistic regression on ln(1 + measure), weights >= 0, maximum likelihood",
            "made_by": "benchmarks/risk/fit.py",
            "dates": [
                str(np.datetime64(int(edge), "s"))[:10] for edge in (known.date.min(), known.date.max())
            ],
            "n_fitted": len(known.bug),
            "base_rate": round(rate, 4),
            "n_tested": len(test.bug),
            "auc_tested": round(float(roc_auc_score(test.bug, value)), 4),
            "brier_tested": round(float(brier_score_loss(test.bug, value)), 4),
        },
        "intercept": intercept,
        "weights": {
            name: {"coefficient": float(weight), "limit": float(limit)}
            for name, weight, limit in zip(COLUMNS, weights, limits, strict=True)
        },
        "bands": bands,
    }
    if arguments.write:
        TARGET.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
        print(f"\nwrote {TARGET.name}")


if __name__ == "__main__":
    main()
