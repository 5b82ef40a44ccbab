"""Menus, side trees, boxes and trails of several home page styles, written by hand."""

from __future__ import annotations

from crawler.extract.tree import build
from crawler.menus import Item, Menus, Where, read_menus
from crawler.scriptmenus import script_items

URL = "http://www.nantang.example/index.html"


def menus(markup: str, url: str = URL) -> Menus:
    return read_menus(build(f"<html><body>{markup}</body></html>"), url)


def shown(items: tuple[Item, ...]) -> list[tuple[str, ...]]:
    """Each item with what it stands under, without the trail's steps."""
    return [(*i.above, i.name) for i in items if i.where is not Where.TRAIL]


def links(*names: str, folder: str = "/x") -> str:
    return "".join(
        f'<li><a href="{folder}/{n}/">{name}</a></li>' for n, name in enumerate(names, 1)
    )


# --- menus of markup ------------------------------------------------------------------------------


def test_a_nested_list_gives_columns_below_columns() -> None:
    found = menus(
        '<div class="nav"><ul><li><a href="/">首页</a></li>'
        f'<li><a href="/xw/">新闻中心</a><ul>{links("南塘要闻", "部门动态", folder="/xw")}</ul></li>'
        f'<li><a href="/gk/">政务公开</a><ul>{links("通知公告", "政策文件", folder="/gk")}</ul></li></ul></div>'
    )
    assert shown(found.items) == [
        ("新闻中心",),
        ("政务公开",),
        ("新闻中心", "南塘要闻"),
        ("新闻中心", "部门动态"),
        ("政务公开", "通知公告"),
        ("政务公开", "政策文件"),
    ]
    assert all(i.linked for i in found.items if i.above)


def test_a_mega_menu_names_the_parent_in_front_of_each_panel() -> None:
    found = menus(
        '<div class="mega"><div class="m"><a class="top" href="/gk/">信息公开</a><div class="sub">'
        '<a href="/gk/zn/">公开指南</a><a href="/gk/zd/">公开制度</a><a href="/gk/nb/">公开年报</a></div></div>'
        '<div class="m"><a class="top" href="/hd/">政民互动</a><div class="sub">'
        '<a href="/hd/xx/">县长信箱</a><a href="/hd/zj/">民意征集</a></div></div></div>'
    )
    assert ("信息公开", "公开制度") in shown(found.items)
    assert ("政民互动", "民意征集") in shown(found.items)
    assert ("信息公开",) in shown(found.items)


def test_three_levels_with_headings_between_them_are_kept_in_order() -> None:
    found = menus(
        '<ul class="nav"><li><a href="/gk/">政务公开</a><div class="panel"><dl><dt><a href="/gk/zc/">政策</a></dt>'
        '<dd><a href="/gk/zc/wj/">政府文件</a></dd><dd><a href="/gk/zc/jd/">政策解读</a></dd></dl>'
        '<dl><dt><a href="/gk/rs/">人事信息</a></dt><dd><a href="/gk/rs/rm/">人事任免</a></dd>'
        '<dd><a href="/gk/rs/zk/">招考录用</a></dd></dl></div></li><li><a href="/fw/">办事服务</a></li></ul>'
    )
    assert ("政务公开", "政策", "政府文件") in shown(found.items)
    assert ("政务公开", "人事信息", "招考录用") in shown(found.items)


def test_a_table_menu_of_the_asp_era_is_read() -> None:
    found = menus(
        '<table width="1002" border="0"><tr><td background="images/nav.gif"><table><tr>'
        '<td><a href="index.asp">首 页</a></td><td><img src="images/line.gif"></td>'
        '<td><a href="list.asp?classid=1">县情概况</a></td><td>|</td>'
        '<td><a href="list.asp?classid=2">政务动态</a></td><td>|</td>'
        '<td><a href="list.asp?classid=3">公示公告</a></td></tr></table></td></tr></table>'
    )
    assert shown(found.items) == [("县情概况",), ("政务动态",), ("公示公告",)]
    assert found.items[0].url == "http://www.nantang.example/list.asp?classid=1"


def test_a_side_table_gives_its_heading_to_the_rows_below() -> None:
    found = menus(
        '<table class="left"><tr><td class="lefttitle">政务公开</td></tr>'
        '<tr><td><a href="a.asp?id=11">机构设置</a></td></tr><tr><td><a href="a.asp?id=12">领导分工</a></td></tr>'
        '<tr><td><a href="a.asp?id=13">政府文件</a></td></tr></table>'
    )
    assert shown(found.items) == [
        ("政务公开", "机构设置"),
        ("政务公开", "领导分工"),
        ("政务公开", "政府文件"),
    ]


def test_a_side_menu_of_groups_gives_each_column_its_group() -> None:
    found = menus(
        f'<div class="tree"><h2>公开目录</h2><div class="lm"><h3>概况信息</h3><ul>{links("部门介绍", "领导信息")}</ul></div>'
        f'<div class="lm"><h3>工作动态</h3><ul>{links("政务动态", folder="/y")}</ul></div></div>'
    )
    assert shown(found.items) == [
        ("概况信息", "部门介绍"),
        ("概况信息", "领导信息"),
        ("工作动态", "政务动态"),
    ]


def test_a_definition_list_gives_each_column_its_term() -> None:
    found = menus(
        '<dl class="tree"><dt>概况信息</dt><dd><a href="/a/1/">部门介绍</a></dd><dd><a href="/a/2/">领导信息</a></dd>'
        '<dt>法规文件</dt><dd><a href="/a/3/">规范性文件</a></dd></dl>'
    )
    assert shown(found.items) == [
        ("概况信息", "部门介绍"),
        ("概况信息", "领导信息"),
        ("法规文件", "规范性文件"),
    ]


def test_panels_apart_from_the_menu_belong_to_its_items_in_order() -> None:
    found = menus(
        '<div class="head"><ul class="navs"><li><a href="/xw/">新闻</a></li><li><a href="/gk/">公开</a></li></ul>'
        '<div class="panel"><a href="/xw/1/">本地要闻</a><a href="/xw/2/">图片新闻</a></div>'
        '<div class="panel"><a href="/gk/1/">政府公报</a><a href="/gk/2/">规划计划</a></div></div>'
    )
    assert ("新闻", "图片新闻") in shown(found.items)
    assert ("公开", "政府公报") in shown(found.items)


def test_pictures_and_image_maps_name_columns_by_their_alt() -> None:
    found = menus(
        '<div class="menu"><a href="/gk/"><img src="m1.gif" alt="政务公开"></a><a href="/fw/"><img src="m2.gif" alt="网上办事"></a></div>'
        '<img src="nav.jpg" usemap="#nav"><map name="nav"><area shape="rect" coords="0,0,9,9" href="/ly/" alt="旅游观光">'
        '<area shape="rect" coords="9,0,18,9" href="/tz/" alt="投资南塘"></map>'
    )
    assert {n for (*_, n) in shown(found.items)} == {"政务公开", "网上办事", "旅游观光", "投资南塘"}


def test_items_that_open_by_a_click_are_read() -> None:
    found = menus(
        '<ul class="nav"><li onclick="window.open(\'/xw/\')">新闻中心</li><li onclick="location.href=\'/gk/index.html\'">政务公开</li>'
        '<li><a href="javascript:void(0)" onclick="window.open(\'/hd/\')">互动交流</a></li></ul>'
    )
    assert [i.url for i in found.items] == [
        "http://www.nantang.example/xw/",
        "http://www.nantang.example/gk/index.html",
        "http://www.nantang.example/hd/",
    ]


def test_frames_and_menu_scripts_are_named() -> None:
    found = read_menus(
        build(
            '<html><head><script src="/js/menu.js"></script></head><frameset rows="90,*"><frame src="top.asp"><frame src="main.asp"></frameset></html>'
        ),
        URL,
    )
    assert found.frames == (
        "http://www.nantang.example/top.asp",
        "http://www.nantang.example/main.asp",
    )
    assert found.scripts == ("http://www.nantang.example/js/menu.js",)


# --- what is no column ----------------------------------------------------------------------------


def test_rows_of_entries_are_no_menu() -> None:
    rows = "".join(
        f'<li><a href="/xw/t20180{n}05_{n}.html">我县召开第{n}次防汛工作会议</a><span>2018-0{n}-05</span></li>'
        for n in range(1, 7)
    )
    undated = "".join(
        f'<li><a href="/gg/{n}.html">关于第{n}批建设用地的公告</a></li>' for n in range(1, 6)
    )
    assert menus(f'<div class="box"><ul>{rows}</ul></div><div><ul>{undated}</ul></div>').items == ()


def test_short_titles_with_dates_beside_them_are_no_menu() -> None:
    rows = "".join(
        f'<tr><td><a href="show.asp?id={n}">停电通知</a></td><td>05-1{n}</td></tr>'
        for n in range(1, 6)
    )
    assert menus(f"<table>{rows}</table>").items == ()


def test_furniture_foot_and_search_are_no_columns() -> None:
    found = menus(
        '<div class="top"><a href="/">网站首页</a><a href="/wza/">无障碍浏览</a><a href="/big5/">繁体</a><a href="/en/">English</a></div>'
        '<div class="search"><a href="/s?k=1">低保政策</a><a href="/s?k=2">公积金提取</a></div>'
        f'<ul class="nav">{links("政务公开", "办事服务")}</ul>'
        '<div class="bottom-links"><a href="/gywm/">政策咨询</a><a href="/wzdt/">公众参与</a></div>'
        "<p>主办单位：南塘县人民政府办公室　ICP备案：赣ICP备12345678号</p>"
        '<div><a href="/a/">链接甲乙</a><a href="/b/">链接丙丁</a></div>'
    )
    assert shown(found.items) == [("政务公开",), ("办事服务",)]


def test_page_numbers_and_calendars_are_no_columns() -> None:
    days = "".join(f'<td><a href="/rl?date=2018-06-{d:02d}">{d}</a></td>' for d in range(1, 29))
    pages = "".join(f'<a href="index_{n}.html">{n}</a>' for n in range(1, 9))
    found = menus(
        f'<table><tr>{days}</tr></table><div class="page">{pages}<a href="index_1.html">下一页</a></div>'
    )
    assert found.items == ()


# --- boxes ----------------------------------------------------------------------------------------


def test_a_more_link_bears_the_name_of_its_box() -> None:
    rows = "".join(
        f'<li><a href="/x/{n}.html">南塘县召开第{n}次重点工作推进会议</a><span>2018-05-1{n}</span></li>'
        for n in range(1, 5)
    )
    found = menus(
        f'<div class="box"><div class="tt"><span>通知公告</span><a href="/tzgg/">更多&gt;&gt;</a></div><ul>{rows}</ul></div>'
        f'<table><tr><td>部门动态</td></tr><tr><td><ul>{rows}</ul></td></tr><tr><td><a href="/bmdt/">more...</a></td></tr></table>'
    )
    assert [(i.name, i.url) for i in found.items] == [
        ("通知公告", "http://www.nantang.example/tzgg/"),
        ("部门动态", "http://www.nantang.example/bmdt/"),
    ]


def test_a_heading_that_leads_somewhere_names_its_box() -> None:
    found = menus(
        '<div class="box"><h3><a href="/zcjd/">政策解读</a></h3><ul><li><a href="/zcjd/1.html">《南塘县防汛预案》政策解读全文</a></li></ul></div>'
    )
    assert [(i.name, i.where) for i in found.items] == [("政策解读", Where.BOX)]


def test_a_more_link_below_tabs_is_given_to_none_of_them() -> None:
    rows = "<ul><li><a href='/1.html'>南塘县召开第一次重点工作推进会议</a> 05-11</li></ul>"
    found = menus(
        f'<div class="box"><div class="tabs"><b>县内要闻</b><b>部门动态</b></div>{rows}<div><a href="/bmdt/">更多</a></div></div>'
    )
    assert [i for i in found.items if i.name in ("县内要闻", "部门动态")] == []


# --- trails ---------------------------------------------------------------------------------------


def test_trails_of_several_makes_are_read() -> None:
    for trail in (
        '<div>当前位置：<a href="/">首页</a> &gt; <a href="/gk/">政务公开</a> &gt; <a href="/gk/tzgg/">通知公告</a></div>',
        '<div class="dqwz">您现在所在的位置：<a href="/">首页</a>&gt;&gt;<a href="/gk/">政务公开</a>&gt;&gt;<a href="/gk/tzgg/">通知公告</a></div>',
        '<table><tr><td>您的位置：</td><td><a href="/">网站首页</a> → <a href="/gk/">政务公开</a> → <a href="/gk/tzgg/">通知公告</a></td></tr></table>',
        '<ul class="breadcrumb"><li><a href="/">首页</a></li><li><a href="/gk/">政务公开</a></li><li><a href="/gk/tzgg/">通知公告</a></li></ul>',
        '<p>位置: <a href="/">首页</a> / <a href="/gk/">政务公开</a> / <a href="/gk/tzgg/">通知公告</a></p>',
    ):
        steps = menus(trail).trail
        assert [(n, u) for n, u in steps][-2:] == [
            ("政务公开", "http://www.nantang.example/gk/"),
            ("通知公告", "http://www.nantang.example/gk/tzgg/"),
        ], trail


def test_a_trail_of_plain_words_is_read() -> None:
    steps = menus('<div class="wz">当前位置：首页 &gt; 政务公开 &gt; 人事任免</div>').trail
    assert [n for n, _ in steps] == ["首页", "政务公开", "人事任免"]


def test_a_trails_links_are_no_menu() -> None:
    found = menus(
        '<div>当前位置：<a href="/a/">新闻中心</a> &gt; <a href="/a/b/">部门动态</a></div>'
    )
    assert {i.where for i in found.items} == {Where.TRAIL}
    assert [i.above for i in found.items] == [(), ("新闻中心",)]


# --- scripts --------------------------------------------------------------------------------------


def test_a_dtree_is_read_with_its_levels() -> None:
    items = script_items(
        [
            "d = new dTree('d');\nd.add(0,-1,'南塘县政府信息公开目录');\nd.add(1,0,'概况信息','');\n"
            "d.add(2,1,'机构职能','/col/col12/index.html');\nd.add(3,1,'领导信息','/col/col13/index.html');\n"
            "d.add(4,0,'工作动态','/col/col14/index.html');\ndocument.write(d);"
        ],
        URL,
    )
    assert [(*i.above, i.name) for i in items] == [
        ("概况信息", "机构职能"),
        ("概况信息", "领导信息"),
        ("工作动态",),
    ]
    assert items[0].url == "http://www.nantang.example/col/col12/index.html"


def test_a_ztree_is_read_with_its_levels() -> None:
    items = script_items(
        [
            'var zNodes =[{ id:1, pId:0, name:"政策法规", open:true, url:"/zcfg/"},'
            '{ id:11, pId:1, name:"规范性文件", url:"/zcfg/gfx/"},{ id:12, pId:1, name:"政策解读", url:"/zcfg/jd/"},'
            '{ id:2, pId:0, name:"人事信息", url:"/rsxx/"}];'
        ],
        URL,
    )
    assert [(*i.above, i.name) for i in items] == [
        ("政策法规",),
        ("政策法规", "规范性文件"),
        ("政策法规", "政策解读"),
        ("人事信息",),
    ]


def test_an_array_of_names_and_addresses_is_read() -> None:
    items = script_items(
        [
            'var menu=[["政务公开","/zwgk/",[["政府文件","/zwgk/wj/"],["通知公告","/zwgk/tz/"]]],["互动交流","/hdjl/"]];'
        ],
        URL,
    )
    assert [(*i.above, i.name) for i in items] == [
        ("政务公开",),
        ("政务公开", "政府文件"),
        ("政务公开", "通知公告"),
        ("互动交流",),
    ]


def test_nested_children_are_read() -> None:
    items = script_items(
        [
            'var data = {"list":[{"title":"法定主动公开内容","children":[{"title":"政策文件","url":"/c/1.html"},'
            '{"title":"规划信息","url":"/c/2.html"}]}]};'
        ],
        URL,
    )
    assert [(*i.above, i.name) for i in items] == [
        ("法定主动公开内容", "政策文件"),
        ("法定主动公开内容", "规划信息"),
    ]


def test_calls_that_add_items_are_read() -> None:
    items = script_items(
        ['mtDropDown.addItem("县情概况","/xqgk/");mtDropDown.addItem("政府机构", "/zfjg/");'], URL
    )
    assert [(i.name, i.url) for i in items] == [
        ("县情概况", "http://www.nantang.example/xqgk/"),
        ("政府机构", "http://www.nantang.example/zfjg/"),
    ]


def test_a_menu_that_a_script_writes_is_read() -> None:
    items = script_items(
        [
            "document.write(\"<ul class='nav'><li><a href='/xw/'>新闻中心</a><ul><li><a href='/xw/yw/'>南塘要闻</a></li>\");"
            "document.write(\"<li><a href='/xw/bm/'>部门动态</a></li></ul></li></ul>\");"
        ],
        URL,
    )
    assert ("新闻中心", "部门动态") in [(*i.above, i.name) for i in items]


def test_settings_and_rows_in_scripts_are_no_menu() -> None:
    items = script_items(
        [
            'var cfg = {"name":"slider","url":"/img/a.jpg","items":[{"title":"南塘县召开防汛工作会议","url":"/a/t1.html"}]};',
            "var s = [1,2,3]; for (var i=0;i<3;i++){ go('/x/'+i); }",
        ],
        URL,
    )
    assert items == ()


def test_hostile_markup_takes_linear_time_and_raises_nothing() -> None:
    deep = "<div>" * 3000 + "<a href='/a/'>政务公开</a>"
    wide = "".join(f"<li><a href='/{n}/'>栏目名称</a></li>" for n in range(20_000))
    for markup in (
        deep,
        f"<ul>{wide}</ul>",
        "<ul><li><a href='" + "<a href='/x'>" * 3000,
        "当前位置：" * 3000,
    ):
        menus(markup)
    script_items(
        ["var a=" + "[" * 50_000, "d.add(" * 30_000 + "url", "document.write('<a" * 20_000], URL
    )
