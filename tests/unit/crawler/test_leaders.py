"""Leaders as their pages show them: cards, tables, prose, tabs; and what is no leaders' page."""

from __future__ import annotations

import pytest

from checks.facts import Page, PageKind
from checks.parts import Leader
from crawler.extract import read_page
from crawler.extract.leaders import name_of

URL = "http://www.ruichang.example/xxgk/ldxx/202001/t20200101_1.htm"
PHOTO = '<img src="/u/20200101/P02.jpg" width="120">'
RESUME = "张三，男，汉族，1970年3月生，江西瑞昌人，1992年8月参加工作，大学学历。现任市财政局党组书记、局长。"
DUTIES = "主持局全面工作，分管办公室、预算科。"


def page(main: str, title: str = "领导信息") -> Page:
    text = (
        f"<html><head><title>{title}</title></head><body><div class='header'><img src='/images/logo.png'>"
        "<div class='banner'><img src='/images/head1.jpg' width='1000'></div><a href='/'>首页</a></div>"
        f"<div class='main'>{main}</div><div class='footer'><img src='/images/dzjg.png'>联系电话：0792-4220000</div></body></html>"
    )
    return read_page(
        text.encode(), url=URL, content_type="text/html; charset=utf-8", hint=PageKind.ARTICLE
    ).page


def whole(name: str = "张三", **changes: object) -> Leader:
    held = {"post": "局长", "has_photo": True, "has_resume": True, "has_duties": True}
    return Leader(name=name, **(held | changes))  # type: ignore[arg-type]


ONE = {
    "labels in a table": (
        f"<table><tr><td rowspan=4>{PHOTO}</td><td>姓　　名</td><td>张　三</td></tr><tr><td>职　　务</td><td>局长</td></tr>"
        f"<tr><td>工作分工</td><td>{DUTIES}</td></tr><tr><td>个人简历</td><td>{RESUME}</td></tr></table>"
    ),
    "labels with colons": (
        f"<h1>张三</h1>{PHOTO}<p>姓名：张三</p><p>职务：局长</p><p>分管工作：{DUTIES}</p><p>简历：{RESUME}</p>"
    ),
    "headings over paragraphs": (
        f"<div class='pic'>{PHOTO}</div><div>局长：张三</div><h3>工作分工</h3><p>{DUTIES}</p><h3>个人简历</h3><p>{RESUME}</p>"
    ),
    "prose alone": f"<h1>局长 张三</h1><p>{PHOTO}</p><p>{RESUME}</p><p>{DUTIES}</p>",
    "prose that names the post": f"<h1>张三</h1><p>{PHOTO}</p><p>{RESUME.replace('市财政局党组书记、', '')}</p><p>{DUTIES}</p>",
    "a post without a label under the name": (
        f"<h2>张三</h2><p class='zw'>局长</p>{PHOTO}<h3>简历</h3><p>{RESUME.partition('现任')[0]}</p><h3>分工</h3><p>{DUTIES}</p>"
    ),
    "tabs whose panes bear no label": (
        f"<div>{PHOTO}</div><p>张三 局长</p><ul class='tab'><li>个人简历</li><li>工作分工</li><li>领导活动</li></ul>"
        "<div id='pane'></div>"
    ),
}


@pytest.mark.parametrize("main", ONE.values(), ids=ONE.keys())
def test_one_leader_is_read_whatever_the_layout(main: str) -> None:
    assert page(main, "张三").leaders == (whole(),)


@pytest.mark.parametrize(
    ("main", "lacks"),
    [
        (f"<p>局长：张三</p>{PHOTO}<p>分工：{DUTIES}</p><p>简历：</p>", {"has_resume": False, "blank": ("简历",)}),
        (f"<p>局长：张三</p>{PHOTO}<p>分工：{DUTIES}</p>", {"has_resume": False}),
        (f"<p>局长：张三</p>{PHOTO}<p>简历：{RESUME}</p>", {"has_duties": False}),
        (f"<p>局长：张三</p><p>分工：{DUTIES}</p><p>简历：{RESUME}</p>", {"has_photo": False}),
        (
            f"<p>局长：张三</p><img src='/images/icon_user.png'><p>分工：{DUTIES}</p><p>简历：{RESUME}</p>",
            {"has_photo": False},
        ),
        (
            f"<p>局长：张三</p><img src='/u/1.jpg' width='16'><p>分工：{DUTIES}</p><p>简历：{RESUME}</p>",
            {"has_photo": False},
        ),
        (
            f"<p>姓名：张三</p>{PHOTO}<p>分工：{DUTIES}</p><p>简历：{RESUME.partition('现任')[0]}</p>",
            {"post": ""},
        ),
    ],
    ids=["empty résumé", "no résumé", "no duties", "no photo", "an icon", "a dot", "no post"],
)  # fmt: skip
def test_what_one_lacks_is_seen(main: str, lacks: dict[str, object]) -> None:
    assert page(main).leaders == (whole(**lacks),)


def test_several_on_one_page_are_told_apart() -> None:
    cards = "".join(
        f"<div class='card'>{photo}<p>{post}　{name}</p><p>分工：分管{what}等工作。</p></div>"
        for photo, post, name, what in (
            (PHOTO, "党组书记、局长", "张三", "办公室"),
            ("", "党组成员、副局长", "李 四", "国库科"),
            (PHOTO, "党组成员、副局长", "王五", "农业科"),
        )
    )
    assert page(cards).leaders == (
        whole("张三", post="党组书记、局长", has_resume=False),
        whole("李四", post="党组成员、副局长", has_resume=False, has_photo=False),
        whole("王五", post="党组成员、副局长", has_resume=False),
    )


def test_a_table_with_a_heading_gives_a_leader_a_row() -> None:
    rows = (
        "<table><tr><th>序号</th><th>姓名</th><th>职务</th><th>工作分工</th></tr>"
        "<tr><td>1</td><td>张三</td><td>局长</td><td>主持全面工作</td></tr>"
        "<tr><td>2</td><td>李四</td><td>副局长</td><td></td></tr></table>"
    )
    assert page(rows).leaders == (
        Leader(name="张三", post="局长", has_duties=True),
        Leader(name="李四", post="副局长", blank=("分工",)),
    )


def test_two_paragraphs_of_résumé_one_after_another_are_two_leaders() -> None:
    other = RESUME.replace("张三", "欧阳小明").replace("男", "女")
    names = [leader.name for leader in page(f"<p>{RESUME}</p><p>{other}</p>").leaders]
    assert names == ["张三", "欧阳小明"]


@pytest.mark.parametrize(
    "main",
    [
        "<p>会议要求，各单位主要负责人要切实履行职责，加强分工协作。</p>",
        "<ul><li><a href='1.htm'>张三</a></li><li><a href='2.htm'>李四</a></li></ul>",
        "<p>局长：（空缺）</p><p>职务：局长</p>",
        "<p>本局设办公室、预算科，主要职责：贯彻执行财政法规。</p><p>负责全市财政收支管理。</p>",
    ],
    ids=["a report", "links only", "a vacancy", "duties of an office"],
)
def test_what_names_no_leader_has_none(main: str) -> None:
    assert page(main, "部门介绍").leaders == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张 三", "张三"),
        ("欧阳小明", "欧阳小明"),
        ("买买提·艾力", "买买提·艾力"),
        ("张局长", ""),
        ("领导", ""),
        ("空缺", ""),
        ("财政工作情况", ""),
        ("Zhang", ""),
        ("", ""),
    ],
)
def test_names_are_told_from_other_words(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    "shown",
    [
        "<h3>个人简历</h3><p><a href='jl.htm'>点击查看</a></p>",
        "<h3>个人简历</h3><p><img src='/u/jl.jpg'></p>",
        "<h3>个人简历</h3><iframe src='jl.htm'></iframe>",
        "<h3>个人简历</h3><div id='jl'></div>",
        "<p>个人简历：<a href='jl.doc'>张三简历.doc</a></p>",
        "<p><a href='#jl'>个人简历</a></p>",
    ],
    ids=["a link", "a picture", "a frame", "a place for a script", "a file", "a linked tab"],
)
def test_a_résumé_that_no_line_of_the_page_has_may_be_there(shown: str) -> None:
    (leader,) = page(f"<p>局长：张三</p>{PHOTO}<p>分工：{DUTIES}</p>{shown}").leaders
    assert leader.has_resume
    assert leader.blank == ()


def test_a_label_with_nothing_under_it_is_blank_though_a_picture_stands_above_it() -> None:
    (leader,) = page(
        f"<p>局长：张三</p>{PHOTO}<p>分工：{DUTIES}</p><h3>个人简历</h3><p></p>"
    ).leaders
    assert not leader.has_resume
    assert leader.blank == ("简历",)


def test_a_cell_with_a_picture_is_not_empty_and_one_with_nothing_is() -> None:
    first, second = page(
        "<table><tr><th>姓名</th><th>职务</th><th>简历</th></tr>"
        "<tr><td>张三</td><td>局长</td><td><img src='/u/jl.jpg'></td></tr>"
        "<tr><td>李四</td><td>副局长</td><td></td></tr></table>"
    ).leaders
    assert (first.has_resume, first.blank) == (True, ())
    assert (second.has_resume, second.blank) == (False, ("简历",))
