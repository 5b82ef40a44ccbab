"""What became of a duty's periods: published, published late, not published, not known. Pure; the
rule accuses by it and the overview of duties shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checks.duties_facts import Looked, Term
from checks.duties_titles import may_be_of, may_tell, terms_of, told_of
from checks.facts import Entry, Missing, Unverified
from config.duties import Duty


class TermState(StrEnum):
    MET = "met"
    LATE = "late"
    MISSING = "missing"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermStanding:
    """One period of a duty."""

    term: Term
    due: date
    state: TermState
    entry: Entry | None = None
    """The first entry that met it; of an unverified one, the first that may be it."""
    unverified: Unverified | None = None


UNSURE = Unverified(
    code=Missing.UNPROVEN, reason="有标题相近的信息，读不出是不是这一期，请人工查看"
)


INFERRED = "责任单位是推断的，请先核对"


def doubts_of(duty: Duty, looked: Looked) -> tuple[str, ...]:
    """Why a person should look before the unit is accused, in Chinese."""
    return (*((INFERRED,) if duty.unconfirmed else ()), *looked.doubts)


def standings(duty: Duty, looked: Looked, terms: Iterable[Term]) -> Iterator[TermStanding]:
    """What became of each of the periods, as if the day to publish had passed."""
    about = [(entry, terms_of(duty, entry)) for entry in looked.entries if told_of(duty, entry)]
    near = [(entry, terms_of(duty, entry)) for entry in looked.entries if may_be_of(duty, entry)]
    for term in terms:
        met = [entry for entry, named in about if named and term.key in named]
        if met:
            first = min(met, key=lambda e: (e.published or date.max, e.url))
            late = first.published is not None and first.published > term.due(duty.due_days)
            yield _standing(duty, term, TermState.LATE if late else TermState.MET, first)
            continue
        perhaps = [
            entry
            for entry, named in (*about, *near)
            if (named and term.key in named) or may_tell(duty, entry, term)
        ]
        if looked.gap is not None or perhaps:
            first_perhaps = perhaps[0] if perhaps else None
            why = looked.gap or UNSURE
            yield _standing(duty, term, TermState.UNVERIFIED, first_perhaps, why)
        else:
            yield _standing(duty, term, TermState.MISSING)


def _standing(
    duty: Duty,
    term: Term,
    state: TermState,
    entry: Entry | None = None,
    why: Unverified | None = None,
) -> TermStanding:
    return TermStanding(
        term=term, due=term.due(duty.due_days), state=state, entry=entry, unverified=why
    )
