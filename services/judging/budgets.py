"""Budgets and final accounts of every department: the budget columns, and what stands elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from checks.attachment_facts import AttachmentLook, attachment_key
from checks.attribution import normalise
from checks.budget_facts import (
    BudgetCase,
    Elsewhere,
    Published,
    approval_in,
    head_of,
    is_budget_column,
    speaks_of_all,
    speaks_only_about,
)
from checks.case import ColumnCase
from checks.completeness import path_of
from checks.facts import (
    ColumnState,
    DateState,
    Entry,
    Fetched,
    LinkKind,
    Missing,
    Unverified,
)
from checks.model import Scope, Subject
from checks.proof import emptiness, read_whole
from checks.runner import judge
from config.schema import ExpectedColumn, SiteKind, Unit, UnitGroup
from crawler.attachments import FILES
from crawler.urls import is_attachment
from services.judging.ground import Ground
from storage.extras import Extra
from storage.models import Sight
from storage.readings import StoredColumn, StoredPage

KINDS = ("预算", "决算")
OF_DEPARTMENTS = ("missing-department-budget", "misplaced-budget")
OF_PUBLISHED = ("late-budget", "incomplete-budget-tables")
"""Of the party bodies' budgets as well, which ``missing-budget`` looks for."""
_LEADS = re.compile(r"表|附件|预算|决算|下载|点击")
_ICON = re.compile(r"filetypeimages|/icons?[_/]", re.IGNORECASE)
"""A picture that shows the type of an attachment."""
NEVER = Unverified(code=Missing.NOT_REACHED, reason="本次检测没有轮到")
NO_COLUMN = Unverified(code=Missing.NOT_CAPTURED, reason="栏目名单里没有预决算栏目，无从检查")
ELSEWHERE = Unverified(code=Missing.NOT_CAPTURED, reason="有预决算栏目不在本次检测的站点上")


def subject_key(site_id: str, unit_id: str) -> str:
    """How findings about a unit's budgets are known."""
    return f"{site_id}/budget.{unit_id}"


def lay(ground: Ground) -> None:
    """Every unit that owes a budget, under the site of its first budget column."""
    if not ground.wants(*OF_DEPARTMENTS, *OF_PUBLISHED):
        return
    published = tuple(rule for rule in ground.rules if rule.id in OF_PUBLISHED)
    for unit, case in _Desk(ground).cases():
        if unit.group is not UnitGroup.PARTY:
            ground.judge(case, case.fetched)
        elif ground.subjects is None:
            ground.take(judge(case, published, ground.base, ground.settings), case.fetched)


@dataclass(slots=True)
class _Shelf:
    """What the budget columns of all units hold."""

    columns: list[ExpectedColumn] = field(default_factory=list)
    of_unit: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    """Entries that name a unit, by its id."""
    open: list[tuple[Entry, bool]] = field(default_factory=list)
    """Entries that name nobody, and whether they may speak of all."""


@dataclass(slots=True)
class _Desk:
    ground: Ground
    files: Mapping[str, Extra[AttachmentLook]] = field(init=False)
    pages: dict[str, StoredPage] = field(default_factory=dict)
    """Of the entries in budget columns, by the address that the list shows."""

    def __post_init__(self) -> None:
        wanted = self.ground.wants(*OF_PUBLISHED)
        self.files = self.ground.extra(FILES) if wanted else {}  # noqa: S610

    def cases(self) -> Iterator[tuple[Unit, BudgetCase]]:
        ground = self.ground
        owing = [unit for unit in ground.config.units if self._owes(unit)]
        own: dict[str, list[ExpectedColumn]] = defaultdict(list)
        shelf = _Shelf()
        elsewhere_sites = False
        judged = {site.id for site in ground.sites}
        for site in sorted(ground.config.enabled_sites, key=lambda s: s.id):
            menu = {f"{site.id}/{spec.slug}" for spec in site.columns}
            for column in ground.config.expected_columns(site.id, ground.today):
                if not is_budget_column(column):
                    continue
                if site.id not in judged:
                    elsewhere_sites = True
                    continue
                group = ground.config.unit(column.owner_id).group
                if column.key in menu or group is UnitGroup.CITY:
                    shelf.columns.append(column)
                else:
                    own[column.owner_id].append(column)
        self._fill(shelf)
        outside = self._elsewhere(own, shelf)
        for unit in owing:
            if ground.units is not None and unit.id not in ground.units:
                continue
            columns = [*own[unit.id], *shelf.columns]
            if columns:
                yield (
                    unit,
                    self._case(unit, own[unit.id], shelf, outside[unit.id], elsewhere_sites),
                )

    def _owes(self, unit: Unit) -> bool:
        budgets = self.ground.config.city.budgets
        return (
            unit.group in (*budgets.groups, UnitGroup.PARTY)
            and unit.kind not in budgets.without_kinds
            and unit.valid_on(self.ground.today)
        )

    def _heir(self, unit_id: str | None) -> str | None:
        """Who answers today for what was a unit's."""
        heirs = self.ground.config.heirs(unit_id, self.ground.today) if unit_id else ()
        return heirs[0].id if len(heirs) == 1 else None

    def _by_title(self, entry: Entry) -> str | None:
        day = entry.published or self.ground.today
        return self._heir(self.ground.names.budget_owner(entry.title, day).unit_id)

    def _by_source(self, entry: Entry) -> str | None:
        day = entry.published or self.ground.today
        return self._heir(self.ground.names.attribute(entry.source, day).unit_id)

    def _fill(self, shelf: _Shelf) -> None:
        for column in shelf.columns:
            for entry in _entries(self.ground.columns.get(column.key)):
                by_title = self._by_title(entry)
                unit_id = by_title or self._by_source(entry)
                if unit_id is not None:
                    shelf.of_unit[unit_id].append(entry)
                if by_title is None or self.ground.config.unit(by_title).group is UnitGroup.CITY:
                    shelf.open.append((entry, self._of_all(entry)))

    def _of_all(self, entry: Entry) -> bool:
        head = head_of(entry.title)
        if speaks_of_all(entry.title, "-" if head is None else head):
            return True
        # 瑞昌市2018年部门预算公开, 市本级2018年部门预算
        return head is not None and (
            normalise(self.ground.config.city.name).startswith(head)
            or self._by_title(entry) is not None
        )

    def _elsewhere(
        self, own: dict[str, list[ExpectedColumn]], shelf: _Shelf
    ) -> dict[str, list[Elsewhere]]:
        """What stands outside the budget columns, by the unit that it names."""
        ground = self.ground
        budget_columns = [*shelf.columns, *(c for columns in own.values() for c in columns)]
        keys = {column.key for column in budget_columns}
        inside = {e.url for key in keys for e in _entries(ground.columns.get(key))}
        paths = {
            column.key: path_of(column)
            for site in ground.sites
            for column in ground.config.expected_columns(site.id, ground.today)
        }
        names = {site.id: site.name for site in ground.sites}
        platforms = {site.id for site in ground.sites if site.kind is SiteKind.PLATFORM}
        found: dict[str, dict[str, Elsewhere]] = defaultdict(dict)
        for key, held in ground.columns.items():
            if key in keys or key not in paths:
                continue
            for entry in _entries(held):
                if entry.url not in inside:
                    owner = held.owner_id if held.site_id in platforms else None
                    self._outside(found, entry, owner, paths[key])
        for page in ground.pages:
            if page.site_id not in names or page.outcome is Sight.ABSENT or not page.url:
                continue
            listed = page.listed.url if page.listed is not None else page.url
            if page.url in inside or listed in inside:
                self.pages[listed or page.url] = page
                continue
            if "算" not in (page.title or ""):
                continue
            entry = _as_entry(page)
            where = paths.get(page.column_key or "", names[page.site_id])
            kept = page.column_key in keys  # gone from a list that is the right one: not elsewhere
            owner = page.owner_id if page.site_id in platforms else None
            self._outside(found, entry, owner, where, kept=kept)
        return defaultdict(list, {unit: list(held.values()) for unit, held in found.items()})

    def _outside(
        self,
        found: dict[str, dict[str, Elsewhere]],
        entry: Entry,
        owner: str | None,
        place: str,
        *,
        kept: bool = False,
    ) -> None:
        """``owner``: in whose catalogue it stands; ``kept``: it stood in a budget column before."""
        if "算" not in entry.title:
            return
        head = head_of(entry.title)
        sure = self._by_title(entry) if head else owner if head == "" else None
        unit = sure or self._by_title(entry) or self._by_source(entry) or owner
        if unit is None or all(
            speaks_only_about(entry.title, k) for k in KINDS if k in entry.title
        ):
            return
        if entry.url not in found[unit]:
            found[unit][entry.url] = Elsewhere(
                entry=entry, place=place, sure=sure is not None and not kept
            )

    def _case(
        self,
        unit: Unit,
        own: list[ExpectedColumn],
        shelf: _Shelf,
        outside: list[Elsewhere],
        elsewhere_sites: bool,
    ) -> BudgetCase:
        ground = self.ground
        columns = [*own, *shelf.columns]
        entries = {e.url: e for c in own for e in _entries(ground.columns.get(c.key))}
        entries |= {e.url: e for e in shelf.of_unit[unit.id]}
        recent = [url for url, entry in entries.items() if self._recent(entry)]
        called = [normalise(n) for n in (unit.name, unit.short, *unit.aliases)]
        collective = tuple(
            entry
            for entry, of_all in shelf.open
            if of_all or any(len(n) > 1 and n in normalise(entry.title) for n in called)
        )
        gap = next((why for c in columns if (why := self._gap(c)) is not None), None)
        if gap is None and elsewhere_sites:
            gap = ELSEWHERE
        held = [s for c in columns if (s := ground.columns.get(c.key)) is not None]
        return BudgetCase(
            subject=Subject(
                scope=Scope.UNIT,
                key=subject_key(columns[0].site_id, unit.id),
                site_id=columns[0].site_id,
                unit_id=unit.id,
                title=f"{unit.short}预决算",
                url=next((url for s in held if (url := _address(s))), None),
            ),
            places=tuple(path_of(c) for c in columns if not self._absent(c)),
            entries=tuple(entries.values()),
            collective=collective,
            unknown=tuple(e for e, of_all in shelf.open if not of_all and self._nobody_s(e)),
            elsewhere=tuple(outside),
            gap=gap,
            since=unit.valid_from,
            approved=self._approved(unit),
            told=self._told(recent),
            published={url: self._published(url) for url in recent},
            fetched=_oldest(s.fetched for s in held),
        )

    def _absent(self, column: ExpectedColumn) -> bool:
        held = self.ground.columns.get(column.key)
        return held is not None and held.state is ColumnState.ABSENT

    def _nobody_s(self, entry: Entry) -> bool:
        return self._by_title(entry) is None and self._by_source(entry) is None

    def _gap(self, column: ExpectedColumn) -> Unverified | None:
        """Why a budget column is not known whole; ``None``: it is, or it surely does not exist."""
        held = self.ground.columns.get(column.key)
        if held is None:
            return _of(column, NEVER)
        if held.state is ColumnState.ABSENT:
            return None
        reading = held.reading
        if isinstance(reading, Unverified):
            return _of(column, reading)
        if held.state is ColumnState.DELEGATED:
            return _gap(column, Missing.NOT_CAPTURED, "链接到其他网站")
        if not reading.entries:
            return self._blank(column, held)
        if reading.proof.confidence < self.ground.base.min_confidence or reading.proof.scripted:
            return _gap(column, Missing.READER, "识别把握不足，不能确定已读全")
        if not read_whole(reading):
            return _gap(column, Missing.UNPROVEN, "没有读到末页")
        return None

    def _blank(self, column: ExpectedColumn, held: StoredColumn) -> Unverified | None:
        case = ColumnCase(
            subject=Subject(
                scope=Scope.COLUMN,
                key=column.key,
                site_id=column.site_id,
                unit_id=column.unit_id,
                title=column.name,
                url=None,
            ),
            expected=column,
            state=held.state,
            reading=held.reading,
            fetched=held.fetched,
            previous_entries=held.previous_entries,
            previous_shape=held.previous_shape,
        )
        empty = emptiness(case, self.ground.base)
        if isinstance(empty, Unverified):
            return _of(column, empty)
        if empty.suspected:
            return _gap(column, Missing.UNPROVEN, "以前有信息，这次一条也没有读到")
        return None

    def _approved(self, unit: Unit) -> dict[tuple[str, int], date]:
        """What is registered for all, then what is for this unit."""
        approved = self.ground.config.city.budgets.approved
        ordered = sorted(
            (a for a in approved if not a.units or unit.id in a.units), key=lambda a: bool(a.units)
        )
        return {(a.kind.label, a.fiscal): a.on for a in ordered}

    def _recent(self, entry: Entry) -> bool:
        return entry.published is None or entry.published >= self.ground.base.judge_from

    def _published(self, url: str) -> Published:
        """What the page at an address shows, with its attachments."""
        if is_attachment(url):
            text, why = self._file(url, url)
            return Published(text=text, unread=why)
        page = self.pages.get(url)
        if page is None or page.version_id is None:
            return Published(text="", unread=NEVER)
        if page.unverified is not None:
            return Published(text="", unread=page.unverified)
        body = page.load().body
        if body is None:
            why = Unverified(code=Missing.READER, reason="没有识别出正文")
            return Published(text="", unread=why)
        texts, doubts = [body.text], []
        if body.embedded:
            doubts.append(_unseen("正文里嵌有别的内容"))
        for link in body.links:
            if link.kind is LinkKind.FILE:
                text, unread = self._file(link.url, link.text)
                texts += [link.text, text]
                doubts += [unread] if unread is not None else []
            elif link.kind is LinkKind.IMAGE and _ICON.search(link.url) is None:
                doubts.append(_unseen("正文里有图片，图片里的表格无法读出"))
            elif link.kind is LinkKind.PAGE and _LEADS.search(link.text[:200]):
                doubts.append(_unseen("正文链接到别的页面"))
        return Published(text="\n".join(texts), unread=doubts[0] if doubts else None)

    def _file(self, url: str, name: str) -> tuple[str, Unverified | None]:
        """An attachment's names and text, and what of it was not read."""
        look = self.files.get(attachment_key(url))
        called = name.strip()[:40] or url.rpartition("/")[2][:40]
        if look is None:
            return "", Unverified(code=Missing.NOT_REACHED, reason=f"附件“{called}”没有读到")
        if isinstance(look.facts, Unverified):
            return "", look.facts
        read = look.facts.read
        if read is None:
            return "", look.facts.unread
        why = None if read.whole else _unseen(f"附件“{called}”没有读全，或者里面有图片")
        return "\n".join((*read.names, read.text)), why

    def _told(self, urls: Iterable[str]) -> dict[str, date]:
        told = {}
        for url in urls:
            page = self.pages.get(url)
            if page is None or page.version_id is None or page.unverified is not None:
                continue
            body = page.load().body
            day = approval_in(body.text) if body is not None else None
            if day is not None:
                told[url] = day
        return told


def _unseen(why: str) -> Unverified:
    return Unverified(code=Missing.UNPROVEN, reason=why)


def _entries(held: StoredColumn | None) -> tuple[Entry, ...]:
    if held is None or isinstance(held.reading, Unverified):
        return ()
    return held.reading.entries


def _as_entry(page: StoredPage) -> Entry:
    day = page.published
    if day is None and page.listed is not None:
        day = page.listed.published
    return Entry(
        title=page.title or "",
        url=page.url or "",
        published=day,
        date_state=DateState.READ if day is not None else DateState.UNREAD,
        source=page.source,
    )


def _address(held: StoredColumn) -> str | None:
    return None if isinstance(held.reading, Unverified) else held.reading.url


def _of(column: ExpectedColumn, why: Unverified) -> Unverified:
    return _gap(column, why.code, f"没有读到：{why.reason}")


def _gap(column: ExpectedColumn, code: Missing, words: str) -> Unverified:
    return Unverified(code=code, reason=f"栏目“{path_of(column)}”{words}")


def _oldest(fetched: Iterable[Fetched | None]) -> Fetched | None:
    """What is said of all of them was known when the first of them was read."""
    held = [f for f in fetched if f is not None]
    return min(held, key=lambda f: f.at) if held else None
