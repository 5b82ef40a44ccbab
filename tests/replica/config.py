"""The configuration that goes with a replica: 46 + 26 + 21 confirmed units, rates lifted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.replica import budgets, media, names
from tests.replica.marks import CODES, SITE_NAMES
from tests.replica.names import Body, Slot
from tests.replica.site import Replica

RATE = {
    "interval_seconds": 0,
    "concurrency": 8,
    "timeout_seconds": 10,
    "max_list_pages": 5000,
    "max_requests": 500_000,
    "retry_after_seconds": 0,
    "retries": 2,
    "robots": True,
}


def _slot(slot: Slot, role: str | None = None) -> dict[str, Any]:
    out: dict[str, Any] = {"slug": slot.slug, "name": slot.name, "category": slot.category}
    if slot.group:
        out["group"] = slot.group
    if slot.variants:
        out["variants"] = list(slot.variants)
    if slot.unit:
        out["unit"] = slot.unit
    if role:
        out["role"] = role
    return out


def _more(catalogue: str) -> tuple[Slot, ...]:
    return (names.ANNUAL,) if catalogue == "city" else ()


def _unit(body: Body) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": body.id,
        "name": body.name,
        "short": body.short,
        "group": body.group,
        "kind": body.kind,
        "confirmed": True,
        "full_name_confirmed": True,
    }
    if body.aliases:
        out["aliases"] = list(body.aliases)
    if body.group in names.CATALOGUES:
        out["catalogue"] = body.group
    if body.group == "city":
        out["responsible"] = names.OFFICE
    return out


def documents(replica: Replica, portal_port: int, platform_port: int) -> dict[str, dict[str, Any]]:
    """File name → content, in the shape of ``config.schema``."""
    ports = {"portal": portal_port, "platform": platform_port}
    sites: list[dict[str, Any]] = []
    for site, port in ports.items():
        entry: dict[str, Any] = {
            "id": site,
            "name": SITE_NAMES[site],
            "kind": site,
            "url": f"http://127.0.0.1:{port}/",
            "operator": names.OPERATOR,
            "site_code": CODES[site],
            "allow_private": True,
        }
        if site == "portal":
            entry["budget_column"] = names.BUDGET_COLUMN
        sites.append(entry)
    categories = []
    for cadence in names.CATEGORIES.values():
        limits = {
            k: getattr(cadence, k) for k in ("days", "months", "yearly_by") if getattr(cadence, k)
        }
        category = {"id": cadence.id, "title": cadence.title, "cadence": limits}
        if cadence.official:
            category["official"] = cadence.official
        categories.append({**category, "basis": "仿真站点的设置"})
    units = (names.CITY_BODY, *names.DEPARTMENTS, *names.PARTY, *names.TOWNS)
    return {
        "city.yaml": {
            "id": "replica",
            "name": "瑞昌市（仿真）",
            "office": "瑞昌市信息办",
            "standard": "ruichang-2018",
            "trial_run": False,
            "judge_from": replica.spec.judge_from,
            "user_agent": "xunjian/0.1 (+government website inspection; contact: replica)",
            "rate": RATE,
            "crawl_window": None,
            "budgets": budgets.setting(replica),
        },
        "sites.yaml": {"sites": sites},
        "units.yaml": {
            "required_counts": {"department": 46, "party": 26, "town": 21},
            "units": [_unit(b) for b in units],
        },
        "media.yaml": media.document(),
        "duties.yaml": {"duties": replica.duties.document},
        "columns.yaml": {
            "categories": categories,
            "catalogues": [
                {"id": key, "title": title, "columns": [_slot(s) for s in (*slots, *_more(key))]}
                for key, (title, slots) in names.CATALOGUES.items()
            ],
            "site_columns": {
                "portal": [
                    _slot(s, replica.engaged.roles.get(s.slug))
                    for s in names.PORTAL_COLUMNS
                    if s.required
                ]
            },
        },
    }


def write_config(
    replica: Replica, directory: Path | str, portal_port: int, platform_port: int
) -> Path:
    """Write the files into ``directory`` (made if need be) and return it."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    files = documents(replica, portal_port, platform_port)
    areas = replica.areas.document()
    if areas is not None:
        files["areas.yaml"] = areas
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
