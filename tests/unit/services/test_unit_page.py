"""A unit's page: what it says, and that nothing in it acts."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from checks.life import EventKind
from crawler.browser import ENVIRONMENT, find_chromium
from services.unit_page import Written, write_pages
from tests.unit.services.docket import Docket, at

MACHINE = {k: v for k, v in os.environ.items() if k != ENVIRONMENT}
HOSTILE = {
    "title": "<script>document.title='xss'</script>\x00\u202e公示",
    "snippet": '"><img src=x onerror="document.title=\'xss\'">身份证360481199001011234',
    "message": "{{ 7*7 }}</style><style>body{display:none}</style>13879200000",
    "url": "javascript:document.title='xss'",
}


@pytest.fixture
def docket(tmp_path: Path) -> Docket:
    return Docket(tmp_path)


def written(docket: Docket, *units: str) -> Written:
    some = [docket.ws.config.unit(u) for u in units] if units else None
    return write_pages(docket.ws, some, docket.folder / "pages", now=docket.now)


def html(docket: Docket, unit: str = "edu") -> str:
    return written(docket, unit).files[0].read_text(encoding="utf-8")


def words(text: str) -> str:
    body = LexborHTMLParser(text).body
    assert body is not None
    return re.sub(r"\s+", " ", body.text(separator=" "))


def test_a_finding_is_shown_with_evidence_basis_remedy_deadline_and_state(docket: Docket) -> None:
    late = docket.finding("a", snippet="关于  开会的通知")
    docket.late(late)
    docket.write(contact="市政府办信息股 0792-4222222")
    text = html(docket)
    said = words(text)
    for part in (
        "瑞昌市教育局", "标题里有多余的空格", "逾期", "2018-11-30", "2018-11-05 已提醒",
        "2018-12-10 09:00 检测时仍在", late.fingerprint[:8], "截至 2018-12-20 09:00",
        "排版不合要求", "怎样改", "依据", "市政府办信息股 0792-4222222", "1 个已超过整改期限",
    ):  # fmt: skip
        assert part in said, part
    tree = LexborHTMLParser(text)
    assert [n.text() for n in tree.css("mark")] == ["关于  开会的通知"]
    assert [n.attributes["href"] for n in tree.css("a")] == ["http://127.0.0.1:9/a.html"]


def test_what_was_mended_lately_is_shown_before_and_after(docket: Docket) -> None:
    new, old = docket.finding("a", snippet="旧标题"), docket.finding("b", snippet="很久以前")
    docket.late(new, old)
    docket.tell(new, EventKind.RECTIFIED, at(12, 15), was="旧标题", now="新标题")
    docket.tell(old, EventKind.RECTIFIED, at(11, 2))
    docket.now = at(12, 20).replace(year=2019, month=2)
    said = words(html(docket))
    assert "旧标题" in said
    assert "2018-12-15 复查未再发现 新标题" in said
    assert "很久以前" not in said
    assert "没有查实的、需要整改的问题" in said


def test_nothing_of_a_hostile_page_acts(docket: Docket) -> None:
    docket.late(docket.finding("a", **HOSTILE))  # type: ignore[arg-type]
    text = html(docket)
    tree = LexborHTMLParser(text)
    assert not tree.css("script, img, iframe, form, link, object, svg, base")
    assert len(tree.css("style")) == 1
    assert not tree.css("a")
    handlers = [n for n in tree.css("*") for name in n.attributes if name.startswith("on")]
    assert handlers == []
    said = words(text)
    assert "javascript:document.title='xss'" in said  # shown as text
    assert "{{ 7*7 }}" in said
    assert "360481199001011234" not in text
    assert "13879200000" not in text
    assert "\u202e" not in text
    assert "default-src 'none'" in text
    assert not [n for n in tree.css("*") if n.attributes.keys() & {"src", "href", "style"}]


@pytest.mark.skipif(
    find_chromium(MACHINE) is None, reason="needs a Chromium, Chrome or Edge on this machine"
)
def test_a_browser_opens_it_from_disk_and_runs_nothing(docket: Docket) -> None:
    docket.late(docket.finding("a", **HOSTILE))  # type: ignore[arg-type]
    file = written(docket, "edu").files[0]
    program = find_chromium(MACHINE)
    assert program is not None
    done = subprocess.run(
        [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={docket.folder / 'profile'}", "--dump-dom", file.resolve().as_uri(),
        ],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    tree = LexborHTMLParser(done.stdout)
    title = tree.css_first("title")
    assert title is not None, done.stderr[-500:]
    assert title.text() == "市教育局：网站检查问题"
    assert not tree.css("script, img")
    assert "标题" in words(done.stdout)


def test_all_pages_leave_out_who_is_not_confirmed_or_dissolved(docket: Docket) -> None:
    docket.late(docket.finding("a"), docket.finding("n", "new"), docket.finding("e", "env"))
    result = written(docket)
    assert sorted(f.name for f in result.files) == [
        "eco-市生态环境局.html", "edu-市教育局.html", "farm-赛湖农场.html",
    ]  # fmt: skip
    assert dict(result.skipped) == {"市新设局": "名单未核对"}
    assert "（原市环保局）关于e的通知" in words(html(docket, "eco"))
    assert "市生态环境局" in dict(written(docket, "env").skipped)["市环保局"]
    assert "名单未核对" in words(html(docket, "new"))


def test_suspected_revoked_and_waived_ones_are_no_accusation(docket: Docket) -> None:
    marks = [docket.finding(n) for n in ("a", "b")]
    docket.late(*marks)
    docket.tell(marks[0], EventKind.REVOKED, at(12, 15))
    docket.tell(marks[1], EventKind.WAIVED, at(12, 15))
    assert "没有查实的、需要整改的问题" in words(html(docket))


def test_the_trial_run_is_written_on_the_page(docket: Docket) -> None:
    docket.late(docket.finding("a"))
    docket.write(trial_run=True)
    assert "试运行：仅供查看" in words(html(docket))
