"""How real pages are read, against truth that people read off them."""

from __future__ import annotations

from collections import defaultdict

import pytest

from crawler.extract import read_page
from tests.real_pages import REAL, Compared, compare, compared, real_pages, reason

MISSES_ALLOWED = 1
"""Misses a field over all articles and entries, and over all lists."""

pytestmark = pytest.mark.skipif(
    not (REAL / "index.json").exists(), reason=f"no real pages beside the checkout ({REAL})"
)


def _misses(kinds: set[str]) -> dict[str, list[Compared]]:
    """By field; printed as a table with the reasons (pytest -s, or when a test fails)."""
    pages = {item.file: item for item in real_pages()}
    by_field: dict[str, list[Compared]] = defaultdict(list)
    for pair in compared(kinds):
        by_field[pair.field].append(pair)
    out = {}
    for field, pairs in by_field.items():
        out[field] = [pair for pair in pairs if not pair.right]
        print(f"{'/'.join(sorted(kinds))} {field}: {len(out[field])} of {len(pairs)} missed")
        for miss in out[field]:
            print(f"    {miss}\n        {reason(pages[miss.file], miss)}")
    return out


@pytest.mark.parametrize("kinds", [{"article", "entry"}, {"list"}], ids=["articles", "lists"])
def test_real_pages_are_read_with_at_most_one_miss_a_field(kinds: set[str]) -> None:
    misses = _misses(kinds)
    assert set(misses) >= (
        {"kind", "entries", "newest", "first_title", "next"}
        if kinds == {"list"}
        else {"kind", "title", "published", "source", "index_number", "document_number"}
    )
    assert {
        field: len(lines) for field, lines in misses.items() if len(lines) > MISSES_ALLOWED
    } == {}


def test_a_miss_is_told_with_its_file_field_truth_value_origin_and_reason() -> None:
    item = next(page for page in real_pages() if page.kind == "article")
    wrong = type(item)(item.file, item.kind, item.url, {"title": "另一个标题"})
    miss = next(p for p in compare(wrong, read_page(item.body, url=item.url).page) if not p.right)
    told = str(miss)
    assert item.file in told
    assert "title" in told
    assert "另一个标题" in told
    assert str(item.truth["title"]) in told
    assert miss.where
    assert miss.where in told
    assert "no candidate" in reason(wrong, miss)


def test_every_real_article_has_a_body_and_every_real_page_a_shape() -> None:
    without = []
    for item in real_pages():
        page = read_page(item.body, url=item.url).page
        assert page.shape
        if item.kind != "list" and (page.body is None or len(page.body.text) < 20):
            without.append(item.file)
    assert without == []
