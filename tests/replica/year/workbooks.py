"""The third party's workbooks: made from what stands, with some of ours missing and some extra."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from tests.replica.names import BODIES
from tests.replica.spec import stream
from tests.replica.templates import Addresses
from tests.replica.year import cast
from tests.replica.year.regime import Key, Regime
from tests.replica.year.standing import Seen
from tests.replica.year.state import City

SOURCE = "third-party"
SAID = {
    "overdue-column": "栏目长期未更新",
    "blank-column": "栏目空白，没有内容",
    "missing-column": "栏目缺失",
    "dead-link": "正文中的链接打不开",
    "dead-attachment": "附件无法下载",
    "garbled-text": "正文中有乱码",
    "untidy-title": "标题不规范",
    "mixed-indent": "首行缩进不统一",
    "word-leftovers": "版面格式混乱",
    "br-paragraphs": "段落排版不规范",
    "empty-paragraphs": "正文中空行过多",
    "halfwidth-punctuation": "半角标点混用",
}
HEADERS = {
    "unit": ("单位名称", "责任单位", "被检查单位"),
    "column": ("所属栏目", "栏目名称", "栏目"),
    "text": ("问题描述", "存在问题", "具体问题"),
    "url": ("问题网址", "网址", "页面地址"),
    "day": ("检查时间", "检查日期", "发现时间"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a workbook, and the finding that it is."""

    unit: str
    column: str
    text: str
    url: str
    key: Key
    extra: bool
    """Only they have found it."""


def rows(regime: Regime, city: City, name: str, addresses: Addresses) -> list[Row]:
    """What the third party reports: about two thirds of what we know to stand, and two of its own."""
    r = stream(regime.seed, "workbook", name)
    known = [
        case.seen
        for key, case in sorted(regime.cases.items())
        if case.open and case.seen.rule in SAID and _stands(case.seen, city.day)
    ]
    out = [_ours(seen, city, addresses) for seen in known if r.random() < 0.65]
    writers = [x for x in cast.RESIDENTS if x.body.group in cast.CATALOGUES and x.stands(city.day)]
    for resident in r.sample(writers, 2):
        column = city.by_key[f"platform/{resident.id}.wj"]
        plain = [
            a
            for a in column.entries
            if a.number not in city.plan.articles
            and ("hand-content", f"page:platform:{a.path}") not in regime.cases
        ]
        article = min(plain, key=lambda a: (a.published, a.number))
        out.append(
            Row(
                resident.id, "", f"有错别字（{name}）", addresses.platform + article.path,
                ("hand-content", f"page:platform:{article.path}"), True,
            )
        )  # fmt: skip
    r.shuffle(out)
    return out


def _stands(seen: Seen, day: date) -> bool:
    return seen.unit is not None and cast.UNITS[seen.unit].stands(day)


def _ours(seen: Seen, city: City, addresses: Addresses) -> Row:
    assert seen.unit is not None
    kind, _, where = seen.subject.partition(":")
    if kind == "column":
        slot = city.by_key[where].slot
        name = f"{slot.group}—{slot.name}" if slot.group else slot.name
        return Row(seen.unit, name, SAID[seen.rule], "", seen.key, False)
    site, _, path = where.partition(":")
    return Row(seen.unit, "", SAID[seen.rule], addresses.base(site) + path, seen.key, False)


def write(lines: list[Row], name: str, day: date, seed: int, file: Path) -> None:
    """As a third party hands it in: a title above, the columns in an order of its own."""
    r = stream(seed, "headers", name)
    order = list(HEADERS)
    r.shuffle(order)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([f"瑞昌市政府网站第三方检测报告（{name}）"])
    sheet.append(["序号", *(r.choice(HEADERS[field]) for field in order)])
    for number, line in enumerate(lines, 1):
        body = BODIES[line.unit]
        cells = {
            "unit": r.choice((body.name, body.short)),
            "column": line.column,
            "text": line.text,
            "url": line.url,
            "day": r.choice((day, day.isoformat(), f"{day.year}年{day.month}月{day.day}日")),
        }
        sheet.append([number, *(cells[field] for field in order)])
    file.parent.mkdir(parents=True, exist_ok=True)
    book.save(file)
