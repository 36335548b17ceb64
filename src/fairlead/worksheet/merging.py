"""Two edits of one text brought together, line by line, and what only a person can decide.

Three texts: the one that both edits began from, ``mine`` and ``theirs``. Where only one of them changed
a passage, its words stand; where both changed it to different words, both versions are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairlead.worksheet.text_field import matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Lines that belong together, in all three texts, without their line ends.

    ``mine``, ``theirs`` and ``began`` are equal where nobody changed anything.
    """

    began: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]

    @property
    def clashes(self) -> bool:
        """Whether both changed it, each to other words."""
        return self.mine != self.theirs and self.began not in (self.mine, self.theirs)

    @property
    def changed(self) -> bool:
        """Whether at least one of the two changed it."""
        return self.mine != self.began or self.theirs != self.began

    @property
    def settled(self) -> tuple[str, ...]:
        """The words that stand where nothing clashes; mine, then theirs, where something does."""
        if self.clashes:
            return (*self.mine, *self.theirs)
        return self.theirs if self.mine == self.began else self.mine


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Both edits in one: stretches in the text's order."""

    stretches: tuple[Stretch, ...]

    @property
    def clashes(self) -> int:
        """In how many places both changed the same lines."""
        return sum(one.clashes for one in self.stretches)

    @property
    def text(self) -> str:
        """Both edits in one text; where they clash, mine and then theirs: nothing is left out."""
        return "\n".join(line for one in self.stretches for line in one.settled)


def merge_texts(began: str, mine: str, theirs: str) -> Merge:
    """Return two edits of a text in one.

    An edit that changed nothing gives the other one; two equal edits give either.
    """
    base, ours, other = (text.split("\n") for text in (began, mine, theirs))
    return Merge(stretches=tuple(_stretches(base, ours, other)))


def _stretches(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Stretch]:
    in_mine, in_theirs = _same(base, mine), _same(base, theirs)
    at = at_mine = at_theirs = 0
    while True:
        anchor = next(
            (line for line in range(at, len(base)) if line in in_mine and line in in_theirs), None
        )
        ends = (
            (anchor, in_mine[anchor], in_theirs[anchor])
            if anchor is not None
            else (len(base), len(mine), len(theirs))
        )
        between = Stretch(
            began=tuple(base[at : ends[0]]),
            mine=tuple(mine[at_mine : ends[1]]),
            theirs=tuple(theirs[at_theirs : ends[2]]),
        )
        if between.began or between.mine or between.theirs:
            yield between
        if anchor is None:
            return
        length = 1
        while (
            in_mine.get(anchor + length) == ends[1] + length
            and in_theirs.get(anchor + length) == ends[2] + length
        ):
            length += 1
        kept = tuple(base[anchor : anchor + length])
        yield Stretch(began=kept, mine=kept, theirs=kept)
        at, at_mine, at_theirs = (one + length for one in ends)


def _same(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return for each line of the base that the other has, too, where it is there."""
    return {
        i1 + step: j1 + step
        for tag, i1, i2, j1, _ in matched(base, other)
        if tag == "equal"
        for step in range(i2 - i1)
    }
