"""What the words of a verdict mean; `fairlead explain WORD` shows it."""

from __future__ import annotations

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {
    "pass": (
        "Every check that the plan asked for has looked and found nothing that the base doesn't have "
        "too. Exit code 0."
    ),
    "blocked": (
        "A check found something that this change added. Each finding says what, why and how to mend "
        "it. Old findings never block. Exit code 1."
    ),
    "not_evaluated": (
        "A check could not look: its tool is missing, crashed, ran out of time, or gave an answer that "
        "can't be read; or what it needs (advisories, approvals) isn't there. This is never counted as "
        "a pass. The fix that is printed with it mends the cause. Exit code 2."
    ),
    "skipped": (
        "The plan had no need of this check, and says why: no file of its kind, a nature the policy "
        "leaves out, or a proof that the change alters nothing. Nothing is skipped on the risk score."
    ),
    "nature": (
        "What a file is for: documentation, tests, source, configuration, dependencies, infrastructure "
        "(CI, containers, infrastructure as code), data, generated or vendored. It is read from path "
        "and content, and from .gitattributes of the base."
    ),
    "size": (
        "XS below 10 lines, S below 30, M below 100, L below 500, XL from there: added and deleted "
        "lines that someone wrote. Generated, vendored, locked, binary and inert files don't count, "
        "and what was left out is said."
    ),
    "inert": (
        "Proved not to alter behaviour. There are five proofs: same-syntax-tree, same-json-tokens, "
        "same-yaml-events, same-toml-tokens and moved-document. Without one of them by name, a change "
        "is not inert, however small."
    ),
    "same-syntax-tree": (
        "Both versions of a Python file parse to the same tree: only layout and comments differ. A "
        "changed docstring alters the tree; a changed comment that steers a tool (noqa, type: ignore, "
        "pragma: no cover, …) takes the proof away."
    ),
    "same-json-tokens": (
        "Both versions of a JSON file hold the same tokens in the same order and spelling; only white "
        "space differs."
    ),
    "same-yaml-events": (
        "Both versions of a YAML file give the same events: values, their style, tags, anchors and "
        "order; only white space and comments differ. Files that look like templates get no proof."
    ),
    "same-toml-tokens": (
        "Both versions of a TOML file hold the same tokens in the same order and spelling; only white "
        "space and comments differ."
    ),
    "moved-document": "A document was renamed without a changed byte, and configures nothing.",
    "suppression": (
        "A comment that steers a tool. The check it silences always runs on the change, and the "
        "verdict names the comment, so that a reviewer sees what was silenced."
    ),
    "steered": (
        "The change touches what configures a check. The check then runs under the base's "
        "configuration and under the head's, each compared with the base tree under the same one, "
        "and what either finds counts: a rule can't be switched off by the change that breaks it."
    ),
    "risk": (
        "How likely a change of this size and spread is to induce a defect, by a logistic regression "
        "on commits with known outcomes (files, folders, subsystems, entropy, lines added and "
        "deleted). It says so, with no bound, and nothing is skipped on it."
    ),
    "environment": (
        "The interpreter and packages with which a project's code is executed: named in [environment] "
        "of the policy, found in the work tree (.venv), or made by uv from what the tree locks. Where "
        "the change alters dependencies, base and head have one each."
    ),
    "isolated": (
        "Run by bubblewrap without network, home, checkout and other processes, with the system "
        "read-only. Where it doesn't work, the result says that what was executed was not isolated."
    ),
    "untrusted": (
        "A change whose author isn't to run code here: --untrusted, `untrusted = true` in the policy, "
        "or a request from a fork in CI. What it would execute is isolated, or not evaluated."
    ),
    "baseline": (
        "fairlead-baseline.json holds findings that a team has agreed to live with. It is read from "
        "the base of a change; `fairlead baseline` records it."
    ),
    "policy": (
        "fairlead.toml, or [tool.fairlead] in pyproject.toml: which checks look at which natures, "
        "sizes and proofs, and what blocks. It is read from the base of a change, never from the "
        "head. `fairlead init` writes one in which every key is explained."
    ),
}
