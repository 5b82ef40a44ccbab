"""Policy documents and their interpretations, laid before the rules.

Interpretations are known from the lists of their columns; pages are read only of documents that may
owe one, and of what interprets them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from checks.docnumber import meant
from checks.facts import ColumnState, Link, Page, PageKind, Unverified
from checks.interpretation_facts import (
    Document,
    Interpretation,
    Links,
    Matched,
    PolicyCase,
    Shelf,
    core,
    form_of,
)
from checks.model import NotApplicable
from checks.proof import read_whole
from config import wordlists
from config.schema import Config, ExpectedColumn, Site
from services.judging.entries import page_subject, published
from services.judging.ground import Ground
from services.workspace import shanghai_day
from storage.models import Sight
from storage.readings import StoredColumn, StoredPage

RULES = ("missing-interpretation", "late-interpretation", "unlinked-interpretation")
NO_COLUMN = NotApplicable("没有政策解读栏目，或者栏目缺失")
NOT_FOUND = NotApplicable("没有找到解读")


class Source(Protocol):
    """What of one scan is looked at here: a ``Ground``, or as much of one as a view needs."""

    @property
    def config(self) -> Config: ...
    @property
    def sites(self) -> Sequence[Site]: ...
    @property
    def columns(self) -> Mapping[str, StoredColumn]: ...
    @property
    def pages(self) -> Sequence[StoredPage]: ...
    @property
    def today(self) -> date: ...
    @property
    def judge_from(self) -> date: ...
    @property
    def standing(self) -> Container[str]: ...


def lay(ground: Ground) -> None:
    """Every document of the judged period that owes an interpretation."""
    if not ground.wants(*RULES):
        return
    for page, case in cases(ground):
        if ground.units is None or page.unit_id in ground.units:
            ground.judge(case, page.fetched)


def cases(source: Source) -> Iterator[tuple[StoredPage, PolicyCase]]:
    """The documents of the judged sites, each with what interprets it."""
    yield from _Desk(source).cases()


@dataclass(slots=True)
class _Desk:
    source: Source
    words: wordlists.InterpretationWords = field(default_factory=wordlists.interpretations)
    by_url: dict[str, StoredPage] = field(default_factory=dict)

    def cases(self) -> Iterator[tuple[StoredPage, PolicyCase]]:
        columns = self._columns(self.words.document_columns)
        if not columns:
            return
        for page in self.source.pages:
            for url in (page.url, page.listed.url if page.listed is not None else None):
                if url:
                    self.by_url.setdefault(url, page)
        stored = self._columns(self.words.interpretation_columns)
        shelf = Shelf(self._interpretations(stored))
        for page in self._candidates(columns):
            facts = page.load()
            document = self._document(page, facts)
            if document is not None:
                yield page, self._case(page, facts, document, shelf, stored)

    def _columns(self, names: tuple[str, ...]) -> list[StoredColumn | ExpectedColumn]:
        """The columns of these names: as read, or as expected where nothing was."""
        return [
            self.source.columns.get(expected.key, expected)
            for site in self.source.sites
            for expected in self.source.config.expected_columns(site.id, self.source.today)
            if {expected.name, *expected.variants} & set(names)
        ]

    def _candidates(self, columns: list[StoredColumn | ExpectedColumn]) -> list[StoredPage]:
        """Pages of those columns in the judged period whose title speaks of a policy."""
        keys = {column.key for column in columns}
        shown = {
            entry.url
            for column in columns
            if isinstance(column, StoredColumn) and not isinstance(column.reading, Unverified)
            for entry in column.reading.entries
        }
        return [
            page
            for page in self.source.pages
            if page.kind in (PageKind.ARTICLE, PageKind.ENTRY)
            and page.outcome is not Sight.ABSENT
            and page.unverified is None
            and (page.column_key in keys or page.url in shown)
            and (day := published(page)) is not None
            and (day >= self.source.judge_from or page.subject_key in self.source.standing)
            and self._is_policy(page.title or "")
        ]

    def _is_policy(self, title: str) -> bool:
        words = self.words
        return any(w in title for w in words.kinds) and not any(w in title for w in words.not_)

    def _document(self, page: StoredPage, facts: Page) -> Document | None:
        """It bears a number of the city's own; what others issued is theirs to interpret."""
        read, day = facts.document_number, published(page)
        found = meant(read.value) if read is not None else None
        if found is None or day is None or found[0].agency[0] not in self.source.config.city.name:
            return None
        return Document(
            title=page.title or "", url=page.url or "", number=str(found[0]), published=day
        )

    def _interpretations(
        self, columns: list[StoredColumn | ExpectedColumn]
    ) -> list[Interpretation]:
        found: dict[str, Interpretation] = {}
        for column in columns:
            if isinstance(column, ExpectedColumn) or isinstance(column.reading, Unverified):
                continue
            for entry in column.reading.entries:
                page = self.by_url.get(entry.url)
                title = page.title if page is not None and page.title else entry.title
                found[entry.url] = Interpretation(
                    title=title,
                    url=entry.url,
                    published=entry.published or (page.published if page is not None else None),
                    form=form_of(title, self.words.forms),
                    core=core(title, self.words.interpretation_words),
                )
        return list(found.values())

    def _case(
        self,
        page: StoredPage,
        facts: Page,
        document: Document,
        shelf: Shelf,
        columns: list[StoredColumn | ExpectedColumn],
    ) -> PolicyCase:
        name = core(document.title)
        linked = {link.url for link in _links(facts)}
        sure = shelf.called(name) or next((i for i in shelf.entries if i.url in linked), None)
        near = shelf.near(name) if sure is None else None
        if sure is None and near is not None and self._leads(near.url, page) is True:
            sure, near = near, None
        matched = self._matched(sure, near, columns)
        links: Links | NotApplicable = NOT_FOUND
        if sure is not None:
            onward = any(url in linked for url in self._addresses(sure.url))
            links = Links(onward=onward, back=self._leads(sure.url, page))
        return PolicyCase(
            subject=page_subject(page),
            document=document,
            matched=matched,
            links=links,
            fetched=page.fetched,
        )

    def _matched(
        self,
        sure: Interpretation | None,
        near: Interpretation | None,
        columns: list[StoredColumn | ExpectedColumn],
    ) -> Matched | Unverified | NotApplicable:
        days: list[date] = []
        whole, standing = True, False
        for column in columns:
            if isinstance(column, ExpectedColumn):
                whole, standing = False, True
            elif column.state is not ColumnState.ABSENT:
                standing = True
                read = not isinstance(column.reading, Unverified) and read_whole(column.reading)
                whole = whole and read
                if column.fetched is not None:
                    days.append(shanghai_day(column.fetched.at))
        if not standing:
            return NO_COLUMN
        return Matched(sure=sure, near=near, whole=whole, read_on=min(days, default=None))

    def _addresses(self, url: str) -> set[str]:
        """Under which addresses a page is called."""
        page = self.by_url.get(url)
        listed = page.listed.url if page is not None and page.listed is not None else None
        return {a for a in (url, page.url if page is not None else None, listed) if a}

    def _leads(self, url: str, to: StoredPage) -> bool | None:
        """Whether the page at an address links to another; ``None``: it was not read."""
        page = self.by_url.get(url)
        if page is None or page.version_id is None or page.unverified is not None:
            return None
        wanted = {to.url, to.listed.url if to.listed is not None else None}
        return any(link.url in wanted for link in _links(page.load()))


def _links(page: Page) -> Iterator[Link]:
    """Where a page leads, in its body and beside it."""
    if page.body is not None:
        yield from page.body.links
    for block in page.blocks:
        yield from block.links
