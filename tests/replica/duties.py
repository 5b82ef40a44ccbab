"""Periodic duties of the replica: entries that are there anyway take the titles by which duties are met.

A conforming city has published every period that is due, on time or late, in one place or another, two
quarters in one title. Of a city with plants two are missing, one of them of a unit that was only
inferred. Which entries are dressed depends on the state's first day only. A duty for which the draw has
no columns or entries is not in the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.replica.engage import free_entries

if TYPE_CHECKING:
    from tests.replica.site import Article, Column, Replica
    from tests.replica.truth import TruthFinding

QUARTER_DAYS, YEAR_DAYS = 45, 120
PORTAL = ("cjxx", "xwfb", "zbcg", "hjbh", "zcfg")
"""Portal columns of which the first ordinary one is another place of a duty."""


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    """``{this}`` and ``{last}``: the quarter due last and the one before it, in words; ``{year}``: the
    year before; ``{other}``: the quarter due last, of the year before."""
    at: str = "zw"
    """``zw``: the unit's 政务动态, ``portal``: the portal's column."""
    after: str = "last"
    """Published after the end of ``this`` or ``last`` quarter."""
    late: bool = False
    """After the day on which the yearly duty was due."""


@dataclass(frozen=True, slots=True)
class _Planned:
    id: str
    title: str
    words: tuple[tuple[str, ...], ...]
    entries: tuple[_Title, ...]
    """What is published of it in any city."""
    missing: tuple[_Title, ...] = ()
    """What is published of it in a conforming one only."""
    every: str = "quarter"
    more: tuple[tuple[str, Any], ...] = ()
    note: str = ""
    state: str = "met"
    """Of the newest period that is due, in a conforming city; late counts as met."""


_PLANNED = (
    _Planned(
        "caizheng", "财政收支情况", (("财政",), ("收支",)),
        (_Title("{last}财政收支情况", at="portal"), _Title("全市{this}财政收支情况", after="this")),
    ),
    _Planned(
        "xiaofei", "消费市场运行情况", (("消费市场",),),
        (_Title("{last}、{this}消费市场运行情况分析", after="this"),),
    ),
    _Planned(
        "gongbao", "统计公报", (("统计公报",),),
        (_Title("瑞昌市{year}年统计公报", late=True),), every="year",
    ),
    _Planned(
        "chengshi-dibao", "城市低保资金发放", (("城市低保",),),
        (
            _Title("{last}城市低保资金发放情况"),
            _Title("{other}城市低保资金发放情况", after="this"),
            _Title("{this}农村低保资金发放情况", after="this"),
        ),
        (_Title("{this}城市低保资金发放情况", after="this"),),
        note="the same quarter of another year, another duty of the same quarter",
    ),
    _Planned(
        "tousu", "投诉举报情况", (("投诉举报",),),
        (_Title("{last}投诉举报情况"),), (_Title("{this}投诉举报情况", after="this"),),
        more=(("unconfirmed", True),), note="whose duty it is was inferred",
    ),
    _Planned(
        "guer", "孤儿生活费发放", (("孤儿",),),
        (_Title("{last}孤儿生活费发放情况"), _Title("孤儿生活费发放公示", after="this")),
        state="unverified",
    ),
    _Planned(
        "shehui-jiuzhu", "特困供养金发放", (("特困",),),
        (_Title("{last}特困供养金发放情况"), _Title("{this}社会救助资金发放公示", after="this")),
        more=(("maybe", [{"words": [["社会救助"]]}]),), state="unverified",
    ),
    _Planned(
        "fuwu-rexian", "服务热线统计", (("服务热线",),), (), more=(("outside", "https://www.gov.cn/"),),
        state="not_applicable",
    ),
)  # fmt: skip
"""Traps: one in another of its places, two quarters in one title, one late, one whose title names no
period, one that something wider may hold, one that stands elsewhere by rule; and below one of which a
column could not be read."""
_UNREAD = "diaokong"


@dataclass(slots=True)
class Published:
    document: list[dict[str, Any]] = field(default_factory=list)
    """``duties`` of ``duties.yaml``."""
    truth: list[TruthFinding] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    """Duty → state of its newest period that is due (``reports.duties.DutyState``)."""


def publish(replica: Replica) -> Published:
    """Dress the entries (their titles are changed in place), and tell the duties and the truth."""
    made = Published()
    day = replica.spec.as_of
    this = _last_due(day)
    last = (this[0] - 1, 4) if this[1] == 1 else (this[0], this[1] - 1)
    words = {
        "this": _words(this), "last": _words(last), "other": _words((this[0] - 1, this[1])),
        "year": str(day.year - 1),
    }  # fmt: skip
    ends = {"this": _end(this), "last": _end(last), "year": date(day.year - 1, 12, 31)}
    plan = replica.plan
    taken = {*plan.entries, *(int(v.partition(":")[2] or 0) for v in plan.entries.values())}
    taken |= {*replica.engaged.letters, *replica.engaged.texts}
    portal = _portal(replica)
    units = _units(replica)
    for planned in _PLANNED:
        unit = next(units, None)
        if unit is None or portal is None:
            break
        holds = replica.spec.plants and planned.missing
        wanted = planned.entries if holds else (*planned.entries, *planned.missing)
        own = replica.by_key[f"platform/{unit}.zwdt"]
        chosen: list[tuple[Article, str]] = []
        for title in wanted:
            column = portal if title.at == "portal" else own
            since = ends["year"] + timedelta(days=YEAR_DAYS) if title.late else ends[title.after]
            article = next(
                (
                    a
                    for a in reversed(free_entries(replica, column))
                    if a.published > since and a.number not in taken
                ),
                None,
            )
            if article is None:
                break
            taken.add(article.number)
            chosen.append((article, title.text.format(**words)))
        if len(chosen) < len(wanted):
            continue
        for article, text in chosen:
            article.title = text
        made.document.append(_duty(planned, unit, [f"platform/{unit}.zw*", portal.key]))
        made.states[planned.id] = "missing" if holds else planned.state
        if holds:
            made.truth.append(_told(planned, unit, words["this"]))
    unread = next(
        (c for c in replica.columns if c.holder and c.treatment in ("script", "server-error")), None
    )
    if unread is not None and unread.holder:
        trap = _Planned(_UNREAD, "物价监测情况", (("物价监测",),), ())
        made.document.append(_duty(trap, unread.holder, [f"platform/{unread.holder}.*"]))
        made.states[_UNREAD] = "unverified"
    return made


def _portal(replica: Replica) -> Column | None:
    columns = (replica.by_key[f"portal/{slug}"] for slug in PORTAL)
    return next((c for c in columns if not c.treatment), None)


def _units(replica: Replica) -> Iterator[str]:
    """Departments whose 政务动态 is ordinary."""
    from tests.replica import names

    for body in names.DEPARTMENTS:
        column = replica.by_key[f"platform/{body.id}.zwdt"]
        spoken_for = body.id in replica.plan.units or body.id in replica.plan.unit_budgets
        if not column.treatment and not spoken_for:
            yield body.id


def _duty(planned: _Planned, unit: str, places: list[str]) -> dict[str, Any]:
    return {
        "id": planned.id,
        "title": planned.title,
        "unit": unit,
        "every": planned.every,
        "due_days": YEAR_DAYS if planned.every == "year" else QUARTER_DAYS,
        "words": [list(group) for group in planned.words],
        "places": places,
        "basis": "仿真站点的设置",
        **dict(planned.more),
    }


def _told(planned: _Planned, unit: str, quarter: str) -> TruthFinding:
    from tests.replica.truth import TruthFinding

    return TruthFinding(
        rule="missing-periodic",
        unit=unit,
        site="platform",
        subject=f"unit:duty.{planned.id}",
        what_contains=quarter,
        note=planned.note,
        suspected="unconfirmed" in dict(planned.more),
    )


def _last_due(day: date) -> tuple[int, int]:
    """The newest quarter whose last day to publish has passed."""
    year, number = day.year, 4
    while _end((year, number)) + timedelta(days=QUARTER_DAYS) >= day:
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
    return year, number


def _end(quarter: tuple[int, int]) -> date:
    year, number = quarter
    return date(year + number // 4, number % 4 * 3 + 1, 1) - timedelta(days=1)


def _words(quarter: tuple[int, int]) -> str:
    return f"{quarter[0]}年{'一二三四'[quarter[1] - 1]}季度"


def truth(replica: Replica) -> Iterator[TruthFinding]:
    yield from replica.duties.truth
