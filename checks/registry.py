"""The catalogue of all rules, and the identity of a set of them.

A family of rules is a module of this room that is named in ``FAMILIES``; every ``Rule`` that it
defines is registered. Order is that of the families and, within one, of the source.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from checks.declaration import HEADINGS, Basis, Doc, Param, Rule, Verdict, rule
from checks.supply import known_facts
from config.problems import nearest
from config.schema import MIN_CONFIDENCE, Standard

__all__ = [
    "FAMILIES",
    "HEADINGS",
    "RULES",
    "Basis",
    "Doc",
    "Param",
    "Rule",
    "SettingError",
    "Settings",
    "Verdict",
    "by_machine",
    "collect",
    "resolve",
    "rule",
    "rules_digest",
    "select",
    "setting_faults",
    "settings_of",
]

FAMILIES = (
    "checks.freshness",
    "checks.completeness",
    "checks.content",
    "checks.links",
    "checks.layout",
    "checks.duties",
    "checks.budgets",
    "checks.areas",
    "checks.disclosure",
    "checks.annual",
    "checks.leaders",
    "checks.entries",
    "checks.interpretations",
    "checks.media",
    "checks.dates_honest",
    "checks.availability",
    "checks.identity",
    "checks.letters",
    "checks.engagement",
    "checks.guides",
    "checks.byhand",
)

Settings = Mapping[str, Mapping[str, Any]]
"""Parameters by rule id, as far as they differ from the declared defaults."""


class SettingError(ValueError):
    """A parameter that no rule knows, or a value out of its bounds; the message is Chinese."""


def collect(families: Iterable[str]) -> dict[str, Rule]:
    """The rules of some modules, by id. Raises ``ValueError`` for a double id or an unknown fact."""
    rules: dict[str, Rule] = {}
    for name in families:
        for found in vars(import_module(name)).values():
            if not isinstance(found, Rule):
                continue
            if found.id in rules:
                raise ValueError(f"two rules are called {found.id}")
            unknown = set(found.needs) - known_facts(found.scope)
            if unknown:
                raise ValueError(f"rule {found.id} needs unknown facts: {sorted(unknown)}")
            rules[found.id] = found
    return rules


RULES: dict[str, Rule] = collect(FAMILIES)


def by_machine() -> tuple[Rule, ...]:
    """The rules that the program itself judges, in the registry's order."""
    return tuple(r for r in RULES.values() if not r.by_hand)


def select(ids: Iterable[str]) -> tuple[Rule, ...]:
    """Rules by id, in the registry's order. Raises ``SettingError`` for an unknown id."""
    wanted = set(ids)
    unknown = sorted(wanted - RULES.keys())
    if unknown:
        raise SettingError(f"没有这样的规则：{'、'.join(unknown)}")
    return tuple(r for r in RULES.values() if r.id in wanted)


def resolve(rule: Rule, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """A rule's parameters: declared defaults, overridden. Raises ``SettingError``."""
    for name, value in overrides.items():
        param = rule.params.get(name)
        if param is None:
            raise SettingError(f"规则 {rule.id} 没有参数 {name}")
        fault = param.fault(value)
        if fault is not None:
            raise SettingError(f"规则 {rule.id} 的参数 {name}（{param.meaning}）{fault}")
    return {**rule.defaults, **overrides}


def settings_of(standard: Standard) -> dict[str, dict[str, Any]]:
    """The parameters that a standard sets, for every rule that it names. Raises ``SettingError``."""
    settings: dict[str, dict[str, Any]] = {}
    for each in select(standard.rules):
        overrides = dict(standard.rules[each.id].params)
        if "undated_counts_as" in each.params:
            overrides.setdefault("undated_counts_as", standard.undated_counts_as)
        resolve(each, overrides)
        settings[each.id] = overrides
    return settings


def setting_faults(standard: Standard) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Rules and parameters of a standard that are not known here: the place (keys from the file's
    root), what is wrong and how to mend it, in Chinese."""
    for rule_id, setting in standard.rules.items():
        known = RULES.get(rule_id)
        if known is None:
            guess = nearest(rule_id, RULES)
            yield (
                ("rules", rule_id),
                f"没有规则“{rule_id}”",
                f"是不是 {guess}？请改正" if guess else "用 xunjian rules 查看已有的规则",
            )
            continue
        if known.by_hand:
            yield (
                ("rules", rule_id),
                f"规则“{rule_id}”是人工记录，程序不检查，不能列入检查标准的 rules",
                "请删去这一条",
            )
            continue
        for name, value in setting.params.items():
            try:
                resolve(known, {name: value})
            except SettingError as error:
                accepted = "、".join(known.params) or "无"
                yield (
                    ("rules", rule_id, "params", name),
                    str(error),
                    f"请改正或删去；这条规则的参数：{accepted}（xunjian explain {rule_id}）",
                )


def rules_digest(
    ids: Iterable[str],
    settings: Settings | None = None,
    min_confidence: float = MIN_CONFIDENCE,
) -> str:
    """The identity of a set of rules: the same digest says the same of the same facts (32 hex)."""
    parts: list[Any] = [
        [each.id, each.version, sorted(resolve(each, (settings or {}).get(each.id, {})).items())]
        for each in sorted(select(ids), key=lambda r: r.id)
    ]
    parts.append(["min_confidence", min_confidence])
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
