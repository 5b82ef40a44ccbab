"""Small portals of a city without a platform: one that answers nobody, one whose answers are old, one in
order. What is planted is found under every rule, and not one thing more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.judge import judge_facts
from services.scan import ScanRequest, run_scan
from storage import scans
from tests.integration.scanning import EVERY_RULE
from tests.integration.scheduler import tiny

DAY = date(2018, 6, 5)
CODE = "3604810001"
GONE = (
    "<html><head><title>提示</title></head><body><p>您访问的页面不存在，返回首页</p></body></html>"
)
TEXT = (
    "".join(
        f"<p>　　{n}、各有关单位要高度重视，按照职责分工抓好落实，确保各项工作取得实效。</p>"
        for n in "一二三四"
    )
    + "<p>　　五、网页中的MsoNormal、mso-pagination等标记由编辑人员清除。</p>"
)
"""A trap in every text: what Word leaves behind is spoken of, and stands in no markup."""


@dataclass
class Town(dict[str, str]):
    """The pages by path. ``soft``: what is not there answers 200."""

    soft: bool = False

    def get(self, path: str, default: Any = None) -> Any:
        found = super().get(path)
        if found is not None:
            return found
        return GONE if self.soft and path.endswith((".html", "/")) else default


@dataclass
class Portal:
    """How one portal departs from the one in order."""

    columns: tuple[str, ...] = (
        "yaowen",
        "gonggao",
        "zhengce",
        "minsheng",
        "zhengji",
        "jianyi",
        "banshi",
    )
    menu: str = ""
    """Further items of the menu."""
    news_age: int = 1
    letter_age: int = 3
    calls: int = 7
    reply_age: int = 30
    soft: bool = False
    faults: bool = True
    """It has the entry to report faults."""
    roles: bool = True
    expected: tuple[str, ...] = (
        "yaowen",
        "gonggao",
        "zhengce",
        "minsheng",
        "zhengji",
        "jianyi",
        "banshi",
    )
    truth: frozenset[tuple[str, str, bool]] = frozenset()
    """Rule, subject key, suspected."""
    pages: Town = field(default_factory=Town)


NAMES = {
    "yaowen": "要闻动态",
    "gonggao": "通知公告",
    "zhengce": "政策文件",
    "minsheng": "民声通道",
    "zhengji": "意见征集",
    "jianyi": "建议提案",
    "banshi": "办事指南",
}
ROLES = {"minsheng": "letters", "zhengji": "surveys", "jianyi": "proposals", "banshi": "guides"}
ELEMENTS = (
    ("事项名称", "个体工商户登记"), ("设定依据", "《个体工商户条例》第八条。"), ("申请条件", "有经营能力的公民。"),
    ("申请材料", "登记申请书、身份证明。"), ("办理地点", "市行政服务中心二楼。"), ("办公时间", "工作日上午九点到下午五点。"),
    ("咨询电话", "0792-4220000"), ("办理流程", "申请、受理、审查、决定、送达。"),
)  # fmt: skip


def build(portal: Portal) -> Town:
    town = portal.pages
    town.soft = portal.soft
    items = "".join(f'<li><a href="/{c}/">{NAMES[c]}</a></li>' for c in portal.columns)
    parts = "".join(
        f'<li><a href="http://xxgk.example/{n}">{part}</a></li>'
        for n, part in enumerate(("信息公开指南", "信息公开目录", "信息公开年度报告", "依申请公开"))
    )
    menu = (
        f'<div class="nav"><ul><li><a href="/">首页</a></li>{items}{parts}{portal.menu}</ul></div>'
    )
    foot = (
        f'<div class="footer"><p><a href="/ditu.html">网站地图</a></p><p>主办：某市人民政府　承办：某市政府办　联系电话：0792-4220000</p>'
        f'<p>网站标识码：{CODE}　<a href="http://beian.miit.example/">赣ICP备05000001号</a>　赣公网安备 36048102000001号</p>'
        '<p><a href="http://bszs.conac.example/sitename"><img src="/badge.png" alt="党政机关"></a>'
        + (
            f'<script id="_jiucuo_" sitecode="{CODE}" src="/jiucuo.js"></script>'
            if portal.faults
            else ""
        )
        + "</p></div></body></html>"
    )
    tags = f'<meta name="SiteName" content="中国某市"><meta name="SiteDomain" content="www.moushi.gov.cn"><meta name="SiteIDCode" content="{CODE}">'

    def put(path: str, title: str, main: str, more: str = "") -> None:
        town[path] = (
            f'<html><head><meta charset="utf-8"><title>{title}-中国某市</title>{tags}{more}</head><body>'
            f'<div class="header"></div>{menu}<div class="main">{main}</div>{foot}'
        )

    def article(path: str, title: str, day: date, text: str, column: str) -> None:
        more = (
            f'<meta name="ColumnName" content="{column}"><meta name="ColumnType" content="信息"><meta name="ArticleTitle" content="{title}">'
            f'<meta name="PubDate" content="{day} 09:00"><meta name="ContentSource" content="某市政府办">'
        )
        main = (
            f'<div class="article"><h1>{title}</h1><div class="info">来源：某市政府办　发布时间：{day}</div>'
            f'<div class="content">{text}</div></div>'
        )
        put(path, title, main, more)

    def column(slug: str, rows: list[tuple[str, str, date]]) -> None:
        name = NAMES[slug]
        more = f'<meta name="ColumnName" content="{name}"><meta name="ColumnDescription" content="{name}"><meta name="ColumnKeywords" content="{name}"><meta name="ColumnType" content="信息">'
        listed = "".join(
            f'<li><a href="{url}" title="{title}">{title}</a><span>{day}</span></li>'
            for url, title, day in rows
        )
        main = f'<h2>{name}</h2><div class="list"><ul class="news_list">{listed}</ul></div>'
        put(f"/{slug}/", name, main, more)

    def ago(days: int) -> date:
        return DAY - timedelta(days=days)

    rows: dict[str, list[tuple[str, str, date]]] = {}
    plain = {
        "yaowen": [("市领导调研防汛工作第{}次", portal.news_age + 3 * n) for n in range(5)],
        "gonggao": [("关于做好第{}项防汛工作的通告", 10 + 9 * n) for n in range(5)],
        "zhengce": [("关于印发第{}批工作要点的函", 20 + 9 * n) for n in range(4)],
    }
    for slug, made in plain.items():
        rows[slug] = []
        for n, (title, days) in enumerate(made, start=1):
            path = f"/{slug}/t{ago(days):%Y%m%d}_{1000 + n}.html"
            article(
                path,
                title.format(n),
                ago(days),
                f"<p>　　{title.format(n)}，有关情况如下。</p>{TEXT}",
                NAMES[slug],
            )
            rows[slug].append((path, title.format(n), ago(days)))
    rows["minsheng"] = []
    for n in range(4):
        day, title = ago(portal.letter_age + 20 * n), f"咨询第{n + 1}小学入学"
        path = f"/minsheng/t{day:%Y%m%d}_{2000 + n}.html"
        put(path, "民声通道", (
            f'<h2>民声通道</h2><table class="letter"><tr><th>标题</th><td>{title}</td></tr><tr><th>类型</th><td>在线咨询</td></tr>'
            f"<tr><th>提交时间</th><td>{day}</td></tr><tr><th>内容</th><td>请问第{n + 1}小学今年什么时候开始报名，需要带哪些材料。</td></tr>"
            f"<tr><th>受理状态</th><td>已回复</td></tr><tr><th>回复单位</th><td>某市政府办</td></tr><tr><th>回复时间</th><td>{day}</td></tr>"
            "<tr><th>回复内容</th><td>您好，报名从七月一日开始，请携带户口簿和房产证到学校办理，感谢您的咨询。</td></tr></table>"
        ))  # fmt: skip
        rows["minsheng"].append((path, title, day))
    rows["zhengji"] = []
    for n, thing in enumerate(
        ("供水", "养犬", "校车", "停车", "燃气", "公园", "电梯")[: portal.calls]
    ):
        name, day = f"某市{thing}管理办法（草案）", ago(40 + 30 * n)
        until = day + timedelta(days=10)
        path = f"/zhengji/t{day:%Y%m%d}_{3000 + n}.html"
        text = (
            f"<p>　　现就《{name}》向社会公开征求意见。</p><p>　　征求意见时间：{day.year}年{day.month}月{day.day}日至"
            f"{until.year}年{until.month}月{until.day}日。</p><p>　　采纳情况</p><p>　　共收到意见十二条，采纳九条，未采纳的已说明理由。</p>"
        )
        title = f"关于公开征求《{name}》意见的公告"
        article(path, title, day, text, NAMES["zhengji"])
        rows["zhengji"].append((path, title, day))
    day = ago(portal.reply_age)
    article(
        f"/jianyi/t{day:%Y%m%d}_4001.html", "关于市人大代表第12号建议的答复", day,
        f"<p>　　您提出的建议收悉，现答复如下。</p>{TEXT}", NAMES["jianyi"],
    )  # fmt: skip
    rows["jianyi"] = [(f"/jianyi/t{day:%Y%m%d}_4001.html", "关于市人大代表第12号建议的答复", day)]
    day = ago(60)
    guide = "".join(f"<p>{label}：{text}</p>" for label, text in ELEMENTS)
    article(
        f"/banshi/t{day:%Y%m%d}_5001.html", "个体工商户登记办事指南", day, guide, NAMES["banshi"]
    )
    rows["banshi"] = [(f"/banshi/t{day:%Y%m%d}_5001.html", "个体工商户登记办事指南", day)]
    for slug in portal.columns:
        column(slug, rows[slug])
    shown = [r for slug in ("yaowen",) for r in rows[slug]]
    if portal.news_age < 14:
        shown += rows["gonggao"]
    newest = "".join(
        f'<li><a href="{url}" title="{title}">{title}</a><span>{day}</span></li>'
        for url, title, day in shown
    )
    put("/", "首页", f'<div class="list"><ul class="news_list">{newest}</ul></div>')
    put("/ditu.html", "网站地图", "<h2>网站地图</h2>")
    town["/robots.txt"] = "User-agent: *\nAllow: /\n"
    town["/badge.png"] = town["/jiucuo.js"] = " "
    return town


def configure(folder: Path, port: int, portal: Portal) -> Path:
    tiny.write(folder, port)
    sites = yaml.safe_load((folder / "sites.yaml").read_text(encoding="utf-8"))
    sites["sites"][0]["site_code"] = CODE
    units = {
        "units": [
            {"id": "jia", "name": "某市政府办公室", "short": "市政府办", "group": "department", "kind": "office",
             "confirmed": True, "full_name_confirmed": True, "aliases": ["某市政府办"]}
        ]
    }  # fmt: skip
    categories = [
        {"id": "news", "title": "动态要闻", "cadence": {"days": 90}},
        {"id": "notice", "title": "通知", "cadence": {"months": 12}},
        {"id": "plan", "title": "其他", "cadence": {"months": 36}},
    ]
    kinds = {"yaowen": "news", "gonggao": "notice", "zhengce": "notice"}
    columns: list[dict[str, Any]] = [
        {"slug": slug, "name": NAMES[slug], "category": kinds.get(slug, "plan"), "unit": "jia"}
        | ({"role": ROLES[slug]} if portal.roles and slug in ROLES else {})
        for slug in portal.expected
    ]
    documents = {
        "sites.yaml": sites,
        "units.yaml": units,
        "columns.yaml": {"categories": categories, "site_columns": {"portal": columns}},
    }
    for name, content in documents.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


MUTE = Portal(
    columns=("yaowen", "gonggao", "zhengji"),
    expected=("yaowen", "gonggao", "zhengce", "zhengji"),
    # The traps: a way to complain that is none to ask; services that settle no matter.
    menu='<li><a href="http://www.xinfang.example/">网上信访</a></li><li><a href="http://12388.example/">纪检举报</a></li>'
    '<li><a href="http://zhiyuan.example/">志愿服务</a></li>',
    news_age=20,
    calls=3,
    soft=True,
    faults=False,
    truth=frozenset(
        [
            ("no-inquiry-channel", "portal", True),
            ("no-service-matters", "portal", True),
            ("soft-404", "portal", False),
            ("missing-error-entry", "portal", False),
            ("stale-home-page", "portal", False),
            ("missing-column", "portal/zhengce", False),
            ("few-surveys", "portal", False),
        ]
    ),
)
STALE = Portal(
    letter_age=70,
    calls=5,
    reply_age=400,
    truth=frozenset(
        [
            ("stale-letters", "portal/minsheng", False),
            ("missing-proposal-reply", "portal/jianyi", False),
            ("few-surveys", "portal", False),
        ]
    ),
)
GOOD = Portal(news_age=13, letter_age=55, reply_age=360, calls=7)
UNTOLD = Portal(news_age=13, letter_age=55, reply_age=360, calls=7, roles=False)
"""In order as well, but nobody configured which columns serve what: their names in the menu do."""


@contextmanager
def judged(place: Path, portal: Portal) -> Iterator[Any]:
    with tiny.served() as site:
        site.pages = build(portal)
        clock = tiny.Clock(tiny.at("2018-06-05T23:00"))
        ws = tiny.workspace(configure(place / "config", site.port, portal), place / "data", clock)
        report = run_scan(ws, ScanRequest(as_of=DAY), now=ws.now())
        row = next(s for s in scans.list_scans(ws.engine) if s.id == report.scan_id)
        yield judge_facts(ws, row, EVERY_RULE)
        ws.engine.dispose()


@pytest.mark.parametrize(
    "portal", [MUTE, STALE, GOOD, UNTOLD], ids=["mute", "stale", "in order", "untold"]
)
def test_what_is_planted_is_found_and_nothing_else(portal: Portal, tmp_path: Path) -> None:
    with judged(tmp_path, portal) as result:
        found = {(f.rule_id, f.subject.key, f.suspected) for f in result.findings.values()}
        assert found == portal.truth
        assert not [o for o in result.spoken if "规则内部错误" in o.reason]
