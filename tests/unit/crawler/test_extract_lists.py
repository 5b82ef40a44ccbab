"""Lists of each CMS family, in markup written for these tests: the main list and nothing else."""

from __future__ import annotations

import base64
from datetime import date
from urllib.parse import quote

import pytest

from checks.facts import DateState, Listing, Page, PageKind
from crawler.extract import Anchor, read_page

URL = "http://www.example.gov.cn/zwgk/tzgg/"
MENU = (
    "<div class='header'><div class='nav'><ul>"
    + "".join(f"<li><a href='/c{n}/'>政务公开栏目{n}</a></li>" for n in range(9))
    + "</ul></div></div>"
)
SIDE = (
    "<div class='side hot'><h3>热点信息</h3><ul>"
    + "".join(
        f"<li><a href='/hot/{n}.html'>今年热点新闻的第{n}条在这里</a><span>2024-11-{n:02}</span></li>"
        for n in range(1, 7)
    )
    + "</ul></div>"
)
LINKS = (
    "<div class='links'>友情链接："
    + "".join(f"<a href='http://s{n}.gov.cn/'>某某单位门户网站{n}</a>" for n in range(12))
    + "</div>"
)
FOOT = "<div class='footer'>主办：某市人民政府</div>"


def day(number: int) -> date:
    return date(2024, 3, 30 - number)


def title(number: int) -> str:
    return f"关于公布第{number}批行政审批事项目录的通知"


def rows(
    count: int = 10,
    row: str = "<li><a href='./202403/t{compact}_{n}.html' title='{title}'>{title}</a><span>{date}</span></li>",
    first: int = 0,
) -> str:
    return "".join(
        row.format(
            n=n,
            title=title(n),
            date=day(n).isoformat(),
            compact=day(n).strftime("%Y%m%d"),
            md=day(n).strftime("%m-%d"),
            day=day(n).strftime("%d"),
            month=day(n).strftime("%Y-%m"),
        )
        for n in range(first, first + count)
    )


def page(inner: str, head: str = "", url: str = URL, hint: PageKind | None = None) -> Page:
    html = f"<html><head><title>通知公告_某市人民政府</title>{head}</head><body>{MENU}<div class='crumb'>当前位置：<a href='/'>首页</a> &gt; <a href='./'>通知公告</a></div><div class='main'>{inner}{SIDE}</div>{LINKS}{FOOT}</body></html>"
    return read_page(html.encode(), url=url, hint=hint).page


def listing(inner: str, head: str = "", url: str = URL, hint: PageKind | None = None) -> Listing:
    read = page(inner, head, url, hint)
    assert read.kind is PageKind.LIST
    assert read.listing is not None
    return read.listing


SHAPES = {
    "date after the link": "<ul class='list'>{}</ul>|<li><a href='./{n}.html'>{title}</a><span>{date}</span></li>",
    "date before the link": "<ul>{}</ul>|<li><span>{date}</span><a href='./{n}.html'>{title}</a></li>",
    "date in brackets": "<ul>{}</ul>|<li><a href='./{n}.html'>{title}</a>[{date}]</li>",
    "date in the link": "<ul>{}</ul>|<li><a href='./{n}.html'><span>{date}</span>{title}</a></li>",
    "table rows": "<table>{}</table>|<tr><td>·</td><td><a href='./{n}.html'>{title}</a></td><td>{date}</td></tr>",
    "a table a row": "<div>{}</div>|<table><tr><td><a href='./{n}.html'>{title}</a></td><td>{date}</td></tr></table>",
    "definition lists": "<div>{}</div>|<dl><dt><a href='./{n}.html'>{title}</a></dt><dd>{date}</dd></dl>",
    "bare links": "<div class='news'>{}</div>|<div class='item'><a href='./{n}.html'>{title}</a> <em>{date}</em></div>",
    "day box": "<ul>{}</ul>|<li><div class='d'><b>{day}</b><i>{month}</i></div><a href='./{n}.html'>{title}</a></li>",
    "split over lines": "<ul>{}</ul>|<li><a href='./{n}.html'>{title}</a><span>\n{month}-\n  {day}\n</span></li>",
    "paragraphs": "<div class='con'>{}</div>|<p><a href='./{n}.html'>{title}</a>（{date}）</p>",
    "summary under the title": "<div class='con'>{}</div>|<div class='box'><h3><a href='./{n}.html'>{title}</a></h3><p>为深入贯彻落实有关要求，现将有关事项通知如下……<a href='./{n}.html'>[详细]</a></p><p>发布日期：{date}</p></div>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_main_list_is_read_whatever_its_markup(shape: str) -> None:
    frame, row = SHAPES[shape].split("|")
    found = listing(frame.format(rows(10, row)))
    assert [item.title for item in found.entries] == [title(n) for n in range(10)]
    assert [item.published for item in found.entries] == [day(n) for n in range(10)]
    assert [item.url for item in found.entries] == [f"{URL}{n}.html" for n in range(10)]
    assert all(item.date_state is DateState.READ for item in found.entries)


def test_a_cut_title_is_read_from_its_attribute() -> None:
    found = listing(
        f"<ul>{rows(8, '''<li><a href='./{n}.html' title='{title}'>关于公布第{n}批行政...</a><span>{date}</span></li>''')}</ul>"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]


@pytest.mark.parametrize(
    "mark",
    [
        "<img src='/images/top.gif'>",
        "<span class='zd'>置顶</span>",
        "[置顶]",
        "【顶】",
        "<i class='icon-top'></i>",
    ],
)
def test_pinned_rows_are_marked_and_others_not(mark: str) -> None:
    pinned = f"<li>{mark}<a href='./99.html'>关于长期有效的办事指南的公告</a><span>2019-01-02</span></li>"
    found = listing(f"<ul>{pinned}{rows(9)}</ul>")
    assert found.entries[0].title == "关于长期有效的办事指南的公告"
    assert [item.pinned for item in found.entries] == [True] + [False] * 9


def test_month_and_day_get_their_year_from_the_address_only() -> None:
    found = listing(
        f"<ul>{rows(9, '''<li><a href='./202403/t{compact}_{n}.html'>{title}</a><span>[{md}]</span></li>''')}</ul>"
    )
    assert [item.published for item in found.entries] == [day(n) for n in range(9)]
    unknown = listing(
        f"<ul>{rows(9, '''<li><a href='./{n}.html'>{title}</a><span>[{md}]</span></li>''')}</ul>"
    )
    assert {item.date_state for item in unknown.entries} == {DateState.MONTH_DAY}
    assert {item.published for item in unknown.entries} == {None}
    assert unknown.entries[0].date_text == "[03-30]"


def test_columns_of_a_table_are_read_by_their_heads() -> None:
    head = (
        "<tr><th>索引号</th><th>标题</th><th>发布机构</th><th>生成日期</th><th>发布日期</th></tr>"
    )
    row = "<tr><td>A0001/2024-0000{n}</td><td><a href='./{n}.html'>{title}</a></td><td>市财政局</td><td>2023-01-01</td><td>{date}</td></tr>"
    found = listing(f"<table>{head}{rows(8, row)}</table>")
    assert found.entries[3].index_number == "A0001/2024-00003"
    assert found.entries[3].source == "市财政局"
    assert found.entries[3].published == day(3)


def test_rows_with_related_links_count_once() -> None:
    row = "<li><a href='./{n}.html'>{title}</a><div class='popbox'><h3>相关解读</h3><ul><li><a href='./j{n}.html'>解读：第{n}批目录的说明文章</a></li><li><a href='./k{n}.html'>图解：第{n}批目录的说明文章</a></li></ul></div><span>{date}</span></li>"
    found = listing(f"<ul class='u-list'>{rows(10, row)}</ul>")
    assert [item.title for item in found.entries] == [title(n) for n in range(10)]


def test_five_lists_of_five_side_by_side_are_one() -> None:
    parts = "".join(f"<ul class='g'>{rows(5, first=start)}</ul>" for start in range(0, 25, 5))
    assert len(listing(f"<div class='list'>{parts}</div>").entries) == 25


def test_old_rows_in_comments_are_not_read() -> None:
    found = listing(
        f"<ul><!-- <li><a href='/x.html'>旧模板留下的一条信息标题</a><span>2024-12-31</span></li> -->{rows(6)}</ul>"
    )
    assert len(found.entries) == 6


def test_rows_that_lead_to_files_and_elsewhere_are_rows() -> None:
    extra = "<li><a href='/files/2024.pdf'>2024年度部门预算公开表</a><span>2024-03-31</span></li><li><a href='https://mp.weixin.qq.com/s/abc'>微信公众号转载的文章标题</a><span>2024-03-31</span></li>"
    found = listing(f"<ul>{extra}{rows(6)}</ul>")
    assert [item.url for item in found.entries[:2]] == [
        "http://www.example.gov.cn/files/2024.pdf",
        "https://mp.weixin.qq.com/s/abc",
    ]


PAGERS = {
    "link": ("<div class='page'><a href='index.html'>1</a><a href='index_1.html'>2</a><a href='index_1.html'>下一页</a><a href='index_8.html'>尾页</a></div>", "index_1.html", 9),
    "arrow": ("<div class='pagination'><span class='cur'>1</span><a href='list_2.html'>2</a><a href='list_2.html'>&gt;</a></div>", "list_2.html", None),
    "createPageHTML from 0": ("<div class='page'><script>createPageHTML(12, 0, \"index\", \"html\");</script></div>", "index_1.html", 12),
    "createPage from 0": ("<script>createPage(3,1,'index','shtml')</script>", "index_2.shtml", 3),
    "createPageHTML from 0 with style and records": ("<script>createPageHTML(9,0,\"index\",\"shtml\",\"black2\",180);</script>", "index_1.shtml", 9),
    "createPageHTML from 1 by its block": ("<script>createPageHTML('page_div',29, 1,'list','shtml',289);</script>", "list_2.shtml", 29),
    "records pages current": ("<script>createPageHTML(180, 9, 0, 'index', 'html');</script>", "index_1.html", 9),
    "last page": ("<script>createPageHTML(12, 11, \"index\", \"html\");</script>", None, 12),
    "one page": ("<script>createPageHTML(1, 0, \"index\", \"html\");</script>", None, 1),
    "call in a comment": ("<script>\n//createPageHTML(50, 0, 'index', 'html');\n</script>", None, None),
    "counters": ("<script>var currentPage = 0;//所在页从0开始\nvar nextPage = currentPage+1;\nvar countPage = 31//共多少页\ndocument.write(\"<a href=\\\"index\"+\"_\" + nextPage + \".\"+\"shtml\\\">下一页</a>\");</script>", "index_1.shtml", 31),
    "vsb counting down": ("<div>共231页 <a href='tzgg/230.htm'>下页</a><a href='tzgg/1.htm'>尾页</a></div>", "tzgg/230.htm", 231),
    "query": ("<div class='pages'><b>1</b><a href='?page=2'>2</a><a href='?page=3'>3</a></div>", "?page=2", 3),
    "query by name": ("<div>共 45 条 <a href='list.do?type=0&pageNumber=1'>下一页</a></div>", "list.do?type=0&pageNumber=1", None),
    "onclick": ("<div class='page'><a href='javascript:void(0)' onclick=\"location.href='index_2.html'\">下一页</a></div>", "index_2.html", None),
    "numbers with the current one marked": ("<div class='page'><a class='on' href='index.html'>1</a><a href='index_1.html'>2</a><a href='index_2.html'>3</a></div>", "index_1.html", 3),
    "none": ("", None, None),
    "dead next": ("<div class='page'><a href='javascript:;'>下一页</a></div>", None, None),
}  # fmt: skip


@pytest.mark.parametrize("form", PAGERS)
def test_the_next_page_is_found(form: str) -> None:
    markup, wanted, pages = PAGERS[form]
    found = listing(f"<ul class='list'>{rows()}</ul>{markup}")
    assert found.next_url == (URL + wanted if wanted else None)
    assert found.pages_claimed == pages


def test_rel_next_is_a_pager() -> None:
    assert (
        listing(f"<ul>{rows()}</ul>", head="<link rel='next' href='index_1.html'>").next_url
        == URL + "index_1.html"
    )


def test_the_pager_of_a_middle_page_leads_on() -> None:
    found = listing(
        f'<ul>{rows()}</ul><script>createPageHTML(12, 4, "index", "html");</script>',
        url=URL + "index_4.html",
    )
    assert found.next_url == URL + "index_5.html"


def test_a_pager_in_base64_is_read() -> None:
    links = '<a class="a1">245条</a> <a href="/zwgk/tzgg/index.html" class="a1">上一页</a> <span>1</span> <a href="/zwgk/tzgg/2.html">2</a> <a href="/zwgk/tzgg/2.html" class="a1">下一页</a>'
    code = base64.b64encode(quote(links).encode()).decode()
    found = listing(f"<ul>{rows()}</ul><div id='pages' class='page'>{code}</div>")
    assert found.next_url == URL + "2.html"
    assert found.total_claimed == 245
    assert found.pager == "base64"


def test_claimed_totals_are_read() -> None:
    found = listing(
        f"<ul>{rows()}</ul><div class='page'>共 123 条记录 第1/13页 <a href='2.html'>下一页</a></div>"
    )
    assert (found.total_claimed, found.pages_claimed) == (123, 13)


JPAGE = """<div id="321"><script type="text/xml"><datastore><nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&webid=1&columnid=9&unitid=321"></a>]]></nextgroup>
<recordset>{}</recordset></datastore></script></div><script>$('#321').jpage({{totalRecord:{},perPage:5,dataBefore:'<ul>',groupSize:3,proxyUrl:'/module/web/jpage/dataproxy.jsp'}});</script>"""


def test_jpage_records_in_a_script_are_the_list() -> None:
    record = "<record><![CDATA[<li><a href='/art/2024/3/{n}/art_1_{n}.html' title='{title}'>{title}</a><span>{date}</span></li>]]></record>"
    found = listing(
        JPAGE.format(rows(9, record), 120), url="http://www.example.gov.cn/col/col9/index.html"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(9)]
    assert found.entries[0].published == day(0)
    assert found.total_claimed == 120
    assert found.pages_claimed == 24
    assert (
        found.next_url
        == "http://www.example.gov.cn/module/web/jpage/dataproxy.jsp?page=1&webid=1&columnid=9&unitid=321"
    )
    whole = listing(
        JPAGE.format(rows(9, record), 9), url="http://www.example.gov.cn/col/col9/index.html"
    )
    assert whole.next_url is None


def test_an_endpoints_answer_is_read_as_a_list() -> None:
    record = "<record><![CDATA[<tr><td><a href='/art/2024/3/{n}/art_1_{n}.html'>{title}</a></td><td>{date}</td></tr>]]></record>"
    body = f"<datastore><totalrecord>40</totalrecord><totalpage>4</totalpage><recordset>{rows(10, record)}</recordset></datastore>"
    found = read_page(
        body.encode(), url="http://www.example.gov.cn/module/web/jpage/dataproxy.jsp?page=1"
    ).page.listing
    assert found is not None
    assert len(found.entries) == 10
    assert found.entries[9].published == day(9)
    assert (found.total_claimed, found.pages_claimed) == (40, 4)


def test_an_empty_datastore_is_no_list_without_a_total_of_zero() -> None:
    found = page(JPAGE.format("", 0), url="http://www.example.gov.cn/col/col9/index.html").listing
    assert found is not None
    assert found.entries == ()
    assert found.total_claimed == 0


def test_gkfs_calls_are_rows() -> None:
    row = '<tr><td>B0001-0202-2024-000{n}</td><td>部门文件</td><td><script>gkfs("主动公开","./gzdt/202403/t{compact}_{n}.htm","{title}")</script></td><td>{date}</td><td>主动公开</td></tr>'
    found = listing(
        f"<table><tr><td>索引号</td><td>分类</td><td>名称</td><td>生成日期</td><td>公开方式</td></tr>{rows(8, row)}</table>",
        url="http://xxgk.example.gov.cn/bmgkxx/czj/",
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
    assert found.entries[2].published == day(2)
    assert found.entries[2].url.startswith(
        "http://xxgk.example.gov.cn/bmgkxx/czj/gzdt/202403/t2024"
    )


def test_list_data_in_a_literal_is_read() -> None:
    items = ",".join(
        f'{{title: \'{title(n)}\', pubDate: "{day(n).isoformat()} 16:04", urls: "{{\\"pc\\":\\"/abc/content/content_{n}.html\\"}}"}}'
        for n in range(7)
    )
    found = listing(
        f"<div class='list' id='listBox'></div><script>var channelId='1'; var listData = {{ articleList: [{items},] }};</script>",
        url="http://rst.example.gov.cn/abc/col/col1/index.html",
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(7)]
    assert found.entries[0].url == "http://rst.example.gov.cn/abc/content/content_0.html"
    assert found.entries[0].published == day(0)


def test_rows_written_by_scripts_are_read() -> None:
    row = '<li><script>var url="./202403/t{compact}_{n}.shtml";var title="{title}";document.writeln(\'<a href="\'+url+\'">\'+title+\'</a>\');document.writeln("{date} 17:32");</script></li>'
    found = listing(f"<ul class='list'>{rows(6, row)}</ul>")
    assert [item.title for item in found.entries] == [title(n) for n in range(6)]
    assert found.entries[5].published == day(5)


@pytest.mark.parametrize("written", [{0}, {1, 3, 5}, {0, 1, 2, 3}])
def test_rows_that_scripts_write_among_others_are_read_in_their_places(written: set[int]) -> None:
    plain = '<li><a href="./202403/t{compact}_{n}.shtml">{title}</a><span>{date}</span></li>'
    script = '<li><script>var url="./202403/t{compact}_{n}.shtml";var title="{title}";document.writeln(\'<a href="\'+url+\'">\'+title+\'</a>\');document.writeln("{date} 17:32");</script></li>'
    both = [rows(6, plain).split("</li>"), rows(6, script).split("</li>")]
    markup = "".join(both[n in written][n] + "</li>" for n in range(6))
    found = listing(f"<ul class='list'>{markup}</ul>")
    assert [item.title for item in found.entries] == [title(n) for n in range(6)]
    assert [item.published for item in found.entries] == [day(n) for n in range(6)]


def test_an_attribute_joined_into_a_written_row_is_not_taken_for_its_title() -> None:
    row = (
        '<li class="item"><script>var url="./202403/t{compact}_{n}.shtml";var title="{title}";'
        "document.writeln('<a href=\"'+url+'\" title=\"'+title+'\">'+title+'</a>');"
        "document.writeln('<span class=\"time\">{date}</span>');</script></li>"
    )
    found = listing(f"<ul class='list'>{rows(6, row)}</ul>")
    assert [item.title for item in found.entries] == [title(n) for n in range(6)]
    assert found.entries[5].published == day(5)


@pytest.mark.parametrize(
    "mark",
    [
        "暂无信息",
        "暂无相关信息！",
        "没有找到相关记录",
        "共0条",
        "栏目建设中",
        "该栏目正在建设中，敬请期待",
        "【暂无数据】",
        "暂无内容",
    ],
)
def test_the_text_that_says_that_a_list_is_empty_is_read(mark: str) -> None:
    found = page(
        f"<div class='list_con'><p>{mark}</p></div>", head="<meta name=ColumnName content=工作计划>"
    ).listing
    assert found is not None
    assert found.entries == ()
    assert found.empty_mark is not None
    assert found.empty_mark in mark or mark in found.empty_mark
    assert found.scripted is False


@pytest.mark.parametrize(
    "inner",
    [
        "<div class='list_con' style='display:none'><p>暂无信息</p></div>",
        "<div id='app'><p v-if='!rows.length'>暂无信息</p></div>",
        "<div class='footer'><p>暂无信息</p></div>",
        "<p>本栏目公布各单位的工作计划，暂无信息的单位将在年底前补齐，请各单位抓紧落实。</p>",
        "",
    ],
)
def test_a_text_that_is_not_shown_as_the_lists_content_says_nothing(inner: str) -> None:
    found = page(inner).listing
    assert found is None or found.empty_mark is None


def test_an_unrecognised_list_is_none_and_never_empty() -> None:
    assert (
        page(
            "<div class='zz'><p>欢迎访问</p></div>", url="http://www.example.gov.cn/x.html"
        ).listing
        is None
    )


def test_an_empty_container_waiting_for_a_script_is_told_apart() -> None:
    filled = page(
        "<ul class='news_list' id='rows'></ul><script>$.ajax({url:'/api/x',success:function(d){$('#rows').html(d)}})</script>",
        hint=PageKind.LIST,
    ).listing
    assert filled is not None
    assert filled.entries == ()
    assert filled.scripted is True
    bare = page("<ul class='news_list'></ul>", hint=PageKind.LIST).listing
    assert bare is not None
    assert bare.entries == ()
    assert bare.scripted is False
    assert bare.container is not None
    assert bare.container.endswith("ul.news_list")


def test_menus_hot_lists_and_friendly_links_alone_are_no_list() -> None:
    assert (
        page(
            "<div class='pic'><img src='a.jpg'></div>", url="http://www.example.gov.cn/about.html"
        ).listing
        is None
    )


def test_the_container_of_a_list_has_the_same_path_on_every_page_of_a_template() -> None:
    one = listing(f"<div class='list'><ul class='news_list'>{rows(10)}</ul></div>")
    two = listing(
        f"<div class='list'><ul class='news_list'>{rows(4)}</ul></div>",
        url="http://www.example.gov.cn/zwgk/other/",
    )
    assert one.container == two.container


def test_an_article_with_a_related_list_stays_an_article() -> None:
    prose = (
        "<p>　　市政府召开会议，研究部署下一阶段安全生产工作，要求各单位压实责任、抓好落实，确保完成任务。</p>"
        * 4
    )
    read = page(
        f"<h1>市政府召开安全生产工作会议</h1><p>发布时间：2024-03-05 来源：本网</p><div id='zoom'>{prose}</div><div class='xgxx'><ul>{rows(6)}</ul></div>",
        url="http://www.example.gov.cn/zwgk/gzdt/t20240305_1.html",
    )
    assert read.kind is PageKind.ARTICLE
    assert read.listing is None


def test_anchors_show_a_column_tree_with_its_categories() -> None:
    tree = (
        "<div class='tree'><h3>公开目录</h3><ul><li><a href='gk/'>概况信息</a><ul><li><a href='gk/js/'>部门介绍</a></li><li><a href='gk/ld/'>领导信息</a></li></ul></li>"
        "<li><span>工作动态</span><ul><li><a href='dt/zw/'>政务动态</a></li></ul></li></ul></div>"
        "<dl class='cat'><dt>财经类信息</dt><dd><a href='cj/ys/'>财政预决算</a></dd></dl>"
        "<div class='box'><div class='title'>法规文件</div><div class='sub'><a href='fg/qt/' title='其他有关文件'></a></div></div>"
    )
    anchors: tuple[Anchor, ...] = read_page(
        f"<body>{tree}</body>".encode(), url="http://xxgk.example.gov.cn/bm/czj/"
    ).anchors
    headings = {anchor.text: anchor.heading for anchor in anchors}
    assert headings["部门介绍"] == "概况信息"
    assert headings["领导信息"] == "概况信息"
    assert headings["政务动态"] == "工作动态"
    assert headings["财政预决算"] == "财经类信息"
    assert headings["其他有关文件"] == "法规文件"
    assert headings["概况信息"] == "公开目录"


def test_a_frame_is_a_link_to_follow() -> None:
    reading = read_page(b"<body><iframe src='list.html'></iframe></body>", url=URL)
    assert [link.url for link in reading.links] == [URL + "list.html"]


def test_rows_inside_their_links_are_read() -> None:
    found = listing(
        f"<ul>{rows(8, '''<a href='./{n}.html'><li>{title}<span>{date}</span></li></a>''')}</ul>"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
    assert found.entries[7].published == day(7)


def test_rows_opened_by_a_script_are_read() -> None:
    row = "<li><a href='javascript:void(0)' onclick=\"openDoc('/zwgk/{n}.html')\">{title}</a><span>{date}</span></li>"
    found = listing(f"<ul>{rows(8, row)}</ul>")

    assert found.entries[0].url == "http://www.example.gov.cn/zwgk/0.html"


def test_a_date_told_in_the_links_title_is_read() -> None:
    found = listing(
        f"<ul>{rows(8, '''<li><a href='./{n}.html' title='标题：{title}&#10;发布日期：{date}'>{title}</a></li>''')}</ul>"
    )
    assert found.entries[0].published == day(0)
    assert found.entries[0].title == title(0)


def test_rows_with_a_column_link_before_the_title_are_read() -> None:
    found = listing(
        f"<ul>{rows(8, '''<li><a href='/c/'>[通知公告]</a><a href='./{n}.html'>{title}</a><span>{date}</span></li>''')}</ul>"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]


def test_a_pager_that_only_a_script_understands_still_promises_its_pages() -> None:
    found = listing(
        f"<ul>{rows()}</ul><script>$('.p').pager({{totalPage: 12, currentPage: 1}});</script>"
    )
    assert found.next_url is None
    assert found.pages_claimed == 12
    assert found.pager == "script"


def test_a_link_that_turns_the_page_by_a_call_is_followed() -> None:
    found = listing(
        f"<ul>{rows()}</ul><div class='page'><a href='javascript:;' onclick=\"queryArticleByCondition(this,'/zwgk/tzgg/list_2.shtml')\">下一页</a>共3页45条</div>"
    )
    assert found.next_url == URL + "list_2.shtml"
    assert found.total_claimed == 45


def test_a_channel_page_with_several_lists_has_no_main_list() -> None:
    boxes = "".join(
        f"<div class='box{k}'><h3>栏目{k}</h3><ul>{rows(6, first=k)}</ul></div>" for k in range(4)
    )
    assert (
        page(f"<div class='w'>{boxes}</div>", url="http://www.example.gov.cn/zwgk/x.html").listing
        is None
    )


def test_a_list_of_summaries_with_labels_in_every_row_is_a_list() -> None:
    row = "<li><h3><a href='./{n}.html'>{title}</a></h3><p>为深入贯彻落实有关要求，切实做好相关工作，现将有关事项通知如下，请各单位认真贯彻执行，确保取得实效。</p><p>发布时间：{date} 来源：市财政局</p></li>"
    found = listing(
        f"<ul>{rows(10, row)}</ul>",
        head="<meta name=ArticleTitle content=通知公告><meta name=PubDate content='2024-03-30 10:00'><meta name=ColumnName content=通知公告>",
        url="http://www.example.gov.cn/zwgk/tzgg/12345.html",
    )
    assert [item.published for item in found.entries] == [day(n) for n in range(10)]
    assert found.entries[0].source == "市财政局"


def test_an_empty_container_beside_rows_that_were_not_trusted_is_no_empty_list() -> None:
    boxes = "".join(
        f"<div class='box{k}'><h3>栏目{k}</h3><ul>{rows(6, first=k)}</ul></div>" for k in range(4)
    )
    assert (
        page(
            f"<ul class='news_list'></ul><div class='w'>{boxes}</div>",
            url="http://www.example.gov.cn/zwgk/x.html",
        ).listing
        is None
    )


@pytest.mark.parametrize(
    "word", ["【下一页】", "[下页]", "下一页 >>", "下一页&raquo;", "Next", "下 一 页", "《下一页》"]
)
def test_the_next_page_is_known_by_its_word_in_whatever_brackets(word: str) -> None:
    assert (
        listing(f"<ul>{rows()}</ul><p>首页 上一页 <a href='index_1.html'>{word}</a></p>").next_url
        == URL + "index_1.html"
    )


def test_a_pager_above_the_list_is_found() -> None:
    assert (
        listing(
            f"<div class='page'><a href='index_1.html'>下一页</a></div><ul>{rows()}</ul>"
        ).next_url
        == URL + "index_1.html"
    )


@pytest.mark.parametrize(
    "link",
    [
        "<a href='javascript:goPage(2)'>下一页</a>",
        "<a href='#' onclick='gotopage(2);return false'>下一页</a>",
        "<a href=\"javascript:__doPostBack('Pager','2')\">下一页</a>",
    ],
)
def test_a_next_page_behind_an_unknown_script_is_promised(link: str) -> None:
    found = listing(f"<ul>{rows()}</ul><div class='page'>{link}</div>")
    assert found.next_url is None
    assert found.pager == "script"
    assert found.pages_claimed == 2


def test_titles_that_count_something_are_no_claims_of_the_pager() -> None:
    row = "<li><a href='./{n}.html'>全市共受理各类诉求 1234{n} 条、第1/2批共 56 页材料的情况通报</a><span>{date}</span></li>"
    found = listing(f"<ul>{rows(8, row)}</ul>")
    assert (found.total_claimed, found.pages_claimed) == (None, None)


WRITTEN = {
    "index_ and nextPage": "var countPage = 25; var currentPage = 0; var nextPage = currentPage+1; document.write('<a href=\"index_'+nextPage+'.html\">下一页</a>');",
    "index_ and currentPage+1": 'var countPage=25;var currentPage=0;document.write("<a href=\'index_"+(currentPage+1)+".html\'>下一页</a>");',
    "parts": 'var currentPage = 0;var countPage = 25;var nextPage = 1;document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">");',
}


@pytest.mark.parametrize("form", WRITTEN)
def test_pagers_written_by_counters_are_read(form: str) -> None:
    found = listing(f"<ul>{rows()}</ul><script>{WRITTEN[form]}</script>")
    assert found.next_url == URL + "index_1.html"
    assert found.pages_claimed == 25


APART = {
    "between the rows": "·<a href='./{n}.html'>{title}</a> [{date}]<br>",
    "before the rows": "<i>{date}</i><a href='./{n}.html'>{title}</a><br>",
    "by turns": "<dt>{date}</dt><dd><a href='./{n}.html'>{title}</a></dd>",
    "behind dots": "<div><a href='./{n}.html'>{title}</a>..............{date}</div>",
    "in the title": "<li><a href='./{n}.html'>{title} ({date})</a></li>",
}


@pytest.mark.parametrize("form", APART)
def test_dates_that_stand_apart_from_their_rows_are_read(form: str) -> None:
    tag = "dl" if form == "by turns" else "div"
    found = listing(f"<{tag} class='con'>{rows(8, APART[form])}</{tag}>")
    assert [item.title for item in found.entries] == [title(number) for number in range(8)]
    assert [item.published for item in found.entries] == [day(number) for number in range(8)]


def test_a_date_in_one_title_of_many_is_that_title_s() -> None:
    row = "<li><a href='./{n}.html'>{title}</a></li>"
    extra = "<li><a href='./x.html'>全市新闻联播节目单 (2024-03-05)</a></li>"
    found = listing(
        f"<ul class='list'>{rows(8, row)}{extra}</ul><div class='page'><a href='index_1.html'>下一页</a></div>"
    )
    assert all(item.published is None for item in found.entries)
    assert found.entries[-1].title.endswith("(2024-03-05)")


def test_a_single_page_whose_next_leads_where_its_previous_does_has_no_next() -> None:
    pager = (
        '<div class="page"><a href="0.html">首页</a><a href="0.html">上一页</a><span>1</span>'
        '<a href="{}.html">下一页</a><a href="{}.html">末页</a></div>'
    )
    body = '<div class="news_list"><ul>' + rows(8) + "</ul></div>"
    assert listing(body + pager.format(0, 0)).next_url is None
    assert (listing(body + pager.format(1, 1)).next_url or "").endswith("/1.html")


def test_an_empty_list_stands_where_the_rows_of_a_full_one_do() -> None:
    shell = '<div class="main"><h2>通知公告</h2><div class="zw_list"><ul>{}</ul></div></div>'
    full = listing(shell.format(rows(8)), hint=PageKind.LIST)
    empty = listing(shell.format(""), hint=PageKind.LIST)
    assert empty.entries == ()
    assert empty.container == full.container


def test_columns_side_by_side_with_this_one_among_them_are_no_list() -> None:
    names = ("政策文件", "文件解读", "人事信息", "发展规划", "统计信息")
    menu = "".join(
        f"<tr><td><img src='/a.gif'> <a href='/zwgk.asp?types={n}'>{name}</a></td></tr>"
        for n, name in enumerate(names)
    )
    own = page(
        f"<table><tr><td><table>{menu}</table></td><td><table><tr><td>暂无内容</td></tr></table></td></tr></table>",
        url="http://www.x.gov.cn/zwgk.asp?types=3",
        hint=PageKind.LIST,
    )
    assert own.listing is not None
    assert own.listing.entries == ()
    assert own.listing.empty_mark == "暂无内容"


def test_the_next_page_is_read_where_the_list_stood_among_tables_of_one_path() -> None:
    menu = "".join(f"<tr><td><a href='/l{n}/'>栏目{n}</a></td></tr>" for n in range(6))
    shell = "<html><body><table><tr><td><table>{}</table></td><td><table>{}</table></td></tr></table></body></html>"
    row = "<tr><td><a href='/{n}.htm'>{title}</a></td><td>{date}</td></tr>"
    first, second = (
        shell.format(menu, rows(12, row=row, first=start)).encode() for start in (0, 12)
    )
    one = read_page(first, url="http://x.gov.cn/", hint=PageKind.LIST).page.listing
    assert one is not None
    two = read_page(
        second, url="http://x.gov.cn/2", hint=PageKind.LIST, container=one.container
    ).page.listing
    assert two is not None
    assert len(two.entries) == 12


def test_the_trail_to_a_page_is_no_row_of_its_list() -> None:
    table = "<table><tr><td>　您现在的位置：<a href='/'>首页</a> >> <a href='/zw.asp'>政务公开</a> >> 规划</td></tr></table>"
    row = "<tr><td>·</td><td><a href='/s.asp?id={n}'>{title}</a></td><td>[{date}]</td></tr>"
    html = f"<html><body><table><tr><td>{table}<table>{rows(5, row=row)}</table></td></tr></table></body></html>"
    read = read_page(html.encode(), url="http://x.gov.cn/z.asp", hint=PageKind.LIST).page.listing
    assert read is not None
    assert [e.title for e in read.entries] == [title(n) for n in range(5)]


def test_a_table_of_nothing_but_heads_is_an_empty_list_and_no_disclosure_entry() -> None:
    heads = "".join(f"<td>{h}</td>" for h in ("索引号", "分类", "信息名称", "生成日期", "公开方式"))
    row = "<tr><td>A1-2018-{n}</td><td>通知</td><td><a href='./{n}.htm'>{title}</a></td><td>{date}</td><td>主动公开</td></tr>"
    shell = "<table class='xxlb'><tr>{}</tr>{}</table>"
    full = listing(shell.format(heads, rows(6, row=row)), hint=PageKind.LIST)
    empty = listing(shell.format(heads, ""), hint=PageKind.LIST)
    assert len(full.entries) == 6
    assert empty.entries == ()
    assert empty.container == full.container
