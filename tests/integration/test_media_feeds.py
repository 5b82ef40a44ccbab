"""Feeds of new media accounts, served on loopback: what is kept, what is 未能核实, what a clerk sees."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import cli
from checks.media_facts import AccountState, MediaUpdate
from crawler.feeds import MAX_BYTES
from crawler.visitor import Line
from services import media, media_feeds
from services.scan import ScanRequest, run_scan
from services.workspace import UsageError, Workspace
from storage import media as looks
from storage.models import ScanKind
from tests.integration.scheduler import tiny
from tests.integration.test_availability_probes import free_port, page, served

NOW = "2018-06-05T09:00"
TODAY = date(2018, 6, 5)


def rss(day: str = "Sun, 03 Jun 2018 09:00:00 +0800", title: str = "要闻") -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>发布</title>"
        f"<item><title>{title}</title><pubDate>{day}</pubDate></item></channel></rss>"
    )


@dataclass
class Town:
    """An office, and a server whose feeds stand in ``answers`` by path."""

    folder: Path
    port: int
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and User-Agent."""

    def register(self, *feeds: str) -> None:
        """Accounts ``a0``, ``a1``, …; a feed that is a path lies on the server; empty: none."""
        accounts = []
        for i, feed in enumerate(feeds):
            where = f"http://127.0.0.1:{self.port}{feed}" if feed.startswith("/") else feed
            accounts.append(
                {"id": f"a{i}", "platform": "weibo", "name": f"账号{i}", "unit": "jia"}
                | ({"feed": where} if where else {})
            )
        file = self.folder / "config" / "media.yaml"
        file.write_text(json.dumps({"accounts": accounts}), "utf-8")

    def ws(self, now: str = NOW) -> Workspace:
        clock = tiny.Clock(tiny.at(now))
        return tiny.workspace(self.folder / "config", self.folder / "data", clock)

    def fetch(self, name: str | None = None, now: str = NOW, line: Line | None = None) -> Any:
        ws = self.ws(now)
        try:
            return media_feeds.fetch(ws, name, line=line)
        finally:
            ws.engine.dispose()

    def told(self, line: Line | None = None) -> list[str | None]:
        return [one.unverified for one in self.fetch(line=line).accounts]

    def type(self, *words: str) -> int:
        folder = self.folder
        at = ("--config", str(folder / "config"), "--data", str(folder / "data"))
        return cli.run([*at, "--actor", "tester", "--now", NOW, *words])


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    found = Town(tmp_path, 0)

    def answer(to: BaseHTTPRequestHandler) -> None:
        found.asked.append((to.path, to.headers.get("User-Agent", "")))
        said = found.answers.get(to.path, page("", 404))
        (page(said) if isinstance(said, str) else said)(to)

    with served(answer) as port:
        found.port = port
        tiny.write(tmp_path / "config", port)
        yield found


def moved(target: str) -> Any:
    return page("", 302, Location=target)


def test_a_feed_is_kept_as_a_look_once_and_a_newer_one_beside_it(town: Town) -> None:
    town.register("/feed", "", "/atom")
    town.answers["/feed"] = rss()
    town.answers["/atom"] = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>通知</title>"
        "<published>2018-06-04T17:00:00Z</published></entry></feed>"
    )
    first = town.fetch()
    assert (first.read, first.new) == (2, 2)
    assert [(one.id, one.update.last_on, one.update.title) for one in first.accounts] == [
        ("a0", date(2018, 6, 3), "要闻"),
        ("a2", date(2018, 6, 5), "通知"),
    ]
    assert first.accounts[0].update.source.startswith("feed（")
    assert town.fetch().new == 0
    town.answers["/feed"] = rss("Mon, 04 Jun 2018 09:00:00 +0800", "新的")
    assert town.fetch().new == 1
    ws = town.ws("2018-06-05T10:00")
    view = media.overview(ws, now=ws.now())
    ws.engine.dispose()
    assert {a.id: a.days for a in view.accounts} == {"a0": 1, "a1": None, "a2": 0}


def test_it_says_who_asks_and_obeys_robots(town: Town) -> None:
    town.register("/feed")
    town.answers["/feed"] = rss()
    town.fetch()
    assert [path for path, _ in town.asked] == ["/robots.txt", "/feed"]
    assert all("xunjian" in agent for _, agent in town.asked)
    town.answers["/robots.txt"] = "User-agent: *\nDisallow: /feed\n"
    town.asked.clear()
    (why,) = town.told()
    assert why is not None
    assert "robots" in why
    assert [path for path, _ in town.asked] == ["/robots.txt"]


def test_a_feed_that_cannot_be_read_leaves_the_earlier_look(town: Town) -> None:
    town.register("/feed", "/feed2")
    town.answers["/feed"] = rss()
    town.fetch(now="2018-06-04T09:00")
    town.answers["/feed"] = page("", 500)
    view = town.fetch()
    assert (view.read, view.new) == (0, 0)
    assert view.accounts[0].update.last_on == date(2018, 6, 3)
    assert view.accounts[0].update.seen_on == date(2018, 6, 4)
    assert view.accounts[1].update is None
    assert "500" in (view.accounts[0].unverified or "")
    assert "404" in (view.accounts[1].unverified or "")


def test_a_feed_that_lags_behind_what_a_person_saw_says_nothing(town: Town) -> None:
    town.register("/feed")
    town.answers["/feed"] = rss()
    ws = town.ws()
    seen = MediaUpdate(
        account="a0", seen_on=TODAY, last_on=TODAY, state=AccountState.ALIVE, source="表"
    )
    looks.add(ws.engine, [seen], actor="x", at=ws.now())
    ws.engine.dispose()
    (line,) = town.fetch().accounts
    assert line.update == seen
    assert "没有跟上" in (line.unverified or "")


def test_a_redirect_is_followed_on_its_own_host_and_nowhere_else(town: Town) -> None:
    other = free_port()
    town.register("/here", "/away", "/private", "/round")
    town.answers |= {
        "/here": moved("/feed"),
        "/feed": rss(),
        "/away": moved(f"http://127.0.0.1:{other}/feed"),
        "/private": moved("http://10.0.0.1/feed"),
        "/round": moved("/round"),
    }
    here, away, private, around = town.told()
    assert here is None
    assert away == (
        f"跳转到 127.0.0.1:{other}，没有跟随；确是这个账号的，请把 media.yaml 里的 feed 改成新地址"
    )
    assert "跳转到 10.0.0.1，没有跟随" in (private or "")
    assert "跳转超过 3 次" in (around or "")


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(town: Town) -> None:
    dialled: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "feeds.gov.cn" else ["10.1.2.3"]

    def dial(address: str, port: int) -> tuple[str, int]:
        dialled.append(address)
        return address, port

    town.register("http://feeds.gov.cn/feed", "http://inner.gov.cn/feed", "http://192.168.0.1/feed")
    told = town.told(Line(resolve=resolve, dial=dial))
    assert all("内网地址" in (why or "") for why in told)
    assert dialled == []


def test_hostile_feeds_are_harmless_and_accuse_nobody(town: Town) -> None:
    laughs = "".join(
        f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9)
    )  # fmt: skip
    secret = town.folder / "secret.txt"
    secret.write_text("机密", "utf-8")
    sent = [0]

    def endless(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Type", "application/rss+xml")
        to.end_headers()
        to.wfile.write(b"<rss><channel>")
        chunk = b"<item><title>x</title></item>" * 2000
        try:
            while sent[0] < 50_000_000:
                to.wfile.write(chunk)
                sent[0] += len(chunk)
        except OSError:
            pass

    hostile = {
        "/laughs": rss("&j;").replace("<rss", f"<!DOCTYPE rss [<!ENTITY a 'ha'>{laughs}]><rss", 1),
        "/outside": rss(title="&x;").replace(
            "<rss", f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><rss", 1
        ),
        "/deep": "<rss>" * 100_000,
        "/json": '{"a":' * 200_000,
        "/endless": endless,
        "/page": page(),
        "/future": rss("Sun, 03 Jun 2040 09:00:00 +0800"),
        "/undated": rss("前天"),
    }
    town.answers |= hostile
    town.register(*hostile)
    view = town.fetch()
    told = {path: one.unverified or "" for path, one in zip(hostile, view.accounts, strict=True)}
    assert (view.read, view.new) == (0, 0)
    assert all(told.values())
    assert "实体" in told["/laughs"]
    assert "实体" in told["/outside"]
    assert "机密" not in str(told)
    assert "超过 2 MB" in told["/endless"]
    assert sent[0] < 50_000_000
    assert "还没有到" in told["/future"]
    assert "没有可读的发布日期" in told["/undated"]


def test_a_feed_that_drips_is_given_up(town: Town) -> None:
    over = threading.Event()

    def drip(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        to.wfile.write(b"<rss>")
        to.wfile.flush()
        over.wait(20)

    town.register("/drip")
    town.answers["/drip"] = drip
    try:
        (why,) = town.told(Line(limit=0.3))
    finally:
        over.set()
    assert "没有应答" in (why or "")


def test_a_packed_feed_is_unpacked_to_the_bound_and_no_further(town: Town) -> None:
    import gzip

    def packed(body: bytes) -> Any:
        def answer(to: BaseHTTPRequestHandler) -> None:
            to.send_response(200)
            to.send_header("Content-Encoding", "gzip")
            to.end_headers()
            to.wfile.write(gzip.compress(body))

        return answer

    town.register("/good", "/bomb")
    town.answers["/good"] = packed(rss().encode())
    town.answers["/bomb"] = packed(b" " * (20 * MAX_BYTES))
    good, bomb = town.told()
    assert good is None
    assert "超过 2 MB" in (bomb or "")


def test_the_command_tells_in_chinese_what_was_read_and_what_not(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    town.register("/feed", "/gone", "")
    item = {"title": "\x1b[31m要\u202e闻\n", "date_published": "2018-06-03T09:00:00+08:00"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    town.answers["/feed"] = json.dumps(feed)
    assert town.type("media", "fetch") == cli.INCOMPLETE
    out = capsys.readouterr().out
    assert "账号0" in out
    assert "最近更新 2018-06-03  [31m要闻" in out
    assert "\x1b" not in out
    assert "未能核实" in out
    assert "此前没有查看过" in out
    assert "共 2 个账号：读到 1 个（新登记 1 个），未能核实 1 个" in out
    assert town.type("media", "fetch", "--account", "账号0", "--format", "json") == cli.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["read"], found["new"]) == ("xunjian.media-fetch/1", 1, 0)
    (account,) = found["accounts"]
    assert (account["id"], account["last_on"], account["unverified"]) == ("a0", "2018-06-03", None)
    assert town.type("media", "fetch", "--format", "csv") == cli.INCOMPLETE
    assert "未能核实" in capsys.readouterr().out
    town.register("")
    assert town.type("media", "fetch") == cli.DONE
    assert "请在 media.yaml 里给账号写 feed" in capsys.readouterr().out


def test_an_account_that_cannot_be_asked_is_told(town: Town) -> None:
    town.register("/feed", "")
    for name, words in (("账号1", "没有写订阅地址"), ("账号9", "名册里没有账号")):
        with pytest.raises(UsageError, match=words):
            town.fetch(name)


def test_only_a_weekly_scan_of_the_portal_reads_the_feeds_and_a_fault_ends_none(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tiny.served() as site:
        tiny.write(town.folder / "config", site.port)
        town.register("/feed")
        town.answers["/feed"] = rss()
        ws = town.ws()

        def scanned(kind: ScanKind, **more: Any) -> datetime:
            run_scan(ws, ScanRequest(as_of=TODAY, kind=kind, **more), now=ws.now())
            return ws.now()

        scanned(ScanKind.SPOT)
        scanned(ScanKind.WEEKLY, units=("jia",))
        assert town.asked == []
        known = scanned(ScanKind.WEEKLY)
        assert looks.newest(ws.engine, TODAY, known_at=known)["a0"].last_on == date(2018, 6, 3)
        monkeypatch.setattr(media_feeds, "fetch", lambda *_, **__: 1 / 0)
        scanned(ScanKind.WEEKLY)
        ws.engine.dispose()
