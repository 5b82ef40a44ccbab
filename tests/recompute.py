"""The scores again, from what the program exports and the standard's file alone.

A second pair of eyes on ``scorecards``: nothing of the program is imported, the file is read as plain
YAML, and everything is reckoned in hundredths from the printed facts.

    python tests/recompute.py STANDARD.yaml AUDIT.json                  # a standard of sites
    python tests/recompute.py STANDARD.yaml FINDINGS.json SCORECARDS.json   # one of units
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]


def cents(points: Any) -> int:
    return round(Decimal(str(points)) * 100)


def exact(name: str) -> str:
    return "".join(name.split()).casefold()


# --- standards of units ---------------------------------------------------------------------------


def unit_scores(
    standard: Json, findings: list[Json], groups: dict[str, str], day: str
) -> dict[str, int]:
    """Score by unit: ``findings`` as ``xunjian findings --format json`` has them, ``groups``: the
    group of every unit that is scored, ``day``: on which the scan was made."""
    scores = {}
    waiting = {r for r, s in standard["rules"].items() if str(s.get("since", "")) > day}
    for unit, group in groups.items():
        counts: dict[str, int] = {}
        for f in findings:
            owed = group != "party" or f["rule"] == "missing-budget"
            known = f["rule"] in standard["rules"].keys() - waiting and f["state"] != "suspected"
            if f["unit"] == unit and owed and known:
                counts[f["rule"]] = counts.get(f["rule"], 0) + 1
        lost = 0
        for kind in standard["classes"]:
            of_class = 0
            for rule, setting in standard["rules"].items():
                if setting["class"] == kind["id"]:
                    cost = counts.get(rule, 0) * cents(setting["points"])
                    of_class += min(cost, cents(setting.get("cap", 1_000_000)))
            lost += min(of_class, cents(kind["cap"]))
        scores[unit] = max(0, cents(standard.get("total", 100)) - lost)
    return scores


# --- standards of sites ---------------------------------------------------------------------------


class Site:
    """One site's facts against the raw table."""

    def __init__(self, standard: Json, site: Json, day: str) -> None:
        self.standard, self.site, self.facts = standard, site, site["facts"]
        self.waiting = {
            rule
            for rule, setting in standard["rules"].items()
            if (setting or {}).get("since") and str(setting["since"]) > day
        }

    def keys(self, condition: Json) -> set[str] | None:
        classes, names = condition.get("columns"), condition.get("named")
        if not classes and not names:
            return None
        held = set()
        for c in self.facts["columns"]:
            near = c["stands"] == "own" or condition.get("platform")
            if near and exact(c["category"]) in {exact(x) for x in classes or ()}:
                held.add(c["key"])
            if {exact(n) for n in c["names"]} & {exact(x) for x in names or ()}:
                held.add(c["key"])
        return held

    def mine(self, condition: Json, item: Json, keys: set[str] | None) -> bool:
        if item["rule"] not in condition.get("rules", ()) or item["rule"] in self.waiting:
            return False
        if condition.get("scope") and item["scope"] != condition["scope"]:
            return False
        return bool(
            item["stands"] == "own"
            or condition.get("platform")
            or (item["stands"] == "city" and condition.get("named"))
        )

    def part(self, part: Json) -> tuple[dict[str, int], dict[str, bool]]:
        """Cents by indicator, and by condition whether its limit is reached."""
        counted: set[str] = set()
        owner: dict[str, str] = {}
        cost: dict[str, int] = {}
        reached: dict[str, bool] = {}
        veto = part["kind"] == "veto"
        for x in self.standard["indicators"]:
            if x["part"] != part["id"]:
                continue
            total = 0
            for c in x["conditions"]:
                count = self.count(x, c, counted, owner, veto=veto, once=part.get("once", True))
                called = f"{x['id']}.{c['id']}"
                if self.site["kind"] not in x.get("sites", (self.site["kind"],)):
                    reached[called] = False
                    continue
                limit = Decimal(str(c.get("at_least", 1)))
                if c.get("measure"):
                    reached[called] = self.over(c, called, limit, count)
                else:
                    reached[called] = count >= limit
                if veto:
                    continue
                price = cents(c["points"]) * count if count >= limit or c.get("measure") else 0
                said = self.facts["answers"].get(called)
                if said and said["points"] is not None and said["count"] == count:
                    price = cents(said["points"])
                total += min(price, cents(c.get("cap", 1_000_000)))
            cost[x["id"]] = min(total, cents(x.get("points", 1_000_000)))
        return cost, reached

    def over(self, condition: Json, called: str, limit: Decimal, count: int) -> bool:
        value = self.facts["measures"].get(condition["measure"], {}).get("value")
        return count >= 1 if value is None else Decimal(str(value)) >= limit

    def count(
        self,
        x: Json,
        c: Json,
        counted: set[str],
        owner: dict[str, str],
        *,
        veto: bool,
        once: bool,
    ) -> int:
        said = self.facts["answers"].get(f"{x['id']}.{c['id']}")
        if c.get("measure"):
            value = self.facts["measures"].get(c["measure"], {}).get("value")
            if value is None:
                return said["count"] if said else 0
            if not c.get("per"):
                return int(Decimal(str(value)) >= Decimal(str(c.get("at_least", 1))))
            return int(Decimal(str(value)) // Decimal(str(c["per"])))
        keys = self.keys(c)
        mine = []
        for f in sorted(self.facts["findings"], key=lambda f: f["fingerprint"]):
            if not self.mine(c, f, keys) or (keys is not None and f["subject"] not in keys):
                continue
            doubtful = f["suspected"] or c["judge"] == "assisted"
            if doubtful and not f["confirmed"]:
                continue
            column = f["scope"] == "column"
            if not veto:
                if f["fingerprint"] in counted:
                    continue
                if column and once and owner.get(f["subject"], x["id"]) != x["id"]:
                    continue
            mine.append(f)
        for f in mine:
            counted.add(f["fingerprint"])
            if f["scope"] == "column":
                owner.setdefault(f["subject"], x["id"])
        each = c.get("each", 1)
        subjects = [f["subject"] for f in mine]
        mine = [f for f in mine if subjects.count(f["subject"]) >= each]
        by = c.get("count", "finding")
        found = {
            "finding": len({f["fingerprint"] for f in mine}),
            "subject": len({f["subject"] for f in mine}),
            "once": int(bool(mine)),
        }[by]
        return max(found, said["count"]) if said else found


def site_score(standard: Json, site: Json, day: str) -> tuple[int, int | None]:
    """Vetoes found, and the score in cents (``None``: nothing is scored)."""
    table = Site(standard, site, day)
    vetoes, left, bonus = 0, None, 0
    for part in standard["parts"]:
        if site["kind"] not in part.get("sites", ("portal", "platform")):
            continue
        if part.get("of", "site") != "site":
            continue
        cost, reached = table.part(part)
        if part["kind"] == "veto":
            vetoes += sum(reached.values())
        elif part["kind"] == "deduct":
            left = max(0, cents(part["total"]) - sum(cost.values()))
        elif left is not None and left > cents(part["needs_above"]):
            bonus += min(cents(part["total"]), sum(cost.values()))
    return vetoes, None if vetoes or left is None else left + bonus


def main(arguments: list[str]) -> int:
    standard = yaml.safe_load(Path(arguments[0]).read_text(encoding="utf-8"))
    views = [json.loads(Path(a).read_text(encoding="utf-8-sig")) for a in arguments[1:]]
    wrong = 0
    if standard["subject"] == "unit":
        units = {u["unit"]: u for u in views[1]["scorecards"]}
        mine = unit_scores(
            standard, views[0]["findings"], {u: row["group"] for u, row in units.items()}
        )
        told = {u: row["score_high"] for u, row in units.items()}
    else:
        mine, told = {}, {}
        for site in views[0]["sites"]:
            _, mine[site["site"]] = site_score(standard, site, views[0]["day"])
            told[site["site"]] = site["score"]
    for name, score in mine.items():
        same = told[name] is None if score is None else (
            told[name] is not None and cents(told[name]) == score
        )  # fmt: skip
        wrong += not same
        print(name, "-" if score is None else score / 100, told[name], "" if same else "不一致")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
