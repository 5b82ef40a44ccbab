"""What a re-check (复查) says: each finding with what was wrong, what stands there now, and how it is
taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console

from reports.machine import Shape, shape
from reports.sheet import TRIAL, Sheet
from reports.tables import table
from scorecards.life import FindingState


class Result(StrEnum):
    MENDED = "mended"
    STANDING = "standing"
    BACK = "back"
    """It was mended before, and is there again."""
    UNVERIFIED = "unverified"
    HAND = "hand"
    """Fetched; a person has to decide."""
    IMPOSSIBLE = "impossible"
    """It cannot be re-checked alone."""
    LEFT = "left"
    """There was no room for it in this one."""

    @property
    def label(self) -> str:
        return {
            "mended": "已整改",
            "standing": "仍未整改",
            "back": "反弹",
            "unverified": "未能核实",
            "hand": "请人工判断",
            "impossible": "不能单独复查",
            "left": "本次未复查",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a re-check says of one finding."""

    mark: str
    rule_title: str
    title: str
    url: str | None
    result: Result
    state: FindingState
    """After it."""
    before: str
    """What was wrong, in Chinese."""
    after: str = ""
    """What stands there now, or why it is not known."""

    @property
    def short(self) -> str:
        return self.mark[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A problem that the re-check saw first."""

    mark: str
    rule_title: str
    title: str
    message: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckView:
    scan_id: int | None
    """``None``: nothing could be re-checked, and nothing was fetched."""
    checked: tuple[Checked, ...]
    new: tuple[NewLine, ...] = ()
    """Problems that were not known before, on the pages that were fetched."""
    requests: int = 0
    unreached: tuple[tuple[str, str], ...] = ()
    """Sites that were not reached, by name, with the reason."""
    trial_run: bool = False

    @property
    def incomplete(self) -> bool:
        return bool(self.unreached) or any(c.result is Result.UNVERIFIED for c in self.checked)


_STYLES = {
    Result.MENDED: "green",
    Result.STANDING: "red",
    Result.BACK: "red",
    Result.HAND: "yellow",
    Result.UNVERIFIED: "yellow",
}


def print_recheck(out: Console, view: RecheckView) -> None:
    """Before and after of every finding, then what to do next."""
    sheet = Sheet(out)
    counts = Counter(c.result for c in view.checked)
    said = "，".join(f"{r.label} {counts[r]} 个" for r in Result if counts[r])
    scan = f"第 {view.scan_id} 次检测（复查）" if view.scan_id is not None else "复查"
    sheet.line((scan, "bold"), f"  {said}", (f"  请求 {view.requests} 次", "dim"))
    if view.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    for name, reason in view.unreached:
        sheet.text(f"{name}没有读到：{reason}", style="yellow")
    sheet.rule()
    for one in view.checked:
        sheet.line(
            (one.result.label, _STYLES.get(one.result, "dim")),
            f"  {one.short}  {one.rule_title}",
            ("" if one.state.label == one.result.label else f"  现为“{one.state.label}”", "dim"),
        )
        sheet.text(one.title, indent=2, lines=2)
        if one.before:
            sheet.text(one.before, indent=2, label="原来  ", style="dim", lines=3)
        if one.after:
            sheet.text(one.after, indent=2, label="现在  ", lines=3)
        if one.url:
            sheet.text(one.url, indent=2, style="blue", lines=3)
    if view.new:
        sheet.heading(f"同时新发现：{len(view.new)} 个")
        for found in view.new:
            sheet.text(f"{found.title}：{found.message}", label=f"- {found.mark[:8]} ", lines=3)
    hands = [c for c in view.checked if c.result is Result.HAND]
    if hands:
        sheet.gap()
        sheet.text(
            f'打开网址核对，再  xunjian recheck {hands[0].short} --mended|--not-mended --reason "……"',
            label="接着  ",
        )
    elif counts[Result.LEFT]:
        sheet.gap()
        sheet.text("余下的请再运行一次，或等下次检测", label="接着  ")


@shape.register
def _(view: RecheckView) -> Shape:
    return {
        "schema": "xunjian.recheck/1",
        "scan": view.scan_id,
        "trial_run": view.trial_run,
        "requests": view.requests,
        "checked": [
            {
                "id": c.mark,
                "rule_title": c.rule_title,
                "subject": c.title,
                "url": c.url,
                "result": c.result.value,
                "state": c.state.value,
                "before": c.before,
                "after": c.after,
            }
            for c in view.checked
        ],
        "new": [
            {
                "id": f.mark,
                "rule_title": f.rule_title,
                "subject": f.title,
                "message": f.message,
                "url": f.url,
            }
            for f in view.new
        ],
        "unreached": [{"name": name, "reason": reason} for name, reason in view.unreached],
    }


@table.register
def _(view: RecheckView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "规则", "对象", "网址", "复查结果", "状态", "原来", "现在"]
    return header, [
        [c.mark, c.rule_title, c.title, c.url, c.result.label, c.state.label, c.before, c.after]
        for c in view.checked
    ]
