"""Each entry among those of its site, laid before the rules: index numbers and texts that occur twice.

Only the columns of the stored pages are looked at; the facts are read of the few whose text another
has, and of those whose index number could not be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from checks.entry_facts import EntryCase, Habit, Twin, habit_of
from checks.facts import LinkKind, Page, PageKind, Unverified
from checks.model import NotApplicable, Scope, Subject
from checks.supply import NO_TABLE
from services.judging.ground import Ground
from storage.models import Sight
from storage.readings import StoredPage

RULES = ("bad-index-number", "duplicate-index-number", "duplicate-text")
NO_ENTRY = NotApplicable("不是信息公开条目")
NO_LABEL = NotApplicable("页面没有“索引号”一栏，或者读不准")


def lay(ground: Ground) -> None:
    """Every article and entry of the judged period, with the others of its site that it is like."""
    if not ground.wants(*RULES):
        return
    by_site: dict[str, list[StoredPage]] = defaultdict(list)
    for page in ground.pages:
        if page.kind in (PageKind.ARTICLE, PageKind.ENTRY) and page.outcome is not Sight.ABSENT:
            by_site[page.site_id].append(page)
    for site in ground.sites:
        _site(ground, by_site[site.id])


def published(page: StoredPage) -> date | None:
    """The publish date as far as it is known without reading the page."""
    if page.published is not None:
        return page.published
    return page.listed.published if page.listed is not None else None


def page_subject(page: StoredPage) -> Subject:
    return Subject(
        scope=Scope.PAGE,
        key=page.subject_key,
        site_id=page.site_id,
        unit_id=page.unit_id,
        title=page.title or page.url or page.subject_key,
        url=page.url,
    )


def _site(ground: Ground, pages: Sequence[StoredPage]) -> None:
    habit = habit_of(page.index_number for page in pages if page.index_number)
    numbers = _alike((page.index_number, page) for page in pages)
    texts = _alike((page.text_key, page) for page in pages)
    twins: dict[str, Twin] = {}

    def twin(page: StoredPage) -> Twin:
        if page.subject_key not in twins:
            twins[page.subject_key] = _twin(page, page.text_key in texts)
        return twins[page.subject_key]

    for page in pages:
        day = published(page)
        old = day is None or day < ground.base.judge_from
        if old and page.subject_key not in ground.standing:
            continue
        if ground.units is not None and page.unit_id not in ground.units:
            continue
        ground.judge(_case(page, habit, numbers, texts, twin), page.fetched)


def _alike(keyed: Iterable[tuple[str | None, StoredPage]]) -> dict[str, list[StoredPage]]:
    """The pages that share a key with another."""
    found: dict[str, list[StoredPage]] = defaultdict(list)
    for key, page in keyed:
        if key and page.unverified is None:
            found[key].append(page)
    return {key: pages for key, pages in found.items() if len(pages) > 1}


def _case(
    page: StoredPage,
    habit: Habit | None,
    numbers: Mapping[str, list[StoredPage]],
    texts: Mapping[str, list[StoredPage]],
    twin: Callable[[StoredPage], Twin],
) -> EntryCase:
    subject = page_subject(page)
    if page.unverified is not None:
        why = page.unverified
        return EntryCase(subject=subject, me=why, index=why, habit=None, fetched=page.fetched)

    def others(pages: Iterable[StoredPage]) -> tuple[Twin, ...]:
        return tuple(twin(other) for other in pages if other.subject_key != page.subject_key)

    return EntryCase(
        subject=subject,
        me=twin(page),
        index=_index(page),
        habit=habit,
        same_number=others(numbers.get(page.index_number or "", ())),
        same_text=others(texts.get(page.text_key or "", ())),
        fetched=page.fetched,
    )


def _index(page: StoredPage) -> str | NotApplicable | Unverified:
    if page.index_number:
        return page.index_number
    if page.kind is not PageKind.ENTRY:
        return NO_ENTRY
    table = page.load().disclosure
    if table is None:
        return NO_TABLE
    return NO_LABEL if table.index_number is None else table.index_number


def _twin(page: StoredPage, shared: bool) -> Twin:
    """``shared``: another page has its text, so that what hangs on it matters."""
    facts = page.load() if shared else None
    return Twin(
        key=page.subject_key,
        url=page.url or "",
        title=page.title or "",
        published=published(page),
        unit_id=page.unit_id,
        column_key=page.column_key,
        text_key=page.text_key,
        files=_linked(facts, LinkKind.FILE),
        pictures=_linked(facts, LinkKind.IMAGE),
    )


def _linked(page: Page | None, kind: LinkKind) -> frozenset[str]:
    """What hangs on a body: attachments by name, for copies bear other addresses; pictures by address."""
    links = page.body.links if page is not None and page.body is not None else ()
    return frozenset(
        (link.text.strip() or link.url) if kind is LinkKind.FILE else link.url
        for link in links
        if link.kind is kind
    )
