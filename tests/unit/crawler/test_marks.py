"""Identity marks are read from text, links and scripts; what a script may write is never missing."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from checks.parts import Marks
from crawler.extract import read_page
from crawler.extract.encoding import decode
from crawler.extract.marks import read_marks
from crawler.extract.tree import build
from crawler.urls import Resolver

REAL = Path(__file__).resolve().parents[4] / "shared" / "real-pages"
BASE = "http://www.ruichang.gov.cn/"
FOOT = (
    '<div class="footer"><p><a href="/map.html">网站地图</a> <a href="/lxwm.html">联系我们</a></p>'
    "<p>主办：瑞昌市人民政府　承办：瑞昌市信息办</p><p>网站标识码：3604810001 "
    '<a href="https://beian.miit.gov.cn">赣ICP备05000001号-1</a> '
    '<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=36048102000001">赣公网安备 36048102000001号</a></p>{}</div>'
)
PARTY = '<a href="http://bszs.conac.cn/sitename?method=show&id=1"><img src="/blue.png"></a>'
WRITTEN = (
    "<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='"
    "http://dcs.conac.cn/js/15/1.js' type='text/javascript'%3E%3C/script%3E\"));</script>"
)
ERROR = '<script id="_jiucuo_" sitecode="3604810001" src="http://pucha.kaipuyun.cn/exposure/jiucuo.js"></script>'


def marks(html: str, *, charset: str = "utf-8", head: str = "") -> Marks:
    page = read_page(
        f'<html><head><meta charset="{charset}">{head}</head><body>{html}</body></html>'.encode(
            charset
        ),
        url=BASE,
    ).page
    assert page.marks is not None
    return page.marks


def test_every_mark_of_a_plain_footer_is_read() -> None:
    found = marks(FOOT.format(PARTY + ERROR))
    assert found.site_code == "3604810001"
    assert found.error_code == "3604810001"
    assert found.icp == "赣ICP备05000001号-1"
    assert found.icp_linked
    assert found.police == "公网安备36048102000001号"
    assert found.police_linked
    assert found.party_mark == "http://bszs.conac.cn/sitename?method=show&id=1"
    assert found.sponsor == "瑞昌市人民政府"
    assert found.contact
    assert found.sitemap == BASE + "map.html"
    assert found.footer
    assert found.unknown == ()


def test_a_gbk_page_shows_the_same_marks() -> None:
    plain = marks(FOOT.format(PARTY + ERROR))
    assert marks(FOOT.format(PARTY + ERROR), charset="gb18030") == plain


@pytest.mark.parametrize(
    "mark",
    [
        WRITTEN,
        '<script src="static/js/CA152240000600000010001.js"></script>',
        '<span id="_ideConac"></span>',
        '<img src="/i/dzjg.png">',
        '<img src="/i/1.png" alt="党政机关">',
        '<div class="dzjg j-gov fl" data-setting="x"></div>',
        '<img id="imgConac" src="red.png">',
    ],
)
def test_a_party_mark_is_known_by_script_id_picture_or_words(mark: str) -> None:
    assert marks(FOOT.format(mark)).party_mark


@pytest.mark.parametrize(
    ("entrance", "code"),
    [
        (ERROR, "3604810001"),
        ('<script id="_jiucuo_" sitecode="3604810001" src="./x_files/jiucuo.js"></script>', "3604810001"),
        ('<script id="_jiucuo_" sitecode="3604810001">(function(){load()})()</script>', "3604810001"),
        ('<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=3604810001&url=x"><img></a>', "3604810001"),
        ("<a onclick=\"window.open('http://pucha.kaipuyun.cn/exposure/jiucuo.html?site_code=3604810001')\"></a>", "3604810001"),
        ('<div class="dzjg j-jiucuo fl" data-setting="{sitecode:3604810001}"></div>', "3604810001"),
        ('<span id="_span_jiucuo"></span>', ""),
        ('<img src="/a.png" alt="政府网站找错">', ""),
        ('<!-- <script id="_jiucuo_" sitecode="3604810001"></script> -->', None),
    ],
)  # fmt: skip
def test_the_entrance_for_errors_is_known_in_all_its_forms(entrance: str, code: str | None) -> None:
    assert marks(FOOT.format(entrance)).error_code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("网站标识码：3604810001", "3604810001"),
        ("政府网站标识码 3604810001", "3604810001"),
        ("网站标识码 ：bm16000001 |", "bm16000001"),
        ("网站标识码：3604810001ICP备案", "3604810001"),
        ("标识码:<span>3604810001</span> GVANGJSIH", "3604810001"),
        ("网站标识码：36048100", "36048100"),
        ("网站标识码：", None),
    ],
)
def test_the_code_ends_where_the_code_ends(words: str, code: str | None) -> None:
    assert marks(f"<p>主办：某办　赣ICP备05000001号</p><p>{words}</p>").site_code == code


@pytest.mark.parametrize(
    ("words", "sponsor"),
    [
        ("主办单位：某市人民政府办公室", "某市人民政府办公室"),
        ("主　办：某市人民政府", "某市人民政府"),
        ("某市人民政府办公厅主办", "某市人民政府办公厅"),
        ("某自治区自然资源厅主办 | 信息中心承办", "某自治区自然资源厅"),
        ("版权所有：某市人民政府", None),
    ],
)
def test_the_sponsor_is_named_before_or_after_the_word(words: str, sponsor: str | None) -> None:
    found = marks(f"<p>赣ICP备05000001号</p><p>{words}</p>")
    assert found.sponsor == sponsor
    assert sponsor or found.operator == "某市人民政府"


@pytest.mark.parametrize(
    "unknown",
    [
        '<script src="/js/fillmarks.js"></script>',
        '<iframe src="/inc/bq.html"></iframe>',
        '<div data-setting="{type:3}"></div>',
    ],
)
def test_what_nobody_knows_in_the_footer_is_named(unknown: str) -> None:
    assert marks(FOOT.format(unknown)).unknown


@pytest.mark.parametrize(
    "known",
    [
        '<script src="/js/jquery.min.js"></script>',
        '<script src="https://hm.baidu.com/hm.js?1"></script>',
        WRITTEN + ERROR,
        '<span id="_span_jiucuo"></span>',
    ],
)
def test_scripts_that_write_no_marks_are_not_suspected_of_it(known: str) -> None:
    assert marks(FOOT.format(known)).unknown == ()


def test_a_script_above_the_footer_is_not_suspected_of_writing_in_it() -> None:
    assert marks('<div><script src="/js/news.js"></script></div>' + FOOT.format("")).unknown == ()


def test_a_footer_that_a_script_loads_is_no_footer_that_was_read() -> None:
    found = marks(
        '<h1>某市</h1><div id="f"></div><script>$("#f").load("/inc/footer.html");</script>'
    )
    assert not found.footer
    assert found.unknown


def test_a_search_by_get_is_asked_as_the_form_asks() -> None:
    found = marks(
        '<form action="/search" method="get"><input type="hidden" name="site" value="1">'
        '<select name="scope"><option value="a">全站<option value="t" selected>标题</select>'
        '<input name="q" placeholder="请输入搜索内容"><input type="submit"></form>',
        charset="gbk",
    ).search
    assert found is not None
    assert found.plain
    assert found.action == BASE + "search"
    assert found.field == "q"
    assert found.fixed == (("site", "1"), ("scope", "t"))
    assert found.charset in ("gbk", "gb18030")


@pytest.mark.parametrize(
    "form",
    [
        '<form action="/search" method="post"><input name="q"></form>',
        '<form action="/search" onsubmit="return go()"><input name="q"></form>',
        '<form action="/search"><input name="q"><input type="button" onclick="go()"></form>',
        '<form action="javascript:go()"><input name="searchWord"></form>',
        '<form action="/search"><input id="q" placeholder="搜索"></form>',
        '<input name="searchWord" placeholder="搜索">',
    ],
)
def test_a_search_that_a_script_sends_is_there_and_cannot_be_asked(form: str) -> None:
    found = marks(form).search
    assert found is not None
    assert not found.plain


@pytest.mark.parametrize(
    "form",
    [
        '<form action="/login"><input name="user"><input type="password" name="p"></form>',
        '<form action="/mail/list"><input name="number"></form>',
        '<form action="/search"><input name="q"><input name="q2"></form>',
    ],
)
def test_another_form_is_no_search(form: str) -> None:
    assert marks(form).search is None


def test_only_known_networks_are_surely_advertisements() -> None:
    found = marks(
        '<script src="http://cpro.baidustatic.com/cpro/ui/c.js"></script>'
        '<a href="https://item.jd.com/1.html"><img src="/1.png"></a><a href="https://www.taobao.com/">助农</a>'
        '<script src="/js/jdk.js"></script><a href="http://www.notjd.com/"><img src="/2.png"></a>'
    ).adverts
    assert [(a.what, a.certain) for a in found] == [
        ("cpro.baidustatic.com/cpro/ui/c.js", True),
        ("item.jd.com/1.html", False),
    ]


WINDOW = '<div id="gg" {}><a href="/zt/"><img src="/1.png" alt="活动"></a></div>'
MOVE = '<script>var ad = new AdMove("gg"); ad.Run();</script>'


@pytest.mark.parametrize(
    ("html", "certain"),
    [
        (WINDOW.format("") + MOVE, [True]),
        (WINDOW.format('class="piaochuang" style="position:absolute"'), [False]),
        (WINDOW.format('class="float_ad" style="position: fixed;"'), [False]),
        (WINDOW.format('class="piaochuang"'), []),
        (WINDOW.format('style="display:none"') + MOVE, []),
        (WINDOW.format('class="float-left" style="position:absolute"'), []),
        (WINDOW.format("") + MOVE.replace('"gg"', '"other"'), []),
        (f"<!-- {WINDOW.format('')} -->{MOVE}", []),
        (WINDOW.format("").replace("活动", "返回顶部") + MOVE, []),
        (WINDOW.format("").replace("/zt/", "javascript:void(0)") + MOVE, []),
    ],
)
def test_a_window_floats_when_a_script_moves_it_or_its_style_says_so(
    html: str, certain: list[bool]
) -> None:
    assert [one.certain for one in marks(html).floating] == certain


def test_marks_are_read_of_home_pages_only() -> None:
    page = read_page(FOOT.format("").encode(), url=BASE + "art/2018/6/1/art_1_2.html").page
    assert page.marks is None


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared pages are not here")
def test_no_mark_is_missed_on_the_footers_of_real_sites() -> None:
    """What each footer shows was counted by eye; fewer is a mark that was not recognised."""
    seen: Counter[str] = Counter()
    for item in json.loads((REAL / "index.json").read_text(encoding="utf-8")):
        text, encoding = decode((REAL / item["file"]).read_bytes(), None)
        found = read_marks(build(text), Resolver(f"http://{item['site']}/"), encoding.used)
        assert found.adverts == ()
        seen.update(
            name
            for name in ("site_code", "icp", "party_mark", "sponsor", "sitemap")
            if getattr(found, name)
        )
        seen["error"] += found.error_code is not None
        if found.site_code and found.error_code:
            assert found.site_code == found.error_code, item["file"]
    least = {
        "icp": 39,
        "error": 39,
        "party_mark": 38,
        "site_code": 37,
        "sitemap": 36,
        "sponsor": 31,
    }
    assert all(seen[name] >= count for name, count in least.items()), seen


@pytest.mark.parametrize("run", ["a", "0", "甲", "_piaochuang", "dzjg"])
def test_a_home_page_of_any_length_takes_no_longer_than_its_length_asks(run: str) -> None:
    def seconds(size: int) -> float:
        words = run * (size // len(run))
        times = []
        for _ in range(3):
            began = time.process_time()
            marks(f"<p>{words}</p><script>{words}</script>{FOOT.format('')}")
            times.append(time.process_time() - began)
        return min(times)

    assert seconds(160_000) < 24 * max(seconds(20_000), 0.002)


def test_the_footer_of_a_very_long_home_page_is_read() -> None:
    found = marks("<p>工作动态</p>" * 20_000 + FOOT.format(PARTY))
    assert (found.site_code, found.sponsor) == ("3604810001", "瑞昌市人民政府")


def test_the_ministry_s_record_is_not_the_police_s() -> None:
    seen = marks(
        '<div class="footer"><a href="http://www.miibeian.gov.cn">赣ICP备05011223号</a></div>'
    )
    assert seen.icp_linked
    assert not seen.police_linked
    for host in ("www.beian.gov.cn", "beian.mps.gov.cn", "beian.gov.cn"):
        assert marks(f'<a href="http://{host}/portal?x=1"><img src="/ga.png"></a>').police_linked


def test_a_picture_that_a_script_of_its_own_moves_may_be_a_window() -> None:
    box = '<div id="zt1" style="position:absolute;left:20px"><a href="/zt/"><img src="/zt.jpg"></a></div>'
    moves = '<script>var o=document.getElementById("zt1");setInterval(function(){o.style.left=x+"px"},20)</script>'
    (window,) = marks(box + moves).floating
    assert not window.certain
    still = '<script>var o=document.getElementById("zt1");o.style.left="20px"</script>'
    other = moves.replace("zt1", "zt2")
    plain = box.replace("position:absolute;", "")
    for harmless in (box, box + still, box + other, plain + moves):
        assert marks(harmless).floating == ()
