"""Exploring a site on loopback: what is found, what is left alone, and that it ends."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.facts import Missing
from config.schema import Rate, SiteKind
from crawler.explore import explore
from crawler.plan import Progress
from crawler.survey import ColumnLook, SeenColumn, Survey

AS_OF = datetime(2018, 6, 4, 4, tzinfo=UTC)
RATE = Rate(
    interval_seconds=0, concurrency=4, timeout_seconds=2, retry_after_seconds=0.01, retries=1
)

Explore = Callable[..., Survey]


@pytest.fixture
def survey(server: Any) -> Explore:
    def run(bound: int = 300, **more: Any) -> Survey:
        (found,) = explore(
            [more.pop("root", server.root + "/")],
            bound=bound,
            config_rate=more.pop("rate", RATE),
            user_agent="xunjian/0.1 (test)",
            as_of=AS_OF,
            **more,
        )
        return found

    return run


def names(found: Survey) -> list[str]:
    return [c.name for c in found.columns]


def column(found: Survey, name: str) -> SeenColumn:
    (one,) = [c for c in found.columns if c.name == name]
    return one


def home(*items: str, rest: str = "", head: str = "") -> str:
    return (
        f"<html><head><title>南塘县人民政府</title>{head}</head><body>"
        f'<div class="nav"><ul><li><a href="/">首页</a></li>{"".join(items)}</ul></div>{rest}'
        "<div class='footer'>主办单位：南塘县人民政府办公室</div></body></html>"
    )


def item(url: str, name: str, below: str = "") -> str:
    return f'<li><a href="{url}">{name}</a>{f"<ul>{below}</ul>" if below else ""}</li>'


@pytest.fixture
def site(server: Any, page: Any) -> Any:
    """Two columns below one, a text, a mailbox, and a link elsewhere."""
    server.routes["/"] = home(
        item("/gk/", "政务公开", item("/gk/tz/", "通知公告") + item("/gk/wj/", "政府文件")),
        item("/gk/zn/", "公开指南"),
        item("/xx/", "县长信箱"),
        item("http://zwfw.example/nt/list.html", "办事服务"),
        head='<meta name="SiteName" content="南塘县人民政府"><meta name="SiteIDCode" content="3604250001">',
    )
    server.routes["/gk/"] = home(
        item("/gk/tz/", "通知公告"), item("/gk/wj/", "政府文件"), rest="<p>欢迎</p>"
    )
    server.routes["/gk/tz/"] = page.listing("通知公告", page.rows("/gk/tz/", 8))
    server.routes["/gk/wj/"] = page.listing("政府文件", page.rows("/gk/wj/", 8, start=50))
    text = "".join(
        f"<p>第{n}条，公民可以向本机关申请公开政府信息，本机关依法答复。</p>" for n in range(6)
    )
    server.routes["/gk/zn/"] = (
        f"<html><title>公开指南</title><body><h1>公开指南</h1><div id='zoom'>{text}</div></body></html>"
    )
    server.routes["/xx/"] = (
        "<html><title>县长信箱</title><body><h2>县长信箱</h2><form><input name='t'><textarea name='c'></textarea></form></body></html>"
    )
    return server


def test_each_column_is_told_by_its_own_page(site: Any, survey: Explore) -> None:
    found = survey()
    assert {c.name: (c.look, c.above) for c in found.columns} == {
        "政务公开": (ColumnLook.PARENT, ()),
        "通知公告": (ColumnLook.LIST, ("政务公开",)),
        "政府文件": (ColumnLook.LIST, ("政务公开",)),
        "公开指南": (ColumnLook.TEXT, ()),
        "县长信箱": (ColumnLook.FORM, ()),
        "办事服务": (ColumnLook.ELSEWHERE, ()),
    }
    assert column(found, "办事服务").target == "http://zwfw.example/nt/list.html"
    assert len(column(found, "通知公告").entries) == 8
    assert found.identity.site_code == "3604250001"
    assert found.identity.operator == "南塘县人民政府办公室"
    assert found.kind is SiteKind.PORTAL
    assert found.missing is None
    assert found.unvisited == 0


def test_articles_are_not_asked_for(site: Any, survey: Explore) -> None:
    survey()
    assert not [path for path in site.paths() if "/t2018" in path]


def test_two_explorations_of_a_site_are_the_same(site: Any, survey: Explore) -> None:
    assert survey() == survey()


def test_one_column_under_many_spellings_is_one(server: Any, page: Any, survey: Explore) -> None:
    server.routes["/"] = home(
        item("/tz/", "通知公告"),
        item("/tz/index.html", "通知公告"),
        item("/./a/..//tz/", "通知公告"),
        item("/TZ/", "通知公告"),
        item("/tz/;jsessionid=AB12", "通知公告"),
        item("/wj/", "政府文件"),
    )
    server.routes["/tz/"] = server.routes["/tz/index.html"] = page.listing(
        "通知公告", page.rows("/tz/", 8)
    )
    server.routes["/wj/"] = page.listing("政府文件", page.rows("/wj/", 8, start=30))
    found = survey()
    assert names(found) == ["通知公告", "政府文件"]
    assert Counter(server.paths())["/tz/"] == 1


def test_bound_is_kept_and_what_it_left_is_said(server: Any, page: Any, survey: Explore) -> None:
    items = [item(f"/c{n}/", f"第{'一二三四五六七八九十'[n]}类信息") for n in range(10)]
    server.routes["/"] = home(*items)
    for n in range(10):
        server.routes[f"/c{n}/"] = page.listing("信息", page.rows(f"/c{n}/", 5, start=10 * n))
    found = survey(bound=8)
    assert len(server.log) <= 8
    assert found.requests <= 8
    looks = Counter(c.look for c in found.columns)
    assert looks[ColumnLook.LIST] == 5
    assert looks[ColumnLook.UNVISITED] == 5
    assert found.unvisited == 5
    assert any("5 个地址" in d for d in found.doubts)


def test_an_endless_tree_of_menus_ends(server: Any, survey: Explore) -> None:
    digits = "零一二三四五六七八九"

    def page(asked: Any) -> str:
        depth = asked.path.count("/")
        below = "".join(
            item(f"{asked.path}{n}/", f"栏目{digits[depth % 10]}{digits[n]}") for n in range(8)
        )
        return f"<html><body><ul class='side'>{below}</ul><p>{asked.path}</p></body></html>"

    class Any_(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            return page if key != "/robots.txt" and "absent" not in key else default

    server.handlers = Any_()
    found = survey(bound=60)
    assert found.requests <= 60
    assert len(server.log) <= 61


def test_calendars_searches_and_pagers_are_not_followed(
    site: Any, page: Any, survey: Explore
) -> None:
    traps = (
        "".join(f'<a href="/rl?date=2018-06-{d:02d}">{d}</a>' for d in range(1, 28))
        + '<div><a href="/search?q=1">全文检索</a><a href="/search?q=2">通知检索</a></div>'
        + '<a href="/gk/tz/index_2.html">下一页</a><a href="/print/gk/">打印版</a>'
    )
    site.routes["/gk/tz/"] = site.routes["/gk/tz/"].replace("</body>", f"{traps}</body>")
    survey()
    asked = site.paths()
    assert not [p for p in asked if "/rl" in p or "/search" in p or "index_2" in p or "print" in p]


def test_a_host_that_says_200_to_everything_gives_no_columns_for_what_is_not_there(
    site: Any, survey: Explore
) -> None:
    lost = "<html><title>提示</title><body>您访问的栏目暂时找不到</body></html>"
    for path in ("/xunjian-absent-7f3a91c4.html", "/gk/wj/"):
        site.routes[path] = lost
    found = survey()
    one = column(found, "政府文件")
    assert one.look is ColumnLook.UNREAD
    assert one.missing is not None
    assert one.missing.code is Missing.SERVER


def test_a_redirect_loop_and_a_redirect_elsewhere_are_told_apart(
    site: Any, reply: Any, survey: Explore
) -> None:
    site.routes["/gk/tz/"] = reply(302, headers={"Location": "/loop/"})
    site.routes["/loop/"] = reply(302, headers={"Location": "/gk/tz/"})
    site.routes["/gk/wj/"] = reply(302, headers={"Location": "http://other.example/wj/"})
    found = survey()
    assert column(found, "通知公告").look is ColumnLook.UNREAD
    assert column(found, "政府文件").look is ColumnLook.ELSEWHERE
    assert column(found, "政府文件").target == "http://other.example/wj/"


def test_robots_are_obeyed(site: Any, survey: Explore) -> None:
    site.routes["/robots.txt"] = "User-agent: *\nDisallow: /gk/wj/\n"
    found = survey()
    one = column(found, "政府文件")
    assert one.look is ColumnLook.UNREAD
    assert one.missing is not None
    assert one.missing.code is Missing.ROBOTS
    assert "/gk/wj/" not in site.paths()
    site.routes["/robots.txt"] = "User-agent: *\nDisallow: /\n"
    site.log.clear()
    found = survey()
    assert found.missing is not None
    assert found.missing.code is Missing.ROBOTS
    assert site.paths() == ["/robots.txt"]
    assert found.columns == ()


def test_a_wall_is_the_surveys_reason(site: Any, reply: Any, survey: Explore) -> None:
    site.routes["/"] = reply(412, b"<script>$_ts={}</script>")
    found = survey()
    assert found.missing is not None
    assert found.missing.code is Missing.WALL
    assert found.columns == ()


def test_a_wall_in_the_middle_leaves_what_was_read(site: Any, reply: Any, survey: Explore) -> None:
    for path in ("/gk/wj/", "/gk/zn/", "/xx/", "/gk/"):
        site.routes[path] = reply(403, b"no")
    found = survey()
    assert column(found, "通知公告").look is ColumnLook.LIST
    assert found.missing is not None
    assert found.missing.code is Missing.WALL


def test_a_site_that_is_down_is_said_to_be(survey: Explore) -> None:
    found = survey(root="http://127.0.0.1:9/")
    assert found.missing is not None
    assert found.missing.code is Missing.NETWORK
    assert found.columns == ()


def test_nothing_off_the_site_is_asked(site: Any, survey: Explore) -> None:
    """Also not another port of this machine, to which a page links."""
    links = "".join(
        f'<li><a href="http://127.0.0.1:{site.port + 1}/{n}/">本县信息{n}类</a></li>'
        for n in range(9)
    )
    links += '<li><a href="http://169.254.169.254/a/">内部信息</a></li><li><a href="http://10.0.0.1/b/">内网信息</a></li>'
    site.routes["/"] = site.routes["/"].replace("</body>", f"<ul>{links}</ul></body>")
    found = survey()
    assert found.hosts == ()
    assert not [
        c
        for c in found.columns
        if c.name.startswith(("内部", "内网", "本县")) and c.look is not ColumnLook.ELSEWHERE
    ]


def test_a_home_page_of_frames_is_read_through_them(
    server: Any, page: Any, survey: Explore
) -> None:
    server.routes["/"] = (
        "<html><head><title>南塘县</title></head><frameset rows='90,*'><frame src='top.asp'><frame src='main.asp'></frameset></html>"
    )
    server.routes["/top.asp"] = (
        "<html><body><table><tr><td><a href='l.asp?id=1'>通知公告</a></td><td><a href='l.asp?id=2'>政务动态</a></td></tr></table></body></html>"
    )
    server.routes["/main.asp"] = "<html><body>欢迎</body></html>"
    server.routes["/l.asp?id=1"] = page.listing("通知公告", page.rows("/a/", 6))
    server.routes["/l.asp?id=2"] = page.listing("政务动态", page.rows("/b/", 6, start=40))
    assert names(survey()) == ["通知公告", "政务动态"]


def test_a_page_that_only_bids_welcome_is_passed(server: Any, page: Any, survey: Explore) -> None:
    server.routes["/"] = (
        "<html><title>南塘</title><body><img src='f.jpg'><a href='/main.html'>进入网站</a></body></html>"
    )
    server.routes["/main.html"] = home(item("/tz/", "通知公告"), item("/dt/", "政务动态"))
    server.routes["/tz/"] = page.listing("通知公告", page.rows("/tz/", 6))
    server.routes["/dt/"] = page.listing("政务动态", page.rows("/dt/", 6, start=40))
    found = survey()
    assert names(found) == ["通知公告", "政务动态"]
    assert found.home.endswith("/main.html")


def test_a_menu_in_a_script_file_is_found(server: Any, page: Any, survey: Explore) -> None:
    server.routes["/"] = (
        "<html><head><title>南塘</title><script src='/js/menu.js'></script></head><body><h1>南塘</h1></body></html>"
    )
    server.routes["/js/menu.js"] = (
        "d.add(0,-1,'目录');d.add(1,0,'工作动态','/dt/');d.add(2,1,'部门动态','/dt/bm/');d.add(3,0,'公告公示','/gg/');"
    )
    for n, path in enumerate(("/dt/", "/dt/bm/", "/gg/")):
        server.routes[path] = page.listing("x", page.rows(path, 6, start=20 * n))
    found = survey()
    assert [(c.name, c.above) for c in found.columns] == [
        ("工作动态", ()),
        ("部门动态", ("工作动态",)),
        ("公告公示", ()),
    ]


def test_units_have_columns_of_their_own_and_the_budget_is_shared(
    server: Any, page: Any, make_tree: Callable[..., str], survey: Explore
) -> None:
    units = [
        (f"u{n:02d}", f"县{name}局")
        for n, name in enumerate(
            [
                "财政",
                "教育",
                "民政",
                "司法",
                "审计",
                "统计",
                "林业",
                "水利",
                "交通",
                "农业",
                "商务",
                "环保",
            ]
        )
    ]
    towns = [
        (f"t{n:02d}", f"{name}镇")
        for n, name in enumerate(["青石", "长坪", "柳溪", "双桥", "新圩"])
    ]
    blocks = "".join(
        f'<div class="units"><h3>{title}</h3><ul>'
        + "".join(item(f"/{slug}/", name) for slug, name in group)
        + "</ul></div>"
        for title, group in (("县政府部门", units), ("乡镇街道", towns))
    )
    server.routes["/"] = home(item("/zn/", "公开指南"), rest=blocks).replace(
        "南塘县人民政府</title>", "南塘县政府信息公开平台</title>"
    )
    for slug, name in units + towns:
        server.routes[f"/{slug}/"] = make_tree(page, slug, name)
        for number, column_ in enumerate(("bmjs", "ldxx", "zwdt")):
            path = f"/{slug}/{column_}/"
            server.routes[path] = page.listing(column_, page.rows(path, 5, start=50 * number))
    found = survey(bound=45)
    assert found.kind is SiteKind.PLATFORM
    assert [u.name for u in found.units] == [name for _, name in units + towns]
    assert {u.heading for u in found.units} == {"县政府部门", "乡镇街道"}
    by_unit: dict[str | None, list[SeenColumn]] = {}
    for one in found.columns:
        by_unit.setdefault(one.unit, []).append(one)
    assert set(by_unit) - {None} == {name for _, name in units + towns}
    for unit, columns in by_unit.items():
        if unit is not None:
            assert [(c.above, c.name) for c in columns] == [
                (("概况信息",), "部门介绍"),
                (("概况信息",), "领导信息"),
                (("工作动态",), "政务动态"),
            ]
    whole = [u for u, cs in by_unit.items() if u and all(c.look is ColumnLook.LIST for c in cs)]
    assert len(whole) >= 6
    assert {"县财政局", "青石镇"} <= set(whole)
    assert any(c.look is ColumnLook.UNVISITED for cs in by_unit.values() for c in cs)
    assert found.unvisited > 0
    assert found.requests <= 45


def test_it_can_be_stopped_and_keeps_what_it_knows(site: Any, reply: Any, survey: Explore) -> None:
    stop = threading.Event()

    def slow(_: Any) -> Any:
        stop.set()
        return reply(body=b"<html>late</html>", delay=5)

    site.routes["/gk/wj/"] = slow
    found = survey(
        stop=stop, rate=RATE.model_copy(update={"timeout_seconds": 30.0, "concurrency": 1})
    )
    assert found.missing is not None
    assert found.missing.code is Missing.NOT_REACHED
    assert "政务公开" in names(found)


def test_progress_is_told(site: Any, survey: Explore) -> None:
    words: list[Progress] = []
    found = survey(progress=words.append)
    assert words
    assert words[-1].done == found.requests


def test_what_is_no_address_is_said_and_others_go_on(site: Any) -> None:
    one, two = explore(
        ["ftp://x/", site.root + "/"],
        bound=50,
        config_rate=RATE,
        user_agent="xunjian/0.1 (test)",
        as_of=AS_OF,
    )
    assert one.missing is not None
    assert one.columns == ()
    assert "通知公告" in names(two)
