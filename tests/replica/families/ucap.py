"""开普 UCAP: ``….shtml``, rows as JSON from ``/common/search/<32 hex>`` or ``POST /getFileListByCodeId``."""

from __future__ import annotations

import json
from datetime import timedelta
from html import escape
from typing import ClassVar

from tests.replica.families.family import Asked, Reply
from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.scripted import ScriptedPortal


class UcapSite(ScriptedPortal):
    family = "ucap"
    body_open = '<div class="pages_content"><UCAPCONTENT><div id="UCAP-CONTENT">'
    body_close = "</div></UCAPCONTENT></div>"
    marks_pinned = True
    endpoints: ClassVar[tuple[str, ...]] = ("/common/search/", "/search/", "/searchList/")
    most = 20
    """The server gives no more at once."""

    def place(self, column: Column) -> int:
        return [c.key for c in self.plan.columns].index(column.key)

    def channel_id(self, column: Column) -> str:
        return f"{(self.place(column) + 11) * 0x9E3779B97F4A7C15F39CC0605CEDC835 & (1 << 128) - 1:032x}"

    def column_path(self, column: Column) -> str:
        name = ("list.shtml", "common_list.shtml", "xxgk_list.shtml")[self.place(column) % 3]
        return f"/{self.site_code}/c{100200 + self.place(column)}/{name}"

    @property
    def site_code(self) -> str:
        return "ntszf"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.plan.column(post.home)
        if post.kind is Kind.FILE:
            return f"/{self.site_code}/uploadfile/{post.number * 6007:032x}.{post.target}"
        hexed = f"{post.number * 104729 * 0x1F123BB5:032x}"
        return f"/{self.site_code}/c{100200 + self.place(home)}/{post.day:%Y%m}/{hexed}.shtml"

    def call(self, column: Column) -> str:
        """The script of the list."""
        path = self.endpoints[self.place(column) % 3]
        channel = self.channel_id(column)
        match self.place(column) % 4:
            case 0:
                address = f'"{path}{channel}?_isAgg=true&_isJson=true&_pageSize=15&_template=index&_rangeTimeGte=&_channelName=&page="+page'
            case 1:
                return (
                    f"<script>\nvar channelId = '{channel}';\nfunction load(page){{\n$.ajax({{ type : 'get', url : '{path}' + channelId,"
                    " data : {_isAgg:true, _isJson:true, _pageSize:15, _template:'index', page:page}, success: render});}\n"
                    "var test='_isAgg=true&_isJson=true';load(1);</script>"
                )
            case 2:
                address = f"'{path}{channel}?_isAgg=true&amp;_isJson=true&amp;_pageSize=15&amp;page=' + page"
            case _:
                address = f"`{path}{channel}?_isAgg=true&_isJson=true&_pageSize=15&page=${{page}}`"
        return (
            f"<script>\nfunction load(page){{ $.getJSON({address}, render); }}\nload(1);\n</script>"
        )

    def metas(self, column: Column) -> str:
        return (
            f'{super().metas(column)}<meta name="channelId" content="{self.channel_id(column)}">\n'
        )

    def list_page(self, column: Column) -> str:
        return f'<ul class="xxgk-list" id="list"></ul><div id="page_div" class="pagination"></div>{self.call(column)}'

    def install(self) -> None:
        for column in self.plan.columns:
            for path in self.endpoints:
                self.handlers[path + self.channel_id(column)] = self.answer

    def row(self, post: Post, column: Column) -> dict[str, object]:
        address = self.href(post, column)
        if address.startswith("/") and post.number % 2:
            address = f"//{self.root.partition('//')[2]}{address}"
        day = post.day
        return {
            "title": escape(post.title),
            "subTitle": "",
            "url": address,
            "manuscriptId": post.number,
            "isTop": 1 if post.pinned else 0,
            "publishedTimeStr": f"{day} {8 + post.number % 9:02d}:{post.number % 60:02d}:00",
            # The epoch of the day before, as if the server's zone were another.
            "publishedTime": (day - timedelta(days=1)).toordinal() * 86_400_000
            - 62_135_596_800_000,
            "content": "",
            "domainMetaList": [
                {
                    "resultList": [
                        {"key": "refno", "value": post.document_number or "null"},
                        {"key": "indexnumber", "value": post.index_number},
                        {"key": "source", "value": "undefined"},
                    ]
                }
            ],
        }

    def answer(self, asked: Asked) -> Reply | str:
        form = asked.values()
        channel = asked.path.rpartition("/")[2] or ""
        column = next(c for c in self.plan.columns if self.channel_id(c) == channel)
        if form.get("_isJson") != "true":
            return self.not_found()
        size = min(int(form["_pageSize"]), self.most)
        return self.json(self.answered(column, int(form["page"]), size))

    def answered(self, column: Column, number: int, size: int) -> dict[str, object]:
        posts = column.posts[(number - 1) * size : number * size]
        rows = [self.row(p, column) for p in posts]
        return {"data": {"total": len(column.posts), "rows": size, "page": number, "results": rows}}

    def json(self, data: object) -> Reply:
        body = json.dumps(data, ensure_ascii=False).encode()
        return Reply(200, body, "application/json;charset=UTF-8")

    def body(self, post: Post) -> str:
        """A long text is cut into pages by a word that the page's script looks for."""
        whole = super().body(post)
        if post.parts > 1:
            half = whole.find("</p>", len(whole) // 2) + 4
            return f"{whole[:half]}<p>#PAGE_BREAK#</p>{whole[half:]}"
        return whole


class UcapPostSite(UcapSite):
    """The variant that is asked by a form."""

    family = "ucap-post"
    marks_pinned = True

    @property
    def site_code(self) -> str:
        return "dxq"

    def call(self, column: Column) -> str:
        channel = self.channel_id(column)
        if self.place(column) % 2:
            return f'<script>$.post("/getFileListByCodeId", {{"channelId": "{channel}", "page": 1, "size": 20}}, show, "json");</script>'
        return (
            f"<script>\nvar channelId='{channel}',size=15;\n$.ajax({{url : '/getFileListByCodeId',\ttype : 'POST',\n"
            "data : { channelId : channelId, page : page, size : size }, success : function(res){ fill(res.results.data); } });</script>"
        )

    def install(self) -> None:
        self.handlers["/getFileListByCodeId"] = self.answer

    def answer(self, asked: Asked) -> Reply | str:
        form = asked.values()
        if asked.method != "POST":
            return Reply(405)
        column = next(
            (c for c in self.plan.columns if self.channel_id(c) == form.get("channelId")), None
        )
        if column is None:
            return self.json({"code": 500, "results": None})
        size = min(int(form["size"]), self.most)
        return self.json({"code": 200, "results": self.answered(column, int(form["page"]), size)})
