"""What people answer for the conditions of a standard of sites: taken in, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from config.indicators import Condition, Indicator, Part, PartKind, condition_id
from config.loader import standard_names
from config.problems import nearest
from config.schema import Site, Standard
from services.availability import find_site
from services.workspace import UsageError, Workspace, shanghai_day
from storage import answers

HOLDS_DAYS = 92
"""An answer holds for about a quarter where nothing else is said: how often the province looks."""
WORDS = {"有": 1, "无": 0, "是": 1, "否": 0, "yes": 1, "no": 0}
TAKEN_BACK = "收回"
MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One condition in its table."""

    part: Part
    indicator: Indicator
    condition: Condition

    @property
    def called(self) -> str:
        return condition_id(self.indicator, self.condition)

    def applies(self, site: Site) -> bool:
        kinds = self.part.sites if self.indicator.sites is None else self.indicator.sites
        return site.kind.value in kinds and site.kind.value in self.part.sites


def places(standard: Standard) -> Iterator[Place]:
    """Every condition of a standard, in its order."""
    parts = {p.id: p for p in standard.parts}
    for indicator in standard.indicators:
        for condition in indicator.conditions:
            yield Place(part=parts[indicator.part], indicator=indicator, condition=condition)


def answer(
    ws: Workspace,
    what: str,
    said: str,
    *,
    standard_name: str | None = None,
    site_name: str | None = None,
    note: str = "",
    until: date | None = None,
    points: str | None = None,
) -> tuple[Standard, Place, Site, answers.Answer]:
    """Keep a person's answer. Raises ``UsageError`` for what cannot be understood."""
    standard, place = _find(ws, what, standard_name)
    site = _site(ws, place, site_name)
    count = _count(said)
    now = ws.now()
    today = shanghai_day(now)
    last = until if until is not None else today + timedelta(days=HOLDS_DAYS)
    if last < today:
        raise UsageError(f"有效期 {last} 已经过去：请写今天或以后的日期")
    if len(note) > 2000:
        raise UsageError("说明太长：请写在 2000 字以内")
    _must_fit(place, count, points)
    given = answers.Answer(
        standard=standard.id,
        condition=place.called,
        site_id=site.id,
        count=count,
        points=_points(points, place, count),
        note=note.strip(),
        valid_from=today,
        valid_to=last,
        actor=ws.actor,
        recorded_at=now,
    )
    answers.add(ws.engine, [given])
    return standard, place, site, given


def _find(ws: Workspace, what: str, name: str | None) -> tuple[Standard, Place]:
    names = [name] if name is not None else standard_names(ws.settings.standards)
    tables = [s for s in map(ws.standard, names) if s.subject == "site"]
    if not tables:
        raise UsageError(f"检查标准 {name} 不是以网站为对象的，没有要人回答的条目")
    found = [(s, p) for s in tables for p in places(s) if what in (p.called, p.indicator.id)]
    exact = [(s, p) for s, p in found if p.called == what]
    found = exact or found
    held = list(dict.fromkeys(s.id for s, _ in found))
    if len(held) > 1:
        raise UsageError(f"“{what}”在几个检查标准里都有：请用 --standard 写明 {'、'.join(held)}")
    if len(found) > 1:
        listed = "、".join(p.called for _, p in found)
        raise UsageError(f"指标“{what}”有几个条目，请写明是哪一个：{listed}")
    if not found:
        guess = nearest(what, [p.called for s in tables for p in places(s)])
        remedy = f"是不是 {guess}？" if guess else "用 xunjian checklist 查看编号"
        raise UsageError(f"没有条目“{what}”：{remedy}")
    return found[0]


def _site(ws: Workspace, place: Place, name: str | None) -> Site:
    if name is not None:
        site = find_site(ws, name)
        if site is None:
            raise UsageError(f"没有站点“{name}”：用 xunjian lists sites 查看")
        if not place.applies(site):
            raise UsageError(f"条目“{place.called}”不适用于站点“{site.name}”")
        return site
    fitting = [s for s in ws.config.enabled_sites if place.applies(s)]
    if len(fitting) != 1:
        listed = "、".join(s.id for s in fitting) or "无"
        raise UsageError(f"请用 --site 写明站点，条目“{place.called}”适用的有：{listed}")
    return fitting[0]


def _count(said: str) -> int | None:
    text = said.strip().lower()
    if text == TAKEN_BACK:
        return None
    if text in WORDS:
        return WORDS[text]
    if text.isascii() and text.isdigit() and int(text) <= MOST:
        return int(text)
    raise UsageError(
        f"“{said}”不是答案：请写 有、无，或者个数（0 到 {MOST}）；收回以前的答案写 {TAKEN_BACK}"
    )


def _must_fit(place: Place, count: int | None, points: str | None) -> None:
    """What is answered in a bonus part is its points: no more than there are."""
    most, each = place.indicator.points, place.condition.points
    if place.part.kind is not PartKind.BONUS or points is not None or not count:
        return
    if most is not None and each is not None and count * each > most:
        raise UsageError(
            f"“{place.indicator.title}”最多加 {most.normalize():f} 分：请写 0 到 {int(most / each)} 的整数"
        )


def _points(text: str | None, place: Place, count: int | None) -> int | None:
    """Points that a person sets for the whole condition, in hundredths."""
    if text is None:
        return None
    if place.condition.points is None:
        raise UsageError("单项否决没有分值，请去掉 --points")
    if not count:
        raise UsageError("答“无”的没有分值可写，请去掉 --points")
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise UsageError(f"分值“{text}”写法不对：请写成 2 或 2.5") from None
    hundredths = value * 100
    if (
        not value.is_finite()
        or not 0 < value <= 1000
        or hundredths != hundredths.to_integral_value()
    ):
        raise UsageError(f"分值“{text}”写法不对：请写大于 0、最多两位小数的数")
    most = place.indicator.points
    if most is not None and value > most:
        raise UsageError(
            f"“{place.indicator.title}”的分值是 {most.normalize():f} 分，不能写成 {value.normalize():f} 分"
        )
    return int(hundredths)
