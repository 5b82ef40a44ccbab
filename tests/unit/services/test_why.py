"""What ``probe`` says of the reasons: encoding, system, list, rules, walls."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from reports.probe import as_json, print_probe
from reports.sheet import console
from services.probe import probe_file

HEAD = '<html><head><meta charset="{charset}"><title>{title}</title>{more}</head><body>'
TEXT = "各单位要高度重视防汛工作，认真排查隐患，落实各项责任，确保安全度汛。"
ARTICLE = (
    HEAD.format(
        charset="utf-8",
        title="关于做好防汛工作的通知",
        more='<meta name="PubDate" content="2017-01-02">',
    )
    + "<h1>关于做好防汛工作的通知</h1><div>发布时间：2018-05-30　来源：市水利局</div>"
    + f"<div id='zoom'>{f'<p>　　{TEXT}</p>' * 4}</div></body></html>"
)


def probed(folder: Path, markup: str | bytes, url: str = "http://a.gov.cn/x/") -> dict[str, Any]:
    file = folder / "page.html"
    file.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    return probe_file(file, url)


def words(answer: dict[str, Any], width: int = 100) -> str:
    out = io.StringIO()
    print_probe(console(out, width=width), answer)
    return out.getvalue()


def test_a_date_that_lost_is_told_with_its_place_and_the_reason(tmp_path: Path) -> None:
    answer = probed(tmp_path, ARTICLE)
    lost = [c for c in answer["candidates"]["published"] if c["why"]]
    assert ("2017-01-02", "网页标签 PubDate", "把握不如选中的大") in [
        (c["value"], c["place"], c["why"]) for c in lost
    ]
    assert answer["places"]["published"] == "“发布时间”一栏"
    told = words(answer)
    assert "落选：2017-01-02（网页标签 PubDate）：把握不如选中的大" in told
    assert "less sure" not in told


def test_each_page_rule_says_why_it_does_not_fire(tmp_path: Path) -> None:
    answer = probed(tmp_path, ARTICLE)
    rules = {rule["rule"]: rule for rule in answer["rules"]}
    assert rules["missing-source"]["outcome"] == "fine"
    assert rules["dead-link"]["outcome"] == "later"
    bare = probed(tmp_path, ARTICLE.replace("来源：市水利局", "来源："))
    assert {r["rule"]: r["outcome"] for r in bare["rules"]}["missing-source"] == "finding"
    assert [f["rule"] for f in bare["findings"]] == ["missing-source"]
    listing = probed(tmp_path, rows_page())
    assert {r["outcome"] for r in listing["rules"]} <= {"not_applicable", "unverified"}
    assert all(r["reason"] for r in listing["rules"])
    assert "不适用：不是信息内容页" in words(listing)


def rows_page(rows: int = 10, pager: str = "", script: str = "") -> str:
    items = "".join(
        f'<li><a href="t{n}.html">关于做好第{n}项重点工作安排的通知</a><span>2018-05-{n:02d}</span></li>'
        for n in range(1, rows + 1)
    )
    return (
        HEAD.format(charset="utf-8", title="通知公告", more="")
        + f'<div class="main"><h2>通知公告</h2><ul class="news_list">{items}</ul>{pager}</div>'
        + f"{script}</body></html>"
    )


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (rows_page(), "没有下一页"),
        (rows_page(pager='<a href="index_1.html">下一页</a>'), "还有下一页"),
        (rows_page(0, "<p>暂无信息</p>"), "页面写明“暂无信息”"),
    ],
)
def test_a_list_page_says_what_its_list_would_prove(tmp_path: Path, markup: str, why: str) -> None:
    answer = probed(tmp_path, markup)
    assert answer["list"]["why"].startswith(why)
    assert why in words(answer)
    assert answer["list"]["rows"] == len(answer["entries"])


def test_a_list_that_was_not_recognised_is_said_never_to_be_blank(tmp_path: Path) -> None:
    answer = probed(tmp_path, HEAD.format(charset="utf-8", title="x", more="") + "<p>欢迎</p>")
    assert "不会判为空白" in answer["list"]["why"]
    assert "不会判为空白" in words(answer)


JPAGE = (
    "<script>$('#42158').jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp', perPage:15,"
    " totalRecord:65, ajaxParam: param_42158});"
    " var param_42158 = {col:1, appid:1, webid:2, path:'/', columnid:1587, sourceContentType:1,"
    " unitid:'42158', webname:'x', permissiontype:0};</script><div id='42158'></div>"
)


def test_a_familys_page_is_told_with_its_sign_and_its_endpoint(tmp_path: Path) -> None:
    answer = probed(tmp_path, rows_page(0, script=JPAGE), "http://a.gov.cn/col/col1587/index.html")
    system = answer["system"]
    assert (system["family"], system["sign"]) == ("jpage", "dataproxy.jsp")
    assert "/module/web/jpage/dataproxy.jsp" in system["endpoint"]["url"]
    told = words(answer)
    assert "依据：dataproxy.jsp" in told
    assert "向这个接口取数据" in told


def test_a_page_of_no_family_has_no_system(tmp_path: Path) -> None:
    assert probed(tmp_path, rows_page())["system"] is None


@pytest.mark.parametrize(
    ("charset", "coded", "used", "why"),
    [
        ("utf-8", "utf-8", "utf-8", "与声明一致"),
        ("gb2312", "gb18030", "gb18030", "与声明一致"),
        ("gb2312", "utf-8", "utf-8", "但全部字节都符合 UTF-8"),
        ("utf-8", "gb18030", "gb18030", "声明的是 utf-8，按它读不通，改用 gb18030"),
        ("utf-8", "utf-8-sig", "utf-8", "字节序标记"),
    ],
)
def test_the_encoding_is_told_with_what_was_declared_and_why(
    tmp_path: Path, charset: str, coded: str, used: str, why: str
) -> None:
    markup = ARTICLE.replace('charset="utf-8"', f'charset="{charset}"')
    told = probed(tmp_path, markup.encode(coded))["encodings"]
    assert (told["used"], told["declared_meta"]) == (used, charset)
    assert why in told["why"]


@pytest.mark.parametrize(
    ("markup", "word"),
    [
        ("<title>提示</title><p>请输入验证码后继续访问</p>", "检测时会当作  未能核实：验证码"),
        ("<script>$_ts={};</script>", "检测时会当作  未能核实：防护验证"),
        ("<title>404</title><p>您访问的页面不存在</p>", "检测时会当作  页面不存在"),
    ],
)
def test_a_wall_is_told_for_what_it_is(tmp_path: Path, markup: str, word: str) -> None:
    assert word in words(probed(tmp_path, markup))


def test_the_shape_that_scripts_rely_on_stands(tmp_path: Path) -> None:
    answer = json.loads(as_json(probed(tmp_path, rows_page())))
    assert {
        "kind", "title", "published", "source", "index_number", "document_number", "encoding", "cms",
        "entries", "next", "attachments", "from", "confidence", "findings",
    } <= answer.keys()  # fmt: skip
    assert isinstance(answer["encoding"], str)
    assert {"title", "url", "published", "pinned"} <= answer["entries"][0].keys()


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("markup", [ARTICLE, rows_page(), rows_page(0, script=JPAGE), ""])
def test_what_is_printed_fits_a_gbk_console(tmp_path: Path, markup: str, width: int) -> None:
    hostile = markup.replace("通知", "通知\x1b]0;x\x07[red]\u202e")
    told = words(probed(tmp_path, hostile), width)
    told.encode("gbk")
    assert "\x1b" not in told
