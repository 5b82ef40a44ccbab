"""Reminding: what is due for whom, the letters that say it, and the record that it was said.

Composing changes nothing. ``record_reminded`` and ``record_notice`` append to the findings' logs;
sending through channels is ``services.sending``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from checks.declaration import Basis
from checks.life import Event, EventKind
from checks.registry import RULES
from config.schema import Unit
from reports import views as v
from reports.escalation import DueRow, DueView
from reports.messages import Letter, Problem, clean, subject, text
from reports.outbox import LettersView, LetterView
from scorecards.escalation import Due, Policy, Step, due, new_deadline
from scorecards.life import FindingState
from scorecards.score import Scorecard
from services.book import Ledger, cards_of, in_order, ledger_instant, pick_scan
from services.workspace import SHANGHAI, UsageError, Workspace, shanghai_day
from storage import findings as ledger

LONGEST_NOTE = 500
TRIAL = (
    "试运行期间不提醒、不发通知、不通报：核对完单位名单、栏目和分值后，"
    "在 city.yaml 把 trial_run 改成 false"
)
_NUMBERS = re.compile(r"\d{11,}[\dXx]?")


def policy_of(ws: Workspace) -> Policy:
    """The working days between the steps, as configured."""
    return Policy(
        remind_workdays=ws.config.city.remind_workdays,
        notice_workdays=ws.channels.notice_workdays,
        again_workdays=ws.channels.again_workdays,
    )


@dataclass(frozen=True, slots=True)
class Ahead:
    """An open problem of a rule that counts only from a day to come."""

    since: date
    rule_id: str


class Desk:
    """The ledger at one instant, and what is due there. Reads only.

    ``exactly`` takes ``now`` as it is; otherwise a scan whose clock is ahead is waited for.
    """

    def __init__(self, ws: Workspace, now: datetime, *, exactly: bool = False) -> None:
        self.ws = ws
        self._cards: Mapping[str, Scorecard] = {}
        self.at = now
        try:
            scan = pick_scan(ws)
        except UsageError:  # nothing was scanned: what people recorded is here all the same
            scan = None
        if scan is not None:
            self._cards = cards_of(ws, scan, ws.standard(scan.standard))
            self.at = now if exactly else ledger_instant(scan, now)
        self.day = shanghai_day(self.at)
        self.book = Ledger(ws, self.at, scan)
        self.policy = policy_of(ws)
        self.due: dict[str, Due] = {}
        standard = ws.standard(scan.standard if scan is not None else None)
        self._ahead: dict[str, list[Ahead]] = defaultdict(list)
        for mark, life in self.book.lives.items():
            rule_id = self.book.stored[mark].rule_id
            since = standard.ahead(rule_id, self.book.scored_on)
            if since is not None:
                if life.state.is_open:
                    self._ahead[self.book.unit_of(mark) or ""].append(Ahead(since, rule_id))
                continue
            step = due(life, ws.calendar, self.policy, self.at)
            if step is not None:
                self.due[mark] = step
        self._units = {u.id: u for u in ws.config.units}
        self._sites = {s.id: s.name for s in ws.config.sites}

    def by_unit(self, steps: Collection[Step]) -> dict[str, list[str]]:
        """Fingerprints by the unit that the finding is kept with; what is attributed to nobody is
        left out."""
        found: dict[str, list[str]] = defaultdict(list)
        for mark, step in self.due.items():
            unit_id = self.book.unit_of(mark)
            if step.step in steps and unit_id in self._units:
                found[unit_id].append(mark)
        return dict(found)

    def addressees(self, unit_id: str) -> tuple[tuple[Unit, ...], str]:
        """Who is told today of a unit's findings; none, with the reason why."""
        heirs = self.ws.config.heirs(unit_id, self.day)
        if not heirs:
            return (), "单位已撤销，没有写明由谁承接（units.yaml 的 successors）"
        confirmed = tuple(u for u in heirs if u.confirmed)
        if not confirmed:
            return (), "单位名单未核对（confirmed: false），不提醒、不通报"
        return confirmed, ""

    def letter(self, unit: Unit, marks: Iterable[str], first: Collection[str] = ()) -> Letter:
        """What is told to ``unit`` of these findings when it is sent at this instant. ``first``:
        told for the first time, though it was told elsewhere a moment ago."""
        channels = self.ws.channels
        return Letter(
            unit_id=unit.id,
            unit=unit.short,
            sender=channels.sender or self.ws.config.city.office,
            answer=channels.answer,
            consequence=channels.consequence,
            day=self.day,
            problems=tuple(
                self._problem(mark, unit, again=mark not in first) for mark in self._ordered(marks)
            ),
            ahead=self._told_ahead(marks, unit),
        )

    def _told_ahead(self, marks: Iterable[str], unit: Unit) -> tuple[tuple[date, str, int], ...]:
        """What does not count yet of the units whose problems a letter tells: day, kind, number."""
        owners = {self.book.unit_of(mark) or "" for mark in marks} | {unit.id}
        counted = Counter(a for owner in owners for a in self._ahead.get(owner, ()))
        return tuple(
            (a.since, RULES[a.rule_id].title, n)
            for a, n in sorted(counted.items(), key=lambda item: (item[0].since, item[0].rule_id))
        )

    def recorded(self, mark: str, now: datetime) -> datetime:
        """When what is written now of a finding was recorded: not before what its log holds at the
        same instant. A timer's ``now`` may be older than the record of the scan that it ran."""
        same = (e.recorded_at for e in self.book.stored[mark].events if e.at == self.at)
        return max([now, *same])

    def _ordered(self, marks: Iterable[str]) -> list[str]:
        some = list(marks)
        owners = sorted({self.book.unit_of(mark) or "" for mark in some})
        return [
            mark
            for owner in owners
            for mark in in_order(
                [m for m in some if (self.book.unit_of(m) or "") == owner],
                self._cards.get(owner),
                self.book,
            )
        ]

    def _problem(self, mark: str, unit: Unit, *, again: bool) -> Problem:
        stored, life = self.book.stored[mark], self.book.lives[mark]
        rule, seen = RULES[stored.rule_id], self.book.sightings.get(mark)
        finding = seen.finding if seen else None
        owner = self._units.get(self.book.unit_of(mark) or "")
        words = v.said(finding.subject.title, finding.message) if finding else rule.title
        if owner is not None and owner.id != unit.id:
            words = f"（原{owner.short}）{words}"
        site = self._sites.get(stored.site_id, "")
        fresh = new_deadline(Step.REMIND, self.day, self.ws.calendar, self.policy)
        return Problem(
            fingerprint=mark,
            kind=rule.title,
            words=words,
            url=(finding.url or finding.subject.url) if finding else None,
            remedy=rule.remedy,
            basis=_basis(rule.basis[0]) if rule.basis else "",
            site="" if words.startswith(site) else site,
            deadline=life.deadline or fresh or self.day,
            again=again and life.deadline is not None,
        )


def _basis(basis: Basis) -> str:
    """A basis in brief: the document, and the words of its clause that name the matter."""
    named = re.search("“[^”]{2,40}”", basis.clause)
    mark = "（未确认）" if basis.unconfirmed else ""
    return f"{basis.document}{named[0] if named else ''}{mark}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters of one round of reminding."""

    letters: tuple[Letter, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    """Units by short name that are not told, and why (in Chinese)."""
    warnings: tuple[str, ...] = ()


def must_not_be_trial(ws: Workspace) -> None:
    """Raises ``UsageError`` while the trial run lasts."""
    if ws.config.city.trial_run:
        raise UsageError(TRIAL)


def letters(
    ws: Workspace,
    units: Sequence[Unit] | None = None,
    *,
    now: datetime,
    exactly: bool = False,
    again: bool = True,
) -> Letters:
    """One letter for each unit that has something to be reminded of: what nobody has told it yet,
    and with ``again`` what runs out soon. ``units``: only these; ``None``: all.

    Raises ``UsageError`` in the trial run.
    """
    must_not_be_trial(ws)
    desk = Desk(ws, now, exactly=exactly)
    return _letters(desk, units, again=again)


def _letters(desk: Desk, units: Sequence[Unit] | None, *, again: bool) -> Letters:
    wanted = None if units is None else {u.id for u in units}
    steps = (Step.REMIND, Step.AGAIN) if again else (Step.REMIND,)
    mine: dict[str, list[str]] = defaultdict(list)
    skipped: dict[str, str] = {}
    known = {u.id: u for u in desk.ws.config.units}
    for unit_id, marks in sorted(desk.by_unit(steps).items()):
        heirs, why = desk.addressees(unit_id)
        if not heirs and (wanted is None or unit_id in wanted):
            skipped[known[unit_id].short] = why
        for heir in heirs:
            if wanted is None or heir.id in wanted or unit_id in wanted:
                mine[heir.id] += marks
    made = tuple(desk.letter(known[u], marks) for u, marks in sorted(mine.items()))
    for unit in units or ():
        told = any(letter.unit_id == unit.id for letter in made)
        if not told and unit.short not in skipped and unit.id not in mine:
            skipped[unit.short] = _nothing(desk, unit)
    return Letters(
        letters=made,
        skipped=tuple(skipped.items()),
        warnings=tuple(_unknown_years(desk, made)),
    )


def _nothing(desk: Desk, unit: Unit) -> str:
    """Why there is nothing to remind a unit of, and what is due instead."""
    mine = [m for m in desk.book.lives if desk.book.unit_of(m) == unit.id]
    waiting = Counter(desk.due[m].step for m in mine if m in desk.due)
    if waiting[Step.CIRCULAR]:
        return f"没有待提醒的问题；{waiting[Step.CIRCULAR]}个整改通知逾期，应通报"
    if waiting[Step.NOTICE]:
        return f"没有待提醒的问题；{waiting[Step.NOTICE]}个已逾期，应发整改通知（xunjian notice）"
    states = Counter(desk.book.lives[m].state for m in mine)
    told = states[FindingState.REMINDED] + states[FindingState.OVERDUE]
    if told:
        return f"没有待提醒的问题；{told}个已经提醒过"
    if unit.valid_to is not None and desk.day > unit.valid_to:
        return "单位已撤销，没有待提醒的问题"
    return "没有待提醒的问题"


def _unknown_years(desk: Desk, made: Iterable[Letter]) -> Iterator[str]:
    years = {p.deadline.year for letter in made for p in letter.problems} | {desk.day.year}
    for year in sorted(years):
        if not desk.ws.calendar.known(year):
            yield unknown_year(year)


def unknown_year(year: int) -> str:
    """A warning for a year whose official calendar is not known."""
    return (
        f"{year}年的放假和调休安排程序还没有，期限只按周末计算："
        "请核对，或在 city.yaml 的 workdays 里补充"
    )


# --- records --------------------------------------------------------------------------------------


def reminded_events(
    desk: Desk,
    letter: Letter,
    *,
    recorded_at: datetime,
    actor: str,
    channel: str,
    note: str = "",
    send_id: int | None = None,
) -> Iterator[tuple[str, Event]]:
    """已提醒 at the desk's instant, for each problem of a letter, with the deadline that the letter
    names."""
    for problem in letter.problems:
        data: dict[str, object] = {"deadline": problem.deadline.isoformat(), "channel": channel}
        if send_id is not None:
            data["send_id"] = send_id
        yield (
            problem.fingerprint,
            Event(
                kind=EventKind.REMINDED,
                at=desk.at,
                recorded_at=desk.recorded(problem.fingerprint, recorded_at),
                scan_id=None,
                actor=actor,
                reason=note,
                data=data,
            ),
        )


def record_reminded(
    ws: Workspace,
    units: Sequence[Unit] | None,
    *,
    channel: str,
    now: datetime,
    note: str = "",
    on: date | None = None,
) -> Letters:
    """A person told the units: pasted the text (``text``), or by telephone (``phone``, with the
    ``note`` of who took the call, what was said and promised). ``on``: it was on an earlier day,
    and deadlines are reckoned from that.

    Gives the letters whose findings were recorded. Raises ``UsageError`` in the trial run, for a day
    to come, and for a telephone call without a note.
    """
    note = _noted(note)
    if channel == "phone" and not note:
        raise UsageError("请用 --reason 写明电话要点：接听岗位、说了什么、答应何时改好")
    at, today = now, shanghai_day(now)
    if on is not None and on > today:
        raise UsageError(f"--on 的日期 {on} 还没有到：请写实际提醒的那一天")
    earlier = on is not None and on != today
    if earlier and on is not None:
        at = datetime.combine(on, time(12), SHANGHAI)
    must_not_be_trial(ws)
    desk = Desk(ws, at, exactly=earlier)
    made = _letters(desk, units, again=True)
    events: dict[str, Event] = {}
    for letter in made.letters:
        for mark, event in reminded_events(
            desk, letter, recorded_at=now, actor=ws.actor, channel=channel, note=note
        ):
            events.setdefault(mark, event)
    ledger.add_events(ws.engine, events.items())
    return made


def _noted(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise UsageError(f"要点太长（{len(note)} 字），请写在 {LONGEST_NOTE} 字以内")
    # A person's own number is not kept.
    return _NUMBERS.sub(lambda m: m[0][:3] + "***", note)


_NOTICEABLE = (
    FindingState.OPEN,
    FindingState.REMINDED,
    FindingState.OVERDUE,
    FindingState.CIRCULATED,
)


def record_notice(
    ws: Workspace,
    fingerprints: Iterable[str],
    number: str,
    deadline: date | None,
    now: datetime,
) -> tuple[str, ...]:
    """A written notice (整改通知) of that number went out; gives the findings that it was recorded
    for. ``deadline``: the last day to mend them; ``None``: as many working days as configured.

    Raises ``UsageError`` in the trial run, without a number, for a deadline that has passed, for
    units that are not confirmed, and when a finding cannot be noticed as it stands.
    """
    must_not_be_trial(ws)
    number = clean(" ".join(number.split()), 100)
    if not number:
        raise UsageError("请用 --number 写明整改通知的编号")
    desk = Desk(ws, now)
    if deadline is None:
        deadline = new_deadline(Step.NOTICE, desk.day, ws.calendar, desk.policy)
    if deadline is None or deadline < desk.day:
        raise UsageError(f"整改期限 {deadline} 已经过去：请写发出之后的日期")
    marks = tuple(dict.fromkeys(fingerprints))
    for mark in marks:
        _must_be_noticeable(desk, mark)
    data = {"number": number, "deadline": deadline.isoformat()}
    events = [
        Event(
            kind=EventKind.NOTICED,
            at=desk.at,
            recorded_at=desk.recorded(mark, now),
            scan_id=None,
            actor=ws.actor,
            reason=f"整改通知 {number}",
            data=data,
        )
        for mark in marks
    ]
    ledger.add_events(ws.engine, zip(marks, events, strict=True))
    return marks


def _must_be_noticeable(desk: Desk, mark: str) -> None:
    life = desk.book.lives.get(mark)
    if life is None:
        raise UsageError(f"没有编号为 {mark[:8]} 的问题")
    if life.state not in _NOTICEABLE:
        raise UsageError(f"问题 {mark[:8]} 的状态是“{life.state.label}”，不能发整改通知")
    unit_id = desk.book.unit_of(mark)
    heirs, why = desk.addressees(unit_id) if unit_id else ((), "问题没有归属单位")
    if not heirs:
        raise UsageError(f"问题 {mark[:8]}：{why}")


# --- what is due ----------------------------------------------------------------------------------


def what_is_due(ws: Workspace, *, now: datetime) -> DueView:
    """What somebody has to do for each unit, the most pressing first."""
    desk = Desk(ws, now)
    rows = []
    known = {u.id: u for u in ws.config.units}
    for unit_id, marks in desk.by_unit(tuple(Step)).items():
        steps = Counter(desk.due[m].step for m in marks)
        unit = known[unit_id]
        heirs, why = desk.addressees(unit_id)
        told = "、".join(u.short for u in heirs if u.id != unit_id)
        deadlines = [d for m in marks if (d := desk.due[m].deadline) is not None]
        rows.append(
            DueRow(
                unit_id=unit_id,
                short=unit.short,
                steps={step: steps[step] for step in Step},
                since=min(desk.due[m].since for m in marks),
                deadline=min(deadlines) if deadlines else None,
                late=max(desk.due[m].late for m in marks),
                note=why or (f"由{told}承接" if told else ""),
            )
        )
    return DueView(as_of=desk.at, rows=tuple(rows), trial_run=ws.config.city.trial_run)


def letters_view(ws: Workspace, made: Letters) -> LettersView:
    """The letters as a person pastes them."""
    listed = ws.channels.listed
    return LettersView(
        letters=tuple(
            LetterView(
                unit_id=letter.unit_id,
                short=letter.unit,
                subject=subject(letter),
                text=text(letter, listed=listed),
                deadlines=tuple(sorted({p.deadline for p in letter.problems})),
                findings=letter.fingerprints,
                listed=min(listed, len(letter.problems)),
            )
            for letter in made.letters
        ),
        skipped=made.skipped,
        warnings=made.warnings,
    )
