"""Mutants of real pages: read without an error, and hardly ever wrongly and surely.

A sample; ``python -m tests.benchmarks.mutants --count N`` makes more of them.
"""

from __future__ import annotations

import logging
from collections import defaultdict

import pytest

from tests.mutants import MIXED, MUTATIONS, Subject, markup, mutant, subjects
from tests.real_pages import REAL

pytestmark = pytest.mark.skipif(
    not (REAL / "index.json").exists(), reason=f"no real pages beside the checkout ({REAL})"
)

EACH = 8
"""Mutants of each kind; each mutation sees other pages."""
SHARE = 0.01
"""Mutants that may be wrong and sure: under this share."""


@pytest.fixture(scope="module")
def pages() -> list[Subject]:
    return subjects()


def test_mutants_raise_nothing_and_under_one_in_a_hundred_is_surely_wrong(
    pages: list[Subject], caplog: pytest.LogCaptureFixture
) -> None:
    made = 0
    wrong: dict[str, list[str]] = defaultdict(list)
    with caplog.at_level(logging.ERROR):
        for step, kind in enumerate([*MUTATIONS, MIXED]):
            for number in range(EACH):
                made += 1
                one = mutant(pages[(step * 11 + number * 5) % len(pages)], kind, number)
                if one.surely_wrong:
                    wrong[kind].append(f"{number}: {'; '.join(map(str, one.surely_wrong))}")
    # What raises in the reader is caught and logged there.
    assert [record.getMessage() for record in caplog.records] == []
    assert made >= 160
    assert sum(map(len, wrong.values())) < SHARE * made, dict(wrong)


@pytest.mark.parametrize("kind", MUTATIONS)
def test_each_mutation_changes_pages_and_does_so_again_by_its_number(
    kind: str, pages: list[Subject]
) -> None:
    some = pages[::7]
    texts = [markup(page, kind, 1) for page in some]
    changed = sum(text != page.text for text, page in zip(texts, some, strict=True))
    assert changed * 2 > len(some)
    assert markup(some[0], kind, 1) == texts[0]


def test_a_wrong_value_is_noticed_when_it_is_sure(pages: list[Subject]) -> None:
    subject = next(page for page in pages if page.item.kind == "article")
    item = subject.item
    lied = type(item)(item.file, item.kind, item.url, {**item.truth, "title": "另一个标题"})
    one = mutant(Subject(lied, subject.text), "attributes shuffled", 1)
    assert [pair.field for pair in one.surely_wrong] == ["title"]
