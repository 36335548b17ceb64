from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from fairlead.app.cli import advisories
from fairlead.errors import FairleadError

RECORD = {
    "id": "PYSEC-2024-1",
    "modified": "2024-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "thing"}, "versions": ["1.0"]}],
}


def run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="fairlead advisories")
    advisories.configure(parser)
    return advisories.run(parser.parse_args(words))


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "all.jsonl"
    path.write_text(json.dumps(RECORD) + "\n{}\n")
    return str(path)


def test_an_import_says_what_it_kept_left_out_and_how_old_it_is(
    tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run("import", "--into", str(tmp_path / "into"), source)

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith("1 advisories (1 for PyPI)\n  newest    2024-01-01 00:00 UTC, ")
    assert "0 withdrawn, 0 for other ecosystems, 1 corrupt" in said
    assert "line 2: its id is missing or odd" in said


def test_show_says_the_same_as_json(
    tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    into = str(tmp_path / "into")
    run("import", "--into", into, source)
    capsys.readouterr()

    code = run("show", "--into", into, "--format", "json")

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["advisories"] == {"PyPI": 1}
    assert said["left_out"] == {"withdrawn": 0, "unsupported": 0, "corrupt": 1}
    assert said["newest"] == "2024-01-01T00:00:00+00:00"


def test_advisories_lie_in_the_users_cache_folder_unless_told_otherwise(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    run("import", source)

    assert (tmp_path / "cache/fairlead/advisories/advisories.sqlite").is_file()


@pytest.mark.parametrize("value", ["", "relative/folder"])
def test_a_cache_folder_that_is_not_absolute_is_ignored(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))

    run("import", source)

    assert (tmp_path / ".cache/fairlead/advisories/advisories.sqlite").is_file()


def test_showing_what_is_not_there_names_the_command_that_imports(tmp_path: Path) -> None:
    with pytest.raises(FairleadError) as raised:
        run("show", "--into", str(tmp_path))

    assert raised.value.fix == "fairlead advisories import FILE"


@pytest.mark.parametrize("words", [[], ["import"], ["fetch"]])
def test_a_wrong_call_is_a_usage_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        run(*words)

    assert raised.value.code == 2
    assert "usage: fairlead advisories" in capsys.readouterr().err
