"""The sheets in which clerks keep lists of units, columns and sites: headers and cells.

One declaration a sheet says which headers it has, which other words are accepted for them, and how
a value stands in a cell; ``config.excel`` writes and reads workbooks by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from config.problems import echo, nearest
from config.schema import Cadence, ColumnRole, SiteKind, UnitGroup


class CellError(Exception):
    """A cell that cannot be read: reason and remedy, in Chinese."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(reason)


class Kind(Enum):
    """How a value stands in a cell."""

    TEXT = "text"
    LIST = "list"
    FLAG = "flag"
    CHOICE = "choice"
    DAY = "day"
    CADENCE = "cadence"
    NUMBER = "number"
    PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    key: str
    """The schema's field; ``rate.retries`` for a field of a field."""
    header: str
    kind: Kind = Kind.TEXT
    also: tuple[str, ...] = ()
    """Other headers that mean the same."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """For CHOICE: value → what the cell shows."""
    refers: str | None = None
    """Kind of entry (``unit``, ``catalogue`` …) whose id stands here; a name is accepted too."""
    required: bool = False
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet."""

    name: str
    columns: tuple[Column, ...]
    also: tuple[str, ...] = ()


GROUPS = {g.value: g.label for g in UnitGroup}
SITE_KINDS = {SiteKind.PORTAL.value: "门户网站", SiteKind.PLATFORM.value: "信息公开平台"}
ROLES = {r.value: r.label for r in ColumnRole}
HOLDERS = {"catalogue": "公开目录", "site": "站点"}

_ID = ("id", "ID", "代号", "标识")

UNITS = Sheet(
    "单位",
    (
        Column("id", "编号", also=_ID, required=True),
        Column(
            "name",
            "单位全称",
            also=("单位名称", "全称", "规范全称", "name"),
            required=True,
            width=30,
        ),
        Column("short", "简称", also=("单位简称", "short"), required=True),
        Column("aliases", "别名", Kind.LIST, also=("曾用名", "其他名称", "aliases"), width=36),
        Column(
            "group",
            "分组",
            Kind.CHOICE,
            also=("单位类别", "组别", "group"),
            choices=GROUPS,
            required=True,
        ),
        Column("kind", "类型", also=("单位类型", "性质", "kind")),
        Column("catalogue", "公开目录", also=("目录", "所用目录"), refers="catalogue"),
        Column("responsible", "责任单位", also=("responsible",), refers="unit"),
        Column("root", "目录地址", also=("网址", "地址", "root"), width=36),
        Column("addresses", "栏目地址", Kind.PAIRS, width=36),
        Column("confirmed", "已核对", Kind.FLAG, also=("是否核对", "是否已核对", "confirmed")),
        Column("full_name_confirmed", "全称已核对", Kind.FLAG, also=("全称是否核对",)),
        Column("valid_from", "设立日期", Kind.DAY, also=("启用日期", "生效日期")),
        Column("valid_to", "撤销日期", Kind.DAY, also=("停用日期", "失效日期")),
        Column("successors", "继任单位", Kind.LIST, also=("承接单位",), refers="unit"),
        Column("basis", "依据", also=("来源", "basis"), width=24),
        Column("note", "备注", also=("说明", "note"), width=40),
    ),
    also=("单位名单", "单位清单", "单位列表", "units"),
)
CONTACTS = Sheet(
    "联系人",
    (
        Column("unit", "单位", also=("单位编号", "单位简称", "编号"), refers="unit", required=True),
        Column("post", "岗位", also=("职务", "科室")),
        Column("phone", "电话", also=("联系电话", "手机", "办公电话")),
        Column("qq", "QQ", also=("QQ号", "QQ号码")),
        Column("mail", "邮箱", also=("电子邮箱", "邮件"), width=24),
    ),
    also=("联系方式", "通讯录", "contacts"),
)
COUNTS = Sheet(
    "应有数目",
    (
        Column(
            "group", "分组", Kind.CHOICE, also=("单位类别", "组别"), choices=GROUPS, required=True
        ),
        Column("count", "数目", Kind.NUMBER, also=("个数", "应有数目", "数量"), required=True),
    ),
    also=("单位数目",),
)
CATEGORIES = Sheet(
    "栏目类别",
    (
        Column("id", "编号", also=_ID, required=True),
        Column("title", "类别名称", also=("名称", "类别"), required=True, width=24),
        Column("cadence", "更新周期", Kind.CADENCE, also=("周期", "更新要求"), required=True),
        Column("official", "官方类别", also=("检查表类别",), width=20),
        Column("basis", "依据", also=("来源",), width=60),
        Column("unconfirmed", "周期未确认", Kind.FLAG, also=("未确认",)),
    ),
    also=("类别", "categories"),
)
CATALOGUES = Sheet(
    "公开目录",
    (
        Column("id", "编号", also=_ID, required=True),
        Column("title", "目录名称", also=("名称",), required=True, width=24),
    ),
    also=("目录", "catalogues"),
)
COLUMNS = Sheet(
    "栏目",
    (
        Column(
            "holder_kind", "属于", Kind.CHOICE, also=("所属类型",), choices=HOLDERS, required=True
        ),
        Column("holder", "所属编号", also=("所属", "目录或站点"), required=True),
        Column("group", "一级栏目", also=("上级栏目", "一级目录")),
        Column("slug", "栏目编号", also=("编号", "slug", "代号"), required=True, width=20),
        Column(
            "name",
            "栏目名称",
            also=("名称", "栏目", "二级栏目", "二级目录"),
            required=True,
            width=24,
        ),
        Column(
            "variants", "认可的名称变体", Kind.LIST, also=("名称变体", "变体", "别名"), width=36
        ),
        Column("category", "栏目类别", also=("类别",), refers="category", required=True),
        Column("cadence", "更新周期", Kind.CADENCE, also=("周期",)),
        Column("url", "栏目地址", also=("网址", "地址", "链接"), width=36),
        Column("unit", "责任单位", refers="unit"),
        Column("required", "必设", Kind.FLAG, also=("是否必设",)),
        Column("role", "互动服务用途", Kind.CHOICE, also=("用途",), choices=ROLES),
    ),
    also=("栏目清单", "栏目列表", "columns"),
)
SITES = Sheet(
    "站点",
    (
        Column("id", "编号", also=_ID, required=True),
        Column("name", "站点名称", also=("网站名称", "名称"), required=True, width=28),
        Column(
            "kind",
            "种类",
            Kind.CHOICE,
            also=("站点种类", "类型"),
            choices=SITE_KINDS,
            required=True,
        ),
        Column("url", "首页地址", also=("网址", "地址"), required=True, width=36),
        Column("hosts", "其他主机", Kind.LIST, also=("主机",), width=28),
        Column("operator", "运维单位", also=("主办单位", "责任单位"), refers="unit", required=True),
        Column("unit_index", "单位列表地址", width=36),
        Column("budget_column", "预决算专栏编号", also=("预决算专栏",), width=20),
        Column("site_code", "网站标识码", also=("标识码",)),
        Column("allow_private", "允许内网地址", Kind.FLAG),
        Column("enabled", "启用", Kind.FLAG, also=("是否启用", "是否检测")),
        Column("note", "备注", also=("说明",), width=40),
        Column("rate.interval_seconds", "请求间隔秒", Kind.NUMBER),
        Column("rate.concurrency", "同时请求数", Kind.NUMBER),
        Column("rate.timeout_seconds", "超时秒", Kind.NUMBER),
        Column("rate.max_bytes", "单页上限字节", Kind.NUMBER),
        Column("rate.max_list_pages", "翻页上限", Kind.NUMBER),
        Column("rate.max_requests", "一次检测请求上限", Kind.NUMBER),
        Column("rate.retry_after_seconds", "重试等待秒", Kind.NUMBER),
        Column("rate.retries", "重试次数", Kind.NUMBER),
        Column("rate.robots", "遵守robots", Kind.FLAG),
    ),
    also=("网站", "站点清单", "网站清单", "sites"),
)
ALL = (UNITS, CONTACTS, COUNTS, CATEGORIES, CATALOGUES, COLUMNS, SITES)


def header_key(text: str) -> str:
    """A header as it is compared: blanks, case, width and remarks in brackets do not count."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\([^)]*\)|[\s*:]", "", text).casefold()


def to_cell(column: Column, value: Any) -> str | int | float | None:
    """A value of the configuration as it stands in a cell."""
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.FLAG:
            return "是" if value else "否"
        case Kind.CHOICE:
            return column.choices[str(value)]
        case Kind.CADENCE:
            return cadence_words(value)
        case Kind.LIST:
            items = [str(v) for v in value]
            if not any(re.search("[；;、]", item) for item in items):
                return "；".join(items) or None
            return "\n".join(items) + "\n"
        case Kind.PAIRS:
            return "\n".join(f"{key} = {held}" for key, held in value.items()) or None
        case Kind.NUMBER:
            # Excel keeps 15 digits of a number; what needs more is kept as text.
            exact = not isinstance(value, float) or float(f"{value:.15g}") == value
            return value if exact and isinstance(value, int | float) else repr(value)
        case Kind.DAY:
            return str(value.isoformat())
    return str(value)


def from_cell(column: Column, value: object) -> Any:
    """A cell's value as the schema takes it; ``None`` for a blank cell. Raises ``CellError``."""
    if isinstance(value, str):
        value = unescape(value)
        if not value.strip():
            return None
    if value is None:
        return None
    match column.kind:
        case Kind.FLAG:
            return _flag(value)
        case Kind.CHOICE:
            return _choice(column, str(value).strip())
        case Kind.CADENCE:
            return _cadence(str(value).strip())
        case Kind.DAY:
            return _day(value)
        case Kind.LIST:
            return _items(_text(value))
        case Kind.PAIRS:
            return _pairs(_text(value))
        case Kind.NUMBER:
            return int(value) if isinstance(value, float) and value.is_integer() else value
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, datetime | date | time):
        raise CellError("单元格是日期格式，这里要写文字", "请把单元格格式改成“文本”后重新输入")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _items(text: str) -> list[str]:
    # Several lines: one item a line, which may itself hold a separator.
    parts = text.splitlines() if "\n" in text else re.split("[；;、]", text)
    return [part.strip() for part in parts if part.strip()]


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        key, equals, held = line.partition("=")
        if not equals or not key.strip() or not held.strip():
            raise CellError(f"有一行写成了“{echo(line)}”", "请一行写一个：栏目编号 = 地址")
        found[key.strip()] = held.strip()
    return found


_FLAGS = {
    **dict.fromkeys(("是", "true", "yes", "1", "√", "y", "对"), True),
    **dict.fromkeys(("否", "false", "no", "0", "×", "n", "错"), False),
}


def _flag(value: object) -> bool:
    text = _text(value).strip().casefold()
    if text not in _FLAGS:
        raise CellError(f"写成了“{echo(text)}”，只能是 是 或 否", "请改成 是 或 否")
    return _FLAGS[text]


def _choice(column: Column, text: str) -> str:
    for value, shown in column.choices.items():
        if text.casefold() in (value, shown):
            return value
    titles = list(column.choices.values())
    guess = nearest(text, titles)
    raise CellError(
        f"写成了“{echo(text)}”，只能是 " + "、".join(titles),
        f"请改成 {guess}" if guess else "请从下拉列表中选一个",
    )


def _day(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    found = re.fullmatch(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*", str(value))
    if found:
        try:
            return date(*(int(part) for part in found.groups())).isoformat()
        except ValueError:
            pass
    raise CellError(f"写成了“{echo(value)}”，不是正确的日期", "请写成 2018-12-31 的样子")


STANDING = "长期公开"


def cadence_words(cadence: Cadence) -> str:
    """A cadence as it stands in a cell."""
    if cadence.days is not None:
        return f"{cadence.days}日"
    if cadence.months is not None:
        return f"{cadence.months}个月"
    if cadence.yearly_by is not None:
        month, day = cadence.yearly_by.split("-")
        return f"每年{int(month)}月{int(day)}日前"
    return STANDING


def _cadence(text: str) -> dict[str, Any]:
    text = unicodedata.normalize("NFKC", text).replace(" ", "")
    if text in (STANDING, "长期", "不限"):
        return {}
    if found := re.fullmatch(r"(\d{1,4})(?:日|天|周|个?月|年)(?:内更新|以?内)?", text):
        number = int(found.group(1))
        unit = text[len(found.group(1))]
        return {
            "日": {"days": number},
            "天": {"days": number},
            "周": {"days": number * 7},
            "个": {"months": number},
            "月": {"months": number},
            "年": {"months": number * 12},
        }[unit]
    if found := re.fullmatch(r"每年(\d{1,2})[月-](\d{1,2})日?(?:前|之前)?.{0,8}", text):
        return {"yearly_by": f"{int(found.group(1)):02}-{int(found.group(2)):02}"}
    raise CellError(
        f"写成了“{echo(text)}”，看不懂这个周期",
        f"请写成 14日、6个月、每年10月31日前 或 {STANDING}",
    )


def escape(text: str) -> str:
    """Text as a workbook stores it: ``_x0041_`` would otherwise be taken for a letter A."""
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def unescape(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text)
