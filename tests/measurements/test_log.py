import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.measurements.log import add_to_log, find_measurement, read_log
from fairlead.measurements.model import Measurement, Window

LATENCY = Measurement(metric="search latency", statistic="mean", value=8, unit="s", n=500)
MEASUREMENTS = st.builds(
    Measurement,
    metric=st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "cpu"),
    statistic=st.sampled_from(["mean", "p95", "max"]),
    value=st.floats(allow_nan=False, allow_infinity=False),
    unit=st.sampled_from(["ms", "s", "%", ""]),
    n=st.none() | st.integers(min_value=0, max_value=10**9),
    window=st.none() | st.just(Window(start="2026-03-01", end="2026-03-02")),
    condition=st.sampled_from(["", "peak hours", "負荷試験"]),
    labels=st.dictionaries(st.sampled_from(["host", "le"]), st.text(max_size=5).map(str.strip))
    .map(lambda labels: {name: said for name, said in labels.items() if said})
    .map(lambda labels: tuple(sorted(labels.items()))),
)


@settings(max_examples=60)
@given(st.lists(MEASUREMENTS, max_size=5))
def test_what_was_added_is_read_back_the_same_and_adding_it_again_changes_no_byte(
    tmp_path_factory: pytest.TempPathFactory, measurements: list[Measurement]
) -> None:
    path = tmp_path_factory.mktemp("log") / "measurements.jsonl"

    add_to_log(path, measurements)
    first = path.read_bytes() if path.exists() else b""
    again = add_to_log(path, measurements)

    assert read_log(path) == tuple(dict.fromkeys(measurements))
    assert (again.new, again.known) == ((), len(measurements))
    assert (path.read_bytes() if path.exists() else b"") == first


def test_two_imports_at_one_moment_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "measurements.jsonl"
    figures = [Measurement(metric="cpu", statistic="max", value=float(i)) for i in range(40)]
    threads = [threading.Thread(target=add_to_log, args=(path, [one])) for one in figures]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.value for one in read_log(path)) == [float(i) for i in range(40)]


def test_a_last_line_without_its_end_is_not_run_into_the_next(tmp_path: Path) -> None:
    path = tmp_path / "measurements.jsonl"
    path.write_text('{"metric": "cpu", "value": 1}')

    add_to_log(path, [LATENCY])

    assert [one.metric for one in read_log(path)] == ["cpu", "search latency"]


@pytest.mark.parametrize("line", ["{", "[]", '{"metric": "cpu"}', '{"value": 3}', "\x00"])
def test_a_broken_line_is_named_and_an_import_leaves_the_file_alone(tmp_path: Path, line: str) -> None:
    path = tmp_path / "measurements.jsonl"
    path.write_text('{"metric": "cpu", "value": 1}\n' + line + "\n")
    before = path.read_bytes()

    with pytest.raises(FairleadError, match=r"measurements\.jsonl:2 is not a measurement"):
        read_log(path)
    with pytest.raises(FairleadError, match=r"measurements\.jsonl:2 is not a measurement"):
        add_to_log(path, [LATENCY])

    assert path.read_bytes() == before


def test_a_disk_that_fills_up_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "measurements.jsonl"
    add_to_log(path, [LATENCY])
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(FairleadError, match="No space left on device") as raised:
        add_to_log(path, [Measurement(metric="cpu", statistic="max", value=1)])

    assert "nothing was changed" in raised.value.fix
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["measurements.jsonl"]


def test_a_folder_that_is_a_file_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")

    with pytest.raises(FairleadError, match="could not be written"):
        add_to_log(tmp_path / "folder" / "measurements.jsonl", [LATENCY])


def test_a_measurement_is_found_by_the_start_of_its_id() -> None:
    other = Measurement(metric="cpu", statistic="max", value=1)

    assert find_measurement([LATENCY, other], LATENCY.id[:8].upper()) == LATENCY
    with pytest.raises(FairleadError, match="no measurement has an id"):
        find_measurement([LATENCY], "zzz")
    with pytest.raises(FairleadError, match="2 measurements have ids"):
        find_measurement([LATENCY, other], "")


def test_the_same_figure_under_another_condition_is_another_measurement() -> None:
    peak = Measurement(metric="cpu", statistic="max", value=1, condition="peak hours")
    night = Measurement(metric="cpu", statistic="max", value=1, condition="at night")

    assert peak.id != night.id
