"""Letters and guides as their pages show them: tables, lists, blocks; and what is neither."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.facts import Page, PageKind
from crawler.extract import read_page

URL = "http://www.ruichang.example/component/interaction/detail.do?id=1"


def page(main: str, title: str = "民声通道") -> Page:
    text = (
        f"<html><head><title>{title}</title></head><body><div class='header'><a href='/'>首页</a></div>"
        f"<div class='main'>{main}</div><div class='footer'>联系电话：0792-4220000 地址：人民路1号2室</div></body></html>"
    )
    return read_page(
        text.encode(), url=URL, content_type="text/html; charset=utf-8", hint=PageKind.ARTICLE
    ).page


TABLE = (
    "<table><tr><th>标　题</th><td>关于自来水的咨询</td><th>来信人</th><td>张**</td></tr>"
    "<tr><th>来信时间</th><td>2018-05-02 10:20</td><th>受理单位</th><td>市水利局</td></tr>"
    "<tr><th>来信内容</th><td colspan=3><p>什么时候通水？</p><p>已经三天了。</p></td></tr>"
    "<tr><th>办理状态</th><td>已办结</td><th>答复时间</th><td>2018年5月4日</td></tr>"
    "<tr><th>答复单位</th><td>市水利局</td></tr><tr><th>答复内容</th><td>您好，<br>已经修好。</td></tr></table>"
)
LIST = (
    "<dl><dt>留言标题</dt><dd>关于自来水的咨询</dd><dt>留 言 人</dt><dd>张**</dd><dt>留言时间</dt><dd>2018-05-02</dd>"
    "<dt>受理单位</dt><dd>市水利局</dd><dt>留言内容</dt><dd>什么时候通水？ 已经三天了。</dd><dt>办理状态</dt><dd>已办结</dd>"
    "<dt>答复单位</dt><dd>市水利局</dd><dt>答复时间</dt><dd>2018-05-04</dd><dt>答复内容</dt><dd>您好， 已经修好。</dd></dl>"
)
BLOCKS = (
    "<h1>关于自来水的咨询</h1><div class='info'><span>来信人：张**</span> <span>来信时间：2018-05-02</span> "
    "<span>受理单位：市水利局</span> <span>状态：已办结</span></div><div><b>来信内容：</b><p>什么时候通水？</p><p>已经三天了。</p></div>"
    "<div><div>【答复内容】</div><div>您好， 已经修好。</div><p>答复单位：市水利局　答复时间：2018-05-04</p></div>"
)


@pytest.mark.parametrize("main", [TABLE, LIST, BLOCKS], ids=["table", "list", "blocks"])
def test_a_letter_is_read_whatever_its_layout(main: str) -> None:
    letter = page(main).letter
    assert letter is not None
    assert letter.subject == "关于自来水的咨询"
    assert letter.asked == date(2018, 5, 2)
    assert letter.question == "什么时候通水？ 已经三天了。"
    assert letter.asker == "张**"
    assert letter.sent_to == "市水利局"
    assert letter.state == "已办结"
    assert letter.answered == date(2018, 5, 4)
    assert letter.answered_by == "市水利局"
    assert letter.answer == "您好， 已经修好。"
    assert letter.particulars == ()


def test_a_letter_without_an_answer_is_told_from_one_with_an_empty_answer() -> None:
    head = "<tr><td>来信标题</td><td>路灯</td></tr><tr><td>来信时间</td><td>2018-05-02</td></tr><tr><td>办理状态</td><td>办理中</td></tr>"
    without = page(f"<table>{head}</table>").letter
    empty = page(f"<table>{head}<tr><td>答复内容</td><td></td></tr></table>").letter
    assert without is not None
    assert without.answer is None
    assert empty is not None
    assert empty.answer == ""


def test_what_a_page_shows_of_the_asker_is_kept_and_the_footer_is_not() -> None:
    row = "<tr><th>联系电话</th><td>138****0000</td></tr></table>"
    letter = page(TABLE.replace("</table>", row)).letter
    assert letter is not None
    assert letter.particulars == ("联系电话：138****0000",)


FORM = (
    "<form><table><tr><td>来信人：</td><td><input name=a></td></tr><tr><td>来信标题：</td><td><input></td></tr>"
    "<tr><td>来信内容：</td><td><textarea></textarea></td></tr></table></form><p>办理状态查询</p>"
)
ROWS = (
    "<table><tr><th>信件编号</th><th>来信标题</th><th>来信时间</th><th>办理状态</th></tr>"
    + "".join(
        f"<tr><td>{n}</td><td><a href='/d?id={n}'>关于第{n}件事的咨询</a></td><td>2018-05-0{n}</td><td>已办结</td></tr>"
        for n in range(1, 9)
    )
)
LABELLED_ROWS = "".join(
    f"<div class='item'><p>来信标题：<a href='/d?id={n}'>第{n}件</a></p><p>来信时间：2018-05-0{n}</p><p>来信内容：问</p><p>答复内容：答</p></div>"
    for n in range(1, 6)
)
NOTICE = "<h1>关于做好来信来访工作的通知</h1><p>来信时间要登记，答复要及时，受理单位要负责。</p>"


@pytest.mark.parametrize(
    "main", [FORM, ROWS, LABELLED_ROWS, NOTICE], ids=["form", "list", "labelled rows", "notice"]
)
def test_a_form_a_list_and_a_notice_are_no_letters(main: str) -> None:
    assert page(main).letter is None


GUIDE = (
    ("事项名称", "个体户登记"), ("设定依据", "《个体工商户条例》"), ("申请条件", "有经营能力"), ("申请材料", "申请书、身份证"),
    ("办理地点", "市民中心"), ("办公时间", "工作日"), ("咨询电话", "0792-4220001"), ("办理流程", "申请、受理、审查"),
)  # fmt: skip
CLASSES = {
    "事项名称", "设定依据", "申请条件", "办理材料", "办理地点", "办理时间", "联系电话", "办理流程",
}  # fmt: skip


def _table() -> str:
    return "<table>" + "".join(f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in GUIDE) + "</table>"


def _headings() -> str:
    numbers = "一二三四五六七八"
    return "".join(f"<p>{n}、{k}</p><p>{v}</p>" for n, (k, v) in zip(numbers, GUIDE, strict=True))


def _lines() -> str:
    return "".join(f"<p>（{n}）{k}：{v}</p>" for n, (k, v) in enumerate(GUIDE, 1))


@pytest.mark.parametrize("main", [_table(), _headings(), _lines()], ids=["table", "heads", "lines"])
def test_a_guide_is_read_whatever_its_layout(main: str) -> None:
    guide = page(f"<h1>个体户登记办事指南</h1>{main}", "办事指南").guide
    assert guide is not None
    assert guide.matter == "个体户登记"
    held = {element.name: element.text for element in guide.elements}
    assert held.keys() == CLASSES
    assert held["办理材料"] == "申请书、身份证"
    assert held["办理流程"] == "申请、受理、审查"


def test_nothing_under_a_label_is_told_from_a_picture_under_it() -> None:
    main = _table().replace("申请、受理、审查", "<img src='/a.png'>").replace("有经营能力", "")
    guide = page(main).guide
    assert guide is not None
    held = {element.name: element.text for element in guide.elements}
    assert held["办理流程"]
    assert held["申请条件"] == ""


def test_tabs_that_name_the_elements_count_as_elements() -> None:
    tabs = "<ul>" + "".join(f"<li>{k}</li>" for k, _ in GUIDE[1:]) + "</ul><div>内容</div>"
    guide = page(f"<h1>登记指南</h1>{tabs}").guide
    assert guide is not None
    assert all(element.text for element in guide.elements)


def test_a_text_that_speaks_of_materials_and_conditions_is_no_guide() -> None:
    assert page("<h1>通知</h1><p>请准备材料，条件成熟的按流程办理，依据见附件。</p>").guide is None


@settings(max_examples=40, deadline=None)
@given(
    st.text(
        alphabet="来信时间内容答复单位办理材料申请条件设定依据：:【】一、 \n<td>/", max_size=200
    )
)
def test_no_page_breaks_the_readers(text: str) -> None:
    assert page(f"<table><tr><td>{text}</td></tr></table>") is not None


_META = (
    "<div class='ly'><h3>关于路灯的咨询</h3><div class='ly_q'><p class='meta'><span>留言人：张先生</span>"
    "<span>留言时间：2018/02/08</span> <span>类别：咨询</span><span>状态：{}</span></p>"
    "<div class='nr'>我家门口的路灯坏了，什么时候能修好？</div></div>{}</div>"
)
_REPLY = (
    "<div class='ly_a'><h4>官方回复</h4><p class='meta'><span>回复单位：市城管局</span><span>回复时间：2018/05/17</span></p>"
    "<div class='nr'>您好，路灯已经修好。</div></div>"
)


def test_a_letter_whose_texts_bear_no_label_is_read() -> None:
    letter = page(_META.format("已回复", _REPLY)).letter
    assert letter is not None
    assert (letter.asked, letter.answered) == (date(2018, 2, 8), date(2018, 5, 17))
    assert letter.question == "我家门口的路灯坏了，什么时候能修好？"
    assert (letter.answer, letter.answered_by) == ("您好，路灯已经修好。", "市城管局")
    assert (letter.asker, letter.kind, letter.state) == ("张先生", "咨询", "已回复")
    waiting = page(_META.format("处理中", "")).letter
    assert waiting is not None
    assert (waiting.state, waiting.answer) == ("处理中", None)
    assert waiting.question == "我家门口的路灯坏了，什么时候能修好？"


def test_a_telephone_within_another_element_is_the_guide_s() -> None:
    rows = "".join(
        f"<tr><td><b>{label}</b></td><td>{text}</td></tr>"
        for label, text in (
            ("事项名称", "个体户登记"),
            ("设定依据", "《条例》第八条"),
            ("受理条件", "有经营能力的公民"),
            ("申报资料", "身份证原件及复印件"),
            ("办理地点", "市政务服务中心三楼8号窗口，联系电话：0792-4225599"),
            ("办理流程", "申请、受理、审查"),
        )
    )
    guide = page(f"<table>{rows}</table>", "个体户登记办事指南").guide
    assert guide is not None
    said = {element.name: element.text for element in guide.elements}
    assert said["联系电话"].endswith("0792-4225599")
    assert said["办理材料"] == "身份证原件及复印件"
    none = page(f"<table>{rows}</table>".replace("，联系电话：0792-4225599", ""), "办事指南").guide
    assert none is not None
    assert "联系电话" not in {element.name for element in none.elements}
