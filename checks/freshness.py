"""Timeliness (更新不及时): columns and home pages that are not updated in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Fetched, HomeReading, Missing, Unverified
from checks.model import Context, Hit, Scope, Severity
from checks.proof import Freshness, measured_day
from checks.sources import CENSUS, CITY_LATE, INSPECTION, INSPECTION_LINK
from config.schema import ExpectedColumn


@rule(
    id="overdue-column",
    title="栏目更新不及时",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(
        Basis(
            CENSUS,
            "“栏目不更新”及“基本信息”：动态、要闻类2周，通知公告、政策文件类6个月，人事、规划计划类1年",
        ),
        Basis(INSPECTION, "单项否决“栏目不更新”", INSPECTION_LINK),
        CITY_LATE,
    ),
    remedy="请尽快发布本栏目应公开的最新信息，并按规定的周期持续更新。",
    doc=Doc(
        checks="栏目主列表中最新一条信息的发布日期，是否在该栏目的更新周期之内。"
        "恰好满周期的那一天仍算按时；按月计算时以月末为限。",
        why="栏目长期不更新，公众看到的是过时信息；上级检查把它列为单项否决指标。",
        good="动态类栏目要求14日内更新，截至2018-06-04最新一条为2018-05-21。",
        bad="动态类栏目要求14日内更新，截至2018-06-04最新一条为2018-03-01。",
        mend="发布应公开的新信息；确已没有此项工作的，申请不适用或按程序归并栏目。"
        "不要改旧信息的日期充数，伪造发稿日期是单项否决。",
        doubts="列表没有读全、日期读不出、没有日期的信息超过一成或排在最新一条之前时，一律记未能核实，"
        "不判超期。置顶的旧信息、由旧到新排列的列表不影响判断；晚于检测日的日期不计。",
    ),
    needs=("column", "freshness"),
    params={
        "undated_counts_as": Param(
            "ignored",
            "没有发布日期的信息怎样计：ignored 不计；not_updated 视为不更新",
            choices=("ignored", "not_updated"),
        )
    },
)
def overdue_column(column: ExpectedColumn, freshness: Freshness) -> Iterator[Hit]:
    if not freshness.overdue:
        return
    if freshness.newest is None or freshness.newest_on is None:
        seen = "没有一条信息注明发布日期，视为不更新"
        title, url = "", None
    else:
        seen = f"最近更新 {freshness.newest_on:%Y-%m-%d}"
        title, url = freshness.newest.title, freshness.newest.url
    wanted = f"要求{column.cadence.words}"
    if column.cadence_unconfirmed:
        wanted += "（本市设置，未确认）"
    future = f"（另有 {freshness.future} 条日期晚于检测日，不计）" if freshness.future else ""
    yield Hit(
        what="",
        message=f"截至 {freshness.judged_on:%Y-%m-%d}，{seen}{future}；{wanted}",
        snippet=f"{title} {url}" if url else "",
    )


@rule(
    id="stale-home-page",
    title="首页不更新",
    scope=Scope.SITE,
    severity=Severity.SERIOUS,
    basis=(
        Basis(CENSUS, "单项否决“网站不更新”：监测2周，首页栏目无信息更新"),
        Basis(INSPECTION, "单项否决“首页不更新”：监测2周首页无更新", INSPECTION_LINK),
    ),
    remedy="请在首页各栏目发布最新信息，保证两周内至少有一条更新。",
    doc=Doc(
        checks="首页上带日期的信息中，最新一条是否在两周之内。",
        why="首页两周没有更新，是单项否决指标，整个网站直接判为不合格。",
        good="截至2018-06-04，首页最新一条信息为2018-06-01。",
        bad="截至2018-06-04，首页最新一条信息为2018-05-10。",
        mend="在首页的要闻、通知公告等栏目发布新信息，并检查首页列表是否正常调用。",
        doubts="首页只有导航、没有带日期的信息，或首页没有读到时，记未能核实。"
        "首页只显示图片新闻而不显示日期的网站，需人工查看。",
    ),
    needs=("home", "measured"),
    params={"days": Param(14, "首页最长多少日必须有更新", "日", 1, 366)},
)
def stale_home_page(home: HomeReading, measured: Fetched | None, context: Context) -> Verdict:
    if home.newest is None:
        return Unverified(code=Missing.UNDATED, reason="首页没有读到带日期的信息")
    span = timedelta(days=context.params["days"])
    if home.newest >= context.today - span:
        return None
    day = measured_day(measured, context)
    if home.newest >= day - span:
        return Unverified(
            code=Missing.UNPROVEN, reason=f"{day:%Y-%m-%d} 读取时尚未超期，此后没有再读取"
        )
    return [
        Hit(
            what="",
            message=f"截至 {day:%Y-%m-%d}，首页最近更新 {home.newest:%Y-%m-%d}；"
            f"要求{span.days}日内更新",
            snippet=home.newest_title,
            url=home.url,
        )
    ]
