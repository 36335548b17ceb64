"""A project that wants out: what its code can reach, and what is left of it afterwards."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.command import Command
from bench import Bench
from builder import RepositoryBuilder
from executing import executing
from fairlead import isolation
from fairlead.checks.custom import custom_check
from fairlead.checks.model import Outcome
from fairlead.environments.model import Declared, Terms
from projects import SampleProject, pyproject

KILLING = """
import os
for process in (os.getppid(), 1, -1, os.getpid()):
    try:
        os.kill(process, 9)
    except ProcessLookupError:
        pass
"""
LASTING = """
import os, subprocess, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", {mark!r}])
    os._exit(0)
os.wait()
time.sleep(0.2)
print("left it behind")
"""


@pytest.fixture
def isolated() -> None:
    """Need bubblewrap that works; where it is missing the test is skipped, in CI it fails."""
    why = isolation.refusal()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)


@pytest.fixture
def without_isolation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take bubblewrap away."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for program in Path(folder).glob("*") if Path(folder).is_dir() else ():
            if program.name != "bwrap" and not (programs / program.name).exists():
                (programs / program.name).symlink_to(program)
    monkeypatch.setenv("PATH", str(programs))
    isolation.refusal.cache_clear()
    yield
    isolation.refusal.cache_clear()


@pytest.fixture
def sample(project: SampleProject) -> SampleProject:
    """Return a project with a change and an environment."""
    files = {"pyproject.toml": pyproject(), "src/sample/__init__.py": "x = 1\n"}
    project.repository.commit({"src/sample/__init__.py": "x = 2\n"}, over=files)
    project.make_environment()
    return project


def running(mark: str) -> list[str]:
    """Return the processes whose command line has this word."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            found.append(place.parent.name)
    return found


@pytest.mark.usefixtures("isolated", "sample")
def test_it_sees_no_variable_no_home_and_no_secret_of_the_users(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "a-secret-value")
    secret = tmp_path / "secret"
    secret.write_text("a-secret-value")
    code = f"""
import glob, os
seen = repr(dict(os.environ))
for place in [{str(secret)!r}, "/etc/shadow", *glob.glob("/proc/*/environ")]:
    try:
        seen += open(place, "rb").read().decode("latin-1")
    except OSError:
        seen += " nothing"
home = os.path.expanduser("~")
print("a-secret-value" in seen, "root:" in seen, "scratch" in home)
"""

    (result,) = bench.run(executing(code))

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "False False True"


@pytest.mark.usefixtures("isolated")
def test_it_writes_nowhere_but_into_its_own_folders(
    sample: SampleProject, bench: Bench, tmp_path: Path
) -> None:
    places = [
        sample.repository.folder / "src/sample/planted.py",
        sample.repository.folder / ".git/hooks/post-checkout",
        sample.environment / "lib/python3.11/site-packages/planted.pth",
        sample.environment / "bin/planted",
        tmp_path / "state/planted",
        Path("/usr/lib/planted"),
        Path("/etc/planted"),
        Path("/opt/planted"),
    ]
    code = f"""
import os
done = []
for place in {[str(place) for place in places]!r}:
    try:
        open(place, "w").write("planted")
        done.append(place)
    except OSError:
        pass
os.system("mount -o remount,rw /usr")
print(done)
"""

    (result,) = bench.run(executing(code))

    assert result.outcome is Outcome.PASSED, result.because
    assert "/usr" not in result.evidence
    assert [place for place in places if place.exists()] == []


@pytest.mark.usefixtures("isolated", "sample")
def test_what_leaves_its_group_and_its_session_ends_with_it(bench: Bench, tmp_path: Path) -> None:
    mark = f"lasting-{tmp_path.name}-{os.getpid()}"

    (result,) = bench.run(executing(LASTING.format(mark=mark)))

    assert result.evidence == "left it behind", result.because
    assert running(mark) == []


@pytest.mark.usefixtures("isolated", "sample")
def test_it_has_no_network_but_its_own_loopback(bench: Bench) -> None:
    code = """
import socket
with socket.create_server(("127.0.0.1", 0)) as own:
    socket.create_connection(own.getsockname(), timeout=5).close()
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
    print("reached the machine")
except OSError:
    print("only itself")
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        (result,) = bench.run(executing(code.format(port=server.getsockname()[1])))

    assert result.evidence == "only itself", result.because


@pytest.mark.usefixtures("isolated", "sample")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("filled = bytearray(6 << 30)", "MemoryError"),
        ("f = open('large', 'wb'); f.seek(3 << 30); f.write(b'x'); f.flush()", "File too large"),
        (KILLING, "signal 9"),
    ],
    ids=["memory", "disk", "killing"],
)
def test_what_it_takes_or_ends_is_its_own(bench: Bench, code: str, said: str) -> None:
    (result,) = bench.run(executing(code))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert said in result.because


@pytest.mark.usefixtures("isolated", "sample")
def test_one_check_reaches_nothing_of_another(bench: Bench) -> None:
    code = """
import glob, os
above = os.path.dirname(os.getcwd())
print(sorted(name.split("-", 1)[1] for name in os.listdir(above)))
"""

    first, second = bench.run(executing(code, name="first"), executing(code, name="second"))

    for result in (first, second):
        assert result.evidence == f"['{result.check}-head', '{result.check}-scratch']", result.because


@pytest.mark.usefixtures("without_isolation")
def test_an_untrusted_change_is_not_executed_where_it_cannot_be_isolated(
    sample: SampleProject, bench: Bench, tmp_path: Path
) -> None:
    bench.terms = Terms(untrusted=True)
    planted = tmp_path / "planted"
    own = custom_check("own", command=["touch", str(planted)], reads=["*"], format="junit")

    executed, custom = bench.run(executing(f"open({str(planted)!r}, 'w')"), own)

    for result in (executed, custom):
        assert result.outcome is Outcome.NOT_EVALUATED
        assert "untrusted" in result.because
        assert "bubblewrap (bwrap) is not installed" in result.because
        assert "install bubblewrap" in result.fix
    assert not planted.exists()


@pytest.mark.usefixtures("without_isolation", "sample")
def test_without_isolation_that_is_said_and_what_left_its_session_is_ended(
    bench: Bench, tmp_path: Path
) -> None:
    mark = f"lasting-{tmp_path.name}-{os.getpid()}"

    (result,) = bench.run(executing(LASTING.format(mark=mark)))

    assert result.evidence == "left it behind", result.because
    assert any("was not isolated" in note for note in result.notes)
    assert running(mark) == []


@pytest.mark.usefixtures("isolated")
def test_a_command_of_the_policy_is_isolated_for_an_untrusted_change(
    sample: SampleProject, bench: Bench, tmp_path: Path
) -> None:
    bench.terms = Terms(untrusted=True)
    planted = tmp_path / "planted"
    script = f"touch {planted}; echo looked"
    own = custom_check(
        "own",
        command=["sh", "-c", script],
        reads=["*"],
        format="regex",
        pattern="(?P<message>ZZ)",
        proof="looked",
    )

    (result,) = bench.run(own)

    assert result.outcome is Outcome.PASSED, result.because
    assert not planted.exists()


@pytest.mark.usefixtures("isolated", "sample")
def test_a_service_that_the_policy_names_is_reached_and_has_to_be_there(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=_answer, args=(server,), daemon=True)
        answering.start()
        bench.terms = Terms(declared={"": Declared(services=(f"127.0.0.1:{port}",))})
        code = f"import socket; print(socket.create_connection(('127.0.0.1', {port})).recv(9).decode())"
        (reached,) = bench.run(executing(code))
        bench.terms = Terms(declared={"": Declared(services=(f"127.0.0.1:{port}",))}, untrusted=True)
        (untrusted,) = bench.run(executing(code, name="untrusted"))
        server.shutdown(socket.SHUT_RDWR)  # closing alone leaves it open for who is accepting
        answering.join()
    bench.terms = Terms(declared={"": Declared(services=(f"127.0.0.1:{port}",))})

    (gone,) = bench.run(executing(code, name="gone"))

    assert reached.evidence == "welcome", reached.because
    assert untrusted.outcome is Outcome.NOT_EVALUATED
    assert "would need the network" in untrusted.because
    assert gone.because == f"127.0.0.1:{port}, which [environment] services names, does not answer"


def test_a_watch_ends_what_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_MOST_DISK", 8 << 20)
    monkeypatch.setattr(isolation, "_WATCH_EVERY", 0.0)
    watch = isolation.Watch(tmp_path)

    assert not watch() or watch.why
    (tmp_path / "large").write_bytes(os.urandom(64 << 20))

    assert watch()
    assert watch.why == "filled the disk"


def test_what_a_build_prints_reaches_no_terminal_as_it_is(
    project: SampleProject, repository: RepositoryBuilder, fairlead: Command
) -> None:
    system = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    loud = "raise SystemExit('\\x1b]0;owned\\x07\\x1b[2J all is well')\n"
    repository.commit(
        {"pyproject.toml": system, "setup.py": loud, "sample.py": "x = 2\n"},
        over={"pyproject.toml": system, "setup.py": "", "sample.py": "x = 1\n"},
    )
    project.make_environment()

    done = fairlead("check", "--all")

    assert "build-failed" in done.out
    assert "all is well" in done.out
    assert "\x1b" not in done.out + done.err
    assert "\x07" not in done.out + done.err


def _answer(server: socket.socket) -> None:
    try:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"welcome")
    except OSError:
        return
