"""New media accounts: silent, dead, not looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.facts import Missing, Unverified
from checks.media_facts import AccountState, MediaCase, MediaUpdate
from checks.model import OutcomeKind, Scope
from config.media import Account, Platform
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import TODAY, subject

ACCOUNT = Account(id="fb", platform=Platform.WECHAT, name="发布", unit="u1")
UNSEEN = Unverified(code=Missing.NOT_REACHED, reason="没有登记过最近更新的日期")
FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED


def case(
    last: date | None,
    seen: date = TODAY,
    state: AccountState = AccountState.ALIVE,
    source: str = "查看",
) -> MediaCase:
    update = MediaUpdate(
        account="fb", seen_on=seen, last_on=last, title="要闻", state=state, source=source
    )
    return MediaCase(subject=subject(Scope.UNIT, "portal/media.fb"), account=ACCOUNT, update=update)


def _case(
    rule: str, side: Any, name: str, made: MediaCase, kind: OutcomeKind, **params: Any
) -> RuleCase:
    return RuleCase(rule=rule, side=side, name=name, case=made, kind=kind, params=params)


_UNSEEN = MediaCase(subject=subject(Scope.UNIT, "portal/media.fb"), account=ACCOUNT, update=UNSEEN)
_S, _D = "silent-account", "dead-account"

CASES = [
    _case(_S, "bad", "three weeks silent", case(date(2018, 5, 14)), FINDING),
    _case(_S, "bad", "its feed is three weeks old", case(date(2018, 5, 14), source="feed（0123456789ab）"), SUSPECTED),
    _case(_D, "bad", "its feed is a year old", case(date(2017, 6, 1), source="feed（0123456789ab）"), SUSPECTED),
    _case(_S, "good", "its feed is of yesterday", case(date(2018, 6, 3), source="feed（0123456789ab）"), FINE),
    _case(_S, "good", "updated yesterday", case(date(2018, 6, 3)), FINE),
    _case(_S, "edge", "exactly fourteen days", case(date(2018, 5, 21)), FINE),
    _case(_S, "edge", "fifteen days", case(date(2018, 5, 20)), FINDING),
    _case(_S, "edge", "the limit is the standard's", case(date(2018, 5, 21)), FINDING, days=13),
    _case(_S, "unverified", "never looked at", _UNSEEN, UNVERIFIED),
    _case(
        _S, "unverified", "in time when it was looked at, not since",
        case(date(2018, 5, 20), seen=date(2018, 5, 25)), UNVERIFIED,
    ),
    _case(
        _S, "bad", "late already when it was looked at",
        case(date(2018, 5, 1), seen=date(2018, 5, 25)), FINDING,
    ),
    _case(
        _S, "edge", "fourteen days on the day it was looked at",
        case(date(2018, 5, 11), seen=date(2018, 5, 25)), UNVERIFIED,
    ),
    _case(_S, "good", "a dead one is not silent as well", case(date(2017, 1, 1)), NOT_APPLICABLE),
    _case(_D, "bad", "silent for a year", case(date(2017, 6, 1)), FINDING),
    _case(_D, "bad", "nothing was ever published", case(None, state=AccountState.EMPTY), FINDING),
    _case(_D, "bad", "it cannot be found", case(None, state=AccountState.GONE), FINDING),
    _case(_D, "good", "silent, not dead", case(date(2018, 3, 1)), FINE),
    _case(_D, "edge", "exactly six months", case(date(2017, 12, 4)), FINE),
    _case(_D, "edge", "six months and a day", case(date(2017, 12, 3)), FINDING),
    _case(_D, "edge", "the limit is the standard's", case(date(2018, 5, 3)), FINDING, dead_months=1),
    _case(_D, "unverified", "never looked at", _UNSEEN, UNVERIFIED),
    _case(
        _D, "good", "what happened after the look is not guessed",
        case(date(2017, 11, 30), seen=date(2018, 5, 30)), FINE,
    ),
]  # fmt: skip
