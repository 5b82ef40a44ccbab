from __future__ import annotations

import io
import json
import re

import pytest
from rich.cells import cell_len

from checks.declaration import HEADINGS
from checks.registry import RULES
from reports import machine, rules_reference, tables, terminal
from reports.views import RulesView, RuleUse, RuleView

USE = RuleUse(
    standard_id="ruichang-2018",
    standard_title="瑞昌标准",
    class_label="内容问题",
    points=50,
    cap=500,
    unconfirmed=True,
)


@pytest.fixture
def views() -> RulesView:
    return RulesView(rules=tuple(RuleView(rule=r, uses=(USE,)) for r in RULES.values()))


def test_every_rule_has_a_page_and_a_line_in_the_index(views: RulesView) -> None:
    pages = rules_reference.pages(views.rules)
    assert set(pages) == {f"{rule_id}.md" for rule_id in RULES} | {"README.md"}
    for rule in RULES.values():
        assert f"]({rule.id}.md)" in pages["README.md"]


def test_a_page_has_the_fixed_headings_in_order_and_its_price(views: RulesView) -> None:
    page = rules_reference.pages(views.rules)["dead-link.md"]
    places = [page.index(f"## {heading}") for heading in HEADINGS]
    assert places == sorted(places)
    assert "每个扣 0.5 分，最多扣 5 分（未确认）" in page
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


def test_pages_are_the_same_each_time(views: RulesView) -> None:
    assert rules_reference.pages(views.rules) == rules_reference.pages(views.rules)


@pytest.mark.parametrize("width", [80, 120])
def test_every_explanation_fits_a_gbk_console(views: RulesView, width: int) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="gbk", errors="strict", write_through=True)
    out = terminal.console(stream, width=width)
    rules_reference.print_rules(out, views)
    for view in views.rules:
        rules_reference.print_rule(out, view)
    text = raw.getvalue().decode("gbk")
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert all(rule.id in text and rule.title in text for rule in RULES.values())
    assert "如何整改" in text


def test_rules_are_listed_for_scripts_with_their_parameters(views: RulesView) -> None:
    data = json.loads(machine.as_json(views))
    assert data["schema"] == "xunjian.rules/1"
    by_id = {r["id"]: r for r in data["rules"]}
    assert by_id["stale-home-page"]["params"]["days"]["default"] == 14
    assert by_id["dead-link"]["uses"][0]["points"] == 0.5
    one = json.loads(machine.as_json(views.rules[0]))
    assert set(one["sections"]) == set(HEADINGS)
    assert tables.as_csv(views).count(b"\r\n") == len(RULES) + 1


def test_every_default_is_written_as_a_person_writes_it() -> None:
    shown = {
        f"{rule.id}.{name}": rules_reference._value(param)
        for rule in RULES.values()
        for name, param in rule.params.items()
    }
    assert shown["missing-budget.budget_by"] == "4月30日"
    assert shown["late-reply.days"] == "7个工作日"
    assert shown["unanswered-letter.months"] == "3个月"
    for name, words in shown.items():
        assert not re.search(r"\d(?:月|工作日|日历日|季度)$|月-日", words), (name, words)
