"""The two sites as data: columns, entries, where each page stands. Pages are drawn on request."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from tests.replica import annual, budgets, names, text
from tests.replica.areas import Arranged, arrange
from tests.replica.duties import Published, publish
from tests.replica.engage import Engaged, engage
from tests.replica.forms import CLEAN, FORMS, Form
from tests.replica.names import BODIES, CATEGORIES, CITY, OFFICE, OPERATOR, PARTY, Body, Slot
from tests.replica.spec import Spec, stream

if TYPE_CHECKING:
    from tests.replica.truth import Truth

PAGERS = ("link", "numbered", "script", "query", "countdown")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is not ordinary: planted problems and traps, by what they sit on."""

    columns: dict[str, str] = field(default_factory=dict)
    """Column key → treatment (``plants.TREATMENTS``)."""
    articles: dict[int, str] = field(default_factory=dict)
    """Article number → form (``forms.FORMS``)."""
    traps: frozenset[int] = frozenset()
    """Numbers whose form would be a fault but is older than ``judge_from``."""
    shared: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Article number → further portal columns that show it."""
    moved: frozenset[int] = frozenset()
    """Articles that lists still call by their old address (301)."""
    budgets: dict[str, str] = field(default_factory=dict)
    """Party body → ``none``, ``last-year`` (faults), ``alias``, ``short`` (traps)."""
    templates: frozenset[str] = frozenset()
    """Faults of a whole site's template (``plants.TEMPLATE_FAULTS``)."""
    units: dict[str, str] = field(default_factory=dict)
    """Unit → ``server-error``: its root can't be read."""
    fresh: dict[str, tuple[date, ...]] = field(default_factory=dict)
    """Column key → entries that it published after ``spec.as_of``'s state was made."""
    entries: dict[int, str] = field(default_factory=dict)
    """Article number → what is done to its table or text (``entries.FAULTS``, ``entries.TRAPS``)."""
    bare: dict[int, str] = field(default_factory=dict)
    """Article number → the form of a body without any text (``forms.BARE``)."""
    unit_budgets: dict[str, str] = field(default_factory=dict)
    """Department → what is done to its budget (``budgets.FAULTS``, ``budgets.TRAPS``)."""
    now: date | None = None
    """The day of the state, where it is later than ``spec.as_of``."""


@dataclass(slots=True)
class Article:
    number: int
    site: str
    column: str
    serial: int
    published: date
    title: str
    source: str | None
    """As printed; ``None``: the template prints none."""
    unit: str | None
    """Who answers for it; ``None``: nobody can tell."""
    path: str
    template: str
    form: str = "by-hand"
    planted: str = ""
    """What ``Plan.entries`` does to it."""
    wording: int = 0
    """The article whose text it repeats, by number; 0: its own."""

    @property
    def undated(self) -> bool:
        return FORMS[self.form].undated


@dataclass(slots=True)
class Column:
    key: str
    site: str
    slot: Slot
    holder: str | None
    """In whose catalogue it stands; ``None`` on the portal."""
    unit: str
    """Who answers for it."""
    number: int
    directory: str
    template: str
    rows: str
    """How its list is written: ``ul``, ``table``, ``div``."""
    pager: str
    per_page: int
    treatment: str = ""
    entries: list[Article] = field(default_factory=list)
    """In the order in which the list shows them."""

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.entries) // self.per_page))

    def page_path(self, index: int) -> str:
        """Address of the list page ``index`` (0 is the first)."""
        suffix = "html" if self.site == "portal" else "htm"
        if self.slot.slug == "mstd":
            return f"{self.directory}list.do?type=0&pageNumber={index}&currentTable=1"
        if self.pager == "query":
            return self.directory + ("list.jsp" if index == 0 else f"list.jsp?pageNumber={index}")
        if index == 0:
            return f"{self.directory}index.{suffix}"
        if self.pager == "countdown":
            return f"{self.directory}index_{self.pages - index}.{suffix}"
        if self.pager == "link" and self.site == "portal":
            return f"{self.directory}{index + 1}.{suffix}"
        return f"{self.directory}index_{index}.{suffix}"

    def on_page(self, index: int) -> list[Article]:
        return self.entries[index * self.per_page : (index + 1) * self.per_page]


def months_before(day: date, months: int) -> date:
    """The day ``months`` calendar months earlier, clamped to the month's end."""
    at = day.year * 12 + day.month - 1 - months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def oldest_in_time(category: str, today: date) -> date | None:
    """The oldest newest-entry date that is still in time; ``None`` for a standing column."""
    cadence = CATEGORIES[category]
    if cadence.days is not None:
        return today - timedelta(days=cadence.days)
    if cadence.months is not None:
        return months_before(today, cadence.months)
    if cadence.yearly_by is not None:
        month, day = map(int, cadence.yearly_by.split("-"))
        year = today.year if today > date(today.year, month, day) else today.year - 1
        return date(year, 1, 1)
    return None


def lay_out(spec: Spec) -> list[Column]:
    """All columns of both sites, without entries."""
    columns: list[Column] = []
    for slot in names.PORTAL_COLUMNS:
        r = stream(spec.seed, "column", "portal", slot.slug)
        template = ("modern", "plain", "modern", "old")[(len(columns) + spec.seed // 5) % 4]
        if slot.slug == "mstd":
            template = "interaction"
        pager = PAGERS[(len(columns) + spec.seed) % len(PAGERS)]
        columns.append(
            Column(
                f"portal/{slot.slug}", "portal", slot, None, slot.unit or OPERATOR, len(columns),
                f"/{slot.group_dir}/", template, r.choice(("ul", "div")), pager, r.choice((12, 15, 20)),
            )
        )  # fmt: skip
    for body in (names.CITY_BODY, *names.DEPARTMENTS, *names.TOWNS):
        r = stream(spec.seed, "unit", body.id)
        template = r.choice(("trs", "trs", "meta", "gbk"))
        for slot in names.CATALOGUES[body.group][1]:
            answers = slot.unit or (OFFICE if body.id == CITY else body.id)
            own = stream(spec.seed, "column", body.id, slot.slug)
            columns.append(
                Column(
                    f"platform/{body.id}.{slot.slug}", "platform", slot, body.id, answers, len(columns),
                    f"/bmgkxx/{body.id}/{slot.group_dir}/{slot.slug}/", template,
                    own.choice(("table", "table", "ul")), own.choice(PAGERS), own.choice((10, 12, 15)),
                )
            )  # fmt: skip
    # The last of all, so that it moves no other.
    template = next(c.template for c in columns if c.holder == CITY)
    slot, number = names.ANNUAL, len(columns)
    columns.append(
        Column(
            f"platform/{CITY}.{slot.slug}", "platform", slot, CITY, OFFICE, number,
            f"/bmgkxx/{CITY}/{slot.slug}/", template, "ul", "link", 40,
        )
    )  # fmt: skip
    return columns


WEIGHTS = {"news": 9.0, "notice": 3.0, "plan": 1.0, "interaction": 20.0}


def _count(spec: Spec, column: Column, scale: float) -> int:
    r = stream(spec.seed, "count", column.key)
    category = column.slot.category
    if category in ("standing", "budget"):
        return r.randint(1, 3) if category == "standing" else r.randint(2, 4)
    weight = WEIGHTS[category] * (
        8 if column.site == "portal" else 2 if column.holder == CITY else 1
    )
    least = 6 if category == "news" else 3 if category == "notice" else 2
    if column.treatment.endswith(("-paged", "-stops")):
        least = 3 * column.per_page - 2
    return max(least, round(weight * scale * r.uniform(0.6, 1.4)))


def aged(column: Column) -> bool:
    """Whether its treatment makes all its entries older than the cadence allows."""
    return column.treatment == "old" or column.treatment.startswith("old-")


def _dates(spec: Spec, column: Column, count: int) -> list[date]:
    """Publish dates, the newest first."""
    r = stream(spec.seed, "dates", column.key)
    today, category = spec.as_of, column.slot.category
    good = oldest_in_time(category, today)
    if good is None:
        day = date(today.year - 1, 11, 20) - timedelta(days=r.randint(0, 700))
        return [day - timedelta(days=90 * i + r.randint(0, 60)) for i in range(count)]
    if category == "budget":
        year = good.year - (1 if aged(column) else 0)
        last = min(date(year, 3, 28), today)
        days = [max(date(year, 1, 5), last - timedelta(days=r.randint(0, 50)))]
        for i in range(1, count):
            base = date(year - (i + 1) // 2, 10 if i % 2 else 3, 12)
            days.append(base + timedelta(days=r.randint(0, 14)))
        return days
    span = (today - good).days
    if column.treatment == "old-by-a-day":
        newest = good - timedelta(days=1)
    elif column.treatment == "exactly":
        newest = good
    elif aged(column):
        newest = good - timedelta(days=r.randint(5, 50))
    else:
        share = 0.6 if category == "interaction" else 0.7  # letters: two months at most
        newest = today - timedelta(days=r.randint(0, max(1, int(span * share))))
    widest = 8 if column.site == "portal" else 30
    widest = {"news": 7, "notice": widest, "plan": 120, "interaction": 15}[category]
    if column.slot.slug == "jyta":
        widest = 40  # several proposals of the last year are due
    days = [newest]
    for serial in range(2, count + 1):
        gap = stream(spec.seed, "gap", column.key, serial).randint(1, widest)
        days.append(days[-1] - timedelta(days=gap))
    return days


def _path(column: Column, number: int, day: date) -> str:
    if column.template == "interaction":
        return f"{column.directory}detail.do?id={number}"
    if column.site == "portal":
        return (
            f"/ztzl/show_{number}.html"
            if column.template == "old"
            else f"/document/{day}/{number}_1.html"
        )
    if column.number % 4 == 0:
        return f"{column.directory}content_{number}.htm"
    return f"{column.directory}{day:%Y%m}/t{day:%Y%m%d}_{number}.htm"


def _article(spec: Spec, column: Column, serial: int, day: date) -> Article:
    number = (column.number + 1) * 10_000 + 5_000 - serial
    r = stream(spec.seed, "article", number)
    holder: Body = BODIES[column.holder or column.unit]
    unit: str | None = column.unit
    source: str | None = holder.name
    if column.site == "portal":
        if r.random() < 0.12 and column.template != "interaction":
            unit, source = None, r.choice(names.STRANGERS)
        else:
            writer = r.choice((*names.DEPARTMENTS, *names.TOWNS))
            unit = writer.id
            # A township's bare name (乐园, 黄金) is a common word: no program may go by it.
            aliases = () if writer in names.TOWNS else writer.aliases[:1]
            called = (writer.name, writer.name, writer.short, *aliases)
            source = r.choice(called)
            holder = writer
    title = text.title(r, column.slot.category, column.slot.name, holder.short, day)
    form = r.choice(CLEAN).name
    path = _path(column, number, day)
    return Article(
        number,
        column.site,
        column.key,
        serial,
        day,
        title,
        source,
        unit,
        path,
        column.template,
        form,
    )


def _budget_articles(spec: Spec, column: Column, plan: Plan) -> list[Article]:
    """The portal's budget column: what each party body has published."""
    today = plan.now or spec.as_of
    due = oldest_in_time("budget", spec.as_of)
    assert due is not None
    out = []
    for index, body in enumerate(PARTY):
        fate = plan.budgets.get(body.id, "")
        called = {"alias": (body.aliases or (body.short,))[0], "short": body.short}
        for year in range(due.year - 2, today.year + 1):
            day = date(year, 2, 1) + timedelta(
                days=stream(spec.seed, "budget", body.id, year).randint(0, 50)
            )
            if fate == "mended" and year == due.year:
                day = spec.as_of
            if day > today or fate == "none" or (fate == "last-year" and year == due.year):
                continue
            article = _article(spec, column, 100 * (due.year - year + 1) + index, day)
            article.title = f"{body.name}{year}年部门预算"
            article.source, article.unit = called.get(fate, body.name), body.id
            out.append(article)
    return sorted(out, key=lambda a: (a.published, a.number), reverse=True)


def _later(spec: Spec, column: Column, plan: Plan, newest: date) -> list[date]:
    """What a punctual column goes on to publish until ``plan.now``."""
    if (
        plan.now is None
        or (aged(column) or column.treatment == "exactly")
        or column.treatment in EMPTY
    ):
        return []
    category = column.slot.category
    r = stream(spec.seed, "later", column.key)
    days, day = [], max(newest, spec.as_of - timedelta(days=8))
    while True:
        if category == "standing":
            return []
        if category == "budget":
            day = date(day.year + 1, 3, 1) + timedelta(days=r.randint(0, 25))
        else:
            day += timedelta(days={"news": r.randint(3, 11), "notice": r.randint(30, 110), "plan": r.randint(100, 300)}
                             .get(category, r.randint(20, 60)))  # fmt: skip
        if day > plan.now:
            return days
        if day > spec.as_of:
            days.append(day)


EMPTY = (
    "blank-none", "blank-zero", "blank-building", "blank-empty", "absent", "absent-portal", "delegated",
    "script", "text",
)  # fmt: skip
"""Treatments of columns whose list shows nothing that can be read."""


def _arrange(spec: Spec, column: Column) -> None:
    """Bring the entries into the order in which the list shows them."""
    if "oldest-first" in column.treatment:
        column.entries.reverse()
    elif column.treatment in ("pinned", "old-pinned") and len(column.entries) > 1:
        column.entries.insert(0, column.entries.pop())


def fill(spec: Spec, plan: Plan) -> list[Column]:
    columns = lay_out(spec)
    for column in columns:
        column.treatment = plan.columns.get(column.key, "")
    weights = sum(
        WEIGHTS.get(c.slot.category, 0)
        * (8 if c.site == "portal" else 2 if c.holder == CITY else 1)
        for c in columns
    )
    scale = max(0.2, (spec.pages - 2.6 * (len(columns) - 1)) / weights)
    by_key = {c.key: c for c in columns}
    for column in columns:
        if column.slot.slug == names.BUDGET_COLUMN and column.site == "portal":
            column.entries = _budget_articles(spec, column, plan)
            continue
        if column.slot is names.ANNUAL:
            column.entries = annual.publish(spec, column, plan, _article)
            continue
        if column.treatment in EMPTY:
            continue
        days = _dates(spec, column, _count(spec, column, scale))
        days[0] = budgets.newest_on(column, spec, plan.unit_budgets) or days[0]
        later = [*plan.fresh.get(column.key, ()), *_later(spec, column, plan, days[0])]
        column.entries = [_article(spec, column, -i, d) for i, d in enumerate(sorted(later), 1)][
            ::-1
        ]
        column.entries += [_article(spec, column, i, d) for i, d in enumerate(days, 1)]
    for column in columns:
        for article in column.entries:
            form = plan.articles.get(article.number)
            if form is not None:
                dress(spec, article, FORMS[form])
        _arrange(spec, column)
    numbers = {a.number: a for c in columns for a in c.entries}
    if plan.entries:
        from tests.replica import entries

        entries.dress(numbers, plan.entries)
    taken = {*plan.articles, *plan.shared, *plan.moved, *plan.entries}
    budgets.dress(columns, spec, plan.unit_budgets, taken)
    for number, keys in plan.shared.items():
        article = numbers.get(number)
        for key in keys:
            if article is not None:
                entries = by_key[key].entries
                at = next(
                    (i for i, a in enumerate(entries) if a.published <= article.published),
                    len(entries),
                )
                entries.insert(at, article)
    return columns


def dress(spec: Spec, article: Article, form: Form) -> None:
    """Give an article its planted form."""
    article.form = form.name
    if form.title is not None:
        article.title = form.title(article.title, stream(spec.seed, "title", article.number))
    if form.source is not None:
        article.source, article.unit = None, None


class Replica:
    """One state of the two sites."""

    engaged = Engaged()
    duties = Published()
    """Nothing, of the city that lives through a year."""
    areas = Arranged()
    """Nor has that city a list of key areas."""

    def __init__(self, spec: Spec, plan: Plan) -> None:
        self.spec = spec
        self.plan = plan
        self.columns = fill(spec, plan)
        self.engaged = engage(self)
        self.duties = publish(self)
        self.areas = arrange(self)
        for number, form in plan.bare.items():
            if number in self.articles:
                self.articles[number].form = form

    @property
    def today(self) -> date:
        return self.plan.now or self.spec.as_of

    @property
    def holders(self) -> tuple[Body, ...]:
        """Who has a catalogue on the platform."""
        return (names.CITY_BODY, *names.DEPARTMENTS, *names.TOWNS)

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {c.key: c for c in self.columns}

    @cached_property
    def articles(self) -> dict[int, Article]:
        """By number, each once, in the order of the columns that own them."""
        return {a.number: a for c in self.columns for a in c.entries if a.column == c.key}

    def forget(self) -> None:
        """Reckon anew what follows from the columns' entries: they were changed."""
        for name in ("articles", "places", "newest"):
            self.__dict__.pop(name, None)

    @cached_property
    def truth(self) -> Truth:
        from tests.replica.truth import tell

        return tell(self)

    @cached_property
    def places(self) -> dict[int, int]:
        """Article number → its place in the list of its own column."""
        return {
            a.number: i for c in self.columns for i, a in enumerate(c.entries) if a.column == c.key
        }

    @cached_property
    def newest(self) -> dict[str, list[Article]]:
        """Site → its newest ordinary entries, as home pages and hot lists show them."""
        out: dict[str, list[Article]] = {}
        for site in ("portal", "platform"):
            able = (
                a
                for c in self.columns
                if c.site == site and not c.treatment and c.slot.slug not in ("mstd", "bmyjs", "gknb")
                and c.holder not in self.plan.units
                for a in c.entries[:8]
                if a.column == c.key and not a.undated and a.number not in self.plan.articles
            )  # fmt: skip
            out[site] = sorted(able, key=lambda a: (a.published, a.number), reverse=True)[:60]
        return out

    def listed_path(self, article: Article) -> str:
        """The address by which lists call it."""
        if article.number not in self.plan.moved:
            return article.path
        return article.path.replace("/document/", "/olddoc/").replace("/bmgkxx/", "/oldgk/")

    def column_of(self, unit: str) -> list[Column]:
        return [c for c in self.columns if c.holder == unit]

    def stands(self, column: Column) -> bool:
        """Whether the column's name stands in its tree."""
        return not column.treatment.startswith("absent")

    def shown_name(self, column: Column) -> str:
        if column.treatment == "variant":
            return column.slot.variants[0]
        if column.treatment == "renamed":
            return {"工作计划": "工作安排", "政务动态": "图片动态"}.get(
                column.slot.name, "其他信息"
            )
        return column.slot.name

    def with_plan(self, **changes: object) -> Replica:
        return Replica(self.spec, replace(self.plan, **changes))  # type: ignore[arg-type]


def generate(spec: Spec) -> Replica:
    """The replica of ``spec``, with its problems and traps planted."""
    from tests.replica.plants import draw

    return Replica(spec, draw(spec))
