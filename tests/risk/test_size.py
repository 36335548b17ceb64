from __future__ import annotations

import json
import math
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.model import Change, FileChange, Nature, Range, Size, Status
from fairlead.risk.model import Band, History, PastCommit
from fairlead.risk.size import BASIS, INTERCEPT, entropy, load_model, measure, score


def file(path: str, added: int = 1, deleted: int = 0, nature: Nature = Nature.SOURCE) -> FileChange:
    return FileChange(
        path=path,
        old_path=None,
        status=Status.MODIFIED,
        old_mode=0o100644,
        mode=0o100644,
        old_blob="1" * 40,
        blob="2" * 40,
        added=added,
        deleted=deleted,
        binary=False,
        nature=nature,
        because="test",
    )


def change(*files: FileChange) -> Change:
    between = Range(base_tree="3" * 40, head_tree="4" * 40, base=None, head=None, label="test")
    return Change(range=between, files=files, natures=(), size=Size.XS, counted=0)


paths = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4).map("/".join)
files = st.builds(file, paths, st.integers(0, 10**7), st.integers(0, 10**7))
changes = st.lists(files, max_size=30).map(lambda found: change(*found))


def test_the_measures_are_those_of_kamei_et_al() -> None:
    read = change(file("a/x.py", 3, 1), file("a/b/y.py", 2, 2), file("setup.py", 4, 4))

    measures = measure(read)

    assert measures == {
        "subsystems": 2.0,
        "folders": 3.0,
        "files": 3.0,
        "entropy": 1.5,
        "lines added": 9.0,
        "lines deleted": 7.0,
    }


def test_every_file_counts_whatever_its_nature() -> None:
    source = change(file("a.py", 5), file("uv.lock", 900))
    generated = change(file("a.py", 5), file("uv.lock", 900, nature=Nature.GENERATED))

    assert score(source, History()) == score(generated, History())


def test_a_change_without_files_scores_the_intercept_alone() -> None:
    scored = score(change(), History())

    assert {reason.feature for reason in scored.reasons if reason.log_odds} == {INTERCEPT}
    assert scored.band is Band.LOW


def test_binary_files_count_as_files_and_add_no_lines() -> None:
    measures = measure(change(file("a.png", 0, 0), file("b.png", 0, 0)))

    assert (measures["files"], measures["lines added"], measures["entropy"]) == (2.0, 0.0, 0.0)


def test_the_past_alters_nothing_yet_and_the_basis_says_what_the_score_stands_on() -> None:
    past = History(commits=(PastCommit(author="ana", at=1, paths=("a.py",)),))
    read = change(file("a.py", 5))

    assert score(read, past) == score(read, History())
    assert score(read, past).basis == BASIS == "by size and spread; no bound"


@given(changes)
def test_a_score_is_a_probability_whose_reasons_add_up_to_its_log_odds(read: Change) -> None:
    scored = score(read, History())

    total = math.fsum(reason.log_odds for reason in scored.reasons)
    assert 0 < scored.value < 1
    assert scored.value == 1 / (1 + math.exp(-total))
    assert math.isclose(math.log(scored.value / (1 - scored.value)), total, abs_tol=1e-9)
    shares = [abs(reason.log_odds) for reason in scored.reasons]
    assert shares == sorted(shares, reverse=True)
    assert len(scored.reasons) == 7


@given(paths, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_lines_in_one_file_never_lower_the_score(
    path: str, added: int, deleted: int, more: int
) -> None:
    small = score(change(file(path, added, deleted)), History())

    wider = score(change(file(path, added + more, deleted)), History())
    cut = score(change(file(path, added, deleted + more)), History())

    assert wider.value >= small.value
    assert cut.value >= small.value


@given(st.integers(1, 500), st.integers(1, 40))
def test_the_same_lines_spread_over_more_files_never_lower_the_score(lines: int, parts: int) -> None:
    together = score(change(file("a/x.py", lines * parts)), History())

    apart = score(change(*(file(f"{n}/x.py", lines) for n in range(parts))), History())

    assert apart.value >= together.value


def test_more_lines_added_raise_the_score_and_its_band() -> None:
    scores = [score(change(file("a.py", lines)), History()) for lines in (1, 30, 3000)]

    assert [found.band for found in scores] == [Band.LOW, Band.MEDIUM, Band.HIGH]
    assert scores[0].value < scores[1].value < scores[2].value


def test_beyond_the_data_the_score_stays_level() -> None:
    limit = int(load_model().weights["lines added"].limit)

    at_limit, beyond = (score(change(file("a.py", n)), History()) for n in (limit, limit * 100))

    assert at_limit.value == beyond.value


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_entropy_lies_between_none_and_an_even_spread(counts: list[int]) -> None:
    found = entropy(counts)

    assert -1e-9 <= found <= math.log2(len(counts)) + 1e-9


@pytest.mark.parametrize(("counts", "bits"), [([], 0.0), ([0, 0], 0.0), ([9], 0.0), ([1, 1], 1.0)])
def test_entropy_is_in_bits(counts: list[int], bits: float) -> None:
    assert entropy(counts) == bits


def test_the_coefficients_ship_with_where_they_come_from() -> None:
    text = resources.files("fairlead.risk").joinpath("size.json").read_text(encoding="utf-8")
    provenance = json.loads(text)["provenance"]

    assert {"data", "commit", "dates", "n_fitted", "auc_tested", "brier_tested"} <= provenance.keys()


def test_no_weight_is_negative_and_the_bands_are_in_order() -> None:
    model = load_model()

    assert all(weight.coefficient >= 0 for weight in model.weights.values())
    assert 0 < model.medium < model.high < 1
