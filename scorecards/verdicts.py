"""From the lines of a site's table to its parts, its score and its verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from config.indicators import Part, PartKind
from config.schema import Standard
from scorecards.score import hundredths, points_text
from scorecards.site_card import (
    SCHEMA,
    IndicatorLine,
    PartLine,
    SiteCard,
    SiteFacts,
    State,
    Verdict,
)


def part_line(part: Part, applies: bool, lines: tuple[IndicatorLine, ...]) -> PartLine:
    total = None if part.total is None else hundredths(part.total)
    deducted = sum(x.deducted for x in lines)
    worst = sum(x.at_worst for x in lines)
    high = low = None
    if applies and total is not None and part.kind is PartKind.DEDUCT:
        high, low = max(0, total - deducted), max(0, total - worst)
    elif applies and total is not None and part.kind is PartKind.BONUS:
        high, low = min(total, deducted), min(total, worst)
    scored = part.kind is not PartKind.VETO
    whole = None
    if scored and lines and all(x.points is not None for x in lines):
        whole = sum(x.points or 0 for x in lines if _doubtful_points(x))
    return PartLine(
        id=part.id,
        title=part.title,
        kind=part.kind.value,
        of=part.of,
        applies=applies,
        total=total,
        pass_line=None if part.pass_line is None else hundredths(part.pass_line),
        needs_above=None if part.needs_above is None else hundredths(part.needs_above),
        high=high,
        low=low,
        deducted=deducted if scored else 0,
        unconfirmed_deducted=sum(_without_source(x) for x in lines) if scored else 0,
        unconfirmed_total=whole,
        indicators=lines,
        vetoed=0 if scored else sum(c.state is State.FOUND for x in lines for c in x.conditions),
        open=sum(not c.state.judged for x in lines for c in x.conditions),
    )


def _doubtful_points(line: IndicatorLine) -> bool:
    return line.unconfirmed or any(c.unconfirmed for c in line.conditions)


def _without_source(line: IndicatorLine) -> int:
    """Of what an indicator deducts: the points that no source gives."""
    if line.unconfirmed:
        return line.deducted
    return min(line.deducted, sum(c.deducted for c in line.conditions if c.unconfirmed))


def card_of(
    standard: Standard, facts: SiteFacts, as_of: datetime, parts: tuple[PartLine, ...]
) -> SiteCard:
    ours = [p for p in parts if p.of == "site" and p.applies]
    vetoed = sum(p.vetoed for p in ours)
    waiting = [
        c
        for p in ours
        if p.kind == PartKind.VETO
        for x in p.indicators
        for c in x.conditions
        if not c.state.judged
    ]
    base = next((p for p in ours if p.kind == PartKind.DEDUCT), None)
    score = high = low = bonus = None
    if base is not None and base.high is not None and base.low is not None and not vetoed:
        extra = [p for p in ours if p.kind == PartKind.BONUS]

        def gained(points: int, *, all_of_it: bool) -> int:
            return sum(
                (p.low if all_of_it else p.high) or 0
                for p in extra
                if points > (p.needs_above or 0)
            )

        bonus = gained(base.high, all_of_it=False)
        score = base.high + bonus
        high = base.high + gained(base.high, all_of_it=True)
        low = base.low + gained(base.low, all_of_it=False)
    verdict, words = _verdict(vetoed, [c.state for c in waiting], base)
    scored = [p for p in ours if p.kind != PartKind.VETO]
    counts = [p for p in scored if p.kind == PartKind.DEDUCT or bonus]
    return SiteCard(
        schema=SCHEMA,
        site_id=facts.site_id,
        standard_id=standard.id,
        standard_digest=standard.digest,
        as_of=as_of.astimezone(UTC),
        verdict=verdict,
        words=words,
        score=score,
        score_high=high,
        score_low=low,
        bonus=bonus,
        unconfirmed=sum(p.unconfirmed_deducted for p in counts) if score is not None else 0,
        open=len(waiting),
        parts=parts,
        media=_media(parts),
    )


def _verdict(vetoed: int, waiting: list[State], base: PartLine | None) -> tuple[Verdict, str]:
    if vetoed:
        return Verdict.FAILED, f"不合格（已查实否决项 {vetoed} 项）"
    line = base.pass_line if base is not None else None
    if base is not None and line is not None and base.high is not None and base.high < line:
        words = f"{base.title}得 {points_text(base.high)} 分，低于 {points_text(line)} 分"
        return Verdict.FAILED, f"不合格（{words}）"
    if waiting:
        return Verdict.PENDING, f"暂未发现否决项（尚有 {len(waiting)} 项{_kinds(waiting)}）"
    if base is not None and line is not None and base.low is not None and base.low < line:
        rest = [c.state for x in base.indicators for c in x.conditions if not c.state.judged]
        words = (
            f"{base.title}尚有 {len(rest)} 项{_kinds(rest)}，最低可至 {points_text(base.low)} 分"
        )
        return Verdict.PENDING, f"暂未发现否决项（{words}）"
    return Verdict.PASSED, "合格"


def _kinds(states: Iterable[State]) -> str:
    held = set(states)
    return "待人工、待监测或未能核实" if State.UNVERIFIED in held else "待人工或待监测"


def _media(parts: Iterable[PartLine]) -> str:
    ours = [p for p in parts if p.of == "media" and p.applies]
    if not ours:
        return ""
    waiting = [
        c.state for p in ours for x in p.indicators for c in x.conditions if not c.state.judged
    ]
    return _verdict(sum(p.vetoed for p in ours), waiting, None)[1]
