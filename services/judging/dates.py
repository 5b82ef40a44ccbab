"""Honesty of dates: a column's readings of the last year side by side, and what else tells when its
entries came to be, laid before the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from checks.dates_facts import (
    DatesCase,
    Listed,
    Look,
    Rebuilt,
    Row,
    Twin,
    arrivals,
    date_in,
    look_of,
    number_in,
    same_title,
)
from checks.facts import (
    ColumnState,
    DateState,
    Entry,
    LinkKind,
    Missing,
    Page,
    PageKind,
    Unverified,
)
from checks.model import Outcome, OutcomeKind, Scope, Subject
from checks.runner import judge
from config.schema import ExpectedColumn, Site
from services.judging.ground import Ground
from services.workspace import shanghai_day
from storage import listings, moves
from storage.listings import History
from storage.readings import StoredColumn, StoredPage

RULES = (
    "backdated-entry",
    "date-out-of-order",
    "future-date",
    "sudden-filling",
    "recycled-text",
)
DAYS = 400
"""How far back readings are laid side by side: a year and some."""
COMMON = 5
"""A text that stands on more pages than these is no article's own."""
LONG = 200
"""Letters of a text that nobody writes a second time by chance."""
LEAST_GAP = 7
"""Days between two pages of the same text below which nobody asks."""
_NOT_READ = Unverified(code=Missing.NOT_REACHED, reason="本次检测没有轮到")


def lay(ground: Ground) -> None:
    """Every expected column of the judged sites."""
    if not ground.wants(*RULES):
        return
    rebuilt: dict[str, list[Rebuilt]] = defaultdict(list)
    for move in moves.moves(ground.ws.engine):
        if move.at <= ground.as_of:
            rebuilt[move.site_id].append(Rebuilt(on=shanghai_day(move.at), until=move.grace_until))
    for site in ground.sites:
        _Desk(ground, site, tuple(rebuilt[site.id])).lay()


class _Desk:
    """One site's columns, and what is known of its pages."""

    def __init__(self, ground: Ground, site: Site, rebuilt: tuple[Rebuilt, ...]) -> None:
        self.ground = ground
        self.site = site
        self.rebuilt = rebuilt
        self.known = listings.known(ground.ws.engine, site.id)
        self.pages: dict[str, StoredPage] = {}
        self.texts: dict[str, list[StoredPage]] = defaultdict(list)
        self.titled: dict[tuple[str, date], datetime] = {}
        first = dict(self.known.values())
        for page in ground.pages:
            if page.site_id != site.id:
                continue
            self.pages[page.subject_key] = page
            if page.text_key is not None and page.kind in (PageKind.ARTICLE, PageKind.ENTRY):
                self.texts[page.text_key].append(page)
            if page.title and page.published and page.subject_key in first:
                name = (same_title(page.title), page.published)
                met = first[page.subject_key]
                self.titled[name] = min(met, self.titled.get(name, met))

    def lay(self) -> None:
        ground = self.ground
        expected = {
            column.key: column
            for column in ground.config.expected_columns(self.site.id, ground.today)
            if (ground.units is None or column.unit_id in ground.units)
            and (ground.subjects is None or column.key in ground.subjects)
        }
        left = set(expected)
        for history in listings.histories(ground.ws.engine, ground.scan.id, [self.site.id], DAYS):
            column = expected.get(history.key)
            if column is not None:
                left.discard(history.key)
                self._judge(column, history)
        for key in sorted(left):
            self._judge(expected[key], None)

    def _judge(self, expected: ExpectedColumn, history: History | None) -> None:
        ground = self.ground
        stored = ground.columns.get(expected.key)
        if stored is not None and stored.state in (ColumnState.ABSENT, ColumnState.DELEGATED):
            return  # there is no list to judge; that it is not there is another rule's
        case = self._case(expected, stored, history)
        outcomes = judge(case, ground.rules, ground.base, ground.settings)
        looked = self._looked_up(case, outcomes)
        if looked is not case:
            outcomes = judge(looked, ground.rules, ground.base, ground.settings)
        ground.take(outcomes, case.fetched)

    def _case(
        self, expected: ExpectedColumn, stored: StoredColumn | None, history: History | None
    ) -> DatesCase:
        rows: tuple[Row, ...] | Unverified = _NOT_READ
        looks: tuple[Look, ...] = ()
        if history is not None:
            looks = tuple(self._look(reading) for reading in history.readings)
        if stored is not None and isinstance(stored.reading, Unverified):
            rows = stored.reading
        elif history is not None:
            newest = history.readings[-1].reading
            if newest.proof.confidence < self.ground.base.min_confidence:
                rows = Unverified(code=Missing.READER, reason="列表识别把握不足")
            else:
                rows = tuple(self._row(entry, expected) for entry in newest.entries)
        return DatesCase(
            subject=_subject(expected, stored),
            expected=expected,
            rows=rows,
            looks=looks,
            cut=history.cut if history is not None else False,
            rebuilt=self.rebuilt,
            fetched=stored.fetched if stored is not None else None,
        )

    def _look(self, read: listings.Reading) -> Look:
        return look_of(
            read.reading,
            tuple(self._listed(entry) for entry in read.reading.entries),
            scan_id=read.scan_id,
            at=min(read.as_of, read.fetched_at),
            started=read.started,
            sure=self.ground.base.min_confidence,
        )

    def _listed(self, entry: Entry) -> Listed:
        key, _ = self.known.get(entry.url, (entry.url, None))
        return Listed(
            page=key,
            title=entry.title,
            claimed=entry.published if entry.date_state is DateState.READ else None,
            pinned=entry.pinned,
        )

    def _row(self, entry: Entry, expected: ExpectedColumn) -> Row:
        listed = self._listed(entry)
        page = self.pages.get(listed.page)
        claims = {day for day in (listed.claimed, self._printed(page, listed.claimed)) if day}
        met = [at for _, at in [self.known[entry.url]]] if entry.url in self.known else []
        for day in claims:
            same = self.titled.get((same_title(entry.title), day))
            met += [same] if same is not None else []
        number, built = number_in(entry.url), date_in(entry.url)
        if number is None and page is not None and page.url:
            number, built = number_in(page.url), date_in(page.url)
        return Row(
            listed=listed,
            url=entry.url,
            claims=tuple(sorted(claims)),
            known_since=min(met, default=None),
            number=number,
            in_address=built,
            twin=self._twin(page, claims, expected),
        )

    def _printed(self, page: StoredPage | None, listed: date | None) -> date | None:
        """The date that the article shows, where it was read surely; loaded only where it says
        something else than the list."""
        if page is None or page.published is None or page.version_id is None:
            return None
        if page.published == listed:
            return listed
        read = page.load().published
        if read is None or read.confidence < self.ground.base.min_confidence:
            return None
        return read.value

    # --- the same text --------------------------------------------------------------------------

    def _twin(
        self, page: StoredPage | None, claims: Iterable[date], expected: ExpectedColumn
    ) -> Twin | None:
        """The oldest page of the same text in the same column or of the same unit."""
        earliest = min(claims, default=None)
        if page is None or page.text_key is None or earliest is None or "letter" in page.parts:
            return None  # many a letter is answered in the same words
        same = self.texts[page.text_key]
        if not 1 < len(same) <= COMMON:
            return None
        older = [
            (other.published, other.subject_key, other)
            for other in same
            if other.published is not None
            and other.subject_key != page.subject_key
            and (earliest - other.published).days > LEAST_GAP
            and (other.column_key == expected.key or other.unit_id == page.unit_id)
        ]
        for day, _, other in sorted(older, key=lambda found: found[:2]):
            same_name = same_title(page.title or "") == same_title(other.title or "")
            if _same_things(page.load(), other.load(), same_name=same_name):
                return Twin(url=other.url or "", title=other.title or "", claimed=day)
        return None

    # --- what is looked up of the few -------------------------------------------------------------

    def _looked_up(self, case: DatesCase, outcomes: Iterable[Outcome]) -> DatesCase:
        """The case with what is read only of entries that a rule would name: whether their articles
        say that they were changed, and what the server says of their last change."""
        if isinstance(case.rows, Unverified):
            return case
        guilty = [o for o in outcomes if o.kind is OutcomeKind.SUSPECTED]
        if not guilty:
            return case
        named = {f.what for o in guilty for f in o.findings if f.what}
        if any(not f.what for o in guilty for f in o.findings):
            named |= {a.row.url for a in arrivals(case.rows, case.looks) if a.first}
        keys = {row.listed.page for row in case.rows if row.url in named}
        told = listings.last_modified(self.ground.ws.engine, self.ground.scan.id, keys)
        rows = tuple(
            self._with_article(row, told) if row.url in named else row for row in case.rows
        )
        return replace(case, rows=rows)

    def _with_article(self, row: Row, told: Mapping[str, str]) -> Row:
        page = self.pages.get(row.listed.page)
        edited = page is not None and page.version_id is not None and was_edited(page.load())
        return replace(row, edited=edited, last_modified=http_day(told.get(row.listed.page, "")))


def _subject(expected: ExpectedColumn, stored: StoredColumn | None) -> Subject:
    url = expected.url
    if stored is not None and not isinstance(stored.reading, Unverified):
        url = stored.reading.url or url
    title = f"{expected.group}—{expected.name}" if expected.group else expected.name
    return Subject(
        scope=Scope.COLUMN,
        key=expected.key,
        site_id=expected.site_id,
        unit_id=expected.unit_id,
        title=title,
        url=url,
    )


CHANGED = ("更新时间", "更新日期", "修改时间", "修改日期", "最后更新", "最近更新")


def was_edited(page: Page) -> bool:
    """The article says that it was changed after it was published: by the label of its date, or in
    the first or last lines of its body."""
    if page.published is not None and any(word in page.published.where for word in CHANGED):
        return True
    text = page.body.text if page.body is not None else ""
    ends = text[:200] + "\n" + text[-200:]
    return any(word in ends for word in CHANGED)


def _same_things(one: Page, other: Page, *, same_name: bool) -> bool:
    """Two articles of the same text carry the same files and pictures, or none. Under another title
    a short text may be a form of words that is used again."""
    text = one.body.text if one.body is not None else ""
    if not same_name and sum(c.isalnum() for c in text) < LONG:
        return False
    mine, theirs = (
        {
            link.url
            for link in (page.body.links if page.body is not None else ())
            if link.kind in (LinkKind.FILE, LinkKind.IMAGE)
        }
        for page in (one, other)
    )
    return mine == theirs and not was_edited(one)


def http_day(text: str) -> date | None:
    """The Shanghai day of an HTTP date; ``None`` for what is none."""
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return shanghai_day(at) if at.tzinfo is not None else None
