"""The table of coverage: every indicator and condition of the standards of sites, how it is judged and
by which rules. Markdown, generated with the reference of the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from config.indicators import MEASURES, Condition, JudgedBy
from config.schema import Standard

NAME = "coverage.md"


def coverage(standards: Iterable[Standard], titles: Mapping[str, str]) -> str:
    """``titles``: of the rules, by id."""
    lines = [
        "# 检查标准各项怎样判定",
        "",
        "<!-- 由检查标准和规则声明生成，请勿手工修改：make rules -->",
        "",
        "程序判定：由规则或监测直接得出；程序辅助：程序列出可疑之处，由人确认；人工：按核查清单看"
        "（`xunjian checklist`）。",
    ]
    for standard in standards:
        counts = Counter(c.judge for x in standard.indicators for c in x.conditions)
        told = "，".join(f"{by.label} {counts[by]} 条" for by in JudgedBy)
        lines += [
            "",
            f"## {standard.title}",
            "",
            f"`{standard.id}`：{len(standard.indicators)} 个指标，{sum(counts.values())} 条；{told}。",
            "",
            "| 部分 | 一级指标 | 二级指标 | 条目 | 判定方式 | 依据的规则或监测 |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        parts = {p.id: p.title for p in standard.parts}
        lines += [
            f"| {parts[x.part]} | {_cell(x.group)} | {_cell(x.title)} | {_cell(c.title)}"
            f" | {c.judge.label} | {_by(c, titles)} |"
            for x in standard.indicators
            for c in x.conditions
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _by(condition: Condition, titles: Mapping[str, str]) -> str:
    if condition.measure is not None:
        return f"监测：{MEASURES[condition.measure][0]}"
    return "、".join(f"[{_cell(titles.get(r, r))}]({r}.md)" for r in condition.rules) or "-"
