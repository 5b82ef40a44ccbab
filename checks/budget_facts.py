"""Budgets and final accounts of departments: what a title announces, and the case of one unit.

A budget is published for its own year, final accounts for the year before. Titles that clear are
read loosely, titles that accuse strictly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from checks.attribution import normalise
from checks.facts import DateState, Entry, Fetched, Unverified
from checks.model import Subject
from checks.proof import day_of_year
from config.schema import ExpectedColumn

MOST_TITLE = 200
"""Letters of a title that are looked at."""
MONTH_DAY = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8])"
)
"""``MM-DD``, a day of every year."""

_CHINESE_DIGITS = str.maketrans("〇○零Ｏ一二三四五六七八九", "0000123456789")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEAR_WORDS = re.compile(r"(?:19|20)\d\d(?:年度|年)?")
_CHINESE_YEAR = re.compile(r"二[〇○零o]一?[一二三四五六七八九〇○零]{1,2}年度?")
_DUTY = re.compile(r"(?:部门|单位)?(?:预决算|预算|决算)")
_TAIL = re.compile(
    r"(?:公开|公示|公告|信息|情况|说明|编制|报告|报表|表|文本|目录|及|和|与|的|年度|三公|经费"
    r"|预算|决算|[\"'“”‘’()（）《》、])*"
)
_LOOSE = re.compile(r"收支|财政信息|部门.{0,6}公开")
_ABOUT_ALL = re.compile(r"各部门|各单位|各乡|各镇|市直|县直|区直|全市|全县|全区|汇总|集中公开|一览")
_APPROVED = (
    re.compile(
        r"(?<!\d)((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日"
        r"(?P<said>(?:(?!\d{1,2}月\d{1,2}日)[^。；;\n]){0,60}?批复(?!(?:的|之)?[日后])[^。；;，,\n]{0,30})"
    ),
    re.compile(
        r"(?P<said>)批复(?:日期|时间)[为是:：]?\s?((?:19|20)\d\d)[年\-.](\d{1,2})[月\-.](\d{1,2})"
    ),
)
_OF_BUDGETS = re.compile(r"预算|决算")
"""What an approval must speak of: others approve plots of land, projects and their money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One budget or one year's final accounts."""

    kind: str
    """预算 or 决算."""
    fiscal: int
    year: int
    """The year in which it is published."""
    due: date
    """The last day, slack included."""

    @property
    def what(self) -> str:
        """Its identity among a unit's findings."""
        return f"{self.kind} {self.fiscal}"

    @property
    def words(self) -> str:
        return f"{self.fiscal}年部门{self.kind}"


_COLUMN = re.compile(r"预算|决算|三公")
_BOTH = re.compile(r"预[(、/和及与]{1,2}决\)?算|决[(、/和及与]{1,2}预\)?算|预算(?:和|及|与|、)决算")
_ABOUT = re.compile(
    r"(?:预算|决算)(?:的)?(?:执行|绩效|调整|评审|管理|编制(?!(?:情况)?(?:的)?(?:说明|公开))|布置|会议|工作|审查|法|培训|草案)"
)
"""What speaks of a budget and is none. 2018年部门预算编制说明 is the published budget itself."""


def spelled(title: str) -> str:
    """A title as it is compared: NFKC, no blanks, 预（决）算 as 预决算; its first letters only."""
    plain = "".join(unicodedata.normalize("NFKC", title[:MOST_TITLE]).split())
    return _BOTH.sub("预决算", plain)


def speaks_only_about(title: str, kind: str) -> bool:
    """Wherever the title says 预算 (决算) it is how one is made or carried out, not the thing itself:
    2018年预算执行情况."""
    plain = spelled(title)
    rest = _ABOUT.sub("", plain)
    return kind in plain and kind not in rest and "预决算" not in rest


def is_budget_column(column: ExpectedColumn) -> bool:
    """A column of such a name holds budgets."""
    return any(_COLUMN.search(spelled(name)) for name in (column.name, *column.variants))


def terms(params: Mapping[str, object], first: int, last: int) -> Iterator[Term]:
    """What is published in the years ``first`` to ``last``."""
    slack = timedelta(days=int(str(params["slack_days"])))
    for year in range(first, last + 1):
        for kind, lag, by in (("预算", 0, "budget_by"), ("决算", 1, "accounts_by")):
            due = day_of_year(year, str(params[by])) + slack
            yield Term(kind=kind, fiscal=year - lag, year=year, due=due)


def meets(entry: Entry, kind: str, fiscal: int, year: int) -> bool | None:
    """Whether an entry is the budget (accounts) of the fiscal year; ``None``: it may be."""
    title = spelled(entry.title)
    if (kind not in title and "预决算" not in title) or speaks_only_about(title, kind):
        return False
    years = {int(y) for y in _YEAR.findall(title.translate(_CHINESE_DIGITS))}
    if years:
        on = entry.published
        if kind == "决算" and "预决算" not in title:
            # 2018年部门决算 of before 2019 can only be the accounts of 2017, called by the year in
            # which they came out.
            if fiscal in years:
                return True if on is None or on.year > fiscal else None
            return None if year in years and (on is None or on.year <= year) else False
        # 2018年部门预决算 holds the budget of 2018 and the accounts of 2017, or those of one year.
        return fiscal in years or ("预决算" in title and year in years)
    if entry.published is not None:
        return entry.published.year == year
    return None if entry.date_state is not DateState.ABSENT else False


def may_be(entry: Entry, term: Term) -> bool:
    """Whether an entry in a budget column may be it though it says neither 预算 nor 决算:
    2018年部门收支情况公开."""
    title = spelled(entry.title)
    if "预算" in title or "决算" in title or _LOOSE.search(title) is None:
        return False
    years = {int(y) for y in _YEAR.findall(title.translate(_CHINESE_DIGITS))}
    if years:
        return bool({term.fiscal, term.year} & years)
    return entry.published is None or entry.published.year == term.year


def head_of(title: str) -> str | None:
    """Whose budget a title announces as it says (empty: it says nobody's); ``None``: it is not
    surely the publication of a budget (budget meetings, how a budget is carried out …)."""
    written = _CHINESE_YEAR.sub("", normalise(spelled(title)))
    plain = normalise(_YEAR_WORDS.sub("", written))
    found = _DUTY.search(plain)
    if found is None:
        return None
    tail = plain[found.end() :]
    said = found[0].startswith(("部门", "单位")) or "公开" in tail or "公示" in tail
    if not said or _TAIL.fullmatch(tail) is None:
        return None
    return plain[: found.start()].removeprefix("关于").rstrip("的关于")


def speaks_of_all(title: str, head: str) -> bool:
    """A title that may hold the budgets of many: 市直各部门2018年预算公开, 2018年部门预算公开."""
    return not head or _ABOUT_ALL.search(title[:MOST_TITLE]) is not None


def approval_in(text: str) -> date | None:
    """The day on which the finance office approved, as a text tells it; ``None``: not told, or two
    days are."""
    days = set()
    for pattern in _APPROVED:
        for found in pattern.finditer(text[:20_000]):
            before = re.split("[。；;\n]", text[max(0, found.start() - 30) : found.start()])[-1]
            if found["said"] and _OF_BUDGETS.search(before + found["said"]) is None:
                continue
            numbers = [int(n) for n in found.groups() if n and n.isdigit()]
            try:
                days.add(date(*numbers))
            except ValueError:
                continue
    return days.pop() if len(days) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What announces the unit's budget outside the budget columns."""

    entry: Entry
    place: str
    """The column's path, or the site's name."""
    sure: bool
    """Its title says surely that it is the publication itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the page of one budget shows, its attachments included."""

    text: str
    """Body, names of attachments and their text, as far as they were read."""
    unread: Unverified | None = None
    """What of it could not be read."""


MOST_TEXT = 1_000_000
TABLES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "预算": {
        "收支总体情况表": re.compile(r"(?<!拨款)收支(?:预算)?总|部门收支|收入支出(?:预算)?总"),
        "收入总体情况表": re.compile(r"收入(?:预算)?(?:总|表|情况)"),
        "支出总体情况表": re.compile(
            r"(?<!本)(?<!公共预算)(?<!基金预算)(?<!拨款)支出(?:预算)?(?:总|表|情况)"
        ),
        "财政拨款收支总体情况表": re.compile(r"财政拨款(?:预算)?(?:收支|收入支出)"),
        "一般公共预算支出情况表": re.compile(r"一般公共预算(?:财政拨款)?(?:当年拨款)?支出"),
        "一般公共预算基本支出情况表": re.compile(r"基本支出"),
        "一般公共预算“三公”经费支出情况表": re.compile(r"三公"),
        "政府性基金预算支出情况表": re.compile(r"政府性基金"),
    },
    "决算": {
        "收支总体情况表": re.compile(r"收支|收入支出"),
        "“三公”经费支出情况表": re.compile(r"三公"),
    },
}
"""By kind: the tables, and the words that show one; loose, for what lacks them is accused."""


def lacking(kind: str, text: str) -> list[str]:
    """The tables that a text does not show."""
    plain = "".join(unicodedata.normalize("NFKC", text[:MOST_TEXT]).split())
    return [name for name, shown in TABLES[kind].items() if shown.search(plain) is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetCase:
    """One unit with what stands of its budgets and accounts."""

    subject: Subject
    places: tuple[str, ...]
    """The paths of the budget columns that were looked at."""
    entries: tuple[Entry, ...]
    """In them: its own column's, and in those of all units those that name it."""
    collective: tuple[Entry, ...] = ()
    """In columns of all units: those that may hold its budget among others', or name it otherwise."""
    elsewhere: tuple[Elsewhere, ...] = ()
    gap: Unverified | None = None
    """Why not all of the columns are known."""
    unknown: tuple[Entry, ...] = ()
    """In columns of all units: what names nobody that is known."""
    since: date | None = None
    """The day on which the unit was founded; ``None``: not known, long ago."""
    approved: Mapping[tuple[str, int], date] = field(default_factory=dict)
    """By kind and fiscal year, as registered."""
    told: Mapping[str, date] = field(default_factory=dict)
    """By entry's address: the approval that its page tells."""
    published: Mapping[str, Published] = field(default_factory=dict)
    """By entry's address: what its page shows."""
    fetched: Fetched | None = None

    def owes(self, term: Term) -> bool:
        """It was there when the fiscal year began."""
        return self.since is None or self.since <= date(term.fiscal, 1, 1)

    def found(self, term: Term) -> list[Entry]:
        return [e for e in self.entries if meets(e, term.kind, term.fiscal, term.year) is True]

    def maybe(self, term: Term) -> bool:
        """Something in the columns may be it."""
        return any(
            meets(e, term.kind, term.fiscal, term.year) is None or may_be(e, term)
            for e in self.entries
        ) or any(meets(e, term.kind, term.fiscal, term.year) is not False for e in self.collective)

    def of_nobody(self, term: Term) -> list[Entry]:
        """What may be it, under a name that is not known."""
        return [e for e in self.unknown if meets(e, term.kind, term.fiscal, term.year) is not False]

    def outside(self, term: Term) -> list[Elsewhere]:
        return [
            e for e in self.elsewhere if meets(e.entry, term.kind, term.fiscal, term.year) is True
        ]
