"""Articles: every entry's page, once a scan, in the order that the night can afford.

New and changed ones first, then those longest unchecked. A page that fails is tried again after
everything else, before anything is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from checks.facts import ColumnReading, Entry, LinkFate, LinkState, Missing, Unverified
from config.schema import ExpectedColumn
from crawler.answers import Answer, AnswerKind
from crawler.frontier import Purpose
from crawler.lists import dead_words
from crawler.tasks import each
from crawler.urls import is_attachment, is_image
from storage.models import Sight
from storage.writer import Fetch, KnownPage

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page to be observed, and how it came to be known."""

    url: str
    purpose: Purpose
    unit_id: str | None
    owner_id: str | None
    column_key: str | None
    listed: Entry | None
    known: KnownPage | None


class ArticleCrawl:
    """Observes the articles of a site."""

    def __init__(self, spider: SiteSpider) -> None:
        self._spider = spider
        self._left: list[Wanted] = []
        self.targets: list[str] = []
        """List rows that lead to no page of this site: attachments, pictures, the sister site."""

    def wanted(
        self, columns: Iterable[ExpectedColumn], readings: Mapping[str, ColumnReading]
    ) -> list[Wanted]:
        """What is to be observed, best first: each page once, under the first column that shows it."""
        spider = self._spider
        found: dict[str, Wanted] = {}
        for column in columns:
            reading = readings.get(column.key)
            for entry in reading.entries if reading is not None else ():
                if "#" in entry.url:
                    continue  # only a script opens it: its row is all that can be read
                if is_attachment(entry.url) or is_image(entry.url) or not spider.owns(entry.url):
                    self.targets.append(entry.url)
                elif entry.url not in found:
                    found[entry.url] = self._entry(column, entry)
        subjects = {w.known.subject_id for w in found.values() if w.known is not None}
        for url, known in spider.writer.known_urls():
            if known.subject_id in subjects or url in found or not spider.owns(url):
                continue
            past = spider.past.pages.get(known.subject_id)
            units = spider.plan.units
            if past is None or known.outcome is Sight.ABSENT:
                continue
            if units is not None and units.isdisjoint((past.owner_id, past.unit_id)):
                continue
            subjects.add(known.subject_id)
            found[url] = Wanted(
                url=url,
                purpose=Purpose.OLD,
                unit_id=past.unit_id,
                owner_id=past.owner_id,
                column_key=past.column_key,
                # Only a list that was read can show that it does not show the page any more.
                listed=None if past.column_key in readings else past.listed,
                known=known,
            )
        return sorted(found.values(), key=_urgency)

    def _entry(self, column: ExpectedColumn, entry: Entry) -> Wanted:
        spider = self._spider
        known = spider.writer.known_page(entry.url)
        past = spider.past.pages.get(known.subject_id) if known is not None else None
        read = known is not None and known.last_fetched_at is not None
        changed = past is None or past.asked_as is None or past.asked_as != entry
        unit_id = column.unit_id if spider.by_catalogue else past.unit_id if past else None
        return Wanted(
            url=entry.url,
            purpose=Purpose.FRESH if not read or changed else Purpose.OLD,
            unit_id=unit_id,
            owner_id=column.owner_id,
            column_key=column.key,
            listed=entry,
            known=known,
        )

    async def run(self, wanted: Sequence[Wanted]) -> None:
        """Observe the pages; those not reached are carried over by ``carry``."""
        spider = self._spider
        todo = [w for w in wanted if not spider.writer.seen_in_scan(w.url)]
        spider.ahead = len(todo)
        for attempt in range(1, spider.rate.retries + 2):
            last = attempt == spider.rate.retries + 1

            async def observe(page: Wanted, attempt: int = attempt, last: bool = last) -> bool:
                return await self._observe(page, attempt, last)

            todo = await each(todo, observe, spider.rate.concurrency)
            if not todo or last or not await spider.asker.rest():
                break
        self._left.extend(todo)

    async def _observe(self, page: Wanted, attempt: int, last: bool) -> bool:
        """Observe one page; ``False``: once more later."""
        spider = self._spider
        answer = await spider.asker.ask(
            page.url, page.purpose, headers=self._conditions(page), retries=0
        )
        gone = answer.kind is AnswerKind.GONE or await spider.soft_gone(answer)
        if answer.kind is AnswerKind.LEFT:
            self._left.append(page)
        elif not last and ((gone and attempt == 1) or answer.again):
            return False
        elif gone:
            self._gone(page, answer, confirmed=attempt > 1)
        elif answer.kind is AnswerKind.PAGE:
            await self._page(page, answer)
        elif answer.kind is AnswerKind.UNCHANGED:
            spider.shared.alive[page.url] = answer.at
            spider.writer.page_not_modified(page.url, _fetch(answer), **_attribution(page))
        else:
            why = answer.missing or Unverified(
                code=Missing.NOT_CAPTURED, reason=f"跳转到站外：{(answer.target or '')[:200]}"
            )
            self._unverified(page, why, answer)
        if attempt > 1 and answer.kind in (AnswerKind.PAGE, AnswerKind.UNCHANGED):
            spider.asker.answered_later()
        spider.ahead -= 1
        return True

    def _conditions(self, page: Wanted) -> dict[str, str] | None:
        """Conditional headers, where the stored facts were made by this very reader."""
        known = page.known
        plan = self._spider.plan
        if plan.full or known is None or known.digest is None or known.reader != plan.reader:
            return None
        headers = {}
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return headers or None

    async def _page(self, wanted: Wanted, answer: Answer) -> None:
        spider = self._spider
        read = await spider.read_article(answer)
        if read is None:
            why = Unverified(code=Missing.READER, reason="返回的不是网页，或者页面无法读取")
            self._unverified(wanted, why, answer)
            return
        attribution = _attribution(wanted)
        if not spider.by_catalogue:
            attribution["unit_id"] = spider.unit_of(read, wanted.listed)
            if attribution["unit_id"] is None:
                spider.asker.counters.unattributed += 1
        spider.writer.page(
            wanted.url,
            final_url=answer.final_url,
            page=read.page,
            digest=answer.digest,
            reader=spider.plan.reader,
            hits=read.hits,
            rules_digest=spider.plan.rules_digest,
            fetched=spider.keep(answer),
            **attribution,
        )
        spider.asker.counters.pages_stored += 1

    def _unverified(self, page: Wanted, why: Unverified, answer: Answer) -> None:
        self._spider.writer.page_unverified(
            page.url, why.code, why.reason, answer.at, status=answer.status, **_attribution(page)
        )

    def _gone(self, page: Wanted, answer: Answer, *, confirmed: bool) -> None:
        """The page is no longer there. Where a list still shows it, its link is dead, which says
        nothing of its content; what no list shows any more was taken down."""
        reason = dead_words(answer)
        if confirmed:
            self._spider.settled[page.url] = LinkFate(
                url=page.url,
                state=LinkState.DEAD,
                status=answer.status,
                reason=reason,
                checked_at=answer.at,
            )
            if page.listed is None:
                self._spider.writer.page_absent(page.url, answer.at, **_attribution(page))
                return
        self._unverified(
            page, Unverified(code=Missing.SERVER, reason=f"页面已打不开：{reason}"), answer
        )

    def leave(self, wanted: Iterable[Wanted]) -> None:
        """These were not reached."""
        self._left.extend(wanted)

    def carry(self) -> int:
        """Record what was not reached; returns how many pages that is."""
        writer = self._spider.writer
        left = [w for w in self._left if not writer.seen_in_scan(w.url)]
        for page in left:
            writer.page_carried(page.url, self._spider.plan.clock(), **_attribution(page))
        return len(left)


def _urgency(page: Wanted) -> tuple[int, datetime, int]:
    """Among pages never read the newest first: those are the ones that are judged."""
    read = page.known.last_fetched_at if page.known is not None else None
    on = page.listed.published if page.listed is not None and read is None else None
    return page.purpose, read or NEVER, -on.toordinal() if on else 0


class _Attribution(TypedDict):
    unit_id: str | None
    owner_id: str | None
    column_key: str | None
    listed: Entry | None


def _attribution(page: Wanted) -> _Attribution:
    return {
        "unit_id": page.unit_id,
        "owner_id": page.owner_id,
        "column_key": page.column_key,
        "listed": page.listed,
    }


def _fetch(answer: Answer) -> Fetch:
    return Fetch(
        at=answer.at,
        status=answer.status or 0,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
    )
