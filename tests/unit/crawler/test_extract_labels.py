"""Labels and headings in templates of many makes: what belongs to the page and what only looks so."""

from __future__ import annotations

from datetime import date

import pytest

from checks.facts import Page, PageKind
from crawler.extract import dates, read_page

URL = "http://www.example.gov.cn/news/show.asp?id=12"
TITLE = "关于组织参加全市作文竞赛的通知"
PROSE = "".join(
    f"<p>　　为做好第{number}项工作，市政府办公室组织有关单位召开会议，研究部署下一阶段任务，要求各单位按时完成。</p>"
    for number in range(1, 6)
)


def read(inner: str, head: str = "", url: str = URL) -> Page:
    html = f"<html><head>{head}</head><body>{inner}</body></html>"
    return read_page(html.encode(), url=url).page


def shown(page: Page) -> tuple[str | None, date | None, str | None]:
    return (
        page.title.value if page.title else None,
        page.published.value if page.published else None,
        page.source.value if page.source else None,
    )


def article(line: str, after: str = "") -> str:
    return f"<h1>{TITLE}</h1><div>{line}</div><div class='txt'>{PROSE}</div>{after}"


@pytest.mark.parametrize("label", ["制作时间", "建站时间", "开馆时间", "出生日期", "竣工日期"])
def test_a_date_of_something_else_is_not_the_publication(label: str) -> None:
    page = read(
        article("2024-03-05 点击：12", f"<table><tr><td>{label}：2005年8月1日</td></tr></table>")
    )
    assert page.published is not None
    assert page.published.value == date(2024, 3, 5)


@pytest.mark.parametrize("label", ["资金来源", "图片来源", "数据来源"])
def test_the_origin_of_something_else_is_not_the_source(label: str) -> None:
    page = read(article("发布时间：2024-03-05", f"<p>{label}：市财政局</p>"))
    assert page.source is None


@pytest.mark.parametrize("label", ["信息提供日期", "新闻发布时间", "文章日期", "本文时间"])
def test_a_qualified_label_of_publication_is_one(label: str) -> None:
    page = read(article(f"{label}：2024-03-05　信息来源：教研室"))
    assert shown(page) == (TITLE, date(2024, 3, 5), "教研室")


def test_a_value_right_before_a_label_is_no_part_of_it() -> None:
    page = read(article("来源：教研室时间：2024-03-05"))
    assert shown(page)[1] == date(2024, 3, 5)


def test_labels_in_brackets_need_no_colon() -> None:
    page = read(
        article("[发布日期]2024-3-5&nbsp;&nbsp;[来源]教研室&nbsp;&nbsp;[点击]1203 次 [打印]")
    )
    assert shown(page) == (TITLE, date(2024, 3, 5), "教研室")


def test_a_label_in_an_element_of_its_own_needs_no_colon() -> None:
    page = read(
        "<ul><li><span>索引号</span>：014000319/2025-00123</li><li><span>文号</span>：苏科〔2025〕12号</li>"
        "<li><span>成文日期</span>2025-03-01</li><li><span>发布日期</span>2025-03-04</li></ul>"
        f"<h2>{TITLE}</h2><div>{PROSE}</div>"
    )
    assert page.kind is PageKind.ENTRY
    assert page.published is not None
    assert page.published.value == date(2025, 3, 4)


def test_a_source_told_of_in_a_sentence_is_not_the_page_s() -> None:
    page = read(
        f"<h1>{TITLE}</h1><div>时间：2024-01-08</div><div class='c'><p>网民反映有人采砂。信息来源：某论坛，"
        f"时间：2023年12月20日。</p>{PROSE}</div>"
    )
    assert shown(page) == (TITLE, date(2024, 1, 8), None)


def test_a_tag_that_repeats_the_title_is_no_source() -> None:
    page = read(
        "<table><tr><td><b>索 引 号</b></td><td>Whgs-16-02-010</td><td><b>信息分类</b></td><td></td></tr>"
        "<tr><td><b>发布机构</b></td><td>市工商局</td><td><b>公开日期</b></td><td>2018-01-01</td></tr>"
        f"<tr><td><b>名称</b></td><td colspan=3>{TITLE}</td></tr></table><div class='TRS_Editor'>{PROSE}</div>",
        f"<meta name='ArticleTitle' content='{TITLE}'><meta name='ContentSource' content='{TITLE}'>"
        "<meta name='PubDate' content='2018-03-14 11:30'><title>政务公开信息内容页</title>",
    )
    assert page.kind is PageKind.ENTRY
    assert shown(page) == (TITLE, date(2018, 1, 1), "市工商局")


def test_the_column_s_name_in_the_tag_is_not_the_title() -> None:
    page = read(
        "<div>当前位置：首页 &gt; <a href='/tzgg/'>通知公告</a> &gt; 正文</div>"
        f"<div><p class='wz_bt'>{TITLE}</p><p>发布时间:2024-03-05 浏览:23次 来源:教研室</p><div>{PROSE}</div></div>",
        "<title>某县人民政府 通知公告</title><meta name='ArticleTitle' content='通知公告'><meta name='ColumnName' content='通知公告'>",
        "http://www.example.gov.cn/tzgg/31244.html",
    )
    assert shown(page) == (TITLE, date(2024, 3, 5), "教研室")


def test_the_heading_of_a_list_beside_the_article_is_not_its_title() -> None:
    rows = "".join(
        f"<li><a href='/x{n}.html'>全市召开第{n}次安全生产工作会议</a><em>2024-0{n}-11</em></li>"
        for n in range(1, 8)
    )
    page = read(
        f"<div class='left'><h3>最新动态</h3><ul>{rows}</ul></div><div class='right'><div class='tt'>{TITLE}</div>"
        f"<div class='ss'>发表时间：2023-10-31　信息来源：教研室</div><div class='cc'>{PROSE}</div></div>",
        "<title>某市档案馆</title>",
        "http://www.example.gov.cn/show-12-345.html",
    )
    assert shown(page) == (TITLE, date(2023, 10, 31), "教研室")


def test_a_day_box_by_the_heading_is_the_date() -> None:
    page = read(
        f"<div class='detail'><div class='date-box'><em>08</em><span>2023-11</span></div><h1>{TITLE}</h1>"
        f"<div>来源：教研室</div><div>{PROSE}</div></div>"
    )
    assert shown(page) == (TITLE, date(2023, 11, 8), "教研室")


def test_a_year_of_two_digits_counts_only_when_the_text_is_nothing_else() -> None:
    assert dates.short_year(" [26-09-03] ") == date(2026, 9, 3)
    assert dates.short_year("2026-09-03") is None
    assert dates.short_year("26-09-03号文件") is None
    assert dates.short_year("26-13-03") is None


def test_labels_and_values_by_turns_in_one_line_need_no_colons() -> None:
    page = read(
        article(
            "<span>发布时间</span><span>2025-03-21</span><span>信息来源</span><span>教研室</span>"
            "<span>浏览次数</span><span>33</span>"
        )
    )
    assert shown(page) == (TITLE, date(2025, 3, 21), "教研室")


def test_short_items_with_labels_in_brackets_make_an_entry() -> None:
    page = read(
        f"<h3>{TITLE}</h3><ul><li>【索引号】1133010600250/2021-12345</li><li>【发布机构】某街道办</li>"
        f"<li>【生成日期】2021-11-02</li><li>【公开方式】主动公开</li></ul><div>{PROSE}</div>"
    )
    assert page.kind is PageKind.ENTRY
    assert shown(page) == (TITLE, date(2021, 11, 2), "某街道办")
    assert page.index_number is not None
    assert page.index_number.value == "1133010600250/2021-12345"


def test_a_document_number_between_heading_and_body_is_read() -> None:
    page = read(
        f"<h1>{TITLE}</h1><p>某府发〔2021〕8号</p><p>发布时间：2021-06-04 来源：教研室</p><div class='zw'>{PROSE}</div>"
    )
    assert page.document_number is not None
    assert page.document_number.value == "某府发〔2021〕8号"


def test_a_value_ends_before_the_bracket_of_the_next_label() -> None:
    page = read(article("【信息来源：环评科】 【发布时间：2019-12-25】 【字号 大 中 小】"))
    assert shown(page) == (TITLE, date(2019, 12, 25), "环评科")


def test_a_notice_of_two_lines_is_an_article() -> None:
    page = read(
        "<h1>某县气象局发布大风蓝色预警</h1><div>发布机构：县气象局 | 发布时间：2026-03-03 17:30</div>"
        "<div class='c'><p>预计未来24小时我县有6级以上大风，请有关单位和公众注意做好防范工作。</p></div>",
        "<title>某县气象局发布大风蓝色预警-某县</title>",
        "http://www.example.gov.cn/a/10.html",
    )
    assert page.kind is PageKind.ARTICLE
    assert shown(page) == ("某县气象局发布大风蓝色预警", date(2026, 3, 3), "县气象局")


HEAD_ROW = "<td>索取号</td><td>发布时间</td><td>发布机构</td><td>文件编号</td><td>备注</td>"
VALUE_ROW = "<td>076478684Q/2024-00112</td><td>2024-03-05</td><td>某市卫生健康委员会</td><td>某卫〔2024〕5号</td><td></td>"


@pytest.mark.parametrize(
    "table",
    [
        f"<table><tr>{HEAD_ROW}</tr><tr>{VALUE_ROW}</tr></table>",
        f"<table><tbody><thead><tr>{HEAD_ROW}</tr></thead><tr>{VALUE_ROW}</tr></tbody></table>",
        f"<table><tr>{HEAD_ROW.replace('td', 'th')}</tr>\n<tr>{VALUE_ROW}</tr></table>",
    ],
)
def test_a_row_of_labels_has_its_values_in_the_row_below(table: str) -> None:
    page = read(f"<h1>{TITLE}</h1>{table}<div class='txt'>{PROSE}</div>")
    assert page.kind is PageKind.ENTRY
    assert page.index_number is not None
    assert page.index_number.value == "076478684Q/2024-00112"
    assert page.document_number is not None
    assert page.document_number.value == "某卫〔2024〕5号"
    assert shown(page) == (TITLE, date(2024, 3, 5), "某市卫生健康委员会")


def test_the_head_of_a_list_does_not_describe_the_page() -> None:
    rows = VALUE_ROW.replace("00112", "00113"), VALUE_ROW.replace("00112", "00114")
    page = read(
        f"<h1>{TITLE}</h1><table><tr>{HEAD_ROW}</tr><tr>{rows[0]}</tr><tr>{rows[1]}</tr></table><div class='txt'>{PROSE}</div>"
    )
    assert page.index_number is None


def test_an_empty_cell_between_labels_does_not_take_its_value_from_the_row_below() -> None:
    page = read(
        f"<h1>{TITLE}</h1><table><tr><td>索引号</td><td>A01/2024-001</td><td>文号</td><td></td></tr>"
        f"<tr><td>发布机构</td><td>某市教育局</td><td>生成日期</td><td>2024-03-05</td></tr></table><div class='txt'>{PROSE}</div>"
    )
    assert page.document_number is None
    assert shown(page) == (TITLE, date(2024, 3, 5), "某市教育局")


def test_a_source_that_a_script_writes_after_its_label_is_read() -> None:
    page = read(
        article(
            "信息来源：<script>document.write('市水利局');</script> 发布时间：<script>document.write('2018-12-03 09:33'.substr(0,10));</script>"
        )
    )
    assert shown(page) == (TITLE, date(2018, 12, 3), "市水利局")


def test_a_date_that_a_script_writes_beside_the_heading_is_read() -> None:
    page = read(
        article(
            "<script>var source='市教育局'; var tm='2024-01-18 16:24:42'; document.write('来源：'+source+'　'+tm);</script>"
        )
    )
    assert page.published is not None
    assert page.published.value == date(2024, 1, 18)
    assert page.published.confidence < 0.8


def test_a_weekday_after_a_date_is_no_calendar() -> None:
    page = read(article("某区融媒体中心 2022-11-08 09:00 星期二"))
    assert page.published is not None
    assert page.published.value == date(2022, 11, 8)
    page = read(f"<div>今天是2024年8月9日 星期五</div>{article('点击：3')}")
    assert page.published is None


def test_a_date_in_small_print_within_the_heading_is_the_publication() -> None:
    page = read(
        f"<h2>{TITLE} <small>( 2024-05-11)</small></h2><div class='Article_content'>{PROSE}</div>"
    )
    assert shown(page)[:2] == (TITLE, date(2024, 5, 11))


def test_labels_in_traditional_script_are_read() -> None:
    html = f"<html><head><meta charset=big5></head><body><h1>市政府召開安全生產會議</h1><div>發佈時間：2024-03-05 來源：市應急管理局</div><div>{'<p>為深入貫徹會議精神，切實做好當前各項重點工作，近日組織開展了活動。</p>' * 4}</div></body></html>"
    page = read_page(html.encode("big5"), url=URL).page
    assert shown(page) == ("市政府召開安全生產會議", date(2024, 3, 5), "市應急管理局")
    assert page.published is not None
    assert page.published.confidence >= 0.8
