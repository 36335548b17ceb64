"""Times the lint: 1,000 stories in one run, one story, and the command's start.

    python benchmarks/worksheet/lint_time.py

Writes a worksheet of 1,000 different stories of about 200 words into a temporary folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lint_score import SECTIONS, read_texts

from fairlead.worksheet.folder import load
from fairlead.worksheet.lint.model import Surroundings
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.story_file import new_story


def main() -> int:
    """Print the three times; wall time, the best of five for what is short."""
    texts = read_texts(Path(__file__).parent / "texts" / "first.txt")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "worksheet.yaml").write_text("format: 1\n")
        (folder / "stories").mkdir()
        words = 0
        for number in range(1000):
            first, second = texts[number % len(texts)], texts[(7 * number + 3) % len(texts)]
            sections = {
                section: f"{first.fields.get(letter, '')} {second.fields.get(letter, '')}".strip()
                for letter, section in SECTIONS.items()
            }
            words += sum(len(text.split()) for text in sections.values())
            raw = new_story(story_id=f"s{number}", title=f"Story {number}", sections=sections)
            (folder / "stories" / f"s{number}.md").write_bytes(raw)
        started = time.perf_counter()
        sheet = load(folder)
        loaded = time.perf_counter()
        around = Surroundings(questions={}, confidential=())
        for story in sheet.stories:
            lint_story(story, around)
        linted = time.perf_counter()
        one = min(_timed(lambda: lint_story(sheet.stories[0], around)) for _ in range(5))
        command = [sys.executable, "-m", "fairlead", "worksheet", "lint", "s1", "--folder", name]
        print(f"{len(sheet.stories)} stories, {words / 1000:.0f} words each on average")
        print(f"load {loaded - started:.2f} s, lint {linted - loaded:.2f} s")
        print(f"one story {one * 1000:.1f} ms")
        single = [*command[:-2], "--folder", str(_small(folder))]
        run = min(
            _timed(lambda: subprocess.run(single, capture_output=True, check=False)) for _ in range(5)
        )
        print(f"the command on one story, start included {run:.2f} s")
    return 0


def _small(folder: Path) -> Path:
    small = folder / "small"
    (small / "stories").mkdir(parents=True)
    (small / "worksheet.yaml").write_text("format: 1\n")
    (small / "stories" / "s1.md").write_bytes((folder / "stories" / "s1.md").read_bytes())
    return small


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
