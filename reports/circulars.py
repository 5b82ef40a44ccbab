"""The circular (通报) on inspections: what it says, as a Word file in the official format; and the
list of those that were issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.console import Console

from reports import machine, tables
from reports.cells import pad, plain
from reports.masks import address
from reports.official import Paper, chinese_date
from reports.sheet import SHANGHAI, Sheet

KINDS = ("更新不及时", "内容有问题", "排版不合要求", "栏目缺失")
"""The city's own words for what is wrong, in the order of its circulars."""
_HEADINGS = {
    "更新不及时": "信息更新不及时。",
    "内容有问题": "信息内容有问题。",
    "排版不合要求": "排版不合要求。",
    "栏目缺失": "栏目缺失或空白。",
}
MOST_NAMED = 40
"""Units named in one paragraph; the attachment names all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A finding that the circular names, with its three proofs."""

    fingerprint: str
    unit_id: str
    """With which the finding is kept."""
    unit: str
    """As the circular calls it: the successor, with 原… where there is one."""
    channel: str
    """政府网站 or 信息公开平台."""
    column: str
    kind: str
    """One of ``KINDS``."""
    description: str
    url: str | None
    found_at: datetime
    basis: str
    reminded: date
    reminders: int
    deadline: date
    rechecked: date
    recurred: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the period's paragraphs count; only confirmed units, revoked and waived ones left out."""

    scans: tuple[tuple[str, int], ...] = ()
    """Kinds of scans (周检 …) and how many were made in the period."""
    sites: tuple[str, ...] = ()
    units: int = 0
    found: dict[str, int] | None = None
    """Found or come back in the period, by kind."""
    found_units: dict[str, int] | None = None
    """Units concerned, by kind."""
    mended: int = 0
    """Proved mended in the period."""
    reminded: int = 0
    """Findings whose unit was reminded in the period."""
    reminded_mended: int = 0
    reminded_overdue: int = 0
    reminded_running: int = 0
    """Of those: mended, overdue, and all others (time running, in dispute, named already)."""
    recurred: int = 0
    named_before: int = 0
    """Named in earlier circulars and still standing."""
    better: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Groups and their best units."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", dict(self.found or {}))
        object.__setattr__(self, "found_units", dict(self.found_units or {}))

    @property
    def all_found(self) -> int:
        return sum((self.found or {}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularPaper:
    """All that the Word file says."""

    period: str
    label: str
    start: date
    end: date
    office: str
    addressee: str
    day: date
    """成文日期 of the draft."""
    mend_by: date
    """Last day that the circular grants."""
    made_at: datetime
    figures: Figures
    named: tuple[Named, ...]
    """By unit, then kind."""

    @property
    def title(self) -> str:
        return f"{self.office}{self._about}"

    @property
    def _about(self) -> str:
        return f"关于{self.label}政府网站和信息公开平台检查情况的通报"

    @property
    def title_lines(self) -> tuple[str, str]:
        return self.office, self._about


def circular_docx(paper: CircularPaper) -> bytes:
    """The draft as a Word file, without a document number and without a seal."""
    p = Paper(paper.title, paper.made_at)
    p.title(*paper.title_lines)
    p.addressee(paper.addressee)
    p.body(
        f"根据政府网站和政府信息公开平台检查制度要求，{_span(paper.start, paper.end)}，"
        f"{paper.office}对{_sites(paper.figures.sites)}进行了检查。现将有关情况通报如下："
    )
    p.heading(1, "总体情况")
    for text in _overall(paper.figures):
        p.body(text)
    p.heading(2, "存在的主要问题")
    _problems(p, paper)
    p.heading(3, "整改情况")
    for text in _mending(paper):
        p.body(text)
    p.heading(4, "工作要求")
    for number, text in enumerate(_demands(paper), 1):
        p.item(number, text)
    names = ("问题清单", "整改不到位单位情况") if paper.named else ()
    if names:
        p.attachments_note(names)
    p.signature(paper.office, paper.day)
    if names:
        _problem_list(p, paper.named)
        _unit_list(p, paper.named)
    return p.data()


def _span(start: date, end: date) -> str:
    last = chinese_date(end)
    if start.year == end.year:
        last = last.partition("年")[2]
    return f"{chinese_date(start)}至{last}"


def _sites(names: Sequence[str]) -> str:
    return "、".join(names) if names else "政府网站和信息公开平台"


def _overall(f: Figures) -> Iterable[str]:
    scans = "、".join(f"{kind}{n}次" for kind, n in f.scans)
    done = f"共检测{sum(n for _, n in f.scans)}次（{scans}）" if f.scans else "没有检测记录"
    yield f"本期{done}，检查对象为{_sites(f.sites)}，涉及{f.units}个单位。"
    found = f.found or {}
    if f.all_found:
        kinds = "、".join(f"{kind}{found[kind]}个" for kind in _kinds(found))
        yield f"本期查出问题{f.all_found}个，其中{kinds}；经复查已整改{f.mended}个。"
    else:
        yield f"本期没有查出新的问题；经复查已整改{f.mended}个。"
    for group, units in f.better:
        yield f"{group}中，{'、'.join(units)}网站信息公开情况较好。"


def _kinds(present: Iterable[str]) -> list[str]:
    some = set(present)
    return [*(k for k in KINDS if k in some), *sorted(some - set(KINDS))]


def _problems(p: Paper, paper: CircularPaper) -> None:
    found, units = paper.figures.found or {}, paper.figures.found_units or {}
    kinds = _kinds([*(k for k, n in found.items() if n), *(n.kind for n in paper.named)])
    if not kinds:
        p.body("本期没有查出需要通报的问题。")
        return
    for number, kind in enumerate(kinds, 1):
        said = (
            f"本期查出{found[kind]}个，涉及{units.get(kind, 0)}个单位。" if found.get(kind) else ""
        )
        late = Counter(n.unit for n in paper.named if n.kind == kind)
        if late:
            some = sorted(late.items(), key=lambda item: (-item[1], item[0]))
            names = "、".join(f"{unit}（{n}个）" for unit, n in some[:MOST_NAMED])
            more = f"等{len(some)}个单位" if len(some) > MOST_NAMED else ""
            said += f"经提醒、复查，{names}{more}逾期仍未整改。"
        else:
            said += "没有经提醒、复查逾期仍未整改的。"
        p.part(number, _HEADINGS.get(kind, f"{kind}。"), said)


def _mending(paper: CircularPaper) -> Iterable[str]:
    f = paper.figures
    if f.reminded:
        rate = f.reminded_mended * 1000 // f.reminded
        yield (
            f"本期已提醒整改的问题{f.reminded}个，经复查已整改{f.reminded_mended}个，"
            f"整改率{rate // 10}.{rate % 10}%；逾期未整改{f.reminded_overdue}个，"
            f"尚在整改期限内或正在核实{f.reminded_running}个。"
        )
    else:
        yield "本期没有提醒整改的问题。"
    if f.recurred:
        yield f"整改后又反弹的问题{f.recurred}个。"
    if f.named_before:
        yield f"以前通报过、至今没有整改的问题{f.named_before}个。"
    if paper.named:
        units = len({n.unit for n in paper.named})
        yield (
            f"经提醒后超过整改期限、复查仍未整改的问题{len(paper.named)}个，涉及{units}个单位"
            "（见附件），对以上单位整改不到位的情况予以通报。"
        )
    else:
        yield "没有经提醒、复查逾期仍未整改的问题。"


def _demands(paper: CircularPaper) -> Iterable[str]:
    if paper.named:
        yield (
            f"限期整改。被通报单位请对照问题清单，于{chinese_date(paper.mend_by)}前完成整改，"
            f"并将整改情况（含原因、措施、责任岗位）书面报送{paper.office}。"
        )
    yield "保证更新。各单位要按栏目更新周期及时发布信息，确实没有信息可发的，应当说明情况。"
    yield "严格审核。落实信息发布审核制度，发布前核对内容、格式和链接，防止问题反弹。"
    yield "强化结果运用。对整改不到位的单位继续通报，通报结果纳入年终考评。"


_LIST = (
    ("序号", 11),
    ("单位", 24),
    ("渠道", 17),
    ("栏目", 26),
    ("问题类别", 18),
    ("问题描述", 42),
    ("网址", 34),
    ("发现时间", 18),
    ("依据", 29),
    ("整改时限", 19),
    ("整改情况", 23),
)
"""Columns of the list of problems and their widths in millimetres (225 in all)."""


def _problem_list(p: Paper, named: Sequence[Named]) -> None:
    p.attachment("附件1", "问题清单", landscape=True)
    p.table(
        [name for name, _ in _LIST],
        (
            (
                str(number),
                n.unit,
                n.channel,
                n.column,
                n.kind,
                n.description,
                (address(n.url), n.url),
                n.found_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                n.basis,
                n.deadline.isoformat(),
                f"未改；{n.rechecked.isoformat()}复查",
            )
            for number, n in enumerate(named, 1)
        ),
        [width for _, width in _LIST],
    )


_UNITS = (
    ("序号", 15),
    ("单位", 50),
    ("逾期未整改问题（个）", 30),
    ("已提醒日期", 34),
    ("要求整改日期", 34),
    ("复查日期", 34),
    ("反弹（个）", 28),
)


def _unit_list(p: Paper, named: Sequence[Named]) -> None:
    p.attachment("附件2", "整改不到位单位情况", landscape=True)
    by_unit: dict[str, list[Named]] = {}
    for n in named:
        by_unit.setdefault(n.unit, []).append(n)
    p.table(
        [name for name, _ in _UNITS],
        (
            (
                str(number),
                unit,
                str(len(mine)),
                _days(n.reminded for n in mine),
                _days(n.deadline for n in mine),
                _days(n.rechecked for n in mine),
                str(sum(n.recurred > 0 for n in mine)),
            )
            for number, (unit, mine) in enumerate(by_unit.items(), 1)
        ),
        [width for _, width in _UNITS],
    )


def _days(days: Iterable[date]) -> str:
    """One day, or the first and the last."""
    some = sorted(set(days))
    return some[0].isoformat() if len(some) == 1 else f"{some[0]}至{some[-1]}"


# --- the list -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularLine:
    number: str
    title: str
    period: str
    issued_on: date
    units: tuple[tuple[str, str], ...]
    """Id and short name of each unit named."""
    findings: tuple[str, ...]
    standing: int
    """Of those, how many are not mended yet."""
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CircularsView:
    circulars: tuple[CircularLine, ...]
    """The newest first."""


@machine.shape.register
def _(view: CircularsView) -> machine.Shape:
    return {
        "schema": "xunjian.circulars/1",
        "circulars": [
            {
                "number": c.number,
                "title": c.title,
                "period": c.period,
                "issued_on": machine.calendar(c.issued_on),
                "units": [{"unit": unit, "short": short} for unit, short in c.units],
                "findings": list(c.findings),
                "standing": c.standing,
                "actor": c.actor,
                "recorded_at": machine.instant(c.recorded_at),
            }
            for c in view.circulars
        ],
    }


@tables.table.register
def _(view: CircularsView) -> tuple[list[str], list[list[object]]]:
    header = [
        "发文字号",
        "标题",
        "时期",
        "成文日期",
        "单位数",
        "单位",
        "问题数",
        "尚未整改",
        "经办人",
        "登记时间",
    ]
    return header, [
        [
            *(c.number, c.title, c.period, c.issued_on.isoformat(), len(c.units)),
            "、".join(short for _, short in c.units),
            *(len(c.findings), c.standing, c.actor, tables.local(c.recorded_at)),
        ]
        for c in view.circulars
    ]


def print_circulars(out: Console, view: CircularsView) -> None:
    sheet = Sheet(out)
    if not view.circulars:
        sheet.line("还没有登记过通报：xunjian circular --period 2018Q4 起草")
        return
    sheet.line(
        (f"{pad('发文字号', 24)}  {pad('成文日期', 10)}  {pad('时期', 8)}  单位  问题  未改", "dim")
    )
    sheet.rule()
    for c in view.circulars:
        sheet.line(
            f"{pad(plain(c.number), 24)}  {c.issued_on.isoformat()}  {pad(c.period, 8)}"
            f"  {len(c.units):>4}  {len(c.findings):>4}  ",
            (f"{c.standing:>4}", "yellow" if c.standing else "green"),
        )
        if c.units:
            names = "、".join(short for _, short in c.units[:12])
            more = f" 等{len(c.units)}个" if len(c.units) > 12 else ""
            sheet.text(names + more, indent=6, style="dim", lines=2)
