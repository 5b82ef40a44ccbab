"""A page as it was, made safe to open, with the place of a finding marked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.model import Finding, Scope, Subject
from services.evidence import marked_page
from storage.evidence import EvidenceRecord

URL = "http://127.0.0.1/zw/1.html"
HOSTILE = """<html><head><script>alert(1)</script><base href="http://evil/"></head>
<body onload="alert(2)"><div><p>第一段文字完好。</p><p>第二段有<b>问题的</b>文字。</p></div>
<img src="http://evil/x.gif" onerror="alert(3)"><iframe src="http://evil/"></iframe>
<a href="javascript:alert(4)">点</a><a href="/gone.html">附件</a>
<form action="http://evil/"><input name="a"></form></body></html>"""


def _finding(what: str = "", snippet: str = "", rule: str = "mixed-fonts") -> Finding:
    subject = Subject(
        scope=Scope.PAGE, key="page:1", site_id="s", unit_id="u", title="某信息", url=URL
    )
    return Finding(
        fingerprint="f" * 32,
        rule_id=rule,
        subject=subject,
        what=what,
        message="字体混用 <b>",
        path="div > p",
        snippet=snippet,
        url=URL,
        suspected=False,
        evidence="d",
    )


def _record(text: str) -> EvidenceRecord:
    return EvidenceRecord(
        digest="ab" * 32,
        url=URL,
        status=200,
        headers=(),
        content_type="text/html; charset=utf-8",
        body=text.encode(),
        fetched_at=datetime(2018, 6, 4, 1, 0, tzinfo=UTC),
    )


def test_nothing_of_the_page_can_run_load_or_be_sent() -> None:
    page, _ = marked_page(_record(HOSTILE), _finding())
    low = page.lower()
    for active in (
        "<script",
        "<iframe",
        "<form",
        "<base",
        "onerror",
        "onload",
        ' src="',
        'http-equiv="refresh',
    ):
        assert active not in low, active
    assert "default-src 'none'" in page
    assert 'href="javascript' not in low


def test_the_smallest_element_that_holds_the_snippet_is_marked() -> None:
    page, marked = marked_page(
        _record(HOSTILE), _finding(snippet="<p>第二段有<b>问题的</b>文字。</p>")
    )
    assert marked
    before, after = page.split('id="xunjian-place"')
    assert before.rstrip().endswith("<p") or "<p" in before[-120:]
    assert after.index("第二段") < 20
    assert "第一段" not in after


def test_a_dead_link_is_marked_where_it_stands() -> None:
    finding = _finding(what="http://127.0.0.1/gone.html", rule="dead-link")
    page, marked = marked_page(_record(HOSTILE), finding)
    assert marked
    assert page.split('id="xunjian-place"')[1].index("附件") < 60


@pytest.mark.parametrize("snippet", ["", "不在页面上的文字", "x"])
def test_what_cannot_be_placed_is_said_not_guessed(snippet: str) -> None:
    page, marked = marked_page(_record(HOSTILE), _finding(snippet=snippet))
    assert not marked
    assert "xunjian-place" not in page


def test_the_note_says_what_where_when_and_by_which_digest() -> None:
    page, _ = marked_page(_record(HOSTILE), _finding())
    for part in ("字体混用 &lt;b&gt;", URL, "2018-06-04 09:00:00", "ab" * 32):
        assert part in page
