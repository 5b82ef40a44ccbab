"""Articles and disclosure entries of each CMS family, in markup written for these tests."""

from __future__ import annotations

import re
from datetime import date

import pytest

from checks.facts import DateState, LinkKind, Page, PageKind
from crawler.extract import READER, probe, read_page

URL = "http://www.example.gov.cn/zwgk/gzdt/202403/t20240301_1.html"
PROSE = "".join(
    f"<p>　　为做好第{number}项工作，市政府办公室组织有关单位召开会议，研究部署下一阶段任务，要求各单位按时完成。</p>"
    for number in range(1, 6)
)
MENU = (
    "<div class='nav'><ul>"
    + "".join(f"<li><a href='/c{number}/'>栏目{number}</a></li>" for number in range(8))
    + "</ul></div>"
)
FOOT = "<div class='footer'><p>主办：某市人民政府 备案号：赣ICP备05000000号 更新日期：2010-01-01</p></div>"


def read(html: str, url: str = URL, hint: PageKind | None = None) -> Page:
    return read_page(html.encode(), url=url, hint=hint).page


def article(head: str, inner: str) -> str:
    return (
        f"<html><head>{head}</head><body>{MENU}<div class='main'>{inner}</div>{FOOT}</body></html>"
    )


def facts(page: Page) -> tuple[str | None, date | None, str | None]:
    return (
        page.title.value if page.title else None,
        page.published.value if page.published else None,
        page.source.value if page.source else None,
    )


WANTED = ("市政府召开安全生产工作会议", date(2024, 3, 5), "市应急管理局")


def test_trs_article() -> None:
    page = read(
        article(
            "<title>市政府召开安全生产工作会议_工作动态_某市人民政府</title>",
            "<div class='crumb'>当前位置：<a href='../'>首页</a>&gt;<a href='./'>工作动态</a></div>"
            "<h1>市政府召开安全生产工作会议</h1>"
            "<div class='info'><span>发布日期：2024-03-05 09:30</span><span>来源：市应急管理局</span><span>浏览次数：<script>cnt()</script></span></div>"
            f"<div class='TRS_Editor'>{PROSE}</div>",
        )
    )
    assert page.kind is PageKind.ARTICLE
    assert facts(page) == WANTED
    assert page.cms == "trs"


def test_jpage_article_with_meta_tags() -> None:
    page = read(
        article(
            "<title>市政府召开安全生产工作会议</title><meta name='ArticleTitle' content='市政府召开安全生产工作会议'>"
            "<meta name='PubDate' content='2024-03-05 09:30'><meta name='contentSource' content='市应急管理局'>"
            "<meta name='SiteName' content='某市人民政府'>",
            "<table><tr><td class='title'>市政府召开安全生产工作会议</td></tr>"
            "<tr><td>发布日期：2024-03-05&nbsp;&nbsp;&nbsp;信息来源：<!--<$[信息来源]>begin-->市应急管理局<!--<$[信息来源]>end-->&nbsp;&nbsp;字体：【<a href='javascript:'>大</a>】</td></tr>"
            f"<tr><td><div id='zoom'>{PROSE}</div></td></tr></table>",
        ),
        url="http://www.example.gov.cn/art/2024/3/5/art_12_345.html",
    )
    assert facts(page) == WANTED
    assert page.cms == "jpage"
    assert page.title is not None
    assert page.title.confidence >= 0.9


def test_ucap_article_with_date_in_a_list_item_and_no_label() -> None:
    page = read(
        article(
            "<title>市政府召开安全生产工作会议- 某市人民政府网站</title>"
            "<meta name='PubDate' content='2025-08-08 10:00:00'><meta name='ArticleTitle' content='市政府召开安全生产工作会议'>",
            "<h2><UCAPTITLE>市政府召开安全生产工作会议</UCAPTITLE></h2>"
            "<ul id='articleattribute'><li>2024年03月05日 08时01分</li><li>来源: 市应急管理局</li><li>【字体：大 中 小】</li></ul>"
            f"<div id='UCAP-CONTENT'><UCAPCONTENT>{PROSE}</UCAPCONTENT></div>",
        ),
        url="http://www.example.gov.cn/c100022/202403/0123456789abcdef0123456789abcdef.shtml",
    )
    assert facts(page) == WANTED


def test_vsb_article() -> None:
    page = read(
        article(
            "<title>市政府召开安全生产工作会议-某局</title>",
            "<form name='_newscontent_fromname'><h3>市政府召开安全生产工作会议</h3>"
            "<div class='sj'>2024-03-05 &nbsp; 来源：市应急管理局 &nbsp; 点击:[<script>_showDynClicks('wbnews', 1, 2)</script>]</div>"
            f"<div id='vsb_content_2'><div class='v_news_content'>{PROSE}</div></div></form>"
            "<p>上一条：<a href='1.htm'>上一条的标题在这里</a></p><p>下一条：<a href='3.htm'>下一条的标题在这里</a></p>",
        ),
        url="http://www.example.gov.cn/info/1001/2.htm",
    )
    assert facts(page) == WANTED
    assert page.cms == "vsb"
    assert page.body is not None
    assert "上一条" not in page.body.text


def test_gbk_asp_article_in_nested_tables() -> None:
    html = (
        "<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'><title>中国某市-->工作动态</title></head><body>"
        "<table width=980><tr><td><a href='/'>首页</a> | <a href='/a/'>政务公开</a></td></tr></table>"
        "<table width=980><tr><td align=center><font size=5><b>市政府召开安全生产工作会议</b></font></td></tr>"
        "<tr><td align=center>作者：办公室 来源：市应急管理局 更新时间：2024-3-5 点击数：12</td></tr>"
        f"<tr><td>{PROSE}</td></tr></table></body></html>"
    )
    page = read_page(
        html.encode("gbk"), url="http://www.example.gov.cn/show.asp?id=12", content_type="text/html"
    ).page
    assert page.encoding.used == "gb18030"
    assert facts(page)[1:] == WANTED[1:]
    assert page.kind is PageKind.ARTICLE


def test_the_visible_date_wins_over_a_wrong_tag() -> None:
    page = read(
        article(
            "<title>市政府召开安全生产工作会议</title><meta name=PubDate content='2023-11-10 15:33:34'>",
            "<p class=p1>市政府召开安全生产工作会议</p><p class=p2><span>日期：2024/03/05</span>&nbsp;<span>来源：市应急管理局&nbsp;</span></p>"
            f"<div class=text>{PROSE}</div>",
        )
    )
    assert facts(page) == WANTED


def test_a_tag_with_a_foreign_title_loses_to_the_heading() -> None:
    page = read(
        article(
            "<title>市政府召开安全生产工作会议-某市人民政府</title><meta name=ArticleTitle content='关于春节放假安排的通知'>",
            f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：2024-03-05 来源：市应急管理局</p><div id=zoom>{PROSE}</div>",
        )
    )
    assert facts(page) == WANTED


def test_a_title_of_two_lines_is_joined_by_a_space() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议<br>部署下一阶段任务</h1><p>发布时间：2024-03-05</p><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.title is not None
    assert page.title.value == "市政府召开安全生产工作会议 部署下一阶段任务"


def test_titles_with_hyphens_and_numbers_are_not_cut() -> None:
    title = "1-10月全市固定资产投资完成情况-按行业分"
    page = read(
        article(
            f"<title>{title}-某市统计局</title>",
            f"<div class=x>{title}</div><p>发布时间：2024-03-05</p><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.title is not None
    assert page.title.value == title


def test_the_site_name_before_the_title_is_dropped_when_there_is_no_heading() -> None:
    page = read(
        article(
            "<title>某市文化和旅游局_行业传真_市政府召开安全生产工作会议</title><meta name=SiteName content=某市文化和旅游局><meta name=ColumnName content=行业传真>",
            f"<img src=title.gif><p>发布时间：2024-03-05</p><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.title is not None
    assert page.title.value == "市政府召开安全生产工作会议"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("来源：新华社 作者：张某 发布时间：2024-03-05", "新华社"),
        ("来 源：<b>市应急管理局</b>　　　点击：12 发布时间：2024-03-05", "市应急管理局"),
        ("发布时间：2024-03-05 | 来源：市应急管理局 | 【字体：大 中 小】", "市应急管理局"),
        ("来源：市应急管理局 2024-03-05", "市应急管理局"),
        ("信息来源：《某日报》 浏览次数：33 日期：2024-03-05", "《某日报》"),
        (
            "<span>来源：</span><span>市应急管理局</span><span>时间：</span><span>2024-03-05</span>",
            "市应急管理局",
        ),
        ("稿源：<a href='http://x.gov.cn'>中国政府网</a> 时间：2024年3月5日", "中国政府网"),
        ("供稿单位：某某镇 发布日期：2024-03-05", "某某镇"),
    ],
)
def test_the_source_is_read_as_written_and_no_further(line: str, source: str) -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><div class=info>{line}</div><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.source is not None
    assert page.source.value == source
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)


def test_an_empty_source_is_none_and_its_label_is_known() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><div><span>来源：</span><span>发布时间：2024-03-05</span></div><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.source is None
    assert page.source_label is True
    none = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><div>发布时间：2024-03-05</div><div id=zoom>{PROSE}</div>",
        )
    )
    assert none.source is None
    assert none.source_label is False


TABLES = {
    "th and td": "<table><tr><th>索 引 号</th><td>014742224A/2024-00012</td><th>文　　号</th><td>某府办发〔2024〕8号</td></tr>"
    "<tr><th>发布机构</th><td>某市人民政府办公室</td><th>生成日期</th><td>2024-03-05</td></tr><tr><th>有效性</th><td></td><th>主题分类</th><td>安全生产</td></tr></table>",
    "td and b": "<table><tr><td><b>索引号：</b></td><td>014742224A/2024-00012</td><td><b>发文字号：</b></td><td>某府办发〔2024〕8号</td></tr>"
    "<tr><td><b>发文机关：</b></td><td>某市人民政府办公室</td><td><b>发文日期：</b></td><td>2024年03月05日</td></tr></table>",
    "dl": "<dl><dt>索引号</dt><dd>014742224A/2024-00012</dd><dt>文号</dt><dd>某府办发〔2024〕8号</dd><dt>发布机构</dt><dd>某市人民政府办公室</dd><dt>生成日期</dt><dd>2024-03-05</dd></dl>",
    "li": "<ul><li>索&nbsp;引&nbsp;号：014742224A/2024-00012</li><li>文件编号：某府办发〔2024〕8号</li><li>发布机构：某市人民政府办公室</li><li>生成日期：2024-03-05</li></ul>",
    "labels in cells": "<table><tr><td>索引号: 014742224A/2024-00012</td><td>文件编号: 某府办发〔2024〕8号</td></tr><tr><td>发布机构: 某市人民政府办公室</td><td>生成日期: 2024-03-05</td></tr></table>",
    "divs": "<div class=meta><div class=i><label>索 引 号：</label><div class=v>014742224A/2024-00012</div></div><div class=i><label>文号：</label><div class=v>某府办发〔2024〕8号</div></div>"
    "<div class=i><label>责任部门：</label><div class=v>某市人民政府办公室</div></div><div class=i><label>生成日期：</label><div class=v>2024-03-05</div></div></div>",
}


@pytest.mark.parametrize("shape", TABLES)
def test_a_disclosure_entry_is_read_whatever_the_shape_of_its_table(shape: str) -> None:
    page = read(
        article(
            "<title>关于做好安全生产工作的通知</title><meta name=PubDate content='2024-09-09 10:00:00'>",
            f"{TABLES[shape]}<h1>关于做好安全生产工作的通知</h1><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.kind is PageKind.ENTRY
    assert page.index_number is not None
    assert page.index_number.value == "014742224A/2024-00012"
    assert page.document_number is not None
    assert page.document_number.value == "某府办发〔2024〕8号"
    assert page.issuer is not None
    assert page.issuer.value == "某市人民政府办公室"
    assert facts(page) == ("关于做好安全生产工作的通知", date(2024, 3, 5), "某市人民政府办公室")


def test_empty_cells_of_a_disclosure_table_stay_empty() -> None:
    page = read(
        article(
            "",
            "<table><tr><td>索引号</td><td>A1/2024-00012</td><td>文号</td><td></td></tr><tr><td>发布机构</td><td>市民政局</td><td>发布日期</td><td>2024-03-05</td></tr></table>"
            f"<h1>关于低保工作的情况说明</h1><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.kind is PageKind.ENTRY
    assert page.document_number is None
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)


def test_the_publication_date_is_taken_where_the_making_stands_beside_it() -> None:
    page = read(
        article(
            "",
            "<table><tr><td>索引号：</td><td>A1/2024-00012</td><td>发文机关：</td><td>市民政局</td></tr><tr><td>成文日期：</td><td>2024年02月13日</td><td>发布日期：</td><td>2024年03月05日</td></tr></table>"
            f"<h1>关于低保工作的情况说明</h1><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)
    assert "发布日期" in page.published.where


def test_dates_of_footers_calendars_cited_texts_and_neighbours_are_not_the_pages_own() -> None:
    page = read(
        article(
            "",
            "<div class=calendar>2024年11月23日 星期六</div><h1>关于转发通知的通知</h1>"
            f"<div id=zoom>{PROSE}<p>附：通知（发布时间：2019-05-06）</p><p>某市人民政府办公室</p><p>2018年7月8日</p></div>"
            "<ul class=hot><li><a href=/1.html>另一篇文章的标题很长很长</a><span>2024-10-01</span></li></ul>",
        ),
        url="http://www.example.gov.cn/12345.html",
    )
    assert page.kind is PageKind.ARTICLE
    assert page.published is None
    assert page.date_state is DateState.ABSENT


def test_a_date_that_a_script_may_fill_is_unread_not_absent() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：<span id='pubtime'></span></p><div id=zoom>{PROSE}</div>",
        ),
        url="http://www.example.gov.cn/12345.html",
    )
    assert page.published is None
    assert page.date_state is DateState.UNREAD


def test_a_date_written_by_a_script_is_read() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：<script>document.write('2024-03-05 10:00')</script></p><div id=zoom>{PROSE}</div>",
        ),
        url="http://www.example.gov.cn/12345.html",
    )
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)


def test_month_and_day_alone_are_told() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：03-05</p><div id=zoom>{PROSE}</div>",
        ),
        url="http://www.example.gov.cn/12345.html",
    )
    assert page.published is None
    assert page.date_state is DateState.MONTH_DAY


def test_the_address_is_the_last_resort_and_little_believed() -> None:
    page = read(article("", f"<h1>市政府召开安全生产工作会议</h1><div id=zoom>{PROSE}</div>"))
    assert page.published is not None
    assert page.published.where == "address"
    assert page.published.confidence < 0.5


def test_the_publishtime_element_is_read() -> None:
    page = read(
        article("<meta name=PubDate content='2022-04-24 10:00:43'>",
                f"<h1>市政府召开安全生产工作会议</h1><span>发布日期：<b><publishtime>2024-03-05 10:49:00</publishtime></b></span><div id=zoom>{PROSE}</div>"),
    )  # fmt: skip
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)


def test_attachments_in_the_body_and_beside_it_belong_to_the_article() -> None:
    page = read(
        article(
            "",
            f"<h1>关于做好安全生产工作的通知</h1><p>发布时间：2024-03-05</p><div class=wrap><div id=zoom>{PROSE}<p><a href='./P020240305.docx'>附件1：名单</a></p></div>"
            "<div class=fj>附件：<a href='/module/download/downfile.jsp?classid=0&filename=ab.pdf'>通知.pdf</a></div></div>",
        )
    )
    assert page.body is not None
    files = [link.url for link in page.body.links if link.kind is LinkKind.FILE]
    assert files == [
        "http://www.example.gov.cn/zwgk/gzdt/202403/P020240305.docx",
        "http://www.example.gov.cn/module/download/downfile.jsp?classid=0&filename=ab.pdf",
    ]


def test_a_body_of_one_picture_or_one_player_is_not_nothing() -> None:
    page = read(
        article(
            "<meta name=ArticleTitle content='一图读懂安全生产工作要点'><meta name=PubDate content='2024-03-05'>",
            "<h1>一图读懂安全生产工作要点</h1><p>发布时间：2024-03-05 来源：市应急管理局</p><div class='view TRS_UEDITOR trs_paper_default'><p><img src='./W020240305.jpg'></p></div>",
        )
    )
    assert page.kind is PageKind.ARTICLE
    assert page.body is not None
    assert page.body.text == ""
    assert [link.kind for link in page.body.links] == [LinkKind.IMAGE]
    video = read(
        article("<meta name=ArticleTitle content='工作视频'><meta name=PubDate content='2024-03-05'>",
                "<h1>安全生产宣传短视频</h1><p>发布时间：2024-03-05</p><div id=zoom><iframe src='/player.html'></iframe></div>")
    )  # fmt: skip
    assert video.body is not None
    assert video.body.embedded == 1


def test_comments_are_not_the_page() -> None:
    page = read(
        article(
            "",
            "<!-- <h1>旧模板的标题在这里</h1><p>发布时间：2001-01-01 来源：旧来源</p> --><h1>市政府召开安全生产工作会议</h1>"
            f"<p>发布时间：2024-03-05 来源：市应急管理局</p><div id=zoom>{PROSE}</div>",
        )
    )
    assert facts(page) == WANTED


def test_the_document_number_is_read_from_the_head_of_the_body() -> None:
    page = read(
        article(
            "",
            f"<h1>关于做好安全生产工作的通知</h1><p>发布时间：2024-03-05</p><div id=zoom><p style='text-align:center'>某府办字〔2024〕12号</p>{PROSE}</div>",
        )
    )
    assert page.document_number is not None
    assert page.document_number.value == "某府办字〔2024〕12号"


def test_pages_of_one_template_have_one_shape_and_others_another() -> None:
    head = "<div class=info>发布时间：2024-03-05</div>"
    one = read(article("", f"<h1>市政府召开安全生产工作会议</h1>{head}<div id=zoom>{PROSE}</div>"))
    two = read(
        article(
            "",
            f"<h1>关于春节放假安排的通知</h1>{head}<div id=zoom><p>短。</p><table><tr><td>表</td></tr></table>{PROSE}{PROSE}</div>",
        )
    )
    other = read(
        f"<html><body><div class=new><h1>关于春节放假安排的通知</h1>{head}<div id=zoom>{PROSE}</div></div></body></html>"
    )
    assert one.shape == two.shape
    assert one.shape != other.shape


def test_links_outside_the_body_are_grouped_by_their_block() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：2024-03-05</p><div id=zoom>{PROSE}<p><a href=x.html>见此</a></p></div>",
        )
    )
    blocks = {block.path: [link.text for link in block.links] for block in page.blocks}
    assert blocks["body > div.nav > ul"] == [f"栏目{number}" for number in range(8)]
    assert "见此" not in [text for texts in blocks.values() for text in texts]


def test_a_home_page_is_known_by_its_address_and_shows_its_dated_rows() -> None:
    rows = "".join(
        f"<li><a href='/a/{n}.html'>关于第{n}号工作安排的通知</a><span>2024-03-{n:02}</span></li>"
        for n in range(1, 6)
    )
    page = read(f"<title>某市人民政府</title>{MENU}<div class=a><ul>{rows}</ul></div><div class=b><ul><li><a href=/b/1.html>另一条新闻的标题</a> 03-09</li></ul></div>",
                url="http://www.example.gov.cn/")  # fmt: skip
    assert page.kind is PageKind.HOME
    assert page.listing is not None
    assert max(item.published for item in page.listing.entries if item.published) == date(
        2024, 3, 5
    )
    assert page.listing.entries[-1].date_state is DateState.MONTH_DAY


def test_probe_has_the_documented_shape_and_says_why_candidates_lost() -> None:
    html = article("<title>市政府召开安全生产工作会议-某市</title><meta name=PubDate content='2023-11-10'>",
                   f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：2024-03-05 来源：市应急管理局</p><div id=zoom>{PROSE}</div>")  # fmt: skip
    told = probe(html.encode(), URL)
    for key in (
        "kind",
        "title",
        "published",
        "source",
        "index_number",
        "document_number",
        "encoding",
        "cms",
        "entries",
        "next",
        "attachments",
        "from",
        "confidence",
    ):
        assert key in told
    assert told["kind"] == "article"
    assert told["published"] == "2024-03-05"
    assert told["from"]["published"] == "label 发布时间"
    lost = [item for item in told["candidates"]["published"] if item["lost_because"]]
    assert {item["value"] for item in lost} >= {"2023-11-10"}
    assert READER


def test_a_title_in_no_heading_is_the_line_above_date_and_source() -> None:
    html = (
        "<html><head><title>某市公众信息网</title></head><body><table><tr><td><a href='/'>首页</a></td></tr></table>"
        "<table><tr><td align=center class=STYLE1>市政府召开安全生产工作会议</td></tr><tr><td>发布者：admin 来源：市应急管理局 发布时间：2024-3-5 点击数：12</td></tr>"
        f"<tr><td>{PROSE}</td></tr></table></body></html>"
    )
    assert facts(read(html, url="http://www.example.gov.cn/show.asp?id=12")) == WANTED


@pytest.mark.parametrize(
    "info",
    [
        "<ul><li><b>发布时间</b><p>2024-03-05</p></li><li><b>来源</b>：市应急管理局</li></ul>",
        "<div class='pages-date'>2024-03-05 10:00<span class='font'>来源：<span> 市应急管理局</span></span></div>",
        "<div class='d'>2024<em>/</em>03<em>/</em>05 【来源：市应急管理局】</div>",
        "<p>（来源：市应急管理局）　（2024年3月5日）</p>",
        "<div><span>2024-03-05</span> <span>09:30</span> | <span>来源: 市应急管理局</span> | <span>打印</span></div>",
        "<div>文章来源：\n   市应急管理局 \n  发表日期：2024年03月05日 【字体：<a href='javascript:'>大</a>】</div>",
        "<div><label>信息来源：</label><span>市应急管理局</span><label>发布日期：</label><span>2024-03-05</span></div>",
    ],
)
def test_date_and_source_are_read_in_all_their_arrangements(info: str) -> None:
    page = read(article("<title>市政府召开安全生产工作会议-某市</title>", f"<h2>市政府召开安全生产工作会议</h2>{info}<div class='content'>{PROSE}</div>"),
                url="http://www.example.gov.cn/12345.html")  # fmt: skip
    assert facts(page) == WANTED


def test_a_table_with_labels_in_brackets_is_a_disclosure_entry() -> None:
    table = "<table><tr><td>[ 索引号 ]</td><td>11500000/2024-00123</td><td>[ 发文字号 ]</td><td>某府发〔2024〕3号</td></tr><tr><td>[ 成文日期 ]</td><td>2024-02-28</td><td>[ 发布日期 ]</td><td>2024-03-05</td></tr></table>"
    page = read(
        article("", f"{table}<h1>关于做好安全生产工作的通知</h1><div id=zoom>{PROSE}</div>")
    )
    assert page.kind is PageKind.ENTRY
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)


def test_a_column_that_shows_one_text_is_an_article_with_a_body() -> None:
    page = read(article("<title>部门介绍-某市财政局</title>", f"<div class='tit'>部门介绍</div><div class='txt'>{PROSE}</div>"),
                url="http://xxgk.example.gov.cn/czj/bmjs/", hint=PageKind.LIST)  # fmt: skip
    assert page.body is not None
    assert "研究部署" in page.body.text
    assert page.listing is None


def test_the_name_of_the_site_or_column_in_a_heading_is_not_the_title() -> None:
    page = read(
        "<html><head><title>某市财政局</title></head><body><h1>某市财政局</h1><div class='crumb'><a href='/'>首页</a>&gt;<a href='./'>工作动态</a></div>"
        "<h2>工作动态</h2><div class='news_title'>市政府召开安全生产工作会议</div><div class='x'>日期：2024-03-05 来源：市应急管理局</div>"
        f"<div class='neirong'>{PROSE}</div></body></html>",
        url="http://czj.example.gov.cn/12345.html",
    )
    assert facts(page) == WANTED


def test_an_empty_source_that_a_script_may_fill_is_not_known_to_be_empty() -> None:
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><div>发布时间：2024-03-05 来源：<span id='ly'></span></div><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.source is None
    assert page.source_label is False


ENTRY_HEAD = (
    "<ul class='xx_head'><li><strong>索引号：</strong>014700015/2018-0011999</li><li><strong>信息分类：</strong>综合政务</li>"
    "<li><strong>发布机构：</strong>{issuer}</li><li><strong>生成日期：</strong>2018-05-06</li>"
    "<li><strong>发布时间：</strong>2018-05-06 09:59</li></ul>"
)
ISSUER = "某市市场监督管理局"


def entry_page(body: str, issuer: str = ISSUER) -> Page:
    return read(
        article(
            "",
            f"<div class='detail'>{ENTRY_HEAD.format(issuer=issuer)}<div class='bt'>关于注销部分食品经营许可证的公告</div>{body}</div>",
        )
    )


def test_an_issuer_that_a_script_fills_is_not_known_to_be_missing() -> None:
    filled = entry_page(f"<div id='zoom'>{PROSE}</div>", "<script>document.write(org)</script>")
    assert (filled.issuer, filled.source_hidden) == (None, True)
    empty = entry_page(f"<div id='zoom'>{PROSE}</div>", "")
    assert (empty.issuer, empty.source_hidden) == (None, False)
    given = entry_page(f"<div id='zoom'>{PROSE}</div>")
    assert given.source_hidden is False


@pytest.mark.parametrize("inner", ["", "<p>&nbsp;</p>", "<p>关于注销部分食品经营许可证的公告</p>"])
def test_the_head_of_an_entry_is_not_taken_for_its_text(inner: str) -> None:
    body = entry_page(f"<div class='wz_con gk-text'>{inner}</div>").body
    assert body is not None
    assert body.text in {"", "关于注销部分食品经营许可证的公告"}
    assert body.alone


def test_a_short_text_under_the_head_is_read_and_not_the_head() -> None:
    body = entry_page("<div class='content'><p>详见附件。</p></div>").body
    assert body is not None
    assert body.text == "详见附件。"


def test_a_short_text_in_one_block_with_the_labels_is_read() -> None:
    flat = re.sub("</?ul[^>]*>", "", ENTRY_HEAD).replace("<li>", "<p>").replace("</li>", "</p>")
    said = "经研究，现将本次注销的食品经营许可证予以公告，自公告之日起停止经营活动。"
    page = read(
        article(
            "",
            f"<div class='b1'>{flat.format(issuer=ISSUER)}<h1>关于注销许可证的公告</h1><p>{said}</p></div>",
        )
    )
    assert page.body is not None
    assert said in page.body.text


def test_no_text_and_no_place_for_it_is_no_body() -> None:
    assert entry_page("<div class='b1'></div>").body is None


def test_a_longer_text_in_a_place_without_a_known_name_is_still_the_body() -> None:
    body = entry_page(f"<div class='b1'>{PROSE}</div>").body
    assert body is not None
    assert "索引号" not in body.text
    assert len(body.text) > 60


def test_labels_are_read_between_the_wide_gaps_of_a_template() -> None:
    gap = "\n" + " " * 120 + "\n"
    page = read(
        article(
            "",
            f"<h1>市政府召开安全生产工作会议</h1><h6>{gap}某市人民政府门户网站 www.example.gov.cn{gap}时间：2024-03-05 14:21{gap}来源：市应急管理局{gap}分享：{gap}</h6><div id=zoom>{PROSE}</div>",
        )
    )
    assert facts(page) == WANTED


def test_a_heading_that_says_more_than_the_title_element_is_the_title() -> None:
    page = read(
        article(
            "<title>市政府召开例行新闻发布会</title>",
            f"<h4>市政府召开例行新闻发布会（2024年1月18日）</h4><div>发布时间：2024-01-19 来源：市政府新闻办</div><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.title is not None
    assert page.title.value == "市政府召开例行新闻发布会（2024年1月18日）"
    assert page.published is not None
    assert page.published.value == date(2024, 1, 19)


def test_the_heading_right_above_date_and_source_beats_another_title_element() -> None:
    page = read(
        article(
            "<title>某市三月重要会议活动安排</title>",
            f"<h2>市政府召开安全生产工作会议</h2><div>发布时间：2024-03-05 来源：市应急管理局</div><div id=zoom>{PROSE}</div>",
        )
    )
    assert facts(page) == WANTED


def test_a_title_element_of_site_and_address_is_no_title() -> None:
    page = read(
        "<html><head><title>某某自治区人民政府门户网站 - www.example.gov.cn</title></head><body><div class='logo'><h1>某某自治区人民政府门户网站</h1></div>"
        f"<h2>全省重大工程之一</h2><h1>市政府召开安全生产工作会议</h1><div>来源：市应急管理局 2024-03-05 08:03</div><div id=zoom>{PROSE}</div></body></html>"
    )
    assert facts(page) == WANTED


def test_a_title_above_an_unlabelled_date_in_a_bare_table_is_found() -> None:
    page = read(
        "<html><head><title>某州水产局--新闻内容</title></head><body><table><tr><td align=center><span style='font-size:18px'>我局召开全州渔业安全生产工作会议</span></td></tr>"
        f"<tr><td align=center><span>(2008-4-23 &nbsp;点击:<font>356</font>)</span></td></tr><tr><td>{PROSE}</td></tr></table></body></html>",
        url="http://www.example.gov.cn/news_view.jsp?id=345",
    )
    assert facts(page)[:2] == ("我局召开全州渔业安全生产工作会议", date(2008, 4, 23))
    assert page.title is not None
    assert page.title.confidence < 0.8


def test_what_stands_between_title_and_date_is_not_taken_for_the_title() -> None:
    for line in (
        "某政发〔2024〕12号",
        "状态：已结束",
        "浏览次数： 次",
        "[废止日期]",
        "某局公告2024年第1号",
    ):
        page = read(
            f"<html><body><div>市政府召开安全生产工作会议</div><div>{line}</div><div>发布时间：2024-03-05 来源：市应急管理局</div><div id=zoom>{PROSE}</div></body></html>"
        )
        assert facts(page) == WANTED, line


def test_a_picture_that_shows_the_title_gives_its_words() -> None:
    page = read(
        f"<html><body><div><img src=t.jpg alt='市政府召开安全生产工作会议'></div><div>发布时间：2024-03-05 来源：市应急管理局</div><div id=zoom>{PROSE}</div></body></html>"
    )
    assert facts(page) == WANTED
    assert page.title is not None
    assert page.title.confidence < 0.8


def test_the_issuer_in_the_page_s_own_table_is_before_the_tag() -> None:
    page = read(
        article(
            "<meta name='ContentSource' content='某市人民政府'>",
            "<table><tr><td>[ 索引号 ]</td><td>115000/2023-00012</td><td>[ 发文字号 ]</td><td>某府办发〔2023〕6号</td></tr>"
            "<tr><td>[ 发布机构 ]</td><td>某市人民政府办公厅</td><td>[ 发布日期 ]</td><td>2023-01-17</td></tr></table>"
            f"<h1>关于印发某规划的通知</h1><div id=zoom>{PROSE}</div>",
        )
    )
    assert page.kind is PageKind.ENTRY
    assert page.source is not None
    assert page.source.value == "某市人民政府办公厅"
    assert page.source.confidence < 0.8


ROOT = "http://www.example.gov.cn/"
ROWS = "".join(
    f"<li><a href='/a/t2024030{number}_1.html'>关于做好第{number}项工作的通知</a><span>2024-03-0{number}</span></li>"
    for number in range(1, 10)
)


def test_a_saved_article_whose_address_is_not_known_is_no_home_page() -> None:
    inner = f"<h1>市政府召开安全生产工作会议</h1><div>发布时间：2024-03-05 来源：市应急管理局</div><div class='txt'>{PROSE}</div>"
    page = read(article("", inner), url=ROOT)
    assert page.kind is PageKind.ARTICLE
    assert facts(page) == WANTED
    assert read(article("", inner), url=ROOT, hint=PageKind.HOME).kind is PageKind.HOME


def test_a_saved_list_with_a_pager_is_no_home_page() -> None:
    page = read(
        article(
            "",
            f"<ul class='list'>{ROWS}</ul><div class='page'><a href='/c/index_1.html'>下一页</a><a href='/c/index_9.html'>尾页</a></div>",
        ),
        url=ROOT,
    )
    assert page.kind is PageKind.LIST


@pytest.mark.parametrize(
    "top",
    [
        "",
        "<div class='top'><h1><a href='/x/1.html'>市委常委会召开会议研究部署重点工作</a></h1><p>市委常委会日前召开会议，研究部署近期重点工作，要求各单位抓好落实。<a href='/x/1.html'>[详细]</a></p></div>",
        f"<h2>单位简介及职能</h2><div>2024年3月5日 星期二 天气：晴</div><div class='intro'>{PROSE}</div>",
    ],
)
def test_a_home_page_stays_one(top: str) -> None:
    boxes = "".join(
        f"<div class='box'><h3>{name}</h3><ul>{ROWS}</ul></div>"
        for name in ("要闻", "公告", "政策")
    )
    page = read(f"<html><body>{MENU}{top}{boxes}{FOOT}</body></html>", url=ROOT)
    assert page.kind is PageKind.HOME
