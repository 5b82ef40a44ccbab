"""The replica's new media accounts, and what the office saw of them on the day of the state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from checks.media_facts import AccountState, MediaUpdate
from config.media import Platform
from services.workspace import Workspace
from storage import media as looks
from tests.replica import names
from tests.replica.site import Replica, months_before
from tests.replica.truth import TruthFinding


@dataclass(frozen=True, slots=True)
class _Planted:
    account: str
    days: int | None = None
    months: int | None = None
    """How long before the day it published last; neither: it is gone."""
    rule: str | None = None
    note: str = ""


UNITS = tuple(b.id for b in names.DEPARTMENTS[:6])
_FRESH = ("fabu", "weibo")
_PLANTED = (
    _Planted("chadang", days=15, rule="silent-account", note="a day too long"),
    _Planted("qiahao", days=14, note="exactly fourteen days"),
    _Planted("jiangshi", months=7, rule="dead-account", note="half a year and more"),
    _Planted("zhaobudao", rule="dead-account", note="it cannot be found"),
)


def document() -> dict[str, Any]:
    """``media.yaml``: one account a unit, two of the city's office."""
    accounts = [
        {"id": "fabu", "platform": "wechat", "name": "瑞昌发布", "unit": names.OFFICE},
        {"id": "weibo", "platform": "weibo", "name": "瑞昌发布", "unit": names.OFFICE},
    ]
    accounts += [
        {"id": p.account, "platform": "wechat", "name": f"{unit}微讯", "unit": unit}
        for p, unit in zip(_PLANTED, UNITS, strict=False)
    ]
    return {"expected": {Platform.WEIBO.value: 1, Platform.WECHAT.value: 5}, "accounts": accounts}


def look(ws: Workspace, replica: Replica) -> None:
    """What a person entered on the day of the state; of a city without plants all publish."""
    today = replica.today
    updates = [_seen(name, today, today - timedelta(days=2)) for name in _FRESH]
    for planted in _PLANTED:
        last: date | None = today - timedelta(days=planted.days or 0)
        if planted.rule and not replica.spec.plants:
            last = today
        elif planted.months is not None:
            last = months_before(today, planted.months)
        elif planted.days is None:
            last = None
        updates.append(_seen(planted.account, today, last))
    looks.add(ws.engine, updates, actor="tester", at=ws.now())


def _seen(account: str, today: date, last: date | None) -> MediaUpdate:
    return MediaUpdate(
        account=account,
        seen_on=today,
        last_on=last,
        title="要闻" if last else "",
        state=AccountState.ALIVE if last else AccountState.GONE,
        source="查看",
    )


def truth(replica: Replica) -> Iterator[TruthFinding]:
    if not replica.spec.plants:
        return
    for planted, unit in zip(_PLANTED, UNITS, strict=False):
        if planted.rule:
            yield TruthFinding(
                rule=planted.rule,
                unit=unit,
                site="portal",
                subject=f"unit:media.{planted.account}",
                note=planted.note,
            )
