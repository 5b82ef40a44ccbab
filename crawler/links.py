"""Links: what became of the targets that this scan's pages link to.

Inside the configured hosts only. Dead is what is seen dead twice; what could not be asked or did
not answer is 未能核实, never dead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.facts import LinkFate, LinkKind, LinkState
from crawler.answers import Answer, AnswerKind, is_html_instead
from crawler.frontier import Purpose
from crawler.lists import dead_words
from crawler.tasks import each
from crawler.urls import is_attachment, is_image
from storage.writer import LinkTarget

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider

FIRST_BYTES = 2_048
"""Bytes of a promised file that are looked at."""
_HEAD_UNTRUSTED = frozenset({400, 403, 404, 405, 406, 410, 500, 501, 502, 503})
_NO_HTML = (LinkKind.FILE, LinkKind.IMAGE)


class LinkCheck:
    """Checks link targets and records their fates."""

    def __init__(self, spider: SiteSpider) -> None:
        self._spider = spider
        self._left = 0

    async def run(self, more: list[str]) -> int:
        """Check what the scan's pages link to, and ``more`` that lists lead to.

        Returns how many targets were not reached.
        """
        spider = self._spider
        for fate in spider.settled.values():
            spider.writer.link(fate.url, fate, attempts=2)
        covers = spider.scope.covers
        targets = spider.writer.links_to_check(spider.rate.max_requests, accept=covers)
        listed = {t.url for t in targets}
        targets += [
            LinkTarget(url, _kind(url), True)
            for url in dict.fromkeys(more)
            if url not in listed and covers(url)
        ]
        return await self._check(targets)

    async def these(self, targets: Iterable[tuple[str, LinkKind]]) -> int:
        """Check just these; returns how many were not reached."""
        for fate in self._spider.settled.values():
            self._spider.writer.link(fate.url, fate, attempts=2)
        covers = self._spider.scope.covers
        return await self._check([LinkTarget(u, kind, True) for u, kind in targets if covers(u)])

    async def _check(self, targets: list[LinkTarget]) -> int:
        spider = self._spider
        targets = [t for t in targets if not self._known(t.url)]
        spider.ahead = len(targets)
        again = await each(targets, self._first, spider.rate.concurrency)
        if again and await spider.asker.rest():
            await each(again, self._second, spider.rate.concurrency)
        else:
            for target in again:
                self._record(target.url, LinkState.UNVERIFIED, None, "未能再次核实")
        return self._left

    def _known(self, url: str) -> bool:
        """Settled already, by this spider or by one of another site that fetched the page."""
        spider = self._spider
        if url in spider.settled:
            return True
        alive = spider.shared.alive.get(url)
        if alive is not None:
            spider.writer.link(
                url,
                LinkFate(url=url, state=LinkState.ALIVE, status=200, reason="", checked_at=alive),
            )
            return True
        if url in spider.shared.checking:
            return True
        spider.shared.checking.add(url)
        return False

    async def _first(self, target: LinkTarget) -> bool:
        answer = await self._look(target)
        state, reason = await self._judge(target, answer)
        if state is LinkState.DEAD or answer.again:
            return False
        self._settle(target, answer, state, reason)
        return True

    async def _second(self, target: LinkTarget) -> bool:
        answer = await self._look(target, by_get=True)
        state, reason = await self._judge(target, answer)
        self._settle(target, answer, state, reason, attempts=2)
        return True

    async def _look(self, target: LinkTarget, *, by_get: bool = False) -> Answer:
        """HEAD for pictures where it can be believed; else GET, of the first bytes for files. A
        page must be seen: only its text tells a soft 404."""
        spider = self._spider
        if not by_get and target.kind is LinkKind.IMAGE:
            calibration = await spider.asker.calibration(target.url)
            if calibration.honest:
                answer = await spider.asker.ask(target.url, Purpose.LINK, method="HEAD", retries=0)
                if (
                    answer.kind is not AnswerKind.FAILED
                    and answer.status not in _HEAD_UNTRUSTED
                    and "html" not in answer.content_type
                ):
                    return answer
        headers = None
        if target.kind in _NO_HTML:
            headers = {"Range": f"bytes=0-{FIRST_BYTES - 1}"}
        return await spider.asker.ask(
            target.url,
            Purpose.LINK,
            headers=headers,
            first_bytes=FIRST_BYTES if target.kind in _NO_HTML else None,
            retries=0,
        )

    async def _judge(self, target: LinkTarget, answer: Answer) -> tuple[LinkState, str]:
        if answer.kind is AnswerKind.GONE or await self._spider.soft_gone(answer):
            return LinkState.DEAD, dead_words(answer)
        if answer.kind is AnswerKind.REDIRECT:
            return LinkState.UNVERIFIED, "跳转到站外，未作核查"
        if answer.kind is not AnswerKind.PAGE:
            return LinkState.UNVERIFIED, answer.missing.reason if answer.missing else "没有应答"
        if target.kind in _NO_HTML and answer.body and is_html_instead(answer.body):
            what = "附件" if target.kind is LinkKind.FILE else "图片"
            return LinkState.DEAD, f"{what}打开后是网页"
        if target.kind is LinkKind.FILE and not answer.body:
            return LinkState.UNVERIFIED, "附件内容是空的"
        return LinkState.ALIVE, ""

    def _settle(
        self, target: LinkTarget, answer: Answer, state: LinkState, reason: str, attempts: int = 1
    ) -> None:
        if answer.kind is AnswerKind.LEFT:
            self._left += 1
            return
        self._record(target.url, state, answer, reason, attempts)

    def _record(
        self, url: str, state: LinkState, answer: Answer | None, reason: str, attempts: int = 1
    ) -> None:
        spider = self._spider
        spider.ahead -= 1
        fate = LinkFate(
            url=url,
            state=state,
            status=answer.status if answer else None,
            reason=reason,
            checked_at=answer.at if answer else spider.plan.clock(),
        )
        spider.writer.link(url, fate, attempts=attempts)


def _kind(url: str) -> LinkKind:
    if is_attachment(url):
        return LinkKind.FILE
    return LinkKind.IMAGE if is_image(url) else LinkKind.PAGE
