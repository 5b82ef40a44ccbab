"""Layout (排版问题): what an editor did by hand and a clerk would see at a glance.

Only markup in the text itself counts; what a style sheet does is the template's business. Every
threshold is a parameter, and each stands on the side of silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Body, LinkKind, Page, Paragraph, Read
from checks.model import Hit, Scope, Severity
from checks.sources import CITY_FORMAT, CITY_LAYOUT, GUIDELINES, LOCAL_LAYOUT

_LAYOUT = (CITY_LAYOUT, LOCAL_LAYOUT)


def quote(text: str, length: int = 24) -> str:
    """The beginning of a text in Chinese quotation marks, on one line."""
    line = " ".join(text.split())
    return f"“{line[:length]}…”" if len(line) > length else f"“{line}”"


# --- indent ---------------------------------------------------------------------------------------

_WIDTHS = {"\u3000": 1.0, "\u2003": 1.0, "\u2002": 0.5, "\u00a0": 0.5}
"""Width of a typed blank in em. Ordinary spaces collapse: they are no indent."""


def _indent(paragraph: Paragraph) -> float:
    return (paragraph.text_indent or 0.0) + sum(_WIDTHS.get(c, 0.0) for c in paragraph.lead)


@rule(
    id="mixed-indent",
    title="段首缩进不一致",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=_LAYOUT,
    remedy="请统一正文各段的段首缩进（一般为两个汉字）。",
    doc=Doc(
        checks="同一篇正文的普通段落，是否有的用空格或缩进设置空了两格，有的顶格。"
        "标题、称谓、编号段、附件、落款、居中和表格内的文字不算。",
        why="段落时而缩进时而顶格，是从多处拼贴又没有整理的样子，一眼可见。",
        good="各段段首都空两格；或都不空，由网站样式统一缩进。",
        bad="第一、三段段首空两格，第二、四段顶格。",
        mend="全选正文，清除段首空格，再统一设置首行缩进两个字符。",
        doubts="空格和缩进设置视为同一种缩进。两边各不足规定段数时不判；"
        "引文、诗歌等有意不同的段落可能误报。",
    ),
    needs=("ordinary",),
    params={"each": Param(2, "缩进的和顶格的段落至少各有几段才算", "段", 1, 50, unconfirmed=True)},
    when="crawl",
)
def mixed_indent(ordinary: Sequence[Paragraph], params: dict[str, Any]) -> Verdict:
    indented = [p for p in ordinary if _indent(p) >= 1.0]
    # Ordinary spaces show only where a style sheet keeps them: such a paragraph is neither.
    bare = [p for p in ordinary if not p.lead and not p.text_indent]
    if min(len(indented), len(bare)) < params["each"]:
        return None
    return [
        Hit(
            what="",
            message=f"正文 {len(indented)} 段段首有缩进（如{quote(indented[0].text)}），"
            f"{len(bare)} 段顶格（如{quote(bare[0].text)}）；要求一致",
            path=bare[0].path,
            snippet=bare[0].snippet or bare[0].text[:60],
        )
    ]


# --- fonts ----------------------------------------------------------------------------------------

_FAMILIES = (
    ("仿宋", ("仿宋", "fangsong")),
    ("楷体", ("楷体", "kaiti")),
    ("宋体", ("宋体", "simsun", "新宋", "nsimsun", "songti", "stsong", "中宋", "stzhongsong")),
    ("黑体", ("黑体", "simhei", "heiti", "stheiti", "stxihei", "细黑")),
    ("微软雅黑", ("雅黑", "yahei")),
    ("等线", ("等线", "dengxian")),
    ("隶书", ("隶书", "simli")),
    ("幼圆", ("幼圆", "youyuan")),
)
"""Chinese families with the names they go by, more special ones first (仿宋 before 宋体)."""


def chinese_family(font: str) -> str | None:
    """The Chinese family that a font list asks for first; ``None`` for Latin and generic fonts."""
    for name in font.split(","):
        bare = re.sub(r"[\s'\"_\-]", "", name).casefold()
        for family, marks in _FAMILIES:
            if any(mark in bare for mark in marks):
                return family
        if any("\u4e00" <= c <= "\u9fff" for c in bare):
            return bare
    return None


def _family_of(paragraph: Paragraph) -> str | None:
    """The family that a paragraph is set in as a whole; ``None``: none, or more than one.

    More than one is mostly a run-in heading or emphasis, which is no fault.
    """
    families = {f for f in map(chinese_family, paragraph.fonts) if f}
    return families.pop() if len(families) == 1 else None


def _sizes(paragraph: Paragraph) -> list[float]:
    """The sizes in pt set in a paragraph, in order; empty when one of them is no number."""
    found = [re.fullmatch(r"(\d+(?:\.\d+)?)pt", size) for size in paragraph.sizes]
    return [float(m[1]) for m in found if m] if all(found) else []


@rule(
    id="mixed-fonts",
    title="正文字体字号不一致",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=_LAYOUT,
    remedy="请统一正文的字体和字号。",
    doc=Doc(
        checks="同一篇正文的普通段落，编辑时是否设成了不同的中文字体或字号。"
        "标题、编号段、西文字体不算；仿宋与仿宋_GB2312、宋体与 SimSun 算同一种。",
        why="字体字号忽大忽小，是拼贴后没有整理的样子，一眼可见。",
        good="各段都是仿宋16磅；或都不设，由网站样式统一。",
        bad="前两段仿宋16磅，后三段宋体12磅。",
        mend="全选正文，清除格式，再统一设置字体字号。",
        doubts="一段之内字体的变化（强调、段内小标题）不算，字号的变化要有几段才算；相差不到规定磅数的字号视为相同；"
        "按语、引文有意换字体的可能误报。",
    ),
    needs=("ordinary",),
    params={
        "least_points": Param(1.5, "字号相差多少以上才算不同", "磅", 0.5, 20, unconfirmed=True),
        "each": Param(1, "每种字体或字号至少用于几段才算", "段", 1, 50, unconfirmed=True),
        "inside": Param(2, "段内字号不一的至少几段才算", "段", 1, 50, unconfirmed=True),
    },
    when="crawl",
)
def mixed_fonts(ordinary: Sequence[Paragraph], params: dict[str, Any]) -> Verdict:
    styled = [p for p in ordinary if p.fonts or p.sizes]
    if len(styled) < 2:
        return None
    seen = (
        _two_families(styled, params["each"])
        or _two_sizes(styled, params["least_points"], params["each"])
        or _sizes_inside(styled, params["least_points"], params["inside"])
    )
    if seen is None:
        return None
    one, first, other, second = seen
    return [
        Hit(
            what="",
            message=f"正文有的段落为{one}（如{quote(first.text)}），"
            f"有的{'文字' if first is second else ''}为{other}（如{quote(second.text)}）；要求一致",
            path=second.path,
            snippet=second.snippet or second.text[:60],
        )
    ]


_Pair = tuple[str, Paragraph, str, Paragraph]


def _two_families(styled: list[Paragraph], each: int) -> _Pair | None:
    by_family: dict[str, list[Paragraph]] = {}
    for paragraph in styled:
        family = _family_of(paragraph)
        if family is not None:
            by_family.setdefault(family, []).append(paragraph)
    used = [(family, ps[0]) for family, ps in by_family.items() if len(ps) >= each]
    return (*used[0], *used[1]) if len(used) > 1 else None


def _two_sizes(styled: list[Paragraph], least: float, each: int) -> _Pair | None:
    by_size: dict[float, list[Paragraph]] = {}
    for paragraph in styled:
        sizes = _sizes(paragraph)
        if len(sizes) == 1:
            by_size.setdefault(sizes[0], []).append(paragraph)
    used = sorted(size for size, ps in by_size.items() if len(ps) >= each)
    if not used or used[-1] - used[0] < least:
        return None
    large, small = used[-1], used[0]
    return f"{large:g}磅", by_size[large][0], f"{small:g}磅", by_size[small][0]


def _sizes_inside(styled: list[Paragraph], least: float, inside: int) -> _Pair | None:
    """Paragraphs whose own text changes its size, which neither headings nor emphasis do."""
    uneven = [p for p in styled if (sizes := _sizes(p)) and max(sizes) - min(sizes) >= least]
    if not uneven or len(uneven) < inside:
        return None
    one = uneven[0]
    return f"{max(_sizes(one)):g}磅", one, f"{min(_sizes(one)):g}磅", one


# --- what pasting leaves behind -------------------------------------------------------------------


@rule(
    id="word-leftovers",
    title="Word粘贴残留",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=_LAYOUT,
    remedy="请用编辑器的“粘贴为纯文本”或“清除格式”重新整理正文。",
    doc=Doc(
        checks="正文的代码里是否留有从 Word 直接粘贴带来的标记（mso- 样式、MsoNormal、o:p 标签、条件注释）。",
        why="这些标记使页面在不同浏览器里样式走样，也是排版混乱的常见来源。",
        good="正文只有段落、图片和表格标签。",
        bad='正文里有 <p class="MsoNormal" style="mso-pagination:none">。',
        mend="在编辑器里用“粘贴为纯文本”，或点“清除格式”后重新排版。",
        doubts="残留不一定看得见，所以只作提示。由系统自动转换的文档页可能误报。",
    ),
    needs=("body",),
    params={"least": Param(1, "残留至少几处才算", "处", 1, 1000, unconfirmed=True)},
    when="crawl",
)
def word_leftovers(body: Body, params: dict[str, Any]) -> Verdict:
    if not body.word_marks or len(body.word_marks) < params["least"]:
        return None
    first = body.word_marks[0]
    return [
        Hit(
            what="",
            message=f"正文代码有 {len(body.word_marks)} 处 Word 粘贴残留；要求清除",
            path=first.path,
            snippet=first.snippet,
        )
    ]


@rule(
    id="br-paragraphs",
    title="用换行代替分段",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=_LAYOUT,
    remedy="请把用换行分开的文字改为真正的段落。",
    doc=Doc(
        checks="正文的大部分文字是否挤在一个段落里，靠换行（<br>）隔开。",
        why="换行隔开的文字不能统一缩进和段距，手机上尤其难读。",
        good="每段文字是一个独立的段落。",
        bad="全文在一个段落里，用十来个换行分开。",
        mend="在编辑器里于每个换行处按回车键分段，或粘贴为纯文本后重排。",
        doubts="诗歌、地址、联系方式等短行不算；换行不多或只占正文小部分的不算。",
    ),
    needs=("body",),
    params={
        "least": Param(3, "一个段落里至少几个换行才算", "个", 2, 100, unconfirmed=True),
        "share": Param(50, "该段文字至少占正文多大比例才算", "%", 10, 100, unconfirmed=True),
        "run": Param(15, "换行之间的文字平均至少多少字才算", "字", 5, 200, unconfirmed=True),
    },
    when="crawl",
)
def br_paragraphs(body: Body, params: dict[str, Any]) -> Verdict:
    for paragraph in body.paragraphs:
        if paragraph.breaks < params["least"] or paragraph.in_table or paragraph.centred:
            continue
        length = len(paragraph.text)
        if length < params["run"] * (paragraph.breaks + 1):
            continue
        if length * 100 < params["share"] * len(body.text):
            continue
        return [
            Hit(
                what="",
                message=f"正文一个段落里有 {paragraph.breaks} 个换行，代替了分段"
                f"（{quote(paragraph.text)}）；要求分段",
                path=paragraph.path,
                snippet=paragraph.snippet or paragraph.text[:60],
            )
        ]
    return None


@rule(
    id="empty-paragraphs",
    title="连续空段落",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=_LAYOUT,
    remedy="请删去正文中多余的空行。",
    doc=Doc(
        checks="正文两段文字之间是否有连续几个空段落。",
        why="正文中间留出大片空白，读者以为已经结束。",
        good="段落之间没有空段落，或只有一个。",
        bad="两段文字之间有五个空段落。",
        mend="删去多余的空行；段距由网站样式控制。",
        doubts="落款、附件说明之前的空行是公文习惯，不算；正文末尾看不见的空段落不算；"
        "表格内的不算。",
    ),
    needs=("body",),
    params={"least": Param(3, "连续几个空段落才算", "个", 2, 50, unconfirmed=True)},
    when="crawl",
)
def empty_paragraphs(body: Body, params: dict[str, Any]) -> Verdict:
    longest, before, run, last = 0, "", 0, ""
    where = None
    pictures = [link.path for link in body.links if link.kind is LinkKind.IMAGE]
    for paragraph in body.paragraphs:
        if not paragraph.text:
            # A paragraph that holds a picture, and a cell of a table, is not empty space.
            pictured = any(path.startswith(paragraph.path) for path in pictures)
            run = 0 if pictured or paragraph.in_table else run + 1
            continue
        if last and run > longest and not _set_apart(paragraph):
            longest, before, where = run, last, paragraph
        run, last = 0, paragraph.text
    if longest < params["least"] or where is None:
        return None
    return [
        Hit(
            what="",
            message=f"{quote(before)}之后有连续 {longest} 个空段落；要求删去",
            path=where.path,
            snippet=where.text[:60],
        )
    ]


_AFTER_BLANKS = re.compile(r"附\s*件|附[：:]|[（(]|抄送|联系|来源|责任编辑|编辑|二〇|\d{4}年")


def _set_apart(paragraph: Paragraph) -> bool:
    """A signature, a date line or a note on attachments: blank lines before it are customary."""
    if paragraph.centred or _AFTER_BLANKS.match(paragraph.text):
        return True
    return len(paragraph.text) < 25 and not paragraph.text.endswith(("。", "！", "？", "；", "："))


@rule(
    id="oversized-object",
    title="图片或表格过宽",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=_LAYOUT,
    remedy="请把图片或表格的宽度调整到正文宽度以内。",
    doc=Doc(
        checks="正文里图片、表格在代码中写定的宽度，是否超出页面宽度。",
        why="过宽的图片或表格会撑破版面，盖住旁边的内容或需要左右拖动。",
        good="图片宽度600像素。",
        bad="表格宽度写为1600像素。",
        mend="在编辑器里把宽度改为100%或正文宽度以内，再核对显示。",
        doubts="只看代码里写定的像素宽度；样式表会自动缩小图片的网站可能误报，"
        "可调大参数 page_width。",
    ),
    needs=("body",),
    params={"page_width": Param(1200, "页面正文的最大宽度", "像素", 300, 4000, unconfirmed=True)},
    when="crawl",
)
def oversized_object(body: Body, params: dict[str, Any]) -> Verdict:
    limit = params["page_width"]
    wide = [s for s in body.sized if s.width > limit]
    if not wide:
        return None
    widest = max(wide, key=lambda s: s.width)
    name = {"img": "图片", "table": "表格"}.get(widest.tag, "对象")
    more = f"（共 {len(wide)} 处）" if len(wide) > 1 else ""
    return [
        Hit(
            what="",
            message=f"{name}宽 {widest.width:.0f} 像素{more}；要求不超过页面宽度 {limit} 像素",
            path=widest.place.path,
            snippet=widest.place.snippet,
        )
    ]


# --- title and source -----------------------------------------------------------------------------

_BLANK = r"[ \t\u00a0\u2000-\u200a\u3000]"
_HAN = r"[\u4e00-\u9fff]"
_GAP = re.compile(rf"(?<={_HAN}){_BLANK}(?={_HAN})")
_BESIDE_MARK = re.compile(rf"(?<=[《〈“‘（【〔]){_BLANK}|{_BLANK}(?=[》〉”’）】〕，。；：！？、])")
_ORGAN = re.compile(
    r"(?:委|府|局|院|会|办|室|部|组|处|所|站|中心|大队|支队|公司|办事处|乡|镇|场|街道)$"
)
"""Endings of bodies: joint issuers are set apart by a blank, and rightly so."""
_DOCUMENT_END = re.compile(
    r"(?:通知|公告|通报|通告|公示|意见|方案|办法|函|批复|报告|决定|规定|纪要)$"
)


@rule(
    id="untidy-title",
    title="标题有多余空格或不完整",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(CITY_FORMAT, LOCAL_LAYOUT),
    remedy="请改正标题：去掉多余的空格，补全被截断的文字。",
    doc=Doc(
        checks="标题首尾或汉字之间是否有多余的空格，结尾是否被“...”截断。",
        why="标题是列表和搜索里唯一看得到的文字，残缺或松散都影响查找。",
        good="关于开展2018年安全生产检查的通知；坚定信心 真抓实干（分句的空格不算）。",
        bad="关于 开展2018年安全生产检查的通  知；关于转发《 实施方案 》的通知；关于开展2018年安全生产检...",
        mend="在后台修改标题，删去空格，写出全称；需要短标题的用“短标题”一栏。",
        doubts="联合发文单位之间、对仗标题两句之间的单个空格是习惯用法，不算；"
        "句末的“……”是标点，不算。",
    ),
    needs=("title", "page"),
    when="crawl",
)
def untidy_title(title: Read[str], page: Page) -> Verdict:
    text = page.title_as_typed or title.value
    fault = _truncated(text) or _stray_blank(text)
    if fault is None:
        return None
    return [
        Hit(
            what="",
            message=f"标题{fault}：“{text}”；要求标题完整、没有多余空格",
            snippet=text,
        )
    ]


def _truncated(text: str) -> str | None:
    end = text.rstrip()
    if end.endswith(("...", "．．．", "。。。")) or (end.endswith("…") and not end.endswith("……")):
        return "结尾被截断"
    return None


def _stray_blank(text: str) -> str | None:
    if text != text.strip():
        return "首尾有空格"
    if re.search(rf"{_BLANK}{{2}}", text):
        return "有连续空格"
    if _BESIDE_MARK.search(text):
        return "标点旁有空格"
    official = "关于" in text and _DOCUMENT_END.search(text) is not None
    for gap in _GAP.finditer(text):
        left, right = text[: gap.start()], text[gap.end() :]
        if min(len(re.split(_BLANK, left)[-1]), len(re.split(_BLANK, right)[0])) == 1:
            return "汉字之间有空格"
        if left.endswith("关于") or (official and "关于" in left and not _ORGAN.search(left)):
            return "汉字之间有空格"
    return None


@rule(
    id="missing-source",
    version=3,
    title="没有注明来源",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(GUIDELINES, "内容页标签 ContentSource（内容来源）为必选：发布单位或转载来源"),
        CITY_FORMAT,
    ),
    remedy="请填写该信息的来源（发布单位或转载出处）。",
    doc=Doc(
        checks="文章页是否注明来源；信息公开条目注明发布机构的也算。",
        why="没有来源，公众不知是谁发布的，也无法核实转载出处。",
        good="标题下写有“来源：市统计局”。",
        bad="标题下只有“来源：”，后面是空的。",
        mend="在后台填写“来源”；转载的写原出处。模板没有来源一栏的，请运维单位增加。",
        doubts="来源写在正文末尾括号里的可能误报。来源或发布机构由脚本填写的，记未能核实。模板根本没有来源一栏、全站如此的，"
        "合并为一个问题记给运维单位。",
    ),
    needs=("page", "source"),
    when="crawl",
)
def missing_source(page: Page, source: Read[str] | None) -> Verdict:
    if source is not None:
        return None
    if page.source_label:
        message = "标有“来源”而没有填写；要求注明来源"
        return [Hit(what="", message=message)]
    # No label at all is the template's doing: where it is so everywhere, it is one fault.
    message = "页面没有注明来源；要求注明来源"
    return [Hit(what="", message=message, path="（模板没有来源一栏）", in_body=False)]


# --- punctuation ----------------------------------------------------------------------------------

_HALF = re.compile(
    rf"(?<={_HAN})(?:[,;:?!](?={_HAN}|[“”‘’《》（）\"]|\s|$)|\.(?=\"?(?:\s|$)|[“”]|{_HAN}))"
)
"""A half-width mark after a Chinese character and before one, or at the paragraph's end."""
_PAREN = re.compile(rf"\((?!(?:[一二三四五六七八九十]{{1,3}}|\d{{1,3}})\))(?={_HAN}[^()]*\))")
"""A half-width parenthesis before Chinese words; numbering like (一) is left alone."""
_ASCII_MARK = re.compile(r"[,.;:?!(]")


@rule(
    id="halfwidth-punctuation",
    title="中文里用半角标点",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(
        Basis("《标点符号用法》（GB/T 15834-2011）", "中文标点占一个字的位置", unconfirmed=True),
        CITY_LAYOUT,
    ),
    remedy="请把中文里的半角标点改为全角标点。",
    doc=Doc(
        checks="正文汉字之间、汉字之后是否用了半角的逗号、句点、冒号、分号、问号、叹号和括号。",
        why="半角标点使中文排得松紧不一，是录入不规范的常见表现。",
        good="会议指出，要抓好落实。（2018年）上午9:30，PM2.5下降1.5%。",
        bad="会议指出,要抓好落实.各乡镇要高度重视(含街道).",
        mend="用编辑器的查找替换，把“,”“;”“:”“(”“)”和句末的“.”换成全角。",
        doubts="数字、时间、小数、网址、西文和（一）一类编号里的不算；不足规定处数的不算。",
    ),
    needs=("body",),
    params={"least": Param(3, "至少几处才算", "处", 1, 1000, unconfirmed=True)},
    when="crawl",
)
def halfwidth_punctuation(body: Body, params: dict[str, Any]) -> Verdict:
    places = list(_half_marks(body))
    if len(places) < params["least"]:
        return None
    shown = "、".join(f"“{p}”" for p in places[:3])
    return [
        Hit(
            what="",
            message=f"正文有 {len(places)} 处半角标点（如{shown}）；要求中文用全角标点",
            snippet=places[0],
        )
    ]


def _half_marks(body: Body) -> Iterator[str]:
    """Each half-width mark with a few characters around it."""
    for paragraph in body.paragraphs:
        if paragraph.in_table:
            continue
        text = paragraph.text
        # One cheap pass finds the marks; only at those is the context looked at.
        for mark in _ASCII_MARK.finditer(text):
            at = mark.start()
            if (_PAREN if mark[0] == "(" else _HALF).match(text, at):
                yield text[max(0, at - 4) : at + 5].replace("\n", " ")
