"""Real pages with truth that people read off them: reading them, and comparing with the truth.

The pages lie beside the checkout and are not part of it; without them there is nothing to compare.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.facts import Page, Read
from crawler.extract import probe, read_page

REAL = Path(__file__).resolve().parents[2] / "shared" / "real-pages"
FIELDS = ("title", "published", "source", "index_number", "document_number")
"""Fields of articles and entries, as ``Page`` calls them."""


@dataclass(frozen=True, slots=True)
class RealPage:
    """One page with its truth."""

    file: str
    kind: str
    """``article``, ``entry`` or ``list``."""
    url: str
    """Its address; where that is not known, a plausible one on its host."""
    truth: dict[str, Any]
    """By field; of a field that is not there the truth is not known, ``None``: there is none."""

    @property
    def body(self) -> bytes:
        return (REAL / self.file).read_bytes()


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of one page, as read and as it should be."""

    file: str
    field: str
    got: object
    wanted: object
    where: str
    """Where the value was found and how sure that is; empty when none was."""

    @property
    def right(self) -> bool:
        return same(self.got, self.wanted)

    def __str__(self) -> str:
        origin = f" ({self.where})" if self.where else ""
        return f"{self.file}: {self.field}: {self.got!r}{origin} instead of {self.wanted!r}"


def real_pages() -> list[RealPage]:
    """All pages; none where they are not beside the checkout."""
    if not (REAL / "index.json").exists():
        return []
    found: list[dict[str, Any]] = json.loads((REAL / "index.json").read_text(encoding="utf-8"))
    pages = []
    for item in found:
        name = "" if item["kind"] == "list" else "page.html"
        url = item["url"] or f"http://www.{item['site']}/a/b/c/d/{name}"
        truth = dict(item["truth"])
        if "doc_number" in truth:
            truth["document_number"] = truth.pop("doc_number")
        pages.append(RealPage(item["file"], item["kind"], url, truth))
    return pages


def altered() -> frozenset[str]:
    """Pages whose body is filler: nothing that is found in it counts."""
    if not (REAL / "index.json").exists():
        return frozenset()
    found: list[dict[str, Any]] = json.loads((REAL / "index.json").read_text(encoding="utf-8"))
    return frozenset(item["file"] for item in found if item["altered"])


def same(got: object, wanted: object) -> bool:
    """Equal, blanks left aside."""
    if isinstance(got, str) and isinstance(wanted, str):
        return re.sub(r"\s+", "", got) == re.sub(r"\s+", "", wanted)
    return got == wanted


def read_values(page: Page) -> dict[str, Read[str]]:
    """The fields of an article that were read; dates in ISO form."""
    reads: dict[str, Read[str]] = {}
    for name in FIELDS:
        read = getattr(page, name)
        if read is not None:
            value = read.value if isinstance(read.value, str) else read.value.isoformat()
            reads[name] = Read(value=value, where=read.where, confidence=read.confidence)
    return reads


def compare(item: RealPage, page: Page) -> list[Compared]:
    """Every field whose truth is known."""
    if item.kind == "list":
        return _compare_list(item, page)
    reads = read_values(page)
    pairs = []
    for name in FIELDS:
        if name in item.truth:
            read = reads.get(name)
            where = f"{read.where}, {read.confidence:.2f}" if read else ""
            got = read.value if read else None
            pairs.append(Compared(item.file, name, got, item.truth[name], where))
    pairs.append(_kind(item, page))
    return pairs


def _kind(item: RealPage, page: Page) -> Compared:
    return Compared(item.file, "kind", page.kind.value, item.kind, f"{page.kind_confidence:.2f}")


def _compare_list(item: RealPage, page: Page) -> list[Compared]:
    shown = page.listing
    entries = shown.entries if shown else ()
    newest = max((entry.published for entry in entries if entry.published), default=None)
    got: dict[str, object] = {
        "entries": len(entries),
        "newest": newest.isoformat() if newest else None,
        "first_title": entries[0].title if entries else None,
    }
    where = (shown.container if shown else None) or ""
    pairs = [
        Compared(item.file, name, value, item.truth[name], where) for name, value in got.items()
    ]
    if "next" in item.truth:
        found, wanted = shown.next_url if shown else None, item.truth["next"]
        # A page whose own address is not known has its next page only relative to its folder.
        follows = wanted and found and found.endswith(wanted.lstrip("/"))
        pager = (shown.pager if shown else None) or ""
        pairs.append(Compared(item.file, "next", wanted if follows else found, wanted, pager))
    return [*pairs, _kind(item, page)]


def compared(kinds: set[str]) -> list[Compared]:
    """Every field of the pages of some kinds, read without a hint."""
    return [
        pair
        for item in real_pages()
        if item.kind in kinds
        for pair in compare(item, read_page(item.body, url=item.url).page)
    ]


def reason(item: RealPage, miss: Compared) -> str:
    """Why a field was missed, as far as the reader itself can say: what became of the right value
    among its candidates."""
    answer = probe(item.body, item.url)
    candidates = answer["candidates"].get(miss.field, [])
    for one in candidates:
        if same(one["value"], miss.wanted):
            why = one["lost_because"] or "taken"
            return f"the right value stood at {one['where']} ({one['confidence']}): {why}"
    if miss.wanted is None:
        return f"nothing should be read; found at {miss.where}"
    others = ", ".join(f"{one['value']!r} at {one['where']}" for one in candidates[:3])
    return f"the right value was no candidate; considered: {others or 'nothing'}"
