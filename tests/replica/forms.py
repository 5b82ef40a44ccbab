"""What editors make of a body: clean ways of writing, traps, and planted faults.

A ``Form`` turns paragraphs into the markup of a body. ``rule`` names the one rule that must find a
fault in it; ``None`` means that every rule must stay silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from tests.replica import text

BAD_BYTES = "\ue0f0"
"""Stands for bytes that no charset knows; put in when the page is encoded."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A file, picture or page that a body links to; its name carries the article's number."""

    ext: str
    state: str
    """``ok``, ``404``, ``410``, ``html`` (an error page with 200), ``soft404``, ``empty``,
    ``moved`` (301 to a good one), ``500``."""
    elsewhere: bool = False
    """It stands on the other site."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form writes with."""

    r: Random
    texts: list[str]
    signer: str
    day: date
    urls: tuple[str, ...]
    """Addresses of the form's resources, in order."""

    @property
    def signed(self) -> str:
        return f"{self.day.year}年{self.day.month}月{self.day.day}日"


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    write: Callable[[Sheet], str]
    rule: str | None = None
    resources: tuple[Resource, ...] = ()
    note: str = ""
    what: str = ""
    """Part of the finding's ``what``, message or snippet that a test may look for."""
    # Faults and traps outside the body
    title: Callable[[str, Random], str] | None = None
    source: str | None = None
    """``empty``: the label stands without a value; ``gone``: no label and no tag."""
    undated: bool = False
    charset: str | None = None
    """``gbk-as-utf8``: the bytes are GBK, the page says UTF-8."""
    sites: tuple[str, ...] = ("portal", "platform")


def _wrap(texts: list[str], lead: str = "", attrs: str = "") -> str:
    return "\n".join(f"<p{attrs}>{lead}{t}</p>" for t in texts)


INDENT = ' style="text-indent: 2em;"'


def by_hand(s: Sheet) -> str:
    return _wrap(s.texts, "　　")


def by_sheet(s: Sheet) -> str:
    return _wrap(s.texts)


def by_style(s: Sheet) -> str:
    return _wrap(s.texts, attrs=INDENT)


def by_blanks(s: Sheet) -> str:
    return _wrap(s.texts, "&nbsp;&nbsp;&nbsp;&nbsp;")


def by_div(s: Sheet) -> str:
    return "\n".join(f"<div>　　{t}</div>" for t in s.texts)


def by_span(s: Sheet) -> str:
    """The indent typed inside the span, as pasted text often has it."""
    return "\n".join(f"<p><span>　　{t}</span></p>" for t in s.texts)


def by_trs(s: Sheet) -> str:
    return f'<div class="view TRS_UEDITOR trs_paper_default">{_wrap(s.texts)}</div>'


def brief(s: Sheet) -> str:
    """A body of one line, all the rest in its attachment."""
    return f'<p>　　详见附件。</p>\n<p>　　<a href="{s.urls[0]}">附件：有关材料</a></p>'


def picture_only(s: Sheet) -> str:
    return f'<p style="text-align:center"><img src="{s.urls[0]}" width="720" alt=""></p>'


def video_only(s: Sheet) -> str:
    return '<p style="text-align:center"><video src="/images/film.mp4" width="640" controls></video></p>'


def document(s: Sheet) -> str:
    """An official paper: salutation at the margin, signature pushed to the right by blanks."""
    return (
        "<p>各乡（镇、场、街道），市直各单位：</p>\n"
        + _wrap(s.texts, "　　")
        + f"\n<p>　　　　　　　　　　　　　　　　　　{s.signer}</p>"
        + f"\n<p>　　　　　　　　　　　　　　　　　　{s.signed}</p>"
    )


def signed(s: Sheet) -> str:
    return by_hand(s) + f'\n<p style="text-align: right;">{s.signer}<br>{s.signed}</p>'


def headed(s: Sheet) -> str:
    """Fonts as the standard for official papers wants them: headings in 黑体, text in 仿宋."""
    out = [
        '<p style="text-align:center"><span style="font-family:方正小标宋简体;font-size:22pt">实施方案</span></p>'
    ]
    for head, t in zip(text.HEADS, s.texts, strict=False):
        out.append(
            f'<p style="text-indent:2em"><span style="font-family:黑体;font-size:16pt">{head}</span></p>'
        )
        out.append(
            f'<p style="text-indent:2em"><span style="font-family:仿宋_GB2312;font-size:16pt">{t}</span></p>'
        )
    return "\n".join(out)


def one_font(s: Sheet) -> str:
    return "\n".join(
        f'<p style="text-indent:2em"><span style="font-family:宋体;font-size:14pt">{t}</span></p>'
        for t in s.texts
    )


def digits_font(s: Sheet) -> str:
    """Figures set in a Latin face inside one Chinese face."""
    out = [
        f'<p style="text-indent:2em"><span style="font-family:仿宋;font-size:16pt">{t}</span></p>'
        for t in s.texts
    ]
    out.append(
        '<p style="text-indent:2em"><span style="font-family:仿宋;font-size:16pt">全年共完成</span>'
        "<span style=\"font-family:'Times New Roman';font-size:16pt\">1280</span>"
        '<span style="font-family:仿宋;font-size:16pt">户，均已公示。</span></p>'
    )
    return "\n".join(out)


def figures(s: Sheet) -> str:
    return _wrap([*s.texts, *text.NUMBERED], "　　")


def tabled(s: Sheet) -> str:
    rows = "".join(f"<tr><td>{i}</td><td>项目{i}</td><td>{i * 3.5}</td></tr>" for i in range(1, 6))
    head = "<tr><td>序号</td><td>名称</td><td>金额（万元）</td></tr>"
    return by_hand(s) + f'\n<table border="1" width="100%" cellspacing="0">{head}{rows}</table>'


def pictured(s: Sheet) -> str:
    picture = f'<p style="text-align:center"><img src="{s.urls[0]}" width="600" alt=""></p>'
    return picture + "\n" + by_hand(s)


def attached(s: Sheet) -> str:
    names = ("附件1：任务分工表", "附件2：申报表", "附件3：汇总表")
    links = (
        f'<p>　　<a href="{u}" target="_blank">{n}</a></p>'
        for u, n in zip(s.urls, names, strict=False)
    )
    return by_hand(s) + "\n" + "\n".join(links)


def budgeted(s: Sheet) -> str:
    """The tables of a budget, named in the text."""
    shown = "、".join(text.BUDGET_TABLES)
    return by_hand(s) + f"\n<p>　　本部门公开的表格有{shown}，没有数据的注明无此项收支。</p>"


def budget_file(s: Sheet) -> str:
    return by_hand(s) + f'\n<p>　　<a href="{s.urls[0]}">附件：有关资料</a></p>'


def guide_table(s: Sheet) -> str:
    """Each paragraph that is a label with its text as a row."""
    pairs = (t.partition("：") for t in s.texts)
    rows = "".join(f"<tr><th>{label}</th><td>{words}</td></tr>" for label, _, words in pairs)
    return f'<table border="1" width="100%" cellspacing="0">{rows}</table>'


def guide_form(s: Sheet) -> str:
    return by_hand(s) + f'\n<p>　　表格下载：<a href="{s.urls[0]}">登记申请表</a></p>'


def leader(s: Sheet) -> str:
    return (
        f'<p style="text-align:center"><img src="{s.urls[0]}" width="160" alt=""></p>\n{by_hand(s)}'
    )


def linked(s: Sheet) -> str:
    link = f'<a href="{s.urls[0]}">《有关实施办法》</a>'
    return by_hand(s) + f"\n<p>　　详见{link}。</p>"


def outward(s: Sheet) -> str:
    """Links that are nobody's dead link here: other hosts, mail, scripts, anchors."""
    links = (
        '<a href="http://www.jiangxi.example/zwgk/none.html">省有关文件</a>、'
        '<a href="mailto:xxgk@ruichang.example">邮箱</a>、<a href="javascript:void(0)">打印</a>、'
        '<a href="#top">返回</a>'
    )
    return by_hand(s) + f"\n<p>　　参见{links}。</p>"


def spaced_once(s: Sheet) -> str:
    """Single empty lines between parts, two before the signature: the usual layout."""
    half = len(s.texts) // 2
    return (
        _wrap(s.texts[:half], "　　")
        + "\n<p>&nbsp;</p>\n"
        + _wrap(s.texts[half:], "　　")
        + f'\n<p>&nbsp;</p>\n<p>&nbsp;</p>\n<p style="text-align:right">{s.signer}</p>'
    )


def mixed_hand(s: Sheet) -> str:
    return "\n".join(f"<p>{'　　' if i % 3 else ''}{t}</p>" for i, t in enumerate(s.texts))


def mixed_style(s: Sheet) -> str:
    return "\n".join(f"<p{INDENT if i % 2 else ''}>{t}</p>" for i, t in enumerate(s.texts))


def mixed_span(s: Sheet) -> str:
    return "\n".join(
        f"<p><span>{'　　' if i in (0, 1, 4) else ''}{t}</span></p>" for i, t in enumerate(s.texts)
    )


def mixed_blanks(s: Sheet) -> str:
    blanks = "&nbsp;" * 4
    return "\n".join(
        f"<div>{blanks if i not in (2, 3) else ''}{t}</div>" for i, t in enumerate(s.texts)
    )


def _fonts(s: Sheet, pairs: tuple[str, str], tag: str = "span") -> str:
    out = []
    for i, t in enumerate(s.texts):
        attr = pairs[i % 2]
        out.append(f"<p>　　<{tag} {attr}>{t}</{tag}></p>")
    return "\n".join(out)


def fonts_style(s: Sheet) -> str:
    return _fonts(s, ('style="font-family:宋体"', 'style="font-family:楷体_GB2312"'))


def fonts_tag(s: Sheet) -> str:
    return _fonts(s, ('face="仿宋_GB2312"', 'face="微软雅黑"'), "font")


def sizes_style(s: Sheet) -> str:
    return _fonts(s, ('style="font-size:16pt"', 'style="font-size:12pt"'))


def fonts_inside(s: Sheet) -> str:
    out = []
    for t in s.texts:
        cut = len(t) // 2
        out.append(
            f'<p>　　<span style="font-family:宋体;font-size:14pt">{t[:cut]}</span>'
            f'<span style="font-family:黑体;font-size:18pt">{t[cut:]}</span></p>'
        )
    return "\n".join(out)


def word_class(s: Sheet) -> str:
    return _wrap(s.texts, "　　", ' class="MsoNormal"')


def word_style(s: Sheet) -> str:
    return _wrap(
        s.texts,
        attrs=' style="text-indent:2em;mso-char-indent-count:2.0;mso-pagination:widow-orphan"',
    )


def word_tag(s: Sheet) -> str:
    return "\n".join(f"<p>　　{t}<o:p></o:p></p>" for t in s.texts)


def word_comment(s: Sheet) -> str:
    xml = "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"
    return xml + "\n" + by_hand(s)


def br_in_one(s: Sheet) -> str:
    return "<p>" + "<br>\n".join("　　" + t for t in s.texts) + "</p>"


def br_bare(s: Sheet) -> str:
    return "<br /><br />\n".join("　　" + t for t in s.texts)


def br_div(s: Sheet) -> str:
    return "<div>" + "<br/>".join(s.texts) + "</div>"


def _empties(s: Sheet, empty: str, count: int) -> str:
    half = len(s.texts) // 2
    return (
        _wrap(s.texts[:half], "　　") + "\n" + empty * count + "\n" + _wrap(s.texts[half:], "　　")
    )


def _garble(s: Sheet, junk: str) -> str:
    middle = len(s.texts) // 2
    spoilt = s.texts[middle]
    texts = [*s.texts]
    texts[middle] = spoilt[:8] + junk + spoilt[8:]
    return _wrap(texts, "　　")


def half_marks(s: Sheet) -> str:
    table = str.maketrans({"，": ",", "。": ".", "；": ";"})
    return _wrap([t.translate(table) for t in s.texts], "　　")


def half_commas(s: Sheet) -> str:
    return _wrap([t.replace("，", ",") for t in s.texts], "　　")


def half_colons(s: Sheet) -> str:
    extra = [
        "会议强调:要提高认识;要压实责任;要加强督查.",
        "现将有关事项公告如下:请各单位遵照执行,并做好宣传.",
    ]
    return _wrap([*s.texts, *extra], "　　")


def sized(markup: str) -> Callable[[Sheet], str]:
    def write(s: Sheet) -> str:
        return by_hand(s) + "\n" + (markup % s.urls if "%s" in markup else markup)

    return write


def _seam(title: str, run: int) -> int:
    """Where a run of Chinese characters can be torn, near the title's middle."""
    places = [
        i
        for i in range(1, len(title) - run)
        if all("\u4e00" <= c <= "\u9fff" for c in title[i - 1 : i + run])
    ]
    return min(places, key=lambda i: abs(i - len(title) // 2))


def _double(title: str, r: Random) -> str:
    at = _seam(title, 1)
    return title[:at] + "  　" + title[at:]


def _quoted(title: str, r: Random) -> str:
    return f"关于转发《 {title.strip('《》')} 》的通知"


def _scattered(title: str, r: Random) -> str:
    at = _seam(title, 2)
    return f"{title[:at]} {title[at]} {title[at + 1 :]}"


def _cut(title: str, r: Random) -> str:
    return title[: max(8, len(title) * 2 // 3)] + "…"


def _dots(title: str, r: Random) -> str:
    return "关于印发《" + title.strip("《》")[: max(8, len(title) * 2 // 3)] + "..."


def _garbled_title(title: str, r: Random) -> str:
    return title[:4] + "锟斤拷锟斤拷" + title[4:]


def _clauses(title: str, r: Random) -> str:
    return "坚持生态优先 建设美丽瑞昌"


def _latin(title: str, r: Random) -> str:
    return "关于使用 Windows 10 系统和 IPv6 地址的通知"


CELL = "<tr><td>序号</td><td>单位</td><td>金额（万元）</td></tr><tr><td>1</td><td>合计</td><td>120</td></tr>"

CLEAN = (
    Form("by-hand", by_hand),
    Form("by-sheet", by_sheet),
    Form("by-style", by_style),
    Form("by-blanks", by_blanks),
    Form("by-div", by_div),
    Form("by-span", by_span),
    Form("by-trs", by_trs),
    Form("signed", signed),
    Form("tabled", tabled),
    Form("pictured", pictured, resources=(Resource("jpg", "ok"),)),
    Form("attached", attached, resources=(Resource("doc", "ok"), Resource("xls", "ok"))),
    Form("attached-pdf", attached, resources=(Resource("pdf", "ok"),)),
    Form("linked", linked, resources=(Resource("html", "ok"),)),
    Form("linked-across", linked, resources=(Resource("html", "ok", elsewhere=True),)),
)
"""How an ordinary body is written; each is uniform in itself."""

BUDGETS = (
    Form("budgeted", budgeted),
    Form("budget-docx", budget_file, resources=(Resource("docx", "ok"),)),
    Form("budget-xlsx", budget_file, resources=(Resource("xlsx", "ok"),)),
    Form("budget-scan", budget_file, resources=(Resource("pdf", "ok"),)),
    Form("budget-gone", budget_file, resources=(Resource("xls", "500"),)),
)
"""How the entries of budget columns are written (``budgets.dress``)."""

TRAPS = (
    Form("uniform-hand", by_hand, note="mixed-indent: every paragraph indented by hand"),
    Form("uniform-sheet", by_sheet, note="mixed-indent: indents left to the style sheet"),
    Form("document", document, note="mixed-indent: salutation and signature stand apart by custom"),
    Form("headed", headed, note="mixed-fonts: headings in 黑体, text in 仿宋, as official papers are set"),
    Form("one-font", one_font, note="mixed-fonts: one inline font throughout"),
    Form("digits-font", digits_font, note="mixed-fonts: Latin face for figures only"),
    Form("figures", figures, note="halfwidth-punctuation: decimals, times, addresses, English, numbering"),
    Form("signed-br", signed, note="br-paragraphs: one break inside the signature"),
    Form("brief", brief, resources=(Resource("pdf", "ok"),), note="a body of one line with its attachment"),
    Form("picture-only", picture_only, resources=(Resource("jpg", "ok"),), note="a body of one picture"),
    Form("video-only", video_only, note="a body of one film"),
    Form("spaced-once", spaced_once, note="empty-paragraphs: single empty lines, two before the signature"),
    Form("full-width", sized('<table width="100%%" border="1">' + CELL + "</table>"), note="oversized-object: width in per cent"),
    Form("normal-width", sized('<p style="text-align:center"><img src="%s" width="640" height="480"></p>'),
         resources=(Resource("jpg", "ok"),), note="oversized-object: 640 px"),
    Form("moved-file", attached, resources=(Resource("doc", "moved"),), note="dead-attachment: moved by 301"),
    Form("docx-as-doc", attached, resources=(Resource("doc", "ok-zip"),), note="dead-attachment: a .doc with docx bytes opens"),
    Form("failing-file", attached, resources=(Resource("pdf", "500"),), note="dead-attachment: a 500 proves nothing"),
    Form("moved-link", linked, resources=(Resource("html", "moved"),), note="dead-link: moved by 301"),
    Form("failing-link", linked, resources=(Resource("html", "500"),), note="dead-link: a 500 proves nothing"),
    Form("outward", outward, note="dead-link: other hosts, mail, scripts, anchors"),
    Form("failing-image", pictured, resources=(Resource("jpg", "500"),), note="broken-image: a 500 proves nothing"),
    Form("two-clauses", by_hand, title=_clauses, note="untidy-title: a headline of two clauses"),
    Form("latin-title", by_hand, title=_latin, note="untidy-title: blanks around Latin words"),
    Form("rare-characters", lambda s: _garble(s, "（湓浦、赤湖、㳇河、镕、堃、喆）"), sites=("portal",),
         note="garbled-text: rare characters"),
    Form("gbk-as-utf8", by_hand, charset="gbk-as-utf8", note="garbled-text: GBK bytes declared UTF-8"),
)  # fmt: skip

FAULTS = (
    Form("mixed-hand", mixed_hand, "mixed-indent"),
    Form("mixed-style", mixed_style, "mixed-indent"),
    Form("mixed-span", mixed_span, "mixed-indent"),
    Form("mixed-blanks", mixed_blanks, "mixed-indent"),
    Form("fonts-style", fonts_style, "mixed-fonts"),
    Form("fonts-tag", fonts_tag, "mixed-fonts"),
    Form("sizes-style", sizes_style, "mixed-fonts"),
    Form("fonts-inside", fonts_inside, "mixed-fonts"),
    Form("word-class", word_class, "word-leftovers"),
    Form("word-style", word_style, "word-leftovers"),
    Form("word-tag", word_tag, "word-leftovers"),
    Form("word-comment", word_comment, "word-leftovers"),
    Form("br-in-one", br_in_one, "br-paragraphs"),
    Form("br-bare", br_bare, "br-paragraphs"),
    Form("br-div", br_div, "br-paragraphs"),
    Form("empty-nbsp", lambda s: _empties(s, "<p>&nbsp;</p>\n", 5), "empty-paragraphs"),
    Form("empty-br", lambda s: _empties(s, "<p><br></p>\n", 4), "empty-paragraphs"),
    Form("empty-wide", lambda s: _empties(s, "<p>　　</p>\n", 6), "empty-paragraphs"),
    Form("wide-image", sized('<p><img src="%s" width="1680" height="900"></p>'), "oversized-object", (Resource("jpg", "ok"),)),
    Form("wide-style", sized('<p><img src="%s" style="width:1500px"></p>'), "oversized-object", (Resource("png", "ok"),)),
    Form("wide-table", sized('<table width="1450" border="1">' + CELL + "</table>"), "oversized-object"),
    Form("file-404", attached, "dead-attachment", (Resource("doc", "404"),)),
    Form("file-html", attached, "dead-attachment", (Resource("doc", "html"),)),
    Form("file-one-of-two", attached, "dead-attachment", (Resource("xls", "ok"), Resource("pdf", "404"))),
    Form("link-404", linked, "dead-link", (Resource("html", "404"),)),
    Form("link-410", linked, "dead-link", (Resource("html", "410"),)),
    Form("link-across", linked, "dead-link", (Resource("html", "404", elsewhere=True),)),
    Form("link-soft404", linked, "dead-link", (Resource("html", "soft404"),)),
    Form("image-404", pictured, "broken-image", (Resource("jpg", "404"),)),
    Form("image-410", pictured, "broken-image", (Resource("gif", "410"),)),
    Form("image-html", pictured, "broken-image", (Resource("png", "html"),)),
    Form("garbled-body", lambda s: _garble(s, "锟斤拷锟斤拷锟斤拷"), "garbled-text", what="锟斤拷"),
    Form("garbled-mark", lambda s: _garble(s, "\ufffd\ufffd\ufffd\ufffd"), "garbled-text"),
    Form("garbled-bytes", lambda s: _garble(s, BAD_BYTES * 6), "garbled-text"),
    Form("garbled-title", by_hand, "garbled-text", title=_garbled_title, what="锟斤拷"),
    Form("title-double", by_hand, "untidy-title", title=_double),
    Form("title-quoted", by_hand, "untidy-title", title=_quoted),
    Form("title-scattered", by_hand, "untidy-title", title=_scattered),
    Form("title-cut", by_hand, "untidy-title", title=_cut),
    Form("title-dots", by_hand, "untidy-title", title=_dots),
    Form("source-empty", by_hand, "missing-source", source="empty", sites=("portal",)),
    Form("source-dash", by_sheet, "missing-source", source="empty", sites=("portal",)),
    Form("source-gone", by_hand, "missing-source", source="gone", sites=("portal",)),
    Form("half-marks", half_marks, "halfwidth-punctuation"),
    Form("half-commas", half_commas, "halfwidth-punctuation"),
    Form("half-colons", half_colons, "halfwidth-punctuation"),
    Form("undated-hand", by_hand, "undated-entry", undated=True),
    Form("undated-sheet", by_sheet, "undated-entry", undated=True),
    Form("undated-file", attached, "undated-entry", (Resource("doc", "ok"),), undated=True),
)  # fmt: skip

GONE = Form(
    "attached-gone", attached, "dead-attachment", (Resource("doc", "404"), Resource("xls", "ok"))
)
"""Later only: the page of ``attached``, unchanged to the byte, whose first file has vanished."""

BARE = (
    Form("bare", lambda s: "", note="nothing at all"),
    Form("bare-blanks", lambda s: "<p>&nbsp;</p>\n<p><br></p>", note="blank lines alone"),
    Form(
        "bare-script",
        lambda s: '<script>document.write(unescape("%u6B63%u6587"));</script>',
        note="title-only-entry: a script writes the text",
    ),
)
"""Bodies that show no text (``bare.dress``)."""

GUIDES = (
    Form("guide-table", guide_table),
    Form("guide-docx", guide_form, resources=(Resource("docx", "ok"),)),
)
"""Service guides; ``engage`` writes what they say."""

LEADERS = (Form("leader", leader, resources=(Resource("jpg", "ok"),)),)
"""Leaders with a photo; ``leaders`` writes what they say."""

FORMS = {f.name: f for f in (*CLEAN, *BUDGETS, *GUIDES, *LEADERS, *TRAPS, *FAULTS, *BARE, GONE)}
