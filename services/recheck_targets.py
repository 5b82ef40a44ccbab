"""What a re-check looks at: which lists, pages and links the findings rest on, and what cannot be looked
at alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from checks.facts import LinkKind
from checks.model import Scope
from checks.registry import RULES
from config.schema import Config
from crawler.scope import Scope as Hosts
from crawler.urls import canonical
from reports.recheck import Result
from services.acting import Case
from services.cases import BUDGET_RULE
from services.workspace import Workspace
from storage import lookups

MOST_REQUESTS = 60
"""Requests to one site, all told: so few that no window is waited for."""
_COSTS = {Scope.COLUMN: 6, Scope.UNIT: 6, Scope.PAGE: 2, Scope.SITE: 2}
"""Requests that a subject may cost, roughly; what does not fit is left for the next time."""
LINK_KINDS = {
    "dead-link": LinkKind.PAGE,
    "dead-attachment": LinkKind.FILE,
    "broken-image": LinkKind.IMAGE,
    "dead-guide-form": LinkKind.FILE,
}
_BESIDE_OTHERS = frozenset(
    [
        "index",
        "me",
        "same_number",
        "same_text",
        "matched",
        "links",
        "consultation",
        "over_time",
        "dated",
        "rows",
        "letters_freshness",
        "proposals",
        "channels",
        "column_tags",
        "article_tags",
        "disclosure_look",
    ]
)
"""Facts that rest on more of a site than the one page or list."""


@dataclass(slots=True)
class Targets:
    """What is looked at on one site."""

    columns: set[str] = field(default_factory=set)
    pages: dict[str, None] = field(default_factory=dict)
    links: dict[str, LinkKind] = field(default_factory=dict)
    looks: dict[str, None] = field(default_factory=dict)
    home: bool = False
    whole: bool = False
    """A list has to be read to its end, however long."""
    cost: int = 4
    """robots.txt, the look at what is not there, home and tree."""


@dataclass(slots=True)
class Asked:
    """The findings of one re-check, and what is looked at for them."""

    cases: list[Case] = field(default_factory=list)
    sites: dict[str, Targets] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    without: dict[str, tuple[Result, str]] = field(default_factory=dict)
    """Findings that are not looked at, with why, by fingerprint."""


def asked_for(ws: Workspace, cases: Iterable[Case], day: date) -> Asked:
    asked = Asked()
    config = ws.config
    hosts = Hosts(config.enabled_sites)
    expected = {
        c.key: c.site_id for s in config.enabled_sites for c in config.expected_columns(s.id, day)
    }
    for case in cases:
        asked.cases.append(case)
        site_id, why = case.stored.site_id, ""
        if all(s.id != site_id for s in config.enabled_sites):
            asked.without[case.mark] = (Result.IMPOSSIBLE, "所在的网站没有启用")
            continue
        targets = asked.sites.get(site_id) or Targets()
        cost = _COSTS[case.stored.scope]
        if asked.sites and targets.cost + cost > MOST_REQUESTS:
            asked.without[case.mark] = (
                Result.LEFT,
                f"一次复查对一个网站最多请求 {MOST_REQUESTS} 次，请再运行一次或等下次检测",
            )
            continue
        if RULES[case.stored.rule_id].by_hand:
            why = _by_hand(case, targets, expected, hosts)
        else:
            why = _by_rule(ws, config, case, targets, expected, hosts)
        if why:
            asked.without[case.mark] = (Result.IMPOSSIBLE, why)
            continue
        targets.cost += cost
        asked.sites[site_id] = targets
        asked.subjects.add(case.stored.subject_key)
        if case.unit_id is not None:
            asked.units.add(case.unit_id)
    return asked


def _by_rule(
    ws: Workspace,
    config: Config,
    case: Case,
    targets: Targets,
    expected: dict[str, str],
    hosts: Hosts,
) -> str:
    """Enter what a machine's finding rests on; why it cannot be looked at alone, in Chinese."""
    stored = case.stored
    if _BESIDE_OTHERS & set(RULES[stored.rule_id].needs):
        return "要连同网站上的其他信息一起判断，请等下次检测"
    if stored.rule_id == BUDGET_RULE:
        column = config.site(stored.site_id).budget_column
        key = f"{stored.site_id}/{column}"
        if column is None or key not in expected:
            return "配置里没有预决算专栏"
        targets.whole = True
        targets.columns.add(key)
    elif stored.scope is Scope.COLUMN:
        if stored.subject_key not in expected:
            return "这个栏目已不在应设栏目名单里"
        targets.columns.add(stored.subject_key)
    elif stored.scope is Scope.SITE:
        target = stored.what.split(" @ ")[0]
        if stored.rule_id in LINK_KINDS and hosts.covers(target):
            targets.links[target] = LINK_KINDS[stored.rule_id]
        elif {"network", "search_look"} & set(RULES[stored.rule_id].needs):
            return "要在全面检测时另行查看，请等下次检测"
        elif "week" in RULES[stored.rule_id].needs:
            return "要按一个完整自然周的探测判断，请等下周"
        elif stored.what:
            return "页面模板的问题要看全站的页面才能判断，请等下次检测"
        else:
            targets.home = True
    elif stored.scope is Scope.PAGE:
        url = lookups.page_address(ws.engine, stored.subject_key)
        if url is None:
            return "没有这个页面的地址"
        targets.pages[url] = None
        if stored.rule_id in LINK_KINDS:
            target = stored.what.split(" @ ")[0]
            if hosts.covers(target):
                targets.links[target] = LINK_KINDS[stored.rule_id]
    else:
        return "这类问题要整个单位检测才能判断，请用 xunjian scan --unit"
    return ""


def _by_hand(case: Case, targets: Targets, expected: dict[str, str], hosts: Hosts) -> str:
    url = address_of(case)
    looked = False
    if case.stored.scope is Scope.COLUMN and case.stored.subject_key in expected:
        targets.columns.add(case.stored.subject_key)
        looked = True
    if url is not None and hosts.covers(url):
        targets.looks[url] = None
        looked = True
    return "" if looked else "登记时没有写网址，也没有写栏目，无从复查：请人工查看"


def address_of(case: Case) -> str | None:
    return canonical(case.seen.url) if case.seen is not None and case.seen.url else None
