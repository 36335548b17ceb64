"""`fairlead worksheet open`: the pages alone, on this machine, from one command."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.command import Command
from app.test_up import platform_up
from fairlead.app.platform_wiring import open_platform, platform_settings
from fairlead.app.server import build
from fairlead.measurements.log import read_log
from fairlead.measurements.observations import Metric, Observation, record


@contextmanager
def opened(folder: Path, *words: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fairlead", "worksheet", "open", "--port", "0", *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        said = process.stderr.readline()
        found = re.search(r"is up at (http\S+)", said)
        assert found, said + process.stderr.read()
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_shows_the_worksheet_and_ends_cleanly(
    sheet: Path, number: signal.Signals
) -> None:
    with opened(sheet) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=30) as answer:
            page = answer.read().decode()
        process.send_signal(number)
        _, said = process.communicate(timeout=60)

    assert "The nightly export that missed its morning" in page
    assert 'href="/repositories"' not in page
    assert process.returncode in (0, 128 + number)
    assert "Traceback" not in said


def test_it_makes_no_file_beside_the_user_s(sheet: Path) -> None:
    before = sorted(path for path in sheet.rglob("*") if ".git/" not in path.as_posix())

    with opened(sheet) as (_, address):
        for part in ("", "/coverage", "/stories/nightly-export", "/print/brief"):
            urllib.request.urlopen(f"{address}{part}", timeout=30).close()

    assert sorted(path for path in sheet.rglob("*") if ".git/" not in path.as_posix()) == before


def test_a_folder_that_is_no_worksheet_and_a_port_that_is_taken_end_with_what_to_do(
    sheet: Path, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "fairlead", "worksheet", "open"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        busy = subprocess.run(
            [*words, str(sheet), "--port", port], capture_output=True, text=True, timeout=60
        )
    missing = subprocess.run([*words, str(tmp_path)], capture_output=True, text=True, timeout=60)

    assert (busy.returncode, missing.returncode) == (2, 2)
    assert "--port" in busy.stderr
    assert "fairlead worksheet init" in missing.stderr
    assert "Traceback" not in busy.stderr + missing.stderr


def test_a_platform_shows_a_worksheet_to_this_machine_and_to_nobody_else(
    sheet: Path, tmp_path: Path
) -> None:
    def page(host: str, worksheet: Path | None) -> tuple[int, str]:
        settings = platform_settings(
            os.environ,
            state=tmp_path / f"state-{host}-{worksheet is None}",
            host=host,
            worksheet=worksheet,
        )
        platform = open_platform(settings, environ=os.environ)
        try:
            client = TestClient(build(platform), base_url="http://127.0.0.1:7433")
            answer = client.get("/worksheet", headers={"Accept": "text/html"}, follow_redirects=False)
            return answer.status_code, answer.text
        finally:
            platform.database.close()

    status, shown = page("127.0.0.1", sheet)
    assert status == 200
    assert "The nightly export that missed its morning" in shown
    assert 'href="/repositories"' in shown
    status, none = page("127.0.0.1", None)
    assert status == 404
    assert "fairlead up --worksheet DIR" in none
    status, elsewhere = page("0.0.0.0", sheet)
    assert status in (303, 401)
    assert "nightly export" not in elsewhere


def test_up_shows_the_worksheet_of_the_folder_that_it_is_started_in(
    fairlead: Command, tmp_path: Path
) -> None:
    assert fairlead("worksheet", "init").code == 0

    with (
        platform_up(fairlead, tmp_path / "state", "--no-watch") as up,
        urllib.request.urlopen(f"{up.address}/worksheet", timeout=30) as answer,
    ):
        page = answer.read().decode()

    assert "There are no stories yet." in page
    assert 'href="/worksheet" aria-current="page"' in page


def test_what_the_platform_measured_becomes_evidence(sheet: Path, tmp_path: Path) -> None:
    settings = platform_settings(os.environ, state=tmp_path / "state", worksheet=sheet)
    platform = open_platform(settings, environ=os.environ)
    october, november = (datetime(2026, month, 10, tzinfo=UTC).timestamp() for month in (10, 11))
    with platform.database.write() as unit:
        record(
            unit,
            [
                Observation(metric=Metric.WAIT, value=value, at=at, inert=True)
                for at, values in ((october, (60, 90, 120)), (november, (6, 9, 12)))
                for value in values
            ],
        )
    client = TestClient(
        build(platform), base_url="http://127.0.0.1:7433", headers={"Accept": "text/html"}
    )
    form = {"metric": "wait", "statistic": "median", "changes": "inert"}

    page = ""
    for month in ("2026-10", "2026-11"):
        page = client.get("/worksheet/observed", params={**form, "window": month}).text
        proof = re.search(r'name="csrf_token" value="(\w+)"', page)
        assert proof
        fields = {**form, "window": month, "csrf_token": proof[1]}
        page = client.post("/worksheet/observed", data=fields).text
    nonsense = client.get("/worksheet/observed", params={**form, "window": "autumn"})
    platform.database.close()

    assert "wait until a run begins" in page
    kept = read_log(sheet / "measurements.jsonl")[-2:]
    assert [(one.value, one.n, one.condition) for one in kept] == [
        (90.0, 3, "inert changes"),
        (9.0, 3, "inert changes"),
    ]
    assert nonsense.status_code == 422
    assert "name a month" in nonsense.text
