"""Probing one page: what is refused, and what a file gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.probe import MAX_BYTES, probe_file, probe_url
from services.workspace import UsageError

PAGE = (
    '<html><head><title>关于做好防汛工作的通知</title><meta name="PubDate" content="2018-05-30">'
    "</head><body><h1>关于做好防汛工作的通知</h1><div class='info'>发布时间：2018-05-30 来源：市水利局"
    "</div><div id='zoom'><p>　　各单位要高度重视防汛工作，落实责任。</p>"
    "<p>　　认真排查隐患，确保安全度汛，不得有误。锟斤拷锟斤拷</p></div></body></html>"
)


def test_a_file_is_read_and_the_rules_that_fire_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(PAGE, encoding="utf-8")
    answer = probe_file(file, "http://127.0.0.1/tzgg/1.html")
    assert answer["kind"] == "article"
    assert answer["title"] == "关于做好防汛工作的通知"
    assert answer["published"] == "2018-05-30"
    assert [f["rule"] for f in answer["findings"]] == ["garbled-text"]
    assert answer["findings"][0]["remedy"]


def test_a_file_without_an_address_is_not_taken_for_a_home_page(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(PAGE, encoding="utf-8")
    assert probe_file(file, None)["kind"] == "article"


def test_a_file_that_is_not_there_or_too_large_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="读不到文件"):
        probe_file(tmp_path / "none.html", None)
    large = tmp_path / "large.html"
    with large.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(UsageError, match="超过"):
        probe_file(large, None)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http://", "http://[::1", "http://127.0.0.1:99999/"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="不是"):
        probe_url(url, None)
