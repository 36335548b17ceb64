"""New or old: moved lines match, one more of the same is one new, what grew is new."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fairlead.checks.fingerprints import Lines, identify, mark_new, merge
from fairlead.checks.model import Finding, Severity

PATH = "a.py"


def finding(context: str, *, line: int = 1, path: str = PATH, measure: float | None = None) -> Finding:
    return Finding(
        rule="R1",
        severity=Severity.WARNING,
        path=path,
        line=line,
        what="something",
        why="",
        fix="",
        context=context,
        measure=measure,
    )


def look(text: list[str]) -> tuple[Finding, ...]:
    """Return what a tool finds that complains of every line with an exclamation mark."""
    found = [finding(words, line=at) for at, words in enumerate(text, start=1) if "!" in words]
    return identify("lint", found)


def compare(head: list[str], base: list[str], changed: Lines | None = None) -> list[tuple[int, str]]:
    """Return line and words of what is new in the head."""
    marked = mark_new(look(head), look(base), lambda: changed or {})
    return [(found.line, found.context) for found in marked if found.new]


lines = st.lists(st.sampled_from(["x = 1", "y = 2", "bad!", "worse!", "  bad!"]), max_size=12)


@given(base=lines, inserted=st.lists(st.tuples(st.integers(0, 12), st.just("z = 3")), max_size=5))
def test_inserting_clean_lines_makes_no_old_finding_new(
    base: list[str], inserted: list[tuple[int, str]]
) -> None:
    head = list(base)
    for at, words in inserted:
        head.insert(at, words)

    assert compare(head, base) == []


@given(base=lines, keep=st.lists(st.booleans(), min_size=12, max_size=12))
def test_removing_lines_makes_no_old_finding_new(base: list[str], keep: list[bool]) -> None:
    head = [words for words, kept in zip(base, keep, strict=False) if kept]

    assert compare(head, base) == []


@given(base=lines, data=st.data())
def test_moving_lines_makes_no_old_finding_new(base: list[str], data: st.DataObject) -> None:
    head = data.draw(st.permutations(base))

    assert compare(head, base) == []


@given(base=lines, indent=st.sampled_from(["    ", "\t", "  \t "]))
def test_indenting_makes_no_old_finding_new(base: list[str], indent: str) -> None:
    head = [f"{indent}{words}  " for words in base]

    assert compare(head, base) == []


@given(base=lines, at=st.integers(0, 12), words=st.sampled_from(["bad!", "worse!", "other!"]))
def test_one_more_finding_is_exactly_one_new_and_it_is_the_one_that_was_added(
    base: list[str], at: int, words: str
) -> None:
    at = min(at, len(base))
    head = [*base[:at], words, *base[at:]]

    new = compare(head, base, {PATH: [range(at + 1, at + 2)]})

    assert new == [(at + 1, words)]


@given(base=lines, head=lines)
def test_as_many_are_new_as_the_head_has_more(base: list[str], head: list[str]) -> None:
    new = Counter(" ".join(words.split()) for _, words in compare(head, base))

    folded = [Counter(" ".join(w.split()) for w in text if "!" in w) for text in (head, base)]
    assert new == folded[0] - folded[1]


@given(head=st.lists(st.integers(1, 9), max_size=6), base=st.lists(st.integers(1, 9), max_size=6))
def test_measures_pair_up_as_far_as_they_can(head: list[int], base: list[int]) -> None:
    found, known = (
        identify("c", [finding("f", line=at, measure=m) for at, m in enumerate(measures, start=1)])
        for measures in (head, base)
    )

    marked = mark_new(found, known, dict)

    # Hall's condition: what can't be paired is the largest excess over any threshold.
    excess = max(
        (sum(m >= t for m in head) - sum(m >= t for m in base) for t in range(1, 10)), default=0
    )
    assert sum(one.new for one in marked) == max(0, excess)


def test_a_measure_that_grew_is_new_and_one_that_shrank_is_not() -> None:
    base = identify("complexity", [finding("f", measure=20), finding("g", measure=20)])
    head = identify("complexity", [finding("f", measure=21), finding("g", measure=19)])

    marked = mark_new(head, base, dict)

    assert [(found.context, found.new) for found in marked] == [("f", True), ("g", False)]
    assert [found.before for found in marked] == [20, None]


def test_a_finding_follows_its_file_through_a_rename() -> None:
    base = identify("lint", [finding("x", path="old.py")], {"old.py": "new.py"})
    head = identify("lint", [finding("x", path="new.py")])

    assert [found.new for found in mark_new(head, base, dict)] == [False]


def test_the_same_words_in_another_file_or_of_another_check_are_new() -> None:
    base = identify("lint", [finding("x")])
    others = [*identify("lint", [finding("x", path="b.py")]), *identify("sast", [finding("x")])]

    assert [found.new for found in mark_new(others, base, dict)] == [True, True]


def test_the_difference_is_not_asked_for_when_nothing_is_ambiguous() -> None:
    def refuse() -> Lines:
        raise AssertionError("asked")

    marked = mark_new(look(["bad!", "worse!"]), look(["bad!"]), refuse)

    assert [found.new for found in marked] == [False, True]


def test_a_path_of_any_bytes_has_a_fingerprint() -> None:
    found = identify("lint", [finding("x", path="\udcff.py"), finding("x", path="\udcfe.py")])

    assert found[0].fingerprint != found[1].fingerprint


def test_two_looks_at_one_tree_give_one_of_each_and_new_wins() -> None:
    first = mark_new(look(["bad!", "worse!"]), look(["bad!", "worse!"]), dict)
    second = mark_new(look(["bad!", "worse!", "other!"]), look(["bad!"]), dict)

    merged = merge(first, second)

    assert [(found.context, found.new) for found in merged] == [
        ("bad!", False),
        ("worse!", True),
        ("other!", True),
    ]


def test_equal_findings_on_one_line_are_not_lost_in_merging() -> None:
    twice = identify("lint", [finding("x"), finding("x")])
    once = identify("lint", [finding("x")])

    assert len(merge(once, twice)) == len(merge(twice, once)) == 2
