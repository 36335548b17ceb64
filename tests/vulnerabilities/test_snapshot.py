from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.errors import FairleadError
from fairlead.vulnerabilities import snapshot as snapshots
from fairlead.vulnerabilities import sources
from fairlead.vulnerabilities.model import Ecosystem, Snapshot
from fairlead.vulnerabilities.snapshot import FILE, import_snapshot, read_advisories, read_snapshot

NOW = datetime(2026, 11, 23, tzinfo=UTC)
THING = (Ecosystem.PYPI, "thing")


def record(
    id_: str = "PYSEC-1",
    modified: str = "2026-11-20T00:00:00Z",
    ecosystem: str = "PyPI",
    **others: object,
) -> dict[str, object]:
    package = {"ecosystem": ecosystem, "name": "Thing"}
    span = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.10"}]}
    return {
        "id": id_,
        "modified": modified,
        "affected": [{"package": package, "ranges": [span]}],
        **others,
    }


def lines(path: Path, records: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return path


def ids(folder: Path) -> list[str]:
    return [advisory.id for advisory in read_advisories(folder, [THING])]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


# every form


def test_the_same_records_give_the_same_snapshot_from_every_form(tmp_path: Path) -> None:
    records = {f"PYSEC-{number}": record(f"PYSEC-{number}") for number in range(3)}
    encoded = {f"{name}.json": json.dumps(each).encode() for name, each in records.items()}
    forms = [
        lines(tmp_path / "all.jsonl", records.values()),
        tmp_path / "all.jsonl.gz",
        zipped(tmp_path / "all.zip", encoded),
        tmp_path / "json",
        tmp_path / "yaml",
    ]
    forms[1].write_bytes(gzip.compress(forms[0].read_bytes()))
    for folder in forms[3:]:
        (folder / "vulns/thing").mkdir(parents=True)
    for name, content in encoded.items():
        (forms[3] / "vulns/thing" / name).write_bytes(content)
        text = content.decode().replace('"1.10"', "1.10")  # bare in YAML, and a number to most readers
        (forms[4] / "vulns/thing" / name).with_suffix(".yaml").write_text(text)

    made = [import_snapshot(form, into=tmp_path / f"into-{n}", now=NOW) for n, form in enumerate(forms)]

    assert {each.identity for each in made} == {made[0].identity}
    assert {str(each.advisories) for each in made} == {"{'PyPI': 3}"}


def test_a_snapshot_tells_what_was_kept_left_out_and_how_old_it_is(tmp_path: Path) -> None:
    source = lines(
        tmp_path / "all.jsonl",
        [
            record("A-1", "2026-11-20T00:00:00Z"),
            record("A-2", "2026-11-21T10:00:00+02:00"),
            record("A-3", withdrawn="2026-01-01T00:00:00Z"),
            record("A-4", ecosystem="Debian:12"),
            record("A-5", ecosystem="npm"),
            {"id": "A-6"},
            [],
        ],
    )

    made = import_snapshot(source, into=tmp_path / "into", now=NOW)

    assert made == Snapshot(
        identity=made.identity,
        newest=datetime(2026, 11, 21, 8, tzinfo=UTC),
        imported=NOW,
        advisories={"PyPI": 2, "npm": 1},
        withdrawn=1,
        unsupported=1,
        corrupt=2,
        examples=(
            "line 6: its date of modification is missing or odd",
            "line 7: the record is not an object",
        ),
    )
    assert read_snapshot(tmp_path / "into") == made
    assert made.age(NOW) == timedelta(days=1, hours=16)


def test_several_sources_make_one_snapshot_and_the_later_of_two_records_counts(tmp_path: Path) -> None:
    first = lines(tmp_path / "a.jsonl", [record("A-1"), record("A-2"), record("A-3")])
    newer = "2026-11-22T00:00:00Z"
    older = "2020-01-01T00:00:00Z"
    second = lines(
        tmp_path / "b.jsonl",
        [record("A-1", newer, withdrawn=newer), record("A-2", older, withdrawn=older), record("A-4")],
    )

    for order in ((first, second), (second, first)):
        import_snapshot(*order, into=tmp_path / "into", now=NOW)

        assert ids(tmp_path / "into") == ["A-2", "A-3", "A-4"]


def test_an_import_replaces_what_was_there(tmp_path: Path) -> None:
    import_snapshot(lines(tmp_path / "a.jsonl", [record("A-1")]), into=tmp_path / "into", now=NOW)

    import_snapshot(lines(tmp_path / "a.jsonl", [record("A-2")]), into=tmp_path / "into", now=NOW)

    assert ids(tmp_path / "into") == ["A-2"]
    assert [path.name for path in (tmp_path / "into").iterdir()] == [FILE]


def test_an_import_never_alters_the_file_that_another_run_may_be_reading(tmp_path: Path) -> None:
    import_snapshot(lines(tmp_path / "a.jsonl", [record("A-1")]), into=tmp_path, now=NOW)
    before = (tmp_path / FILE).read_bytes()
    (tmp_path / "held").hardlink_to(tmp_path / FILE)

    import_snapshot(lines(tmp_path / "a.jsonl", [record("A-2")]), into=tmp_path, now=NOW)

    assert (tmp_path / "held").read_bytes() == before
    assert ids(tmp_path) == ["A-2"]


def test_the_identity_goes_with_the_content_alone(tmp_path: Path) -> None:
    records = [record("A-1"), record("A-2")]

    made = [
        import_snapshot(lines(tmp_path / "a.jsonl", each), into=tmp_path, now=now).identity
        for each, now in ((records, NOW), (records[::-1], NOW + timedelta(1)), (records[:1], NOW))
    ]

    assert made[0] == made[1] != made[2]


# what is corrupt


@pytest.mark.parametrize(
    "odd",
    [
        {**record("A-2"), "id": ""},
        {**record("A-2"), "id": "../../x"},
        {**record("A-2"), "modified": "yesterday"},
        {**record("A-2"), "modified": "2027-01-01T00:00:00Z"},
        {**record("A-2"), "modified": "0001-01-01T00:00:00+14:00"},
        {**record("A-2"), "affected": "thing"},
        {**record("A-2"), "affected": [{"package": {"ecosystem": "PyPI"}}]},
        {**record("A-2"), "aliases": [1]},
        {"id": "A-2", "modified": "2026-01-01T00:00:00Z", "affected": [3]},
        json.loads(json.dumps(record("A-2")).replace('{"introduced": "0"}', '{"began": "0"}')),
        json.loads(json.dumps(record("A-2")).replace('"0"', "0")),
        "text",
        None,
    ],
)
def test_a_corrupt_record_is_counted_and_harms_no_other(tmp_path: Path, odd: object) -> None:
    source = lines(tmp_path / "all.jsonl", [record("A-1"), odd, record("A-3")])

    made = import_snapshot(source, into=tmp_path, now=NOW)

    assert (ids(tmp_path), made.corrupt) == (["A-1", "A-3"], 1)


def test_lines_that_are_no_json_are_counted(tmp_path: Path) -> None:
    source = lines(tmp_path / "all.jsonl", [record("A-1")])
    with source.open("ab") as file:
        file.write(b'{"id": "A-2", "mod\n\n' + b"[" * 100_000 + b"\n\xff\xfe\n")

    made = import_snapshot(source, into=tmp_path, now=NOW)

    assert (ids(tmp_path), made.corrupt) == (["A-1"], 3)


def test_a_record_beyond_the_limit_is_counted_as_corrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST_RECORD", 1000)
    long = {**record("A-2"), "details": "x" * 5000}
    source = lines(tmp_path / "all.jsonl", [record("A-1"), long, record("A-3")])
    archive = zipped(
        tmp_path / "all.zip", {"a.json": json.dumps(record("A-4")).encode(), "b.json": b" " * 5000}
    )

    made = import_snapshot(source, archive, into=tmp_path, now=NOW)

    assert (ids(tmp_path), made.corrupt) == (["A-1", "A-3", "A-4"], 2)


def test_a_yaml_file_cannot_make_a_list_grow_by_naming_it_again(tmp_path: Path) -> None:
    entry = "  - {package: {ecosystem: PyPI, name: thing}, versions: *v}\n"
    versions = ", ".join(f"'{number}'" for number in range(3000))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.yaml").write_text(
        f"id: A-1\nmodified: '2026-01-01T00:00:00Z'\nseverity: &v [{versions}]\n"
        f"affected:\n{entry * 1000}"
    )
    (tmp_path / "folder/b.yaml").write_text(json.dumps(record("A-2")))
    (tmp_path / "folder/c.yml").write_text("a: [b: {")

    made = import_snapshot(tmp_path / "folder", into=tmp_path, now=NOW)

    assert (ids(tmp_path), made.corrupt) == (["A-2"], 2)
    assert "a.yaml: it lists more than 200000 versions" in made.examples


def test_what_a_record_says_cannot_steer_a_terminal(tmp_path: Path) -> None:
    odd = record("A-1", summary="It \x1b[2J leaks\ud800\n all.", aliases=["CVE-1", "\x1b[2J"])

    import_snapshot(lines(tmp_path / "all.jsonl", [odd]), into=tmp_path, now=NOW)

    (read,) = read_advisories(tmp_path, [THING])
    assert (read.summary, read.aliases) == ("It [2J leaks all.", ("CVE-1",))


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(record("A-1")))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.json").symlink_to(outside)
    (tmp_path / "folder/b.json").write_text(json.dumps(record("A-2")))

    import_snapshot(tmp_path / "folder", into=tmp_path, now=NOW)

    assert ids(tmp_path) == ["A-2"]


# what is refused, leaving what was there


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    import_snapshot(lines(tmp_path / "kept.jsonl", [record("OLD-1")]), into=folder, now=NOW)
    return folder


def refuse(kept: Path, *given: Path) -> FairleadError:
    before = (kept / FILE).read_bytes()

    with pytest.raises(FairleadError) as raised:
        import_snapshot(*given, into=kept, now=NOW)

    assert (kept / FILE).read_bytes() == before
    assert [path.name for path in kept.iterdir()] == [FILE]
    assert raised.value.fix
    return raised.value


@pytest.mark.parametrize("name", ["../x.json", "a/../../x.json", "/etc/x.json", "..\\x.json"])
def test_a_zip_with_a_path_out_of_it_is_refused(tmp_path: Path, kept: Path, name: str) -> None:
    good = json.dumps(record("A-1")).encode()

    error = refuse(kept, zipped(tmp_path / "all.zip", {"a.json": good, name: good}))

    assert "path out of the archive" in error.cause


def test_a_zip_that_unpacks_beyond_the_limit_is_refused(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST_SOURCE", 1 << 20)
    members = {f"{number}.json": b" " * (300 << 10) for number in range(4)}
    bomb = zipped(tmp_path / "all.zip", members)

    error = refuse(kept, bomb)

    assert bomb.stat().st_size < 10_000
    assert "more than 1 MiB" in error.cause


def test_json_lines_that_unpack_beyond_the_limit_are_refused(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST_SOURCE", 1 << 20)
    monkeypatch.setattr(sources, "LARGEST_RECORD", 1 << 10)
    bomb = tmp_path / "all.jsonl.gz"
    bomb.write_bytes(gzip.compress(b"x" * (2 << 20)))

    assert "more than 1 MiB" in refuse(kept, bomb).cause


def test_truncated_damaged_empty_and_missing_sources_are_refused(tmp_path: Path, kept: Path) -> None:
    whole = gzip.compress(json.dumps(record("A-1")).encode() * 50)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "odd.jsonl.gz").write_bytes(b"no gzip at all")
    good = zipped(tmp_path / "all.zip", {"a.json": json.dumps(record("A-1")).encode() * 5}).read_bytes()
    (tmp_path / "odd.zip").write_bytes(good.replace(good[45:60], b"\0" * 15))
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"x")
    (tmp_path / "nothing").mkdir()
    lines(tmp_path / "others.jsonl", [record("A-1", ecosystem="Debian")])

    causes = [
        refuse(kept, tmp_path / name).cause
        for name in (
            "cut.jsonl.gz",
            "odd.jsonl.gz",
            "odd.zip",
            "empty.jsonl",
            "notes.txt",
            "nothing",
            "others.jsonl",
            "missing.zip",
        )
    ]

    assert len(causes) == 8
    assert "0 corrupt, 1 withdrawn or about other ecosystems" in causes[6]


def test_a_fault_in_the_middle_of_an_import_leaves_what_was_there(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = lines(tmp_path / "all.jsonl", [record("A-1"), record("A-2")])

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(snapshots, "_encode", full)

    assert "disk is full" in refuse(kept, source).cause


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    source = lines(tmp_path / "all.jsonl", [record("A-1")])
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(FairleadError) as raised:
        import_snapshot(source, into=tmp_path / "file/below", now=NOW)

    assert "--into" in raised.value.fix


# reading


def test_where_nothing_was_imported_there_is_no_snapshot(tmp_path: Path) -> None:
    assert read_snapshot(tmp_path) is None


@pytest.mark.parametrize("damage", ["empty", "garbage", "cut", "layout", "tables"])
def test_a_damaged_snapshot_is_told_and_an_import_mends_it(
    kept: Path, tmp_path: Path, damage: str
) -> None:
    path = kept / FILE
    whole = path.read_bytes()
    if damage in {"layout", "tables"}:
        with sqlite3.connect(path) as store:
            store.execute("pragma user_version = 99" if damage == "layout" else "drop table meta")
        store.close()
    else:
        path.write_bytes({"empty": b"", "garbage": b"x" * 5000, "cut": whole[:1500]}[damage])

    with pytest.raises(FairleadError) as raised:
        read_snapshot(kept)
    import_snapshot(lines(tmp_path / "new.jsonl", [record("NEW-1")]), into=kept, now=NOW)

    assert raised.value.fix == "fairlead advisories import FILE"
    assert ids(kept) == ["NEW-1"]


def test_a_folder_with_odd_characters_can_hold_a_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "a ?b#c%20ü"

    import_snapshot(lines(tmp_path / "all.jsonl", [record("A-1")]), into=folder, now=NOW)

    assert ids(folder) == ["A-1"]
