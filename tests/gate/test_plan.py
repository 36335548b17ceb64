"""The plan runs what nature, proof and size call for, and says why in each case."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.model import Change, Nature, Proof, Size, Status, Suppression
from fairlead.checks.model import Scope
from fairlead.gate.plan import PlannedCheck, plan_checks
from fairlead.gate.policy import CheckPolicy, Policy
from gate.samples import SampleCheck, change, file_change

LINT = SampleCheck(name="lint")


def plan_one(
    the_change: Change,
    policy: CheckPolicy | None = None,
    steered_by: tuple[str, ...] = (),
    *,
    everything: bool = False,
) -> PlannedCheck:
    (planned,) = plan_checks(
        the_change,
        [LINT],
        policy=Policy(checks={"lint": policy or CheckPolicy()}),
        steering={"lint": steered_by},
        everything=everything,
    )
    return planned


def test_a_check_runs_for_the_files_of_its_kind() -> None:
    planned = plan_one(change(file_change("a.py"), file_change("b.md", nature=Nature.DOCUMENTATION)))

    assert planned.run
    assert [file.path for file in planned.files] == ["a.py"]
    assert planned.because == "1 source file"


def test_a_check_without_files_of_its_kind_says_what_there_is_instead() -> None:
    planned = plan_one(change(file_change("b.md", nature=Nature.DOCUMENTATION)))

    assert not planned.run
    assert planned.because == "no file of its kind among 1 documentation file"


def test_an_inert_file_is_passed_over_with_the_proofs_words() -> None:
    planned = plan_one(change(file_change("a.py", inert=Proof.SAME_SYNTAX_TREE)))

    assert not planned.run
    assert planned.because == "a.py parses to the same tree"


def test_several_inert_files_are_spoken_of_as_several() -> None:
    files = [file_change(path, inert=Proof.SAME_SYNTAX_TREE) for path in ("a.py", "b.py")]

    assert plan_one(change(*files)).because == "a.py, b.py parse to the same trees"


def test_one_file_that_is_not_inert_makes_the_check_run_on_it_alone() -> None:
    planned = plan_one(change(file_change("a.py", inert=Proof.SAME_SYNTAX_TREE), file_change("b.py")))

    assert [file.path for file in planned.files] == ["b.py"]


def test_a_policy_can_have_inert_files_looked_at() -> None:
    inert = change(file_change("a.py", inert=Proof.SAME_SYNTAX_TREE))

    assert plan_one(inert, CheckPolicy(skip_inert=False)).run


def test_a_nature_that_the_policy_leaves_out_is_passed_over() -> None:
    generated = change(file_change("a.py", nature=Nature.GENERATED))

    planned = plan_one(generated, CheckPolicy(on=frozenset({Nature.SOURCE})))

    assert planned.because == "the policy has it pass over 1 generated file"


def test_a_change_below_the_policys_size_is_skipped_with_both_sizes_named() -> None:
    planned = plan_one(change(file_change("a.py"), size=Size.S), CheckPolicy(from_size=Size.L))

    assert planned.because == "the change is S and the policy has it run from L"


def test_a_check_that_is_turned_off_never_runs_and_names_the_line() -> None:
    planned = plan_one(change(file_change("a.py")), CheckPolicy(enabled=False, line=7), ("ruff.toml",))

    assert not planned.run
    assert planned.because == "the policy turns it off (line 7)"


def test_a_touched_configuration_makes_the_check_run_whatever_the_nature() -> None:
    generated = change(file_change("a.py", nature=Nature.GENERATED, inert=Proof.SAME_SYNTAX_TREE))

    planned = plan_one(generated, CheckPolicy(on=frozenset()), ("ruff.toml",))

    assert planned.run
    assert planned.because == "the change touches what steers it: ruff.toml"


def test_a_comment_that_silences_a_check_makes_it_run() -> None:
    noqa = Suppression(check="lint", path="a.py", line=3, text="# noqa", added=True)
    quiet = change(file_change("a.py", nature=Nature.GENERATED, suppressions=(noqa,)))

    planned = plan_one(quiet, CheckPolicy(on=frozenset(), from_size=Size.XL))

    assert planned.run
    assert planned.because == "a comment steers it: a.py:3"


def test_deletions_alone_leave_nothing_to_look_at_in_files_but_do_in_a_tree() -> None:
    deleted = change(file_change("a.py", status=Status.DELETED))

    plan = plan_checks(
        deleted,
        [LINT, SampleCheck(name="dependencies", scope=Scope.TREE)],
        policy=Policy(checks={}),
    )

    assert [planned.run for planned in plan] == [False, True]


def test_an_empty_change_runs_nothing() -> None:
    assert plan_one(change()).because == "the change is empty"


def test_when_everything_is_asked_for_an_inert_file_is_looked_at_too() -> None:
    planned = plan_one(change(file_change("a.py", inert=Proof.SAME_SYNTAX_TREE)), everything=True)

    assert planned.run
    assert planned.because == "all checks were asked for"


natures = st.frozensets(st.sampled_from(list(Nature)))
policies = st.builds(
    CheckPolicy,
    enabled=st.booleans(),
    on=natures,
    skip_inert=st.booleans(),
    from_size=st.sampled_from(list(Size)),
)
changes = st.builds(
    lambda files, size: change(*files, size=size),
    st.lists(
        st.builds(
            file_change,
            st.sampled_from(["a.py", "b.py", "c.md"]),
            nature=st.sampled_from(list(Nature)),
            inert=st.none() | st.sampled_from(list(Proof)),
            status=st.sampled_from(list(Status)),
        ),
        max_size=4,
    ),
    st.sampled_from(list(Size)),
)


@given(the_change=changes, policy=policies, more=natures, data=st.data())
def test_a_stricter_policy_never_runs_less(
    the_change: Change, policy: CheckPolicy, more: frozenset[Nature], data: st.DataObject
) -> None:
    sizes = list(Size)
    smaller = data.draw(st.sampled_from(sizes[: sizes.index(policy.from_size) + 1]))
    stricter = replace(
        policy,
        enabled=policy.enabled or data.draw(st.booleans()),
        on=policy.on | more,
        skip_inert=policy.skip_inert and data.draw(st.booleans()),
        from_size=smaller,
    )

    loose, strict = plan_one(the_change, policy), plan_one(the_change, stricter)

    assert strict.run or not loose.run
    assert {id(file) for file in loose.files} <= {id(file) for file in strict.files}


@given(the_change=changes, policy=policies)
def test_every_line_of_a_plan_has_a_reason(the_change: Change, policy: CheckPolicy) -> None:
    assert plan_one(the_change, policy).because


@given(the_change=changes, policy=policies)
def test_everything_is_never_less_than_what_the_change_needs(
    the_change: Change, policy: CheckPolicy
) -> None:
    needed, everything = plan_one(the_change, policy), plan_one(the_change, policy, everything=True)

    assert everything.run or not needed.run
    assert {id(file) for file in needed.files} <= {id(file) for file in everything.files}
    assert policy.enabled or not everything.run
