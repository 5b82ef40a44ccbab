"""The office of the year's city: its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.replica.config import RATE
from tests.replica.marks import CODES, SITE_NAMES
from tests.replica.names import CITY_BODY, Slot
from tests.replica.year import cast, days


def _slot(slot: Slot) -> dict[str, Any]:
    out: dict[str, Any] = {"slug": slot.slug, "name": slot.name, "category": slot.category}
    if slot.group:
        out["group"] = slot.group
    if slot.unit:
        out["unit"] = slot.unit
    return out


def _unit(resident: cast.Resident) -> dict[str, Any]:
    body = resident.body
    out: dict[str, Any] = {
        "id": body.id, "name": body.name, "short": body.short, "group": body.group,
        "kind": body.kind, "confirmed": True, "full_name_confirmed": True,
        "aliases": list(body.aliases),
        "contacts": [{"post": "信息员", "mail": address(body.id)}],
    }  # fmt: skip
    if body.group in cast.CATALOGUES:
        out["catalogue"] = body.group
    if resident.since:
        out["valid_from"] = resident.since
    if resident.until:
        out["valid_to"] = resident.until
        out["successors"] = list(resident.heirs)
    return out


def address(unit: str) -> str:
    """Where a unit gets its mail."""
    return f"{unit}@ruichang.example"


def documents(portal_port: int, platform_port: int, mail_port: int) -> dict[str, dict[str, Any]]:
    """File name → content, in the shape of ``config.schema``."""
    sites: list[dict[str, Any]] = [
        {
            "id": site, "name": SITE_NAMES[site], "kind": site,
            "url": f"http://127.0.0.1:{port}/", "operator": cast.OPERATOR,
            "site_code": CODES[site], "allow_private": True,
        }
        for site, port in (("portal", portal_port), ("platform", platform_port))
    ]  # fmt: skip
    sites[0]["budget_column"] = cast.BUDGETS
    categories = []
    for cadence in cast.CADENCES.values():
        limits = {
            k: getattr(cadence, k) for k in ("days", "months", "yearly_by") if getattr(cadence, k)
        }
        categories.append(
            {"id": cadence.id, "title": cadence.title, "cadence": limits, "basis": "仿真站点的设置"}
        )
    city = {
        "id": CITY_BODY.id, "name": CITY_BODY.name, "short": CITY_BODY.short, "group": "city",
        "kind": CITY_BODY.kind, "confirmed": True, "full_name_confirmed": True,
        "aliases": list(CITY_BODY.aliases), "catalogue": "city", "responsible": cast.OFFICE,
    }  # fmt: skip
    return {
        "city.yaml": {
            "id": "year", "name": "瑞昌市（仿真）", "office": "瑞昌市信息办",
            "standard": "ruichang-2018", "trial_run": False, "judge_from": cast.OPENS,
            "user_agent": "xunjian/0.1 (+government website inspection; contact: replica)",
            "rate": RATE, "crawl_window": None,
        },
        "sites.yaml": {"sites": sites},
        "units.yaml": {"units": [city, *(_unit(r) for r in cast.RESIDENTS)]},
        "columns.yaml": {
            "categories": categories,
            "catalogues": [
                {"id": key, "title": title, "columns": [_slot(s) for s in slots]}
                for key, (title, slots) in cast.CATALOGUES.items()
            ],
            "site_columns": {"portal": [_slot(s) for s in cast.PORTAL]},
        },
        "schedule.yaml": days.SCHEDULE,
        "channels.yaml": {
            "listed": 50,
            "auto_remind": True,
            "default": ["mail"],
            "channels": {
                "mail": {
                    "title": "邮件",
                    "url": f"mailto://127.0.0.1:{mail_port}?from=office@ruichang.example&to={{mail}}",
                }
            },
        },
    }  # fmt: skip


def write_config(directory: Path, portal_port: int, platform_port: int, mail_port: int) -> Path:
    """Write the files into ``directory`` (made if need be) and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in documents(portal_port, platform_port, mail_port).items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
        (directory / name).write_text(text, encoding="utf-8")
    return directory
