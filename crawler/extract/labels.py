"""Labels and their values: ``发布时间：2024-03-15``, in lines, tables, definition lists and forms.

A label is compared without blanks (``索 引 号``, ``来　　源``). Its value ends at the next label, at
the end of its element, or at a wide gap; a label that stands alone takes the text of the next cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from crawler.extract.tree import El, Line, Tree, bare, squeeze

_GROUPS = {
    "published": "发布时间 发布日期 发稿时间 发稿日期 发表时间 发表日期 发布于 公开日期 公开时间 公布日期 公布时间 "
    "信息时间 信息日期 录入时间 录入日期 添加时间 添加日期 上传时间 上传日期 上网时间 上网日期 登载时间 刊登时间 "
    "發佈時間 發佈日期 發布時間 發布日期 公佈日期 "
    "刊发时间 刊发日期 时间发布 日期发布 信息发布日期 信息发布时间 文章日期 创建时间 创建日期 提交时间 提交日期",
    "dated": "日期 时间 发布 Date Time",
    "updated": "更新时间 更新日期 最后更新 最近更新",
    "made": "生成日期 生成时间 发文日期 发文时间 发文日期 印发日期 制发日期",
    "signed": "成文日期 成文时间 签署日期",
    "source": "来源 信息来源 文章来源 稿件来源 内容来源 新闻来源 消息来源 资料来源 稿源 文稿来源 转载来源 发布来源 出处 來源 信息來源 文章來源 資料來源",
    "supplier": "供稿单位 供稿 供稿部门 信息提供 提供单位 来稿单位 报送单位",
    "issuer": "发布机构 发布单位 发布部门 发文机关 发文机构 发文单位 发文部门 责任部门 公开责任部门 公开主体 制发机关 "
    "发布者 信息发布 公开机构 公开单位 信息发布机构 信息公开机构 制定机关 公开部门 发布机关 發佈機構 發布機構 發佈單位 發布單位",
    "index": "索引號 索引号 信息索引号 索取号 信息索引 索引码 信息索取号",
    "document": "文號 文号 发文字号 发文字號 文件编号 文件号 发文文号 文件字号 公文号 发文号 文件文号",
    "named": "名称 标题 信息名称 文件名称 信息标题 公文名称 文件标题",
    "": "作者 编辑 责任编辑 责编 浏览次数 浏览量 浏览 阅读次数 阅读量 阅读 点击 点击数 点击量 点击次数 点击率 访问量 "
    "访问次数 人气 字号 字体 字体大小 字体显示 打印 分享 分享到 审核 校对 校核 摄影 记者 通讯员 文章作者 撰稿 撰稿人 主题词 关键词 "
    "关键字 主题分类 体裁分类 组配分类 信息分类 分类 信息类别 公开方式 公开范围 公开形式 公开类别 有效性 是否有效 时效性 "
    "内容概述 生效日期 实施日期 失效日期 废止日期 有效期 有效期限 公开时限 信息有效性 主题 体裁 语种 服务对象 文件类型 "
    "文章类型 信息类型 背景色 保护视力色 视力保护色 视力保护 浏览字号 大小 编号 审签 终审 一审 二审 三审 初审 复审 签发 签发人 "
    "发布人 录入 录入人 录入者 信息员 下载 附件 扫一扫 电话 联系电话 监督电话 传真 邮箱 地址 邮编 网址 结束时间 开始时间 截止时间 "
    "截止日期 活动时间 活动地点 活动类型 有效时间 受理时间 开标时间 公告时间 公示时间 办公时间 报名时间 会议时间 考试时间 当前位置 "
    "您的位置 您现在的位置 您当前的位置 所在位置 位置 栏目 所属栏目 上一篇 下一篇 上一条 下一条 主办 承办 主办单位 承办单位",
}
LABELS = {word: group for group, words in _GROUPS.items() for word in words.split()}
"""Label without blanks → what its value is; empty for labels that only end another's value."""

_BY_LENGTH = {size: frozenset(word for word in LABELS if len(word) == size) for size in range(1, 9)}
_WIDE = re.compile(r"[ \t\r\n]{2,}")
_COLON = re.compile("[:：﹕∶]")
_GAP = re.compile(r"\x1f|[ \u3000\xa0\t]{2,}|\n|[|｜]|\s[/／]\s")
_TAIL = re.compile(
    # A run of blanks is looked at once, from its beginning: else it costs the cube of its length.
    r"(?:(?<!\s)\s*+[【〖\[［(（〔]?\s*+"
    r"(?:字体|字号|大\s*+中\s*+小|打印|分享|关闭|收藏|纠错|浏览|点击|阅读|访问|视力)|"
    r"\s(?:作者|编辑|责任编辑|发布|更新|记者|字体)\b).*$",
    re.S,
)
_CLOSING = {"】": "【", "）": "（", ")": "(", "]": "[", "〕": "〔", "》": "《"}
_EDGE = " \t\r\n\x1f\u3000\xa0:：;；,，|｜-—>"
EMPTY = frozenset(
    {"", "无", "null", "undefined", "none", "-", "--", "—", "/", "暂无", "（无）", "nan"}
)
LONGEST = 400
"""A line longer than this is prose, whatever colons it holds."""

MAX_FIELDS = 500
"""Labels that are gathered of one page; an article has a dozen."""

_VALUES = frozenset(["td", "th", "dd", "span", "em", "b", "i", "strong", "font", "label", "a"])

_CELLS = frozenset(["td", "th", "dt", "label"])

_ROW = frozenset(["td", "th"])

_BESIDE = frozenset(["li", "p", "div", "td", "dd"])
"""Elements that hold a label in an element of its own and its value after it, without a colon."""


@dataclass(slots=True)
class Field:
    """One label with its value."""

    group: str
    label: str
    value: str
    """Its text, ended at the next label; ``""`` when there is none."""
    raw: str
    """All that follows up to the next label, with U+001F where elements end."""
    line: int
    """Index of its line."""
    block: El
    alone: bool = False
    """The label stands alone in its line and the value was taken from the next cell."""
    leads: bool = True
    """Nothing but other labels and their values stands before it in its line."""
    cited: bool = False
    """It stands in a sentence: a text tells of it."""


def _label_before(text: str, end: int) -> tuple[str, int] | None:
    """The known label that ends at ``end`` of ``text``, and where it starts."""
    start = max(0, end - 24)
    signs: list[str] = []
    starts: list[int] = []
    at = end - 1
    while at >= start:
        sign = text[at]
        if not sign.isspace() and sign not in "\u200b\ufeff":
            signs.append(sign)
            starts.append(at)
            if len(signs) == 8:
                break
        at -= 1
    word = "".join(reversed(signs))
    for size in range(len(word), 1, -1):
        if word[-size:] in _BY_LENGTH[size]:
            return word[-size:], starts[size - 1]
    return None


_LOOSE = frozenset(["时间", "日期", "来源", "來源", "名称", "标题", "文号", "发布", "出处"])
_FITTING = re.compile(
    r"(?:发布|发表|提供|公开|公布|信息|文章|新闻|稿件|内容|上传|上网|录入|添加|登载|刊登|刊发|推送|发稿|发文|提交|"
    r"采集|更新|本文|文件|公文|政策|通知|消息|资料|原文|转载|的|我的|及)$"
)
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{1,8}$")


def _is_another(marked: str, label: str, start: int) -> bool:
    """A short label that is the end of another word: 制作时间, 资金来源, 项目名称. What a colon or a
    closing bracket separates from it is the value of the label before."""
    if label not in _LOOSE:
        return False
    run = _HAN_RUN.search(marked, max(0, start - 8), start)
    if run is None or _FITTING.search(run[0]):
        return False
    return marked[: run.start()].rstrip()[-1:] not in {":", "："}


def clean(raw: str) -> str:
    """A label's value as a reader sees it: up to the end of its element or a wide gap."""
    raw = raw.strip(_EDGE)
    match = _GAP.search(raw)
    if match:
        raw = raw[: match.start()]
    raw = _TAIL.sub("", raw)
    return unbracketed(squeeze(raw).strip("|｜;；,， ").rstrip("【[〔（( "))


def unbracketed(value: str) -> str:
    """``value`` without a closing bracket that was opened before it: 【来源：新华社】."""
    while value and value[-1] in _CLOSING and _CLOSING[value[-1]] not in value:
        value = value[:-1].rstrip()
    return value


def in_text(marked: str, line: int, block: El) -> list[Field]:
    """The labels with a colon in one line."""
    hits: list[tuple[str, int, int]] = []
    for match in _COLON.finditer(marked):
        at = match.start()
        if at and not marked[at - 1].isdigit():
            found = _label_before(marked, at)
            if found:
                hits.append((found[0], found[1], match.end()))
    if not hits or "]" in marked or "】" in marked:
        for match in _IN_BRACKETS.finditer(marked):
            word = "".join(match[1].split())
            if word in LABELS:
                hits.append((word, match.start(), match.end()))
        hits.sort(key=lambda hit: hit[1])
    out: list[Field] = []
    for position, (label, start, end) in enumerate(hits):
        stop = hits[position + 1][1] if position + 1 < len(hits) else len(marked)
        raw = marked[end:stop] if stop > end else ""
        leads = position > 0 or not marked[: hits[0][1]].strip(_EDGE)
        group = "" if _is_another(marked, label, start) else LABELS[label]
        cited = not leads and "。" in marked[: hits[0][1]]
        out.append(Field(group, label, clean(raw), raw, line, block, leads=leads, cited=cited))
    return out


_IN_BRACKETS = re.compile(r"[\[【]\s*([\u4e00-\u9fff][\u4e00-\u9fff\s]{1,9})[\]】]")
"""A label that brackets mark instead of a colon: ``[发布日期]2012-4-9 [来源]教研室``."""


def next_cell(block: El) -> El | None:
    """The element that follows ``block`` in its row: its cell's next sibling."""
    at = block
    for _ in range(4):
        parent = at.parent
        if parent is None or at.tag in {"tr", "body", "table", "ul"}:
            return None
        seen = False
        for kid in parent.kids:
            if kid is at:
                seen = True
            elif seen:
                if isinstance(kid, str):
                    if not kid.isspace():
                        return None
                    continue
                if kid.tag in {"script", "style", "br"}:
                    continue
                # A block after a block is the label's value only when it is as short as one.
                if kid.tag not in _VALUES and (at.tag not in {"div", "label"} or kid.chars > 40):
                    return None
                return kid
        at = parent
        if parent.chars > block.chars + 60:
            return None
    return None


def _label_of(cell: El) -> bool:
    return cell.chars <= 10 and bare(cell.text(hidden=True)).rstrip(":：") in LABELS


def _following(el: El) -> El | None:
    """The element's next sibling that is not empty."""
    seen = False
    for kid in el.parent.kids if el.parent is not None else ():
        if kid is el:
            seen = True
        elif seen and not isinstance(kid, str) and kid.chars:
            return kid
    return None


def _cell_below(block: El) -> El | None:
    """The cell under ``block``'s own, when its row is a table's head of labels and the next row has as
    many cells."""
    cell = next((el for _, el in zip(range(3), block.up(), strict=False) if el.tag in _ROW), None)
    row = cell.parent if cell is not None else None
    if cell is None or row is None or row.tag != "tr":
        return None
    heads = _cells(row)
    known = sum(map(_label_of, heads))
    if not 3 <= len(heads) <= 12 or known < max(3, len(heads) - 1):
        return None
    after = _following(row)
    if after is None and row.parent is not None:  # a thead of its own
        group = _following(row.parent)
        after = group
        if group is not None and group.tag != "tr":
            after = next(iter(group.children()), None)
    values = _cells(after)
    # Rows that follow like it, or that lead somewhere, are a list's, not what describes this page.
    if len(values) != len(heads) or any(value.linked for value in values):
        return None
    if after is not None and len(_cells(_following(after))) == len(heads):
        return None
    return values[heads.index(cell)]


def _cells(row: El | None) -> list[El]:
    return [kid for kid in islice(row.children(), 13) if kid.tag in _ROW] if row is not None else []


def groups_of_page(found: list[Field]) -> tuple[set[str], bool]:
    """The groups that speak of the page itself, and whether dates or sources are labelled again and
    again, as in the rows of a list."""
    times: dict[str, int] = {}
    for item in found:
        if item.value or item.alone:
            times[item.group] = times.get(item.group, 0) + 1
    repeated = {group for group, number in times.items() if number > 3}
    return set(times) - repeated, bool(repeated & {"published", "dated", "source"})


def collect(tree: Tree) -> list[Field]:
    """Every known label of the page that has a value's place, in document order."""
    out: list[Field] = []
    lines = tree.lines
    for number, line in enumerate(lines):
        if len(out) > MAX_FIELDS:
            break
        own = line.parts
        text = own[0] if len(own) == 1 else "\x1f".join(own)
        if len(text) > LONGEST:
            if len(text) > 10 * LONGEST:
                continue
            text = _WIDE.sub("  ", text)  # the template's line ends and indents
            if len(text) > LONGEST:
                continue
        colon = "：" in text or ":" in text or "﹕" in text or "∶" in text
        if colon or "]" in text or "】" in text:
            found = in_text(text, number, line.block)
            if found:
                last = found[-1]
                if not last.value and not last.raw.strip(_EDGE):
                    _from_next(last, lines, number)
                out.extend(found)
                continue
        block = line.block
        if len(own) > 1 and len(text) <= 80 and not line.linked and block.tag in _BESIDE:
            found = _in_parts(own, number, block)
            if found:
                out.extend(found)
                continue
        if len(text) <= 24 and not line.linked:
            word = "".join(text.split()).replace("\x1f", "").strip("【】[]:：\u200b")
            group = LABELS.get(word)
            if group and (
                len(word) > 2 or block.tag in _CELLS or "bolder" in block.names or _in_row(block)
            ):
                item = Field(group, word, "", "", number, block)
                _from_next(item, lines, number)
                if item.alone:
                    out.append(item)
    return out


def _in_parts(parts: list[str], line: int, block: El) -> list[Field]:
    """Labels in elements of their own, each with its value in what follows it, without colons."""
    out: list[Field] = []
    raw: list[str] = []
    for part in parts:
        word = "".join(part.split())
        if len(word) > 2 and word in LABELS:
            raw = []
            out.append(Field(LABELS[word], word, "", "", line, block))
        elif not out:
            if word:
                return []
        else:
            raw.append(part)
            out[-1].raw = "\x1f".join(raw)
            out[-1].value = clean(out[-1].raw)
    return out


def _in_row(block: El) -> bool:
    return any(el.tag in {"td", "th", "dt"} for _, el in zip(range(3), block.up(), strict=False))


def _from_next(item: Field, lines: list[Line], number: int) -> None:
    """Give a label that stands alone its value: the block after it in its own element, or the next cell."""
    block = lines[number].block
    raw = ""
    cell: El | None = None
    if number + 1 < len(lines):
        after = lines[number + 1].block
        if after is not block and block.holds(after) and block.chars < 150:
            cell, raw = after, lines[number + 1].text
    if cell is None:
        cell = next_cell(block)
        if cell is None or _label_of(cell) or block.tag in _ROW:
            cell = _cell_below(block) or cell
        if cell is None:
            return
        raw = "".join(cell.texts(hidden=True))
    if len(bare(raw)) > 100:
        return
    if bare(raw).rstrip(":：") in LABELS or (_COLON.search(raw) and in_text(raw, 0, cell)):
        item.alone = True
        return
    item.alone = True
    item.raw = raw
    item.value = squeeze(raw)
