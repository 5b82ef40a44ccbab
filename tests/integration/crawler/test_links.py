"""Links and attachments: dead is what is dead twice, the rest is alive or unverified."""

from __future__ import annotations

from typing import Any

FIRST = "/tzgg/t20180530_1001.html"


def _with_links(page: Any, *links: str) -> str:
    extra = "".join(f"<p>　　附件：{link}</p>" for link in links)
    return str(page.article("关于做好重点工作安排的通知", extra))


def test_fates_of_links_in_a_body(bench: Any, server: Any, page: Any, reply: Any) -> None:
    server.routes[FIRST] = _with_links(
        page,
        '<a href="/a/good.html">好</a>',
        '<a href="/a/missing.html">坏</a>',
        '<a href="/a/gone.html">没了</a>',
        '<a href="/a/error.html">错</a>',
        '<a href="/a/good.pdf">好附件</a>',
        '<a href="/a/fake.pdf">假附件</a>',
        '<a href="/a/missing.doc">没有的附件</a>',
        '<a href="http://elsewhere.example/x.html">站外</a>',
        '<img src="/a/good.png"><img src="/a/missing.png">',
    )
    server.routes["/a/good.html"] = page.article("一篇文章")
    server.routes["/a/gone.html"] = reply(410)
    server.routes["/a/error.html"] = reply(500)
    server.routes["/a/good.pdf"] = reply(
        body=b"%PDF-1.4" + b"x" * 50_000, headers={"Content-Type": "application/pdf"}
    )
    server.routes["/a/fake.pdf"] = (
        "<!DOCTYPE html><html><body>文件列表页，内容很多很多</body></html>"
    )
    server.routes["/a/good.png"] = reply(body=b"\x89PNG", headers={"Content-Type": "image/png"})
    bench.crawl()
    fates = {k: v for k, v in bench.fates().items() if k.startswith("/a/")}
    assert fates == {
        "/a/good.html": ("alive", 200),
        "/a/missing.html": ("dead", 404),
        "/a/gone.html": ("dead", 410),
        "/a/error.html": ("unverified", 500),
        "/a/good.pdf": ("alive", 200),
        "/a/fake.pdf": ("dead", 200),
        "/a/missing.doc": ("dead", 404),
        "/a/good.png": ("alive", 200),
        "/a/missing.png": ("dead", 404),
    }
    assert len(server.asked("/a/missing.doc")) == 2
    assert not [u for u in bench.fates() if "elsewhere" in u]


def test_a_link_that_is_dead_only_once_is_alive(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes[FIRST] = _with_links(page, '<a href="/a/shy.html">羞</a>')
    good = page.article("一篇文章")
    server.routes["/a/shy.html"] = lambda a: (
        good if a.method == "GET" and len(server.asked("/a/shy.html")) > 1 else reply(404)
    )
    bench.crawl()
    assert bench.fates()["/a/shy.html"] == ("alive", 200)


def test_a_page_fetched_in_the_scan_is_not_asked_again_as_a_link(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes[FIRST] = _with_links(page, '<a href="/zwdt/t20180530_1050.html">相关</a>')
    bench.crawl()
    assert len(server.asked("/zwdt/t20180530_1050.html")) == 1


def test_a_host_that_answers_200_for_everything_is_seen_through(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes[FIRST] = _with_links(page, '<a href="/a/missing.html">坏</a>')
    sorry = "<html><title>中国某市</title><body>出错啦，返回首页看看吧</body></html>"
    server.routes["/xunjian-absent-7f3a91c4.html"] = sorry
    server.routes["/a/missing.html"] = sorry
    server.routes["/tzgg/t20180530_1002.html"] = sorry
    bench.crawl()
    assert bench.fates()["/a/missing.html"] == ("dead", 200)
    assert bench.fates()["/tzgg/t20180530_1002.html"] == ("dead", 200)
    assert not server.asked("/a/missing.html", "HEAD")


def test_an_attachment_in_a_list_is_a_link_not_a_page(bench: Any, server: Any, page: Any) -> None:
    server.routes["/tzgg/"] = page.listing(
        "通知公告", page.rows("/tzgg/", 6) + page.row("/f/plan.pdf", "某市2018年工作计划全文")
    )
    bench.crawl()
    assert server.root + "/f/plan.pdf" not in bench.seen("page")
    assert bench.fates()["/f/plan.pdf"] == ("dead", 404)


def test_links_robots_txt_forbids_are_unverified(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nDisallow: /a/\n", headers={"Content-Type": "text/plain"}
    )
    server.routes[FIRST] = _with_links(page, '<a href="/a/x.html">禁</a>')
    bench.crawl()
    assert bench.fates()["/a/x.html"] == ("unverified", None)
    assert not server.asked("/a/x.html")
