"""The sample of a spot check: the same for the same slot, random otherwise, and nobody is left out."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.workdays import official
from config.schedule import Spot
from config.schema import City, Config, Unit, UnitGroup
from scheduler.sample import deadlines, sample

CALENDAR = official()
DAY = timedelta(days=1)


def config(*units: Unit) -> Config:
    city = City(id="c", name="某市", office="某市政府办")
    return Config(city=city, categories=(), catalogues=(), sites=(), units=units)


def unit(name: str, **more: object) -> Unit:
    fields = {"id": name, "name": name, "short": name, "group": UnitGroup.DEPARTMENT}
    return Unit.model_validate({**fields, "confirmed": True, **more})


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 60),
    per_day=st.integers(1, 8),
    weeks=st.integers(1, 10),
    first=st.dates(date(2017, 1, 1), date(2019, 1, 1)),
)
def test_every_unit_is_reached_within_the_weeks_configured_again_and_again(
    count: int, per_day: int, weeks: int, first: date
) -> None:
    """Also where a day's sample is too small for that, or holidays come between: then it grows."""
    units = config(*(unit(f"u{n}") for n in range(count)))
    spot = Spot(units_per_day=per_day, within_weeks=weeks)
    worked = [d for d in (first + n * DAY for n in range(150)) if CALENDAR.is_workday(d)]
    visits: dict[str, list[date]] = {u.id: [] for u in units.units}
    for day in worked:
        reached = {name: days[-1] for name, days in visits.items() if days}
        due_by = deadlines(units, spot, day, reached, worked[0])
        chosen = sample(day.isoformat(), day, due_by, per_day, CALENDAR)
        assert len(chosen) == len(set(chosen)) >= min(per_day, count)
        for name in chosen:
            visits[name].append(day)
    for days in visits.values():
        before = worked[0] - DAY
        for day in [*days, date.max]:
            last = max(before, worked[0]) + timedelta(weeks=weeks)
            possible = [d for d in worked if before < d <= last]
            following = [d for d in worked if d > before]
            if last < worked[-1] and following:  # else the time that is looked at ends first
                assert day <= (possible or following)[-1 if possible else 0]
            before = day


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_a_sample_is_the_same_for_the_same_slot_and_another_for_another(seed: int) -> None:
    day = date(2018, 6, 4)
    due_by = {f"u{n:02}": day + timedelta(weeks=8) for n in range(60)}
    one = sample(f"slot {seed}", day, due_by, 5, CALENDAR)
    assert one == sample(f"slot {seed}", day, dict(reversed(due_by.items())), 5, CALENDAR)
    assert len(one) == 5
    others = [sample(f"slot {seed} {n}", day, due_by, 5, CALENDAR) for n in range(5)]
    assert any(other != one for other in others)


def test_a_sample_grows_where_too_many_would_come_too_late_otherwise() -> None:
    friday = date(2018, 9, 28)  # 29 and 30 September are worked, then a week is not
    due_by = {f"u{n}": date(2018, 10, 5) for n in range(7)} | {"z": date(2018, 12, 1)}
    chosen = sample("x", friday, due_by, 2, CALENDAR)
    assert chosen == ["u0", "u1", "u2"]  # 2 on Saturday and 2 on Sunday suffice for the other four


def test_a_sample_knows_that_others_are_drawn_only_on_some_days_of_the_week() -> None:
    thursday = date(2018, 6, 7)
    due_by = {f"u{n}": thursday + 13 * DAY for n in range(6)}  # one more Thursday before
    assert len(sample("x", thursday, due_by, 2, CALENDAR)) == 2
    assert len(sample("x", thursday, due_by, 2, CALENDAR, [4])) == 4


def test_who_is_not_confirmed_not_valid_or_not_named_is_not_drawn() -> None:
    day = date(2018, 6, 4)
    units = config(
        unit("there"),
        unit("unconfirmed", confirmed=False),
        unit("gone", valid_to=date(2018, 6, 3)),
        unit("new", valid_from=date(2018, 6, 1)),
        unit("later", valid_from=date(2018, 6, 5)),
    )
    begun = date(2018, 5, 1)
    found = deadlines(units, Spot(within_weeks=1), day, {}, begun)
    assert found == {"there": date(2018, 5, 8), "new": date(2018, 6, 8)}
    named = deadlines(units, Spot(units=("new",)), day, {}, begun)
    assert list(named) == ["new"]
