"""Small tables and facts of a site, for tests of the engine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from config.schema import Standard
from scorecards.indicators import reckon
from scorecards.site_card import Column, Fault, Looked, SiteCard, SiteFacts, Unsure

AS_OF = datetime(2018, 6, 4, 1, tzinfo=UTC)
TODAY = date(2018, 6, 4)


def table(*indicators: dict[str, Any], **more: Any) -> Standard:
    """A standard of a veto part, 100 points and a bonus of 30; rules as the conditions name them."""
    rules = {r: {} for x in indicators for c in x["conditions"] for r in c.get("rules", ())}
    return Standard.model_validate(
        {
            "id": "mine",
            "title": "自定",
            "basis": "测试",
            "subject": "site",
            "parts": [
                {"id": "veto", "title": "否决", "kind": "veto"},
                {"id": "deduct", "title": "扣分", "kind": "deduct", "total": 100, "pass_line": 60,
                 "sites": ["portal"]},
                {"id": "bonus", "title": "加分", "kind": "bonus", "total": 30, "needs_above": 80,
                 "sites": ["portal"]},
            ],
            "rules": {**rules, **more.pop("rules", {})},
            "indicators": indicators,
            **more,
        }
    )  # fmt: skip


def indicator(part: str, *conditions: dict[str, Any], id: str = "x", **more: Any) -> dict[str, Any]:
    return {"id": id, "part": part, "group": "组", "title": id, "conditions": conditions, **more}


def condition(id: str = "c", judge: str = "auto", **more: Any) -> dict[str, Any]:
    return {"id": id, "title": id, "judge": judge, **more}


def faults(rule: str, count: int, scope: str = "page", **more: Any) -> tuple[Fault, ...]:
    """As many findings, each of a subject of its own."""
    return tuple(
        Fault(fingerprint=f"{rule}:{i}", rule_id=rule, subject_key=f"s/{i}", scope=scope, **more)
        for i in range(count)
    )


def unsure(rule: str, count: int, scope: str = "page", first: int = 1000) -> tuple[Unsure, ...]:
    return tuple(
        Unsure(rule_id=rule, subject_key=f"s/{first + i}", reason="没有读到", scope=scope)
        for i in range(count)
    )


def facts(**more: Any) -> SiteFacts:
    """Of a portal where every rule had something to look at."""
    more.setdefault("looked", dict.fromkeys(("a", "b", "d", "blank", "late"), Looked(judged=9)))
    return SiteFacts(site_id="portal", kind=more.pop("kind", "portal"), **more)


def columns(count: int, category: str) -> tuple[Column, ...]:
    return tuple(Column(key=f"s/{i}", category=category, names=(f"栏目{i}",)) for i in range(count))


def card(standard: Standard, given: SiteFacts) -> SiteCard:
    return reckon(standard, given, AS_OF, TODAY)
