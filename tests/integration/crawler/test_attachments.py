"""Attachments of budgets: fetched once, kept, read, and asked for conditionally from then on."""

from __future__ import annotations

from typing import Any

from checks.attachment_facts import attachment_key
from checks.facts import Unverified
from crawler.attachments import FILES
from storage import extras
from tests import office
from tests.integration.crawler.conftest import CZJ, column

ENTRY, OTHER = "/yjs/t20180530_1.html", "/tzgg/t20180530_1001.html"
XLSX = office.xlsx({"收支总体情况表": "visible"}, "部门收支总表")


def _lay(
    bench: Any, server: Any, page: Any, *links: str, title: str = "市财政局2018年部门预算"
) -> None:
    bench.columns = (*bench.columns, column("yjs", "部门预决算"))
    menu = (("通知公告", "/tzgg/"), ("政务动态", "/zwdt/"), ("部门预决算", "/yjs/"))
    server.routes["/"] = page.home(*menu)
    hung = "".join(f'<p>　　<a href="{link}">附件</a></p>' for link in links)
    server.routes["/yjs/"] = page.listing(
        "部门预决算", page.row(ENTRY, title) + page.rows("/yjs/t", 5)
    )
    server.routes[ENTRY] = page.article(title, hung)


def _looks(bench: Any) -> dict[str, Any]:
    return dict(extras.newest(bench.engine, bench.scan_id, FILES, 35))


def test_a_budgets_attachment_is_read_and_kept_as_evidence(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    _lay(bench, server, page, "/f/b.xlsx", "/f/none.doc", "/f/fake.pdf", "http://x.example/o.doc")
    server.routes["/f/b.xlsx"] = reply(body=XLSX, headers={"Content-Type": "application/x"})
    server.routes["/f/fake.pdf"] = "<!DOCTYPE html><html><body>文件列表页</body></html>"
    server.routes[OTHER] = page.article("通知", '<p><a href="/f/other.xlsx">附件</a></p>')
    server.routes["/f/other.xlsx"] = reply(body=XLSX, headers={"Content-Type": "application/x"})
    bench.crawl()
    looks = _looks(bench)
    urls = {name: server.root + f"/f/{name}" for name in ("b.xlsx", "none.doc", "fake.pdf")}
    assert looks.keys() == {attachment_key(url) for url in urls.values()}
    good = looks[attachment_key(urls["b.xlsx"])]
    assert good.facts.read.names == ("收支总体情况表",)
    kept = bench.query("select url from evidence where digest = :d", d=good.evidence)
    assert [row.url for row in kept] == [urls["b.xlsx"]]
    assert isinstance(looks[attachment_key(urls["none.doc"])].facts, Unverified)
    assert "网页" in looks[attachment_key(urls["fake.pdf"])].facts.reason
    assert len(server.asked("/f/b.xlsx")) == 1
    fates = bench.fates()
    assert fates["/f/b.xlsx"] == ("alive", 200)
    assert fates["/f/fake.pdf"] == ("dead", 200)
    assert fates["/f/none.doc"] == ("dead", 404)


def test_the_next_scan_asks_whether_it_changed(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    _lay(bench, server, page, "/f/b.xlsx")

    def served(asked: Any) -> Any:
        if asked.headers.get("if-none-match") == '"1"':
            return reply(304)
        return reply(body=XLSX, headers={"Content-Type": "application/x", "ETag": '"1"'})

    server.routes["/f/b.xlsx"] = served
    bench.crawl()
    before = _looks(bench)
    bench.again()
    assert [a.headers.get("if-none-match") for a in server.asked("/f/b.xlsx")] == ['"1"']
    assert _looks(bench) == before
    assert bench.fates()["/f/b.xlsx"] == ("alive", 200)
    bench.again(full=True)
    assert [a.headers.get("if-none-match") for a in server.asked("/f/b.xlsx")] == [None]


def test_a_file_too_large_and_one_that_robots_txt_forbids_are_unverified(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    _lay(bench, server, page, "/f/large.pdf", "/no/b.xlsx")
    bench.rate = replace_rate(bench.rate, max_bytes=20_000)
    server.routes["/f/large.pdf"] = reply(
        body=b"%PDF-" + bytes(30_000), headers={"Content-Type": "application/pdf"}
    )
    server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nDisallow: /no/\n", headers={"Content-Type": "text/plain"}
    )
    bench.crawl()
    looks = _looks(bench)
    assert "上限" in looks[attachment_key(server.root + "/f/large.pdf")].facts.reason
    assert isinstance(looks[attachment_key(server.root + "/no/b.xlsx")].facts, Unverified)
    assert not server.asked("/no/b.xlsx")


def replace_rate(rate: Any, **changes: Any) -> Any:
    return rate.model_copy(update=changes)


def test_a_scan_of_one_department_reads_only_the_list_of_everyones_budgets(
    bench: Any, server: Any, page: Any
) -> None:
    _lay(bench, server, page, "/f/b.xlsx")
    bench.units = (*bench.units, CZJ)
    bench.crawl(units=frozenset(("czj",)))
    assert server.asked("/yjs/")
    assert not server.asked(OTHER)
    assert not server.asked(ENTRY)
    bench.again(units=frozenset(("xxb",)))
    assert server.asked(ENTRY)
