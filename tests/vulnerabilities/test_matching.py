from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.vulnerabilities.locks.read import read_locks
from fairlead.vulnerabilities.matching import affects, match_packages, merge, within
from fairlead.vulnerabilities.model import Affected, Ecosystem, Event, Level, Locked, Matched
from fairlead.vulnerabilities.osv import read_record
from fairlead.vulnerabilities.severity import base_score, level_of
from fairlead.vulnerabilities.snapshot import import_snapshot
from fairlead.vulnerabilities.versions import UnorderedError, is_prerelease, normal_name, order

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM
SHARED = Path(os.environ.get("FAIRLEAD_SHARED_DATA", Path(__file__).parents[3] / "shared/data"))


def events(*pairs: tuple[str, str]) -> tuple[Event, ...]:
    return tuple(Event(kind=kind, version=version) for kind, version in pairs)


def affected(*pairs: tuple[str, str], versions: tuple[str, ...] = ()) -> Affected:
    ranges = (events(*pairs),) if pairs else ()
    return Affected(ecosystem=PYPI, name="thing", ranges=ranges, versions=versions)


def locked(version: str, name: str = "thing", ecosystem: Ecosystem = PYPI) -> Locked:
    return Locked(ecosystem=ecosystem, name=name, version=version, path="uv.lock", line=3)


def record(id_: str, *pairs: tuple[str, str], **others: object) -> dict[str, object]:
    return {
        "id": id_,
        "modified": "2026-11-20T00:00:00Z",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Thing"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{kind: end} for kind, end in pairs]}],
            }
        ],
        **others,
    }


def match(folder: Path, records: list[dict[str, object]], *packages: Locked) -> Matched:
    source = folder / "records.jsonl"
    source.write_text("".join(json.dumps(each) + "\n" for each in records))
    import_snapshot(source, into=folder / "snapshot", now=NOW)
    return match_packages(packages, folder / "snapshot")


# ranges

RELEASES = [
    f"{major}.{minor}{tail}"
    for major in range(3)
    for minor in range(3)
    for tail in ("a1", "", ".post1")
]


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Spans of releases that do not overlap: where one begins, how it ends, and where."""
    cuts = draw(st.lists(st.integers(0, len(RELEASES) - 1), unique=True, max_size=6).map(sorted))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    kinds = draw(st.lists(st.sampled_from(["fixed", "last_affected"]), min_size=3, max_size=3))
    return [
        (RELEASES[start], kind, RELEASES[end]) for (start, end), kind in zip(pairs, kinds, strict=False)
    ]


@given(spans(), st.integers(0, len(RELEASES) - 1), st.randoms(use_true_random=False))
def test_a_range_holds_what_its_spans_hold_in_whatever_order_its_events_come(
    found: list[tuple[str, str, str]], at: int, random: Random
) -> None:
    place = {release: index for index, release in enumerate(RELEASES)}
    listed = [pair for start, kind, end in found for pair in (("introduced", start), (kind, end))]
    random.shuffle(listed)

    answer = within(PYPI, events(*listed), RELEASES[at])

    assert answer is any(
        place[start] <= at < place[end] or (kind == "last_affected" and at == place[end])
        for start, kind, end in found
    )


@given(st.integers(0, len(RELEASES) - 1), st.integers(0, len(RELEASES) - 1))
def test_a_limit_bounds_a_range_that_has_no_other_end(limit: int, at: int) -> None:
    range_ = events(("introduced", "0"), ("limit", RELEASES[limit]))

    assert within(PYPI, range_, RELEASES[at]) is (at < limit)


@given(st.lists(st.sampled_from(RELEASES), max_size=5, unique=True), st.sampled_from(RELEASES))
def test_a_list_of_versions_holds_those_and_no_other(listed: list[str], version: str) -> None:
    entry = affected(("introduced", "9"), versions=tuple(listed))

    assert affects(entry, version) is (version in listed)


@pytest.mark.parametrize(
    ("pairs", "version", "inside"),
    [
        ([("introduced", "0"), ("fixed", "2")], "0.dev1", True),
        ([("introduced", "0"), ("fixed", "2.0")], "2", False),
        ([("introduced", "0"), ("fixed", "2.0")], "2.0rc1", True),
        ([("introduced", "0"), ("fixed", "3.8")], "3.7.4.post0", True),
        ([("introduced", "1.0"), ("last_affected", "1.0")], "1.0", True),
        ([("introduced", "1.0"), ("last_affected", "1.0")], "1.1", False),
        ([("introduced", "1.0"), ("fixed", "1.5"), ("introduced", "1.5")], "1.5", True),
        ([("introduced", "0"), ("limit", "*")], "9", True),
        ([("introduced", "0"), ("limit", "1"), ("limit", "2")], "1.5", True),
        ([("introduced", "1!0")], "2026.1", False),
        ([], "1", False),
    ],
)
def test_the_ends_of_a_range(pairs: list[tuple[str, str]], version: str, inside: bool) -> None:
    assert within(PYPI, events(*pairs), version) is inside


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "v1.0", "1.0+cu118", "1.0.0.0"])
def test_one_version_may_be_written_in_several_ways(version: str) -> None:
    assert affects(affected(versions=("1.0",)), version)


def test_a_local_build_of_a_fixed_version_is_fixed_and_of_the_last_affected_is_affected() -> None:
    entry = affected(("introduced", "0"), ("last_affected", "2.3.4"))

    assert affects(entry, "2.3.4+cu118")
    assert not affects(affected(("introduced", "0"), ("fixed", "2.3.4")), "2.3.4+cu118")


def test_a_version_that_nobody_can_order_raises_unless_it_is_listed() -> None:
    assert affects(affected(("introduced", "0"), versions=("2004d-x",)), "2004d-x")
    with pytest.raises(UnorderedError):
        affects(affected(("introduced", "0")), "2004d-x")


SEMVER = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2"]
SEMVER += ["1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"]


def test_semver_orders_as_its_specification_shows() -> None:
    keys = [order(NPM, version) for version in SEMVER]

    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert order(NPM, "1.0.0+build.1") == order(NPM, "1.0.0")
    assert [version for version in SEMVER if is_prerelease(NPM, version)] == SEMVER[:7]


@pytest.mark.parametrize("version", ["", "x", "1.2.3.4", "1..2", "^1.0.0", "1.0.0-ä"])
def test_what_is_no_semver_raises(version: str) -> None:
    with pytest.raises(UnorderedError):
        order(NPM, version)


# matching


def test_names_on_pypi_are_one_however_they_are_written(tmp_path: Path) -> None:
    names = {normal_name(PYPI, name) for name in ("Foo.Bar", "foo_bar", "FOO--bar")}

    assert names == {"foo-bar"}
    assert normal_name(NPM, "@Scope/Foo_Bar") == "@Scope/Foo_Bar"


def test_records_that_are_aliases_give_one_match(tmp_path: Path) -> None:
    span = (("introduced", "0"), ("fixed", "2.0"))
    records = [
        record("PYSEC-2026-1", *span, aliases=["CVE-2026-1"]),
        record("GHSA-aaaa-bbbb-cccc", *span, aliases=["CVE-2026-1"], summary="It leaks."),
        record("PYSEC-2026-2", *span),
    ]

    found = match(tmp_path, records, locked("1.0")).matches

    assert [each.id for each in found] == ["CVE-2026-1", "PYSEC-2026-2"]
    assert found[0].names == ("CVE-2026-1", "GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1")
    assert found[0].summary == "It leaks."


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=8))
def test_groups_share_no_name_and_lose_no_record(aliases: list[list[str]]) -> None:
    records = [read_record(record(f"X-{index}", aliases=names)) for index, names in enumerate(aliases)]

    groups = merge(records)

    names = [{name for each in group for name in (each.id, *each.aliases)} for group in groups]
    assert sum(map(len, groups)) == len(records)
    assert sum(map(len, names)) == len(set().union(*names))


def test_a_withdrawn_record_matches_nothing(tmp_path: Path) -> None:
    records = [
        record("PYSEC-1", ("introduced", "0"), withdrawn="2026-01-01T00:00:00Z"),
        record("PYSEC-2", ("introduced", "5")),
    ]

    assert match(tmp_path, records, locked("1.0")).matches == ()


@pytest.mark.parametrize(
    ("version", "fixed"),
    [("2.2.10", "2.2.24"), ("3.1.1", "3.1.12"), ("4.0", None), ("4.0.dev1", "4.0rc1")],
)
def test_the_fix_is_the_lowest_on_the_same_branch(
    tmp_path: Path, version: str, fixed: str | None
) -> None:
    spans_ = [("introduced", "2.2"), ("fixed", "2.2.24"), ("introduced", "3.0"), ("fixed", "3.1.12")]
    last = [("introduced", "4.0.dev0"), ("fixed", "4.0rc1"), ("introduced", "4.0")]

    found = match(tmp_path, [record("PYSEC-1", *spans_, *last)], locked(version)).matches

    assert [each.fixed for each in found] == [fixed]


def test_a_version_that_clears_every_advisory_is_named_beside_the_nearest_fix(tmp_path: Path) -> None:
    records = [
        record("PYSEC-1", ("introduced", "0"), ("fixed", "1.1")),
        record("PYSEC-2", ("introduced", "1.0"), ("fixed", "1.4")),
        record("PYSEC-3", ("introduced", "1.4"), ("fixed", "1.5")),
    ]

    found = match(tmp_path, records, locked("1.0")).matches

    assert [(each.fixed, each.clears) for each in found] == [("1.1", "1.5"), ("1.4", "1.5")]


def test_a_version_that_cannot_be_compared_is_undecided_and_not_clean(tmp_path: Path) -> None:
    found = match(tmp_path, [record("PYSEC-1", ("introduced", "0"))], locked("2004d-x"))

    assert found.matches == ()
    assert found.undecided == ("thing 2004d-x against PYSEC-1: '2004d-x' is not a version by PEP 440",)


def test_a_version_of_thousands_of_digits_is_undecided(tmp_path: Path) -> None:
    records = [record("PYSEC-1", ("introduced", "0"))]

    assert len(match(tmp_path, records, locked("9" * 5000)).undecided) == 1


def test_an_end_that_cannot_be_compared_is_undecided_and_not_clean(tmp_path: Path) -> None:
    found = match(tmp_path, [record("PYSEC-1", ("introduced", "odd-x"))], locked("1.0"))

    assert len(found.undecided) == 1


def test_a_package_named_without_versions_is_affected_in_all(tmp_path: Path) -> None:
    malicious = record("MAL-2026-1")
    malicious["affected"] = [{"package": {"ecosystem": "PyPI", "name": "thing"}}]

    assert [each.id for each in match(tmp_path, [malicious], locked("1.0")).matches] == ["MAL-2026-1"]


def test_packages_of_one_name_in_two_ecosystems_are_two(tmp_path: Path) -> None:
    records = [record("PYSEC-1", ("introduced", "0"))]

    found = match(tmp_path, records, locked("1.0", ecosystem=NPM), locked("1.0"))

    assert [each.package.ecosystem for each in found.matches] == [PYPI]


def test_matching_without_a_snapshot_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FairleadError) as raised:
        match_packages([locked("1.0")], tmp_path)

    assert raised.value.fix == "fairlead advisories import FILE"


# severity


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        # Example vectors and scores of FIRST's CVSS v3.1 examples document.
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
        ("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:N", None),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
        ("", None),
    ],
)
def test_base_scores_are_those_of_first(vector: str, score: float | None) -> None:
    assert base_score(vector) == score


@pytest.mark.parametrize(
    ("score", "word", "level"),
    [
        (9.0, "", Level.CRITICAL),
        (8.9, "", Level.HIGH),
        (4.0, "", Level.MEDIUM),
        (3.9, "HIGH", Level.LOW),
        (None, "MODERATE", Level.MEDIUM),
        (None, "", Level.UNKNOWN),
    ],
)
def test_the_level_is_that_of_the_score_else_of_the_word(
    score: float | None, word: str, level: Level
) -> None:
    assert level_of(score, word) is level


# real data


@pytest.mark.skipif(not (SHARED / "advisories").is_dir(), reason="the shared data is not here")
def test_two_real_locks_of_2021_match_what_was_checked_by_hand(tmp_path: Path) -> None:
    snapshot = import_snapshot(SHARED / "advisories/pypa-2024-10-10.jsonl.gz", into=tmp_path, now=NOW)
    locks = read_locks(SHARED / "locks", ["treeherder/requirements.txt", "bugbug/requirements.txt"])

    found = [match_packages(lock.packages, tmp_path) for lock in locks]

    assert (snapshot.advisories, snapshot.withdrawn, snapshot.corrupt) == ({"PyPI": 2651}, 10, 0)
    assert [len(each.matches) for each in found] == [23, 13]
    assert [each.undecided for each in found] == [(), ()]
    told = {(each.package.name, each.id): each.fixed for each in found[0].matches}
    assert told["django", "CVE-2021-35042"] == "3.1.13"
    assert told["urllib3", "CVE-2023-43804"] == "1.26.17"
    assert told["certifi", "CVE-2023-37920"] == "2023.7.22"
    assert ("jinja2", "CVE-2020-28493") not in told  # fixed in 2.11.3, which is what the lock holds
