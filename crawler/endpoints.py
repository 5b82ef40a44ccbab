"""List endpoints: reading a column to its end where a script fills its list.

The family says what to ask and reads the answers (``crawler.cms``); here they are asked for, one
after the other, at the site's own rate, kept as evidence, and added up with the same proof as any
other list.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Protocol

from checks.facts import Listing, Missing, StopReason, Unverified
from config.schema import Rate
from crawler.answers import Answer, AnswerKind
from crawler.asking import Asker
from crawler.cms.family import EndpointPage, Family, ListPage, ListRequest, NotUnderstood, Turn
from crawler.columns import ColumnPages
from crawler.extract.encoding import decode
from crawler.frontier import Purpose
from crawler.scope import Scope

MAX_AGAIN = 4
"""Answers of one column that may be no list page yet."""
_WALLS = frozenset({401, 403, 412, 429, 451, 503, 512, 521})
"""Statuses after which another way of asking would be an imposition."""
_NOT_UNDERSTOOD = "栏目由脚本填充，认出是 {name} 系统，但没有读懂它的列表接口"
_OUTSIDE = Unverified(
    code=Missing.NOT_CAPTURED, reason="栏目列表的接口在配置的站点范围之外，不予访问"
)
log = logging.getLogger(__name__)


class Client(Protocol):
    """On whose behalf an endpoint is asked: a site's spider."""

    @property
    def asker(self) -> Asker: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def rate(self) -> Rate: ...
    @property
    def reader(self) -> str:
        """Version of the reader, for the proof."""

    def keep(self, answer: Answer) -> object:
        """Keep an answer as evidence."""


@dataclass(frozen=True, slots=True)
class EndpointRead:
    """What an endpoint gave: the column's pages, or why there are none."""

    pages: ColumnPages | None
    missing: Unverified | None = None
    left: bool = False


async def read_endpoint(spider: Client, family: Family, page: ListPage, shape: str) -> EndpointRead:
    """Page through a column at its family's endpoint.

    ``shape``: the column page's, for the proof. The first answer that is not understood is asked
    for in the family's other ways; then the column is 未能核实. A later one ends the reading.
    """
    pages = ColumnPages(page.url, f"{spider.reader}+{family.NAME}", spider.rate.max_list_pages)
    turn = Turn()
    again = 0
    while True:
        first = not pages.lengths
        try:
            request = family.list_request(page, turn)
        except NotUnderstood as error:
            log.info("%s: %s (%s)", page.url, error, family.NAME)
            return _ended(pages, _not_understood(family))
        if not spider.scope.covers(request.url):
            return _ended(pages, _OUTSIDE)
        answer = await _ask(spider, request, turn)
        found: EndpointPage | None = None
        missing = answer.missing
        if _answered(answer):
            spider.keep(answer)
            missing = _not_understood(family)
            try:
                found = family.rows(decode(answer.body, answer.content_type)[0], page, turn)
            except NotUnderstood as error:
                log.info("%s: %s (%s)", request.url, error, family.NAME)
        if (
            found is not None
            and first
            and not found.entries
            and not found.again
            and found.total != 0
        ):
            found = None  # no rows, and the endpoint does not say that there are none
        if found is None:
            if first and turn.way + 1 < family.WAYS and _may_ask_otherwise(answer):
                turn = Turn(way=turn.way + 1)
                continue
            if answer.kind is AnswerKind.LEFT:
                pages.failed(left=True)
                return EndpointRead(None if first else pages, left=first)
            if not _answered(answer):
                pages.failed(left=False)
            return _ended(pages, missing or _not_understood(family))
        if found.again:
            again += 1
            if again > MAX_AGAIN:
                return _ended(pages, _not_understood(family))
            turn = replace(turn, state=found.state)
            continue
        if not found.entries and not first:
            if found.total is None and turn.number < min(found.pages or 0, pages.max_pages):
                # None of this page's rows are the column's own.
                turn = replace(turn, number=turn.number + 1)
                continue
            # Past the end: the whole list was read if as many rows came as it claims.
            whole = found.total is not None and turn.received >= found.total
            pages.stop = StopReason.END if whole else StopReason.REPEATED
            return EndpointRead(pages)
        turn = _add(pages, found, request, answer, turn, shape)
        if pages.stop is not None:
            return EndpointRead(pages)


async def _ask(spider: Client, request: ListRequest, turn: Turn) -> Answer:
    return await spider.asker.ask(
        request.url,
        Purpose.LIST,
        order=turn.number,
        method=request.method,
        headers=request.headers,
        body=request.body,
    )


def _add(
    pages: ColumnPages,
    found: EndpointPage,
    request: ListRequest,
    answer: Answer,
    turn: Turn,
    shape: str,
) -> Turn:
    """Enter one answer; the turn after it (``pages.stop`` says whether it is to be asked)."""
    received = turn.received + len(found.entries)
    if found.total is not None:
        more = found.total > 0
    elif found.pages is not None:
        more = turn.number < found.pages
    else:
        more = len(found.entries) >= max(request.size, 1)
    listing = Listing(
        entries=found.entries,
        container=None,
        next_url=f"{request.url}#{turn.number + 1}" if more else None,
        pager="endpoint",
        pages_claimed=found.pages if found.total is None else None,
        total_claimed=found.total,
    )
    pages.add(f"{request.url}#{turn.number}", answer.digest, listing, shape)
    return Turn(turn.number + 1, turn.way, received, found.state or turn.state)


def _answered(answer: Answer) -> bool:
    """Whether there is something to read: for a page, an answer without text would be none."""
    wall = answer.missing is not None and answer.missing.code is Missing.WALL
    return answer.kind is AnswerKind.PAGE or (answer.status == 200 and not wall)


def _may_ask_otherwise(answer: Answer) -> bool:
    return answer.status is not None and answer.status not in _WALLS


def _ended(pages: ColumnPages, missing: Unverified) -> EndpointRead:
    """Nothing more can be had; what was read before stands, and is not the whole list."""
    if not pages.lengths:
        return EndpointRead(None, missing)
    pages.stop = pages.stop or StopReason.UNREADABLE
    return EndpointRead(pages)


def _not_understood(family: Family) -> Unverified:
    return Unverified(code=Missing.READER, reason=_NOT_UNDERSTOOD.format(name=family.NAME))
