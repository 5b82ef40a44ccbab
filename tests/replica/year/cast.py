"""Who lives through the year: units with habits, their columns, and what goes wrong when.

Pure data. The state of the sites (``state``), the truth (``truth``) and the configuration
(``office``) are all made from it and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.replica.names import BODIES, CITY_BODY, Body, Cadence, Slot

YEAR = 2018
OPENS = date(YEAR, 1, 1)
OPERATOR = "xxb"
OFFICE = "zfb"
DOWN = (date(2018, 5, 14), date(2018, 5, 15))
"""On these days both sites reset every connection."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How a unit mends what it has been told of by mail."""

    name: str
    reminded: int | None = None
    """So many working days after the mail that named it; ``None``: no mail moves the unit."""
    circular: int | None = None
    """So many working days after a circular that named it."""
    reformed: int | None = None
    """``reminded`` once a circular has named the unit."""


PUNCTUAL = Habit("punctual", 2, 1, 2)
TARDY = Habit("late until reminded", 6, 3, 6)
SLOW = Habit("mends after the deadline", 17, 3, 17)
NEGLIGENT = Habit("negligent")
SHAMED = Habit("improves after a circular", None, 4, 3)


@dataclass(frozen=True, slots=True)
class Resident:
    """A unit of the cast."""

    body: Body
    habit: Habit
    since: date | None = None
    """The day on which it was founded."""
    until: date | None = None
    """Its last day."""
    heirs: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.body.id

    def stands(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


def _who(unit: str, habit: Habit, **when: object) -> Resident:
    return Resident(BODIES[unit], habit, **when)  # type: ignore[arg-type]


RESIDENTS: tuple[Resident, ...] = (
    _who("zfb", PUNCTUAL),
    _who("xxb", PUNCTUAL),
    _who("czj", PUNCTUAL),
    _who("mzj", TARDY),
    _who("wjw", SLOW),
    _who("jtj", NEGLIGENT),
    _who("rsj", SHAMED),
    _who("hbj", TARDY, until=date(2018, 6, 30), heirs=("sthjj",)),
    _who("sthjj", TARDY, since=date(2018, 7, 1)),
    _who("wgxj", TARDY, until=date(2018, 9, 30), heirs=("wglj",)),
    _who("lfw", SLOW, until=date(2018, 9, 30), heirs=("wglj",)),
    _who("wglj", PUNCTUAL, since=date(2018, 10, 1)),
    _who("swb", PUNCTUAL),
    _who("jw", TARDY),
    _who("pcjd", PUNCTUAL),
    _who("mtz", TARDY),
    _who("byz", NEGLIGENT),
    _who("hgz", SHAMED),
    _who("gfz", TARDY),
)
UNITS = {r.id: r for r in RESIDENTS}
GROUPS = ("department", "party", "town")

CADENCES = {
    c.id: c
    for c in (
        Cadence("news", "动态要闻", days=30),
        Cadence("notice", "通知公告与政策", months=6),
        Cadence("plan", "人事规划", months=12),
        Cadence("budget", "预决算", yearly_by="04-30"),
        Cadence("standing", "概况"),
    )
}

BUDGETS = "bmyjs"


def _catalogue(intro: str, documents: str) -> tuple[Slot, ...]:
    return (
        Slot("jj", intro, "概况信息", "gkxx", "standing"),
        Slot("wj", documents, "法规文件", "fgwj", "notice"),
        Slot("gzjh", "工作计划", "发展规划", "fzgh", "plan"),
        Slot("zwdt", "政务动态", "工作动态", "gzdt", "news"),
        Slot("czyjs", "财政预决算", "财经类信息", "cjxx", "budget"),
    )


CATALOGUES: dict[str, tuple[str, tuple[Slot, ...]]] = {
    "city": (
        "市本级目录",
        (
            Slot("bjzfjs", "本级政府介绍", "概况信息", "gkxx", "standing"),
            Slot("zfwj", "政府文件", "法规文件", "fgwj", "notice"),
            Slot("zwdt", "政务动态", "工作动态", "gzdt", "news"),
        ),
    ),
    "department": ("政府部门目录", _catalogue("部门介绍", "其他有关文件")),
    "town": ("乡镇场街道目录", _catalogue("本级政府介绍", "部门文件")),
}
PORTAL: tuple[Slot, ...] = (
    Slot("zcfg", "政策法规", None, "zhengwugongkai/zhengcefagui", "notice"),
    Slot("zfwj", "政府文件", None, "zhengwugongkai/zhengfuwenjian", "notice"),
    Slot("rsxx", "人事信息", None, "zhengwugongkai/renshixinxi", "plan", unit="rsj"),
    Slot("ggfw", "公共服务", None, "zhengwugongkai/gonggongfuwu", "notice"),
    Slot("zcjd", "政策解读", None, "zhengwugongkai/zhengcejiedu", "notice"),
    Slot(BUDGETS, "部门预决算", None, "zhuantizhuanlan/bumenyujuesuan", "budget"),
)
WRITERS = ("zfb", "xxb", "czj", "mzj", "rsj", "mtz")
"""Units that write for the portal: none that ends in the year."""


def holders(day: date) -> tuple[Body, ...]:
    """Who has a catalogue on the platform on a day."""
    return (
        CITY_BODY,
        *(r.body for r in RESIDENTS if r.body.group in CATALOGUES and r.stands(day)),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, once. ``where``: a column's key, or a party body for its budget."""

    id: str
    kind: str
    """``stop`` (the column publishes nothing more), ``blank``, ``absent``, ``budget``, ``accounts`` or
    the name of a form (``forms.FORMS``) in which one entry is published on ``begins``."""
    unit: str | None
    """Who answers for it; ``None``: nobody can be named."""
    where: str
    begins: date


def _day(text: str) -> date:
    month, day = text.split("-")
    return date(YEAR, int(month), int(day))


def _plot(table: str) -> tuple[Fault, ...]:
    """``unit column kind day``; ``+`` before the day: before the year began."""
    out = []
    for index, line in enumerate(table.strip().splitlines()):
        unit, column, kind, day = line.split()
        if column == "-":
            where = unit
        elif column.startswith("portal/"):
            where = column
        else:
            where = f"platform/{unit}.{column}"
        begins = OPENS if day == "start" else _day(day)
        out.append(Fault(f"f{index:02d}", kind, None if unit == "?" else unit, where, begins))
    return tuple(out)


PLOT = _plot(
    """
czj wj title-double 02-06
czj zwdt link-404 08-14
mzj zwdt stop start
mzj czyjs stop start
mzj wj word-class 03-20
mzj zwdt stop 06-12
mzj zwdt stop 10-09
mzj jj absent 07-10
wjw gzjh blank start
wjw zwdt stop 03-01
wjw wj file-404 05-22
wjw zwdt garbled-body 09-18
jtj jj absent start
jtj zwdt stop start
jtj wj link-404 02-13
jtj czyjs stop start
jtj wj mixed-hand 06-05
jtj wj title-cut 10-16
rsj zwdt stop start
rsj gzjh blank start
rsj wj half-marks 05-08
rsj zwdt stop 09-04
hbj zwdt stop start
hbj wj link-404 03-06
hbj jj absent 05-29
hbj wj word-tag 06-26
sthjj wj title-double 08-07
sthjj zwdt stop 08-21
wgxj zwdt stop 02-01
wgxj wj garbled-body 08-28
lfw gzjh blank start
lfw zwdt stop 06-20
lfw wj link-404 09-11
wglj wj half-marks 11-06
jw - budget start
swb - accounts start
pcjd wj empty-br 04-10
mtz zwdt stop start
mtz wj link-410 04-24
mtz zwdt stop 08-01
mtz czyjs stop start
byz zwdt stop start
byz gzjh blank start
byz jj absent start
byz wj word-tag 03-13
byz czyjs stop start
byz wj file-html 07-17
hgz zwdt stop 01-10
hgz gzjh absent start
hgz wj title-scattered 06-26
hgz zwdt stop 10-23
gfz zwdt stop start
gfz zwdt stop 05-10
gfz zwdt stop 08-30
gfz wj br-in-one 05-15
gfz wj link-404 11-13
zfb portal/zfwj title-double 04-17
xxb portal/ggfw link-404 06-19
mzj portal/zcjd half-marks 07-24
rsj portal/zcfg link-404 03-27
? portal/zcjd source-empty 05-29
"""
)
FAULTS = {f.id: f for f in PLOT}
