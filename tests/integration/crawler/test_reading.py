"""Pages are read the same in this process and in another, and none is lost with a reader."""

from __future__ import annotations

import asyncio
import logging
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checks.facts import Page
from checks.registry import RULES
from checks.runner import Answer, PageRules
from crawler import reading
from crawler.reading import Job, Readers, read_article, read_list

ROOT = Path(__file__).resolve().parents[3]
RULES_OF_PAGES = PageRules(tuple(RULES), {})
LIST = "".join(f"<li><a href='/a/{n}.html'>第{n}号公告</a><span>2018-05-{n:02}</span></li>" for n in range(1, 21))  # fmt: skip


def article(number: int) -> Job:
    body = (
        f"<html><head><title>关于第{number}次检查的通知_某局</title></head><body>"
        f"<div class='menu'><a href='/'>首页</a><a href='/b/'>公告</a></div><h1>关于第{number}次检查的通知</h1>"
        f"<div>发布时间：2018-05-02 来源：某局</div><div class='content'><p>　　各单位：现将第{number}次检查"
        "安排如下,请遵照执行。</p><p class=MsoNormal style=mso-pagination:none>从别处贴来的一段话，写得足够长。</p><p></p><p></p>"
        f"<p><a href='/f/{number}.doc'>附件</a></p></div></body></html>"
    )
    return Job(body.encode(), f"http://a.gov.cn/a/{number}.html", "text/html; charset=utf-8")


ROWS = Job(f"<html><body><ul class='news'>{LIST}</ul></body></html>".encode(), "http://a.gov.cn/b/", "text/html")  # fmt: skip


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers are started at the first page."""
    monkeypatch.setattr(reading, "PAYS_AFTER", 0.0)


async def started(readers: Readers) -> Any:
    """The first reader, once it runs."""
    await readers.article(article(0))
    while not readers._readers:
        await asyncio.sleep(0)
    return readers._readers[0].process


@pytest.mark.usefixtures("eager")
def test_a_page_is_read_the_same_wherever_it_is_read() -> None:
    async def both() -> None:
        readers = Readers(RULES_OF_PAGES, most=1)
        await started(readers)
        jobs = [article(n) for n in range(40)]
        read = await asyncio.gather(*(readers.article(job) for job in jobs))
        assert read == [read_article(job, RULES_OF_PAGES) for job in jobs]
        assert all(one is not None and one.hits for one in read)
        assert await readers.list_page(ROWS) == read_list(ROWS)
        await readers.close()

    asyncio.run(both())


@pytest.mark.usefixtures("eager")
def test_a_reader_that_is_killed_loses_no_page() -> None:
    async def killed() -> None:
        readers = Readers(RULES_OF_PAGES, most=1)
        process = await started(readers)
        turns = [asyncio.ensure_future(readers.article(article(n))) for n in range(30)]
        await asyncio.sleep(0)
        process.kill()
        read = await asyncio.gather(*turns)
        assert read == [read_article(article(n), RULES_OF_PAGES) for n in range(30)]
        assert readers._readers == []
        await readers.close()

    asyncio.run(killed())


@dataclass(frozen=True)
class Breaking:
    """Rules that break on one page."""

    def __call__(self, page: Page) -> Mapping[str, Answer]:
        if page.url.endswith("/3.html"):
            raise RecursionError
        return {}


@pytest.mark.usefixtures("eager")
def test_what_breaks_a_reader_is_told_in_the_crawls_own_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(Breaking, "__module__", Path(__file__).stem)
    monkeypatch.setitem(sys.modules, Path(__file__).stem, sys.modules[__name__])

    async def broken() -> None:
        readers = Readers(Breaking(), most=1)
        await started(readers)
        read = await asyncio.gather(*(readers.article(article(n)) for n in range(1, 5)))
        assert [one is None for one in read] == [False, False, True, False]
        await readers.close()

    with caplog.at_level(logging.ERROR):
        asyncio.run(broken())
    assert "the reader failed on http://a.gov.cn/a/3.html" in caplog.text


@pytest.mark.usefixtures("eager")
def test_rules_that_cannot_be_handed_over_are_run_here() -> None:
    async def here() -> None:
        readers = Readers(lambda _page: {}, most=1)
        read = await asyncio.gather(*(readers.article(article(n)) for n in range(5)))
        assert [one.page.title for one in read if one is not None] == [
            f"关于第{n}次检查的通知" for n in range(5)
        ]
        await readers.close()
        assert readers._readers == []

    asyncio.run(here())


def test_pages_that_come_slowly_start_no_reader() -> None:
    async def polite() -> None:
        readers = Readers(RULES_OF_PAGES, most=1)
        for n in range(3):
            await readers.article(article(n))
        assert readers._tasks == []
        await readers.close()

    asyncio.run(polite())


@pytest.mark.parametrize("sent", [b"", pickle.dumps(RULES_OF_PAGES)])
def test_a_reader_ends_with_the_process_that_started_it(sent: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from crawler.reading import work; work()"],
        input=sent,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
