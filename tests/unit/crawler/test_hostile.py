"""Damaged real pages, and texts made for our own regular expressions: nothing raises, nothing is slow.

A sample; ``python -m tests.benchmarks.hostile`` makes more of them.
"""

from __future__ import annotations

import contextlib
import logging
import time
import tracemalloc

import pytest

from checks.facts import PageKind
from crawler import cms
from crawler.answers import outcome
from crawler.cms.family import ListPage, NotUnderstood, Turn
from crawler.cms.reading import json_of
from crawler.extract import read_page
from tests.hostile import attacks, damaged, expressions, page_of
from tests.real_pages import real_pages

URL = "http://www.example.gov.cn/zwgk/tzgg/t20240301_1.html"
HOME = "http://www.example.gov.cn/"
EXPRESSIONS = expressions()


def _ordinary(size: int) -> float:
    """Processor seconds for a page of so many characters that holds nothing special."""
    text = page_of("为做好安全生产工作，市政府办公室组织有关单位召开会议。" * (size // 25))
    times = []
    for _ in range(3):
        began = time.process_time()
        _read_all(text)
        times.append(time.process_time() - began)
    return min(times)


def _read_all(text: str) -> None:
    body = text.encode("utf-8", "replace")
    read_page(body, url=URL)
    read_page(body, url=HOME, hint=PageKind.HOME)
    outcome(200, {"content-type": f"text/html; charset={text[:3000]}"}, body, URL)
    for family in cms.FAMILIES:
        family.recognise(text, URL)
        page = ListPage(URL, text, ("通知公告",))
        with contextlib.suppress(NotUnderstood):
            family.list_request(page, Turn())
        with contextlib.suppress(NotUnderstood):
            family.rows(text, page, Turn())


@pytest.mark.parametrize("part", range(4))
def test_no_text_made_for_an_expression_of_ours_costs_much_more_than_an_ordinary_one(
    part: int, caplog: pytest.LogCaptureFixture
) -> None:
    size = 600
    bound = 60 * _ordinary(size)
    slow = []
    with caplog.at_level(logging.ERROR):
        for name in sorted(EXPRESSIONS)[part::4]:
            # The first is the plainest: a long run of what the expression repeats.
            for attack in attacks(EXPRESSIONS[name], size)[:1]:
                began = time.process_time()
                _read_all(page_of(attack))
                if (took := time.process_time() - began) > bound:
                    slow.append(f"{name}: {took:.2f} s, {attack[:40]!r}")
    assert slow == []
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize(
    "text",
    [
        "f(" + " " * 30_000 + ")" + " " * 30_000 + "x",
        "<record>" + " " * 60_000,
        "<record><![CDATA[" * 5000 + "]]>" + " " * 30_000,
        "<nextgroup>href=" * 5000,
        "charset=" + " " * 60_000,
        "来源：" + "\u3000" * 390 + "甲" * 3,
    ],
)
def test_runs_of_blanks_and_unclosed_records_cost_what_their_length_says(text: str) -> None:
    bound = 60 * _ordinary(len(text) // 10)
    began = time.process_time()
    for _ in range(2):
        with contextlib.suppress(NotUnderstood):
            json_of(text)
        read_page(f"<script><datastore>{text}</script><p>{text * 3}</p>".encode(), url=URL)
        read_page(b"<p>x</p>", url=URL, content_type=f"text/html; {text}")
    assert time.process_time() - began < bound


def test_damaged_pages_are_read_without_an_error_and_in_bounds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pages = real_pages()
    if not pages:
        pytest.skip("no real pages beside the checkout")
    bodies = [item.body for item in pages]
    with caplog.at_level(logging.ERROR):
        for number in range(90):
            body = damaged(bodies[number % len(bodies)], number)
            reading = read_page(body, url=URL)
            assert len(reading.links) < 50_000
    assert [record.getMessage() for record in caplog.records] == []


def test_memory_is_bounded_by_the_size_of_the_page() -> None:
    rows = "".join(f"<li><a href='/a/{n}.html'>关于做好工作的通知</a></li>" for n in range(1500))
    body = f"<ul>{rows}</ul>".encode()
    tracemalloc.start()
    read_page(body, url=URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * len(body)
