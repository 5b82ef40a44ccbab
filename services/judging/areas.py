"""Key areas of disclosure: for each information item the columns where it may stand, laid before the
rules. ``cases`` serves the table of areas too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from checks.areas_facts import AreaCase, Look, Place, ruled_out, same_name, told_of
from checks.facts import ColumnReading, ColumnState, DateState, Fetched, Missing, Unverified
from checks.model import Context, Scope, Subject
from checks.proof import whole_doubt
from config.areas import Area, Item, Listed, all_items
from config.schema import Config, ExpectedColumn, Site, SiteKind
from services.judging.ground import Ground
from storage.readings import StoredColumn, StoredPage

_NEVER = Unverified(code=Missing.NOT_REACHED, reason="本次检测没有轮到")


def subject_key(site_id: str, item_id: str) -> str:
    """How findings about an item are known: by the site of its first place."""
    return f"{site_id}/area.{item_id}"


def lay(ground: Ground) -> None:
    """Each item once, under the site of its first place."""
    if not ground.wants("missing-area-item"):
        return
    sites = {site.id for site in ground.sites}
    desk = Desk(
        config=ground.config,
        sites=ground.sites,
        columns=ground.columns,
        pages=ground.pages,
        context=ground.base,
    )
    for case in desk.cases(ground.ws.areas):
        unit = case.subject.unit_id
        if case.subject.site_id in sites and (ground.units is None or unit in ground.units):
            ground.judge(case, case.fetched)


@dataclass(slots=True)
class Desk:
    """What one scan knows of columns, as cases are made of it."""

    config: Config
    sites: Collection[Site]
    """The sites that were read."""
    columns: Mapping[str, StoredColumn]
    pages: Iterable[StoredPage]
    context: Context

    def cases(self, areas: tuple[Area, ...]) -> Iterator[AreaCase]:
        """Every item that somebody answers for."""
        by_url: dict[str | None, StoredPage] = {}
        for page in self.pages:
            if page.published is not None:
                for url in (page.url, page.listed.url if page.listed is not None else None):
                    by_url.setdefault(url, page)
        expected = [
            column
            for site in self.sites
            for column in self.config.expected_columns(site.id, self.context.today)
        ]
        for each in all_items(areas):
            case = self._case(each, expected, by_url)
            if case is not None:
                yield case

    def _case(
        self,
        each: Listed,
        expected: list[ExpectedColumn],
        by_url: Mapping[str | None, StoredPage],
    ) -> AreaCase | None:
        item = each.item
        owner = next(iter(self.config.heirs(item.units[0], self.context.today)), None)
        home = self._home(item)
        if owner is None or home is None:
            return None
        columns = [c for c in expected if _stands_in(c, item)]
        fetched: Fetched | None = None
        url: str | None = None
        places: list[Place] = []
        absent = 0
        gap = self._unmatched(item, columns)
        for column in columns:
            held = self.columns.get(column.key)
            if held is not None and held.state is ColumnState.ABSENT:
                absent += 1
                continue
            gap = gap or self._gap(column, held)
            if held is None or isinstance(held.reading, Unverified):
                continue
            places.append(_place(item, column, held, held.reading))
            url = url or held.reading.url or column.url
            if held.fetched is not None and (fetched is None or held.fetched.at < fetched.at):
                fetched = held.fetched  # what is said of all was known when the first was read
        return AreaCase(
            subject=Subject(
                scope=Scope.UNIT,
                key=subject_key(home, item.id),
                site_id=home,
                unit_id=owner.id,
                title=f"{each.aspect.title}：{item.title}",
                url=url,
            ),
            area=each.area,
            aspect=each.aspect,
            item=item,
            look=Look(
                places=tuple(places),
                gap=gap,
                absent=absent,
                dates=self._dates(item, places, by_url),
            ),
            fetched=fetched,
        )

    def _home(self, item: Item) -> str | None:
        """The site of the first place; of an item without any, the portal."""
        if item.places:
            return item.places[0].partition("/")[0]
        sites = self.config.sites
        portal = next((s.id for s in sites if s.kind is SiteKind.PORTAL), None)
        return portal or next((s.id for s in sites), None)

    def _unmatched(self, item: Item, columns: list[ExpectedColumn]) -> Unverified | None:
        """A place that no column answers to now: on a site that was not read, or of a unit gone."""
        for place in item.places:
            if not any(fnmatchcase(column.key, place) for column in columns):
                return Unverified(
                    code=Missing.NOT_CAPTURED, reason=f"应查的栏目（{place}）不在本次检测之内"
                )
        return None

    def _gap(self, column: ExpectedColumn, held: StoredColumn | None) -> Unverified | None:
        """Why a column is not known whole; ``None``: it surely was read to its end."""
        called = f"栏目“{column.name}”"
        if held is None:
            return Unverified(code=_NEVER.code, reason=f"{called}没有读到：{_NEVER.reason}")
        reading = held.reading
        if isinstance(reading, Unverified):
            return Unverified(code=reading.code, reason=f"{called}没有读到：{reading.reason}")
        if held.state is ColumnState.DELEGATED:
            return Unverified(code=Missing.NOT_CAPTURED, reason=f"{called}链接到其他网站")
        doubt = whole_doubt(reading, self.context.min_confidence, held.previous_entries)
        if doubt is not None:
            return Unverified(code=Missing.UNPROVEN, reason=f"{called}：{doubt}")
        return None

    def _dates(
        self,
        item: Item,
        places: list[Place],
        by_url: Mapping[str | None, StoredPage],
    ) -> dict[str, date]:
        """The dates that the articles of undated rows show; only of rows that tell of the item."""
        dates = {}
        for place in places:
            for entry in place.entries:
                page = by_url.get(entry.url)
                if entry.date_state is DateState.READ or page is None:
                    continue
                if told_of(item, entry.title) or (place.own and not ruled_out(item, entry.title)):
                    read = page.load().published
                    if read is not None and read.confidence >= self.context.min_confidence:
                        dates[entry.url] = read.value
        return dates


def _stands_in(column: ExpectedColumn, item: Item) -> bool:
    """Whether the item may stand in the column. ``*`` does not reach standing columns (概况、领导):
    they show one text, whose list is never read."""
    for place in item.places:
        if column.key == place:
            return True
        if fnmatchcase(column.key, place) and not column.cadence.standing:
            return True
    return False


def _place(item: Item, column: ExpectedColumn, held: StoredColumn, reading: ColumnReading) -> Place:
    names = [name for name in (column.name, *column.variants, held.found_name) if name]
    return Place(
        key=column.key,
        name=column.name,
        own=any(same_name(name, own) for name in names for own in item.columns),
        entries=reading.entries,
    )
