"""What a reader is shown of a difference: the lines that came and went, whatever the files are."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import RepositoryBuilder
from fairlead.changes.git import Repository
from fairlead.changes.patch import FilePatch, read_patch

LINES = st.lists(
    st.sampled_from(["", "a", "b", "+", "-", "-- x", "@@ -1 +1 @@", "diff --git a/x b/x", "é"])
)


def patch(builder: RepositoryBuilder, scratch: Path, *, lines: int = 3000) -> dict[str, FilePatch]:
    scratch.mkdir(exist_ok=True)
    fresh = scratch / str(len(list(scratch.iterdir())))
    opened = Repository.open(builder.folder, scratch=fresh, environ={})
    read = read_patch(opened, builder.git("rev-parse", "HEAD~1"), builder.head, lines=lines)
    return {one.file.path: one for one in read}


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(before=LINES, after=LINES)
def test_the_hunks_hold_every_line_that_came_or_went_with_its_number(
    repository: RepositoryBuilder, tmp_path: Path, before: list[str], after: list[str]
) -> None:
    old = "".join(f"{line}\n" for line in ["top", *before])
    new = "".join(f"{line}\n" for line in ["top", *after])
    repository.commit({"x.txt": new}, over={"x.txt": old})

    found = patch(repository, tmp_path / "scratch")

    shown = [line for one in found.values() for hunk in one.hunks for line in hunk.lines]
    old_lines, new_lines = old.split("\n"), new.split("\n")
    assert all(line.new is None or new_lines[line.new - 1] == line.text for line in shown)
    assert all(line.old is None or old_lines[line.old - 1] == line.text for line in shown)
    came = {line.new for line in shown if line.sign == "+"}
    kept = [line for number, line in enumerate(new_lines[:-1], start=1) if number not in came]
    went = {line.old for line in shown if line.sign == "-"}
    assert kept == [line for number, line in enumerate(old_lines[:-1], start=1) if number not in went]


def test_files_without_lines_to_show_say_why(repository: RepositoryBuilder, tmp_path: Path) -> None:
    repository.commit({"long.txt": "x\n", "moved.txt": "same\n" * 9})
    repository.rename("moved.txt", "there/moved.txt")
    repository.symlink("link", "long.txt")
    repository.commit({"picture.png": b"\x89PNG\x00", "long.txt": "y\n" * 50, "c.txt": "c\n"})

    found = patch(repository, tmp_path / "scratch", lines=20)

    assert {path: one.unshown for path, one in found.items()} == {
        "c.txt": "",
        "link": "it is a link or a submodule",
        "long.txt": "its 51 lines are more than fit here",
        "picture.png": "it is binary",
        "there/moved.txt": "no line of it differs",
    }
    assert found["there/moved.txt"].file.old_path == "moved.txt"


def test_odd_paths_and_bytes_are_read_as_they_are(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    odd = "a b\tc\udce9 ü\n.txt"
    repository.commit({odd: b"caf\xe9\n"}, over={odd: b"tea\n"})

    lines = patch(repository, tmp_path / "scratch")[odd].hunks[0].lines

    assert [(line.sign, line.text) for line in lines] == [("-", "tea"), ("+", "caf\udce9")]


def test_a_line_of_a_megabyte_is_cut_and_says_so(repository: RepositoryBuilder, tmp_path: Path) -> None:
    repository.commit({"app.min.js": "x" * 1_000_000}, over={"app.min.js": "y\n"})

    line = patch(repository, tmp_path / "scratch")["app.min.js"].hunks[0].lines[-1]

    assert line.text.endswith("… (1000000 bytes)")
    assert len(line.text) < 2100
