"""A configuration written from a site's truth: what a clerk would have, who had looked it all up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.replica.families.model import State, TrueColumn, Truth

ROOT = Path(__file__).resolve().parents[3]
SITE = "site"
PLATFORM = "platform"
"""The units' pages of a portal, which the configuration has as a site of their own."""
RATE = {
    "interval_seconds": 0,
    "concurrency": 8,
    "timeout_seconds": 10,
    "max_list_pages": 200,
    "max_requests": 20_000,
    "retry_after_seconds": 0,
    "retries": 1,
    "robots": True,
}
OPERATOR = "operator"
SEARCHED = (State.FILLED, State.EMPTY, State.ELSEWHERE, State.TEXT)


def slug(key: str) -> str:
    """A column's slug in the configuration."""
    return key.replace(".", "-").lower()


def _column(column: TrueColumn, *, placed: bool) -> dict[str, Any]:
    """``placed``: with its address; else it has to be found by its name in the unit's tree. What leads
    to another host has none that a configuration may hold: it is found in the menu."""
    out: dict[str, Any] = {
        "slug": slug(column.key),
        "name": column.name,
        "category": column.category or "zhongdian",
    }
    if column.above:
        out["group"] = column.above[-1]
    if placed and column.state is not State.ELSEWHERE:
        out["url"] = column.address
    return out


def split(truth: Truth) -> bool:
    """Whether the site is a portal that has units' pages: two sites of the configuration."""
    return truth.kind == "portal" and bool(truth.units)


def documents(truth: Truth) -> dict[str, dict[str, Any]]:
    """File name → content. Columns of the site itself by address; those of units by catalogue."""
    known = yaml.safe_load(
        (ROOT / "config/ruichang/columns.yaml").read_text(encoding="utf-8")
    )  # the office's own categories
    leaves = [c for c in truth.columns if c.state in SEARCHED]
    site = {
        "id": SITE,
        "name": truth.identity.site_name,
        "kind": truth.kind,
        "url": truth.home,
        "operator": OPERATOR,
        "site_code": truth.identity.site_code,
        "allow_private": True,
        "hosts": list(truth.hosts),
    }
    sites = [site]
    if split(truth):
        sites.append({**site, "id": PLATFORM, "kind": "platform", "url": truth.unit_index})
    elif truth.unit_index:
        site["unit_index"] = truth.unit_index
    units: list[dict[str, Any]] = [
        {
            "id": OPERATOR,
            "name": truth.identity.operator,
            "short": truth.identity.operator,
            "group": "department",
            "confirmed": True,
            "full_name_confirmed": True,
        }
    ]
    catalogues = []
    for unit in truth.units:
        own = [c for c in leaves if c.unit == unit.name]
        catalogues.append(
            {
                "id": slug(unit.slug),
                "title": unit.name,
                "columns": [
                    {**_column(c, placed=False), "slug": slug(c.key.partition(".")[2] or c.key)}
                    for c in own
                ],
            }
        )
        units.append(
            {
                "id": slug(unit.slug),
                "name": unit.name,
                "short": unit.short,
                "group": unit.group,
                "catalogue": slug(unit.slug),
                "root": unit.root,
                "confirmed": True,
                "full_name_confirmed": True,
            }
        )
    return {
        "city.yaml": {
            "id": "family",
            "name": truth.identity.place,
            "office": truth.identity.operator,
            "standard": "ruichang-2018",
            "trial_run": False,
            "judge_from": f"{truth.as_of.year}-01-01",
            "user_agent": "xunjian/0.1 (+government website inspection; contact: replica)",
            "rate": RATE,
            "crawl_window": None,
        },
        "sites.yaml": {"sites": sites},
        "units.yaml": {"units": units},
        "columns.yaml": {
            "categories": known["categories"],
            "catalogues": catalogues,
            "site_columns": {SITE: [_column(c, placed=True) for c in leaves if c.unit is None]},
        },
    }


def write_config(truth: Truth, directory: Path | str) -> Path:
    """Write the files into ``directory`` (made if need be) and return it."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents(truth).items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def column_key(truth: Truth, column: TrueColumn) -> str:
    """The key under which a scan stores a column."""
    if column.unit is None:
        return f"{SITE}/{slug(column.key)}"
    unit = next(u for u in truth.units if u.name == column.unit)
    site = PLATFORM if split(truth) else SITE
    return f"{site}/{slug(unit.slug)}.{slug(column.key.partition('.')[2] or column.key)}"
