"""How many changes of the rules' code a test notices: ``python -m tests.benchmarks.mutation``.

Mutants are made by cosmic-ray (``make mutation`` installs it): one operator at one place of what the
functions of ``checks/`` do. Left out is what decides nothing (annotations, declarations, docstrings)
and what cannot differ (``SAME``).
Each of a sample is laid before ``tests/unit/checks`` in a process of its own, forked from one that
has imported what is not ours. Prints the share that was noticed, with its 95% interval, by module,
and every mutant that survived.

``--count N``, ``--seed S``: the sample; ``--module layout``: of one module only.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TESTS = ["tests/unit/checks"]
LIMIT = 180
"""Seconds after which a mutant counts as noticed: it does not end."""
OURS = ("checks", "config", "crawler", "reports", "scorecards", "services", "storage", "tests")
IDLE = ("core/RemoveDecorator", "core/VariableReplacer", "core/VariableInserter")
"""Operators that change no condition."""
SAME = ("core/ReplaceComparisonOperator_Is_Eq", "core/ReplaceComparisonOperator_IsNot_NotEq")
"""Operators whose mutants do the same: what ``is`` compares here are members of enumerations, ``None``,
``True`` and ``False``."""


AMOUNTS = ("core/NumberReplacer", "core/ReplaceBinaryOperator", "core/ReplaceUnaryOperator_USub")
"""Operators that change an amount; the others change a condition or what is returned."""


@dataclass(frozen=True, slots=True)
class Mutant:
    path: Path
    operator: str
    occurrence: int
    line: int

    @property
    def module(self) -> str:
        return f"checks.{self.path.stem}"

    @property
    def decides(self) -> bool:
        return not self.operator.startswith(AMOUNTS)

    def code(self) -> str:
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        source = self.path.read_text(encoding="utf-8")
        made = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        assert made is not None
        return str(made)


# --- places ---------------------------------------------------------------------------------------


def doing(path: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the functions of a module do something: statements of their bodies, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in node.body:
                text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
                if not text and statement.end_lineno is not None:
                    end = (statement.end_lineno, statement.end_col_offset or 0)
                    yield (statement.lineno, statement.col_offset), end


def annotated(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations stand: they are never evaluated."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for name in ("annotation", "returns"):
            held: Any = getattr(node, name, None)
            if held is not None:
                found.append(
                    ((held.lineno, held.col_offset), (held.end_lineno, held.end_col_offset))
                )
    return found


def mutants(only: str | None) -> list[Mutant]:
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.plugins import get_operator, operator_names

    found = []
    for path in sorted((ROOT / "checks").glob("*.py")):
        if only is not None and path.stem != only:
            continue
        bodies, notes = list(doing(path)), annotated(path)
        tree = get_ast_from_path(path)
        for name in sorted(operator_names()):
            kind = get_operator(name)
            if name in IDLE or name in SAME or kind.arguments():
                continue
            operator = kind()
            places = (p for node in ast_nodes(tree) for p in operator.mutation_positions(node))
            for number, (start, end) in enumerate(places):
                inside = any(a <= start and end <= b for a, b in bodies)
                if inside and not any(a <= start and end <= b for a, b in notes):
                    found.append(Mutant(path, name, number, start[0]))
    return found


# --- one mutant -----------------------------------------------------------------------------------


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text instead of its file."""

    def __init__(self, name: str, code: str, path: Path) -> None:
        self._name, self._code, self._path = name, code, path

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._code, str(self._path), "exec"), module.__dict__)


def run(mutant: Mutant | None, told: Path | None = None) -> bool:
    """Whether the tests pass, in a child. ``told``: where it writes what it imported."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _inside(mutant, told)
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


def _inside(mutant: Mutant | None, told: Path | None) -> int:
    signal.alarm(LIMIT)
    nowhere = os.open(os.environ.get("MUTATION_LOG", os.devnull), os.O_WRONLY | os.O_CREAT)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if mutant is not None:
        sys.meta_path.insert(0, _Changed(mutant.module, mutant.code(), mutant.path))
    import pytest

    early = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what was imported before
    options = [*early, "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    code = int(pytest.main([*options, *TESTS]))
    if told is not None:
        ours = (name for name in sys.modules if name.partition(".")[0] not in OURS)
        told.write_text("\n".join(ours), encoding="utf-8")
    return code


def interval(hits: int, of: int) -> tuple[float, float]:
    """95% by Wilson."""
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * ((p * (1 - p) + z * z / (4 * of)) / of) ** 0.5 / (1 + z * z / of)
    return middle - half, middle + half


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.mutation")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--module")
    args = parser.parse_args()
    os.chdir(ROOT)
    every = mutants(args.module)
    drawn = random.Random(args.seed).sample(every, min(args.count, len(every)))
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "imported"
        if not run(None, told):
            print("the tests do not pass as they are")
            return 2
        for name in told.read_text(encoding="utf-8").split():
            with suppress(Exception):
                importlib.import_module(name)
    if not run(None):
        print("the tests do not pass beside what was imported before them")
        return 2
    began = time.monotonic()
    of: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    deciding: Counter[bool] = Counter()
    for one in sorted(drawn, key=lambda m: (m.path, m.line, m.operator, m.occurrence)):
        of[one.module] += 1
        if run(one):
            text = one.path.read_text(encoding="utf-8").splitlines()[one.line - 1].strip()
            print(f"survived {one.path.name}:{one.line} {one.operator}: {text}", flush=True)
        else:
            noticed[one.module] += 1
            deciding[True] += one.decides
        deciding[False] += one.decides
    for module in sorted(of):
        print(f"{module:<32}{noticed[module]:>4} of {of[module]}")
    low, high = interval(noticed.total(), of.total())
    print(
        f"noticed {noticed.total()} of {of.total()} drawn from {len(every)} mutants: "
        f"{noticed.total() / of.total():.1%} (95%: {low:.1%} to {high:.1%}), "
        f"{time.monotonic() - began:.0f} s"
    )
    low, high = interval(deciding[True], max(1, deciding[False]))
    print(
        f"of those that change a condition: {deciding[True]} of {deciding[False]}: "
        f"{deciding[True] / max(1, deciding[False]):.1%} (95%: {low:.1%} to {high:.1%})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
