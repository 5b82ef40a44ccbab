"""整改通知单: the written rectification notice, an internal form and no official kind of document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from reports.masks import address
from reports.official import Paper, chinese_date
from reports.sheet import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One finding that the notice demands to be mended."""

    fingerprint: str
    unit_id: str
    """With which the finding is kept."""
    column: str
    description: str
    url: str | None
    evidence: str
    """First characters of the evidence's digest; empty where there is none."""
    found_at: datetime
    basis: str
    remedy: str
    reminded: date | None
    deadline: date | None
    """The one that passed, or still runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePaper:
    number: str
    """A local running number (整改通知2018-001), never a 发文字号."""
    city: str
    office: str
    unit: str
    occasion: str
    """检测类型."""
    day: date
    deadline: date
    answer: str
    consequence: str
    made_at: datetime
    items: tuple[NoticeItem, ...]


def notice_docx(paper: NoticePaper) -> bytes:
    """The form as a Word file, with room for the unit's reply and for the re-check."""
    p = Paper(f"整改通知单 {paper.unit}", paper.made_at)
    p.title("政府网站和信息公开平台", "整改通知单")
    p.blank()
    p.form(
        (
            ("编号", f"{paper.number}（内部流水号，不是发文字号）"),
            ("致", paper.unit),
            ("检测类型", paper.occasion),
            ("发出日期", chinese_date(paper.day)),
            ("整改时限", f"{chinese_date(paper.deadline)}前"),
        )
    )
    p.heading(1, f"需要整改的问题（{len(paper.items)}个）")
    p.table(
        ("序号", "问题", "网址和存证", "发现时间", "依据", "要求"),
        (
            (
                str(number),
                "：".join(part for part in (item.column, item.description) if part),
                (_where(item), item.url),
                item.found_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                item.basis,
                item.remedy + _told(item),
            )
            for number, item in enumerate(paper.items, 1)
        ),
        (10, 42, 30, 18, 26, 30),
    )
    p.heading(2, "要求")
    p.body(f"请按上表逐条整改，于{chinese_date(paper.deadline)}前完成。{paper.answer}")
    p.body(paper.consequence)
    p.signature(paper.office, paper.day)
    p.heading(3, "单位回复")
    p.form((("整改措施", ""), ("完成时间", ""), ("经办岗位", "")))
    p.heading(4, "复查")
    p.form((("复查结果", ""), ("复查岗位", ""), ("复查时间", "")))
    return p.data()


def _where(item: NoticeItem) -> str:
    kept = f"（存证 {item.evidence}）" if item.evidence else ""
    return f"{address(item.url)}{kept}"


def _told(item: NoticeItem) -> str:
    if item.reminded is None:
        return ""
    until = f"，要求{item.deadline.isoformat()}前整改" if item.deadline else ""
    return f"（{item.reminded.isoformat()}已提醒{until}）"
