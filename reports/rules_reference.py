"""The reference of the rules, from their declarations: Markdown for ``docs/rules/``, and text for
``xunjian rules`` and ``xunjian explain RULE``.

The pages are generated and checked in; ``pages`` gives what they must hold, so that a test can tell
when they are stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console

from checks.declaration import Param, Rule
from reports.cells import pad, plain
from reports.sheet import Sheet
from reports.views import SCOPES, SEVERITIES, RulesView, RuleUse, RuleView
from scorecards.score import points_text

INDEX = "README.md"
BY_HAND = "人工记录，程序不检查，不计入检测得分"


def pages(rules: Iterable[RuleView]) -> dict[str, str]:
    """The Markdown pages by file name: one a rule, and an index, in the order given."""
    views = list(rules)
    result = {f"{view.rule.id}.md": _page(view) for view in views}
    result[INDEX] = _index(views)
    return result


def _index(views: list[RuleView]) -> str:
    lines = [
        "# 检查规则",
        "",
        "<!-- 由规则声明生成，请勿手工修改：make rules -->",
        "",
        "| 规则 | 编号 | 对象 | 程度 | 计入的标准 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for view in views:
        rule = view.rule
        uses = "；".join(_use_words(use) for use in view.uses) or (BY_HAND if rule.by_hand else "-")
        lines.append(
            f"| [{_md(rule.title)}]({rule.id}.md) | `{rule.id}` | {SCOPES[rule.scope]}"
            f" | {SEVERITIES[rule.severity]} | {_md(uses)} |"
        )
    return "\n".join(lines) + "\n"


def _page(view: RuleView) -> str:
    rule = view.rule
    lines = [
        f"# {_md(rule.title)}",
        "",
        "<!-- 由规则声明生成，请勿手工修改：make rules -->",
        "",
        f"编号 `{rule.id}` · 对象 {SCOPES[rule.scope]} · 程度 {SEVERITIES[rule.severity]}"
        f" · 第 {rule.version} 版{'' if not rule.by_hand else ' · ' + BY_HAND}",
    ]
    for heading, text in rule.sections().items():
        if text:
            lines += ["", f"## {heading}", "", _paragraphs(text)]
    if rule.params:
        lines += ["", "## 参数", "", "| 名称 | 含义 | 默认 | 范围 |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{name}` | {_md(param.meaning)} | {_md(_default(param))} | {_md(_bounds(param))} |"
            for name, param in rule.params.items()
        ]
    if view.uses:
        lines += ["", "## 检查标准", ""]
        lines += [f"- {_md(_use_words(use))}" for use in view.uses]
    return "\n".join(lines) + "\n"


def _paragraphs(text: str) -> str:
    """Lines of a section: list items stay together, other lines are paragraphs of their own."""
    result = ""
    previous = ""
    for line in filter(None, (part.strip() for part in text.splitlines())):
        if result:
            result += "\n" if line.startswith("- ") and previous.startswith("- ") else "\n\n"
        result += ("- " + _md(line[2:])) if line.startswith("- ") else _md(line)
        previous = line
    return result


_CODE = re.compile(r"(`[^`]*`)")


def _md(text: str) -> str:
    """Text that stays text in Markdown; spans in backticks and bare links are kept."""
    parts = _CODE.split(" ".join(plain(text).split(" ")))
    return "".join(
        part.replace("|", "\\|")
        if i % 2
        else re.sub(r"([\\*_\[\]<>|#])", r"\\\1", part)
        if "://" not in part
        else re.sub(r"([\\*\[\]<>|])", r"\\\1", part)
        for i, part in enumerate(parts)
    )


def _default(param: Param) -> str:
    doubt = "（未确认）" if param.unconfirmed else ""
    return f"{_value(param)}{doubt}"


_COUNTED = frozenset(["月", "工作日", "日历日", "季度", "字"])
"""Units before which a number takes 个."""


def _value(param: Param) -> str:
    """A parameter's default as a person writes it: 4月30日, 3个月, 20个工作日, 14日."""
    value = param.default
    if isinstance(value, bool):
        return "是" if value else "否"
    if param.unit == "月-日" and isinstance(value, str):
        month, day = (int(part) for part in value.split("-"))
        return f"{month}月{day}日"
    return f"{value}{'个' if param.unit in _COUNTED else ''}{param.unit}"


def _bounds(param: Param) -> str:
    if param.choices:
        return "、".join(param.choices)
    if param.low is None and param.high is None:
        return "-"
    low = f"{param.low:g}" if param.low is not None else ""
    high = f"{param.high:g}" if param.high is not None else ""
    if low and high:
        return f"{low} 至 {high}"
    return f"不小于 {low}" if low else f"不大于 {high}"


def _use_words(use: RuleUse) -> str:
    words = f"{use.standard_title}：{use.class_label}"
    if not use.of_sites:
        words += f"，每个扣 {points_text(use.points)} 分"
    if use.cap is not None:
        words += f"，最多扣 {points_text(use.cap)} 分"
    if use.unconfirmed:
        words += "（未确认）"
    if use.since is not None:
        words += f"，{use.since.isoformat()} 起计分"
    if use.params:
        words += "；" + "，".join(f"{name} = {value}" for name, value in use.params)
    return words


def print_rules(out: Console, view: RulesView) -> None:
    """The list of rules, with what each costs."""
    sheet = Sheet(out)
    if not view.rules:
        sheet.line("没有规则")
        return
    ids = max(len(r.rule.id) for r in view.rules)
    titles = min(max(cell_len(plain(r.rule.title)) for r in view.rules), 26)
    sheet.line(
        (f"{pad('编号', ids)}  {pad('规则', titles)}  对象  程度  {pad('分值', 6)}  类别", "dim")
    )
    sheet.rule()
    for item in view.rules:
        rule = item.rule
        use = next((u for u in item.uses if not u.of_sites), None)
        sheet.line(
            (pad(rule.id, ids), "cyan"),
            f"  {pad(plain(rule.title), titles)}  {SCOPES[rule.scope]}  {SEVERITIES[rule.severity]}  ",
            pad(points_text(use.points) if use else "-", 6),
            "  ",
            plain(use.class_label) if use else "人工记录" if rule.by_hand else "不计分",
        )
    sheet.line((f"共 {len(view.rules)} 条；xunjian explain 编号  看一条的依据和整改要求", "dim"))


def print_rule(out: Console, view: RuleView) -> None:
    """One rule with its whole documentation."""
    sheet = Sheet(out)
    rule: Rule = view.rule
    sheet.line(
        (rule.title, "bold"),
        f"  {rule.id}",
        (
            f"  对象 {SCOPES[rule.scope]}  程度 {SEVERITIES[rule.severity]}  第 {rule.version} 版",
            "dim",
        ),
        f"  {BY_HAND}" if rule.by_hand else "",
    )
    for heading, text in rule.sections().items():
        if text:
            sheet.heading(heading)
            for line in filter(None, (part.strip() for part in text.splitlines())):
                if line.startswith("- "):
                    sheet.text(line[2:], label="- ")
                else:
                    sheet.text(line)
    if rule.params:
        sheet.heading("参数")
        for name, param in rule.params.items():
            bounds = f"，{'可选' if param.choices else '范围'} {_bounds(param)}"
            bounds = bounds if _bounds(param) != "-" else ""
            sheet.text(f"{param.meaning}，默认 {_default(param)}{bounds}", label=f"{name}  ")
    if view.uses:
        sheet.heading("检查标准")
        for use in view.uses:
            sheet.text(_use_words(use))
