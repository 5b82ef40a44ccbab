"""Attachments of budgets and final accounts: fetched whole once a scan, kept as evidence, read.

Only what hangs on this year's entries of the budget columns; the server may say that a file is
unchanged. What was not reached is not recorded: an earlier look counts within its age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from checks.attachment_facts import Attachment, AttachmentLook, attachment_key
from checks.budget_facts import is_budget_column
from checks.facts import ColumnReading, Missing, Unverified
from checks.proof import shanghai_day
from config.schema import ExpectedColumn
from crawler.answers import Answer, AnswerKind, is_html_instead
from crawler.extract.attachments import FILE_READER
from crawler.filereading import LOOK
from crawler.frontier import Purpose
from crawler.lists import dead_words
from crawler.tasks import each
from crawler.urls import is_attachment
from storage.extras import Extra, Kind

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider

FILES: Kind[AttachmentLook] = Kind(name="attachment", packing=LOOK)
MOST = 400
"""Files of one site that a scan fetches."""
MOST_OF_PAGE = 30


class FileCrawl:
    """Fetches and reads what hangs on a site's budgets."""

    def __init__(self, spider: SiteSpider) -> None:
        self._spider = spider
        self._known: Mapping[str, Extra[AttachmentLook]] = {}

    async def run(
        self, columns: Iterable[ExpectedColumn], readings: Mapping[str, ColumnReading]
    ) -> None:
        spider = self._spider
        wanted = self._wanted(columns, readings)
        if not wanted:
            return
        done = spider.writer.extras_done(FILES)
        todo = [url for url in wanted if attachment_key(url) not in done]
        self._known = spider.writer.extras_known(FILES, spider.plan.config.city.max_age_days)
        spider.ahead = len(todo)
        await each(todo, self._one, spider.rate.concurrency)

    def _wanted(
        self, columns: Iterable[ExpectedColumn], readings: Mapping[str, ColumnReading]
    ) -> list[str]:
        """Addresses of the files, those of the newest entries first."""
        spider = self._spider
        today = shanghai_day(spider.plan.as_of)
        since = spider.plan.config.city.judge_from or today.replace(month=1, day=1)
        entries = {
            entry.url: entry.published
            for column in columns
            if is_budget_column(column) and column.key in readings
            for entry in readings[column.key].entries
            if entry.published is not None and entry.published >= since and "算" in entry.title
        }
        newest = sorted(entries, key=lambda url: (-entries[url].toordinal(), url))
        pages = spider.writer.files_of([url for url in newest if not is_attachment(url)])
        found: dict[str, None] = {}
        for url in newest:
            files = [url] if is_attachment(url) else pages.get(url, ())[:MOST_OF_PAGE]
            found.update(dict.fromkeys(file for file in files if spider.scope.covers(file)))
        return list(found)[:MOST]

    async def _one(self, url: str) -> bool:
        spider = self._spider
        answer = await spider.asker.ask(url, Purpose.LINK, headers=self._conditions(url), retries=0)
        spider.ahead -= 1
        if answer.kind is AnswerKind.LEFT:
            return True
        if answer.kind is AnswerKind.UNCHANGED:
            spider.shared.alive[url] = answer.at
            return True
        if answer.kind is not AnswerKind.PAGE:
            self._save(url, answer, _why(answer))
        elif not answer.body or is_html_instead(answer.body[:4096]):
            what = "打开后是网页" if answer.body else "是空的"
            why = Unverified(code=Missing.READER, reason=f"附件“{_name(url)}”{what}")
            self._save(url, answer, why)
        else:
            spider.shared.alive[url] = answer.at
            await self._read(url, answer)
        return True

    async def _read(self, url: str, answer: Answer) -> None:
        spider = self._spider
        evidence = spider.keep(answer).evidence
        found = await spider.shared.files.read(answer.body, answer.final_url)
        look = AttachmentLook(
            url=url,
            read=found if isinstance(found, Attachment) else None,
            unread=found if isinstance(found, Unverified) else None,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            reader=FILE_READER,
        )
        self._save(url, answer, look, evidence)

    def _save(
        self,
        url: str,
        answer: Answer,
        facts: AttachmentLook | Unverified,
        evidence: str | None = None,
    ) -> None:
        spider = self._spider
        extra = Extra(
            subject_key=attachment_key(url),
            site_id=spider.site.id,
            facts=facts,
            fetched_at=answer.at,
            evidence=evidence,
        )
        spider.writer.extras(FILES, [extra])

    def _conditions(self, url: str) -> dict[str, str] | None:
        """Conditional headers, where an earlier look by this very reader is at hand."""
        known = self._known.get(attachment_key(url))
        if self._spider.plan.full or known is None or isinstance(known.facts, Unverified):
            return None
        if known.facts.reader != FILE_READER:
            return None
        headers = {}
        if known.facts.etag:
            headers["If-None-Match"] = known.facts.etag
        if known.facts.last_modified:
            headers["If-Modified-Since"] = known.facts.last_modified
        return headers or None


def _name(url: str) -> str:
    return url.rpartition("/")[2][-60:]


def _why(answer: Answer) -> Unverified:
    if answer.kind is AnswerKind.GONE:
        return Unverified(
            code=Missing.SERVER, reason=f"附件“{_name(answer.url)}”打不开：{dead_words(answer)}"
        )
    return answer.missing or Unverified(
        code=Missing.NOT_CAPTURED, reason=f"附件“{_name(answer.url)}”跳转到站外"
    )
