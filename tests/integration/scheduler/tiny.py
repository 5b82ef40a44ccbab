"""A portal of a dozen pages on loopback, the office that watches it, and a clock that is moved by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from config.settings import Settings
from services.workspace import Workspace
from tests.integration.scanning import ROOT

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNITS = ("jia", "yi", "bing", "ding")
ARTICLES = 4


def at(text: str) -> datetime:
    """``2018-06-04T22:00`` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _pages() -> dict[str, str]:
    foot = '<div class="footer"><p>主办：某市人民政府</p></div></body></html>'
    columns = {unit: f"{name}动态" for unit, name in zip(UNITS, "甲乙丙丁", strict=True)}
    menu = "".join(f'<li><a href="/{unit}/">{name}</a></li>' for unit, name in columns.items())
    pages = {
        "/": f'<html><head><title>中国某市</title></head><body><div class="nav"><ul>{menu}</ul></div>{foot}',
        "/robots.txt": "User-agent: *\nAllow: /\n",
    }
    for unit, name in columns.items():
        rows = ""
        for n in range(1, ARTICLES + 1):
            title, url = f"关于做好第{n}项重点工作安排的通知", f"/{unit}/t20180530_{1000 + n}.html"
            rows += (
                f'<li><a href="{url}" title="{title}">{title}</a><span>2018-05-{30 - n}</span></li>'
            )
            text = "".join(
                f"<p>　　第{k}条，各单位要高度重视，按照要求认真抓好落实，确保各项工作取得实效。</p>"
                for k in range(6)
            )
            pages[url] = (
                f'<html><head><title>{title}-中国某市</title></head><body><div class="article"><h1>{title}</h1>'
                f'<div class="info">来源：{unit}局　发布时间：2018-05-{30 - n}</div>'
                f'<div class="content">{text}</div></div>{foot}'
            )
        pages[f"/{unit}/"] = (
            f'<html><head><title>{name}-中国某市</title></head><body><div class="header"><a href="/">首页</a>'
            f'</div><div class="main"><h2>{name}</h2><div class="list"><ul class="news_list">{rows}</ul></div>'
            f"</div>{foot}"
        )
    return pages


@dataclass
class Site:
    """The site, served. ``hook`` is called with every path before it is answered."""

    port: int
    pages: dict[str, str]
    asked: list[str] = field(default_factory=list)
    hook: Any = None


@contextmanager
def served() -> Iterator[Site]:
    site = Site(0, _pages())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            if site.hook is not None:
                site.hook(self.path)
            page = site.pages.get(self.path)
            body = (page or "<title>404</title>").encode()
            self.send_response(200 if page is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SCHEDULE: dict[str, Any] = {
    "spot": {"units_per_day": 1, "within_weeks": 2, "at": "22:00"},
    "weekly": {"weekday": 5, "at": "22:00"},
    "monthly": {"enabled": False},
    "quarterly": {"enabled": False},
    "annual": {"enabled": False},
    "third_party": {"enabled": False},
}


def write(folder: Path, port: int, schedule: dict[str, Any] | None = None, **city: Any) -> Path:
    """A configuration of one portal with a column for each of four units."""
    documents: dict[str, Any] = {
        "city.yaml": {
            "id": "tiny",
            "name": "某市",
            "office": "某市政府办",
            "trial_run": False,
            "judge_from": "2018-01-01",
            "crawl_window": None,
            "rate": {
                "interval_seconds": 0,
                "concurrency": 8,
                "timeout_seconds": 10,
                "retry_after_seconds": 0,
                "retries": 0,
                "max_requests": 500,
            },
            **city,
        },
        "sites.yaml": {
            "sites": [
                {
                    "id": "portal",
                    "name": "中国某市",
                    "kind": "portal",
                    "url": f"http://127.0.0.1:{port}/",
                    "operator": "jia",
                    "allow_private": True,
                }
            ]
        },
        "units.yaml": {
            "units": [
                {"id": unit, "name": f"{unit}局", "short": f"{unit}局", "group": "department", "confirmed": True}
                for unit in UNITS
            ]
        },
        "columns.yaml": {
            "categories": [{"id": "news", "title": "动态", "cadence": {"days": 90}}],
            "site_columns": {
                "portal": [
                    {"slug": unit, "name": f"{name}动态", "category": "news", "unit": unit,
                     "url": f"http://127.0.0.1:{port}/{unit}/"}
                    for unit, name in zip(UNITS, "甲乙丙丁", strict=True)
                ]
            },
        },
        "schedule.yaml": SCHEDULE if schedule is None else schedule,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def workspace(config: Path, data: Path, clock: Clock, database: str | None = None) -> Workspace:
    settings = Settings(data=data, config=str(config), actor="tester", database=database)
    return Workspace(settings, ROOT, clock)
