"""Honesty of dates: readings laid side by side, numbers, addresses, old texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from checks.dates_facts import (
    DatesCase,
    Listed,
    Look,
    Number,
    Rebuilt,
    Row,
    Twin,
)
from checks.facts import Missing, Unverified
from checks.model import OutcomeKind, Scope
from config.schema import Cadence
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import AS_OF, TODAY, WALL, expected, fetched, subject

FINE, SUSPECTED = OutcomeKind.FINE, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
WEEK = timedelta(days=7)
MAY_28 = date(2018, 5, 28)
"""The day of the reading before; the newest is of ``TODAY``, 4 June."""


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def listed(name: str, claimed: date | None, **changes: Any) -> Listed:
    return replace(
        Listed(page=f"page:{name}", title=f"关于{name}的通知", claimed=claimed), **changes
    )


def row(name: str, *claims: date, **changes: Any) -> Row:
    base = Row(
        listed=listed(name, claims[0] if claims else None),
        url=f"http://127.0.0.1/{name}",
        claims=tuple(sorted(claims)),
        known_since=noon(TODAY),
    )
    return replace(base, **changes)


def look(day: date, *rows: Row | Listed, **changes: Any) -> Look:
    base = Look(
        scan_id=1 + (day - date(2018, 1, 1)).days,
        at=noon(day),
        started=noon(day) - timedelta(hours=1),
        url="http://127.0.0.1/list",
        shape="s1",
        reader="3",
        whole=True,
        back_to=None,
        rows=tuple(r.listed if isinstance(r, Row) else r for r in rows),
    )
    return replace(base, **changes)


def case(rows: Any, *looks: Look, cadence: Cadence | None = None, **changes: Any) -> DatesCase:
    base = DatesCase(
        subject=subject(Scope.COLUMN, "platform/u1.zwdt"),
        expected=expected(cadence),
        rows=rows,
        looks=looks,
        fetched=fetched(),
    )
    return replace(base, **changes)


OLD = tuple(
    row(f"old{n}", date(2018, 5, 20) - n * WEEK, known_since=noon(date(2018, 1, 8)))
    for n in range(6)
)
"""What has stood in the column all along."""
TEN_MAY = date(2018, 5, 10)


def came(
    new: Row | tuple[Row, ...], *, before: dict[str, Any] | None = None, **changes: Any
) -> DatesCase:
    """A column in which something is new since 28 May."""
    rows = new if isinstance(new, tuple) else (new,)
    first = look(MAY_28, *OLD, **(before or {}))
    return case((*rows, *OLD), first, look(TODAY, *rows, *OLD), **changes)


NEW = row("new", TEN_MAY)
_CUT: dict[str, Any] = {"whole": False, "back_to": None}


def _case(
    rule: str, side: Any, name: str, made: DatesCase, kind: OutcomeKind, **params: Any
) -> RuleCase:
    return RuleCase(rule=rule, side=side, name=name, case=made, kind=kind, params=params)


_B = "backdated-entry"


def move(on: date, until: date | None) -> tuple[Rebuilt, ...]:
    return (Rebuilt(on=on, until=until),)


BACKDATED = [
    _case(_B, "bad", "claims a day before a reading without it", came(NEW), SUSPECTED),
    _case(
        _B, "bad", "read in falling order past its date",
        came(NEW, before={"whole": False, "back_to": date(2018, 5, 9)}), SUSPECTED,
    ),
    _case(_B, "edge", "two days before", came(row("new", date(2018, 5, 26))), SUSPECTED),
    _case(_B, "edge", "one day before", came(row("new", date(2018, 5, 27))), FINE),
    _case(_B, "edge", "the grace is the standard's", came(row("new", date(2018, 5, 26))), FINE, grace_days=2),
    _case(_B, "good", "published since", came(row("new", date(2018, 5, 30))), FINE),
    _case(_B, "good", "undated", came(row("new")), FINE),
    _case(_B, "good", "its article shows a later date than its row", came(row("new", TEN_MAY, date(2018, 5, 30))), FINE),
    _case(_B, "good", "the reading before was cut", came(NEW, before=_CUT), FINE),
    _case(
        _B, "good", "read in falling order to its very day",
        came(NEW, before={"whole": False, "back_to": TEN_MAY}), FINE,
    ),
    _case(_B, "good", "another template", came(NEW, before={"shape": "s2"}), FINE),
    _case(_B, "good", "another address", came(NEW, before={"url": "http://127.0.0.1/b"}), FINE),
    _case(_B, "good", "another reader", came(NEW, before={"reader": "2"}), FINE),
    _case(_B, "good", "the newest reading was cut", case(
        (NEW, *OLD), look(MAY_28, *OLD), look(TODAY, NEW, *OLD, **_CUT)), FINE),
    _case(
        _B, "bad", "the newest reading was not whole but fell past most of what stood there",
        case((NEW, *OLD), look(MAY_28, *OLD), look(TODAY, NEW, *OLD, whole=False, back_to=OLD[-1].claims[0])),
        SUSPECTED,
    ),
    _case(_B, "good", "known from elsewhere before", came(replace(NEW, known_since=noon(MAY_28))), FINE),
    _case(_B, "bad", "met first as the newest scan began", came(replace(NEW, known_since=noon(TODAY) - timedelta(hours=1))), SUSPECTED),
    _case(_B, "bad", "never met as a page", came(replace(NEW, known_since=None)), SUSPECTED),
    _case(_B, "good", "pinned", came(replace(NEW, listed=replace(NEW.listed, pinned=True))), FINE),
    _case(_B, "good", "its article tells of a change", came(replace(NEW, edited=True)), FINE),
    _case(_B, "good", "there from the beginning", case(
        (NEW, *OLD), look(MAY_28, NEW, *OLD), look(TODAY, NEW, *OLD)), FINE),
    _case(
        _B, "good", "entered anew under the same title and date",
        case((NEW, *OLD), look(MAY_28, listed("was", TEN_MAY, title="关于 new 的通知"), *OLD), look(TODAY, NEW, *OLD)),
        FINE,
    ),
    _case(
        _B, "bad", "the same title of another day is another entry",
        case((NEW, *OLD), look(MAY_28, listed("was", MAY_28, title="关于new的通知"), *OLD), look(TODAY, NEW, *OLD)),
        SUSPECTED,
    ),
    _case(_B, "good", "most of what stood there is gone", case(
        (NEW, *OLD[:2]), look(MAY_28, *OLD), look(TODAY, NEW, *OLD[:2])), FINE),
    _case(_B, "bad", "half of what stood there still stands", case(
        (NEW, *OLD[:3]), look(MAY_28, *OLD), look(TODAY, NEW, *OLD[:3])), SUSPECTED),
    _case(_B, "good", "the column was blank before", case((NEW,), look(MAY_28), look(TODAY, NEW)), FINE),
    _case(_B, "good", "the site moved between", came(NEW, rebuilt=move(date(2018, 6, 1), None)), FINE),
    _case(_B, "good", "the site moved on the day of the reading", came(NEW, rebuilt=move(MAY_28, None)), FINE),
    _case(_B, "good", "the site moved today", came(NEW, rebuilt=move(TODAY, None)), FINE),
    _case(_B, "good", "within the grace of a move", came(NEW, rebuilt=move(date(2018, 5, 1), TODAY)), FINE),
    _case(_B, "bad", "the grace of a move is over", came(NEW, rebuilt=move(date(2018, 5, 1), date(2018, 6, 3))), SUSPECTED),
    _case(_B, "good", "first reading ever", case((NEW, *OLD), look(TODAY, NEW, *OLD)), NOT_APPLICABLE),
    _case(_B, "good", "a standing column is filled up with what is old", came(NEW, cadence=Cadence()), NOT_APPLICABLE),
    _case(_B, "good", "nothing stands there", case((), look(MAY_28), look(TODAY)), NOT_APPLICABLE),
    _case(_B, "unverified", "the list was not read", case(WALL, look(MAY_28, *OLD)), UNVERIFIED),
    _case(
        _B, "edge", "as many as an import may have",
        came(tuple(row(f"n{n}", TEN_MAY) for n in range(3))), SUSPECTED, bulk=3,
    ),
    _case(
        _B, "edge", "more than that are an import",
        came(tuple(row(f"n{n}", TEN_MAY) for n in range(4))), FINE, bulk=3,
    ),
]  # fmt: skip

JAN = date(2018, 1, 10)
SILENT = tuple(row(f"old{n}", JAN - n * WEEK, known_since=noon(JAN)) for n in range(4))
_S = "sudden-filling"


def filled(
    *claims: date,
    silent: tuple[Row, ...] = SILENT,
    before: dict[str, Any] | None = None,
    **changes: Any,
) -> DatesCase:
    new = tuple(row(f"new{n}", claimed) for n, claimed in enumerate(claims))
    first = look(MAY_28, *silent, **(before or {}))
    return case((*new, *silent), first, look(TODAY, *new, *silent), **changes)


SPREAD = tuple(date(2018, 2, 1) + n * 2 * WEEK for n in range(6))
LAST = date(2018, 2, 28)
COPY = Twin(url="http://127.0.0.1/x", title="旧文", claimed=date(2017, 3, 1))


def silent_since(day: date) -> tuple[Row, ...]:
    return tuple(row(f"old{n}", day - n * WEEK, known_since=noon(JAN)) for n in range(4))


def copies(count: int, **changes: Any) -> DatesCase:
    """A silent column gets texts of today, of which some are copies."""
    new = tuple(
        row(f"new{n}", date(2018, 6, 1), twin=COPY if n < count else None, **changes)
        for n in range(5)
    )
    return case((*new, *SILENT), look(MAY_28, *SILENT), look(TODAY, *new, *SILENT))


SUDDEN = [
    _case(_S, "bad", "six entries over the silent months at once", filled(*SPREAD), SUSPECTED),
    _case(_S, "edge", "five entries", filled(*SPREAD[:5]), SUSPECTED),
    _case(_S, "edge", "four entries", filled(*SPREAD[:4]), FINE),
    _case(_S, "edge", "fewer are enough for the standard", filled(*SPREAD[:4]), SUSPECTED, entries=4),
    _case(
        _S, "edge", "silent for more than three months",
        filled(*(d + 4 * WEEK for d in SPREAD[:5]), silent=silent_since(date(2018, 2, 27))), SUSPECTED,
    ),
    _case(
        _S, "edge", "silent for exactly three months",
        filled(*(d + 4 * WEEK for d in SPREAD[:5]), silent=silent_since(LAST)), FINE,
    ),
    _case(_S, "good", "all published since the reading before", filled(*(date(2018, 6, 1),) * 6), FINE),
    _case(_S, "good", "all of one month", filled(*(date(2018, 4, 2 + n) for n in range(6))), FINE),
    _case(_S, "good", "older than the silence: an archive", filled(*(d - 52 * WEEK for d in SPREAD)), FINE),
    _case(_S, "good", "the reading before was cut", filled(*SPREAD, before=_CUT), FINE),
    _case(
        _S, "bad", "the reading before fell past it all",
        filled(*SPREAD, before={"whole": False, "back_to": date(2018, 1, 3)}), SUSPECTED,
    ),
    _case(_S, "good", "the site was rebuilt", filled(*SPREAD, before={"shape": "s2"}), FINE),
    _case(_S, "good", "first reading ever", case(SILENT, look(TODAY, *SILENT)), NOT_APPLICABLE),
    _case(_S, "good", "a standing column", filled(*SPREAD, cadence=Cadence()), NOT_APPLICABLE),
    _case(_S, "unverified", "the list was not read", case(WALL, look(MAY_28, *SILENT)), UNVERIFIED),
    _case(_S, "bad", "filled with copies of old texts", copies(5), SUSPECTED),
    _case(_S, "good", "four copies and one of its own", copies(4), FINE),
    _case(_S, "good", "copies that tell of their change", copies(5, edited=True), FINE),
    _case(_S, "good", "copies that were known before", copies(5, known_since=noon(MAY_28)), FINE),
    _case(_S, "bad", "copies met as the scan began", copies(5, known_since=noon(TODAY) - timedelta(hours=1)), SUSPECTED),
    _case(_B, "good", "what filled a silent column at once is recorded as that", filled(*SPREAD), FINE),
    _case(_B, "bad", "four are told one by one", filled(*SPREAD[:4]), SUSPECTED),
]  # fmt: skip

_O = "date-out-of-order"


def numbered(*days: int, start: int = 5000, **changes: Any) -> tuple[Row, ...]:
    """Rows with consecutive numbers that claim these days after 1 January 2018."""
    return tuple(
        row(
            f"n{start + n}", date(2018, 1, 1) + timedelta(days=day),
            number=Number(series="s", value=start + n), **changes,
        )
        for n, day in enumerate(days)
    )  # fmt: skip


def ordered(*days: int, **changes: Any) -> DatesCase:
    rows = numbered(*days, **changes)
    return case(rows, look(TODAY, *rows))


STEADY = tuple(range(60, 144, 7))
"""Twelve entries, one a week."""


def at(place: int, day: int, base: tuple[int, ...] = STEADY) -> tuple[int, ...]:
    return (*base[:place], day, *base[place:])


def built(*offs: int, extra: int = 9) -> DatesCase:
    """Rows whose addresses were built so many days after what they claim, and some that agree."""
    rows = tuple(
        row(f"a{n}", date(2018, 3, 1), in_address=date(2018, 3, 1) + timedelta(days=off))
        for n, off in enumerate((*offs, *(0,) * extra))
    )
    return case(rows, look(TODAY, *rows))


OUT_OF_ORDER = [
    _case(_O, "bad", "an old date among the newest numbers", ordered(*at(10, 10)), SUSPECTED),
    _case(_O, "good", "numbers and dates agree", ordered(*STEADY), FINE),
    _case(_O, "edge", "a month and a day before four of five", ordered(*at(10, 102 - 31)), SUSPECTED),
    _case(_O, "edge", "a month before them", ordered(*at(10, 102 - 30)), FINE),
    _case(_O, "edge", "ten of a series", ordered(*at(7, 0, STEADY[:9])), SUSPECTED),
    _case(_O, "edge", "nine of a series", ordered(*at(6, 0, STEADY[:8])), FINE),
    _case(_O, "good", "a draft that lay for long", ordered(*at(3, 140)), FINE),
    _case(_O, "good", "two with higher numbers are wanted", ordered(*at(11, 10)), FINE),
    _case(_O, "good", "the newest number alone", ordered(*STEADY, 10), FINE),
    _case(_O, "good", "four with lower numbers are wanted", ordered(*at(3, 10)), FINE),
    _case(_O, "bad", "four with lower numbers suffice", ordered(*at(4, 10)), SUSPECTED),
    _case(_O, "good", "an import of four in a row", ordered(
        *STEADY, *STEADY, *STEADY, 10, 11, 12, 13, *STEADY[-2:]), FINE),
    _case(_O, "bad", "three in a row are no import", ordered(
        *(60 + n for n in range(40)), 10, 11, 12, 101, 102), SUSPECTED),
    _case(_O, "good", "a tenth and more are out of order", ordered(
        *STEADY[:6], 10, *STEADY[6:8], 10, *STEADY[8:]), FINE),
    _case(_O, "good", "the numbering began anew", ordered(*(90 + n for n in range(37)), 1, 2, 3), FINE),
    _case(_O, "good", "it was there before its neighbours", ordered(
        *at(10, 10), known_since=noon(date(2018, 1, 20))), FINE),
    _case(_O, "good", "its article tells of a change", ordered(*at(10, 10), edited=True), FINE),
    _case(_O, "good", "a standing column", replace(
        ordered(*at(10, 10)), expected=expected(Cadence())), NOT_APPLICABLE),
    _case(_O, "unverified", "the list was not read", case(WALL), UNVERIFIED),
    _case(_O, "bad", "the address was built long after", built(61), SUSPECTED),
    _case(_O, "bad", "the address was built long before", built(-61), SUSPECTED),
    _case(_O, "edge", "the address was built two months after", built(60), FINE),
    _case(_O, "edge", "a nearer one is enough for the standard", built(60), SUSPECTED, address_days=59),
    _case(_O, "edge", "one in five addresses", built(90, extra=4), SUSPECTED),
    _case(_O, "good", "one in four: the addresses mean another date", built(90, extra=3), FINE),
]  # fmt: skip

_F = "future-date"


def read_at(instant: datetime, *rows: Row) -> DatesCase:
    return case(rows, look(TODAY, *rows), fetched=fetched(instant))


FUTURE = [
    _case(_F, "bad", "of the day after it was read", read_at(AS_OF, row("a", date(2018, 6, 5))), SUSPECTED),
    _case(_F, "good", "of the day it was read", read_at(AS_OF, row("a", TODAY)), FINE),
    _case(_F, "good", "list and article do not agree", read_at(AS_OF, row("a", TODAY, date(2018, 6, 5))), FINE),
    _case(_F, "good", "undated", read_at(AS_OF, row("a")), FINE),
    _case(
        _F, "good", "clocks differ around midnight",
        read_at(datetime(2018, 6, 4, 15, 30, tzinfo=UTC), row("a", date(2018, 6, 5))), FINE,
    ),
    _case(
        _F, "bad", "more than an hour before midnight",
        read_at(datetime(2018, 6, 4, 14, 59, tzinfo=UTC), row("a", date(2018, 6, 5))), SUSPECTED,
    ),
    _case(
        _F, "bad", "in a standing column, too",
        replace(read_at(AS_OF, row("a", date(2019, 6, 5))), expected=expected(Cadence())), SUSPECTED,
    ),
    _case(_F, "good", "nobody knows when it was read", replace(read_at(AS_OF, row("a", date(2019, 1, 1))), fetched=None), FINE),
    _case(_F, "good", "nothing stands there", read_at(AS_OF), NOT_APPLICABLE),
    _case(_F, "unverified", "the list was not read", case(WALL), UNVERIFIED),
]  # fmt: skip

_R = "recycled-text"


def again(days: int, **changes: Any) -> DatesCase:
    twin = Twin(url="http://127.0.0.1/x", title="旧文", claimed=date(2018, 3, 1))
    new = row("new", date(2018, 3, 1) + timedelta(days=days), twin=twin, **changes)
    return case((new,), look(TODAY, new))


RECYCLED = [
    _case(_R, "bad", "a text of half a year ago", again(180), SUSPECTED),
    _case(_R, "good", "a text of its own", case((NEW,), look(TODAY, NEW)), FINE),
    _case(_R, "edge", "a month and a day apart", again(31), SUSPECTED),
    _case(_R, "edge", "a month apart", again(30), FINE),
    _case(_R, "edge", "the gap is the standard's", again(31), FINE, gap_days=31),
    _case(_R, "good", "its article tells of a change", again(180, edited=True), FINE),
    _case(_R, "good", "undated", case((replace(row("a"), twin=COPY),), look(TODAY)), FINE),
    _case(_R, "good", "a standing column", replace(again(180), expected=expected(Cadence())), NOT_APPLICABLE),
    _case(_R, "unverified", "the list was not read", case(
        Unverified(code=Missing.READER, reason="列表识别把握不足")), UNVERIFIED),
]  # fmt: skip

CASES = [*BACKDATED, *SUDDEN, *OUT_OF_ORDER, *FUTURE, *RECYCLED]
