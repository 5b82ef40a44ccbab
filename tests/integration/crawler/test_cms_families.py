"""Columns whose lists a script fills are read to their end at their family's own endpoint.

Each twin below is a small site of one family, grown from what is known of the family's markup,
endpoint and paging, not from our reader. Every family has a column of 65 entries, one that its
endpoint says is empty, and one whose endpoint does not answer as it should.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from checks.facts import ColumnReading, DateState, Missing, StopReason, Unverified

COUNT = 65
TOP = '<i class="icon-top"></i>'
FULL, EMPTY, BROKEN = "tzgg", "zwdt", "rsxx"
NAMES = {FULL: "通知公告", EMPTY: "政务动态", BROKEN: "人事信息"}


@dataclass(frozen=True)
class Item:
    """One entry of a column."""

    id: int
    title: str
    day: date
    pinned: bool = False


def entries() -> list[Item]:
    """65 entries: one old one on top, then the newest first."""
    newest = date(2018, 5, 30)
    items = [
        Item(20180 + n, f"关于做好第{n}项重点工作安排的通知", newest - timedelta(days=3 * n))
        for n in range(1, COUNT)
    ]
    return [Item(9001, "瑞昌市政府信息公开工作长期公告", date(2016, 1, 5), pinned=True), *items]


class Twin:
    """A site of one family."""

    family: ClassVar[str]
    page_size = 15
    marks_pinned: ClassVar[bool] = True
    """Its answers show which rows are pinned."""
    says_zero: ClassVar[bool] = True
    """Its endpoint says that a column is empty."""
    quirk: str = ""

    def __init__(self, server: Any, page: Any, reply: Any) -> None:
        self.server, self.page, self.reply = server, page, reply
        self.columns = {FULL: entries(), EMPTY: [], BROKEN: []}
        self.endpoint_asked: list[Any] = []

    # what a family says for itself

    def address(self, column: str) -> str:
        """Path of a column's page."""
        raise NotImplementedError

    def article(self, item: Item) -> str:
        """Path of an entry's page."""
        raise NotImplementedError

    def column_page(self, column: str) -> str | bytes:
        raise NotImplementedError

    def install_endpoint(self) -> None:
        raise NotImplementedError

    # what all share

    def install(self) -> None:
        links = [(name, self.address(column)) for column, name in NAMES.items()]
        self.server.routes["/"] = self.page.home(*links)
        for column in self.columns:
            path = urlsplit(self.address(column)).path
            self.server.routes[self.address(column)] = self.column_page(column)
            self.server.handlers.setdefault(path, self.server.routes[self.address(column)])
        for item in self.columns[FULL]:
            self.server.routes[self.article(item)] = self.page.article(item.title)
        self.install_endpoint()

    def endpoint(self, path: str, answer: Callable[[Any], Any]) -> None:
        def handler(asked: Any) -> Any:
            self.endpoint_asked.append(asked)
            return answer(asked)

        self.server.handlers[path] = handler

    def json(self, data: Any) -> Any:
        body = json.dumps(data, ensure_ascii=False).encode()
        return self.reply(body=body, headers={"Content-Type": "application/json;charset=UTF-8"})

    def shell(self, column: str, main: str, scripts: str = "") -> str:
        """A column's page around its list: menu, path, footer."""
        return (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{NAMES[column]}</title>"
            f'<meta name="ColumnName" content="{NAMES[column]}">{scripts}</head><body>'
            f'<div class="header"><a href="/">首页</a><a href="/zw/">政务公开</a></div>'
            f'<div class="position">当前位置：<a href="/">首页</a> &gt; {NAMES[column]}</div>'
            f'<div class="main">{main}</div>'
            '<div class="footer"><p>主办：某市人民政府办公室</p></div></body></html>'
        )


def values(asked: Any) -> dict[str, str]:
    """Query and form together."""
    pairs = parse_qsl(urlsplit(asked.path).query, keep_blank_values=True)
    pairs += parse_qsl(asked.body.decode(), keep_blank_values=True)
    return dict(pairs)


# --- Hanweb jpage ---------------------------------------------------------------------------------


class Jpage(Twin):
    """大汉 jcms: the first rows in the page as CDATA, the rest from ``dataproxy.jsp``."""

    family = "jpage"
    marks_pinned = False
    ids: ClassVar = {
        FULL: ("71291", "42158"),
        EMPTY: ("71292", "42159"),
        BROKEN: ("71293", "42160"),
    }
    endpoint_path = "/module/web/jpage/dataproxy.jsp"
    most = 300

    def address(self, column: str) -> str:
        return f"/col/col{self.ids[column][0]}/index.html"

    def article(self, item: Item) -> str:
        day = item.day
        return f"/art/{day.year}/{day.month}/{day.day}/art_71291_{item.id}.html"

    def row(self, item: Item) -> str:
        cut = item.title[:14] + "..." if len(item.title) > 14 else item.title
        return (
            '<record><![CDATA[\n<li><i class="bt_i_round"></i>'
            f"<a href='{self.article(item)}'  title='{item.title}' target=\"_blank\">{cut}</a>"
            f'<span class="sp_time rig">{item.day}</span></li>        ]]></record>'
        )

    def datastore(self, items: list[Item], head: str) -> str:
        rows = "".join(self.row(item) for item in items)
        return f"<datastore>{head}<recordset>{rows}</recordset></datastore>"

    def column_page(self, column: str) -> str:
        number, unit = self.ids[column]
        total = 40 if column == BROKEN else len(self.columns[column])
        following = (
            f'<nextgroup><![CDATA[<a href="{self.endpoint_path}?page=1&webid=85&path=/&columnid={number}'
            f'&unitid={unit}&webname=%25E6%25B5%258E&permissiontype=0"></a>]]></nextgroup>'
        )
        inline = (
            ""
            if self.quirk == "no inline rows"
            else self.datastore(self.columns[column][:45], following)
        )
        main = (
            f'<div class="bt_lm_cen"><div id="{unit}"><script type="text/xml">{inline}</script></div>'
            '<script src="/module/web/jpage/jquery.jpage.js"></script>'
            f"<script>var param_{unit} = {{col:1,webid:85,path:'/',columnid:{number},sourceContentType:1,"
            f"unitid:'{unit}',webname:'%E6%B5%8E',permissiontype:0}};$(function(){{$('#{unit}').jpage({{"
            f"themeName:'default',showMode:'full',totalRecord:{total},openCookies:false,"
            "dataBefore:'<div class=\"bt_list30\"><ul>',dataStore:$('#42158').children('script').html(),"
            f"dataAfter:'</ul></div>',groupSize:3,proxyUrl:'{self.endpoint_path}',perPage:15,"
            f"barPosition:'bottom',ajaxParam:param_{unit}}});}});</script></div>"
        )
        return self.shell(column, main)

    def install_endpoint(self) -> None:
        self.endpoint(self.endpoint_path, self.answer)

    def answer(self, asked: Any) -> Any:
        form = values(asked)
        column = next((c for c, (n, _) in self.ids.items() if form.get("columnid") == n), BROKEN)
        if column == BROKEN or form.get("webid") != "85" or "unitid" not in form:
            return self.reply(body=b"<datastore><recordset></recordset></datastore>      ")
        if self.quirk == "post only" and asked.method != "POST":
            return self.reply(405)
        if "Referer" in self.quirk and not asked.headers.get("referer", "").endswith(
            self.address(column)
        ):
            return self.reply(404)
        items = self.columns[column]
        if self.quirk == "page only":  # its own size, whatever is asked for
            start, end = (int(form["page"]) - 1) * 20, int(form["page"]) * 20
        else:
            start, end = int(form["startrecord"]) - 1, int(form["endrecord"])
            end = min(end, start + min(int(form["perpage"]), self.most))
        if self.quirk == "deep pages empty" and start > 0:
            return self.reply(body=b"<datastore><recordset></recordset></datastore>      ")
        head = f"<totalrecord>{len(items)}</totalrecord><totalpage>5</totalpage>"
        return self.reply(
            body=self.datastore(items[start:end], head).encode(),
            headers={"Content-Type": "text/xml;charset=UTF-8"},
        )


# --- Jiangxi's queryList --------------------------------------------------------------------------


class QueryList(Twin):
    """Jiangxi's departments: ids and fifteen rows in scripts, the rest by POST at the host's root."""

    family = "queryList"
    codes: ClassVar = {FULL: "col14590", EMPTY: "col14591", BROKEN: "col14592"}

    def address(self, column: str) -> str:
        return f"/jxsfzhggwyh/col/{self.codes[column]}/index.html"

    def article(self, item: Item) -> str:
        return f"/jxsfzhggwyh/col14590/content/content_18{item.id:017d}.html"

    def column_page(self, column: str) -> str:
        inline = [] if self.quirk == "no inline rows" else self.columns[column][:15]
        rows = ",".join(
            f'{{title:"{i.title}",pubDate:"{i.day} 16:04",urls:"{{\\"pc\\":\\"{self.article(i)}\\"}}"}}'
            for i in inline
        )
        return self.shell(
            column,
            '<div class="list_con"><ul class="list" id="list522756"></ul><div id="page"></div></div>'
            f"<script>var channelId = '18{self.codes[column][3:]}000'; var codeName = '{self.codes[column]}';"
            "var websiteId='jx1'; var siteId = '7'; var unitid='522756';"
            f"var listData = {{ articleList: [{rows}] }};"
            "function more(n){ $.ajax({url:'/queryList',type:'post',data:{current:n,unitid:unitid}}); }</script>",
        )

    def install_endpoint(self) -> None:
        self.endpoint("/queryList", self.answer)

    def answer(self, asked: Any) -> Any:
        if asked.method != "POST":
            return self.reply(404)
        form = parse_qs(asked.body.decode())
        code = form.get("channelCode[]", [""])[0]
        if form.get("webSiteCode[]") != ["jxsfzhggwyh"] or code not in self.codes.values():
            return self.json({"success": False, "data": None})
        column = next(c for c, known in self.codes.items() if known == code)
        if column == BROKEN:
            return self.json({"success": True, "data": {"total": 30, "rows": 0, "results": []}})
        size = int(form["pageSize"][0])
        if self.quirk == "no more than 15" and size > 15:
            return self.json({"code": 500, "msg": "参数错误"})
        size = min(size, 20)
        items = self.columns[column]
        if form["sort"] == ["pubDate"]:
            items = sorted(items, key=lambda i: i.day, reverse=True)
        start = (int(form["current"][0]) - 1) * size
        results = [
            {
                "source": {
                    "id": str(i.id),
                    "title": i.title,
                    "showTitle": i.title[:10] + "...",
                    "pubDate": f"{i.day} 16:04",
                    "urls": json.dumps({"pc": self.article(i), "phone": "/m" + self.article(i)}),
                    "metadata": json.dumps({"author": "办公室"}),
                    "isTop": int(i.pinned),
                    "content": {"content": "<p>正文</p>"},
                }
            }
            for i in items[start : start + size]
        ]
        return self.json(
            {"success": True, "data": {"total": len(items), "rows": size, "results": results}}
        )


# --- Guangdong gkmlpt -----------------------------------------------------------------------------


class Gkmlpt(Twin):
    """Guangdong's disclosure platform: all columns at one address, told apart by their names."""

    family = "gkmlpt"
    ids: ClassVar = {FULL: 9103, EMPTY: 9104, BROKEN: 9105}

    def address(self, column: str) -> str:
        return "/bajjcj/gkmlpt/index"

    def article(self, item: Item) -> str:
        return f"/bajjcj/gkmlpt/content/9/9103/post_{item.id}.html"

    def column_page(self, column: str) -> str:
        leaves = ",".join(
            f"{{id: {n}, name: '{NAMES[c]}', post_count: {len(self.columns[c])}, children: [], jump_url: ''}}"
            for c, n in self.ids.items()
        )
        tree = (
            f"[{{id: 1, name: '法定主动公开内容', children: [{leaves},"
            f"{{id: 77, name: '{NAMES[FULL]}', children: [], jump_url: 'https://other.gov.cn/'}}]}}]"
        )
        return (
            "<!DOCTYPE html><html><head><meta charset='utf-8'><title>政府信息公开</title></head><body>"
            f"<div id='app'></div><script>window._CONFIG = {{ SID: '755041', TREE: {tree}, SERVICE_AREA_ID: 755,"
            " BASE: '/bajjcj' };</script><script src='/bajjcj/gkmlpt/js/app.js'></script></body></html>"
        )

    def install_endpoint(self) -> None:
        for column, number in self.ids.items():
            self.endpoint(
                f"/bajjcj/gkmlpt/api/all/{number}", lambda asked, c=column: self.answer(c, asked)
            )

    def answer(self, column: str, asked: Any) -> Any:
        form = values(asked)
        if form.get("sid") != "755041" or column == BROKEN:
            return self.json({"articles": [], "message": "error"})
        items, page = self.columns[column], max(int(form["page"]), 1)
        part = items[(page - 1) * 17 : page * 17]
        return self.json(
            {
                "classify": {"id": self.ids[column], "post_count": len(items)},
                "total": len(items),
                "articles": [
                    {
                        "id": i.id,
                        "title": i.title,
                        "url": self.server.root + self.article(i),
                        "date": _epoch(i.day - timedelta(days=9)),
                        "display_publish_time": _epoch(i.day),
                        "created_at": f"{i.day + timedelta(days=1)} 08:00:00",
                        "publisher": "市财政局",
                        "identifier": f"11440300/2018-{i.id:05d}",
                        "is_top": int(i.pinned),
                        "relation": "[]",
                    }
                    for i in part
                ],
            }
        )


def _epoch(day: date) -> int:
    """The day's first minute in Shanghai, seconds since 1970: in London it is still the day before."""
    return int(
        datetime(
            day.year, day.month, day.day, 0, 1, tzinfo=timezone(timedelta(hours=8))
        ).timestamp()
    )


# --- UCAP -----------------------------------------------------------------------------------------


class Ucap(Twin):
    """开普: the list's own channel in a script, rows as JSON; twenty a page, whatever is asked for."""

    family = "ucap"
    channels: ClassVar = {FULL: "0a" * 16, EMPTY: "0b" * 16, BROKEN: "0c" * 16}

    def address(self, column: str) -> str:
        return f"/gzszf/c1044{self.channels[column][1]}/list.shtml"

    def article(self, item: Item) -> str:
        return f"/gzszf/c1044a/{item.day:%Y%m}/{item.id:032x}.shtml"

    def column_page(self, column: str) -> str:
        return self.shell(
            column,
            '<div class="list-box"><ul id="list"></ul><div class="pagination" id="pager"></div></div>'
            f"<script>var channelId='{self.channels[column]}';\nfunction load(p){{$.getJSON("
            f"'/common/search/{self.channels[column]}?_isAgg=true&_isJson=true&_pageSize=15&_template=index"
            "&_rangeTimeGte=&_channelName=&page='+p,render);}</script>",
        )

    def install_endpoint(self) -> None:
        for column, channel in self.channels.items():
            self.endpoint(
                f"/common/search/{channel}", lambda asked, c=column: self.answer(c, asked)
            )

    def answer(self, column: str, asked: Any) -> Any:
        form = values(asked)
        if column == BROKEN:  # an index page with status 200, as a throttle answers
            return self.page.home(("首页", "/"))
        items, size = self.columns[column], min(int(form["_pageSize"]), 20)
        start = (int(form["page"]) - 1) * size
        results = [
            {
                "title": i.title,
                "url": self.server.root.removeprefix("http:") + self.article(i),
                "publishedTimeStr": f"{i.day} 16:38:00",
                "publishedTime": _epoch(i.day - timedelta(days=40)) * 1000,
                "isTop": int(i.pinned),
                "domainMetaList": [{"resultList": [{"key": "refno", "value": "null"}]}],
            }
            for i in items[start : start + size]
        ]
        data = {"total": len(items), "rows": size, "page": int(form["page"]), "results": results}
        return self.json({"results": {"data": data}} if self.quirk == "wrapped" else {"data": data})


# --- Epoint EWB -----------------------------------------------------------------------------------


class Epoint(Twin):
    """新点: the site's number in a script of its own, rows by a JSON body."""

    family = "epoint"
    numbers: ClassVar = {FULL: "003002", EMPTY: "003003", BROKEN: "003004"}
    guid = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"

    def address(self, column: str) -> str:
        return f"/dynamic/zwgk/govInfoPub.html?categorynum={self.numbers[column]}&deptcode=JX9"

    def article(self, item: Item) -> str:
        return f"/govxxgk/JX9/{item.day}/{item.id:08x}-9041-43ad-8e13-8fcb82ea831a.html"

    def column_page(self, column: str) -> str:
        return self.shell(
            column,
            '<div class="ewb-main"><ul class="ewb-info-items" id="infolist"></ul><div id="pager"></div></div>'
            '<script src="/js/webBuilderCommon.js"></script><script src="/js/EWB-FRONT/govinfo.js"></script>',
        )

    def install_endpoint(self) -> None:
        self.endpoint(
            "/js/webBuilderCommon.js",
            lambda asked: self.reply(
                body=f'var siteInfo = {{"siteGuid":"{self.guid}","projectName":"/EWB-FRONT"}};'.encode(),
                headers={"Content-Type": "application/javascript"},
            ),
        )
        self.endpoint("/EWB-FRONT/rest/lightfrontaction/getgovinfolist", self.answer)

    def answer(self, asked: Any) -> Any:
        body = json.loads(asked.body)
        if self.quirk == "within params":
            body = body.get("params", {})
        number = body.get("categorynum")
        if (
            asked.method != "POST"
            or body.get("siteGuid") != self.guid
            or number == self.numbers[BROKEN]
        ):
            return self.json({"custom": {"code": 0, "text": "error"}})
        items = self.columns[next(c for c, n in self.numbers.items() if n == number)]
        size, page = min(body["pageSize"], 20), body["pageIndex"]
        if self.quirk == "counts from 1":
            page = max(page - 1, 0)
        return self.json(
            {
                "custom": {
                    "total": len(items),
                    "data": [
                        {
                            "title": f"<font color=''>{i.title[:8]}...</font>",
                            "realtitle": i.title,
                            "infourl": self.article(i),
                            "linkurl": "",
                            "infodate": str(i.day),
                            "istop": "1" if i.pinned else "0",
                        }
                        for i in items[page * size : (page + 1) * size]
                    ],
                }
            }
        )


# --- Hanweb xxgk ----------------------------------------------------------------------------------


class Xxgk(Twin):
    """大汉 disclosure module: rows as a table by a form, newest first, the pinned one on top."""

    family = "xxgk"
    marks_pinned = False
    page_size = 17
    ids: ClassVar = {FULL: ("1001", "A02"), EMPTY: ("1002", "A03"), BROKEN: ("1003", "A04")}

    def address(self, column: str) -> str:
        return f"/col/col{self.ids[column][0]}/index.html"

    def article(self, item: Item) -> str:
        day = item.day
        return f"/art/{day.year}/{day.month}/{day.day}/art_1001_{item.id}.html"

    def column_page(self, column: str) -> str:
        number, code = self.ids[column]
        kind = "" if self.quirk == "no catalogue code" else f"infotypeId:'{code}',"
        return self.shell(
            column,
            f'<div id="div{number}"></div>'
            f'<script src="/module/xxgk/tree.jsp?area=002276772&amp;divid=div{number}"></script>'
            f"<script>var query = {{{kind}jdid:2,divid:'div{number}'}};"
            "$.post('/module/xxgk/search.jsp?texttype=0&fbtime=-1', query, fill);</script>",
        )

    def install_endpoint(self) -> None:
        self.endpoint("/module/xxgk/search.jsp", self.answer)

    def answer(self, asked: Any) -> Any:
        form = parse_qs(asked.body.decode(), keep_blank_values=True)
        code = form["infotypeId"][0]
        column = next((c for c, (_, known) in self.ids.items() if known == code), None)
        if asked.method != "POST" or form["area"] != ["002276772"] or form["jdid"] != ["2"]:
            return self.reply(404)
        if column == BROKEN:
            return "<html><head><title>系统提示</title></head><body><p>操作失败，请联系管理员。</p></body></html>"
        if column is None:  # the whole organ: every third row is another column's
            own = list(self.columns[FULL])
            rows = [
                r
                for n, i in enumerate(own)
                for r in ([self.row(i)] + [self.other(n)] * (n % 3 == 0))
            ]
        else:
            rows = [self.row(i) for i in self.columns[column]]
        pages = -(-len(rows) // self.page_size)
        start = (int(form["currpage"][0]) - 1) * self.page_size
        count = "" if column is None else f"共{len(rows)}条 "
        return (
            '<table width="100%"><tr class="tr_title"><td>序号</td><td>名称</td><td>公开日期</td></tr>'
            f"{''.join(rows[start : start + self.page_size])}</table>"
            f'<div class="pager">{count}共{pages}页 <a href="javascript:void(0)" onclick="page(2)">下一页</a>'
            f'<a href="#" onclick="page({pages})">尾 页</a></div>'
        )

    def row(self, item: Item) -> str:
        return (
            f'<tr class="tr_main_value_odd"><td>{item.id}</td><td><a class="bt_link" gkfs="主动公开" '
            f'href="{self.article(item)}" title="{item.title}">{item.title[:9]}...</a></td><td>{item.day}</td></tr>'
        )

    def other(self, number: int) -> str:
        return (
            f'<tr class="tr_main_value_even"><td>8{number}</td><td><a class="bt_link" '
            f'href="/art/2018/1/1/art_1999_{number}.html">别的栏目的第{number}条信息</a></td><td>2018-01-01</td></tr>'
        )


# --- Hanweb JPaaS ---------------------------------------------------------------------------------


class Jpaas(Twin):
    """大汉 JPaaS: units built by the publish server, the list as HTML inside JSON."""

    family = "jpaas"
    page_ids: ClassVar = {FULL: "14730801a8", EMPTY: "14730801a9", BROKEN: "14730801aa"}
    endpoint_path = "/api-gateway/jpaas-publish-server/front/page/build/unit"

    def address(self, column: str) -> str:
        return f"/xxgk/{column}/index.html"

    def article(self, item: Item) -> str:
        return f"/xxgk/tzgg/art/{item.day.year}/art_{item.id:032x}.html"

    def unit(self, column: str, tag: str) -> str:
        asked = (
            f"{{'parseType':'bulidstatic','webId':'8d828e40','tplSetId':'209741b2','pageType':'column',"
            f"'tagId':'{tag}','editType':'null','pageId':'{self.page_ids[column]}'}}"
        )
        if tag == "分页列表":
            asked = asked.replace("'", "&quot;")
        return (
            f'<script id="u{len(tag)}" src="/static/js/unitbuild.js" parseType="bulidstatic" webId="8d828e40" '
            f'url="{self.endpoint_path}" queryData="{asked}"></script>'
        )

    def column_page(self, column: str) -> str:
        return self.shell(
            column,
            f"<div>{self.unit(column, '顶部导航')}</div><div class='list'>{self.unit(column, '分页列表')}</div>",
        )

    def install_endpoint(self) -> None:
        self.endpoint(self.endpoint_path, self.answer)

    def answer(self, asked: Any) -> Any:
        form = values(asked)
        column = next(
            (c for c, known in self.page_ids.items() if known == form.get("pageId")), BROKEN
        )
        if column == BROKEN or form["tagId"] != "分页列表" or form["webId"] != "8d828e40":
            return self.json({"success": True, "code": "200", "data": {"html": ""}})
        items = self.columns[column]
        number = json.loads(form["paramJson"])["pageNo"]
        if self.quirk == "first page for ever":
            number = 1
        part = items[(number - 1) * 15 : number * 15]
        rows = "".join(
            f"<li><a href='{self.article(i)}' title='{i.title}' target='_blank'>"
            f"{'<em class=top>[置顶]</em>' if i.pinned else ''}{i.title[:12]}...</a><b>{i.day}</b></li>"
            for i in part
        )
        pager = f'<div class="pagination" id="pg" count="{len(items)}" rows="15"><a href="javascript:;">末页</a></div>'
        markup = f'<ul class="list-ul">{rows}</ul>{pager}' if part or not items else ""
        return self.json({"success": True, "code": "200", "data": {"html": markup}})


# --- TrueCMS --------------------------------------------------------------------------------------


class TrueCms(Jpage):
    """JSONP, within it a datastore; a server gives 404 above what it gives at once."""

    family = "truecms"
    most = 50
    uuids: ClassVar = {
        FULL: "3b1f0c9e-1f7d-4a57-a29c-0f4f5e5a8f01",
        EMPTY: "3b1f0c9e-1f7d-4a57-a29c-0f4f5e5a8f02",
        BROKEN: "3b1f0c9e-1f7d-4a57-a29c-0f4f5e5a8f03",
    }
    endpoint_path = "/TrueCMS/messageController/getMessage.do"

    def address(self, column: str) -> str:
        return f"/ntsrmzf/{column}/{column}.html"

    def article(self, item: Item) -> str:
        return f"/ntsrmzf/tzgg/content/{item.id:08x}-1f7d-4a57-a29c-0f4f5e5a8f01.html"

    def column_page(self, column: str) -> str:
        return self.shell(
            column,
            '<div class="page-list"><ul id="pageList"></ul></div><input type="hidden" id="initData" value="">'
            f"<script>$('#pageList').truepage({{perPage:15,proxyUrl:'{self.endpoint_path}',"
            f"ajaxParam:{{columnId:'{self.uuids[column]}',contentTemplate:'ntlist'}}}});</script>",
        )

    def answer(self, asked: Any) -> Any:
        form = values(asked)
        column = next((c for c, known in self.uuids.items() if known == form["columnId"]), BROKEN)
        if int(form["perpage"]) > self.most or not asked.headers.get("referer"):
            return self.reply(404)
        items = self.columns[column]
        part = items[int(form["startrecord"]) - 1 : int(form["endrecord"])]
        inner = self.datastore(part, f"<totalrecord>{len(items)}</totalrecord>")
        if column == BROKEN:
            inner = ""
        body = f"{form['callback']}({json.dumps({'result': inner}, ensure_ascii=False)})"
        return self.reply(body=body.encode(), headers={"Content-Type": "application/javascript"})


# --- label 8888 -----------------------------------------------------------------------------------


class Label8888(Twin):
    """Anhui's make: a label gives the rows as HTML; its 暂无相关信息 proves nothing."""

    family = "label8888"
    says_zero = False
    ids: ClassVar = {FULL: "7225431", EMPTY: "7225432", BROKEN: "7225433"}

    def address(self, column: str) -> str:
        return f"/public/column/21981?type=4&action=list&nav=3&catId={self.ids[column]}"

    def article(self, item: Item) -> str:
        return f"/public/21981/{item.id}.html"

    def column_page(self, column: str) -> str:
        return self.shell(
            column,
            '<div class="xxgk_nav"><div id="publicList"></div><div class="page" id="page_list"></div></div>'
            '<script>Ls.ajax({url:"/site/label/8888?IsAjax=1&dataType=html&_="+Math.random(),data:{'
            'labelName:"publicInfoList",siteId:"6795621",pageSize:"15",pageIndex:1,action:"list",isDate:"true",'
            'dateFormat:"yyyy-MM-dd",length:"10",organId:"21981",type:"4",catId:"'
            + self.ids[column]
            + '",cId:"",result:"暂无相关信息",file:"/c1/bengbu/publicInfoList_new2022"}});</script>',
        )

    def install_endpoint(self) -> None:
        self.endpoint("/site/label/8888", self.answer)

    def answer(self, asked: Any) -> Any:
        form = values(asked)
        column = next((c for c, known in self.ids.items() if known == form.get("catId")), EMPTY)
        if (
            form.get("siteId") != "6795621"
            or form.get("file") != "/c1/bengbu/publicInfoList_new2022"
        ):
            column = EMPTY
        if column == BROKEN:
            return "<ul><? for(var el of data){ ?><li><a href='<?=el.link?>'><?=el.title?></a></li><? } ?></ul>"
        items, number = self.columns[column], int(form["pageIndex"])
        if not items:
            return '<div class="xxgk_nodata">暂无相关信息</div>'
        size = int(form["pageSize"])
        pages = -(-len(items) // size)
        rows = "".join(
            f'<li class="clearfix"><a href="{self.server.root}{self.article(i)}" title="{i.title}" target="_blank">'
            f"{i.title[: int(form['length'])]}...</a>{TOP if i.pinned else ''}"
            f'<span class="date">{i.day}</span></li>'
            for i in items[(number - 1) * size : number * size]
        )
        return (
            f'<ul class="xxgk_navli">{rows}</ul><div id="page_list"></div>'
            f"<script>Ls.pagination('#page_list',{{pageCount:{pages} == 0 ? 1 : {pages},pageIndex:{number}}});</script>"
        )


# --- EWCMS ----------------------------------------------------------------------------------------


class Ewcms(Twin):
    """Old Ruichang's interaction: three tables behind one page, counted from 0 and shown from 1."""

    family = "ewcms"
    marks_pinned = False
    tables: ClassVar = {FULL: 1, EMPTY: 2, BROKEN: 3}

    def address(self, column: str) -> str:
        return f"/component/interaction/list.do?type=0&currentTable={self.tables[column]}"

    def article(self, item: Item) -> str:
        return f"/component/interaction/detail.do?id={item.id}"

    def column_page(self, column: str) -> str:
        if column == BROKEN:
            return self.shell(column, '<div id="interaction"></div><script>go(0);</script>')
        return self.listing(column, 0)

    def install_endpoint(self) -> None:
        self.endpoint("/component/interaction/list.do", self.answer)

    def answer(self, asked: Any) -> Any:
        form = values(asked)
        column = next(c for c, n in self.tables.items() if str(n) == form["currentTable"])
        if column == BROKEN:
            return self.shell(column, "<p>服务器忙，请稍候再来办理您的事项</p>" * 20)
        return self.listing(column, int(form["pageNumber"]))

    def listing(self, column: str, number: int) -> str:
        items = self.columns[column]
        pages = -(-len(items) // 15)
        rows = "".join(
            f"<tr><td>{i.id}</td><td><a href='detail.do?id={i.id}'>{i.title}</a></td><td>市财政局</td>"
            f"<td>已回复</td><td>{i.day}</td></tr>"
            for i in items[number * 15 : number * 15 + 15]
        )
        return self.shell(
            column,
            "<table class='hd'><tr><th>编号</th><th>内容</th><th>受理单位</th><th>状态</th><th>日期</th></tr>"
            f"{rows}</table><div class='turn'>共{pages}页 当前为第{min(number + 1, max(pages, 1))}页 "
            f"<a href='javascript:gotoPage({number + 1})'>下一页</a></div>",
        )


TWINS: list[type[Twin]] = [
    Jpage,
    Xxgk,
    Jpaas,
    QueryList,
    TrueCms,
    Gkmlpt,
    Ucap,
    Label8888,
    Epoint,
    Ewcms,
]


@pytest.fixture(params=TWINS, ids=lambda twin: twin.family)
def twin(request: Any, bench: Any, server: Any, page: Any, reply: Any, make_column: Any) -> Twin:
    found = request.param(server, page, reply)
    return _installed(found, bench, make_column)


def _installed(twin: Twin, bench: Any, make_column: Any) -> Twin:
    bench.columns = tuple(
        make_column(slug, name, url=bench.server.root + twin.address(slug))
        for slug, name in NAMES.items()
    )
    twin.install()
    return twin


def _is_whole(reading: Any, twin: Twin) -> None:
    items = twin.columns[FULL]
    root = twin.server.root
    assert isinstance(reading, ColumnReading)
    assert [e.url for e in reading.entries].count(root + twin.article(items[0])) == 1
    got = {e.url: (e.title, e.published, e.date_state) for e in reading.entries}
    assert len(got) == len(reading.entries)
    assert got == {root + twin.article(i): (i.title, i.day, DateState.READ) for i in items}
    if twin.marks_pinned:
        assert [e.url for e in reading.entries if e.pinned] == [root + twin.article(items[0])]
    assert reading.proof.stop is StopReason.END
    assert reading.proof.share_dated == 1.0
    assert reading.proof.reader.endswith(f"+{twin.family}")


def _only(bench: Any, column: str) -> None:
    bench.columns = tuple(spec for spec in bench.columns if spec.slug == column)


def test_all_entries_are_found_once_the_answers_kept_and_the_accounts_closed(
    bench: Any, twin: Twin
) -> None:
    _only(bench, FULL)
    result = bench.crawl()
    _is_whole(bench.column(f"s/{FULL}"), twin)
    assert result.complete
    seen = {row.outcome for row in bench.seen("page").values()}
    assert (len(bench.seen("page")), seen) == (COUNT, {"fetched"})
    kept = {row.url for row in bench.query("select url from evidence")}
    assert {twin.server.root + a.path for a in twin.endpoint_asked} <= kept
    assert all(a.headers.get("referer") for a in twin.endpoint_asked)


def test_a_column_is_empty_only_where_the_endpoint_says_so_twice(bench: Any, twin: Twin) -> None:
    _only(bench, EMPTY)
    bench.crawl()
    reading = bench.column(f"s/{EMPTY}")
    if not twin.says_zero:
        assert isinstance(reading, Unverified)
        assert reading.code is Missing.READER
        return
    assert isinstance(reading, ColumnReading)
    assert (reading.entries, reading.proof.total_claimed) == ((), 0)
    assert reading.proof.confirmed
    assert reading.proof.stop is StopReason.END
    assert len([a for a in bench.server.log if a.path == twin.address(EMPTY)]) == 2


def test_an_endpoint_that_is_not_understood_leaves_the_column_unverified(
    bench: Any, twin: Twin
) -> None:
    _only(bench, BROKEN)
    bench.crawl()
    reading = bench.column(f"s/{BROKEN}")
    assert isinstance(reading, Unverified)
    assert reading.code is Missing.READER
    assert twin.family in reading.reason


# --- quirks of servers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "quirk"),
    [
        (Jpage, "page only"),
        (Jpage, "post only"),
        (Jpage, "no inline rows"),
        (Jpage, "wants a Referer"),
        (QueryList, "no more than 15"),
        (QueryList, "no inline rows"),
        (Ucap, "wrapped"),
        (Xxgk, "no catalogue code"),
        (Epoint, "within params"),
        (Epoint, "counts from 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.family,
)
def test_the_ways_of_one_server_or_another_are_all_read_to_the_end(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any, kind: type[Twin], quirk: str
) -> None:
    twin = kind(server, page, reply)
    twin.quirk = quirk
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    bench.crawl()
    _is_whole(bench.column(f"s/{FULL}"), twin)


def test_a_server_that_cuts_what_is_asked_for_is_asked_for_the_rest(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Jpage(server, page, reply)
    twin.most = 17
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    _is_whole(reading, twin)
    assert reading.page_lengths == (17, 17, 17, 14)


def test_what_was_read_before_an_endpoint_fell_silent_is_not_the_whole_list(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Jpage(server, page, reply)
    twin.most, twin.quirk = 20, "deep pages empty"
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    assert (len(reading.entries), reading.proof.total_claimed) == (20, COUNT)
    assert reading.proof.stop is not StopReason.END


def test_the_host_s_robots_txt_holds_for_endpoints(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Jpage(server, page, reply)
    twin.quirk = "no inline rows"
    _installed(twin, bench, make_column)
    server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nDisallow: /module/\n", headers={"Content-Type": "text/plain"}
    )
    _only(bench, FULL)
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    assert isinstance(reading, Unverified)
    assert reading.code is Missing.ROBOTS
    assert twin.endpoint_asked == []


def test_a_server_that_gives_its_first_page_for_ever_is_left_and_the_list_not_called_whole(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Jpaas(server, page, reply)
    twin.quirk = "first page for ever"
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    assert (len(reading.entries), reading.proof.stop) == (15, StopReason.REPEATED)
    assert len(twin.endpoint_asked) == 2


def test_an_endless_endpoint_is_read_no_further_than_the_bound(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Ucap(server, page, reply)
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    bench.rate = bench.rate.model_copy(update={"max_list_pages": 2})
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    assert (len(reading.entries), reading.proof.stop) == (40, StopReason.CAP)


def test_another_list_s_endpoint_is_not_taken_for_the_page_s_own_list(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Ucap(server, page, reply)
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    call = (
        f"<script>$.get('/common/search/{twin.channels[FULL]}?_isJson=true&page=1',hot);</script>"
    )
    server.routes[twin.address(FULL)] = page.listing("通知公告", page.rows("/gzszf/", 8), call)
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    assert len(reading.entries) == 8
    assert all("/gzszf/t2018" in e.url for e in reading.entries)
    assert reading.proof.stop is StopReason.UNREADABLE


def test_a_page_that_shows_its_whole_list_asks_no_endpoint(
    bench: Any, server: Any, page: Any, reply: Any, make_column: Any
) -> None:
    twin = Ucap(server, page, reply)
    _installed(twin, bench, make_column)
    _only(bench, FULL)
    call = (
        f"<script>$.get('/common/search/{twin.channels[FULL]}?_isJson=true&page=1',hot);</script>"
    )
    server.routes[twin.address(FULL)] = page.listing(
        "通知公告", page.rows("/gzszf/", 8), f"<span>共 8 条</span>{call}"
    )
    bench.crawl()
    reading = bench.column(f"s/{FULL}")
    assert (len(reading.entries), reading.proof.stop) == (8, StopReason.END)
    assert twin.endpoint_asked == []
