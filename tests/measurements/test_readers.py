import json
from pathlib import Path

import pytest

from fairlead.errors import FairleadError
from fairlead.measurements.model import Window
from fairlead.measurements.readers.file import read_file
from fairlead.measurements.records import Given

HEADER = "metric,statistic,value,unit,n,window,condition\n"


def write(folder: Path, text: str, name: str = "latency.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_read_line_by_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEADER
        + "search latency,avg,8,s,500,2026-03-01/2026-03-07,peak hours\n"
        + "search latency,avg,400,ms,,2026-04-01,peak hours\n",
    )

    before, after = read_file(path)

    assert (before.metric, before.statistic, before.value, before.unit) == (
        "search latency",
        "mean",
        8,
        "s",
    )
    assert (before.n, before.window, before.condition, before.source) == (
        500,
        Window(start="2026-03-01", end="2026-03-07"),
        "peak hours",
        "latency.csv",
    )
    assert after.n is None


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_write_tables_in_their_own_ways(tmp_path: Path, delimiter: str, mark: str) -> None:
    rows = [["Name", "Stat", "Value", "Host"], ["cpu", "max", "90 %", "web-1"]]
    path = write(tmp_path, mark + "\r\n".join(delimiter.join(row) for row in rows) + "\r\n\r\n")

    (one,) = read_file(path)

    assert (one.metric, one.statistic, one.value, one.unit) == ("cpu", "max", 90, "%")
    assert one.labels == (("Host", "web-1"),)


def test_what_the_user_says_fills_what_the_source_leaves_out_and_overrides_nothing(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "value,unit\n8,s\n400,\n")

    found = read_file(path, given=Given(metric="latency", unit="ms", condition="load test"))

    assert [(one.metric, one.value, one.unit, one.condition) for one in found] == [
        ("latency", 8, "s", "load test"),
        ("latency", 400, "ms", "load test"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("search,avg,,s,1,,", "there is no value"),
        ("search,avg,fast,s,1,,", "'fast' is not a number"),
        ('search,avg,"8,5",s,1,,', "decimal point"),
        ("search,avg,1e999,s,1,,", "not a finite number"),
        ("search,avg,8,s,-4,,", "not a count"),
        ("search,avg,8,s,4.5,,", "not a count"),
        ("search,avg,8,s,4,last week,", "the window cannot be read"),
        ("search,avg,8,s,4,2026-03-07/2026-03-01,", "end lies before"),
        ("search,avg,8,m,4,,", "two things"),
        (",avg,8,s,4,,", "there is no metric"),
        ("search,avg,8,s,4,,,and more", "more cells than the header"),
    ],
)
def test_one_line_that_cannot_be_read_is_named_and_nothing_is_imported(
    tmp_path: Path, line: str, said: str
) -> None:
    path = write(tmp_path, HEADER + "search,avg,8,s,1,,\n" + line + "\n")

    with pytest.raises(FairleadError) as raised:
        read_file(path)

    assert "1 of 2 lines cannot be read, so none was imported" in raised.value.cause
    assert "line 3:" in raised.value.fix
    assert said in raised.value.fix


def test_two_columns_for_one_field_are_not_guessed_between(tmp_path: Path) -> None:
    path = write(tmp_path, "metric,value,count,samples\ncpu,1,2,3\n")

    with pytest.raises(FairleadError) as raised:
        read_file(path)

    assert "two columns both mean 'n'" in raised.value.fix


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the first line names no column value"),
        (b"time,latency\n1,2\n", "the first line names no column value"),
        (HEADER.encode(), "holds no measurement"),
        (b"\xff\xfe\x00m", "is not UTF-8"),
        (b'metric,value\n"cpu,1\n', "is not CSV"),
        (b"{", "is not JSON"),
        (b"[1]", "record 1 is not an object"),
        (b'[{"metric": "cpu"}]', "record 1: there is no value"),
        (b'{"measurements": 4}', "neither a measurement nor a list"),
        (b'{"benchmarks": [{"name": "a"}]}', "a benchmark has no stats"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_holds_no_measurements_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "figures"
    path.write_bytes(content)

    with pytest.raises(FairleadError) as raised:
        read_file(path)

    assert said in raised.value.cause
    assert raised.value.fix


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FairleadError, match="No such file"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(FairleadError, match="Is a directory"):
        read_file(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"metric": "cpu", "value": 90, "unit": "%", "host": "web-1"}',
        '[{"metric": "cpu", "value": 90, "unit": "%", "labels": {"host": "web-1"}}]',
        '{"measurements": [{"metric": "cpu", "value": "90 %", "host": "web-1"}]}',
    ],
)
def test_json_is_read_as_one_record_or_many(tmp_path: Path, text: str) -> None:
    (one,) = read_file(write(tmp_path, text, "cpu.json"))

    assert (one.metric, one.value, one.unit, one.labels) == ("cpu", 90, "%", (("host", "web-1"),))


def test_json_lines_are_read_as_records(tmp_path: Path) -> None:
    path = write(tmp_path, '{"metric": "a", "value": 1}\n{"metric": "b", "value": 2}\n', "two.jsonl")

    assert [one.metric for one in read_file(path)] == ["a", "b"]


def test_pytest_benchmark_files_give_each_statistic_with_rounds_date_and_machine(
    tmp_path: Path,
) -> None:
    document = {
        "machine_info": {
            "node": "secret-host",
            "system": "Linux",
            "release": "6.1",
            "machine": "x86_64",
            "python_implementation": "CPython",
            "python_version": "3.11.7",
            "cpu": {"brand_raw": "Some CPU @ 2 GHz"},
        },
        "commit_info": {"id": "abc123"},
        "datetime": "2026-03-01T09:30:00.123456+00:00",
        "benchmarks": [
            {
                "name": "test_search",
                "fullname": "tests/test_search.py::test_search",
                "stats": {
                    "min": 0.1,
                    "median": 0.2,
                    "mean": 0.25,
                    "max": 0.9,
                    "stddev": 0.05,
                    "rounds": 40,
                },
            }
        ],
    }

    found = read_file(write(tmp_path, json.dumps(document), "0001.json"))

    assert [(one.statistic, one.value) for one in found] == [
        ("min", 0.1),
        ("median", 0.2),
        ("mean", 0.25),
        ("max", 0.9),
        ("stddev", 0.05),
    ]
    mean = found[2]
    assert (mean.metric, mean.unit, mean.n) == ("tests/test_search.py::test_search", "s", 40)
    assert str(mean.window) == "2026-03-01T09:30:00+00:00"
    assert mean.condition == "Some CPU @ 2 GHz, Linux 6.1 x86_64, CPython 3.11.7"
    assert mean.labels == (("commit", "abc123"),)
