"""Programs that misbehave in each way there is: what comes back, and that nothing stays behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from fairlead.processes import (
    Completed,
    clean_environment,
    run,
    undisturbed,
)
from fairlead.signals import Terminated, interrupted_by_signals
from survivors import ended


def python(
    code: str,
    folder: Path,
    *,
    timeout: float = 20.0,
    stdin: bytes = b"",
    max_output: int = 1 << 20,
    stop: threading.Event | None = None,
) -> Completed:
    return run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env=clean_environment(),
        timeout=timeout,
        stdin=stdin,
        max_output=max_output,
        stop=stop.is_set if stop else lambda: False,
    )


def test_a_program_gives_both_streams_and_its_exit_code(tmp_path: Path) -> None:
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)

    assert (done.code, done.stdout, done.stderr) == (3, b"out\n", b"err\n")
    assert not done.timed_out
    assert not done.truncated


def test_a_signal_that_ends_a_program_is_its_negative_exit_code(tmp_path: Path) -> None:
    done = python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", tmp_path)

    assert done.code == -signal.SIGSEGV


@pytest.mark.parametrize("number", ["KILL", "TERM", "HUP", "INT"])
@pytest.mark.parametrize("code", ["kill -{} $$", "sh -c 'kill -{} $$'; exit $?"])
def test_a_program_that_somebody_ended_says_so_also_through_a_shell(
    number: str, code: str, tmp_path: Path
) -> None:
    done = run(["sh", "-c", code.format(number)], cwd=tmp_path, env=clean_environment(), timeout=20)

    assert done.disturbance is signal.Signals[f"SIG{number}"]


def test_a_crash_a_limit_and_a_stop_are_nobody_elses_doing(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    lasting = "import time; time.sleep(60)"

    crashed = python("import os; os.abort()", tmp_path)
    late = python(lasting, tmp_path, timeout=0.2)
    stopped = python(lasting, tmp_path, stop=stop)
    loud = python("while True: print(1)", tmp_path, max_output=9)

    assert [one.disturbance for one in (crashed, late, stopped, loud)] == [None] * 4
    assert (crashed.stopped, late.stopped, stopped.stopped) == (False, False, True)


@pytest.mark.parametrize(("kills", "code"), [(1, 0), (2, -signal.SIGKILL)])
def test_what_may_be_done_again_is_done_twice_at_most(kills: int, code: int, tmp_path: Path) -> None:
    words = "echo >> begun; [ $(wc -l < begun) -gt $0 ] || kill -KILL $$"

    done = undisturbed(
        lambda: run(["sh", "-c", words, str(kills)], cwd=tmp_path, env=clean_environment(), timeout=20)
    )

    assert done.code == code
    assert (tmp_path / "begun").read_text() == "\n\n"


def test_a_missing_program_is_told_and_raises_nothing(tmp_path: Path) -> None:
    done = run([tmp_path / "absent"], cwd=tmp_path, env={}, timeout=5)

    assert done.code is None
    assert "absent" in (done.failure or "")


def test_a_file_that_cannot_be_executed_is_told(tmp_path: Path) -> None:
    (tmp_path / "tool").write_bytes(b"\x00garbage")
    (tmp_path / "tool").chmod(0o755)

    done = run([tmp_path / "tool"], cwd=tmp_path, env={}, timeout=5)

    assert done.code is None
    assert done.failure


@pytest.mark.parametrize("word", ["a\0b"], ids=["NUL"])
def test_a_word_that_no_program_can_be_given_is_told(word: str, tmp_path: Path) -> None:
    done = run([sys.executable, "-c", word], cwd=tmp_path, env={}, timeout=5)

    assert done.code is None
    assert done.failure


def test_a_program_that_hangs_is_ended_at_the_limit(tmp_path: Path) -> None:
    done = python("import time; print('begun', flush=True); time.sleep(60)", tmp_path, timeout=1.5)

    assert done.timed_out
    assert done.code == -signal.SIGTERM
    assert done.stdout == b"begun\n"


def test_a_program_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    done = python(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)\n"
        "time.sleep(60)",
        tmp_path,
        timeout=1.5,
    )

    assert done.timed_out
    assert done.code == -signal.SIGKILL


def test_a_program_may_tidy_up_when_its_time_is_over(tmp_path: Path) -> None:
    done = python(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print(1, flush=True)\n"
        "time.sleep(60)",
        tmp_path,
        timeout=1.5,
    )

    assert (done.timed_out, done.code) == (True, 7)


def test_a_program_that_closed_its_streams_is_still_held_to_the_limit(tmp_path: Path) -> None:
    done = python("import os, time; os.close(1); os.close(2); time.sleep(60)", tmp_path, timeout=1.5)

    assert done.timed_out


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_beyond_the_limit_is_cut_and_the_program_ended(stream: str, tmp_path: Path) -> None:
    done = python(
        f"import sys\nwhile True: sys.{stream}.write('x' * 65536)", tmp_path, max_output=100_000
    )

    assert done.truncated
    assert len(getattr(done, stream)) == 100_000
    assert done.code != 0


def test_output_of_exactly_the_limit_is_whole(tmp_path: Path) -> None:
    done = python("print('x' * 999)", tmp_path, max_output=1000)

    assert (done.truncated, done.code, len(done.stdout)) == (False, 0, 1000)


def test_a_program_that_reads_all_its_input_gets_all_of_it(tmp_path: Path) -> None:
    sent = os.urandom(1 << 19)

    done = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", tmp_path, stdin=sent)

    assert done.stdout == sent


def test_a_program_that_closes_its_input_unread_does_no_harm(tmp_path: Path) -> None:
    done = python("import os; os.close(0); print('done')", tmp_path, stdin=b"x" * (1 << 20))

    assert (done.code, done.stdout) == (0, b"done\n")


def test_a_program_that_never_reads_its_input_still_ends(tmp_path: Path) -> None:
    done = python("print('done')", tmp_path, stdin=b"x" * (1 << 20))

    assert (done.code, done.stdout) == (0, b"done\n")


def test_a_program_without_input_sees_the_end_of_it(tmp_path: Path) -> None:
    done = python("import sys; print(repr(sys.stdin.read()))", tmp_path)

    assert done.stdout == b"''\n"


LEAVES_A_CHILD = """
import os, sys, time
child = os.fork()
if child == 0:
    {then}
    time.sleep(60)
    os._exit(0)
print(child, flush=True)
"""


@pytest.mark.parametrize(
    "then",
    [
        "pass",
        "os.close(1); os.close(2)",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "os.dup2(2, 1)\n    while True: os.write(2, b'noise' * 99)",
    ],
    ids=["holds the pipes", "holds nothing", "ignores SIGTERM", "writes on and on"],
)
def test_a_child_that_outlives_its_program_is_ended_and_not_waited_for(
    then: str, tmp_path: Path
) -> None:
    done = python(LEAVES_A_CHILD.format(then=then), tmp_path, max_output=1 << 30)

    assert (done.code, done.timed_out) == (0, False)
    assert ended(int(done.stdout))


def test_grandchildren_of_a_hanging_program_end_with_it(tmp_path: Path) -> None:
    done = python(LEAVES_A_CHILD.format(then="pass") + "time.sleep(60)", tmp_path, timeout=1.5)

    assert done.timed_out
    assert ended(int(done.stdout))


def test_a_stopped_run_ends_the_program_before_its_limit(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()

    done = python(
        "import os, time; print(os.getpid(), flush=True); time.sleep(60)", tmp_path, stop=stop
    )

    assert (done.code, done.timed_out) == (-signal.SIGTERM, False)
    assert ended(int(done.stdout))


def test_a_stop_also_ends_a_program_that_closed_its_streams(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()

    done = python("import os, time; os.close(1); os.close(2); time.sleep(60)", tmp_path, stop=stop)

    assert (done.code, done.timed_out) == (-signal.SIGTERM, False)


def test_an_interrupt_ends_the_program(tmp_path: Path) -> None:
    seen = tmp_path / "pid"

    def interrupt() -> bool:
        if seen.exists() and seen.read_text():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        run(
            [
                sys.executable,
                "-c",
                "import os, time; open('pid', 'w').write(str(os.getpid()));time.sleep(60)",
            ],
            cwd=tmp_path,
            env={},
            timeout=20,
            stop=interrupt,
        )

    assert ended(int(seen.read_text()))


def test_only_allowed_variables_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    monkeypatch.setenv("NEEDED", "yes")
    monkeypatch.setenv("LANG", "C.UTF-8")

    seen = clean_environment({"MORE": "1"}, allow=["NEEDED", "ABSENT"])

    assert (seen["NEEDED"], seen["MORE"], seen["LANG"]) == ("yes", "1", "C.UTF-8")
    assert not {"TOKEN", "ABSENT"} & set(seen)


def test_runs_in_many_threads_do_not_mix_their_streams(tmp_path: Path) -> None:
    seen: dict[int, bytes] = {}

    def one(number: int) -> None:
        seen[number] = python(f"print({number})", tmp_path).stdout

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {number: f"{number}\n".encode() for number in range(12)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_what_is_inside_and_handlers_are_as_before(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with pytest.raises(Terminated) as caught, interrupted_by_signals():
        signal.raise_signal(number)

    assert caught.value.number == number
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with interrupted_by_signals():
        signal.raise_signal(signal.SIGHUP)

    assert signal.signal(signal.SIGHUP, before) is signal.SIG_IGN


def test_in_another_thread_signals_are_left_as_they_are() -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    def inside() -> None:
        with interrupted_by_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()

    assert seen == [before]


def test_processor_time_is_the_programs_and_that_of_the_children_it_waited_for(tmp_path: Path) -> None:
    burn = "while time.process_time() < 0.2: pass"
    with_child = f"import os, time\nif os.fork() == 0:\n    {burn}\nelse:\n    os.wait()\n"

    alone = python(f"import time\n{burn}\n", tmp_path)
    together = python(with_child, tmp_path)
    idle = python("import time; time.sleep(0.3)", tmp_path)

    assert alone.cpu_seconds >= 0.2
    assert together.cpu_seconds >= 0.2
    assert idle.cpu_seconds < idle.seconds


def test_a_program_that_never_began_used_no_processor_time(tmp_path: Path) -> None:
    done = run(["no-such-program"], cwd=tmp_path, env=clean_environment(), timeout=5)

    assert done.cpu_seconds == 0.0
