"""The official table of a standard, filled in: on screen and for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rich.console import Console

from config.indicators import MEASURES, Condition, CountBy, Indicator, condition_id
from config.schema import Standard
from reports.machine import Shape, calendar, instant, points, shape
from reports.sheet import SHANGHAI, Sheet, day, moment
from reports.tables import table
from scorecards.score import points_text
from scorecards.site_card import (
    ConditionLine,
    IndicatorLine,
    PartLine,
    SiteCard,
    SiteFacts,
    State,
    Verdict,
)

STALE = 35
"""Days after which a scan is called old."""
PLACES = 3
"""Places listed on screen for a condition; JSON and CSV have all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A finding, as the table points at it."""

    fingerprint: str
    short_id: str
    rule_id: str
    rule_title: str
    scope: str
    subject_key: str
    subject_title: str
    unit_short: str
    message: str
    url: str | None
    suspected: bool
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAudit:
    name: str
    url: str
    kind_label: str
    card: SiteCard
    facts: SiteFacts
    places: Mapping[str, Place]
    """By fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """One stored scan under a standard whose subject is the site."""

    standard: Standard
    day: date
    """The day that it is asked for: answers and probes are taken as they stand on it."""
    scan_id: int
    scan_kind: str
    as_of: datetime
    """The instant that freshness is judged at: the scan's."""
    measured_from: datetime | None
    measured_to: datetime | None
    sites: tuple[SiteAudit, ...]
    trial_run: bool = False

    def lines(self, site: SiteAudit) -> Iterator[tuple[PartLine, IndicatorLine, Indicator]]:
        known = {x.id: x for x in self.standard.indicators}
        for part in site.card.parts:
            for line in part.indicators:
                yield part, line, known[line.id]


_STYLES = {
    State.OK: "green",
    State.FOUND: "bold red",
    State.UNVERIFIED: "yellow",
    State.PERSON: "yellow",
    State.WATCH: "yellow",
    State.NOT_APPLICABLE: "dim",
}
_VERDICTS = {
    Verdict.FAILED: "bold red",
    Verdict.PASSED: "bold green",
    Verdict.PENDING: "bold yellow",
}
DOUBT = "未确认"


def print_audit(out: Console, view: AuditView) -> None:
    """Every site, indicator by indicator."""
    sheet = Sheet(out)
    sheet.line((view.standard.title, "bold"), f"  {view.standard.id}")
    sheet.text(
        f"截至 {day(view.day)}；依据第 {view.scan_id} 次检测（{view.scan_kind}，{moment(view.as_of)}），"
        f"内容读于 {moment(view.measured_from)} 至 {moment(view.measured_to)}"
    )
    behind = (view.day - day_of(view.as_of)).days
    if behind > STALE:
        sheet.text(f"检测已是 {behind} 天前，结果可能过时：请先 xunjian scan", style="yellow")
    if view.trial_run:
        sheet.text("试运行：仅供查看，不计入考评", style="yellow")
    for site in view.sites:
        _print_site(sheet, view, site)


def day_of(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _print_site(sheet: Sheet, view: AuditView, site: SiteAudit) -> None:
    card = site.card
    sheet.heading(f"{site.name}  {site.kind_label}", site.url)
    sheet.line((card.words, _VERDICTS[card.verdict]))
    for words in score_words(card):
        sheet.text(words)
    if card.media:
        sheet.text(f"政务新媒体：{card.media}")
    known = {x.id: x for x in view.standard.indicators}
    for part in card.parts:
        sheet.gap()
        sheet.line((part_words(part), "bold"))
        if not part.applies:
            continue
        if part.kind == "bonus" and (why := why_not_counted(card, part)):
            sheet.text(why, style="yellow")
        for line in part.indicators:
            _print_indicator(sheet, site, part, line, known[line.id])


def _print_indicator(
    sheet: Sheet, site: SiteAudit, part: PartLine, line: IndicatorLine, indicator: Indicator
) -> None:
    head = f"{line.group} - {line.title}" if line.group != line.title else line.title
    sheet.line(
        (head, "bold"),
        "  ",
        (state_words(part, line), _STYLES[line.state]),
        f"  {amount_words(part, line)}",
    )
    specs = {c.id: c for c in indicator.conditions}
    for c in line.conditions:
        spec = specs[c.id]
        sheet.text(
            f"{spec.title}：{state_words(part, c)}{reckoning(part, c, spec)}"
            + (f"（{c.reason}）" if c.reason else ""),
            indent=2,
            label="· ",
            style=_STYLES[c.state],
        )
        if c.answer is not None:
            sheet.text(answer_words(c), indent=4, style="dim")
        listed = [*c.places, *c.candidates]
        for mark in listed[:PLACES]:
            place = site.places.get(mark)
            if place is not None:
                doubt = "疑似  " if mark in c.candidates else ""
                sheet.text(
                    f"{doubt}{place.unit_short}  {place.subject_title}：{place.message}",
                    indent=4,
                    label=f"{place.short_id}  ",
                    style="dim",
                    lines=3,
                )
                if place.url and place.url not in place.message:
                    sheet.text(place.url, indent=14, style="dim", lines=3)
        if len(listed) > PLACES:
            sure = max(0, len(c.places) - PLACES)
            doubtful = len(listed) - PLACES - sure
            rest = [f"{sure} 处"] if sure else []
            rest += [f"疑似 {doubtful} 处"] if doubtful else []
            words = f"还有 {'、'.join(rest)}，--format csv 全部列出"
            sheet.text(words, indent=4, style="dim")
        if c.not_yet:
            sheet.text(
                f"另有 {len(c.not_yet)} 处，规则尚未到计分的日期，只提示不扣分",
                indent=4,
                style="dim",
            )


def score_words(card: SiteCard) -> list[str]:
    """The score, its range, and what of it has no source."""
    if card.score is None or card.score_low is None or card.score_high is None:
        return []
    bonus = f"（含加分 {points_text(card.bonus)}）" if card.bonus else ""
    words = f"得分 {points_text(card.score)}{bonus}"
    if card.score_low != card.score_high:
        words += f"，待定的项目落定后在 {points_text(card.score_low)} 至 {points_text(card.score_high)} 之间"
    said = [words]
    deducted = sum(p.deducted for p in card.parts if p.kind == "deduct" and p.applies)
    said.append(
        f"所扣 {points_text(deducted)} 分中，按{DOUBT}的分值扣的 "
        f"{points_text(sum(p.unconfirmed_deducted for p in card.parts if p.kind == 'deduct'))} 分"
    )
    said.extend(
        f"满分 {points_text(part.total or 0)} 分中，"
        f"{points_text(part.unconfirmed_total)} 分的指标分值{DOUBT}"
        for part in card.parts
        if part.applies and part.unconfirmed_total and part.kind == "deduct"
    )
    return said


def part_words(part: PartLine) -> str:
    if not part.applies:
        return f"{part.title}：不适用于这类站点"
    if part.kind == "veto":
        found = f"查实 {part.vetoed} 项" if part.vetoed else "没有查实"
        return f"{part.title}：{found}" + (f"，{part.open} 项没有定论" if part.open else "")
    total = points_text(part.total or 0)
    if part.kind == "deduct":
        left = f"{total} - {points_text(part.deducted)} = {points_text(part.high or 0)} 分"
        low = f"，最低 {points_text(part.low or 0)} 分" if part.low != part.high else ""
        return f"{part.title}：{left}{low}"
    return (
        f"{part.title}：{points_text(part.high or 0)} 分，最多可得 {points_text(part.low or 0)} 分"
        f"（满分 {total}，扣分项高于 {points_text(part.needs_above or 0)} 分才计）"
    )


def why_not_counted(card: SiteCard, part: PartLine) -> str:
    """Why what was gained in a bonus part counts for nothing; empty: it counts, or nothing was."""
    if not part.high:
        return ""
    if card.score is None:
        return "没有计分，加分不计"
    if not card.bonus:
        return f"扣分项没有高于 {points_text(part.needs_above or 0)} 分，加分不计"
    return ""


def state_words(part: PartLine, line: IndicatorLine | ConditionLine) -> str:
    """A state in words; what is gained is no fault."""
    if part.kind == "bonus" and line.state in (State.OK, State.FOUND):
        return "有加分" if line.deducted else "没有加分"
    return line.state.label


def amount_words(part: PartLine, line: IndicatorLine) -> str:
    if part.kind == "veto":
        return ""
    verb = "扣" if part.kind == "deduct" else "加"
    words = f"{verb} {points_text(line.deducted)} 分"
    if line.points is not None:
        words += f"（分值 {points_text(line.points)}"
        words += f"，各条合计 {points_text(line.raw)}" if line.raw > line.points else ""
        words += "）"
    if line.at_worst > line.deducted:
        words += f"，最多 {points_text(line.at_worst)} 分"
    return words + (f"  {DOUBT}" if line.unconfirmed else "")


def reckoning(part: PartLine, line: ConditionLine, spec: Condition) -> str:
    """Count, limit and price of a condition: ``，3 处，3 × 2 = 6 分``."""
    measure = MEASURES[spec.measure][1] if spec.measure else None
    unit = "项" if part.kind == "bonus" else spec.count.label
    words = ""
    if line.value is not None:
        words = f"，{points_text(line.value)}{measure}"
    elif line.count:
        words = f"，{line.count} {unit}"
    if part.kind == "veto":
        if measure is not None:
            words += f"，达到 {spec.at_least.normalize():f}{measure} 即否决"
        elif line.at_least > 1:
            words += f"，达到 {line.at_least} {unit}即否决"
    elif line.deducted and line.points is not None:
        raw = line.count * line.points
        if line.answer is not None and line.answer.points is not None:
            words += f"，{points_text(line.deducted)} 分"
        else:
            words += f"，{line.count} × {points_text(line.points)} = {points_text(raw)} 分"
            if line.cap is not None and raw > line.cap:
                words += f"，本条最多 {points_text(line.cap)} 分"
    return words + (f"，{DOUBT}" if line.unconfirmed else "")


def answer_words(line: ConditionLine) -> str:
    said = line.answer
    if said is None:
        return ""
    found = "无" if not said.count else f"有 {said.count}"
    note = f"：{said.note}" if said.note else ""
    until = f"，有效至 {day(said.until)}" if said.until else ""
    return f"{said.actor} {day(said.day)} 答：{found}{note}{until}"


# --- for scripts ----------------------------------------------------------------------------------


@shape.register
def _(view: AuditView) -> Shape:
    return {
        "schema": "xunjian.audit/1",
        "standard": {
            "id": view.standard.id,
            "title": view.standard.title,
            "digest": view.standard.digest,
        },
        "day": calendar(view.day),
        "scan": {
            "id": view.scan_id,
            "kind": view.scan_kind,
            "as_of": instant(view.as_of),
            "measured_from": instant(view.measured_from),
            "measured_to": instant(view.measured_to),
        },
        "trial_run": view.trial_run,
        "sites": [_site(view, site) for site in view.sites],
    }


def _site(view: AuditView, site: SiteAudit) -> Shape:
    card, facts = site.card, site.facts
    known = {x.id: x for x in view.standard.indicators}
    return {
        "site": card.site_id,
        "name": site.name,
        "kind": facts.kind,
        "url": site.url,
        "verdict": card.verdict.value,
        "words": card.words,
        "score": points(card.score),
        "score_high": points(card.score_high),
        "score_low": points(card.score_low),
        "bonus": points(card.bonus),
        "unconfirmed": points(card.unconfirmed),
        "open": card.open,
        "media": card.media or None,
        "parts": [
            {
                "id": p.id,
                "title": p.title,
                "kind": p.kind,
                "of": p.of,
                "applies": p.applies,
                "total": points(p.total),
                "high": points(p.high),
                "low": points(p.low),
                "deducted": points(p.deducted),
                "unconfirmed_deducted": points(p.unconfirmed_deducted),
                "unconfirmed_total": points(p.unconfirmed_total),
                "vetoed": p.vetoed,
                "open": p.open,
                "indicators": [_indicator(x, known[x.id], site) for x in p.indicators],
            }
            for p in card.parts
        ],
        "facts": {
            "findings": [
                {
                    **_place(site.places[f.fingerprint]),
                    "stands": f.stands.value,
                }
                for f in facts.faults
                if f.fingerprint in site.places
            ],
            "unverified": [
                {
                    "rule": u.rule_id,
                    "subject": u.subject_key,
                    "scope": u.scope,
                    "stands": u.stands.value,
                    "reason": u.reason,
                }
                for u in facts.unsure
            ],
            "looked": {
                rule_id: {"judged": at.judged, "not_applicable": at.not_applicable}
                for rule_id, at in sorted(facts.looked.items())
            },
            "looked_platform": {
                rule_id: {"judged": at.judged, "not_applicable": at.not_applicable}
                for rule_id, at in sorted(facts.looked_platform.items())
            },
            "columns": [
                {
                    "key": c.key,
                    "category": c.category,
                    "names": list(c.names),
                    "stands": c.stands.value,
                }
                for c in facts.columns
            ],
            "measures": {
                name: {"value": points(m.value), "reason": m.reason}
                for name, m in sorted(facts.measures.items())
            },
            "answers": {
                name: {
                    "count": a.count,
                    "points": points(a.points),
                    "note": a.note,
                    "actor": a.actor,
                    "from": calendar(a.day),
                    "to": calendar(a.until),
                }
                for name, a in sorted(facts.answers.items())
            },
        },
    }


def _place(place: Place) -> Shape:
    return {
        "fingerprint": place.fingerprint,
        "rule": place.rule_id,
        "subject": place.subject_key,
        "scope": place.scope,
        "title": place.subject_title,
        "unit": place.unit_short,
        "message": place.message,
        "url": place.url,
        "suspected": place.suspected,
        "confirmed": place.confirmed,
    }


def _indicator(line: IndicatorLine, spec: Indicator, site: SiteAudit) -> Shape:
    conditions = {c.id: c for c in spec.conditions}
    return {
        "id": line.id,
        "group": line.group,
        "title": line.title,
        "wording": spec.wording,
        "basis": spec.basis,
        "state": line.state.value,
        "points": points(line.points),
        "deducted": points(line.deducted),
        "at_worst": points(line.at_worst),
        "unconfirmed": line.unconfirmed,
        "conditions": [
            {
                "id": condition_id(spec, conditions[c.id]),
                "title": c.title,
                "judged_by": c.judged_by,
                "rules": list(conditions[c.id].rules),
                "state": c.state.value,
                "count": c.count,
                "suspected": c.suspected,
                "unverified": c.unverified,
                "value": points(c.value),
                "points": points(c.points),
                "cap": points(c.cap),
                "deducted": points(c.deducted),
                "at_worst": points(c.at_worst),
                "unconfirmed": c.unconfirmed,
                "reason": c.reason,
                "places": list(c.places),
                "candidates": list(c.candidates),
                "not_yet": list(c.not_yet),
                "elsewhere": list(c.elsewhere),
            }
            for c in line.conditions
        ],
    }


_HEAD = [
    *(
        "站点",
        "部分",
        "一级指标",
        "二级指标",
        "条目",
        "判定方式",
        "结果",
        "计数",
        "扣分或加分",
        "最多",
    ),
    *("未确认", "说明", "问题编号", "对象", "问题", "地址", "疑似"),
]


@table.register
def _(view: AuditView) -> tuple[list[str], list[list[object]]]:
    """A line for each place of a condition, and one for a condition without places."""
    rows: list[list[object]] = []
    for site in view.sites:
        for part, line, spec in view.lines(site):
            for c, condition in zip(line.conditions, spec.conditions, strict=True):
                scored = part.kind != "veto"
                head: list[object] = [
                    *(site.name, part.title, line.group, line.title, c.title),
                    *(condition.judge.label, c.state.label, c.count),
                    points(c.deducted) if scored else None,
                    points(c.at_worst) if scored else None,
                    c.unconfirmed or line.unconfirmed,
                    c.reason,
                ]
                marks = [(m, False) for m in c.places] + [(m, True) for m in c.candidates]
                if not marks:
                    rows.append([*head, *([None] * 5)])
                for mark, doubt in marks:
                    place = site.places[mark]
                    rows.append(
                        [
                            *head,
                            place.short_id,
                            place.subject_title,
                            place.message,
                            place.url,
                            doubt,
                        ]
                    )
    return list(_HEAD), rows


def counted_as(condition: Condition) -> str:
    """How a condition counts, in Chinese."""
    return {
        CountBy.FINDING: "按处计",
        CountBy.SUBJECT: "按对象计",
        CountBy.ONCE: "只计一次",
    }[condition.count]
