"""What is suspected (疑似), for a person who decides: one by one on screen, as a list, for scripts;
and the allow-list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console

from checks.model import Severity
from reports.cells import plain
from reports.machine import Shape, instant, shape
from reports.sheet import Sheet, day, moment
from reports.tables import local, table

SEVERITIES = {s: s.label for s in Severity}
LINES = 8
"""Lines of one text that are shown of what a page may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """One observation of what is suspected."""

    scan_id: int
    at: datetime | None
    """When it was read; ``None``: that scan did not get it."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectLine:
    """One suspected finding, with all that a decision rests on."""

    fingerprint: str
    short_id: str
    rule_id: str
    rule_title: str
    severity: Severity
    unit_id: str | None
    unit_short: str
    site_id: str
    subject_key: str
    subject_title: str
    message: str
    what: str
    url: str | None
    path: str
    snippet: str
    """Observations laid side by side stand in lines of their own."""
    evidence: str | None
    basis: tuple[str, ...]
    why: str
    """Why the rule exists: what it would mean if it is so."""
    doubts: str
    """How the rule can be wrong."""
    scan_id: int | None
    first_found: datetime | None
    """``None``: the ledger does not know it yet (it was judged under another standard)."""
    looks: tuple[LookLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    standard_id: str
    standard_title: str
    suspects: tuple[SuspectLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedLine:
    id: int
    rule_id: str
    rule_title: str
    what: str
    subject_key: str
    """Empty: everywhere."""
    subject_title: str
    reason: str
    actor: str
    at: datetime
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedView:
    entries: tuple[AllowedLine, ...]


def marked(snippet: str, what: str) -> str:
    """The snippet with the place marked, where it shows the very thing."""
    return snippet.replace(what, f"【{what}】", 1) if what and what in snippet else snippet


def print_suspect(out: Console, line: SuspectLine, place: int, total: int) -> None:
    """One suspected finding with its evidence and what a decision would mean."""
    sheet = Sheet(out)
    sheet.gap()
    sheet.rule()
    sheet.line(
        (f"{place}/{total}  {line.rule_title}", "bold"),
        f"  {line.unit_short}",
        (f"  {SEVERITIES[line.severity]}", "red" if line.severity is Severity.SERIOUS else "dim"),
        (f"  {line.short_id}", "dim"),
    )
    sheet.text(line.subject_title, label="对象  ", lines=2)
    if line.url:
        sheet.text(line.url, label="网址  ", style="blue", lines=3)
    sheet.text(line.message, label="疑点  ", lines=LINES)
    if line.path:
        sheet.text(line.path, label="位置  ", style="dim", lines=2)
    for i, part in enumerate(marked(line.snippet, line.what).split("\n")[:LINES]):
        if part.strip():
            sheet.text(part, label="原文  " if i == 0 else "      ", lines=4)
    for i, look in enumerate(line.looks):
        words = f"{moment(look.at)}  第 {look.scan_id} 次检测：{look.words}"
        sheet.text(words, label="读到  " if i == 0 else "      ", style="dim", lines=2)
    for basis in line.basis:
        sheet.text(basis, label="依据  ", style="dim", lines=4)
    sheet.text(line.why, label="属实  ", lines=4)
    sheet.text(line.doubts, label="误判  ", style="yellow", lines=6)


def print_review(out: Console, view: ReviewView) -> None:
    sheet = Sheet(out)
    if not view.suspects:
        sheet.line("没有等人确认的疑似问题")
        return
    for line in view.suspects:
        sheet.line(
            (line.short_id, "bold"), f"  {line.unit_short}  {line.rule_title}  ", line.subject_title
        )
        sheet.text(line.message, indent=3, lines=3)
    sheet.gap()
    sheet.line((f"共 {len(view.suspects)} 个疑似；确认以前不计分", "dim"))
    sheet.text(f"xunjian review --standard {view.standard_id}  逐个核对", label="接着  ")


def print_allowed(out: Console, view: AllowedView) -> None:
    sheet = Sheet(out)
    if not view.entries:
        sheet.line("允许清单是空的")
        return
    for line in view.entries:
        ended = f"  {day(line.ended_at)} 由 {line.ended_by} 终止" if line.ended_at else ""
        sheet.line(
            (f"{line.id}. {line.rule_title}", "dim" if ended else "bold"),
            f"  {line.subject_title}" if line.subject_key else "  所有页面",
            (ended, "dim"),
        )
        if line.what:
            sheet.text(line.what, indent=3, label="内容  ", lines=2)
        sheet.text(
            f"{line.reason}（{line.actor}，{day(line.at)}）", indent=3, label="理由  ", lines=3
        )
    sheet.gap()
    sheet.text("xunjian allow end 编号  终止一条", label="接着  ")


@shape.register
def _(view: ReviewView) -> Shape:
    return {
        "schema": "xunjian.review/1",
        "standard": view.standard_id,
        "suspects": [shape(line) for line in view.suspects],
    }


@shape.register
def _(line: SuspectLine) -> Shape:
    return {
        "id": line.fingerprint,
        "short_id": line.short_id,
        "rule": line.rule_id,
        "rule_title": line.rule_title,
        "severity": line.severity.value,
        "unit": line.unit_id,
        "unit_short": line.unit_short,
        "site": line.site_id,
        "subject_key": line.subject_key,
        "subject": line.subject_title,
        "message": line.message,
        "what": line.what,
        "url": line.url,
        "path": line.path,
        "snippet": line.snippet,
        "evidence": line.evidence,
        "basis": list(line.basis),
        "why": line.why,
        "doubts": line.doubts,
        "scan": line.scan_id,
        "first_found": instant(line.first_found),
        "looks": [
            {"scan": look.scan_id, "at": instant(look.at), "words": look.words}
            for look in line.looks
        ],
    }


@shape.register
def _(view: AllowedView) -> Shape:
    return {"schema": "xunjian.allowed/1", "allowed": [shape(line) for line in view.entries]}


@shape.register
def _(line: AllowedLine) -> Shape:
    return {
        "id": line.id,
        "rule": line.rule_id,
        "rule_title": line.rule_title,
        "what": line.what,
        "subject_key": line.subject_key or None,
        "subject": line.subject_title or None,
        "reason": line.reason,
        "actor": line.actor,
        "at": instant(line.at),
        "ended_at": instant(line.ended_at),
        "ended_by": line.ended_by,
    }


@table.register
def _(view: ReviewView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "单位", "规则", "程度", "对象", "疑点", "内容", "网址", "位置", "原文", "依据", "首次发现"]  # fmt: skip
    return header, [
        [
            *(line.fingerprint, line.unit_short, line.rule_title, SEVERITIES[line.severity]),
            *(line.subject_title, line.message, line.what, line.url, line.path),
            *(plain(line.snippet), "；".join(line.basis), local(line.first_found)),
        ]
        for line in view.suspects
    ]


@table.register
def _(view: AllowedView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "规则", "内容", "对象", "理由", "经办人", "登记时间", "终止时间", "终止人"]
    return header, [
        [
            *(line.id, line.rule_title, line.what, line.subject_title or "所有页面"),
            *(line.reason, line.actor, local(line.at), local(line.ended_at), line.ended_by),
        ]
        for line in view.entries
    ]
