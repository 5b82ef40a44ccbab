"""What is wrong with a configuration, said to a clerk in Chinese: where, what, and how to mend it.

Here stand the error type of this room and the translation of pydantic's errors. Where a value came
from (a line of a file, a cell of a sheet) is the caller's to say.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config import schema

Loc = tuple[int | str, ...]
"""The way to a value: keys and positions, from the root of a file."""

ECHO = 40
"""Longest piece of a wrong value that a message repeats, in characters."""
PRINTED = 100
"""Most problems that the text of an error lists; ``ConfigError.problems`` holds them all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that must be mended."""

    where: str
    """File and line, or workbook, sheet, row and column."""
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}：{self.reason}；{self.remedy}"


class ConfigError(Exception):
    """A configuration that cannot be used. ``str()`` is one line a problem, in Chinese."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(p) for p in self.problems[:PRINTED]]
        if len(self.problems) > PRINTED:
            lines.append(f"还有 {len(self.problems) - PRINTED} 处问题，改正以上各处后再试时列出")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem of a value that is not yet bound to its place."""

    loc: Loc
    field: str
    """The last field name on the way to it, e.g. ``group``."""
    at_key: bool
    """The key itself is wrong, not its value."""
    reason: str
    remedy: str
    missing: bool = False
    """The field is not there at all."""
    guess: str | None = None
    """The field that an unknown one was probably meant to be."""


_WORDS = {
    "department": "政府部门",
    "party": "党委部门及群团",
    "town": "乡镇场街道",
    "city": "市本级",
    "portal": "门户网站",
    "platform": "信息公开平台",
    "unit": "按单位评分",
    "site": "按网站评分",
    "ignored": "不影响时效",
    "not_updated": "算作未更新",
}
_PATTERNS = {
    schema.SLUG_PATTERN: (
        "只能用小写字母、数字、短横线和下划线，以字母或数字开头，不超过 40 个字符",
        "请改成如 caizhengju 的写法",
    ),
    schema.MONTH_DAY_PATTERN: ("要写成“月-日”", "请改成如 09-30 的写法"),
    schema.CLOCK_PATTERN: ("要写成“时:分”（24 小时制）", "请改成如 22:00 的写法"),
    schema.HOST_PATTERN: (
        "要写成小写的主机名或地址，可带端口，不带 http:// 和路径",
        "请改成如 www.example.gov.cn 或 10.0.0.8:8080 的写法",
    ),
}
_TYPES = {
    "string_type": ("要写成文字", "如果是数字或日期，请给它加上引号"),
    "int_type": ("要写成整数", "请改成不带引号和单位的整数"),
    "int_parsing": ("要写成整数", "请改成不带单位的整数"),
    "int_from_float": ("要写成整数", "请去掉小数"),
    "float_type": ("要写成数字", "请改成不带单位的数字"),
    "float_parsing": ("要写成数字", "请改成不带单位的数字"),
    "finite_number": ("要写成有限的数字", "请改成普通的数字"),
    "decimal_type": ("要写成数字", "请改成不带单位的数字"),
    "decimal_parsing": ("要写成数字", "请改成不带单位的数字"),
    "decimal_max_places": ("最多两位小数", "请四舍五入到两位小数"),
    "bool_type": ("只能是 true（是）或 false（否）", "请改成 true 或 false"),
    "bool_parsing": ("只能是 true（是）或 false（否）", "请改成 true 或 false"),
    "date_type": ("不是正确的日期，要写成 2018-12-31 的样子", "请改正日期"),
    "date_parsing": ("不是正确的日期，要写成 2018-12-31 的样子", "请改正日期"),
    "date_from_datetime_parsing": ("不是正确的日期，要写成 2018-12-31 的样子", "请改正日期"),
    "date_from_datetime_inexact": ("只能写日期，不能带时刻", "请只留日期"),
    "tuple_type": ("要写成列表", "请每项单独一行，以“- ”开头，或写成 [甲, 乙]"),
    "dict_type": ("要写成“字段: 值”的形式", "请在下一行缩进后逐行写“字段: 值”"),
    "model_type": ("要写成“字段: 值”的形式", "请在下一行缩进后逐行写“字段: 值”"),
    "model_attributes_type": ("要写成“字段: 值”的形式", "请在下一行缩进后逐行写“字段: 值”"),
    "url_type": ("不是完整的网址", "请写成以 http:// 或 https:// 开头的完整地址"),
    "url_parsing": ("不是完整的网址", "请写成以 http:// 或 https:// 开头的完整地址"),
    "url_syntax_violation": ("不是完整的网址", "请写成以 http:// 或 https:// 开头的完整地址"),
    "url_scheme": ("不是网页的网址", "请写成以 http:// 或 https:// 开头的完整地址"),
    "url_too_long": ("网址太长", "请核对地址，不要超过 2000 个字符"),
}


def echo(value: object) -> str:
    """A wrong value as a message may repeat it: short, one line, nothing that a terminal obeys."""
    text = str(value)
    text = "".join("?" if unicodedata.category(c)[0] in "CZ" and c != " " else c for c in text)
    return text if len(text) <= ECHO else text[:ECHO] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    found = difflib.get_close_matches(str(word).lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _model_in(annotation: Any) -> Any:
    """An annotation without ``Annotated`` and ``| None``."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def model_at(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel] | None:
    """The model that stands at a place below ``model``; ``None`` where there is a plain value."""
    here: Any = model
    for step in loc:
        here = _model_in(here)
        if _is_model(here):
            here = _field_types(here).get(str(step))
        elif get_origin(here) is tuple:
            args = get_args(here)
            here = args[0] if len(args) == 2 and args[1] is ... else None
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        else:
            return None
        if here is None:
            return None
    here = _model_in(here)
    return here if _is_model(here) else None


def _field_types(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def field_words(model: type[BaseModel] | None, field: str) -> str:
    """The first words of a field's description, in brackets, for a message; or nothing."""
    if model is None:
        return ""
    for name, info in model.model_fields.items():
        if (info.alias or name) == field and info.description:
            return f"（{re.split('[，；：:（]', info.description)[0]}）"
    return ""


def faults(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """pydantic's complaints in Chinese, in the order in which it found them."""
    found = [_fault(detail, model) for detail in error.errors(include_url=False)]
    # A misspelt field is also a missing one: say it once.
    meant = {(f.loc[:-1], f.guess) for f in found if f.guess}
    return [f for f in found if not (f.missing and (f.loc[:-1], f.field) in meant)]


def _fault(detail: ErrorDetails, model: type[BaseModel]) -> Fault:
    kind, value, ctx = detail["type"], detail["input"], detail.get("ctx", {})
    loc: Loc = detail["loc"]
    at_key = bool(loc) and loc[-1] == "[key]"
    if at_key:
        loc = loc[:-1]
    field = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    holder = model_at(model, loc[:-1])

    def say(reason: str, remedy: str) -> Fault:
        return Fault(loc, field, at_key, reason, remedy)

    if kind == "missing":
        if loc and isinstance(loc[-1], int):
            return say(f"{field} 少了第 {loc[-1] + 1} 项", "请补全")
        reason = f"缺少 {field}{field_words(holder, field)}"
        return Fault(loc, field, at_key, reason, f"请补上“{field}: …”一行", missing=True)
    if kind == "extra_forbidden":
        known = sorted(_field_types(holder)) if holder else []
        guess = nearest(field, known)
        hint = f"请改成 {guess}" if guess else "请删去这一行，可用的字段有 " + "、".join(known)
        return Fault(loc, field, True, f"有不认识的字段“{echo(field)}”", hint, guess=guess)
    what = f"{field} 写成了“{echo(value)}”" if not at_key else f"“{echo(loc[-1])}”"
    if value is None:
        return say(f"{field} 空着", "请填写，或删去这一行")
    if isinstance(value, dict | list | tuple):
        what = f"{field or '整个文件'} 写成了{'多个字段' if isinstance(value, dict) else '列表'}"
    if kind in ("enum", "literal_error"):
        options = re.findall(r"'([^']*)'", str(ctx.get("expected", "")))
        listed = "、".join(f"{o}（{_WORDS[o]}）" if o in _WORDS else o for o in options)
        guess = nearest(str(value), options)
        return say(
            f"{what}，只能是 {listed}",
            f"请改成 {guess} 后重试" if guess else "请改成其中一个后重试",
        )
    if kind == "string_pattern_mismatch" and ctx.get("pattern") in _PATTERNS:
        rule, remedy = _PATTERNS[ctx["pattern"]]
        return say(f"{what}，{rule}", remedy)
    if kind in ("value_error", "assertion_error"):
        reason = str(ctx.get("error", ""))
        if not isinstance(value, dict | BaseModel):
            return say(f"{what}，{reason}", "请改正后重试")
        inner = bool(loc) and isinstance(loc[-1], str)
        return say(f"{field} 有误：{reason}" if inner else f"有误：{reason}", "请改正后重试")
    if kind in _TYPES:
        rule, remedy = _TYPES[kind]
        return say(f"{what}，{rule}", remedy)
    bounds = {
        "greater_than": ("要大于 {gt}", "gt"),
        "greater_than_equal": ("不能小于 {ge}", "ge"),
        "less_than": ("要小于 {lt}", "lt"),
        "less_than_equal": ("不能大于 {le}", "le"),
        "string_too_short": ("至少要 {min_length} 个字", "min_length"),
        "string_too_long": ("不能超过 {max_length} 个字", "max_length"),
        "too_short": ("至少要 {min_length} 项", "min_length"),
        "too_long": ("不能超过 {max_length} 项", "max_length"),
    }
    if kind in bounds and bounds[kind][1] in ctx:
        rule = bounds[kind][0].format(**{bounds[kind][1]: ctx[bounds[kind][1]]})
        if kind == "string_too_short" and not str(value).strip():
            return say(f"{field} 是空的", "请填写后重试")
        return say(f"{what}，{rule}", "请改正后重试")
    return say(f"{what}，写法不正确（{kind}）", "请对照说明改正后重试")
