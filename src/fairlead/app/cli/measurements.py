"""``fairlead measurements``: what was measured, imported from where it was measured."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from fairlead.app.cli.observed import configure as configure_observed
from fairlead.app.cli.observed import observed
from fairlead.app.cli.printable import printable
from fairlead.errors import FairleadError
from fairlead.measurements.log import FILE_NAME, add_to_log, find_measurement, read_log
from fairlead.measurements.model import Measurement, Window, as_record, parse_window
from fairlead.measurements.records import Given
from fairlead.worksheet.folder import find_folder

_EXAMPLES = """\
examples:
  fairlead measurements import latency.csv
  fairlead measurements import .benchmarks/0001.json --condition "2 cores, nothing else running"
  fairlead measurements import http://localhost:9090 --metric "search latency" --statistic p95 \\
      --unit s --query 'histogram_quantile(0.95, sum by (le) (rate(search_seconds_bucket[5m])))' \\
      --start 2026-03-01 --end 2026-03-08 --step 3600
  fairlead measurements observed wait --inert --window 2026-10 --window 2026-11
  fairlead measurements observed check --statistic p90 --check tests --keep
  fairlead measurements list --metric latency
  fairlead measurements show 3fa9

A CSV file starts with a header: metric,statistic,value,unit,n,window,condition. Other columns are
kept as labels. JSON holds objects with these names; files of pytest-benchmark are read as they are.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add import, observed, list and show with their arguments."""
    parser.epilog = _EXAMPLES
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="import|observed|list|show")

    reading = verbs.add_parser("import", help="read measurements from a file or a Prometheus server")
    reading.add_argument("source", help="a CSV or JSON file, or the address of a Prometheus server")
    reading.add_argument("--metric", default="", help="what was measured, where the source doesn't say")
    reading.add_argument("--statistic", default="", help="mean, median, p95, max, …")
    reading.add_argument("--unit", default="", help="ms, s, %%, MB, requests/s, tickets, …")
    reading.add_argument("--condition", default="", help="under what circumstances: 'peak hours'")
    reading.add_argument("--window", default="", help="a date, or two as START/END")
    asking = reading.add_argument_group("from a Prometheus server")
    asking.add_argument("--query", default="", help="the PromQL expression to evaluate")
    asking.add_argument("--at", default="", help="evaluate it at this moment instead of now")
    asking.add_argument("--start", default="", help="evaluate it over a window from here")
    asking.add_argument("--end", default="", help="… to here")
    asking.add_argument("--step", type=float, default=60.0, help="seconds between points (60)")
    asking.add_argument(
        "--over",
        choices=("median", "mean", "min", "max"),
        default="median",
        help="how points are summed up",
    )

    asked = verbs.add_parser("observed", help="ask the platform what it measured of runs and checks")
    configure_observed(asked)

    listing = verbs.add_parser("list", help="list what was measured")
    listing.add_argument("--metric", default="", help="only metrics whose name contains this")
    showing = verbs.add_parser("show", help="show everything about one measurement")
    showing.add_argument("id", help="its id, or as much of it as is unique")
    for verb in (asked, listing, showing):
        verb.add_argument("--format", choices=("text", "json"), default="text")
    for verb in (reading, asked, listing, showing):
        verb.add_argument(
            "--folder",
            type=Path,
            help="where the file is (default: the worksheet around you, or your data)",
        )


def run(arguments: argparse.Namespace) -> int:
    """Do the verb; 0 when it was done."""
    path = log_path(arguments.folder)
    if arguments.verb == "import":
        return _import(arguments, path)
    if arguments.verb == "observed":
        return _observed(arguments, path)
    measurements = read_log(path)
    if arguments.verb == "show":
        return _show(find_measurement(measurements, arguments.id), arguments.format)
    wanted = arguments.metric.casefold()
    return _list(
        tuple(one for one in measurements if wanted in one.metric.casefold()), path, arguments.format
    )


def log_path(folder: Path | None) -> Path:
    """Return where measurements are kept: the folder named, the worksheet we are in, or the user's.

    The last is ``$XDG_DATA_HOME/fairlead`` (``~/.local/share/fairlead``).
    """
    if folder is not None:
        return folder / FILE_NAME
    with contextlib.suppress(FairleadError):  # there is no worksheet here
        return find_folder(Path.cwd()) / FILE_NAME
    data = os.environ.get("XDG_DATA_HOME", "")
    home = Path(data) if data else Path.home() / ".local" / "share"
    return home / "fairlead" / FILE_NAME


def _observed(arguments: argparse.Namespace, path: Path) -> int:
    answers = observed(arguments)
    if arguments.format == "json":
        print(json.dumps([{"id": one.id, **as_record(one)} for one in answers], indent=2))
    else:
        print(printable("\n".join(_table(answers))))
    if arguments.keep:
        add_to_log(path, answers)
        ids = " and ".join(one.id[:6] for one in answers)
        print(printable(f"kept in {path} as {ids}: bind a story's figure to that"), file=sys.stderr)
    return 0


def _import(arguments: argparse.Namespace, path: Path) -> int:
    added = add_to_log(path, _read(arguments))
    known = f", {added.known} known already" if added.known else ""
    if not added.new:
        print(f"Nothing new: all {_counted(added.known)} in {path} already.")
        return 0
    print(f"Imported {_counted(len(added.new))} into {path}{known}.")
    print()
    print(printable("\n".join(_table(added.new[:20]))))
    if len(added.new) > 20:
        print(f"… and {len(added.new) - 20} more: fairlead measurements list")
    silent = _what_is_missing(added.new)
    if silent:
        print(f"\nnot said by the source: {silent}")
    return 0


def _read(arguments: argparse.Namespace) -> tuple[Measurement, ...]:
    given = Given(
        metric=arguments.metric,
        statistic=arguments.statistic,
        unit=arguments.unit,
        condition=arguments.condition,
        window=_window(arguments.window, "--window"),
    )
    if "://" not in arguments.source:
        from fairlead.measurements.readers.file import read_file

        return read_file(Path(arguments.source), given=given)
    from fairlead.measurements.readers.prometheus import Query, read_prometheus

    if not arguments.query:
        raise FairleadError(
            "a Prometheus server is named without a query", fix="add --query 'EXPRESSION'"
        )
    if bool(arguments.start) != bool(arguments.end) or (arguments.at and arguments.start):
        raise FairleadError(
            "the window is not clear", fix="give both --start and --end, or --at alone, or none of them"
        )
    if not arguments.step > 0:
        raise FairleadError("--step is not above zero", fix="--step 60")
    query = Query(
        expression=arguments.query,
        window=_window(
            f"{arguments.start}/{arguments.end}" if arguments.start else "", "--start and --end"
        ),
        step=arguments.step,
        over=arguments.over,
    )
    if arguments.at:
        moment = _window(arguments.at, "--at")
        query = replace(query, moment=moment.start if moment else None)
    return read_prometheus(arguments.source, query, given=given)


def _window(text: str, option: str) -> Window | None:
    try:
        return parse_window(text) if text else None
    except ValueError as error:
        raise FairleadError(
            f"{option} cannot be read ({error})",
            fix="write dates as 2026-03-01, times as 2026-03-01T09:00:00Z, a window as START/END",
        ) from error


def _show(measurement: Measurement, format_: str) -> int:
    record = {"id": measurement.id, **as_record(measurement)}
    if format_ == "json":
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return 0
    print(printable(f"{measurement.metric}: {measurement.statistic} {figure(measurement)}\n"))
    rows = {
        "id": measurement.id,
        "n": "not said" if measurement.n is None else f"{measurement.n:,}",
        "window": str(measurement.window or "not said"),
        "condition": measurement.condition or "not said",
        "source": measurement.source or "not said",
        **dict(measurement.labels),
    }
    width = max(map(len, rows))
    print(printable("\n".join(f"  {name:<{width}}  {said}" for name, said in rows.items())))
    return 0


def _list(measurements: tuple[Measurement, ...], path: Path, format_: str) -> int:
    if format_ == "json":
        records = [{"id": one.id, **as_record(one)} for one in measurements]
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return 0
    if not measurements:
        print(f"No measurements in {path}.\n  next: fairlead measurements import FILE")
        return 0
    print(f"{_counted(len(measurements))} in {path}\n")
    print(printable("\n".join(_table(measurements))))
    return 0


def figure(measurement: Measurement) -> str:
    """Return the value with its unit and n, as a sentence would say it: ``412.5 ms (n 500)``."""
    value = f"{measurement.value:,.6g}"
    unit = measurement.unit
    joined = f"{value}{unit}" if unit == "%" else f"{value} {unit}".rstrip()
    return joined if measurement.n is None else f"{joined} (n {measurement.n:,})"


def _table(measurements: tuple[Measurement, ...]) -> list[str]:
    """Lay the measurements out in columns; a narrow terminal gets two lines for each."""
    rows = [
        (one.id[:6], one.metric, one.statistic, figure(one), one.condition, str(one.window or ""))
        for one in measurements
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    if sum(widths) + 12 <= shutil.get_terminal_size().columns:
        return [
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
    lines = []
    for id_, metric, statistic, value, condition, window in rows:
        lines.append(f"  {id_}  {metric}: {statistic} {value}")
        circumstances = ", ".join(said for said in (condition, window) if said)
        if circumstances:
            lines.append(f"          {circumstances}")
    return lines


def _what_is_missing(measurements: tuple[Measurement, ...]) -> str:
    """Name what most of these leave open, since a comparison will want it."""
    parts = {
        "n": lambda one: one.n is None,
        "window": lambda one: one.window is None,
        "condition": lambda one: not one.condition,
        "unit": lambda one: not one.unit,
    }
    counts = {name: sum(map(absent, measurements)) for name, absent in parts.items()}
    return ", ".join(
        f"{name} ({count} of {len(measurements)})" for name, count in counts.items() if count
    )


def _counted(number: int) -> str:
    return "1 measurement" if number == 1 else f"{number} measurements"
