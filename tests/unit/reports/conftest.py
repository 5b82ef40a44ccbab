"""Hand-made views: a small city with every kind of row that an output must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from checks.model import Severity
from config.schema import UnitGroup
from reports.views import (
    ColumnLine,
    EventLine,
    FindingDetailView,
    FindingsView,
    FindingView,
    RunLine,
    RunsView,
    ScanMeta,
    ScorecardLine,
    ScorecardsView,
    SiteLine,
    SiteState,
    StandardLine,
    SummaryRow,
    SummaryView,
    UnattributedPage,
    UnattributedView,
    UnitView,
    UnverifiedLine,
)
from scorecards.life import FindingState

AS_OF = datetime(2018, 12, 24, 1, 0, tzinfo=UTC)

STANDARD = StandardLine(
    id="ruichang-2018",
    title="瑞昌市政府网站和信息公开平台检查标准（2018）",
    unconfirmed=True,
    classes=(
        ("completeness", "栏目缺失"),
        ("timeliness", "更新不及时"),
        ("content", "内容问题"),
        ("layout", "排版问题"),
    ),
)

SCAN = ScanMeta(
    scan_id=3,
    kind_title="周检",
    as_of=AS_OF,
    measured_from=datetime(2018, 12, 23, 14, 0, tzinfo=UTC),
    measured_to=datetime(2018, 12, 24, 1, 4, tzinfo=UTC),
    city="瑞昌市",
    trial_run=True,
    sites=(
        SiteLine(
            site_id="portal",
            name="中国瑞昌网",
            url="http://127.0.0.1:8001/",
            state=SiteState.DONE,
            requests=1280,
            pages=1203,
            unverified=2,
        ),
        SiteLine(
            site_id="platform",
            name="政府信息公开平台",
            url="http://127.0.0.1:8002/",
            state=SiteState.PARTIAL,
            requests=2210,
            pages=2098,
            not_reached=41,
            unverified=6,
            reason="到了检测时段的终点，41 页留待下一夜",
        ),
    ),
)


def row(
    unit_id: str,
    short: str,
    group: UnitGroup,
    score: int | None,
    counts: tuple[int, int, int, int] = (0, 0, 0, 0),
    worst: str = "",
    **more: object,
) -> SummaryRow:
    base = SummaryRow(
        unit_id=unit_id,
        short=short,
        group=group,
        rank=None,
        ranked=46,
        score_high=score,
        score_low=None if score is None else max(score - 150, 0),
        coverage=9_812,
        graded=score is not None,
        open=dict(zip(("completeness", "timeliness", "content", "layout"), counts, strict=True)),
        worst=worst,
    )
    return replace(base, **more)  # type: ignore[arg-type]


D, P, T = UnitGroup.DEPARTMENT, UnitGroup.PARTY, UnitGroup.TOWN


@pytest.fixture
def summary() -> SummaryView:
    rows = (
        row(
            "shangwu",
            "市商务局",
            D,
            3150,
            (2, 4, 12, 9),
            "工作动态 > 政务动态：最新一条是 2018-08-12，已 134 日没有更新，应 14 日内更新",
            rank=46,
        ),
        row(
            "nanyang",
            "南阳乡",
            T,
            4500,
            (3, 2, 1, 6),
            "缺少栏目：法规文件 > 部门文件",
            rank=21,
            ranked=21,
        ),
        row(
            "jiaotong",
            "市交通运输局",
            D,
            5575,
            (1, 3, 2, 21),
            "财经类信息 > 财政预决算：有栏目无内容，页面写着“栏目建设中”",
            rank=45,
            suspected=2,
        ),
        row(
            "huangjin",
            "黄金乡",
            T,
            6125,
            (0, 3, 4, 2),
            "发展规划 > 工作计划：最新一条是 2017-01-05，应每年 3 月 31 日前公开当年信息",
            rank=20,
            ranked=21,
            deadline="2019-01-08",
        ),
        row(
            "wenguangxin",
            "市文化广电新闻出版局",
            D,
            7040,
            (0, 2, 3, 11),
            "附件打不开：2018年部门预算公开表.xls（404 未找到）",
            rank=44,
        ),
        row(
            "zongjiao",
            "市委统战部",
            P,
            6000,
            (1, 0, 0, 0),
            "没有公开 2018 年部门预算",
            rank=None,
            ranked=0,
            confirmed=False,
        ),
        row("chengguan", "市城市管理局", D, 8210, (0, 1, 5, 4), "死链接：3 处", rank=40),
        row(
            "guilin",
            "桂林街道",
            T,
            8800,
            (0, 1, 0, 8),
            "工作动态 > 政务动态：最新一条是 2018-12-06，已 18 日没有更新，应 14 日内更新",
            rank=12,
            ranked=21,
        ),
        row(
            "leyuan",
            "乐园乡",
            T,
            None,
            (0, 1, 0, 2),
            "工作动态 > 政务动态：最新一条是 2018-11-02，已 52 日没有更新",
            coverage=5_210,
            reason="覆盖率 52.1%，低于 80%",
            ranked=21,
        ),
        row("anjian", "市安监局", D, None, coverage=0, reason="本次没有检测到（9 项均未能核实）"),
        row("huanbao", "市环保局", D, 10_000, rank=1, suspected=1),
        row("caizheng", "市财政局", D, 10_000, rank=1),
    )
    return SummaryView(
        scan=SCAN,
        standard=STANDARD,
        rows=rows,
        unattributed=17,
        unattributed_findings=5,
        missing_units={D: 30, P: 20, T: 0},
        new=8,
        rectified=3,
        recurred=1,
    )


def finding(n: int, **more: object) -> FindingView:
    base = FindingView(
        fingerprint=f"{n:032x}",
        short_id=f"{n:08x}",
        unit_id="shangwu",
        unit_short="市商务局",
        site_id="platform",
        rule_id="overdue-column",
        rule_title="栏目没有按期更新",
        class_id="timeliness",
        class_label="更新不及时",
        severity=Severity.SERIOUS,
        state=FindingState.OPEN,
        subject_title="工作动态 > 政务动态",
        message="最新一条是 2018-08-12，已 134 日没有更新，应 14 日内更新",
        url="http://127.0.0.1:8002/shangwu/zwdt/index.html",
        evidence="sha256:5b1f",
        basis=(
            "《政府网站与政务新媒体检查指标》：2 周内未更新的，单项否决",
            "江西省政府网站普查评分表 3.1",
        ),
        remedy="补发近期的工作动态；没有可发的，与市政府信息办商量合并栏目。",
        restores=500,
        restores_rule=1500,
        measured_at=AS_OF,
        unchanged_since=datetime(2018, 8, 12, 2, tzinfo=UTC),
        first_found=datetime(2018, 12, 3, 2, tzinfo=UTC),
    )
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.fixture
def findings() -> tuple[FindingView, ...]:
    mixed: dict[str, object] = {
        "rule_id": "mixed-indent",
        "rule_title": "段落缩进不一致",
        "class_id": "layout",
        "class_label": "排版问题",
        "severity": Severity.COMMON,
        "restores": 0,
        "restores_rule": 300,
        "subject_title": "关于做好2018年冬季安全生产工作的通知",
        "message": "12 段中 9 段空两格，3 段没有",
        "url": "http://127.0.0.1:8002/document/20181203/4411_1.html",
        "snippet": '<p style="text-indent:0">各乡镇（场、街道）、市直有关单位：</p>',
        "basis": ("瑞昌市 2018 年政府信息公开年度报告：排版不合要求",),
        "remedy": "全文统一用首行缩进 2 字，不要手打空格。",
    }
    return (
        finding(0x3FA81C22),
        finding(
            0x11C0DE11,
            subject_title="发展规划 > 工作计划",
            message="最新一条是 2017-01-05，应每年 3 月 31 日前公开当年信息",
        ),
        *(finding(0x77000000 + i, **mixed) for i in range(7)),
    )


@pytest.fixture
def unit(summary: SummaryView, findings: tuple[FindingView, ...]) -> UnitView:
    return UnitView(
        row=replace(summary.rows[0], suspected=1),
        name="瑞昌市商务局",
        scan=SCAN,
        standard=STANDARD,
        arithmetic=(
            "  栏目没有按期更新：3 个 × 5 = 15 分",
            "信息时效性：共扣 15 分（最多扣 35 分）",
            "得分：100 - 20 - 15 - 15 - 10 = 40",
            "未能核实的都算有问题时，最低 31.5",
        ),
        findings=findings,
        suspected=(
            finding(
                0x5A5A5A5A,
                state=FindingState.SUSPECTED,
                rule_title="发布日期在检测日之后",
                subject_title="一条公告",
                message="日期写作 2081-12-01",
                restores=None,
                restores_rule=None,
            ),
        ),
        unverified=(
            UnverifiedLine(
                rule_id="blank-column",
                rule_title="有栏目无内容",
                subject_title="财经类信息 > 财政预决算",
                url=None,
                reason="对方服务器返回 500（已重试 2 次）",
            ),
        ),
        columns=(
            ColumnLine(
                key="platform/shangwu.zwdt",
                name="政务动态",
                group="工作动态",
                site_name="政府信息公开平台",
                url="http://127.0.0.1:8002/shangwu/zwdt/",
                state="超期",
                fine=False,
                newest=date(2018, 8, 12),
                entries=118,
                cadence="14日内更新",
            ),
            ColumnLine(
                key="platform/shangwu.bmjs",
                name="部门介绍",
                group="概况信息",
                site_name="政府信息公开平台",
                url="http://127.0.0.1:8002/shangwu/dwjj/",
                state="正常",
                fine=True,
                entries=1,
                found_name="单位简介",
                cadence="长期公开",
            ),
            ColumnLine(
                key="platform/shangwu.czyjs",
                name="财政预决算",
                group="财经类信息",
                site_name="政府信息公开平台",
                url=None,
                state="未能核实",
                fine=False,
                cadence="每年3月31日前公开当年信息",
                note="对方服务器返回 500（已重试 2 次）",
            ),
        ),
        rectified=4,
        revoked=1,
        pages=211,
    )


@pytest.fixture
def detail(findings: tuple[FindingView, ...]) -> FindingDetailView:
    return FindingDetailView(
        finding=findings[0],
        why="群众和检查人员首先看的就是栏目有没有新内容。",
        trial_run=True,
        events=(
            EventLine(
                at=datetime(2018, 12, 3, 2, tzinfo=UTC), title="发现", actor="信息办", scan_id=1
            ),
            EventLine(at=AS_OF, title="仍在", actor="信息办", scan_id=3),
        ),
    )


@pytest.fixture
def listed(findings: tuple[FindingView, ...]) -> FindingsView:
    return FindingsView(findings=findings, total=27, trial_run=True)


@pytest.fixture
def cards(summary: SummaryView) -> ScorecardsView:
    return ScorecardsView(
        cards=tuple(
            ScorecardLine(scan_id=3, standard_id="ruichang-2018", as_of=AS_OF, row=r)
            for r in summary.rows
        ),
        trial_run=True,
    )


@pytest.fixture
def runs() -> RunsView:
    return RunsView(
        runs=(
            RunLine(
                scan=replace(SCAN, complete=False),
                state="未完成",
                started_at=AS_OF,
                ended_at=None,
                actor="信息办",
                new=8,
                rectified=3,
                recurred=1,
                open=112,
            ),
        )
    )


@pytest.fixture
def nobody() -> UnattributedView:
    page = UnattributedPage(
        site_name="中国瑞昌网",
        title="我市召开安全生产工作会议",
        url="http://127.0.0.1:8001/document/20181203/77_1.html",
        source="瑞昌报",
        reason="来源不是名单里的单位",
    )
    unsigned = replace(page, source="", reason="页面没有来源", url="http://127.0.0.1:8001/a.html")
    return UnattributedView(pages=(page, unsigned, *[page] * 6), total=17)
