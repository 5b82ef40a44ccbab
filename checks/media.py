"""New media accounts (政务新媒体): those that are silent, and those that are dead.

The facts are what a person, a workbook or the account's feed said of it on one day. An account is
judged as of the day on which it was looked at, never later.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Missing, Unverified
from checks.media_facts import MediaUpdate
from checks.model import Context, Hit, NotApplicable, Scope, Severity
from checks.proof import months_before
from checks.sources import INSPECTION, INSPECTION_LINK
from config.media import Account


def is_dead(update: MediaUpdate, months: int) -> bool:
    """Whether an account was dead on the day it was looked at: nothing there, or its newest
    publication is older than so many calendar months (exactly as old is not yet)."""
    if update.last_on is None:
        return True
    return update.last_on < months_before(update.seen_on, months)


_MONTHS = Param(6, "超过几个月没有更新算“僵尸”账号", "月", 1, 60, unconfirmed=True)
_FEED = "（按订阅地址读到，订阅可能停了，请先打开账号核对）"
_WHEN = "以查看那一天为准：查看以后有没有更新不知道的，不作判断。"


@rule(
    id="silent-account",
    title="政务新媒体更新不及时",
    scope=Scope.UNIT,
    version=2,
    severity=Severity.SERIOUS,
    basis=(
        Basis(
            INSPECTION,
            "政务新媒体单项否决“内容不更新”：监测时间点前2周内无更新",
            INSPECTION_LINK,
        ),
    ),
    remedy="请尽快在该账号发布信息，确保两周内有更新；不再使用的，按程序注销。",
    doc=Doc(
        checks="登记在册的政务新媒体账号，查看那一天之前两周内有没有发布过信息。",
        why="政务新媒体两周不更新，是单项否决指标。",
        good="2018-06-04 查看，最近一条发布于 2018-05-21（恰好14日）。",
        bad="2018-06-04 查看，最近一条发布于 2018-05-20。",
        mend="发布新信息；人手不足、长期用不上的账号，报市政府办同意后注销。",
        doubts="最近更新的日期来自导入的表、人工登记或账号的订阅地址（feed），登记错了就会误判：整改前请打开账号核对。"
        "只凭订阅地址的记疑似：订阅可能停了，账号还在更新。" + _WHEN,
    ),
    needs=("account", "update"),
    params={"days": Param(14, "最长多少日必须有更新", "日", 1, 366), "dead_months": _MONTHS},
)
def silent_account(account: Account, update: MediaUpdate, context: Context) -> Verdict:
    if is_dead(update, context.params["dead_months"]):
        return NotApplicable("按“僵尸”账号记录")
    last = update.last_on
    if last is None:
        raise ValueError("an account that is not dead has published")
    days = context.params["days"]
    if (context.today - last).days <= days:
        return None
    if (update.seen_on - last).days <= days:
        return Unverified(
            code=Missing.UNPROVEN,
            reason=f"{update.seen_on:%Y-%m-%d} 查看时尚未超期，此后没有再查看",
        )
    return [
        Hit(
            what="",
            message=f"{account.platform.label}“{account.name}”截至 {update.seen_on:%Y-%m-%d}，"
            f"最近更新 {last:%Y-%m-%d}；要求{days}日内更新" + (_FEED if update.by_feed else ""),
            snippet=update.title,
            suspected=update.by_feed,
        )
    ]


@rule(
    id="dead-account",
    title="“僵尸”政务新媒体账号",
    scope=Scope.UNIT,
    version=2,
    severity=Severity.SERIOUS,
    basis=(
        Basis(
            INSPECTION,
            "政务新媒体单项否决“内容不更新”；几个月不更新算“僵尸”，文件没有写",
            INSPECTION_LINK,
            unconfirmed=True,
        ),
    ),
    remedy="请恢复该账号的更新，或者按程序注销，并报市政府办从名册中销号。",
    doc=Doc(
        checks="登记在册的账号是否长期（默认6个月）没有更新、从来没有内容，或者已经打不开、找不到。",
        why="长期不管的账号无人答复、容易被人冒用，名册上的账号应当都有人维护。",
        good="2018-06-04 查看，最近一条发布于 2017-12-04（恰好6个月，按更新不及时记）。",
        bad="2018-06-04 查看，最近一条发布于 2017-12-03；或者账号已经找不到。",
        mend="恢复更新；确实不用的，先在平台上注销，再在名册里写上注销日。",
        doubts="账号改名、迁移后没有改名册的，会被记成找不到：请先核对名册。" + _WHEN,
    ),
    needs=("account", "update"),
    params={"dead_months": _MONTHS},
)
def dead_account(account: Account, update: MediaUpdate, context: Context) -> Iterator[Hit]:
    months = context.params["dead_months"]
    if not is_dead(update, months):
        return
    seen = (
        f"最近更新 {update.last_on:%Y-%m-%d}" if update.last_on is not None else update.state.label
    )
    yield Hit(
        what="",
        message=f"{account.platform.label}“{account.name}”截至 {update.seen_on:%Y-%m-%d}，{seen}；"
        f"要求正常更新，{months}个月以上没有更新的应当恢复或者注销"
        + (_FEED if update.by_feed else ""),
        snippet=update.title,
        suspected=update.by_feed,
    )
