"""What was parsed of a project's sources, kept from one session to the next.

Testmon parses every module that a test executes, to tell its functions apart, and so do we, for what it
imports. Of one change's sources nearly all are those of the session before.
"""

from __future__ import annotations

import ast
import json

from testmon import process_code


class Parsed:
    """The blocks and the imports of sources, by what the sources hold."""

    def __init__(self, path):
        self._path = path
        self._known = _read(path)
        self._seen = {"blocks": {}, "imports": {}}

    def know_blocks(self):
        """Have testmon take a module's blocks from here where they are known."""
        parse = process_code.Module.blocks.fget

        def blocks(module):
            if module._blocks is None:
                key = f"{module.fs_fsha} {module.ext}"
                told = self._once("blocks", key, lambda: _told(parse(module)))
                module._blocks = [process_code.Block(*one) for one in told]
            return module._blocks

        process_code.Module.blocks = property(blocks)  # ty: ignore[invalid-assignment]

    def imports(self, module, name, package):
        """Return the names of all modules that a module may import, its packages among them."""
        key = f"{module.fs_fsha} {name} {package}"
        return self._once("imports", key, lambda: sorted(_imports(module, name, package)))

    def write(self):
        """Write what this session has seen; what is of older sources only goes."""
        with open(self._path, "w", encoding="utf-8") as file:
            json.dump(self._seen, file)

    def _once(self, kind, key, find):
        if key not in self._seen[kind]:
            known = self._known.get(kind, {}).get(key)
            self._seen[kind][key] = find() if known is None else known
        return self._seen[kind][key]


def _told(blocks):
    return [[one.start, one.end, one.code, one.name] for one in blocks]


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def _imports(found, name, package):
    wanted = set(_with_parents(name.rpartition(".")[0]))
    try:
        tree = ast.parse(found.source_code)
    except SyntaxError:
        return wanted
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                wanted.update(_with_parents(alias.name))
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".") if node.level else []
            above = parts[: len(parts) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            wanted.update(_with_parents(start))
            wanted.update(f"{start}.{alias.name}" for alias in node.names)
    return wanted


def _with_parents(name):
    while name:
        yield name
        name = name.rpartition(".")[0]
