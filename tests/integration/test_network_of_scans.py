"""What a scan gathers of each site once, beside its pages: when it does, when not, and what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checks.facts import DateState, Entry, Missing, PageKind, Unverified
from checks.identity_facts import Answer, NetworkLook, SearchLook
from checks.model import Scope
from checks.parts import SearchForm
from crawler.asking import ABSENT_PATH, ENDLESS
from crawler.network import Look
from crawler.plan import Counters, CrawlResult, SiteResult
from services import network
from services.judging.availability import NETWORK
from services.judging.identity import SEARCH
from services.network import Question, choose
from services.recheck_targets import asked_for
from services.scan import ScanReport, ScanRequest, run_scan
from services.workspace import Workspace
from storage import extras, scans
from storage.models import ScanState, Sight, SiteState
from storage.readings import StoredPage
from tests.integration.scheduler import tiny

FORM = '<form action="/so.html"><input name="q" placeholder="搜索"><input type="submit" value="搜"></form>'


class Town(dict[str, str]):
    """The tiny site's pages with a search; ``empty``: its index is."""

    empty = False

    def get(self, path: str, default: Any = None) -> Any:
        if not path.startswith("/so.html?q="):
            return super().get(path, default)
        if self.empty:
            from urllib.parse import unquote

            return f"<title>搜索</title><p>没有找到与“{unquote(path[11:])}”相关的信息</p>"
        rows = (p for p in self if p.startswith("/jia/t"))
        return "<title>搜索</title>" + "".join(f"<a href='{p}'>看</a>" for p in rows)


@pytest.fixture
def site() -> Iterator[tiny.Site]:
    with tiny.served() as served:
        pages = Town(served.pages)
        pages["/"] = pages["/"].replace("<body>", f"<body>{FORM}")
        for path in [p for p in pages if p.startswith("/jia/")]:
            pages[path] = pages[path].replace("重点工作", "防汛工作")
        served.pages = pages
        yield served


@pytest.fixture
def ws(site: tiny.Site, tmp_path: Path) -> Iterator[Workspace]:
    clock = tiny.Clock(tiny.at("2018-06-05T09:00"))
    found = tiny.workspace(tiny.write(tmp_path / "config", site.port), tmp_path / "data", clock)
    yield found
    found.engine.dispose()


def scan(ws: Workspace, **request: Any) -> ScanReport:
    return run_scan(ws, ScanRequest(as_of=date(2018, 6, 5), **request), now=ws.now())


def stored(ws: Workspace, scan_id: int) -> tuple[Any, Any]:
    looks = extras.newest(ws.engine, scan_id, NETWORK, 90)
    searches = extras.newest(ws.engine, scan_id, SEARCH, 90)
    return (
        looks["portal"].facts if looks else None,
        searches["portal"].facts if searches else None,
    )


def test_a_scan_looks_at_each_site_once_and_keeps_what_it_saw(
    ws: Workspace, site: tiny.Site
) -> None:
    look, said = stored(ws, scan(ws).scan_id)
    assert isinstance(look, NetworkLook)
    assert (look.public, look.chain.answer, look.absent.answer) == (False, Answer.YES, Answer.YES)
    assert len(look.milliseconds) == 3
    assert isinstance(said, SearchLook)
    assert (said.title, said.found) == ("关于做好第1项防汛工作安排的通知", True)
    assert len([p for p in site.asked if p.startswith("/so.html")]) == 1
    assert site.asked[-1].startswith("/so.html"), "after the crawl"


def test_a_search_whose_index_is_empty_is_told_with_the_entry(
    ws: Workspace, site: tiny.Site
) -> None:
    site.pages.empty = True  # type: ignore[attr-defined]
    _, said = stored(ws, scan(ws).scan_id)
    assert (said.found, said.said_none, said.rows) == (False, True, 0)
    kept = extras.newest(ws.engine, 1, SEARCH, 90)["portal"].evidence
    assert kept is not None
    assert "没有找到" in ws.evidence.get(kept).body.decode()
    assert said.page.endswith("/jia/t20180530_1001.html")


def test_a_scan_of_some_units_looks_at_no_site(ws: Workspace, site: tiny.Site) -> None:
    report = scan(ws, units=("jia",))
    assert stored(ws, report.scan_id) == (None, None)
    assert not any(p.startswith("/so.html") for p in site.asked)


def test_a_search_that_robots_forbids_is_not_asked(ws: Workspace, site: tiny.Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /so.html\n"
    look, said = stored(ws, scan(ws).scan_id)
    assert isinstance(look, NetworkLook)
    assert said.code is Missing.ROBOTS
    assert not any(p.startswith("/so.html") for p in site.asked)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("", "没有读到站内搜索框"),
        (FORM.replace("<form", "<form onsubmit='go()'"), "由脚本提供"),
        (FORM.replace("/so.html", "http://so.example/s"), "在别的网站上"),
    ],
)
def test_a_search_that_cannot_be_asked_is_unverified_with_its_reason(
    ws: Workspace, site: tiny.Site, form: str, words: str
) -> None:
    site.pages["/"] = site.pages["/"].replace(FORM, form)
    _, said = stored(ws, scan(ws).scan_id)
    assert words in said.reason


def test_a_fault_of_ours_ends_no_scan_and_is_recorded(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Look) -> NetworkLook:
        raise RuntimeError("ours")

    monkeypatch.setattr(Look, "all", broken)
    report = scan(ws)
    assert report.state is ScanState.COMPLETE
    look, said = stored(ws, report.scan_id)
    assert isinstance(look, Unverified)
    assert look == said
    assert "程序内部出错" in look.reason

    def worse(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(network, "_questions", worse)
    report = scan(ws)
    assert report.state is ScanState.COMPLETE
    assert stored(ws, report.scan_id) == (look, said)


def _gathered(
    ws: Workspace,
    scan_id: int,
    *,
    reason: Unverified | None = None,
    requests: int = 0,
    until: datetime | None = None,
) -> tuple[Any, Any]:
    result = SiteResult(
        site_id="portal",
        state=SiteState.COMPLETE if reason is None else SiteState.UNREACHED,
        reason=reason,
        counters=Counters(requests=requests),
        seconds=1.0,
    )
    network.gather(ws, scans.scan(ws.engine, scan_id), CrawlResult(sites=(result,)), until=until)
    return stored(ws, scan_id)


def test_window_budget_and_walls_are_respected(ws: Workspace, site: tiny.Site) -> None:
    scan_id = scan(ws).scan_id
    site.asked.clear()
    wall = Unverified(code=Missing.WALL, reason="网站防护系统要求验证")
    assert _gathered(ws, scan_id, reason=wall) == (wall, wall)
    ended, _ = _gathered(ws, scan_id, until=ws.now() - timedelta(seconds=1))
    assert "未轮到" in ended.reason
    spent, _ = _gathered(ws, scan_id, requests=500)
    assert "未轮到" in spent.reason
    assert not site.asked
    few, said = _gathered(ws, scan_id, requests=498)
    assert isinstance(few, NetworkLook)
    assert site.asked == ["/robots.txt", "/"]
    assert "未轮到" in said.reason


def test_a_home_page_that_goes_round_and_round_is_looked_at_all_the_same(
    ws: Workspace, site: tiny.Site
) -> None:
    scan_id = scan(ws).scan_id
    look, _ = _gathered(ws, scan_id, reason=ENDLESS)
    assert isinstance(look, NetworkLook)
    assert ABSENT_PATH in site.asked


@pytest.mark.parametrize(
    ("rule_id", "words"),
    [("search-misses-title", "下次检测"), ("soft-404", "下次检测"), ("site-unreachable", "下周")],
)
def test_a_re_check_does_not_judge_by_an_old_look(ws: Workspace, rule_id: str, words: str) -> None:
    stored_one = SimpleNamespace(
        site_id="portal", rule_id=rule_id, scope=Scope.SITE, subject_key="portal", what=""
    )
    case: Any = SimpleNamespace(stored=stored_one, mark="m", unit_id="jia")
    asked = asked_for(ws, [case], date(2018, 6, 5))
    assert words in asked.without["m"][1]
    assert not asked.sites


# --- which entry is asked for ---------------------------------------------------------------------

TODAY = date(2018, 6, 5)
SEARCH_FORM = SearchForm(action="http://www.rc.gov.cn/so", field="q", plain=True)


def stored_page(title: str, published: date, key: str = "page:1", **changes: Any) -> StoredPage:
    page = StoredPage(
        subject_key=key, site_id="portal", url=f"http://www.rc.gov.cn/{key[5:]}.html", unit_id=None,
        owner_id=None, column_key=None, outcome=Sight.FETCHED, carried=False, unverified=None,
        fetched=None, version_id=1, kind=PageKind.ARTICLE, title=title, published=published,
        listed=Entry(title=title, url="", published=published, date_state=DateState.READ),
        source=None, made=None, index_number=None, text_key=None, parts=frozenset(), blocks=(),
        hits=None, _shelf=None,  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(page, **changes)


def _chosen(*pages: StoredPage) -> str | None:
    found = choose(SEARCH_FORM, list(pages), TODAY)
    return found.page.rpartition("/")[2] if isinstance(found, Question) else None


GOOD = "关于做好防汛工作的通知"


def test_the_newest_settled_entry_is_asked_for() -> None:
    day = timedelta(days=1)
    assert _chosen(
        stored_page(GOOD, TODAY - 6 * day, "page:new"),
        stored_page("市长调研工业园区建设", TODAY - 7 * day, "page:week"),
        stored_page("全市安全生产会议召开", TODAY - 9 * day, "page:old"),
    ) == "week.html"  # fmt: skip
    assert _chosen(stored_page(GOOD, TODAY - 366 * day)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "通知公告栏"[:5]},
        {"title": "关于印发《办法》的通知"},
        {"title": "关" * 31},
        {"kind": PageKind.LIST},
        {"outcome": Sight.UNVERIFIED},
        {"outcome": Sight.CARRIED},
        {"parts": frozenset({"letter"})},
        {"version_id": None},
        {"listed": None},
        {"url": "http://www.rc.gov.cn/a.pdf"},
    ],
)
def test_what_a_search_need_not_know_by_that_title_is_not_asked_for(
    changes: dict[str, Any],
) -> None:
    page = stored_page(GOOD, date(2018, 5, 20))
    assert _chosen(page) is not None
    if "title" in changes and page.listed is not None:
        changes["listed"] = replace(page.listed, title=changes["title"])
    assert _chosen(replace(page, **changes)) is None


def test_a_title_that_two_pages_have_or_that_its_list_words_otherwise_is_not_asked_for() -> None:
    day = date(2018, 5, 20)
    one, two = stored_page(GOOD, day, "page:1"), stored_page(GOOD, day, "page:2")
    assert _chosen(one, two) is None
    assert one.listed is not None
    assert _chosen(replace(one, listed=replace(one.listed, title="防汛通知"))) is None
