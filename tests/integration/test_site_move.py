"""A portal is rebuilt: every address changes, and history and open findings go along, for real over
HTTP: the old site scanned, the new one explored, the table confirmed, the new one scanned."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

import cli
from checks.model import Finding
from config.problems import ConfigError
from scorecards.life import FindingState, fold
from services.site_move import confirm
from services.workspace import UsageError, end_of_day
from storage import findings as ledger
from storage import moves as kept
from tests.integration.scanning import Office

BEFORE, MOVED, AFTER, LATE = (
    date(2019, 2, 1),
    date(2019, 2, 15),
    date(2019, 2, 20),
    date(2019, 3, 25),
)
COLUMNS = {"政务动态": "zwdt", "通知公告": "tzgg", "政府文件": "zfwj", "政策解读": "zcjd"}
TEXT = "我市召开会议，部署下一阶段的重点工作，要求各单位认真抓好落实，按时完成任务。" * 3
SPOILT = "<p>&nbsp;</p><p>&nbsp;</p><p>&nbsp;</p><p>&nbsp;</p><p>&nbsp;</p><p>&nbsp;</p>"


@dataclass
class Mini:
    """A small portal; ``style`` decides addresses and markup."""

    style: str
    names: dict[str, str] = field(default_factory=lambda: dict(COLUMNS))
    extra: dict[tuple[str, int], str] = field(default_factory=dict)
    """Markup added to a body, by column and entry."""
    shown: dict[str, str] = field(default_factory=dict)
    """Other names under which it shows its columns."""
    later: bool = False
    """With an entry published after the move."""

    def pages(self) -> dict[str, str]:
        old = self.style == "old"
        lists = {
            name: f"/{slug}/index.html" if old else f"/col/{n:04}/list.shtml"
            for n, (name, slug) in enumerate(self.names.items())
        }
        shown = {name: self.shown.get(name, name) for name in self.names}
        menu = "".join(f'<li><a href="{u}">{shown[n]}</a></li>' for n, u in lists.items())
        made = {}
        home = ""
        for name, url in lists.items():
            rows = ""
            for n in range(14 if not self.later else 15):
                day = BEFORE - timedelta(days=1 + n * 2) if n < 14 else date(2019, 2, 18)
                title = f"关于{name}的第{n + 1}件工作安排"
                at = (
                    f"/{COLUMNS[name]}/{day:%Y%m}/t{day:%Y%m%d}_{n + 100}.html"
                    if old
                    else f"/art/{day.year}/{day.month}/{day.day}/art_{list(COLUMNS).index(name)}_{n + 900}.shtml"
                )
                row = f'<li><a href="{at}" title="{title}">{title}</a><span>{day}</span></li>'
                rows = row + rows if n == 14 else rows + row
                body = f"<p>{TEXT}</p>{self.extra.get((name, n), '')}<p>{TEXT}</p>"
                made[at] = self._page(
                    title,
                    menu,
                    f'<div class="path">首页 &gt; {shown[name]}</div><h1>{title}</h1>'
                    f'<div class="info">发布时间：{day} 来源：市政府办</div>'
                    f'<div class="content" id="zoom">{body}</div>',
                    shown[name],
                )
            made[url] = self._page(
                shown[name],
                menu,
                f'<div class="path">当前位置：<a href="/">首页</a> &gt; {shown[name]}</div>'
                f'<div class="box"><ul class="list">{rows}</ul></div>',
                shown[name],
            )
            home += f'<h2><a href="{url}">{shown[name]}</a></h2><ul>{rows}</ul>'
        made["/"] = self._page("中国林城网", menu, home, "")
        return made

    def _page(self, title: str, menu: str, body: str, column: str) -> str:
        meta = f'<meta name="ColumnName" content="{column}">' if column else ""
        head = f'<meta charset="utf-8"><meta name="SiteName" content="中国林城网">{meta}'
        return (
            f"<html><head>{head}<title>{title}</title></head><body>"
            f'<div class="{"nav" if self.style == "old" else "menu main"}"><ul><li><a href="/">首页</a></li>'
            f"{menu}</ul></div>{body}<div>主办：林城市人民政府办公室</div></body></html>"
        )


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """A site on loopback; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            body = (page or "<html>404 找不到</html>").encode()
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def write_config(folder: Path, url: str) -> None:
    folder.mkdir()
    files = {
        "city.yaml": {
            "id": "lin", "name": "林城市", "office": "林城市人民政府办公室", "trial_run": False,
            "crawl_window": None,
            "rate": {"interval_seconds": 0, "concurrency": 4, "retry_after_seconds": 0, "robots": False},
        },
        "sites.yaml": {
            "sites": [{"id": "portal", "name": "中国林城网", "kind": "portal", "url": f"{url}/", "operator": "zfb"}]
        },
        "columns.yaml": {
            "categories": [{"id": "dongtai", "title": "动态", "cadence": {"days": 60}}],
            "catalogues": [],
            "site_columns": {
                "portal": [
                    {"slug": slug, "name": name, "category": "dongtai"} for name, slug in COLUMNS.items()
                ]
            },
        },
        "units.yaml": {
            "units": [
                {"id": "zfb", "name": "林城市人民政府办公室", "short": "市政府办", "aliases": ["市政府办"],
                 "group": "department", "confirmed": True}
            ]
        },
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def by_rule(findings: list[Finding], rule: str) -> list[Finding]:
    return [f for f in findings if f.rule_id == rule]


def test_findings_and_history_go_along_and_nobody_is_accused_of_the_rebuild(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The new site took over the old entries with what was wrong in them. One column has another
    # name, one is gone, and a body links to what the rebuild lost.
    with served(
        Mini("old", extra={("政务动态", 0): SPOILT, ("政策解读", 0): SPOILT}).pages()
    ) as old:
        write_config(tmp_path / "lin", old)
        office = Office(tmp_path / "lin", tmp_path / "data")
        before = office.findings(office.scan(BEFORE).scan_id)
    spoilt = {f.url.split("/")[3]: f for f in by_rule(before, "empty-paragraphs") if f.url}
    assert len(before) == len(spoilt) == 2

    dead = '<p><a href="/gone/x.html">附件说明见此</a></p>'
    new_site = Mini(
        "new", names={n: s for n, s in COLUMNS.items() if n != "政策解读"}, later=True,
        shown={"政府文件": "政府公文"},
        extra={("政务动态", 0): SPOILT, ("通知公告", 1): dead, ("通知公告", 14): dead},
    )  # fmt: skip
    table, target = tmp_path / "move.yaml", tmp_path / "lin-new"
    door = ["--config", str(office.config), "--data", str(office.data), "--actor", "张三"]
    confirm = [*door, "site", "move", "--confirm", str(table), "--out", str(target)]
    with served(new_site.pages()) as new:
        assert cli.run([*door, "site", "move", "portal", "--to", new, "--out", str(table)]) == 0
        proposal = yaml.safe_load(table.read_text("utf-8"))
        columns = {c["column"]: c for c in proposal["columns"]}
        assert {k: (c["to_name"], c["accept"]) for k, c in columns.items()} == {
            "portal/zwdt": ("政务动态", True),
            "portal/tzgg": ("通知公告", True),
            "portal/zfwj": ("政府公文", False),  # another name: for a person to say
            "portal/zcjd": (None, False),
        }
        assert "14 条中有 14 条是原有的" in columns["portal/zfwj"]["reason"]

        # A person says yes, and from which day.
        columns["portal/zfwj"]["accept"] = True
        proposal["moved_on"] = str(MOVED)
        table.write_text(yaml.safe_dump(proposal, allow_unicode=True), "utf-8")
        capsys.readouterr()
        assert cli.run([*confirm, "--format", "json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["pages"], told["grace_until"]) == (42, "2019-03-17")
        # The page in the column that is gone: it stays as it was, and a person is told of it.
        assert told["stranded"] == [spoilt["zcjd"].fingerprint]
        assert cli.run(confirm) == cli.BAD_USAGE
        assert "确认过" in capsys.readouterr().err

        moved = Office(target, office.data)
        after = moved.findings(moved.scan(AFTER).scan_id)
        late = moved.findings(moved.scan(LATE).scan_id)
        log = ledger.open_state(moved.workspace.engine)

    # The same page under its new address, the same finding, open all along.
    (same,) = by_rule(
        [f for f in after if f.subject.title.startswith("关于政务")], "empty-paragraphs"
    )
    assert same.fingerprint == spoilt["zwdt"].fingerprint
    assert same.url is not None
    assert same.url.startswith(new)
    assert not same.suspected
    life = fold(log[same.fingerprint].events, end_of_day(LATE))
    assert life is not None
    assert (life.state, life.first_found) == (FindingState.OPEN, end_of_day(BEFORE))
    gone = fold(log[spoilt["zcjd"].fingerprint].events, end_of_day(LATE))
    assert gone is not None
    assert gone.state is FindingState.OPEN
    # What is new since the rebuild is suspected, but not what was published after it.
    links = {f.url: f.suspected for f in by_rule(after, "dead-link")}
    assert {url[-8:-6]: s for url, s in links.items() if url} == {"01": True, "14": False}
    missing = by_rule(after, "missing-column")
    assert [(f.subject.key, f.suspected) for f in missing] == [("portal/zcjd", True)]
    # The grace is over: what still stands counts.
    assert [
        f.suspected for f in (*by_rule(late, "dead-link"), *by_rule(late, "missing-column"))
    ] == ([False] * 3)


def test_a_table_with_a_mistake_is_told_with_its_line_and_changes_nothing(tmp_path: Path) -> None:
    write_config(tmp_path / "lin", "http://127.0.0.1:9")
    office = Office(tmp_path / "lin", tmp_path / "data")
    ws = office.workspace
    table = tmp_path / "move.yaml"
    good = {
        "site": "portal", "from_url": "http://127.0.0.1:9/", "to_url": "http://127.0.0.1:8/",
        "moved_on": "2019-02-15",
        "columns": [
            {"column": "portal/zwdt", "name": "政务动态", "to": "http://127.0.0.1:8/a", "accept": True},
            {"column": "portal/tzgg", "name": "通知公告", "accept": False},
        ],
    }  # fmt: skip

    def refused(**changes: object) -> str:
        table.write_text(yaml.safe_dump({**good, **changes}, allow_unicode=True), "utf-8")
        with pytest.raises((UsageError, ConfigError)) as told:
            confirm(ws, table, tmp_path / "out")
        return str(told.value)

    first, second = good["columns"]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert "新地址相同" in refused(columns=[first, {**second, "to": first["to"], "accept": True}])
    assert "没有 to" in refused(columns=[first, {**second, "accept": True}])
    assert "不在配置里" in refused(columns=[{**first, "column": "portal/x"}])
    assert "没有网站" in refused(site="portl")
    assert "move.yaml 第 " in refused(columns=[{"column": "portal/zwdt", "name": "x"}])
    assert "晚于今天" in refused(moved_on="2999-01-01")
    assert kept.moves(ws.engine) == []
    assert not (tmp_path / "out").exists()
