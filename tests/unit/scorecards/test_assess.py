"""The year-end table: the worked example of the documentation, and what must hold of any table."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.registry import RULES
from checks.workdays import official
from config.assessment import Assessment
from config.loader import load_standard
from config.schema import City, Config, Standard, Unit, UnitGroup
from reports.assessment import AssessmentView, Names, Step, derivation
from scorecards.assess import (
    Card,
    Circular,
    Inspected,
    Known,
    Scan,
    Slot,
    UnitResult,
    WorkingDays,
    assess,
    card_decoder,
    half_up,
    slot_of,
)
from scorecards.handling import Handled, Happening, WaiverDays, walk
from scorecards.score import Counted, Coverage, encode, score

DOCUMENT = Path(__file__).parents[3] / "docs" / "assessment.md"
FIRST, LAST = date(2018, 1, 1), date(2018, 12, 31)


@cache
def standard() -> Standard:
    return load_standard("ruichang-2018")


def settings_(**changes: object) -> Assessment:
    found = standard().assessment
    assert found is not None
    return found.model_copy(update=changes)


def unit(
    unit_id: str,
    group: UnitGroup = UnitGroup.DEPARTMENT,
    *,
    confirmed: bool = True,
    valid: tuple[str | None, str | None] = (None, None),
    successors: tuple[str, ...] = (),
    short: str = "",
) -> Unit:
    return Unit(
        id=unit_id,
        name=short or unit_id,
        short=short or unit_id,
        group=group,
        confirmed=confirmed,
        valid_from=date.fromisoformat(valid[0]) if valid[0] else None,
        valid_to=date.fromisoformat(valid[1]) if valid[1] else None,
        successors=successors,
    )


def mark(number: int) -> str:
    return f"{number:08x}" + "0" * 24


class Year:
    """A year put together by hand."""

    def __init__(self, *units: Unit, assessment: Assessment | None = None) -> None:
        self.units = units or (unit("u"),)
        self.assessment = assessment or settings_(min_scans=1, min_reached=0)
        self.scans: list[Scan] = []
        self.slots: list[Slot] = []
        self.cards: dict[tuple[int, str], Card] = {}
        self.logs: dict[int, list[Happening]] = {}
        self.rule_of: dict[int, str] = {}
        self.circulars: list[Circular] = []
        self.inspected: list[Inspected] = []
        self.waivers: dict[int, WaiverDays] = {}
        self.first, self.last = FIRST, LAST

    def scan(
        self,
        kind: str,
        day: str,
        found: dict[str, Iterable[int]],
        *,
        only: bool = False,
        verified: int = 100,
    ) -> int:
        """A scan that gives the units named their findings (numbers below)."""
        number = len(self.scans) + 1
        on = date.fromisoformat(day)
        as_of = datetime(on.year, on.month, on.day, 1, tzinfo=UTC)
        units = frozenset(found) if only else None
        self.scans.append(Scan(number, kind, as_of, on.toordinal(), units))
        for unit_id, numbers in found.items():
            who = next(u for u in self.units if u.id == unit_id)
            card = score(
                who,
                [self.counted(n, as_of) for n in numbers],
                [],
                Coverage(verified=verified, applicable=100, rules=frozenset(standard().rules)),
                standard(),
                as_of,
                today=on,
                max_age_days=35,
            )
            self.cards[number, unit_id] = card_decoder.decode(encode(card))
        return number

    def counted(self, number: int, at: datetime) -> Counted:
        rule_id = self.rule_of[number]
        return Counted(
            fingerprint=mark(number),
            rule_id=rule_id,
            subject_key=str(number),
            severity=RULES[rule_id].severity,
            measured_at=at,
        )

    def finding(
        self,
        number: int,
        rule_id: str,
        *log: tuple[str, str, dict[str, object]],
        unit_id: str = "u",
    ) -> int:
        self.rule_of[number] = rule_id
        self.logs[number] = [
            Happening(
                kind,
                date.fromisoformat(day).toordinal(),
                date.fromisoformat(day) <= self.last,
                False,
                data,
                str(data.get("unit", unit_id)) if kind in ("found", "recurred") else None,
            )
            for kind, day, data in log
        ]
        return number

    def known(self) -> Known:
        calendar = official()
        days = WorkingDays(
            calendar,
            self.first.toordinal() - 400,
            self.last.toordinal() + 400,
            self.assessment.rectification.grace_workdays,
        )
        findings: dict[int, Handled] = {
            number: walk(log, waivers=self.waivers, late=days.late, at=self.last.toordinal())
            for number, log in self.logs.items()
        }
        return Known(
            config=Config(
                city=City(id="c", name="某市", office="市政府办", trial_run=False),
                categories=(),
                catalogues=(),
                sites=(),
                units=self.units,
            ),
            assessment=self.assessment,
            first=self.first.toordinal(),
            last=self.last.toordinal(),
            calendar=calendar,
            scans=self.scans,
            slots=self.slots,
            cards=self.cards,
            findings=findings,
            ids={mark(n): n for n in self.logs},
            rules={mark(n): rule_id for n, rule_id in self.rule_of.items()},
            circulars=self.circulars,
            inspected=self.inspected,
        )

    def view(self) -> AssessmentView:
        return AssessmentView(
            city="某市",
            year=self.first.year,
            first=self.first,
            last=self.last,
            standard_id="ruichang-2018",
            standard_title="",
            settings=self.assessment,
            trial_run=False,
            warnings=(),
            results=tuple(assess(self.known())),
            names=Names(
                units={u.id: u.short for u in self.units},
                findings={n: mark(n) for n in self.logs},
                rules={mark(n): r for n, r in self.rule_of.items()},
            ),
        )

    def line(self, unit_id: str = "u") -> UnitResult:
        return next(r for r in assess(self.known()) if r.unit_id == unit_id)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def example() -> Year:
    """The year of the documentation: four scans, four tasks, one of each deduction."""
    year = Year(
        unit("czj", short="市财政局"), unit("jtj", short="市教体局"), assessment=settings_()
    )
    mine = {"unit_id": "czj"}
    year.finding(
        0xA1,
        "overdue-column",
        ("found", "2018-03-05", {}),
        ("reminded", "2018-03-06", {"deadline": "2018-03-20"}),
        ("rectified", "2018-03-12", {}),
        **mine,
    )
    year.finding(
        0xB2,
        "blank-column",
        ("found", "2018-03-05", {}),
        ("reminded", "2018-03-06", {"deadline": "2018-03-20"}),
        ("rectified", "2018-04-02", {}),
        ("recurred", "2018-05-07", {}),
        ("reminded", "2018-05-08", {"deadline": "2018-05-22"}),
        ("claimed", "2018-05-21", {}),
        ("rectified", "2018-06-04", {}),
        **mine,
    )
    year.finding(
        0xC3,
        "dead-link",
        ("found", "2018-03-05", {}),
        ("reminded", "2018-03-06", {"deadline": "2018-03-20"}),
        ("revoked", "2018-03-07", {}),
        **mine,
    )
    year.finding(
        0xD4,
        "overdue-column",
        ("found", "2018-06-04", {}),
        ("reminded", "2018-06-05", {"deadline": "2018-06-20"}),
        ("circulated", "2018-07-10", {}),
        ("rectified", "2018-07-12", {}),
        **mine,
    )
    name = "czj"
    year.scan("weekly", "2018-03-05", {name: [0xA1, 0xB2, 0xC3]})
    year.scan("weekly", "2018-03-12", {name: [0xB2]})
    year.scan("weekly", "2018-05-07", {name: [0xB2]})
    year.scan("quarterly", "2018-06-04", {name: [0xD4]})
    year.circulars.append(
        Circular("瑞府办字〔2018〕30号", day("2018-07-10"), frozenset({name}), (0xD4,))
    )
    year.inspected.append(Inspected("third-party", "a.xlsx", "1", 2, name, 0xB2, day("2018-05-10")))
    year.inspected.append(Inspected("province", "b.xlsx", "1", 2, name, 0xC3, day("2018-03-20")))
    return year


def lines(year: Year, unit_id: str) -> list[Step]:
    view = year.view()
    return list(derivation(view, next(r for r in view.results if r.unit_id == unit_id)))


def test_the_worked_example_of_the_documentation_is_what_the_program_prints() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert block is not None
    printed = [s.text for s in lines(example(), "czj")]
    assert [line.strip() for line in block[1].splitlines() if line.strip()] == printed


def recomputed(expression: str) -> int:
    """What a calculator says, rounded half up to two decimals."""
    assert re.fullmatch(r"[0-9. +\-×÷()]+", expression), expression
    numbers = re.sub(r"\d+(\.\d+)?", lambda m: f"Fraction('{m[0]}')", expression)
    value = eval(numbers.replace("×", "*").replace("÷", "/"), {"Fraction": Fraction})
    sign = -1 if value < 0 else 1
    return int(sign * half_up(abs(Fraction(value)) * 100))


def check_by_calculator(steps: Sequence[Step]) -> int:
    """Every line's expression gives its value, and every number in it comes from an earlier value, a
    count or a setting; gives how many lines were calculated."""
    done = 0
    for step in steps:
        if step.value is not None and step.expression:
            assert recomputed(step.expression) == step.value, step.text
            done += 1
    return done


def test_a_calculator_confirms_every_line_of_the_example() -> None:
    steps = lines(example(), "czj")
    assert check_by_calculator(steps) >= 15
    total = [s.value for s in steps if s.words == "总分"]
    assert total == [example().line("czj").total]


# --- which scans count ----------------------------------------------------------------------------


def test_one_scan_counts_for_each_slot_and_it_is_the_newest_that_was_graded() -> None:
    year = Year()
    year.finding(1, "overdue-column", ("found", "2018-03-05", {}))
    year.scan("weekly", "2018-03-05", {"u": [1]})
    year.scan("weekly", "2018-03-06", {"u": []})
    year.scan("weekly", "2018-03-07", {"u": []}, verified=10)
    (part,) = year.line().kinds
    assert [o.scan_id for o in part.occasions] == [2]
    assert year.line().total == 100_00


def test_where_the_scheduler_names_a_scan_no_other_of_that_slot_counts() -> None:
    year = Year()
    year.finding(1, "overdue-column", ("found", "2018-03-05", {}))
    year.scan("weekly", "2018-03-05", {"u": [1]})
    year.scan("weekly", "2018-03-09", {"u": []})
    year.slots.append(Slot("weekly", "2018-W10", day("2018-03-05"), 1))
    assert [o.scan_id for o in year.line().kinds[0].occasions] == [1]


def test_an_annual_scan_made_late_counts_once_for_the_year_it_was_due_in() -> None:
    year = Year()
    year.scan("annual", "2019-01-15", {"u": []})
    assert year.line().total is None
    year.slots.append(Slot("annual", "2018", day("2018-12-20"), 1))
    assert [o.day for o in year.line().kinds[0].occasions] == [LAST.toordinal()]
    year.first, year.last = date(2019, 1, 1), date(2019, 12, 31)
    assert year.line().total is None


def test_rechecks_looks_at_single_units_and_third_party_kinds_are_no_scans_of_the_year() -> None:
    year = Year()
    for kind, only in (("recheck", False), ("weekly", True), ("bimonthly", False)):
        year.scan(kind, "2018-03-05", {"u": []}, only=only)
    result = year.line()
    assert (result.total, result.grade) == (None, None)
    assert "不评" in result.reason


def test_a_spot_check_counts_for_its_sample_only() -> None:
    year = Year(unit("a"), unit("b"))
    year.scan("weekly", "2018-03-05", {"a": [], "b": []})
    year.scan("spot", "2018-03-06", {"a": []}, only=True)
    assert [k.kind for k in year.line("a").kinds] == ["spot", "weekly"]
    assert [k.kind for k in year.line("b").kinds] == ["weekly"]
    assert (year.line("b").held, year.line("b").missed) == (1, ())


@pytest.mark.parametrize(
    ("kind", "on", "slot"),
    [
        ("weekly", "2018-12-31", "2019-W01"),
        ("weekly", "2018-06-04", "2018-W23"),
        ("monthly", "2018-06-04", "2018-06"),
        ("quarterly", "2018-06-04", "2018Q2"),
        ("annual", "2018-06-04", "2018"),
        ("spot", "2018-06-04", "2018-06-04"),
    ],
)
def test_slots_are_those_of_the_calendar(kind: str, on: str, slot: str) -> None:
    assert slot_of(kind, date.fromisoformat(on)) == slot


# --- who is assessed and ranked -------------------------------------------------------------------


def test_a_unit_that_was_never_reached_has_no_score_and_an_unconfirmed_one_neither() -> None:
    year = Year(unit("a"), unit("b", confirmed=False), unit("c"))
    year.scan("weekly", "2018-03-05", {"a": [], "b": []})
    year.scan("weekly", "2018-03-12", {"c": []}, verified=10)
    for unit_id, words in (("b", "未核对"), ("c", "没有一次")):
        result = year.line(unit_id)
        assert (result.total, result.rank, result.grade) == (None, None, None)
        assert words in result.reason
    assert (year.line("a").rank, year.line("a").of) == (1, 1)
    assert "覆盖率" in year.line("c").missed[-1].reason


def test_a_unit_of_half_a_year_is_judged_on_that_half_and_not_ranked_with_whole_years() -> None:
    old = unit("old", valid=(None, "2018-06-30"), successors=("new",))
    new = unit("new", valid=("2018-07-01", None))
    year = Year(unit("a"), old, new)
    year.finding(1, "overdue-column", ("found", "2018-03-05", {}), unit_id="old")
    year.finding(
        2,
        "overdue-column",
        ("found", "2018-06-18", {}),
        ("reminded", "2018-06-19", {"deadline": "2018-07-03"}),
        unit_id="old",
    )
    year.scan("weekly", "2018-03-05", {"a": [], "old": [1]})
    year.scan("weekly", "2018-09-03", {"a": [], "new": []})
    was, is_now = year.line("old"), year.line("new")
    assert (was.total, was.grade, was.rank, was.held) == (95_00, "优秀", None, 1)
    assert (was.heirs, is_now.predecessors) == (("new",), ("old",))
    assert was.left_open == (1, 2)
    assert was.rectification is None  # the deadline lay after its end: nobody's fault
    assert (is_now.total, is_now.rank, is_now.grade) == (100_00, None, "优秀")
    assert (year.line("a").rank, year.line("a").of) == (1, 1)
    assert "2018-06-30" in was.reason


def test_units_with_too_few_scans_are_scored_and_not_graded() -> None:
    rules = settings_(min_scans=2, min_reached=60)
    year = Year(unit("a"), unit("b"), unit("c"), assessment=rules)
    for i in range(5):
        found: dict[str, Iterable[int]] = {"a": []}
        if i < 3:
            found["b"] = []
        if i < 2:
            found["c"] = []
        year.scan("weekly", f"2018-0{i + 1}-15", found)
    assert (year.line("a").rank, year.line("a").of) == (1, 2)
    assert year.line("b").rank == 1
    c = year.line("c")
    assert (c.total, c.grade, c.rank) == (100_00, None, None)
    assert "应检 5 次，检测到 2 次，不足 60%" in c.reason


def test_party_bodies_are_judged_on_their_budgets_alone() -> None:
    year = Year(unit("p", UnitGroup.PARTY))
    year.finding(1, "missing-budget", ("found", "2018-10-08", {}), unit_id="p")
    year.scan("weekly", "2018-10-08", {"p": [1]})
    assert year.line("p").total == 75_00  # 10 of 40 points of the one class that they have


def test_equal_totals_share_a_rank_and_the_next_ones_are_skipped() -> None:
    year = Year(unit("a"), unit("b"), unit("c"), unit("t", UnitGroup.TOWN))
    year.finding(1, "overdue-column", ("found", "2018-03-05", {}), unit_id="c")
    year.scan("weekly", "2018-03-05", {"a": [], "b": [], "c": [1], "t": []})
    places = [(r.unit_id, r.rank, r.of) for r in assess(year.known())]
    assert places == [("a", 1, 3), ("b", 1, 3), ("c", 3, 3), ("t", 1, 1)]


# --- what restores points -------------------------------------------------------------------------


def test_a_revocation_next_january_restores_the_points_of_the_years_cards() -> None:
    year = Year()
    year.finding(1, "overdue-column", ("found", "2018-11-05", {}), ("revoked", "2019-01-08", {}))
    year.finding(2, "overdue-column", ("found", "2018-11-05", {}))
    year.scan("weekly", "2018-11-05", {"u": [1, 2]})
    (occasion,) = year.line().kinds[0].occasions
    assert (occasion.score, occasion.removed) == (95_00, (mark(1),))


def test_not_applicable_for_the_year_restores_all_of_it_and_a_waiver_from_a_day_only_the_rest() -> (
    None
):
    year = Year()
    log = (("found", "2018-03-05", {}), ("waived", "2018-04-10", {"waiver_id": 7}))
    year.finding(1, "overdue-column", *log)
    year.scan("weekly", "2018-03-05", {"u": [1]})
    year.scan("weekly", "2018-04-16", {"u": [1]})
    assert [o.score for o in year.line().kinds[0].occasions] == [95_00, 100_00]
    year.waivers[7] = WaiverDays(FIRST.toordinal(), LAST.toordinal())
    assert [o.score for o in year.line().kinds[0].occasions] == [100_00, 100_00]


def test_a_circular_whose_findings_were_all_taken_back_does_not_count() -> None:
    year = Year(unit("u"), unit("v"))
    revoked = (
        ("found", "2018-03-05", {}),
        ("reminded", "2018-03-06", {}),
        ("revoked", "2018-08-01", {}),
    )
    year.finding(1, "overdue-column", *revoked)
    year.finding(2, "overdue-column", ("found", "2018-03-05", {}), unit_id="v")
    year.scan("weekly", "2018-03-05", {"u": [], "v": []})
    year.circulars.append(Circular("1号", day("2018-07-01"), frozenset({"u", "v"}), (1, 2)))
    assert year.line("u").total == 100_00
    assert year.line("v").total == 95_00


def test_what_others_found_counts_once_a_source_and_not_when_it_was_taken_back() -> None:
    year = Year()
    year.finding(1, "overdue-column", ("found", "2018-03-05", {}))
    year.finding(2, "overdue-column", ("found", "2018-03-05", {}), ("revoked", "2018-04-01", {}))
    year.scan("weekly", "2018-03-05", {"u": []})
    for source in ("third-party", "province"):
        for row, number in ((2, 1), (3, 1), (4, 2)):
            year.inspected.append(Inspected(source, "f", "1", row, "u", number, day("2018-05-01")))
    off = {d.key: (d.count, d.deducted) for d in year.line().deductions}
    assert (off["third_party"], off["province"], off["prefecture"]) == ((1, 50), (1, 200), (0, 0))


def test_caps_hold_and_no_total_is_below_zero() -> None:
    huge = settings_(
        min_scans=1,
        min_reached=0,
        circulars=settings_().circulars.model_copy(
            update={"points": Decimal(100), "cap": Decimal(1000)}
        ),
    )
    year = Year(assessment=huge)
    year.scan("weekly", "2018-03-05", {"u": []})
    for n in range(3):
        year.circulars.append(Circular(f"{n}号", day("2018-07-01"), frozenset({"u"}), ()))
    assert year.line().total == 0
    assert check_by_calculator(lines(year, "u"))


# --- what holds of any year -----------------------------------------------------------------------

_RULE_IDS = ("overdue-column", "blank-column", "dead-link", "untidy-title", "missing-column")
_KINDS = ("weekly", "monthly", "quarterly", "annual")


def random_year(seed: int) -> Year:
    chance = random.Random(seed)
    year = Year(unit("u"), unit("v"), unit("w", valid=("2018-05-01", None)))
    for number in range(1, chance.randrange(1, 14)):
        begin = FIRST.toordinal() + chance.randrange(300)
        log: list[tuple[str, str, dict[str, object]]] = [
            ("found", date.fromordinal(begin).isoformat(), {})
        ]
        at = begin
        for kind in chance.choices(
            (
                "reminded",
                "claimed",
                "not_mended",
                "rectified",
                "recurred",
                "circulated",
                "disputed",
            ),
            k=chance.randrange(6),
        ):
            at += chance.randrange(1, 25)
            data: dict[str, object] = {}
            if kind == "reminded":
                limit = date.fromordinal(at + chance.randrange(3, 20))
                data = {"deadline": limit.isoformat()}
            log.append((kind, date.fromordinal(at).isoformat(), data))
        year.finding(number, chance.choice(_RULE_IDS), *log, unit_id=chance.choice("uvw"))
    for _ in range(chance.randrange(1, 8)):
        on = date.fromordinal(FIRST.toordinal() + chance.randrange(365))
        shown: dict[str, Iterable[int]] = {
            u: [n for n in year.logs if chance.random() < 0.5]
            for u in "uvw"
            if chance.random() < 0.9 and (u != "w" or on >= date(2018, 5, 1))
        }
        year.scan(chance.choice(_KINDS), on.isoformat(), shown)
    for number in year.logs:
        if chance.random() < 0.3:
            source = chance.choice(("third-party", "prefecture", "province"))
            on = date.fromordinal(FIRST.toordinal() + chance.randrange(365))
            year.inspected.append(
                Inspected(source, "f", "1", number, chance.choice("uv"), number, on.toordinal())
            )
    if chance.random() < 0.5:
        year.circulars.append(Circular("1号", day("2018-07-01"), frozenset("uv"), tuple(year.logs)))
    return year


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_calculator_confirms_every_line_of_every_unit(seed: int) -> None:
    year = random_year(seed)
    view = year.view()
    for result in view.results:
        steps = list(derivation(view, result))
        check_by_calculator(steps)
        if result.total is not None:
            assert result.total == max(0, next(s.value for s in steps if s.words == "总分") or 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_taking_a_finding_back_never_lowers_what_its_unit_has(seed: int) -> None:
    year = random_year(seed)
    before = {r.unit_id: r for r in assess(year.known())}
    number = random.Random(seed).choice([0, *year.logs])
    if not number:
        return
    year.logs[number].append(Happening("revoked", day("2019-02-01"), False, False, {}, None))
    if not walk(
        year.logs[number], waivers={}, late=lambda a, b: b > a, at=LAST.toordinal()
    ).excluded:
        return  # a log that cannot be revoked
    for after in assess(year.known()):
        was = before[after.unit_id]
        assert after.scans is None or was.scans is None or after.scans >= was.scans
        for new, old in zip(after.deductions, was.deductions, strict=True):
            assert new.deducted <= old.deducted


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_what_is_read_changes_nothing(seed: int) -> None:
    year = random_year(seed)
    view = year.view()
    known = year.known()
    chance = random.Random(seed)

    def shuffled(items: Iterable[object]) -> list[object]:
        mixed = list(items)
        chance.shuffle(mixed)
        return mixed

    mixed = replace(
        known,
        scans=shuffled(known.scans),
        slots=shuffled(known.slots),
        cards=dict(shuffled(known.cards.items())),  # type: ignore[arg-type]
        findings=dict(shuffled(known.findings.items())),  # type: ignore[arg-type]
        ids=dict(shuffled(known.ids.items())),  # type: ignore[arg-type]
        circulars=shuffled(known.circulars),
        inspected=shuffled(known.inspected),
    )
    assert tuple(assess(mixed)) == view.results


def test_a_kind_without_a_scan_gives_its_weight_to_the_others() -> None:
    year = Year()
    year.finding(1, "overdue-column", ("found", "2018-03-05", {}))
    year.scan("weekly", "2018-03-05", {"u": [1]})  # 95, weight 30
    year.scan("annual", "2018-12-03", {"u": []})  # 100, weight 20
    assert year.line().scans == 97_00
    shares = [
        Fraction(k.weight, sum(p.weight for p in year.line().kinds)) for k in year.line().kinds
    ]
    assert sum(shares) == 1


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_half_up_rounds_halves_up(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    rounded = half_up(value)
    assert Fraction(-1, 2) < rounded - value <= Fraction(1, 2)
