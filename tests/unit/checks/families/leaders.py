"""Leaders with all that is said of them, and without."""

from __future__ import annotations

from typing import Any

from checks.leaders_facts import LeadersCase, LeaderSeen, LeadersSeen
from checks.model import OutcomeKind, Scope
from checks.parts import Leader
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import WALL, fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
UNVERIFIED = OutcomeKind.UNVERIFIED
WHOLE = {"post": "副局长", "has_photo": True, "has_resume": True, "has_duties": True}


def leader(name: str = "李四", **changes: Any) -> Leader:
    return Leader(name=name, **(WHOLE | changes))


def seen(*some: Leader, unread: tuple[str, ...] = ()) -> LeadersCase:
    held = tuple(LeaderSeen(leader=one, url=f"http://127.0.0.1/{one.name}.htm") for one in some)
    return LeadersCase(
        subject=subject(Scope.COLUMN, "czj.ldxx"),
        seen=LeadersSeen(leaders=held, unread=unread),
        fetched=fetched(),
    )


def _case(side: Any, name: str, made: LeadersCase, kind: OutcomeKind, **params: Any) -> RuleCase:
    return RuleCase(
        rule="incomplete-leader", side=side, name=name, case=made, kind=kind, params=params
    )


_A, _B = leader("张三", post="局长"), leader("王五")
_NO_PHOTO = leader(has_photo=False)
_EMPTY = leader(has_resume=False, blank=("简历",))

CASES = [
    _case("good", "everything is said of each", seen(_A, _B, leader()), FINE),
    _case("good", "a label without a text, the text on another page", seen(_A, _B, leader(blank=("简历",))), FINE),
    _case("bad", "nothing stands under the label", seen(_A, _B, _EMPTY), FINDING),
    _case("bad", "nothing stands under the label of the only one", seen(_EMPTY), FINDING),
    _case("bad", "the others have a photo", seen(_A, _B, _NO_PHOTO), SUSPECTED),
    _case("bad", "the others have duties", seen(_A, _B, leader(has_duties=False)), SUSPECTED),
    _case("bad", "the others have a post", seen(_A, _B, leader(post="")), SUSPECTED),
    _case("bad", "nobody has a résumé", seen(*(leader(n, has_resume=False) for n in ("张三", "李四", "王五"))), SUSPECTED),
    _case("edge", "one of two has a photo: of the column, not of the person", seen(_A, _NO_PHOTO), SUSPECTED),
    _case("edge", "photos are not asked for", seen(_A, _B, _NO_PHOTO), FINE, photo=0),
    _case("edge", "a résumé is, whatever of photos", seen(_A, _B, _EMPTY), FINDING, photo=0),
    _case("unverified", "nobody was recognised", LeadersCase(subject=subject(Scope.COLUMN, "czj.ldxx"), seen=WALL, fetched=None), UNVERIFIED),
    _case("unverified", "the page of one was not read", seen(_A, _B, unread=("李四",)), UNVERIFIED),
    _case("unverified", "a list names one whose own page was not read", seen(_A, _B, _EMPTY, unread=("李四",)), UNVERIFIED),
    _case("bad", "the page of another was not read", seen(_A, leader("王五", has_resume=False, blank=("简历",)), leader(), unread=("李四",)), FINDING),
]  # fmt: skip
