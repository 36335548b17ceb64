"""What changes behaviour is never inert; what is only written otherwise is proved."""

from __future__ import annotations

import ast
import copy
import json
import random

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairlead.changes.model import Nature, Proof, Status
from fairlead.changes.nature import Judgement
from fairlead.changes.proofs import Sides, prove

PROGRAM = '''\
"""What it does."""
import os, sys

LIMIT = 10
NAMES = {"a": 1, "b": [2, 3.0, None]}


@property
def pick(values, *, start=0):
    """Pick one."""
    for index, value in enumerate(values[start:], 1):
        if value is not None and index < LIMIT or not value:
            return f"{value!r:>10}" + "x" * -index
        try:
            yield (lambda each: each ** 2)(value)
        except (OSError, KeyError) as error:
            raise ValueError("no") from error
    while True:
        del values[0]
        break
    else:
        assert values, "none"
    return 1 if values else 0b10


class Thing(dict, metaclass=type):
    size: int = 3

    async def run(self, *args, **kwargs):
        async with self as thing, thing:
            await thing.stop(*args, **kwargs)
        self.total += 1
        return [x for x in args if x > 1 != 2]
'''


def proof(path: str, old: str, new: str) -> Proof | None:
    judgement = Judgement(nature=Nature.SOURCE, because="a test says so")
    return prove(
        Sides(
            path=path,
            status=Status.MODIFIED,
            old_mode=0o100644,
            mode=0o100644,
            old=old.encode(),
            new=new.encode(),
            same_blob=old == new,
            judgement=judgement,
            old_nature=judgement.nature,
        )
    )


def reformat(text: str, chance: random.Random) -> str:
    """Write a program otherwise: comments and blank lines between its statements, as ast writes it."""
    written = chance.choice([text, ast.unparse(ast.parse(text))])
    lines: list[str] = []
    tree = ast.parse(written)
    starts = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    starts -= {1} | {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    for number, line in enumerate(written.splitlines(), start=1):
        if number in starts and chance.random() < 0.3:
            lines += chance.choice([[""], ["# why it is so"], ["", "    # see above"]])
        lines.append(line)
    return "\n".join(lines) + "\n" * chance.randint(0, 3)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_program_written_otherwise_is_proved(seed: int) -> None:
    chance = random.Random(seed)

    assert proof("a.py", PROGRAM, reformat(PROGRAM, chance)) is Proof.SAME_SYNTAX_TREE


class Mutation(ast.NodeTransformer):
    """Changes the tree at one place, chosen by number; ``done`` says whether it did."""

    def __init__(self, chosen: int, chance: random.Random) -> None:
        self.left, self.chance, self.done = chosen, chance, False

    def visit(self, node: ast.AST) -> ast.AST:
        self.left -= 1
        if self.left == 0:
            changed = self._change(node)
            if changed is not None:
                self.done = True
                return changed
        return self.generic_visit(node)

    def _change(self, node: ast.AST) -> ast.AST | None:
        match node:
            case ast.Constant(value=bool() | None):
                return ast.Constant(0)
            case ast.Constant(value=int(number)):
                return ast.Constant(self.chance.choice([number + 1, float(number), bool(number)]))
            case ast.Constant(value=float(number)):
                return ast.Constant(-number)
            case ast.Constant(value=str(text)):
                return ast.Constant(text + self.chance.choice([" ", "x", "\n"]))
            case ast.Name():
                return ast.Name(node.id + "_", node.ctx)
            case ast.Attribute():
                return ast.Attribute(node.value, node.attr + "_", node.ctx)
            case ast.arg():
                return ast.arg(node.arg + "_", node.annotation)
            case ast.BinOp():
                return ast.BinOp(node.right, node.op, node.left)
            case ast.Compare():
                return ast.Compare(node.left, [ast.GtE() for _ in node.ops], node.comparators)
            case ast.BoolOp():
                return ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            case ast.Return() | ast.Expr() | ast.Raise() | ast.Break() | ast.Delete():
                return ast.Pass()
            case ast.Call():
                return ast.Call(node.func, [*node.args, ast.Constant(None)], node.keywords)
            case ast.Dict() if len(node.keys) > 1:
                return ast.Dict(node.keys[::-1], node.values[::-1])
            case ast.List() if node.elts:
                return ast.List(node.elts[:-1], node.ctx)
            case ast.If() | ast.While():
                return type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        return None


@given(chosen=st.integers(1, 250), seed=st.integers(0, 10**6))
@settings(max_examples=200, deadline=None)
def test_a_program_with_any_one_thing_altered_is_never_inert(chosen: int, seed: int) -> None:
    chance = random.Random(seed)
    mutation = Mutation(chosen, chance)
    mutated = ast.fix_missing_locations(mutation.visit(copy.deepcopy(ast.parse(PROGRAM))))
    assume(mutation.done)
    text = ast.unparse(mutated)
    assume(ast.dump(ast.parse(text)) != ast.dump(ast.parse(PROGRAM)))

    assert proof("a.py", PROGRAM, text) is None
    assert proof("a.py", reformat(PROGRAM, chance), text) is None


names = st.text("abcxyz", min_size=1, max_size=3)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99), st.floats(-9, 9).map(lambda x: x + 0.5), names
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(names, values, min_size=1, max_size=4)


def mutants(value: object) -> list[object]:
    """Every document that differs from ``value`` in one place: a value, a name, an order."""
    if isinstance(value, dict):
        items = list(value.items())
        found: list[object] = [dict(items[::-1])] if len(items) > 1 else []
        for at, (name, inner) in enumerate(items):
            rest = items[:at], items[at + 1 :]
            found += [dict([*rest[0], (name, other), *rest[1]]) for other in mutants(inner)]
            found += [dict([*rest[0], (name + "0", inner), *rest[1]]), dict([*rest[0], *rest[1]])]
        return found
    if isinstance(value, list):
        found = [[*value, 0]]
        for at, inner in enumerate(value):
            found += [[*value[:at], other, *value[at + 1 :]] for other in mutants(inner)]
        return found
    if isinstance(value, bool) or value is None:
        return [0 if value is not True else 1, str(value)]
    if isinstance(value, int):
        return [value + 1, float(value), str(value)]
    if isinstance(value, float):
        return [value + 1, str(value)]
    return [f"{value} ", f"{value}0"]


@given(document=documents, indent=st.sampled_from([None, 0, 1, 4]))
@settings(max_examples=80, deadline=None)
def test_json_written_otherwise_is_proved_and_with_any_one_thing_altered_never(
    document: dict[str, object], indent: int | None
) -> None:
    old = json.dumps(document)

    assert proof("a.json", old, json.dumps(document, indent=indent) + "\n") is Proof.SAME_JSON_TOKENS
    assert [proof("a.json", old, json.dumps(other, indent=indent)) for other in mutants(document)] == [
        None
    ] * len(mutants(document))


@given(document=documents, data=st.data())
@settings(max_examples=60, deadline=None)
def test_yaml_written_otherwise_is_proved_and_with_any_one_thing_altered_never(
    document: dict[str, object], data: st.DataObject
) -> None:
    old = yaml.safe_dump(document, sort_keys=False)
    indented = "# a comment\n" + yaml.safe_dump(document, sort_keys=False, indent=6) + "\n# the end\n"
    other = data.draw(st.sampled_from(mutants(document)))

    assert proof("a.yaml", old, indented) is Proof.SAME_YAML_EVENTS
    assert proof("a.yaml", old, yaml.safe_dump(other, sort_keys=False)) is None


@given(
    document=st.dictionaries(names, st.booleans() | st.integers(-9, 9) | names, min_size=1),
    data=st.data(),
)
@settings(max_examples=80, deadline=None)
def test_toml_written_otherwise_is_proved_and_with_any_one_thing_altered_never(
    document: dict[str, object], data: st.DataObject
) -> None:
    old = "".join(f"{name} = {json.dumps(value)}\n" for name, value in document.items())
    spaced = "".join(f"\n# why\n {name}={json.dumps(value)}  # x\n" for name, value in document.items())
    other = data.draw(st.sampled_from(mutants(document)))
    assert isinstance(other, dict)
    mutated = "".join(f"{name} = {json.dumps(value)}\n" for name, value in other.items())

    assert proof("a.toml", old, spaced) is Proof.SAME_TOML_TOKENS
    assert proof("a.toml", old, mutated) is None
