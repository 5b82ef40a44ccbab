"""Reading one YAML file: bytes into plain data, with the line of every value.

Only what a configuration needs is understood: text, numbers, true, false, null, lists, mappings.
``22:00``, ``no`` and ``0792`` stay text. Bounded in size, depth and expansion, since a file may come
from anywhere. Syntax errors are said in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from config.problems import ConfigError, Loc, Problem, echo

MAX_BYTES = 2_000_000
"""Largest file that is read."""
MAX_DEPTH = 30
MAX_NODES = 400_000
"""Most values of one file, repetitions by alias included."""


@dataclass(slots=True)
class Source:
    """One file, read."""

    shown: str
    """How messages call the file."""
    data: Any
    """Plain ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` and ``None``."""
    lines: dict[Loc, int] = field(default_factory=dict)
    """The line (from 1) on which the value at a place begins."""
    key_lines: dict[Loc, int] = field(default_factory=dict)
    """The line on which the key at a place stands."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with it though it could be read: duplicate keys."""

    def line(self, loc: Loc, at_key: bool = False) -> int:
        """The line of a place, or of the nearest place around it that exists."""
        if at_key and loc in self.key_lines:
            return self.key_lines[loc]
        here = loc
        while here and here not in self.lines:
            here = here[:-1]
        return self.lines.get(here, 1)

    def where(self, loc: Loc, at_key: bool = False) -> str:
        return f"{self.shown} 第 {self.line(loc, at_key)} 行"


class _TooDeep(yaml.MarkedYAMLError):
    """Nested beyond ``MAX_DEPTH``."""


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes only; constructs nothing."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _TooDeep(problem="too deep", problem_mark=mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]{0,17})$", "-+0123456789"),
    ("float", r"^[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}$", "-+0123456789"),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first)
    )


def read(file: Path | Traversable, shown: str) -> tuple[Source, bytes]:
    """Read a file into plain data; also its bytes, for the digest.

    Raises ``ConfigError`` when it is absent, too large, wrongly encoded or no YAML.
    """
    raw = read_bytes(file, shown)
    return parse(decode(raw, shown), shown), raw


def read_bytes(file: Path | Traversable, shown: str) -> bytes:
    """A file's bytes, at most ``MAX_BYTES``."""
    try:
        if not file.is_file():
            raise ConfigError([Problem(shown, "没有这个文件", "请补上该文件，或核对配置目录")])
        with file.open("rb") as stream:
            raw: bytes = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"读不了这个文件（{type(error).__name__}）"
        raise ConfigError([Problem(shown, reason, "请核对文件的权限")]) from error
    if len(raw) > MAX_BYTES:
        limit = f"文件超过 {MAX_BYTES // 1_000_000} MB"
        raise ConfigError([Problem(shown, limit, "配置文件不会这么大，请核对是不是放错了文件")])
    return raw


def decode(raw: bytes, shown: str) -> str:
    """UTF-8 bytes, with or without a byte order mark, into text."""
    remedy = "请用编辑器另存为 UTF-8 编码后重试"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(
            [Problem(f"{shown} 第 1 行", "文件是 UTF-16（记事本里的“Unicode”）编码", remedy)]
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("gb18030")
            reason = "文件不是 UTF-8 编码，看来是 GBK（ANSI）编码"
        except UnicodeDecodeError:
            reason = "文件不是 UTF-8 编码，或者已经损坏"
        raise ConfigError([Problem(f"{shown} 第 {line} 行", reason, remedy)]) from error


def parse(text: str, shown: str) -> Source:
    """YAML text into plain data with its lines."""
    loader = None
    try:
        loader = _PlainLoader(text)
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(error, text, shown)]) from error
    finally:
        if loader is not None:
            loader.dispose()
    source = Source(shown, None)
    if root is None:
        return source
    source.data = _Plain(source).convert(root, ())
    return source


class _Plain:
    """Turns composed nodes into plain data, noting lines."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.count = 0
        self.open: set[int] = set()

    def convert(self, node: yaml.Node, loc: Loc) -> Any:
        line = node.start_mark.line + 1
        self.count += 1
        if self.count > MAX_NODES or id(node) in self.open:
            reason = "用“&”“*”重复引用的内容太多，或引用了自身"
            raise ConfigError(
                [Problem(f"{self.source.shown} 第 {line} 行", reason, "请直接写出内容")]
            )
        self.source.lines[loc] = line
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line)
        self.open.add(id(node))
        data: Any
        if isinstance(node, yaml.SequenceNode):
            self._plain_tag(node, "seq", line)
            data = [self.convert(item, (*loc, i)) for i, item in enumerate(node.value)]
        else:
            self._plain_tag(node, "map", line)
            data = dict(self._pairs(node, loc))
        self.open.discard(id(node))
        return data

    def _pairs(self, node: yaml.Node, loc: Loc) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(line, "字段名写成了列表或多个字段", "字段名只能是一个词")
                continue
            key: str = key_node.value
            if key in seen:
                reason = f"“{echo(key)}”写了两次（第 {seen[key]} 行已有）"
                self._complain(line, reason, "请只保留一处")
                continue
            seen[key] = line
            self.source.key_lines[(*loc, key)] = line
            yield key, self.convert(value_node, (*loc, key))

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:
        text: str = node.value
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return text
            case "null":
                return None
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int" if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
                return int(text)
            case "float" if re.fullmatch(r"[-+]?[0-9]{1,18}(\.[0-9]{1,17})?", text):
                return float(text)
        self._complain(line, f"不支持“{echo(node.tag)}”这样的标签", "请删去感叹号开头的标签")
        return text

    def _plain_tag(self, node: yaml.Node, tag: str, line: int) -> None:
        if node.tag != f"tag:yaml.org,2002:{tag}":
            self._complain(line, f"不支持“{echo(node.tag)}”这样的标签", "请删去感叹号开头的标签")

    def _complain(self, line: int, reason: str, remedy: str) -> None:
        self.source.problems.append(Problem(f"{self.source.shown} 第 {line} 行", reason, remedy))


_WHERE_IT_BEGAN = ("quoted scalar", "flow sequence", "flow mapping", "simple key")
"""What the scanner notices late: the place to mend is where the piece began."""
_FULL_WIDTH = re.compile(r"^\s*(?:-\s*)*[A-Za-z_]+\s*：")
_NO_SPACE = re.compile(r"^\s*(?:-\s*)*[A-Za-z_]+:[^\s/:]")
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("too deep", "层次套得太深", "请检查括号和缩进"),
    (r"found character '\t'", "用了制表符（Tab）缩进", "请把 Tab 换成空格，每层两个空格"),
    ("found a tab character", "用了制表符（Tab）缩进", "请把 Tab 换成空格，每层两个空格"),
    (
        "mapping values are not allowed here",
        "一行里多了一个冒号，或缩进与上一行没有对齐",
        "含冒号的文字请加引号，同一层的字段请左边对齐",
    ),
    ("could not find expected ':'", "字段名后面少了冒号", "请写成“字段: 值”（英文冒号加一个空格）"),
    (
        "while scanning a quoted scalar",
        "引号没有配成对，或引号里的写法不对",
        "请补上另一半引号；反斜杠请改用单引号括起来",
    ),
    ("unknown escape character", "双引号里的反斜杠不对", "请改用单引号"),
    (
        "expected <block end>",
        "缩进没有对齐，或引号、括号后面多了文字",
        "同一层的字段请左边对齐，整段文字用一对引号括起来",
    ),
    ("expected ',' or", "方括号或花括号没有配成对，或各项之间少了英文逗号", "请补上括号或逗号"),
    ("flow node", "方括号或花括号里的写法不对", "请检查括号和逗号"),
    ("found undefined alias", "以“*”开头的文字会被当成引用", "请给这段文字加引号"),
    ("anchor", "以“&”“*”开头的文字会被当成引用", "请给这段文字加引号"),
    ("found duplicate anchor", "同一个“&”名称用了两次", "请给这段文字加引号，或换一个名称"),
    ("cannot start any token", "这里的文字不能以该符号开头", "请给这段文字加引号"),
    ("expected a single document", "文件里有多个“---”", "请只保留一份内容"),
    ("found unexpected end of stream", "文件没有写完，引号或括号没有配成对", "请补上另一半"),
    ("found unexpected ':'", "方括号或花括号里的冒号写法不对", "含冒号的文字请加引号"),
    ("tag", "以“!”开头的文字会被当成标签", "请给这段文字加引号"),
    ("directive", "以“%”开头的行会被当成指令", "请给这段文字加引号，或删去该行"),
    ("block scalar", "“|”或“>”后面的多行文字写法不对", "请把多行文字缩进对齐，或改成一行并加引号"),
)


def _syntax(error: yaml.YAMLError, text: str, shown: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, int(error.position)) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        reason = f"有看不见的控制字符（U+{code:04X}）"
        return Problem(f"{shown} 第 {line} 行", reason, "请删去后重新输入")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    context = getattr(error, "context_mark", None)
    rows = text.splitlines()
    line = min(mark.line if mark is not None else 0, max(len(rows) - 1, 0))
    first = min(context.line, line) if context is not None else line
    # The scanner notices a full-width colon only on a later line; look where it began.
    for suspect in range(max(line - 2, 0), line + 1):
        row = rows[suspect] if suspect < len(rows) else ""
        if _FULL_WIDTH.match(row):
            return Problem(
                f"{shown} 第 {suspect + 1} 行",
                f"“{echo(row.strip())}”用了中文冒号",
                "请改成英文冒号并加一个空格，如 name: 市财政局",
            )
        if _NO_SPACE.match(row):
            return Problem(
                f"{shown} 第 {suspect + 1} 行",
                f"“{echo(row.strip())}”的冒号后面少了空格",
                "请在冒号后加一个空格",
            )
    if line < len(rows) and re.match(r"^ *\t", rows[line]):
        return Problem(f"{shown} 第 {line + 1} 行", *_SYNTAX[1][1:])
    said = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or ''}"
    if any(needle in said for needle in _WHERE_IT_BEGAN):
        line = first
    for needle, reason, remedy in _SYNTAX:
        if needle in said:
            return Problem(f"{shown} 第 {line + 1} 行", f"不合 YAML 写法：{reason}", remedy)
    return Problem(
        f"{shown} 第 {line + 1} 行", "不合 YAML 写法", "请检查这一行和上一行的缩进、冒号和引号"
    )
