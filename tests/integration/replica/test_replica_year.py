"""The city that lives through 2018: its state, its calendar, and the truth of its year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.replica.responses import Site
from tests.replica.year import cast, days
from tests.replica.year.diary import rehearse
from tests.replica.year.regime import Regime
from tests.replica.year.standing import faults_of, standing
from tests.replica.year.state import City, Told, mended
from tests.replica.year.table import rounded, table

MARCH = date(2018, 3, 19)


def test_a_state_is_the_same_to_the_byte_for_the_same_seed_day_and_mails() -> None:
    told = [Told(date(2018, 1, 29), "mzj", "mail", ("f02",))]
    one, other = Site(City(1, MARCH, told)), Site(City(1, MARCH, list(told)))
    for site in ("portal", "platform"):
        assert one.paths(site) == other.paths(site)
        assert all(one.reply(site, p).body == other.reply(site, p).body for p in one.paths(site))


def test_a_late_column_stands_until_its_unit_is_told_and_then_mends_by_its_habit() -> None:
    key = ("overdue-column", "column:platform/mzj.zwdt")
    untold = City(1, MARCH, ())
    assert key in standing(untold)
    faults = faults_of(untold, standing(untold)[key])
    told = [Told(MARCH, "mzj", "mail", faults)]
    day = days.workday_after(MARCH, 6)
    assert key in standing(City(1, day - days.ONE, told))
    assert key not in standing(City(1, day, told))


def test_a_negligent_unit_mends_nothing_and_a_shamed_one_only_after_a_circular() -> None:
    mails = [Told(MARCH, u, "mail", ("x",)) for u in ("jtj", "rsj")]
    assert mended(mails) == {}
    later = [*mails, Told(date(2018, 3, 30), "rsj", "circular", ("x",))]
    assert mended(later) == {"x": days.workday_after(date(2018, 3, 30), 4)}
    reformed = [*later, Told(date(2018, 9, 10), "rsj", "mail", ("y",))]
    assert mended(reformed)["y"] == days.workday_after(date(2018, 9, 10), 3)


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert days.workday_after(date(2018, 9, 28), 1) == date(2018, 9, 29)  # a Saturday
    assert days.workday_after(date(2018, 9, 30), 1) == date(2018, 10, 8)
    kinds = [s.kind for s in days.slots(date(2018, 1, 1), date(2018, 12, 31))]
    assert kinds.count("weekly") == 51  # none in the week of the spring festival
    assert (kinds.count("monthly"), kinds.count("third_party"), kinds.count("annual")) == (12, 6, 1)


def test_renamed_units_change_on_the_day_and_their_catalogues_with_them() -> None:
    before, after = City(1, date(2018, 6, 30), ()), City(1, date(2018, 7, 1), ())
    assert {b.id for b in before.holders} ^ {b.id for b in after.holders} == {"hbj", "sthjj"}
    assert before.column_of("hbj")
    assert not after.column_of("hbj")
    assert after.column_of("sthjj")


@pytest.mark.parametrize(
    ("value", "hundredths"),
    [
        (Fraction(1, 3), 33),
        (Fraction(5, 1000), 1),
        (Fraction(4999, 1_000_000), 0),
        (Fraction(100), 10_000),
    ],
)
def test_lines_are_rounded_half_up_to_a_hundredth(value: Fraction, hundredths: int) -> None:
    assert rounded(value) == hundredths


@pytest.fixture(scope="module")
def quarter() -> Regime:
    return rehearse(1, date(2018, 1, 1), date(2018, 3, 31), lambda slot: ("mzj", "jtj", "gfz"))


def test_a_quarter_of_the_truth_has_every_habit_in_it(quarter: Regime) -> None:
    ended = {
        u: [s.mended for c in quarter.cases.values() for s in c.stretches if s.unit == u]
        for u in cast.UNITS
    }
    assert ended["jtj"] == [None] * 3
    assert None not in ended["mzj"]
    assert {u for c in quarter.circulars for u in c.named} == {"jtj", "byz", "rsj", "hgz"}
    rows = table(quarter, date(2018, 1, 1), date(2018, 3, 31))
    assert "sthjj" not in rows
    assert rows["jtj"].total is not None
    assert rows["mzj"].total is not None
    assert rows["jtj"].total < rows["mzj"].total
    assert rows["jtj"].circulars == 1


def test_on_days_on_which_the_sites_are_down_nothing_is_seen_and_nothing_mends() -> None:
    regime = Regime(1)
    regime.scan("weekly", "2018-W19", date(2018, 5, 7))
    before = {k: c.now.mended for k, c in regime.cases.items()}
    regime.scan("weekly", "2018-W20", cast.DOWN[0])
    assert {k: c.now.mended for k, c in regime.cases.items()} == before
    assert {card.slot for card in regime.cards} == {"2018-W19"}
