"""Feeds: the newest day that one surely names, or why there is none; hostile ones are harmless."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from crawler.feeds import MAX_BYTES, Newest, UnreadableFeed, instant, newest

NOW = datetime(2018, 8, 1, 2, 0, tzinfo=UTC)


def rss(*dates: str, head: str = "", version: str = "2.0") -> str:
    items = "".join(
        f"<item><title>第{i}条</title><link>http://x/</link><pubDate>{d}</pubDate></item>"
        for i, d in enumerate(dates, 1)
    )
    return f"{head}<rss version='{version}'><channel><title>网</title>{items}</channel></rss>"


def atom(entry: str) -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><updated>2018-08-01T00:00:00Z</updated>{entry}</feed>"


def jsonfeed(*items: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": list(items)})


def read(text: str | bytes) -> Newest:
    return newest(text if isinstance(text, bytes) else text.encode(), NOW)


def refused(text: str | bytes) -> str:
    with pytest.raises(UnreadableFeed) as caught:
        read(text)
    return str(caught.value)


def test_the_newest_item_counts_wherever_it_stands() -> None:
    found = read(rss("Sat, 28 Jul 2018 09:00:00 +0800", "Mon, 30 Jul 2018 09:00:00 +0800"))
    assert found == Newest(date(2018, 7, 30), "第2条")


def test_an_instant_of_another_zone_is_the_day_in_shanghai() -> None:
    assert read(rss("Mon, 30 Jul 2018 15:59:59 GMT")).on == date(2018, 7, 30)
    assert read(rss("Mon, 30 Jul 2018 16:00:00 GMT")).on == date(2018, 7, 31)


def test_atom_gives_the_day_of_publication_before_that_of_a_change_and_never_the_feeds_own() -> (
    None
):
    both = "<published>2018-07-20T01:00:00+08:00</published><updated>2018-07-25T01:00:00Z</updated>"
    entry = f"<entry><title type='xhtml'><div xmlns='urn:x'>通<b>知</b></div></title>{both}</entry>"
    assert read(atom(entry)) == Newest(date(2018, 7, 20), "通知")
    changed = "<entry><title>甲</title><updated>2018-07-25T01:00:00Z</updated></entry>"
    assert read(atom(changed)).on == date(2018, 7, 25)


def test_rdf_and_json_feeds_are_read() -> None:
    rdf = (
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel/>"
        "<item><title>甲</title><dc:date>2018-07-30</dc:date></item></r:RDF>"
    )
    assert read(rdf) == Newest(date(2018, 7, 30), "甲")
    item = {"title": "乙", "date_published": "2018-07-30T20:00:00Z"}
    assert read("\ufeff " + jsonfeed(item)) == Newest(date(2018, 7, 31), "乙")


def test_a_feed_in_gbk_is_read() -> None:
    text = "<?xml version='1.0' encoding='gb2312'?>" + rss("Mon, 30 Jul 2018 09:00:00 +0800")
    assert read(text.encode("gbk")).title == "第1条"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 30 Jul 2018 09:00:00 CST", datetime(2018, 7, 30, 1, tzinfo=UTC)),
        ("2018-07-30 09:00:00", datetime(2018, 7, 30, 1, tzinfo=UTC)),
        ("2018-07-30", datetime(2018, 7, 29, 16, tzinfo=UTC)),
        ("2018-07-30T01:00:00Z", datetime(2018, 7, 30, 1, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("2018-02-30", None),
        ("昨天", None),
        ("", None),
        ("1" * 100_000, None),
        ("Mon, 30 Jul 99999999999999999999 09:00:00 GMT", None),
    ],
)
def test_a_date_is_read_as_it_is_meant_or_not_at_all(text: str, moment: datetime | None) -> None:
    assert instant(text) == moment


def test_one_entry_without_a_readable_date_leaves_the_newest_unknown() -> None:
    assert "2 条信息中有 1 条没有可读" in refused(rss("Mon, 30 Jul 2018 09:00:00 GMT", "昨天"))
    assert "没有可读" in refused(jsonfeed({"title": "甲"}))
    assert "没有可读" in refused(jsonfeed(1, None, [{}]))


def test_the_future_is_believed_for_a_day_and_no_longer() -> None:
    ahead = read(rss("Thu, 02 Aug 2018 02:00:00 GMT"))
    assert ahead.on == date(2018, 8, 1)  # never after the day of the look
    assert "还没有到" in refused(rss("Thu, 02 Aug 2018 02:00:01 GMT", "Mon, 30 Jul 2018 09:00 GMT"))


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "<html><body>登录</body></html>", "<rss><channel>", "\x00", "PK\x03\x04",
        '{"version": 1, "items": []}', '{"version": "https://jsonfeed.org/version/1", "items": 5}',
        "<?xml version='1.0' encoding='no-such'?><rss/>", rss(), atom(""), jsonfeed(),
        '{"a":' * 200_000, "<rss>" * 100_000, "{" + "9" * 1_000_000,
    ],
)  # fmt: skip
def test_what_is_no_feed_or_an_empty_one_is_refused_with_a_reason(text: str) -> None:
    assert refused(text)


def test_what_is_longer_than_the_bound_is_not_parsed() -> None:
    assert "超过 2 MB" in refused(b" " * (MAX_BYTES + 1))


BILLION = "<!DOCTYPE rss [<!ENTITY a 'lol'>{}]>".format(
    "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9))
)


def test_billion_laughs_are_refused_unexpanded_in_every_encoding() -> None:
    bomb = rss("&j;", head=BILLION)
    assert "实体" in refused(bomb)
    for coding in ("utf-16", "utf-16-be", "utf-7", "utf-32"):
        told = f"<?xml version='1.0' encoding='{coding}'?>{bomb}"
        assert refused(told.encode(coding))
    assert refused(bomb.replace("<title>第1条", "<title a='&j;'>第1条"))


def test_an_external_entity_and_an_external_type_are_never_opened(tmp_path: object) -> None:
    head = f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file://{tmp_path}/secret'>]>"
    assert "实体" in refused(rss("&x;", head=head))
    # Neither is there: whoever opened it would fail on it.
    for where in ("http://127.0.0.1:1/rss.dtd", f"file://{tmp_path}/rss.dtd"):
        outside = f"<!DOCTYPE rss SYSTEM '{where}'>"
        assert "文档类型" in refused(rss("Mon, 30 Jul 2018 09:00:00 GMT", head=outside))


def test_html_within_an_item_may_name_a_document_type() -> None:
    text = rss("Mon, 30 Jul 2018 09:00:00 GMT")
    inner = "<description><![CDATA[<!DOCTYPE html><p>x</p>]]></description><link>"
    assert read(text.replace("<link>", inner)).on == date(2018, 7, 30)


def test_an_item_nested_too_deep_is_refused_and_many_items_are_read() -> None:
    deep = rss("Mon, 30 Jul 2018 09:00:00 GMT").replace(
        "<link>", "<a>" * 5000 + "</a>" * 5000 + "<link>"
    )
    assert refused(deep)
    many = rss(*["Mon, 30 Jul 2018 09:00:00 GMT"] * 15_000)
    assert len(many.encode()) < MAX_BYTES
    assert read(many).on == date(2018, 7, 30)
