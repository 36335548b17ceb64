"""JSON: our own records, alone or in a list, and what pytest-benchmark writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement, parse_window
from fairlead.measurements.records import Given, read_record

_BENCHMARK_STATISTICS = ("min", "median", "mean", "max", "stddev")


def read_document(text: str, *, given: Given) -> tuple[Measurement, ...]:
    """Return the measurements that a JSON text holds, in its order.

    It is one record, a list of records, an object with a list ``measurements``, one record a line, or
    the file that ``pytest --benchmark-json`` writes. Raises FairleadError with the record's number.
    """
    document = _parse(text.lstrip("\ufeff"))
    if isinstance(document, Mapping) and isinstance(document.get("benchmarks"), list):
        return tuple(_benchmarks(document, given))
    records = document
    if isinstance(document, Mapping):
        records = document.get("measurements", [document])
    if not isinstance(records, list):
        raise FairleadError(
            "the JSON is neither a measurement nor a list of them",
            fix='write [{"metric": "search latency", "statistic": "mean", "value": 8, "unit": "s"}]',
        )
    found = []
    for number, record in enumerate(records, start=1):
        if not isinstance(record, Mapping):
            raise FairleadError(
                f"record {number} is not an object", fix='write {"metric": …, "value": …}'
            )
        try:
            found.append(read_record({k: v for k, v in record.items() if k != "id"}, given=given))
        except FairleadError as fault:
            raise FairleadError(f"record {number}: {fault.cause}", fix=fault.fix) from fault
    return tuple(found)


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise FairleadError(
            "the JSON is nested too deeply", fix="write a flat list of records"
        ) from error
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines):
            return [_parse(line) for line in lines]
        raise FairleadError(
            f"line {error.lineno} is not JSON ({error.msg})", fix="mend it, or export the file again"
        ) from error


def _benchmarks(document: Mapping[str, object], given: Given) -> Iterator[Measurement]:
    """Yield five statistics of every benchmark; their unit is the second, n the number of rounds."""
    condition = given.condition or _machine(document.get("machine_info"))
    moment = document.get("datetime")
    window = given.window
    if window is None and isinstance(moment, str):
        try:
            window = parse_window(moment)
        except ValueError as error:
            raise FairleadError(
                f"the file's date {moment!r} cannot be read", fix="say --window 2026-03-01"
            ) from error
    labels: dict[str, str] = {}
    commit = document.get("commit_info")
    if isinstance(commit, Mapping) and isinstance(commit.get("id"), str):
        labels["commit"] = str(commit["id"])
    benchmarks = document["benchmarks"]
    for benchmark in benchmarks if isinstance(benchmarks, list) else ():
        stats = benchmark.get("stats") if isinstance(benchmark, Mapping) else None
        if not isinstance(stats, Mapping):
            raise FairleadError("a benchmark has no stats", fix="run pytest --benchmark-json again")
        for statistic in _BENCHMARK_STATISTICS:
            if statistic not in stats:
                continue
            yield read_record(
                {
                    "metric": given.metric or benchmark.get("fullname") or benchmark.get("name"),
                    "statistic": statistic,
                    "value": stats[statistic],
                    "unit": "s",
                    "n": stats.get("rounds"),
                    "condition": condition,
                    "labels": labels,
                },
                given=Given(window=window, source=given.source),
            )


def _machine(info: object) -> str:
    """Say on what it ran, without the machine's name: that one may be confidential."""
    if not isinstance(info, Mapping):
        return ""
    cpu = info.get("cpu")
    words = [
        str(cpu.get("brand_raw") or "") if isinstance(cpu, Mapping) else "",
        " ".join(str(info.get(part) or "") for part in ("system", "release", "machine")),
        " ".join(str(info.get(f"python_{part}") or "") for part in ("implementation", "version")),
    ]
    return ", ".join(" ".join(word.split()) for word in words if word.strip())
