"""The facts of a site and a standard's table → its card, indicator by indicator. Pure.

How a score is reckoned, so that it can be done again by hand: each condition costs count × points up
to its cap, each indicator the sum of its conditions up to its own points, the part its total less
the sum of its indicators (never below 0). A suspected finding costs nothing until a person confirms
it. Indicators are gone through in the order of the file: a finding is counted once in a part, and
where the part says ``once`` a column that one indicator counted is not counted by a later one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from config.crosscheck import name_key
from config.indicators import (
    Condition,
    CountBy,
    Indicator,
    JudgedBy,
    Part,
    PartKind,
    condition_id,
)
from config.schema import Standard
from scorecards.score import hundredths
from scorecards.site_card import (
    ConditionLine,
    Fault,
    IndicatorLine,
    PartLine,
    SiteCard,
    SiteFacts,
    Stands,
    State,
    Unsure,
)
from scorecards.verdicts import card_of, part_line

NO_COLUMN = "columns.yaml 里没有这一类栏目，请人工查看"
NOT_LOOKED = "没有查到可以检查的内容"
COUNTED = "已按前面的指标计，不重复扣分"


def reckon(standard: Standard, facts: SiteFacts, as_of: datetime, today: date) -> SiteCard:
    """The site's card. ``today``: the Shanghai day of ``as_of``.

    Raises ``ValueError`` for a standard that scores units.
    """
    if standard.subject != "site":
        raise ValueError(f"检查标准 {standard.id} 以单位为对象，不能给网站评分")
    table = _Table(standard, facts, today)
    parts = tuple(table.part(part) for part in standard.parts)
    return card_of(standard, facts, as_of, parts)


@dataclass(slots=True)
class _Claims:
    """What has been counted in a part already."""

    marks: set[str] = field(default_factory=set)
    columns: dict[str, str] = field(default_factory=dict)
    """Column key → the indicator that counted it."""


@dataclass(slots=True, kw_only=True)
class _Tally:
    """One condition at work: what counts for certain, and what may yet come to it."""

    condition: Condition
    called: str
    certain: list[Fault]
    doubtful: list[Fault]
    unsure: list[Unsure]
    not_yet: list[Fault]
    elsewhere: list[Fault]
    sure_count: int = 0
    doubt_count: int = 0


class _Table:
    def __init__(self, standard: Standard, facts: SiteFacts, today: date) -> None:
        self.standard = standard
        self.facts = facts
        self.waiting = {
            rule_id
            for rule_id, setting in standard.rules.items()
            if setting.since is not None and setting.since > today
        }

    def part(self, part: Part) -> PartLine:
        applies = self.facts.kind in part.sites
        mine = [x for x in self.standard.indicators if x.part == part.id] if applies else []
        claims = _Claims()
        counted = [(x, [self._tally(x, c, part, claims) for c in x.conditions]) for x in mine]
        # What is certain claims first, so that a doubt never takes a fault off the score.
        for indicator, tallies in counted:
            for tally in tallies:
                self._doubts(indicator, tally, part, claims)
        lines = tuple(
            self._indicator(x, tallies, part)
            if x.sites is None or self.facts.kind in x.sites
            else _beside(x)
            for x, tallies in counted
        )
        return part_line(part, applies, lines)

    # --- counting ---------------------------------------------------------------------------------

    def _tally(
        self, indicator: Indicator, condition: Condition, part: Part, claims: _Claims
    ) -> _Tally:
        columns = self._columns(condition)
        tally = _Tally(
            condition=condition,
            called=condition_id(indicator, condition),
            certain=[],
            doubtful=[],
            unsure=[
                u
                for u in self.facts.unsure
                if u.rule_id not in self.waiting
                and _concerns(condition, u)
                and (columns is None or u.scope != "column" or u.subject_key in columns)
            ],
            not_yet=[],
            elsewhere=[],
        )
        assisted = condition.judge is JudgedBy.ASSISTED
        for fault in self.facts.faults:
            if not _concerns(condition, fault):
                continue
            if columns is not None and fault.subject_key not in columns:
                continue
            if fault.rule_id in self.waiting:
                tally.not_yet.append(fault)
            elif not fault.confirmed and (fault.suspected or assisted):
                tally.doubtful.append(fault)
            elif part.kind is not PartKind.VETO and _claimed(fault, claims, indicator, part):
                tally.elsewhere.append(fault)
            else:
                tally.certain.append(fault)
        for fault in tally.certain:
            claims.marks.add(fault.fingerprint)
            if fault.scope == "column":
                claims.columns.setdefault(fault.subject_key, indicator.id)
        tally.sure_count = _count(condition, tally.certain, ())
        return tally

    def _doubts(self, indicator: Indicator, tally: _Tally, part: Part, claims: _Claims) -> None:
        """What the doubts would add, were each a fault: not what is counted already."""
        if part.kind is not PartKind.VETO:
            tally.unsure = [
                u
                for u in tally.unsure
                if not (u.scope == "column" and part.once)
                or claims.columns.setdefault(u.subject_key, indicator.id) == indicator.id
            ]
            kept = []
            for fault in tally.doubtful:
                if not _claimed(fault, claims, indicator, part):
                    kept.append(fault)
                    claims.marks.add(fault.fingerprint)
                    if fault.scope == "column":
                        claims.columns.setdefault(fault.subject_key, indicator.id)
            tally.doubtful = kept
        both = _count(tally.condition, [*tally.certain, *tally.doubtful], tally.unsure)
        tally.doubt_count = both - tally.sure_count

    def _columns(self, condition: Condition) -> frozenset[str] | None:
        """Keys of the only columns that count; ``None``: whatever is found counts."""
        if not condition.columns and not condition.named:
            return None
        names = {name_key(n) for n in condition.named}
        classes = {name_key(n) for n in condition.columns}
        return frozenset(
            c.key
            for c in self.facts.columns
            if (name_key(c.category) in classes and c.stands in _reach(condition))
            or any(name_key(n) in names for n in c.names)
        )

    # --- one condition ----------------------------------------------------------------------------

    def _indicator(
        self, indicator: Indicator, tallies: Iterable[_Tally], part: Part
    ) -> IndicatorLine:
        conditions = tuple(
            self._veto(tally)
            if part.kind is PartKind.VETO
            else self._scored(indicator, tally, part)
            for tally in tallies
        )
        bound = None if indicator.points is None else hundredths(indicator.points)
        raw = sum(c.deducted for c in conditions)
        worst = sum(c.at_worst for c in conditions)
        return IndicatorLine(
            id=indicator.id,
            group=indicator.group,
            title=indicator.title,
            state=_together(c.state for c in conditions),
            points=bound,
            raw=raw,
            deducted=raw if bound is None else min(raw, bound),
            at_worst=worst if bound is None else min(worst, bound),
            unconfirmed=indicator.unconfirmed,
            conditions=conditions,
        )

    def _veto(self, tally: _Tally) -> ConditionLine:
        line = self._line(tally)
        condition = tally.condition
        needed = line.at_least
        if line.value is not None:
            return replace(line, state=State.FOUND if line.value >= needed else State.OK)
        found = line.count >= needed
        if found:
            return replace(line, state=State.FOUND)
        if line.state is State.OK or line.state is State.FOUND:
            # Below the limit for certain, unless the doubts could reach it. How many findings a
            # subject has that could not be read, nobody knows.
            endless = condition.count is CountBy.FINDING and line.unverified
            if line.count + line.doubtful < needed and not endless:
                return replace(line, state=State.OK)
            only = line.count + line.suspected < needed
            state = State.UNVERIFIED if only else State.PERSON
            return replace(line, state=state, reason=line.reason or _doubt_words(line))
        return line

    def _scored(self, indicator: Indicator, tally: _Tally, part: Part) -> ConditionLine:
        line = self._line(tally)
        condition = tally.condition
        price = hundredths(condition.points or Decimal(0))
        cap = None if condition.cap is None else hundredths(condition.cap)
        whole = hundredths(
            indicator.points if indicator.points is not None else part.total or Decimal(0)
        )

        def cost(n: int) -> int:
            if line.value is None and n < line.at_least:
                return 0
            return n * price if cap is None else min(n * price, cap)

        said = line.answer
        deducted = cost(line.count)
        if said is not None and said.points is not None and said.count == line.count:
            deducted = said.points if cap is None else min(said.points, cap)
        bonus = part.kind is PartKind.BONUS
        if not line.state.judged:
            at_worst = max(deducted, min(whole, cap) if cap is not None else whole)
        else:
            at_worst = max(deducted, cost(line.count + line.doubtful))
        state = line.state
        if state in (State.OK, State.FOUND):
            if deducted:
                state = State.FOUND
            elif line.doubtful:
                state = State.PERSON if line.suspected else State.UNVERIFIED
            else:
                state = State.OK
        if bonus and state is State.FOUND:
            state = State.OK
        reason = line.reason or (_doubt_words(line) if not state.judged else "")
        return replace(
            line,
            state=state,
            points=price,
            cap=cap,
            deducted=deducted,
            at_worst=at_worst,
            reason=reason,
        )

    def _line(self, tally: _Tally) -> ConditionLine:
        """What is counted and whether it could be judged; the limit and the price come after."""
        condition = tally.condition
        said = self.facts.answers.get(tally.called)
        suspected = len(tally.doubtful)
        line = ConditionLine(
            id=condition.id,
            title=condition.title,
            judged_by=condition.judge.value,
            state=State.OK,
            count=tally.sure_count,
            doubtful=tally.doubt_count,
            suspected=suspected,
            unverified=len({(u.rule_id, u.subject_key) for u in tally.unsure}),
            at_least=int(condition.at_least),
            places=tuple(f.fingerprint for f in tally.certain),
            candidates=tuple(f.fingerprint for f in tally.doubtful),
            not_yet=tuple(f.fingerprint for f in tally.not_yet),
            elsewhere=tuple(f.fingerprint for f in tally.elsewhere),
            answer=said,
            unconfirmed=condition.unconfirmed,
        )
        if condition.measure is not None:
            line = self._measured(line, condition)
        elif condition.judge is JudgedBy.AUTO:
            line = self._looked(line, tally)
        elif condition.clears and said is None and not line.count and not line.suspected:
            line = self._looked(line, tally)
            if line.state is State.OK and line.unverified:
                line = replace(line, state=State.UNVERIFIED)
        elif said is None and not line.count:
            words = f"程序列出 {suspected} 处供核对" if suspected else ""
            line = replace(line, state=State.PERSON, reason=words)
        if said is not None and line.value is None:
            # A person has looked: what is certain stays, the doubts are settled.
            count = max(line.count, said.count)
            line = replace(
                line,
                count=count,
                doubtful=0,
                suspected=0,
                unverified=0,
                reason="",
                state=State.FOUND if count else State.OK,
            )
        elif line.count and line.state is State.OK:
            line = replace(line, state=State.FOUND)
        return line

    def _measured(self, line: ConditionLine, condition: Condition) -> ConditionLine:
        limit = hundredths(condition.at_least)
        measured = self.facts.measures.get(condition.measure or "")
        if measured is None or measured.value is None:
            if line.answer is not None:  # a person's count stands for the measurement
                return replace(line, at_least=1)
            reason = measured.reason if measured else "没有监测数据"
            return replace(line, state=State.WATCH, reason=reason, at_least=limit)
        per = hundredths(condition.per) if condition.per is not None else None
        count = 0
        if measured.value >= (limit if per is None else per):
            count = 1 if per is None else measured.value // per
        return replace(
            line,
            value=measured.value,
            count=count,
            at_least=limit,
            reason=measured.reason,
            state=State.FOUND if count else State.OK,
        )

    def _looked(self, line: ConditionLine, tally: _Tally) -> ConditionLine:
        """A condition of the program's own: was there anything to look at?"""
        columns = self._columns(tally.condition)
        if columns is not None and not columns:
            return replace(line, state=State.PERSON, reason=NO_COLUMN, doubtful=0, unverified=0)
        if line.count or line.doubtful:
            return line
        if tally.elsewhere:
            return replace(line, reason=COUNTED)
        condition = tally.condition
        places = [self.facts.looked]
        if condition.platform or condition.named:
            places.append(self.facts.looked_platform)
        seen = [
            looked[r]
            for looked in places
            for r in condition.rules
            if r in looked and r not in self.waiting
        ]
        if any(s.judged for s in seen) or tally.not_yet:
            return line
        if seen and any(s.not_applicable for s in seen):
            why = next((s.why for s in seen if s.why), "")
            return replace(line, state=State.NOT_APPLICABLE, reason=why)
        if all(r in self.waiting for r in tally.condition.rules):
            return replace(line, state=State.NOT_APPLICABLE, reason="尚未到计分的日期")
        return replace(line, state=State.UNVERIFIED, reason=NOT_LOOKED)


def _beside(indicator: Indicator) -> IndicatorLine:
    """An indicator that does not apply to this kind of site."""
    conditions = tuple(
        ConditionLine(
            id=c.id,
            title=c.title,
            judged_by=c.judge.value,
            state=State.NOT_APPLICABLE,
            count=0,
            doubtful=0,
            suspected=0,
            unverified=0,
            at_least=int(c.at_least),
            reason="不适用于这类站点",
            unconfirmed=c.unconfirmed,
        )
        for c in indicator.conditions
    )
    return IndicatorLine(
        id=indicator.id,
        group=indicator.group,
        title=indicator.title,
        state=State.NOT_APPLICABLE,
        points=None if indicator.points is None else hundredths(indicator.points),
        raw=0,
        deducted=0,
        at_worst=0,
        unconfirmed=indicator.unconfirmed,
        conditions=conditions,
    )


def _reach(condition: Condition) -> Collection[Stands]:
    return tuple(Stands) if condition.platform else (Stands.OWN,)


def _concerns(condition: Condition, said: Fault | Unsure) -> bool:
    """A rule of the condition said it, of something that the condition looks at."""
    if said.rule_id not in condition.rules:
        return False
    if condition.scope is not None and said.scope != condition.scope:
        return False
    named = bool(condition.named) and said.stands is Stands.CITY
    return said.stands in _reach(condition) or named


def _claimed(fault: Fault, claims: _Claims, indicator: Indicator, part: Part) -> bool:
    """It was counted before in this part."""
    if fault.fingerprint in claims.marks:
        return True
    holder = (
        claims.columns.get(fault.subject_key) if fault.scope == "column" and part.once else None
    )
    return holder is not None and holder != indicator.id


def _count(condition: Condition, faults: Collection[Fault], unsure: Collection[Unsure]) -> int:
    if condition.each > 1:
        held = Counter(f.subject_key for f in faults)
        faults = [f for f in faults if held[f.subject_key] >= condition.each]
    if condition.count is CountBy.ONCE:
        return int(bool(faults or unsure))
    subjects = {f.subject_key for f in faults}
    more = {u.subject_key for u in unsure} - subjects
    if condition.count is CountBy.SUBJECT:
        return len(subjects | more)
    return len({f.fingerprint for f in faults}) + len(more)


def _doubt_words(line: ConditionLine) -> str:
    words = []
    if line.suspected:
        words.append(f"疑似 {line.suspected} 处待人确认")
    if line.unverified:
        words.append(f"{line.unverified} 项未能核实")
    return "，".join(words)


_WORST_FIRST = (
    State.FOUND,
    State.PERSON,
    State.WATCH,
    State.UNVERIFIED,
    State.OK,
    State.NOT_APPLICABLE,
)


def _together(states: Iterable[State]) -> State:
    held = set(states)
    return next(s for s in _WORST_FIRST if s in held)
