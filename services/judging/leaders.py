"""Columns for leaders, with what their pages say of each, laid before the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from checks.facts import ColumnState, Fetched, Missing, Unverified
from checks.leaders_facts import LeadersCase, LeadersSeen, together
from checks.model import Scope, Subject
from checks.parts import Leader
from config import interaction_words
from config.schema import ExpectedColumn
from crawler.extract.leaders import name_of
from services.cases import NEVER_READ
from services.judging.ground import Ground
from storage.models import Sight
from storage.readings import StoredColumn, StoredPage

_UNKNOWN = Unverified(code=Missing.READER, reason="栏目里没有认出领导的姓名、职务、分工或简历")


def lay(ground: Ground) -> None:
    if not ground.wants("incomplete-leader"):
        return
    for case in _cases(ground):
        ground.judge(case, case.fetched)


def called_so(name: str) -> bool:
    """Whether a column of this name holds the leaders in office."""
    words = interaction_words.leaders()
    return name in words.columns and not any(word in name for word in words.not_columns)


def _cases(ground: Ground) -> Iterator[LeadersCase]:
    pages: dict[str, list[StoredPage]] = defaultdict(list)
    by_url: dict[str, StoredPage] = {}
    for page in ground.pages:
        if page.outcome is Sight.ABSENT:
            continue
        if page.column_key is not None:
            pages[page.column_key].append(page)
        if page.url is not None:
            by_url[page.url] = page
    for site in ground.sites:
        for column in ground.config.expected_columns(site.id, ground.today):
            if not any(called_so(name) for name in (column.name, *column.variants)):
                continue
            if ground.units is not None and column.unit_id not in ground.units:
                continue
            held = ground.columns.get(column.key)
            if held is not None and held.state in (ColumnState.ABSENT, ColumnState.DELEGATED):
                continue  # a column that is not there is another rule's matter
            reading = NEVER_READ if held is None else held.reading
            if isinstance(reading, Unverified):
                fetched = None if held is None else held.fetched
                subject = _subject(column, column.url)
                yield LeadersCase(subject=subject, seen=reading, fetched=fetched)
            elif held is not None:
                yield _case(column, held, reading.url, pages[column.key], by_url)


def _subject(column: ExpectedColumn, url: str | None) -> Subject:
    return Subject(
        scope=Scope.COLUMN,
        key=column.key,
        site_id=column.site_id,
        unit_id=column.unit_id,
        title=f"{column.group}—{column.name}" if column.group else column.name,
        url=url,
    )


def _case(
    column: ExpectedColumn,
    held: StoredColumn,
    address: str | None,
    mine: Sequence[StoredPage],
    by_url: Mapping[str, StoredPage],
) -> LeadersCase:
    own = by_url.get(address or "")
    said: list[tuple[str | None, tuple[Leader, ...]]] = []
    unread: list[str] = []
    measured: list[Fetched] = [] if held.fetched is None else [held.fetched]
    for page in [*([own] if own is not None and own not in mine else []), *mine]:
        leaders = _leaders(page)
        if leaders:
            said.append((page.url, leaders))
            measured += [page.fetched] if page.fetched is not None else []
        elif name := name_of(page.title or (page.listed.title if page.listed else "")):
            unread.append(name)
    found = together(said)
    return LeadersCase(
        subject=_subject(column, address or column.url),
        seen=LeadersSeen(leaders=found, unread=tuple(dict.fromkeys(unread))) if found else _UNKNOWN,
        # What is said of all was known when the first was read.
        fetched=min(measured, key=lambda f: f.at, default=None),
    )


def _leaders(page: StoredPage) -> tuple[Leader, ...]:
    if page.unverified is not None or page.version_id is None or "leaders" not in page.parts:
        return ()
    return page.load().leaders
