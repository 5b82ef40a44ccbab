"""What the two hosts answer: addresses to pages, and the ways in which some misbehave."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import parse_qs

from tests.replica import disclosure, templates_platform, templates_portal, text
from tests.replica.forms import FORMS
from tests.replica.marks import FIELD, SEARCH, results
from tests.replica.site import Column, Replica
from tests.replica.templates import RESOURCE, Addresses, Pen, encode, template_fault_paths

HTML = "text/html"
OFFICE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "mp4": "video/mp4",
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "789c6360f8cf500f0003860180a5c79a270000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    content_type: str = HTML
    location: str | None = None
    behaviour: str = ""
    """``reset``, ``truncate``, ``slow`` or empty; the server carries it out."""
    modified: datetime | None = None

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha1(self.body, usedforsecurity=False).hexdigest()[:20]}"'


@cache
def file_bytes(ext: str, salt: int = 0) -> bytes:
    """The first bytes a reader looks at, and some more."""
    tail = b"%d" % salt + bytes(range(256)) * 8
    if ext in ("doc", "xls"):
        return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + tail
    if ext == "pdf":
        return (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"
            + tail
            + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        )
    if ext == "jpg":
        return bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + tail + b"\xff\xd9"
    if ext == "gif":
        return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    if ext == "mp4":
        return bytes.fromhex("0000001866747970") + b"mp42\0\0\0\0mp42isom" + tail
    if ext in ("docx", "xlsx"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            for name, part in budget_parts(ext).items():
                z.writestr(zipfile.ZipInfo(name), part)
        return out.getvalue()
    if ext == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr(zipfile.ZipInfo("word/document.xml"), "<w:document/>")
        return out.getvalue()
    return PIXEL


def budget_parts(ext: str) -> dict[str, str]:
    """A document of words alone, or a workbook with a sheet for each table of a budget."""
    if ext == "docx":
        words = "".join(f"<w:p><w:r><w:t>{t}</w:t></w:r></w:p>" for t in text.SENTENCES)
        return {
            "word/document.xml": f'<w:document xmlns:w="urn:w"><w:body>{words}</w:body></w:document>'
        }
    sheets = "".join(
        f'<sheet name="{t}" sheetId="{i}"/>' for i, t in enumerate(text.BUDGET_TABLES, 1)
    )
    strings = "".join(f"<si><t>{t}</t></si>" for t in text.BUDGET_TABLES)
    return {
        "xl/workbook.xml": f'<workbook xmlns="urn:s"><sheets>{sheets}</sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="urn:s">{strings}</sst>',
    }


NOT_FOUND = b'<html><head><meta charset="utf-8"><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>'
SOFT = (
    '<html><head><meta charset="utf-8"><title>页面不存在</title></head><body><div class="err">'
    '您访问的页面不存在或已被删除，<a href="/">返回首页</a></div></body></html>'
).encode()
ERROR = "<html><head><title>500</title></head><body>服务器内部错误</body></html>".encode()
CHALLENGE = (
    "<html><head><meta charset=\"utf-8\"><script>var _$ts=window['$_ts'];if(!_$ts)_$ts={};document.cookie='clearS=1;path=/';"
    "location.reload();</script></head><body>请稍候，正在进行安全验证</body></html>"
).encode()

Handler = Callable[[], Reply]


class Site:
    """The answers of one replica: a table of addresses, pages written when asked for."""

    def __init__(self, replica: Replica, addresses: Addresses | None = None) -> None:
        self.replica = replica
        self.pen = Pen(replica, addresses or Addresses())
        self._routes: dict[str, dict[str, Handler]] = {"portal": {}, "platform": {}}
        self._faults = {s: template_fault_paths(replica, s) for s in self._routes}
        self._lay()

    def reply(self, site: str, target: str) -> Reply:
        """The answer to ``GET target`` (path and query)."""
        handler = self._routes[site].get(target)
        if handler is not None:
            return handler()
        path = target.partition("?")[0]
        if path in self._faults[site]:
            return Reply(404, NOT_FOUND)
        if match := RESOURCE.search(path):
            return self._resource(int(match[1]), int(match[2]), match[3], path)
        if path.startswith(("/images/", "/css/", "/js/")):
            return self._static(path)
        if path.startswith(("/wzdt/", "/gkzn/")):
            title = {"ditu": "网站地图", "lianxi": "联系我们", "guanyu": "关于我们",
                     "zhinan2015": "依申请公开", **disclosure.PAGES}.get(path.rsplit("/", 1)[-1].partition(".")[0])  # fmt: skip
            if title:
                return Reply(200, encode(None, self.pen.standing(site, title), "utf-8"))
        if path == SEARCH[site]:
            words = parse_qs(target.partition("?")[2]).get(FIELD, [""])[0]
            main = results(self.replica, site, words)
            return Reply(200, encode(None, self.pen.page(site, "站内搜索", main), "utf-8"))
        if path.startswith("/loop/"):
            return Reply(
                302, location=path.replace("/loop/a", "/loop/b") if "/loop/a" in path else "/loop/a"
            )
        return Reply(404, NOT_FOUND)

    def paths(self, site: str) -> list[str]:
        """Every address of a page that answers, aliases included."""
        return list(self._routes[site])

    def _lay(self) -> None:
        replica, pen = self.replica, self.pen
        portal, platform = self._routes["portal"], self._routes["platform"]
        for path in ("/", "/index.html"):
            portal[path] = lambda: self._html(templates_portal.home(pen))
        for path in ("/", "/index.htm"):
            platform[path] = lambda: self._html(templates_platform.home(pen))
        portal["/robots.txt"] = platform["/robots.txt"] = self._robots
        for body in replica.holders:
            for path in (f"/bmgkxx/{body.id}/", f"/bmgkxx/{body.id}/index.htm"):
                platform[path] = self._root(body.id)
        for column in replica.columns:
            self._lay_column(column)
        for article in replica.articles.values():
            table = self._routes[article.site]
            table[article.path] = self._article(article.number)
            listed = replica.listed_path(article)
            if listed != article.path:
                table[listed] = self._moved(article.path)

    def _lay_column(self, column: Column) -> None:
        treatment, table = column.treatment, self._routes[column.site]
        if treatment in ("delegated",) or treatment.startswith("absent"):
            return
        for index in range(column.pages):
            table[column.page_path(index)] = self._list(column, index)
        if column.pager == "query":
            table[f"{column.directory}list.jsp?pageNumber=0"] = self._list(column, 0)
        if column.slot.slug == "mstd":
            table[f"{column.directory}list.do"] = self._list(column, 0)
        table[column.directory] = self._list(column, 0)
        if treatment == "moved-column":
            table["/moved" + column.directory] = self._moved(column.page_path(0), 302)

    def _root(self, unit: str) -> Handler:
        if self.replica.plan.units.get(unit) == "server-error":
            return lambda: Reply(500, ERROR)
        return lambda: self._html(templates_platform.unit_root(self.pen, unit))

    def _list(self, column: Column, index: int) -> Handler:
        treatment = column.treatment
        if treatment == "server-error" or (treatment == "old-stops" and index):
            return lambda: Reply(500, ERROR)
        if treatment == "wall":
            return lambda: Reply(412, CHALLENGE)
        if treatment == "reset":
            return lambda: Reply(200, behaviour="reset")
        writer = templates_portal if column.site == "portal" else templates_platform
        return lambda: self._html(writer.column_page(self.pen, column, index))

    def _article(self, number: int) -> Handler:
        def write() -> Reply:
            article = self.replica.articles[number]
            if article.template == "interaction":
                page = templates_portal.letter_page(self.pen, article)
            elif article.site == "portal":
                page = templates_portal.article_page(self.pen, article)
            else:
                page = templates_platform.entry_page(self.pen, article)
            made = datetime(
                article.published.year,
                article.published.month,
                article.published.day,
                1,
                tzinfo=UTC,
            )
            # The same content keeps its time, a changed page gets another.
            made += timedelta(seconds=zlib.crc32(page) % 36_000)
            plain = article.template in ("old", "gbk") or FORMS[article.form].charset
            return Reply(200, page, HTML if plain else HTML + "; charset=utf-8", modified=made)

        return write

    @staticmethod
    def _html(page: bytes) -> Reply:
        return Reply(200, page)

    @staticmethod
    def _moved(path: str, status: int = 301) -> Handler:
        return lambda: Reply(status, location=path)

    def _robots(self) -> Reply:
        shut = [c.directory for c in self.replica.columns if c.treatment == "robots"]
        lines = [
            "User-agent: *",
            "Disallow: /admin/",
            "Disallow: /search/",
            *(f"Disallow: {d}" for d in shut),
        ]
        return Reply(200, "\n".join(lines).encode() + b"\n", "text/plain")

    def _static(self, path: str) -> Reply:
        if path.startswith("/images/"):
            ext = path.rsplit(".", 1)[-1]
            return Reply(200, file_bytes(ext), OFFICE.get(ext, "image/png"))
        if path.endswith(".css"):
            return Reply(200, b".TRS_Editor p,#zoom p{text-indent:2em;line-height:2}\n", "text/css")
        return Reply(200, b"function createPageHTML(){}\n", "application/javascript")

    def _resource(self, number: int, index: int, ext: str, path: str) -> Reply:
        article = self.replica.articles.get(number)
        resources = FORMS[article.form].resources if article else ()
        if index >= len(resources) or resources[index].ext != ext:
            if (
                article
                and path.endswith(f"_9.{ext}")
                and any(r.state == "moved" for r in resources)
            ):
                return self._good(ext, number)
            return Reply(404, NOT_FOUND)
        state = resources[index].state
        if state == "moved":
            return Reply(301, location=path.replace(f"_{index}.{ext}", f"_9.{ext}"))
        if state == "ok-zip":
            return Reply(200, file_bytes("zip"), OFFICE["doc"])
        if state in ("404", "410"):
            return Reply(int(state), NOT_FOUND)
        if state == "500":
            return Reply(500, ERROR)
        if state in ("html", "soft404"):
            return Reply(200, SOFT)
        return self._good(ext, number)

    def _good(self, ext: str, number: int) -> Reply:
        if ext == "html":
            article = self.replica.articles[number]
            return Reply(
                200, encode(None, self.pen.standing(article.site, "有关实施办法"), "utf-8")
            )
        return Reply(200, file_bytes(ext, number % 50), OFFICE[ext])
