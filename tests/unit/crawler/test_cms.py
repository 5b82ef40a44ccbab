"""CMS families: whatever a server answers, rows are read or the answer is not understood."""

from __future__ import annotations

import json
from contextlib import suppress
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler import cms
from crawler.cms import aspnet, gkmlpt, label8888, phpcms, ucap, xxgk
from crawler.cms.family import EndpointPage, Family, ListPage, ListRequest, NotUnderstood, Turn
from crawler.cms.reading import day, declared, fragment, json_of, number
from crawler.extract.families import recognise as named
from crawler.extract.listing import find_list
from crawler.extract.tree import build
from crawler.urls import Resolver

URL = "https://www.example.gov.cn/jxs/col/col71291/index.html?categorynum=003002&catId=31&type=4"

JPAGE = """<div id="42158"><script type="text/xml"></script></div>
<script>var param_42158 = {col:1,webid:85,path:'/',columnid:71291,unitid:'42158',permissiontype:0};
$('#42158').jpage({totalRecord:61,groupSize:3,proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:15,
ajaxParam:param_42158});</script>"""
DATASTORE = (
    "<datastore><totalrecord>61</totalrecord><recordset>"
    "<record><![CDATA[<li><a href='/art/2018/5/30/art_71291_1.html' title='关于做好防汛工作的通知'>"
    "关于做好...</a><span>2018-05-30</span></li>]]></record></recordset></datastore>"
)

QUERYLIST = """<script>var channelId = '2020'; var codeName = 'col71291'; var unitid='522756';
$.post("/queryList", {current: 1}, show);</script>"""
QUERYLIST_ANSWER = {
    "data": {
        "total": 61,
        "rows": 15,
        "results": [
            {
                "source": {
                    "id": "1",
                    "title": "关于做好防汛工作的通知",
                    "showTitle": "关于做好...",
                    "pubDate": "2018-05-30 16:04",
                    "urls": '{"pc":"/jxs/col71291/content/content_1730000000000000001.html"}',
                    "metadata": '{"author":"办公室","source":"市水利局"}',
                    "content": {"content": "<p>正文</p>"},
                }
            }
        ],
    }
}

GKMLPT = """<script>window._CONFIG = {SID: '755041', TREE: [{id: 5, name: '政府信息公开', children: [
{id: 9103, name: '通知公告', post_count: 61, children: []},
{id: 9104, name: '通知公告', jump_url: 'https://other.gov.cn/', children: []}]}]};</script>"""
GKMLPT_ANSWER = {
    "articles": [
        {
            "id": 1,
            "title": "关于做好防汛工作的通知",
            "url": "https://www.example.gov.cn/gkmlpt/content/9/9103/post_1.html",
            "date": 1527004800,
            "display_publish_time": 1527609600,
            "created_at": "2018-05-31 00:00:00",
            "publisher": "市水利局",
            "identifier": "11440/2018-00018",
        }
    ],
    "classify": {"post_count": 70},
    "total": 61,
}

UCAP = """<script>var url="/common/search/0123456789abcdef0123456789abcdef?_isAgg=true&_isJson=true&_pageSize=15";
</script>"""
UCAP_ANSWER = {
    "data": {
        "total": 61,
        "rows": 20,
        "page": 1,
        "results": [
            {
                "title": "关于做好<b>防汛</b>工作的通知",
                "url": "//www.example.gov.cn/a/c100022/201805/0a.shtml",
                "publishedTimeStr": "2018-05-30 16:38:00",
                "publishedTime": 1527000000000,
                "domainMetaList": [
                    {
                        "resultList": [
                            {"key": "source", "value": "null"},
                            {"key": "indexnumber", "value": "K28/2018-01"},
                        ]
                    }
                ],
            }
        ],
    }
}

EPOINT = '<script src="/js/webBuilderCommon.js"></script><script>getgovinfolist();</script>'
EPOINT_ANSWER = {
    "custom": {
        "total": 61,
        "data": [
            {
                "title": "<font color='red'>关于做好防汛...</font>",
                "realtitle": "关于做好防汛工作的通知",
                "linkurl": "",
                "infourl": "/govxxgk/jxs/2018-05-30/5b0e.html",
                "infodate": "2018-05-30",
            }
        ],
    }
}


JPAAS = """<div id="u1"></div><script id="5631923b" src="/static/js/unitbuild.js" parseType="bulidstatic"
url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{'parseType':'bulidstatic',
'webId':'8d82','tplSetId':'2097','pageType':'column','tagId':'分页列表','editType':'null','pageId':'1473'}"></script>
<script src="/static/js/unitbuild.js" url="/api-gateway/jpaas-publish-server/front/page/build/unit"
queryData="{&quot;webId&quot;:&quot;8d82&quot;,&quot;pageType&quot;:&quot;column&quot;,&quot;tagId&quot;:&quot;导航&quot;}"></script>"""
JPAAS_ANSWER = {
    "success": True,
    "code": 200,
    "data": {
        "html": (
            '<ul><li><a href="/art/2018/art_0a.html" title="关于做好防汛工作的通知">关于做好...</a><b>2018-05-30</b></li></ul>'
            '<div class="pagination" count="61" rows="15"><a href="?p=5">末页</a></div>'
        )
    },
}

TRUECMS = """<div id="list"></div><script>$('#list').page({proxyUrl:'/TrueCMS/messageController/getMessage.do',
columnId:'3b1f0c9e-1f7d-4a57-a29c-0f4f5e5a8f01',contentTemplate:'<li></li>'.length});</script>"""

XXGK = """<script src="/module/xxgk/tree.jsp?area=002276772&divid=div71291"></script>
<script>var q = {infotypeId:'A02',jdid:2}; $.post('/module/xxgk/search.jsp', q, show);</script>"""
XXGK_ANSWER = """<table><tr class="tr_main_value_odd"><td>1</td><td><a href="/art/2018/5/30/art_71291_1.html"
title="关于做好防汛工作的通知">关于做好...</a></td><td>2018-05-30</td></tr></table><div>共61条 共5页
<a href="javascript:void(0)">尾 页</a></div>"""

LABEL = """<script>Ls.ajax({url:"/site/label/8888?IsAjax=1&dataType=html",data:{labelName:"publicInfoList",
siteId:"6795621",pageSize:"15",action:"list",organId:"21981",length:"50",file:"/c1/bengbu/publicInfoList"}});</script>"""
LABEL_ANSWER = """<ul><li><a href="/public/21981/501.html" title="关于做好防汛工作的通知">关于做好...</a>
<span>2018-05-30</span></li></ul><script>Ls.pagination({pageCount:5 == 0 ? 1 : 5});</script>"""

EWCMS_ANSWER = """<table><tr><th>编号</th><th>内容</th><th>受理单位</th><th>状态</th><th>日期</th></tr>
<tr><td>1</td><td><a href="detail.do?id=7">关于做好防汛工作的通知</a></td><td>水利局</td><td>已回复</td><td>2018-05-30</td></tr>
</table><div>共5页 当前为第1页 <a href="javascript:go(2)">下一页</a></div>"""

PHPCMS = """<ul id="list_zwdt"></ul><script>var kind = ['3_xxgk', '47', '3', 'xxgk', 'Y-m-d', '40', '20',
['is_top DESC','displayorder DESC','inputtime DESC'], ''];
$.ajax({type: "post", url: "/api-ajax_list-" + page + ".html", data: {ajax_type: kind, is_ds: 1}});</script>"""
PHPCMS_ANSWER = {
    "total": 61,
    "data": [
        {
            "id": "7",
            "title": "关于做好<b>防汛</b>工作的通知",
            "url": "/xxgk-show-10001.html",
            "inputtime": "2018-05-30",
            "updatetime": "2018-06-02",
            "is_top": "1",
        }
    ],
}

ASPNET = """<form name="form1" method="post" action="MoreInfo.aspx?CategoryNum=003002" id="form1">
<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" /><input type='hidden' value='/wEPDwUK+a=='
 name='__VIEWSTATE' /><input name="txtTitle" type="text" value="标题" /><input type="submit" name="btnOk" value="ok" />
<input type="password" name="pwd" value="x" />
<table id="MoreInfoList1_DataGrid1"><tr><td>&middot;</td><td><a href="/jxs/1.aspx" title="关于做好防汛工作的通知">关于做好防汛工作的通知</a>
</td><td>2018-05-30</td></tr></table><div id="MoreInfoList1_Pager">记录总数：<b>61</b> 总页数：<b>5</b> 当前页：<b>1</b>
<a disabled="disabled"><img src="/i/prevn.gif"></a><a href="javascript:__doPostBack('MoreInfoList1$Pager','2')"><img
 src="/i/nextn.gif" border="0" /></a></div></form>"""


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


SAMPLES: dict[str, tuple[str, str]] = {
    "jpage": (JPAGE, DATASTORE),
    "xxgk": (XXGK, XXGK_ANSWER),
    "jpaas": (JPAAS, _json(JPAAS_ANSWER)),
    "queryList": (QUERYLIST, _json(QUERYLIST_ANSWER)),
    "truecms": (TRUECMS, f"cb({_json({'result': DATASTORE})})"),
    "gkmlpt": (GKMLPT, _json(GKMLPT_ANSWER)),
    "ucap": (UCAP, _json(UCAP_ANSWER)),
    "label8888": (LABEL, LABEL_ANSWER),
    "epoint": (EPOINT, _json(EPOINT_ANSWER)),
    "ewcms": ("<table></table>", EWCMS_ANSWER),
    "phpcms": (PHPCMS, _json(PHPCMS_ANSWER)),
    "aspnet": (ASPNET, ASPNET),
}
"""By family: a column page and an answer with one row."""
INTERACTION = "https://www.example.gov.cn/component/interaction/list.do?type=0&currentTable=1"


def page_of(family: Family, text: str | None = None) -> ListPage:
    url = INTERACTION if family.NAME == "ewcms" else URL
    return ListPage(url, SAMPLES[family.NAME][0] if text is None else text, ("通知公告",))


def understood(family: Family, answer: str, turn: Turn) -> EndpointPage | None:
    """The answer as read; ``None``: not understood. Anything else that is raised is a defect."""
    page = page_of(family)
    try:
        return family.rows(answer, page, turn)
    except NotUnderstood:
        return None


def asked(family: Family, turn: Turn) -> ListRequest:
    return family.list_request(page_of(family), turn)


TURN: dict[str, Turn] = {
    "epoint": Turn(state={"siteGuid": "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a", "project": "/EWB"})
}
"""Where a family's first answer is not its first list page: the turn that asks for that."""

families = pytest.mark.parametrize("family", cms.FAMILIES, ids=lambda family: family.NAME)


@families
def test_a_page_is_recognised_and_its_list_asked_for(family: Family) -> None:
    found = cms.recognise(SAMPLES[family.NAME][0], page_of(family).url)
    assert found is not None
    assert (found[0].NAME, found[1].family) == (family.NAME, family.NAME)
    for way in range(family.WAYS):
        request = asked(family, Turn(way=way))
        assert request.url.startswith("https://www.example.gov.cn/")
        assert request.headers["Referer"] == page_of(family).url
        assert (request.method == "POST") is (request.body is not None)


@families
def test_the_sample_answer_has_one_dated_row(family: Family) -> None:
    found = understood(family, SAMPLES[family.NAME][1], TURN.get(family.NAME, Turn()))
    assert found is not None
    (row,) = found.entries
    assert row.title == "关于做好防汛工作的通知"
    assert row.url.startswith("https://www.example.gov.cn/")
    assert str(row.published) == "2018-05-30"


@families
def test_pages_without_the_ids_are_not_understood(family: Family) -> None:
    with pytest.raises(NotUnderstood):
        family.list_request(
            ListPage("https://www.example.gov.cn/a/", "<p>dataproxy.jsp</p>"), Turn()
        )


@families
@pytest.mark.parametrize(
    "answer",
    ["", " ", "{}", "[]", "null", "<html><body>404</body></html>", "cb({})", "0", '{"data":[]}'],
)
def test_answers_of_another_make_are_not_understood(family: Family, answer: str) -> None:
    found = understood(family, answer, TURN.get(family.NAME, Turn()))
    assert found is None or found.again


@families
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mutated_answers_raise_nothing_else(family: Family, data: st.DataObject) -> None:
    sample = SAMPLES[family.NAME][1]
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, len(sample)))
    piece = data.draw(
        st.text(max_size=12) | st.sampled_from(["null", "[", "}", '"', "<", "0", "-1", "1e999"])
    )
    for turn in (Turn(), TURN.get(family.NAME, Turn()), Turn(number=2, received=1)):
        found = understood(family, sample[:start] + piece + sample[end:], turn)
        assert found is None or found.entries or found.again or found.total == 0 or turn.number > 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@families
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_answers_with_values_of_other_types_raise_nothing_else(
    family: Family, data: st.DataObject
) -> None:
    sample = SAMPLES[family.NAME][1]
    try:
        whole = json.loads(sample)
    except ValueError:
        return
    places = list(_places(whole))
    path = data.draw(st.sampled_from(places))
    at = whole
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = data.draw(JSON)
    understood(family, json.dumps(whole), TURN.get(family.NAME, Turn()))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    steps = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, inner in steps:
        yield from _places(inner, (*path, step))


@families
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mutated_pages_raise_nothing_else(family: Family, data: st.DataObject) -> None:
    sample = SAMPLES[family.NAME][0]
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(len(sample), start + 40)))
    text = sample[:start] + data.draw(st.text(max_size=6)) + sample[end:]
    page = page_of(family, text)
    for turn in (Turn(), TURN.get(family.NAME, Turn())):
        try:
            family.list_request(page, turn)
            family.rows(SAMPLES[family.NAME][1], page, turn)
        except NotUnderstood:
            pass


@families
def test_a_family_s_module_says_what_it_is(family: Family) -> None:
    assert isinstance(family, ModuleType)
    assert family.__doc__
    assert family.WAYS >= 1


# --- what single families do ----------------------------------------------------------------------


def test_a_list_is_asked_for_as_jquery_sends_an_array_within_an_array() -> None:
    request = asked(phpcms, Turn(number=3))
    assert request.url == "https://www.example.gov.cn/api-ajax_list-3.html"
    pairs = parse_qsl((request.body or b"").decode(), keep_blank_values=True)
    values = ["3_xxgk", "47", "3", "xxgk", "Y-m-d", "40", "20"]
    order = ["is_top DESC", "displayorder DESC", "inputtime DESC"]
    assert pairs == [
        *(("ajax_type[]", value) for value in values),
        *(("ajax_type[7][]", value) for value in order),
        ("ajax_type[]", ""),
        ("is_ds", "1"),
    ]
    assert request.size == 20


def test_two_lists_on_a_page_that_are_asked_for_by_arrays_are_not_told_apart() -> None:
    other = PHPCMS.replace("kind", "more").replace("'47'", "'48'")
    with pytest.raises(NotUnderstood):
        phpcms.list_request(ListPage(URL, PHPCMS + other), Turn())


def test_a_post_back_sends_the_page_s_own_state_and_presses_no_button() -> None:
    first = aspnet.rows(ASPNET, ListPage(URL, ASPNET), Turn())
    assert first.pages == 5
    request = aspnet.list_request(ListPage(URL, ASPNET), Turn(number=2, state=first.state))
    assert (request.method, request.url) == (
        "POST",
        "https://www.example.gov.cn/jxs/col/col71291/MoreInfo.aspx?CategoryNum=003002",
    )
    assert dict(parse_qsl((request.body or b"").decode(), keep_blank_values=True)) == {
        "__EVENTTARGET": "MoreInfoList1$Pager",
        "__EVENTARGUMENT": "2",
        "__VIEWSTATE": "/wEPDwUK+a==",
        "txtTitle": "标题",
    }


@pytest.mark.parametrize(
    ("links", "call"),
    [
        (
            "<a href=\"javascript:__doPostBack('GridView1','Page$2')\">2</a>",
            ("GridView1", "Page$2"),
        ),
        (
            "<a href=\"javascript:__doPostBack('g$c1','')\">1</a><a href='javascript:__doPostBack(&#39;g$c2&#39;,&#39;&#39;)'>2</a>",
            ("g$c2", ""),
        ),
        ("<a id=next HREF=\"javascript:__doPostBack('lbNext','')\">下一页</a>", ("lbNext", "")),
        ("<a href=\"javascript:__doPostBack('Tree1','s2')\">公告</a>", None),
        ("<a href=\"javascript:__doPostBack('MasterPage$Menu','2')\">公告</a>", None),
        ("<a href=\"javascript:__doPostBack('Pager1','1')\">上一页</a>", None),
    ],
)
def test_the_next_page_s_call_is_found_in_whatever_pager(
    links: str, call: tuple[str, str] | None
) -> None:
    text = f"<form><input type=hidden name=__VIEWSTATE value=a>{links}</form>"
    found = aspnet.recognise(text, URL)
    assert (found is not None) is (call is not None)
    if call is not None:
        text = ASPNET.replace(
            "<a href=\"javascript:__doPostBack('MoreInfoList1$Pager','2')\">", links
        )
        state = aspnet.rows(text, ListPage(URL, text), Turn()).state
        sent = dict(parse_qsl(state["form"], keep_blank_values=True))
        assert (sent["__EVENTTARGET"], sent["__EVENTARGUMENT"]) == call


ORGAN = "https://www.example.gov.cn/public/column/21981?type=4&action=list"
BY_PARENTS = """<script>var zNodes=[{id:31,pId:0,name:"政策文件",isParent:true},{id:'311',pId:'31',name:"规范性文件",count:12},
{id:312,pId:31,name:'政策解读'},{id:32,pId:0,name:"采购公告",redirectLink:"http://cg.other.example/a"}];</script>"""
NESTED = """<script>Ls.tree("#t",{data:[{"catId":31,"catName":"政策文件","children":[{"catId":311,"catName":
"规范性文件","count":12},{"catId":312,"catName":"政策解读","children":[]}]},{"catId":32,"catName":"采购公告",
"link":"http://cg.other.example/a"}]});</script>"""


@pytest.mark.parametrize("text", [BY_PARENTS, NESTED])
def test_an_organ_s_tree_is_read_as_its_page_declares_it(text: str) -> None:
    tree = label8888.catalogue(ListPage(ORGAN, text), {})
    assert not isinstance(tree, ListRequest)
    base = "https://www.example.gov.cn/public/column/21981?"
    assert [(n.name, n.above, n.url and n.url.removeprefix(base), n.count, n.elsewhere) for n in tree] == [
        ("政策文件", (), None, None, False),
        ("规范性文件", ("政策文件",), "type=4&catId=311&action=list", 12, False),
        ("政策解读", ("政策文件",), "type=4&catId=312&action=list", None, False),
        ("采购公告", (), "http://cg.other.example/a", None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "<script>var a=[{id:1,name:'x'}];</script>", "<script>var a=[{" * 3000, "[=[{}],[{}]"],
)
def test_a_page_that_declares_no_tree_has_none(text: str) -> None:
    with pytest.raises(NotUnderstood):
        label8888.catalogue(ListPage(ORGAN, text), {})


@pytest.mark.parametrize(
    "order", ["currentPage: 2,\n pageCount: 14 == 0 ? 1 : 14", "pageCount:14, currentPage:2"]
)
def test_the_anhui_make_s_columns_are_paged_by_page_index(order: str) -> None:
    rows = "".join(
        f"<li><a href='/content/article/{n}'>关于第{n}项重点工作安排的通知</a><span>2018-05-{n}</span></li>"
        for n in range(10, 25)
    )
    text = (
        f'<div class="main"><ul class="doc_list">{rows}</ul><div id="page_6785991" class="pagination"></div></div>'
        '<script>Ls.pagination("#page_6785991", function (pageIndex, $page) { Ls.go(pageIndex); },'
        f"{{ {order}, total: 203, pageSize: 15 }});</script>"
    )
    url = "https://www.example.gov.cn/content/column/6785991?pageIndex=2"
    tree = build(f"<html><body>{text}</body></html>")
    listing = find_list(tree, Resolver(url), url, True, False).listing
    assert listing is not None
    assert len(listing.entries) == 15
    assert listing.next_url == "https://www.example.gov.cn/content/column/6785991?pageIndex=3"
    assert listing.pages_claimed == 14


@pytest.mark.parametrize(
    ("name", "url", "markup"),
    [
        ("label8888", "/content/column/6785991?pageIndex=2", "<p>"),
        ("epoint", "/zwgk/MoreInfo.aspx?CategoryNum=003", "<p>"),
        (
            "epoint",
            "/a/1.html",
            "<ul class='wb-data-item'></ul><div class=\"ewb-page-main\"></div>",
        ),
        ("vsb", "/xwtg/tztg.htm", "<script src=/system/resource/js/counter.js></script>"),
        ("webplus", "/2018/0530/c12a345/page.htm", "<p>"),
        ("webplus", "/12/list.htm", "<div id=wp_paging_w6></div>"),
        ("dedecms", "/plus/list.php?tid=3", "<p>"),
        (
            "dedecms",
            "/a/tz/list_3_2.html",
            "<form action=x><a href='/plus/search.php'>搜索</a></form>",
        ),
        ("empirecms", "/tz/", "<script src='/e/data/js/ajax.js'></script>"),
        ("sitefactory", "/Category_31/Index_2.aspx", "<p>"),
        ("siteweaver", "/Article/ShowClass.asp?ClassID=3", "<p>"),
        ("phpcms", "/xxgk-list-zwdt-2.html", "<p>"),
        ("ilist", "/info/iList.jsp?cat_id=1", "<p>"),
        ("label8888", "/content/article/8123456", "<p>"),
        ("sitefactory", "/Item/7.aspx", "<a href='/Article/ShowClass.asp?ClassID=3'>老网站</a>"),
        (None, "/tz/index.html", "<table><tr><td>某市</td></tr></table>"),
    ],
)
def test_a_page_s_family_is_named_by_its_own_signs(name: str | None, url: str, markup: str) -> None:
    tree = build(f"<html><head></head><body>{markup}</body></html>")
    assert named(tree, f"https://www.example.gov.cn{url}") == name


# --- the common reading ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_527_609_600, "2018-05-30"),  # 00:00 in Shanghai, still the 29th in London
        (1_527_609_600_000, "2018-05-30"),
        ("1527609600", "2018-05-30"),
        ("2018-05-30 16:38:00", "2018-05-30"),
        ("2018年5月30日", "2018-05-30"),
    ],
)
def test_days_are_shanghai_days(value: Any, expected: str) -> None:
    assert str(day({"d": value}, "d")[0]) == expected


@pytest.mark.parametrize("value", [-1, True, 10**12, "12x", "", None, 1.5, [], "９"])
def test_what_is_no_count_is_none(value: Any) -> None:
    assert number(value) is None


def test_values_are_read_as_scripts_declare_them() -> None:
    text = "var channelId = '17'; o = {siteId: \"6795621\", catId:31, 'a': ''};"
    assert (declared(text, "channelId"), declared(text, "siteId")) == ("17", "6795621")
    assert (declared(text, "catId"), declared(text, "Id"), declared(text, "a")) == ("31", "", "")


def test_rows_whose_cells_are_the_items_of_a_list_have_their_dates() -> None:
    rows = "".join(
        f'<ul class="xxgk_nav_list"><li class="num">{n}</li><li class="mc"><a href="/public/1/{n}.html">关于第{n}项工作的通知</a></li>'
        f'<li class="rq">2018-05-{n:02d}</li></ul>'
        for n in range(1, 4)
    )
    found = fragment(f"<div>{rows}</div>", ListPage(URL, ""))
    assert [str(e.published) for e in found] == ["2018-05-01", "2018-05-02", "2018-05-03"]
    one = fragment("<ul><li><a href='/public/1/1.html'>关于防汛工作的通知</a><b>2018-05-30</b></li></ul>", ListPage(URL, ""))  # fmt: skip
    assert [str(e.published) for e in one] == ["2018-05-30"]


@example("<li>" * 3000)
@given(st.text(alphabet="<>/lia href=\"'0-9一", max_size=60))
@settings(deadline=None)
def test_fragments_never_raise(markup: str) -> None:
    fragment(markup, ListPage(URL, ""))


@given(st.text(max_size=40))
def test_json_or_not_understood(text: str) -> None:
    try:
        json_of(text)
    except NotUnderstood:
        return


@families
@pytest.mark.parametrize(
    "piece",
    [
        "var param_1 = {.jpage({dataproxy.jsp",
        "<meta name='channelId' _isJson=true",
        "<script unitbuild jpaas-publish-server ",
        "'/site/label/8888?publicInfoList",
        "window._CONFIG = {TREE: [SID ",
        "/module/xxgk/tree.jsp?&area=",
    ],
)
def test_a_long_hostile_page_raises_nothing_else(family: Family, piece: str) -> None:
    page = page_of(family, piece * (300_000 // len(piece)))
    family.recognise(page.text, page.url)
    for ask in (family.list_request, lambda page, turn: family.rows(page.text, page, turn)):
        with suppress(NotUnderstood):
            ask(page, Turn())


# --- UCAP: how else its lists are asked for -------------------------------------------------------

CHANNEL = "0123456789abcdef0123456789abcdef"
BY_FORM = (
    f"<script>var channelId='{CHANNEL}';\n$.ajax({{url : '/getFileListByCodeId', type:'POST',"
    " data:{channelId : channelId, page : 1, size : 15}});</script>"
)
SUZHOU = (
    '<script>$.post("/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15",'
    f' {{pageIndex: 1, "channel_id": "{CHANNEL}"}}, show);</script>'
)


def form_of(request: ListRequest) -> dict[str, str]:
    return dict(parse_qsl((request.body or b"").decode(), keep_blank_values=True))


def test_a_ucap_list_that_is_asked_for_by_a_form_is_asked_for_by_that_form() -> None:
    page = ListPage(URL, BY_FORM)
    known = cms.recognise(BY_FORM, URL)
    assert known is not None
    assert known[0].NAME == "ucap"
    request = ucap.list_request(page, Turn(number=3))
    assert request.url == "https://www.example.gov.cn/getFileListByCodeId"
    assert form_of(request) == {"channelId": CHANNEL, "page": "3", "size": "50"}
    found = ucap.rows(_json({"results": UCAP_ANSWER}), page, Turn())
    assert (found.total, len(found.entries)) == (61, 1)


def test_the_variant_of_suzhou_is_asked_for_and_read() -> None:
    page = ListPage(URL, SUZHOU)
    request = ucap.list_request(page, Turn(number=2))
    address, form = request.url, form_of(request)
    assert address.endswith("/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=50")
    assert form == {"channel_id": CHANNEL, "pageIndex": "2"}
    row = {
        "TITLE": "关于做好防汛工作的通知",
        "URL": "/szsrmzf/zfwj/201805/0a.shtml",
        "C_SYH": "K28/2018-01",
        "PUBLISHED_TIME_FORMAT": "2018-05-30",
        "C_FWRQ_FORMAT": "2018-05-28",
    }
    found = ucap.rows(_json({"data": {"allRow": 61, "totalPage": 5, "list": [row]}}), page, Turn())
    assert (found.total, str(found.entries[0].published)) == (61, "2018-05-30")
    assert found.entries[0].index_number == "K28/2018-01"


def test_several_channels_are_not_told_apart_without_the_page_s_own() -> None:
    other = BY_FORM.replace("0123", "3210")
    with pytest.raises(NotUnderstood):
        ucap.list_request(ListPage(URL, BY_FORM + other), Turn())
    meta = f'<meta content="{CHANNEL}" name="channelId">'
    request = ucap.list_request(ListPage(URL, meta + BY_FORM + other), Turn())
    assert form_of(request)["channelId"] == CHANNEL


# --- jpage: several units on one page -------------------------------------------------------------


def _unit(number: int, column: int, titles: list[str]) -> str:
    records = "".join(
        f"<record><![CDATA[<li><a href='/art/2018/5/30/art_{column}_{n}.html' title='{title}'>{title}"
        "</a><span>2018-05-30</span></li>]]></record>"
        for n, title in enumerate(titles)
    )
    return (
        f'<div id="{number}"><script type="text/xml"><datastore><recordset>{records}</recordset>'
        f"</datastore></script></div><script>var param_{number} = {{webid:85,columnid:{column},"
        f"unitid:'{number}'}}; $('#{number}').jpage({{totalRecord:{len(titles)},perPage:15,"
        f"ajaxParam:param_{number}}});</script>"
    )


def test_of_several_units_the_one_of_the_page_s_own_column_is_its_list() -> None:
    hot = _unit(511, 999, [f"县水利局召开防汛工作会议第{n}次" for n in range(8)])
    for own in (["关于做好防汛工作的通知"], []):
        for order in (hot + _unit(612, 71291, own), _unit(612, 71291, own) + hot):
            tree = build(f"<html><body><div class='main'>{order}</div></body></html>")
            listing = find_list(tree, Resolver(URL), URL, True, False).listing
            assert listing is not None
            assert [e.title for e in listing.entries] == own
            assert listing.total_claimed == len(own)
            tree.release()


# --- trees that a family declares -----------------------------------------------------------------


def test_gkmlpt_s_tree_tells_headings_columns_and_links_apart() -> None:
    url = "https://www.example.gov.cn/bajjcj/gkmlpt/index"
    found = gkmlpt.catalogue(ListPage(url, GKMLPT), {})
    assert not isinstance(found, ListRequest)
    assert [(n.name, n.above, n.url, n.count, n.elsewhere) for n in found] == [
        ("政府信息公开", (), None, None, False),
        ("通知公告", ("政府信息公开",), url, 61, False),
        ("通知公告", ("政府信息公开",), "https://other.gov.cn/", None, True),
    ]
    with pytest.raises(NotUnderstood):
        gkmlpt.catalogue(ListPage(url, "<script>window._CONFIG = {SID: '1'};</script>"), {})


TREE = r"""<script>d = new dTree('d'); d.add(0,-1,'信息公开目录');
d.add(4,0,0,'法定主动公开内容','','','');
 d.add( 5 , 4 ,0,'<a style="cursor:hand;" onclick="funclick(\'A0101\',\'createdatetime:0,orderid:0\');">领导简介(7)</a>');
d.add('221','4',0,"<a onclick='funclick(\"A2001\",\"\");'>人事任免</a>");
d.add(230,0,0,'<a href="http://www.other.example/x.html">政府采购</a>');
document.write(d);</script>"""


def test_the_disclosure_module_s_tree_is_asked_for_and_read() -> None:
    page = ListPage("https://www.example.gov.cn/col/col9/index.html?vc_xxgkarea=002276772", XXGK)
    request = xxgk.catalogue(page, {})
    assert isinstance(request, ListRequest)
    assert request.url.startswith("https://www.example.gov.cn/module/xxgk/tree.jsp?area=002276772")
    found = xxgk.catalogue(page, {request.url: TREE})
    assert not isinstance(found, ListRequest)
    base = f"{page.url}&number="
    assert [(n.name, n.above, n.url, n.count, n.elsewhere) for n in found] == [
        ("法定主动公开内容", (), None, None, False),
        ("领导简介", ("法定主动公开内容",), f"{base}A0101", 7, False),
        ("人事任免", ("法定主动公开内容",), f"{base}A2001", None, False),
        ("政府采购", (), "http://www.other.example/x.html", None, True),
    ]
    own = xxgk.list_request(ListPage(found[1].url or "", XXGK), Turn())
    assert form_of(own)["infotypeId"] == "A0101"
    with pytest.raises(NotUnderstood):
        xxgk.catalogue(page, {request.url: "<html>404</html>"})


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mutated_trees_raise_nothing_else(data: st.DataObject) -> None:
    page = ListPage("https://www.example.gov.cn/col/col9/index.html", XXGK)
    request = xxgk.catalogue(page, {})
    assert isinstance(request, ListRequest)
    for sample in (TREE, GKMLPT):
        start = data.draw(st.integers(0, len(sample)))
        end = data.draw(st.integers(start, len(sample)))
        text = sample[:start] + data.draw(st.text(max_size=6)) + sample[end:]
        with suppress(NotUnderstood):
            xxgk.catalogue(page, {request.url: text})
        with suppress(NotUnderstood):
            gkmlpt.catalogue(ListPage(page.url, text), {})


def test_the_disclosure_module_s_area_is_read_from_the_call_of_its_list_as_well() -> None:
    call = (
        "<script>loadDynamic('/module/xxgk/search.jsp?standardXxgk=1&infotypeId=Z2401&vc_title="
        "&vc_number=&area=002482111','div4','','1','','1');</script>"
    )
    page = ListPage("https://www.example.gov.cn/col/col77/index.html", call)
    request = xxgk.list_request(page, Turn(number=2))
    form = form_of(request)
    assert (form["area"], form["infotypeId"], form["currpage"]) == ("002482111", "Z2401", "2")
