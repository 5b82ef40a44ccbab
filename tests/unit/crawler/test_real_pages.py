"""How real pages are read, against truth that people read off them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from checks.facts import Page
from crawler.extract import read_page

REAL = Path(__file__).resolve().parents[4] / "shared" / "real-pages"
MISSES_ALLOWED = 1
"""Misses a field over all articles and entries, and over all lists."""

FIELDS = ("title", "published", "source", "index_number", "document_number")


def _index() -> list[dict[str, Any]]:
    if not (REAL / "index.json").exists():
        pytest.skip(f"no real pages beside the checkout ({REAL})")
    loaded: list[dict[str, Any]] = json.loads((REAL / "index.json").read_text(encoding="utf-8"))
    return loaded


def _page(item: dict[str, Any]) -> Page:
    name = "" if item["kind"] == "list" else "page.html"
    url = item["url"] or f"http://www.{item['site']}/a/b/c/d/{name}"
    return read_page((REAL / item["file"]).read_bytes(), url=url).page


def _same(got: object, wanted: object) -> bool:
    if isinstance(got, str) and isinstance(wanted, str):
        return re.sub(r"\s+", "", got) == re.sub(r"\s+", "", wanted)
    return got == wanted


def _article(page: Page, truth: dict[str, Any], kind: str) -> dict[str, tuple[object, object]]:
    got = {
        "title": page.title.value if page.title else None,
        "published": page.published.value.isoformat() if page.published else None,
        "source": page.source.value if page.source else None,
        "index_number": page.index_number.value if page.index_number else None,
        "document_number": page.document_number.value if page.document_number else None,
    }
    wanted = {
        ("document_number" if key == "doc_number" else key): value for key, value in truth.items()
    }
    pairs: dict[str, tuple[object, object]] = {
        field: (got[field], wanted[field]) for field in FIELDS if field in wanted
    }
    pairs["kind"] = (page.kind.value, kind)
    return pairs


def _list(page: Page, truth: dict[str, Any]) -> dict[str, tuple[object, object]]:
    shown = page.listing
    entries = shown.entries if shown else ()
    newest = max((item.published for item in entries if item.published), default=None)
    pairs: dict[str, tuple[object, object]] = {
        "kind": (page.kind.value, "list"),
        "entries": (len(entries), truth["entries"]),
        "newest": (newest.isoformat() if newest else None, truth["newest"]),
        "first_title": (entries[0].title if entries else None, truth["first_title"]),
    }
    if "next" in truth:
        found = shown.next_url if shown else None
        wanted = truth["next"]
        # A page whose own address is not known has its next page only relative to its folder.
        pairs["next"] = (wanted if found and found.endswith(wanted.lstrip("/")) else found, wanted)
    return pairs


def _misses(kinds: set[str]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for item in _index():
        if item["kind"] not in kinds:
            continue
        page = _page(item)
        truth = item["truth"]
        pairs = (
            _list(page, truth) if item["kind"] == "list" else _article(page, truth, item["kind"])
        )
        for field, (got, wanted) in pairs.items():
            out.setdefault(field, [])
            if not _same(got, wanted):
                out[field].append(f"{item['file']}: {got!r} instead of {wanted!r}")
    for field, lines in out.items():
        print(f"{field}: {len(lines)} missed")
        for line in lines:
            print(f"    {line}")
    return out


def test_articles_and_entries_are_read_with_at_most_one_miss_a_field() -> None:
    misses = _misses({"article", "entry"})
    assert {field: lines for field, lines in misses.items() if len(lines) > MISSES_ALLOWED} == {}


def test_lists_are_read_with_at_most_one_miss_a_field() -> None:
    misses = _misses({"list"})
    assert {field: lines for field, lines in misses.items() if len(lines) > MISSES_ALLOWED} == {}


def test_every_real_article_has_a_body_and_every_real_page_a_shape() -> None:
    without = []
    for item in _index():
        page = _page(item)
        assert page.shape
        if item["kind"] != "list" and (page.body is None or len(page.body.text) < 20):
            without.append(item["file"])
    assert without == []
