"""What steers a tool: telling whether a change touches it, and putting one side's into the other."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.checks.splicing import splice
from fairlead.checks.steering import Listing, Touch, describe, find_touch, steering_files

RUFF = ("ruff.toml", ".ruff.toml", "pyproject.toml:tool.ruff", "pyproject.toml:project.requires-python")


def read(listing: Listing, paths: Iterable[str]) -> Mapping[str, bytes]:
    """In these tests a listing's content stands for itself."""
    return {path: listing[path].encode() for path in paths if path in listing}


def touch(base: Listing, head: Listing, **more: tuple[str, ...]) -> Touch:
    return find_touch({"lint": RUFF, **more}, base, head, read)


def test_steering_files_count_in_any_folder() -> None:
    found = steering_files(
        ("ruff.toml", ".github/zizmor.yml", "setup.cfg:bandit"),
        ["ruff.toml", "a/ruff.toml", "aruff.toml", ".github/zizmor.yml", "zizmor.yml", "b/setup.cfg"],
    )

    assert found == ("ruff.toml", "a/ruff.toml", ".github/zizmor.yml", "b/setup.cfg")


def test_a_change_of_another_section_touches_nothing() -> None:
    base = {"pyproject.toml": "[tool.ruff]\nline-length = 90\n[tool.black]\nline-length = 90\n"}
    head = {"pyproject.toml": "[tool.ruff]\nline-length = 90\n[tool.black]\nline-length = 80\n"}

    assert touch(base, head).phrases == {}


def test_a_section_that_says_the_same_in_other_words_is_untouched() -> None:
    base = {"pyproject.toml": "[tool.ruff]\nlint.select = ['E']\n"}
    head = {"pyproject.toml": '[tool.ruff.lint]  # more to come\nselect = ["E"]\n'}

    assert touch(base, head).phrases == {}


def test_a_number_that_becomes_a_truth_value_is_touched() -> None:
    base = {"pyproject.toml": "[tool.ruff]\nfix = 1\n"}
    head = {"pyproject.toml": "[tool.ruff]\nfix = true\n"}

    assert touch(base, head).phrases == {"lint": ("pyproject.toml [tool.ruff]",)}


def test_a_touched_section_goes_from_each_side_into_the_other_and_the_rest_stays() -> None:
    base = {"pyproject.toml": "# old\n[project]\nname = 'a'\n\n[tool.ruff]\nexclude = []\n"}
    head = {"pyproject.toml": "# new\n[project]\nname = 'b'\n\n[tool.ruff]\nexclude = ['src']\n"}

    found = touch(base, head)

    assert found.phrases == {"lint": ("pyproject.toml [tool.ruff]",)}
    into_head, into_base = found.into_head["pyproject.toml"], found.into_base["pyproject.toml"]
    assert into_head
    assert into_base
    assert b"# new" in into_head
    assert tomllib.loads(into_head.decode()) == {
        "project": {"name": "b"},
        "tool": {"ruff": {"exclude": []}},
    }
    assert tomllib.loads(into_base.decode()) == {
        "project": {"name": "a"},
        "tool": {"ruff": {"exclude": ["src"]}},
    }


def test_a_file_of_the_tools_own_that_was_added_goes_from_one_and_into_the_other() -> None:
    found = touch({}, {"src/ruff.toml": "exclude = ['*']\n"})

    assert found.phrases == {"lint": ("src/ruff.toml",)}
    assert found.into_head == {"src/ruff.toml": None}
    assert found.into_base == {"src/ruff.toml": b"exclude = ['*']\n"}


def test_a_file_that_was_moved_steers_where_it_was_and_where_it_is() -> None:
    found = touch({"ruff.toml": "x = 1"}, {"src/ruff.toml": "x = 1"})

    assert found.into_head == {"ruff.toml": b"x = 1", "src/ruff.toml": None}


def test_only_the_checks_whose_steering_is_touched_are_named() -> None:
    found = touch({".bandit": "a"}, {".bandit": "b"}, sast=(".bandit",))

    assert found.phrases == {"sast": (".bandit",)}


def test_a_file_that_steering_mentions_by_name_steers_too() -> None:
    config = {"ruff.toml": "extend = '../shared/rules.toml'\n"}
    base = {**config, "shared/rules.toml": "exclude = []", "shared/my-rules.toml": "1"}
    head = {**config, "shared/rules.toml": "exclude = ['*']", "shared/my-rules.toml": "2"}

    found = touch(base, head)

    assert found.phrases == {"lint": ("shared/rules.toml",)}
    assert found.into_head == {"shared/rules.toml": b"exclude = []"}


def test_a_file_that_another_section_of_the_same_file_mentions_steers_nothing() -> None:
    packed = "[tool.build]\ninclude = ['tox.ini']\n[tool.ruff]\nextend = 'rules.toml'\n"
    base = {"pyproject.toml": packed, "tox.ini": "[tox]\n", "rules.toml": "select = ['E']\n"}
    head = {"pyproject.toml": packed, "rules.toml": "select = []\n"}

    assert touch(base, head).phrases == {"lint": ("rules.toml",)}


@pytest.mark.parametrize("head", ["[tool.ruff\n", "[tool]\nruff = 1\nruff = 2\n"])
def test_a_file_that_became_invalid_is_judged_with_all_of_the_bases(head: str) -> None:
    base = "[project]\nname = 'a'\n[tool.ruff]\nfix = true\n"

    found = touch({"pyproject.toml": base}, {"pyproject.toml": head})

    assert found.into_head == {"pyproject.toml": base.encode()}


def test_sections_of_ini_files_are_spliced() -> None:
    base = {"setup.cfg": "[metadata]\nname = a\n\n[bandit]\nskips = B101\n"}
    head = {"setup.cfg": "[metadata]\nname = b\n\n[bandit]\nskips = B101,B602\n"}

    found = find_touch({"sast": ("setup.cfg:bandit",)}, base, head, read)

    assert found.phrases == {"sast": ("setup.cfg [bandit]",)}
    spliced = found.into_head["setup.cfg"]
    assert spliced
    assert spliced.split() == b"[metadata] name = b [bandit] skips = B101".split()


def test_a_section_that_only_the_head_has_goes_and_leaves_no_empty_file() -> None:
    found = touch({}, {"pyproject.toml": "[tool.ruff]\nfix = true\n"})

    assert found.into_head == {"pyproject.toml": None}
    assert found.into_base == {"pyproject.toml": b"[tool.ruff]\nfix = true\n"}


@pytest.mark.parametrize(
    ("host", "donor"),
    [
        ("tool.ruff.fix = true\n", "[tool.ruff]\nfix = false\n"),
        ("tool = {ruff = {fix = true}, black = {}}\n", "[tool.ruff]\nfix = false\n"),
        (
            "[project]\nrequires-python = '>=3.9'\nname = 'x'\n",
            "[project]\nrequires-python = '>=3.8'\n",
        ),
        ("[project]\nname = 'x'\n", "[project]\nrequires-python = '>=3.8'\n"),
        ("[project]\nrequires-python = '>=3.8'\n", "[project]\nname = 'y'\n"),
        ("[tool.'ruff']\nfix = true\n", '[tool."ruff".lint]\nselect = ["E"]\n'),
        ('text = """\n[tool.ruff]\n"""\n[tool.ruff]\nfix = true\n', "[tool.ruff]\nfix = false\n"),
        ("when = 2026-01-01T00:00:00Z\nbig = 1e400\ntool.ruff.fix = true\n", ""),
        ('tool.ruff.fix = true\nname = "\U0001f600\\u007f\\u0000"\n', "[tool.ruff]\nfix = false\n"),
    ],
)
def test_however_a_table_is_spelt_the_splice_says_what_it_should(host: str, donor: str) -> None:
    parts = ("tool.ruff", "project.requires-python")

    spliced = splice("pyproject.toml", host.encode(), donor.encode(), parts)

    assert spliced is not None
    got, here, there = (tomllib.loads(text) for text in (spliced.decode(), host, donor))
    assert got.get("tool", {}).get("ruff") == there.get("tool", {}).get("ruff")
    assert got.get("project", {}).get("requires-python") == there.get("project", {}).get(
        "requires-python"
    )
    rest = [
        {
            **{key: value for key, value in document.items() if key not in {"tool", "project"}},
            "tool": {k: v for k, v in document.get("tool", {}).items() if k != "ruff"},
            "project": {k: v for k, v in document.get("project", {}).items() if k != "requires-python"},
        }
        for document in (got, here)
    ]
    assert rest[0] == rest[1]


scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.text(max_size=8),
    st.floats(allow_nan=False),
    st.dates(),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(ours=values, theirs=values)
def test_values_that_have_to_be_written_anew_come_back_equal(ours: object, theirs: object) -> None:
    def inline(value: object) -> str:
        match value:
            case bool():
                return str(value).lower()
            case str():
                return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            case dict():
                return "{" + ", ".join(f"{inline(k)} = {inline(v)}" for k, v in value.items()) + "}"
            case list():
                return "[" + ", ".join(map(inline, value)) + "]"
        return str(value)

    host = f"tool = {{ruff = 1, other = {inline(ours)}}}\n".encode("utf-8", "surrogatepass")
    donor = f"tool = {{ruff = {inline(theirs)}}}\n".encode("utf-8", "surrogatepass")

    spliced = splice("pyproject.toml", host, donor, ("tool.ruff",))

    assert spliced
    assert tomllib.loads(spliced.decode()) == {"tool": {"other": ours, "ruff": theirs}}


@pytest.mark.parametrize(
    ("files", "phrase"),
    [
        ({}, "defaults"),
        ({"pyproject.toml": "[project]\nrequires-python = '>=3.9'\n"}, "defaults"),
        ({"pyproject.toml": "[tool.ruff]\nfix = true\n"}, "pyproject.toml [tool.ruff]"),
        ({"a/ruff.toml": "", "ruff.toml": "", "b/ruff.toml": ""}, "ruff.toml and 2 more"),
    ],
)
def test_the_configuration_in_force_has_a_name(files: dict[str, str], phrase: str) -> None:
    assert describe(RUFF, files, read) == phrase


def test_an_invalid_file_does_not_hide_what_steers() -> None:
    assert describe(RUFF, {"pyproject.toml": "[tool.ruff"}, read) == "pyproject.toml, which isn't valid"
